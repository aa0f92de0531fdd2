//! `damask admin`: runs the library.

use anyhow::bail;
use serde_json::{Value as Json, json};

use super::serve;
use crate::{Ending, config::Config, flags::AdminCommand, wiring::Session};

/// Runs one of the administrator's commands.
pub async fn run(session: &Session, command: AdminCommand, config: &Config) -> anyhow::Result<Ending> {
    match command {
        AdminCommand::SetupLink => {
            let link: Json = session.client.post("/api/v1/setup/link", &json!({})).await?;
            let Some(token) = link["token"].as_str() else {
                bail!("somebody has an account already: sign in, or ask an administrator for one");
            };
            let served = link["address"].as_str().map(str::to_owned);
            if served.is_none() {
                eprintln!("Nothing serves this library yet: start `damask serve`, then open");
            }
            let served = served.unwrap_or_else(|| serve::address(config, config.listen));
            println!("{served}/setup?token={token}");
            Ok(Ending::Done)
        }
    }
}

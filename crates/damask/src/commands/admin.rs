//! `damask admin`: runs the library.

use serde_json::{Value as Json, json};

use crate::{Ending, config::Config, flags::AdminCommand, wiring::Session};

/// Runs one of the administrator's commands.
pub async fn run(session: &Session, command: AdminCommand, config: &Config) -> anyhow::Result<Ending> {
    match command {
        AdminCommand::SetupLink => {
            let link: Json = session.client.post("/api/v1/setup/link", &json!({})).await?;
            let token = link["token"].as_str().unwrap_or_default();
            println!("http://{}/setup?token={token}", config.listen);
            Ok(Ending::Done)
        }
    }
}

//! `damask check`: verifies bytes, catalog and index, and says which walls of the glass hold here.

use anyhow::Context;
use hyper::Method;
use serde_json::Value as Json;

use crate::{Ending, flags::CheckFlags, wiring::Session};

/// Prints what was found, a line each, and a count of what was looked at.
pub async fn run(session: &Session, flags: CheckFlags) -> anyhow::Result<Ending> {
    let (method, path) =
        if flags.repair { (Method::POST, "/api/v1/check/repair") } else { (Method::GET, "/api/v1/check") };
    let path = format!("{path}?quick={}", u8::from(flags.quick));
    let mut lines = session.client.lines(method, &path, None).await?;
    let mut faults = 0_u64;
    while let Some(line) = lines.next().await? {
        let line: Json = serde_json::from_slice(&line).context("cannot read a line of the answer")?;
        faults += u64::from(line["fault"] == true);
        if flags.json {
            println!("{line}");
        } else {
            let mark = match (line["fault"] == true, line["mended"] == true) {
                (true, _) => "FAULT",
                (false, true) => "MENDED",
                (false, false) => "ok",
            };
            println!(
                "{mark:>6}  {:<10} {}",
                line["area"].as_str().unwrap_or_default(),
                line["detail"].as_str().unwrap_or_default()
            );
        }
    }
    Ok(if faults == 0 { Ending::Done } else { Ending::SomeFailed })
}

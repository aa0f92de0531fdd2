//! `damask status`: how the library stands.

use serde_json::Value as Json;

use crate::{Ending, flags::JsonFlag, wiring::Session};

/// Prints counts, the journal's and the index' sequence, jobs and engines.
pub async fn run(session: &Session, flags: JsonFlag) -> anyhow::Result<Ending> {
    let status: Json = session.client.get("/api/v1/status").await?;
    if flags.json {
        println!("{status}");
        return Ok(Ending::Done);
    }
    match status["quota_bytes"].as_u64() {
        Some(quota) => println!("{} assets, {} of {quota} bytes", status["assets"], status["bytes"]),
        None => println!("{} assets, {} bytes", status["assets"], status["bytes"]),
    }
    println!("journal at {}, index at {}", status["seq"], status["index_seq"]);
    let jobs = &status["jobs"];
    println!("jobs: {} waiting, {} running, {} dead", jobs["waiting"], jobs["running"], jobs["dead"]);
    for engine in status["engines"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let mark = if engine["ok"] == true { "ok" } else { "NOT OK" };
        println!(
            "{:>18}  {mark}  {}",
            engine["name"].as_str().unwrap_or_default(),
            engine["detail"].as_str().unwrap_or_default()
        );
    }
    Ok(Ending::Done)
}

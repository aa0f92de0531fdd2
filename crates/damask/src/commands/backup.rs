//! `damask backup`: backs the library up through whoever holds it, and shows how far it is. An interruption ends it;
//! what was put is found there by the next.

use std::io::IsTerminal as _;

use anyhow::{Context, bail};
use damask_flow::backup::{Place, Target};
use hyper::Method;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde_json::{Value as Json, json};

use crate::{Ending, commands::search::text, config::Config, flags::BackupFlags, wiring::Session};

/// Makes a backup and says what is in it.
pub async fn run(session: &Session, flags: BackupFlags, config: &Config) -> anyhow::Result<Ending> {
    let planned = flags.to.is_none() && flags.key_file.is_none() && config.backup.plan()?.is_some();
    let (path, body) = if planned {
        ("/api/v1/backups", json!({}))
    } else {
        let target = config.backup.target(flags.to.as_deref(), flags.key_file.as_deref())?;
        ("/api/v1/backups/elsewhere", told(&target))
    };
    let mut lines = session.client.lines(Method::POST, path, Some(&body)).await?;
    let bar = progress_bar(flags.json);
    let mut ending = None;
    while let Some(line) = lines.next().await? {
        let line: Json = serde_json::from_slice(&line).context("cannot read a line of the answer")?;
        if flags.json {
            println!("{line}");
        }
        if let Some(progress) = line.get("progress") {
            show(&bar, progress);
        } else if let Some(lacking) = line.get("unreadable") {
            bar.suspend(|| {
                eprintln!("NOT in the backup: {} ({})", text(lacking, "hash"), text(lacking, "why"))
            });
        } else if let Some(made) = line.get("backup") {
            bar.finish_and_clear();
            if !flags.json {
                print_made(made);
            }
            ending = Some(if made["unreadable"] == 0 { Ending::Done } else { Ending::SomeFailed });
        } else if let Some(why) = line["failed"].as_str() {
            bail!("the backup was not made: {why}");
        }
    }
    ending.context("the server ended before the backup was made")
}

/// A place as the local socket takes it. The key goes over that socket only, which belongs to this user.
fn told(target: &Target) -> Json {
    let key = target.key.as_ref().map(|key| key.tell());
    match &target.place {
        Place::Folder(path) => json!({ "folder": path, "key": key }),
        Place::Bucket(bucket) => json!({
            "bucket": {
                "endpoint": bucket.endpoint,
                "name": bucket.name,
                "prefix": bucket.prefix,
                "region": bucket.region,
                "access_key": bucket.access_key,
                "secret_key": bucket.secret_key.tell(),
                "patience_seconds": bucket.patience.as_secs(),
            },
            "key": key,
        }),
    }
}

fn print_made(made: &Json) {
    println!("backup {} made, to fact {}", text(made, "id"), made["seq"]);
    let size = HumanBytes(made["original_bytes"].as_u64().unwrap_or(0));
    println!("  {} assets, {} originals, {size}", made["assets"], made["originals"]);
    let put = HumanBytes(made["put_bytes"].as_u64().unwrap_or(0));
    println!("  {} originals were new, {put} put in all", made["put_originals"]);
    if made["unreadable"] != 0 {
        println!("  {} originals could NOT be read; run damask check", made["unreadable"]);
    }
}

/// A bar of bytes; hidden where nobody looks.
pub fn progress_bar(json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {bytes} of {total_bytes} {msg}")
        .expect("the template names only known parts");
    ProgressBar::new(0).with_style(style)
}

fn show(bar: &ProgressBar, progress: &Json) {
    let count = |name: &str| progress[name].as_u64().unwrap_or(0);
    bar.set_length(count("bytes"));
    bar.set_position(count("bytes_done"));
    let left =
        progress["seconds_left"].as_u64().map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
    bar.set_message(format!(
        "{} originals, {}/s{left}",
        count("files_done"),
        HumanBytes(count("bytes_per_s"))
    ));
}

//! `damask backups`: the backups of a place. Needs no library and no server: a backup is looked at where it lies.

use damask_flow::{
    Caller,
    backup::{
        Target,
        shelf::{self, Found, Keep},
        verify::{self, Which},
    },
};
use futures::StreamExt as _;
use indicatif::HumanBytes;
use serde_json::json;

use crate::{Ending, config::Config, flags::BackupsFlags, wiring};

/// Lists, verifies or removes.
pub async fn run(flags: BackupsFlags, config: Config) -> anyhow::Result<Ending> {
    let target = config.backup.target(flags.from.as_deref(), flags.key_file.as_deref())?;
    if let Some(which) = &flags.verify {
        return print_verified(&target, which, flags.json).await;
    }
    if flags.keep.is_some() || flags.keep_days.is_some() {
        let last = flags.keep.map(|keep| usize::try_from(keep).unwrap_or(usize::MAX));
        let keep = Keep { last, days: flags.keep_days };
        let removed = shelf::prune(&target, &Caller::local(), keep, wiring::now()).await?;
        let size = HumanBytes(removed.bytes);
        eprintln!("{} backups removed, with {} pieces, {size}", removed.backups, removed.pieces);
    }
    let found = shelf::list(&target, &Caller::local()).await?;
    let whole = found.iter().all(|found| found.manifest.is_ok());
    for found in &found {
        print_found(found, flags.json);
    }
    if found.is_empty() && !flags.json {
        println!("no backups");
    }
    Ok(if whole { Ending::Done } else { Ending::SomeFailed })
}

/// Reads every piece; prints what is wrong, and a line a backup.
pub async fn print_verified(target: &Target, which: &str, json: bool) -> anyhow::Result<Ending> {
    let which = match which {
        "last" => Which::Last,
        "all" => Which::All,
        id => Which::One(id.to_owned()),
    };
    let mut lines = std::pin::pin!(verify::verify(target, &Caller::local(), which).await?);
    let mut faults = 0_u64;
    while let Some(line) = lines.next().await {
        faults += u64::from(line.fault);
        if json {
            println!("{}", json!({ "fault": line.fault, "detail": line.detail }));
        } else {
            println!("{:>5}  {}", if line.fault { "FAULT" } else { "ok" }, line.detail);
        }
    }
    Ok(if faults == 0 { Ending::Done } else { Ending::SomeFailed })
}

fn print_found(found: &Found, as_json: bool) {
    match (&found.manifest, as_json) {
        (Ok(made), true) => println!(
            "{}",
            json!({
                "id": made.id, "made": made.made().to_string(), "seq": made.seq, "assets": made.assets,
                "originals": made.originals.rows, "original_bytes": made.original_bytes,
                "unreadable": made.unreadable, "put_originals": made.put.0, "put_bytes": made.put.1,
            })
        ),
        (Err(why), true) => println!("{}", json!({ "id": found.id, "broken": why })),
        (Ok(made), false) => println!(
            "{}  {}  {} assets, {} in {} originals, to fact {}",
            made.id,
            made.made(),
            made.assets,
            HumanBytes(made.original_bytes),
            made.originals.rows,
            made.seq
        ),
        (Err(why), false) => println!("{}  BROKEN: {why}", found.id),
    }
}

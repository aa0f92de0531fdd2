//! `damask restore`: makes a library of a backup, and has it prove itself.

use damask_flow::{
    Caller, Trouble,
    backup::restore::{self, RestoreLine},
};
use indicatif::HumanBytes;
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    Ending,
    commands::{backup::progress_bar, backups::print_verified},
    config::Config,
    flags::RestoreFlags,
    wiring,
};

/// Restores into the data folder; prints each step, and at the end what the library holds.
pub async fn run(flags: RestoreFlags, config: Config) -> anyhow::Result<Ending> {
    let target = config.backup.target(flags.from.as_deref(), flags.key_file.as_deref())?;
    let (sender, mut lines) = mpsc::channel(64);
    let opening = wiring::opening(&config)?;
    let caller = Caller::local();
    let restoring = restore::restore(opening, &target, &caller, flags.at.clone(), sender);
    let bar = progress_bar(flags.json);
    let json = flags.json;
    let telling = async {
        while let Some(line) = lines.recv().await {
            match line {
                RestoreLine::Progress(progress) => {
                    bar.set_length(progress.bytes);
                    bar.set_position(progress.bytes_done);
                    bar.set_message(format!("written, {}/s", HumanBytes(progress.bytes_per_s)));
                }
                RestoreLine::Said { fault, detail } if json => {
                    println!("{}", json!({ "fault": fault, "detail": detail }));
                }
                RestoreLine::Said { fault, detail } => {
                    bar.suspend(|| println!("{:>5}  {detail}", if fault { "FAULT" } else { "ok" }));
                }
            }
        }
        bar.finish_and_clear();
    };
    let (restored, ()) = tokio::join!(restoring, telling);
    match restored {
        Ok(restored) => {
            let made = &restored.manifest;
            if json {
                println!(
                    "{}",
                    json!({ "restored": made.id, "seq": restored.seq.0, "backup_seq": made.seq,
                        "erased_again": restored.erased_again, "faults": restored.faults,
                        "folder": config.library_folder() })
                );
            } else {
                println!(
                    "backup {} of {} is restored in {}",
                    made.id,
                    made.made(),
                    config.library_folder().display()
                );
                match restored.faults {
                    0 => println!("Everything was checked, and everything is as the backup says."),
                    faults => println!("{faults} faults were found; they are told above."),
                }
            }
            Ok(if restored.faults == 0 { Ending::Done } else { Ending::SomeFailed })
        }
        Err(trouble) => {
            if is_broken(&trouble) {
                eprintln!("The backup is not whole. Everything in it is read now, to say what is:");
                print_verified(&target, flags.at.as_deref().unwrap_or("last"), json).await?;
            }
            Err(trouble.into())
        }
    }
}

fn is_broken(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Mistake(mistake) if mistake.code == "backup-broken")
}

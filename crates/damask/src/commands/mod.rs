//! One file a command. Each asks the API over the local socket and prints what it answers.

mod admin;
mod backup;
mod backups;
mod check;
mod get;
mod import;
mod reindex;
mod rekey;
mod restore;
mod search;
mod serve;
mod show;
mod status;

use crate::{Ending, config::Config, flags::Command, logging::Outlets, wiring::Session};

/// Runs a command to its end. `outlets` are the server's.
pub async fn run(command: Command, config: Config, outlets: Outlets) -> anyhow::Result<Ending> {
    match command {
        Command::Serve(_) => return serve::run(config, outlets).await,
        Command::Reindex => return reindex::run(config).await,
        Command::Rekey(flags) => return rekey::run(flags, config).await,
        Command::Backups(flags) => return backups::run(flags, config).await,
        Command::Restore(flags) => return restore::run(flags, config).await,
        _ => {}
    }
    if let Err(absent) = config.library_exists() {
        if !makes_library(&command) {
            return Err(absent);
        }
        eprintln!("A new library begins in {}", config.library_folder().display());
    }
    let session = Session::open(&config, wants_workers(&command)).await?;
    let ending = match command {
        Command::Import(flags) => import::run(&session, flags).await,
        Command::Search(flags) => search::run(&session, flags).await,
        Command::Show(flags) => show::run(&session, flags).await,
        Command::Get(flags) => get::run(&session, flags).await,
        Command::Check(flags) => check::run(&session, flags).await,
        Command::Status(flags) => status::run(&session, flags).await,
        Command::Admin(command) => admin::run(&session, command, &config).await,
        Command::Backup(flags) => backup::run(&session, flags, &config).await,
        Command::Serve(_)
        | Command::Reindex
        | Command::Rekey(_)
        | Command::Backups(_)
        | Command::Restore(_)
        | Command::Openapi
        | Command::Manual(_) => Ok(Ending::Usage),
    };
    session.close().await;
    ending
}

/// Only what fills or runs a library begins one; looking at one that is not there is a mistake of the folder.
const fn makes_library(command: &Command) -> bool {
    matches!(command, Command::Import(_) | Command::Admin(_))
}

/// Only an import brings work with it that people wait for; a look at the library should not start any.
const fn wants_workers(command: &Command) -> bool {
    matches!(command, Command::Import(_))
}

//! `damask work`: does jobs of a library on PostgreSQL, beside the nodes that serve it.

use anyhow::bail;

use crate::{Ending, commands::serve::told_to_end, config::Config, wiring::Here};

/// Works until it is told to end.
pub async fn run(config: Config) -> anyhow::Result<Ending> {
    if config.database.is_none() {
        bail!(
            "`damask work` shares a library on PostgreSQL (--database); one on SQLite works within `serve`"
        );
    }
    let hold = Here::hold(&config.library_folder())?;
    let here = Here::open(&config, hold, config.workers, false).await?;
    println!("Damask works on {} jobs at once", config.workers);
    told_to_end()?.await;
    here.close().await;
    Ok(Ending::Done)
}

//! `damask reindex`: throws the index away and makes it again from the catalog.

use std::time::Duration;

use crate::{
    Ending,
    config::Config,
    wiring::{Here, Part},
};

/// Longest the whole may take before the command gives up waiting.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Makes the index again; nothing else may hold the library meanwhile.
pub async fn run(config: Config) -> anyhow::Result<Ending> {
    let hold = Here::hold(&config.library_folder())?;
    let here = Here::open(&config, hold, Part { fresh_index: true, ..Part::default() }).await?;
    let seq = here.damask.seq();
    here.damask.indexed_to(seq, LONGEST).await?;
    println!("the index has come to {seq}");
    here.close().await;
    Ok(Ending::Done)
}

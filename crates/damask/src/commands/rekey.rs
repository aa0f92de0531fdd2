//! `damask rekey`: has another key open the places that are encrypted.

use anyhow::bail;
use damask_flow::{Caller, fixity::places};

use crate::{
    Ending,
    config::{Config, key},
    flags::RekeyFlags,
    wiring::{Here, Part},
};

/// Wraps the data keys anew; nothing else may hold the library meanwhile, which goes on with the old key else.
pub async fn run(flags: RekeyFlags, config: Config) -> anyhow::Result<Ending> {
    config.library_exists()?;
    let new = key::read(&flags.new_key_file)?;
    let hold = Here::hold(&config.library_folder())?;
    let here = Here::open(&config, hold, Part::default()).await?;
    let rewrapped = places::rekey(&here.damask, &Caller::local(), new).await;
    here.close().await;
    match rewrapped? {
        0 => bail!("no place is encrypted: docs/operate/encryption.md says how to begin"),
        1 => println!("1 place is opened by the new key, and no longer by the old one"),
        count => println!("{count} places are opened by the new key, and no longer by the old one"),
    }
    println!("Name the new key in [store] of damask.toml before the next start.");
    Ok(Ending::Done)
}

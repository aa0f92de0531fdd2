//! Files sent piece by piece until the receiver is killed, and what of them must be there afterwards: a whole file
//! whose last piece was acknowledged, and of the file that was cut every acknowledged byte.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::super::tus::{Received, Uploader};
use super::killed::Shot;

/// Pieces a file is sent in, so that a kill falls between two of them as often as into one.
const PIECES: usize = 6;

/// An upload on its way.
#[derive(Clone)]
pub struct Sending {
    path: PathBuf,
    bytes: Vec<u8>,
    place: String,
    acknowledged: u64,
}

/// What became of a cut upload.
pub enum Resumed {
    /// The rest was sent: its path and asset.
    Whole(PathBuf, String),
    /// What was acknowledged is not there.
    Lost(String),
}

/// Sends the files one after another; ends with the first error, which is the kill.
pub fn all(uploader: &Uploader, files: &[PathBuf]) -> Result<Shot> {
    let mut shot = Shot::default();
    for path in files {
        let bytes = fs::read(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(place) = uploader.create(&name, bytes.len() as u64) else { break };
        let mut sending = Sending { path: path.clone(), bytes, place, acknowledged: 0 };
        match sending.go_on(uploader, 0) {
            Ok(asset) => shot.whole.push((sending.path, asset)),
            Err(_) => {
                shot.cut = Some(sending);
                break;
            }
        }
    }
    Ok(shot)
}

impl Sending {
    /// Sends from `offset` to the end; the asset that came of it.
    fn go_on(&mut self, uploader: &Uploader, offset: u64) -> Result<String> {
        let piece = self.bytes.len().div_ceil(PIECES).max(1);
        let mut at = usize::try_from(offset)?;
        loop {
            let end = (at + piece).min(self.bytes.len());
            let Received { bytes, asset } = uploader.append(&self.place, at as u64, &self.bytes[at..end])?;
            self.acknowledged = bytes;
            if let Some(asset) = asset {
                return Ok(asset);
            }
            ensure!(
                bytes == end as u64 && end < self.bytes.len(),
                "a piece up to {end} was taken as {bytes}"
            );
            at = end;
        }
    }

    /// Asks a server that has risen again how far it was, and sends the rest.
    pub fn resume(mut self, uploader: &Uploader) -> Result<Resumed> {
        let name = self.path.display().to_string();
        let acknowledged = self.acknowledged;
        let there = match uploader.state(&self.place) {
            Ok(there) => there,
            Err(why) => return Ok(Resumed::Lost(format!("lost: upload of {name}: {why:#}"))),
        };
        if there.bytes < acknowledged {
            let why = format!("lost: {} of {acknowledged} bytes of the upload of {name}", there.bytes);
            return Ok(Resumed::Lost(why));
        }
        // It may have become whole in the very moment, unheard.
        let asset = match there.asset {
            Some(asset) => asset,
            None => self.go_on(uploader, there.bytes)?,
        };
        Ok(Resumed::Whole(self.path, asset))
    }
}

//! Malware: whether a running `clamd` knows bytes that are about to become an asset. Without one nothing is asked.

use std::sync::Arc;

use damask_media::clamd::Scanned;
use damask_model::{ByteSource as _, ContentHash};
use damask_store::StoreKey;

use super::rules::Reason;
use crate::{
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// The code of the reason.
pub const MALWARE: &str = "malware";

/// Why stored bytes wait, where they are malware. Longer files than are scanned pass.
///
/// # Errors
/// Where the scanner gives no answer: nothing comes in unscanned that should have been.
pub async fn stored(damask: &Damask, hash: ContentHash, bytes: u64) -> Outcome<Option<Reason>> {
    let Some(clamd) = damask.limits().clamd.as_ref().filter(|_| bytes <= damask.limits().scanned_bytes_max)
    else {
        return Ok(None);
    };
    let store = damask.store().clone();
    let source = Arc::new(off_thread(move || store.open_long(&StoreKey::Blob(hash))).await?);
    let mut at = 0;
    let read = move |most: usize| {
        let (source, from) = (Arc::clone(&source), at);
        at += most as u64;
        off_thread(move || source.read_vec(from, most))
    };
    match clamd.scan(read).await {
        Ok(Scanned::Clean | Scanned::TooLong) => Ok(None),
        Ok(Scanned::Malware(name)) => {
            Ok(Some(Reason { code: MALWARE, detail: format!("the virus scanner knows it as {name}") }))
        }
        Err(error) => {
            tracing::error!(%error, "the virus scanner gives no answer");
            Err(Trouble::mistake(
                "not-scanned",
                "the virus scanner gives no answer, and nothing comes in unscanned",
            )
            .hint("try again when an administrator has looked after clamd"))
        }
    }
}

//! What keeps an asset from being purged, whoever wants it gone: the one place that every purge asks. A legal hold or
//! a retention period is to be asked for here.

use damask_model::Asset;

use crate::trouble::{Outcome, Trouble};

/// Refuses, in words, an asset that must not go.
pub fn check_may_go(asset: &Asset) -> Outcome<()> {
    if asset.trashed.is_none() {
        return Err(Trouble::mistake("not-in-trash", format!("{:?} does not lie in the trash", asset.name))
            .hint("put it in the trash first"));
    }
    if asset.checkout.is_some() {
        return Err(Trouble::mistake("checked-out", format!("{:?} is checked out", asset.name))
            .hint("check it in first"));
    }
    Ok(())
}

//! Check-out: one person says that they work on an asset, and until they check it in nobody else changes it. All see
//! who has it; an administrator can take it from them.

use damask_catalog::{Tx, Urgency, assets};
use damask_model::{Asset, AssetId, Change, Checkout, Seq, Verb};
use serde_json::json;

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    edit, see,
    trouble::{Outcome, Trouble},
};

/// Longest note, in characters.
pub const NOTE_CHARACTERS_MAX: usize = 500;

/// Checks an asset out in the caller's name, with a word on what for. Checked out already by the caller, it gets the
/// new note.
pub async fn out(damask: &Damask, caller: &Caller, id: AssetId, note: &str) -> Outcome<Seq> {
    caller.needs(Permission::Edit, "checking an asset out")?;
    let note = note.trim().to_owned();
    if note.chars().count() > NOTE_CHARACTERS_MAX {
        return Err(Trouble::mistake("bad-value", "the note is too long")
            .hint(format!("at most {NOTE_CHARACTERS_MAX} characters")));
    }
    see::asset(damask, caller, id).await?;
    let by = caller.clone();
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let asset = assets::by_id(tx.conn(), id).await?.ok_or_else(|| Trouble::missing("asset", id))?;
            edit::check_changeable(&by, &asset)?;
            let checkout = Checkout { by: by.actor, at: tx.now(), note: note.clone() };
            let change = Change { before: told(asset.checkout.as_ref()), after: told(Some(&checkout)) };
            let fact = tx.fact(by.actor, Verb::AssetCheckedOut, &[id.0], change);
            let kept = assets::set_checkout(tx, id, Some(&checkout), asset.last_fact, fact).await;
            kept.map_err(edit::or_stale(id))
        })
        .await?;
    Ok(written.seq)
}

/// Checks an asset in. Whoever did not check it out must be an administrator and say that they mean it (`takes_it`).
pub async fn back(damask: &Damask, caller: &Caller, id: AssetId, takes_it: bool) -> Outcome<Seq> {
    caller.needs(Permission::Edit, "checking an asset in")?;
    see::asset(damask, caller, id).await?;
    let by = caller.clone();
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let asset = assets::by_id(tx.conn(), id).await?.ok_or_else(|| Trouble::missing("asset", id))?;
            let Some(checkout) = &asset.checkout else {
                return Err(Trouble::mistake(
                    "not-checked-out",
                    format!("{:?} is not checked out", asset.name),
                ));
            };
            if checkout.by != by.actor {
                if !takes_it {
                    return check_free(&by, &asset);
                }
                by.needs(Permission::Administer, "checking in what someone else has checked out")?;
            }
            let change = Change { before: told(Some(checkout)), ..Change::default() };
            let fact = tx.fact(by.actor, Verb::AssetCheckedIn, &[id.0], change);
            let kept = assets::set_checkout(tx, id, None, asset.last_fact, fact).await;
            kept.map_err(edit::or_stale(id))
        })
        .await?;
    Ok(written.seq)
}

/// Refuses an asset that someone else has checked out.
pub(crate) fn check_free(caller: &Caller, asset: &Asset) -> Outcome<()> {
    let Some(other) = asset.checkout.as_ref().filter(|checkout| checkout.by != caller.actor) else {
        return Ok(());
    };
    let detail = format!("{:?} is checked out by someone else since {}", asset.name, other.at);
    Err(Trouble::mistake("checked-out", detail)
        .hint("wait until it is checked in, or have an administrator check it in"))
}

/// What a fact says of a check-out.
fn told(checkout: Option<&Checkout>) -> serde_json::Value {
    checkout.map_or(
        serde_json::Value::Null,
        |checkout| json!({ "by": checkout.by, "at": checkout.at.to_string(), "note": checkout.note }),
    )
}

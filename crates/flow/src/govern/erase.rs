//! Erasing what is known of a person, as they may demand. What facts said of them goes; that there were facts, and
//! every proof of them, stays: headers bear only ids and digests.

use damask_catalog::{Tx, Urgency, accounts, journal, keys, sessions};
use damask_model::{AssetId, Change, Seq, UserId, Uuid, Verb};

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    see,
    trouble::{Outcome, Trouble},
};

/// Facts whose payloads are erased in one write.
const AT_ONCE: u32 = 200;

/// Erases an account: its name, email, password, keys and sessions, and what the journal said of it. What the person
/// did stays told, under an id that names nobody any more. Answers how many payloads went.
pub async fn account(damask: &Damask, caller: &Caller, id: UserId) -> Outcome<u64> {
    caller.needs(Permission::Administer, "erasing an account")?;
    if caller.actor.0 == id.0 {
        return Err(Trouble::mistake("own-account", "nobody erases the account they work with")
            .hint("another administrator can"));
    }
    let actor = caller.actor;
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            accounts::by_id(tx.conn(), id).await?.ok_or_else(|| Trouble::missing("account", id))?;
            sessions::remove_of(tx, id).await?;
            let fact = tx.fact(actor, Verb::UserErased, &[id.0], Change::default());
            let erased = keys::erase_of(tx, id, fact).await?;
            accounts::erase(tx, id, fact).await?;
            Ok::<_, Trouble>((fact, erased))
        })
        .await?;
    let upto = written.seq;
    let mut gone = history(damask, caller, id.0, upto).await?;
    for key in written.value.1 {
        gone += history(damask, caller, key.0, upto).await?;
    }
    Ok(gone)
}

/// Erases what the journal says of an asset's past: every value that once stood there, names, paths. What stands now
/// stays; take it away first where it is to go too. Nothing before can be undone after that.
pub async fn past_of_asset(damask: &Damask, caller: &Caller, id: AssetId) -> Outcome<u64> {
    caller.needs(Permission::Administer, "erasing the history of an asset")?;
    see::asset(damask, caller, id).await?;
    history(damask, caller, id.0, damask.seq()).await
}

/// Erases the payloads of all facts that bear on `subject`, up to `upto`.
async fn history(damask: &Damask, caller: &Caller, subject: Uuid, upto: Seq) -> Outcome<u64> {
    let (mut before, mut gone) = (Some(Seq(upto.0.saturating_add(1))), 0);
    loop {
        let facts = {
            let mut conn = damask.catalog().read().await?;
            journal::of_subject(&mut conn, subject, before, AT_ONCE).await?
        };
        let Some(last) = facts.last() else { return Ok(gone) };
        before = Some(last.header.seq);
        let seqs: Vec<Seq> =
            facts.iter().filter(|fact| fact.change.is_some()).map(|fact| fact.header.seq).collect();
        let actor = caller.actor;
        let written = damask
            .catalog()
            .write(Urgency::Bulk, async move |tx: &mut Tx| {
                let mut gone = 0;
                for seq in &seqs {
                    gone += u64::from(journal::erase_payload(tx, actor, *seq).await?);
                }
                Ok::<_, Trouble>(gone)
            })
            .await?;
        gone += written.value;
    }
}

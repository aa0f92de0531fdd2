//! The people who have accounts, for who runs the library.

use damask_catalog::accounts;
use damask_model::UserId;
use damask_time::Instant;

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    trouble::Outcome,
};

/// An account as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its id: the actor of its facts.
    pub id: UserId,
    /// What they are called, and how they sign in; `None` where the account was erased.
    pub named: Option<(String, String)>,
    /// Since when.
    pub created: Instant,
}

/// Up to `limit` accounts after the id `after`, the oldest first.
pub async fn page(
    damask: &Damask,
    caller: &Caller,
    after: Option<UserId>,
    limit: u32,
) -> Outcome<Vec<Person>> {
    caller.needs(Permission::Administer, "looking at accounts")?;
    let mut conn = damask.catalog().read().await?;
    let rows = accounts::page_after(&mut conn, after, limit).await?;
    // An erased account lets nobody in: it has no password.
    let person = |row: accounts::Account| Person {
        id: row.id,
        named: (!row.password_hash.is_empty()).then_some((row.name, row.email)),
        created: row.created,
    };
    Ok(rows.into_iter().map(person).collect())
}

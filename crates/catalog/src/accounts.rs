//! Accounts: people who sign in. Passwords are kept as the hash the caller made.

use damask_model::{FactId, UserId};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn, Tx,
    cell::params,
    conn::{Columns, only},
    page::bounded,
    record::ACCOUNT,
};

/// A person who signs in.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Their id.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// How they sign in; unlike all others'. The caller brings it to one form.
    pub email: String,
    /// Argon2id, in its own text form.
    pub password_hash: String,
    /// What they may.
    pub can: Json,
    /// Since when.
    pub created: Instant,
    /// The last fact that touched the row.
    pub last_fact: FactId,
}

/// Makes an account.
///
/// # Errors
/// [`CatalogError::Conflict`] when the email is taken.
pub async fn insert(tx: &mut Tx, account: &Account) -> Result<(), CatalogError> {
    let row = params![
        account.id,
        account.name,
        account.email,
        account.password_hash,
        account.can,
        account.created,
        account.last_fact
    ];
    tx.keep(
        &ACCOUNT,
        "INSERT INTO account (id, name, email, password_hash, can, created_us, last_fact) VALUES",
        vec![row],
        "",
    )
    .await?;
    Ok(())
}

/// The account of that id.
pub async fn by_id(conn: &mut Conn, id: UserId) -> Result<Option<Account>, CatalogError> {
    conn.one(
        "SELECT id, name, email, password_hash, can, created_us, last_fact FROM account WHERE id = $1",
        params![id],
        account,
    )
    .await
}

/// The account of that email.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>, CatalogError> {
    conn.one(
        "SELECT id, name, email, password_hash, can, created_us, last_fact FROM account WHERE email = $1",
        params![email],
        account,
    )
    .await
}

/// Whether there is any account: a library without one is to be set up.
pub async fn any(conn: &mut Conn) -> Result<bool, CatalogError> {
    Ok(conn.one("SELECT id FROM account LIMIT 1", params![], only::<UserId>).await?.is_some())
}

/// Up to `limit` accounts after the id `after`, by id.
pub async fn page_after(
    conn: &mut Conn,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<Account>, CatalogError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    conn.all(
        r#"SELECT id, name, email, password_hash, can, created_us, last_fact FROM account
           WHERE id > $1 ORDER BY id LIMIT $2"#,
        params![after, bounded(limit)],
        account,
    )
    .await
}

/// Sets a new password.
pub async fn set_password(
    tx: &mut Tx,
    id: UserId,
    password_hash: &str,
    fact: FactId,
) -> Result<(), CatalogError> {
    tx.change(
        &ACCOUNT,
        "UPDATE account SET password_hash = $1, last_fact = $2 WHERE id = $3",
        params![password_hash, fact, id],
    )
    .await?;
    Ok(())
}

/// Erases who a person is: the row keeps its id, which facts name, and lets nobody in any more.
pub async fn erase(tx: &mut Tx, id: UserId, fact: FactId) -> Result<(), CatalogError> {
    tx.change(
        &ACCOUNT,
        "UPDATE account SET name = '', email = $1, password_hash = '', can = '{}', last_fact = $2 WHERE id = $3",
        params![format!("erased {id}"), fact, id],
    )
    .await?;
    Ok(())
}

fn account(row: &mut Columns<'_>) -> Result<Account, CatalogError> {
    Ok(Account {
        id: row.next()?,
        name: row.next()?,
        email: row.next()?,
        password_hash: row.next()?,
        can: row.next()?,
        created: row.next()?,
        last_fact: row.next()?,
    })
}

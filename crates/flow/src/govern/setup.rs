//! The first start: a one-time link makes the first administrator. Whoever can read what the server prints
//! owns the machine, so nobody else can come first.

use damask_catalog::{Tx, Urgency, accounts, setup_links};
use damask_model::{ActorId, Change, UserId, Verb};
use serde_json::json;

use super::{Account, SessionToken, hash_of, one_form, secrets, sessions};
use crate::{
    caller::{Caller, Permission, Permissions},
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// Seconds a link is good for.
const LINK_S: i64 = 24 * 3_600;
/// Longest name of a person, in characters.
const NAME_CHARACTERS_MAX: usize = 200;
/// Longest address (RFC 5321, 4.5.3.1.3).
const EMAIL_BYTES_MAX: usize = 254;

/// A person to be given an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What they are called.
    pub name: String,
    /// How they sign in.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// Whether nobody may sign in yet.
pub async fn needed(damask: &Damask) -> Outcome<bool> {
    let mut conn = damask.catalog().read().await?;
    Ok(!accounts::any(&mut conn).await?)
}

/// A fresh link's secret; links made before are void. `None` where there is an account already.
pub async fn link(damask: &Damask, caller: &Caller) -> Outcome<Option<String>> {
    caller.needs(Permission::Administer, "making a set-up link")?;
    if !needed(damask).await? {
        return Ok(None);
    }
    let token = secrets::fresh_token("");
    let (hash, expires) = (hash_of(&token), damask.now().plus_seconds(LINK_S));
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(setup_links::insert(tx, hash, expires).await?)
        })
        .await?;
    Ok(Some(token))
}

/// Makes the first administrator and signs them in.
pub async fn finish(damask: &Damask, token: &str, new: NewAccount) -> Outcome<(Account, SessionToken)> {
    let (name, email) = (new.name.trim().to_owned(), one_form(&new.email));
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(Trouble::mistake("bad-account", "a name has 1 to 200 characters"));
    }
    let (before, after) = email.split_once('@').unwrap_or(("", ""));
    if before.is_empty()
        || after.is_empty()
        || email.len() > EMAIL_BYTES_MAX
        || email.contains(char::is_whitespace)
    {
        return Err(Trouble::mistake("bad-account", format!("{email:?} is not an email address")));
    }
    let mut conn = damask.catalog().read().await?;
    let link = hash_of(token);
    if !setup_links::valid(&mut conn, link, damask.now()).await? {
        return Err(void());
    }
    drop(conn);
    let password = new.password;
    let turn = damask.guesses().turn().await?;
    let password_hash = turn.take(move || secrets::password_hash(&password)).await?;
    let id = UserId::fresh();
    let can = json!(Permissions::ALL);
    let row_of = move |fact, created| accounts::Account {
        id,
        name: name.clone(),
        email: email.clone(),
        password_hash: password_hash.clone(),
        can: can.clone(),
        created,
        last_fact: fact,
    };
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            // The link and the absence of accounts are looked at again where no one can come between.
            if accounts::any(tx.conn()).await? || !setup_links::take(tx, link).await? {
                return Err(void());
            }
            let after = json!({ "permissions": Permissions::ALL });
            let fact = tx.fact(ActorId(id.0), Verb::UserMade, &[id.0], Change::added(after));
            let row = row_of(fact, tx.now());
            accounts::insert(tx, &row).await?;
            Account::of(&row)
        })
        .await?;
    let token = sessions::begin(damask, written.value.id).await?;
    Ok((written.value, token))
}

fn void() -> Trouble {
    Trouble::mistake("link-void", "this link was used, has expired, or was replaced by a newer one")
        .hint("`damask admin setup-link` prints another, as long as nobody has an account")
}

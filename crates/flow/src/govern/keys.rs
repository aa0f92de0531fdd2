//! API keys: how programs call. A key acts for its account, may at most what that account may, and may be
//! narrowed to the assets a query selects.

use damask_catalog::{Tx, Urgency, accounts, keys};
use damask_model::{ActorId, Change, KeyId, UserId, Verb};
use damask_query::{Query, Scope};
use damask_time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Account, hash_of, secrets};
use crate::{
    caller::{Caller, Permissions},
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// What every key begins with, so that people and scanners know one when they see it.
pub const PREFIX: &str = "dmk_";
/// Keys an account may have.
const KEYS_MAX: u32 = 200;
/// Longest name of a key, in characters.
const NAME_CHARACTERS_MAX: usize = 200;
/// Longest life of a key that has an end, in days.
const DAYS_MAX: u32 = 3_660;
/// A use is kept at most this often: keeping it is a write.
const USE_KEPT_EVERY_S: i64 = 3_600;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What its maker calls it.
    pub name: String,
    /// What it may do at most; reading is always allowed.
    pub permissions: Permissions,
    /// Days it lives; `None` is until it is revoked.
    pub expires_in_days: Option<u32>,
    /// Which assets exist for it; `None` is all that exist for its account.
    pub query: Option<String>,
}

/// A key as its owner sees it; never its secret.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// Its id.
    pub id: KeyId,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// Which assets exist for it.
    pub query: Option<String>,
    /// Since when.
    pub created: Instant,
    /// Until when.
    pub expires: Option<Instant>,
    /// When it was last used, to the hour.
    pub last_used: Option<Instant>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Scopes {
    permissions: Permissions,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query: Option<String>,
}

fn view(row: keys::Key) -> Outcome<KeyView> {
    let scopes: Scopes =
        serde_json::from_value(row.scopes).map_err(Trouble::fault("read the scopes of a key"))?;
    Ok(KeyView {
        id: row.id,
        name: row.name,
        permissions: scopes.permissions,
        query: scopes.query,
        created: row.created,
        expires: row.expires,
        last_used: row.last_used,
    })
}

/// The keys of the caller's account.
pub async fn page(damask: &Damask, caller: &Caller) -> Outcome<Vec<KeyView>> {
    let mut conn = damask.catalog().read().await?;
    let rows = keys::of_account(&mut conn, UserId(caller.actor.0), KEYS_MAX).await?;
    rows.into_iter().map(view).collect()
}

/// Makes a key; its secret is told this once.
pub async fn make(damask: &Damask, caller: &Caller, new: NewKey) -> Outcome<(KeyView, String)> {
    let account = UserId(caller.actor.0);
    let mut conn = damask.catalog().read().await?;
    if accounts::by_id(&mut conn, account).await?.is_none() {
        return Err(Trouble::mistake("no-account", "only a person with an account can make keys")
            .hint("sign in on the web page, or with a session"));
    }
    if keys::of_account(&mut conn, account, KEYS_MAX).await?.len() >= KEYS_MAX as usize {
        return Err(Trouble::mistake("too-many-keys", format!("an account has at most {KEYS_MAX} keys")));
    }
    drop(conn);
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(Trouble::mistake("bad-key", "a key's name has 1 to 200 characters"));
    }
    if new.expires_in_days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
        return Err(Trouble::mistake("bad-key", format!("a key lives 1 to {DAYS_MAX} days, or without end")));
    }
    if let Some(query) = &new.query {
        Query::parse(query, damask.schema())?;
    }
    let scopes = Scopes { permissions: new.permissions.both(caller.permissions), query: new.query };
    let secret = secrets::fresh_token(PREFIX);
    let (id, secret_hash, actor) = (KeyId::fresh(), hash_of(&secret), caller.actor);
    let expires = new.expires_in_days.map(|days| damask.now().plus_seconds(i64::from(days) * 86_400));
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let after = json!({ "name": name, "scopes": scopes });
            let last_fact = tx.fact(actor, Verb::KeyMade, &[id.0, account.0], Change::added(after));
            let row = keys::Key {
                id,
                name: name.clone(),
                secret_hash,
                account,
                scopes: json!(scopes),
                created: tx.now(),
                expires,
                revoked: None,
                last_used: None,
                last_fact,
            };
            keys::insert(tx, &row).await?;
            view(row)
        })
        .await?;
    Ok((written.value, secret))
}

/// Revokes a key of the caller's account.
pub async fn revoke(damask: &Damask, caller: &Caller, id: KeyId) -> Outcome<()> {
    let mut conn = damask.catalog().read().await?;
    let row = keys::by_id(&mut conn, id).await?;
    drop(conn);
    let own = row.is_some_and(|row| row.account.0 == caller.actor.0 || caller.permissions.administer);
    if !own {
        return Err(Trouble::missing("key", id));
    }
    let actor = caller.actor;
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let fact = tx.fact(actor, Verb::KeyRevoked, &[id.0], Change::default());
            if keys::revoke(tx, id, fact).await? { Ok(()) } else { Err(Trouble::missing("key", id)) }
        })
        .await?;
    Ok(())
}

/// Who calls with this key, which thereby is used.
pub async fn caller(damask: &Damask, secret: &str) -> Outcome<Caller> {
    let now = damask.now();
    let (key, caller) = of_secret(damask, secret).await?;
    let (id, last_used) = (key.id, key.last_used);
    if last_used.is_none_or(|used| now.micros_since(used) > USE_KEPT_EVERY_S * 1_000_000) {
        damask
            .catalog()
            .write(Urgency::Interactive, async move |tx: &mut Tx| Ok::<_, Trouble>(keys::used(tx, id).await?))
            .await?;
    }
    Ok(caller)
}

/// Whose key this still is; looking at it is no use of it.
pub async fn still(damask: &Damask, secret: &str) -> Outcome<Caller> {
    Ok(of_secret(damask, secret).await?.1)
}

async fn of_secret(damask: &Damask, secret: &str) -> Outcome<(KeyView, Caller)> {
    let unknown = || Trouble::Unknown("the key is not known, was revoked or has expired");
    let mut conn = damask.catalog().read().await?;
    let row = keys::by_secret(&mut conn, hash_of(secret), damask.now()).await?.ok_or_else(unknown)?;
    let account = accounts::by_id(&mut conn, row.account).await?.ok_or_else(unknown)?;
    drop(conn);
    let key = view(row)?;
    let scope = match &key.query {
        Some(query) => Scope::of(Query::parse(query, damask.schema())?),
        None => Scope::everything(),
    };
    let caller = Caller {
        actor: ActorId(key.id.0),
        name: key.name.as_str().into(),
        permissions: key.permissions.both(Account::of(&account)?.permissions),
        scope,
    };
    Ok((key, caller))
}

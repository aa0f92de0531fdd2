//! Sessions: a browser that signed in. The secret is random; only its hash is kept.

use damask_catalog::{Tx, Urgency, accounts, sessions};
use damask_model::UserId;

use super::{Account, SessionToken, hash_of, one_form, secrets};
use crate::{
    caller::Caller,
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// Seconds a session lives without being used.
const SESSION_S: i64 = 14 * 24 * 3_600;
/// A use is kept at most this often: keeping it is a write.
const USE_KEPT_EVERY_S: i64 = 3_600;

/// Signs in. A wrong address and a wrong password look alike, and take as long.
pub async fn sign_in(damask: &Damask, email: &str, password: &str) -> Outcome<(Account, SessionToken)> {
    let email = one_form(email);
    damask.guesses().check(&email, damask.now())?;
    let row = {
        let mut conn = damask.catalog().read().await?;
        accounts::by_email(&mut conn, &email).await?
    };
    let hash = row.as_ref().map_or_else(nobodys_hash, |row| row.password_hash.clone());
    let password = password.to_owned();
    let turn = damask.guesses().turn().await?;
    // Of many guesses at once each knows what became of those before it.
    damask.guesses().check(&email, damask.now())?;
    let (judge, address) = (damask.clone(), email.clone());
    let fits = turn.take(move || {
        let fits = secrets::password_fits(&password, &hash);
        // Counted before the next one's turn.
        if !fits {
            judge.guesses().wrong(&address, judge.now());
        }
        fits
    });
    let fits = fits.await;
    match row.filter(|_| fits) {
        Some(row) => {
            damask.guesses().right(&email);
            let account = Account::of(&row)?;
            let token = begin(damask, account.id).await?;
            Ok((account, token))
        }
        None => Err(Trouble::Unknown("the address or the password is wrong")),
    }
}

/// A hash that nobody's password fits, so that an unknown address takes as long as a known one.
fn nobodys_hash() -> String {
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        .to_owned()
}

pub(super) async fn begin(damask: &Damask, account: UserId) -> Outcome<SessionToken> {
    let secret = secrets::fresh_token("");
    let token_hash = hash_of(&secret);
    let expires = damask.now().plus_seconds(SESSION_S);
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let now = tx.now();
            sessions::expire(tx, now).await?;
            let session = sessions::Session { token_hash, account, created: now, expires, last_used: now };
            sessions::insert(tx, &session).await?;
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(SessionToken { secret, expires })
}

/// Ends a session; one that is not there is ended already.
pub async fn sign_out(damask: &Damask, secret: &str) -> Outcome<()> {
    let hash = hash_of(secret);
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            sessions::remove(tx, hash).await?;
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(())
}

/// Who calls with this session, which thereby lives on.
pub async fn caller(damask: &Damask, secret: &str) -> Outcome<(Caller, Account)> {
    let (hash, now) = (hash_of(secret), damask.now());
    let (session, account) = of_secret(damask, secret).await?;
    if now.micros_since(session.last_used) > USE_KEPT_EVERY_S * 1_000_000 {
        let expires = now.plus_seconds(SESSION_S);
        damask
            .catalog()
            .write(Urgency::Interactive, async move |tx: &mut Tx| {
                Ok::<_, Trouble>(sessions::used(tx, hash, expires).await?)
            })
            .await?;
    }
    Ok((account.caller(), account))
}

/// Whose session this still is; looking at it is no use of it.
pub async fn still(damask: &Damask, secret: &str) -> Outcome<Caller> {
    Ok(of_secret(damask, secret).await?.1.caller())
}

async fn of_secret(damask: &Damask, secret: &str) -> Outcome<(sessions::Session, Account)> {
    let mut conn = damask.catalog().read().await?;
    let unknown = || Trouble::Unknown("the session has ended: sign in again");
    let session = sessions::by_token(&mut conn, hash_of(secret), damask.now()).await?.ok_or_else(unknown)?;
    let row = accounts::by_id(&mut conn, session.account).await?.ok_or_else(unknown)?;
    let account = Account::of(&row)?;
    Ok((session, account))
}

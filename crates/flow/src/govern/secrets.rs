//! Secrets: tokens that programs hold, passwords that people remember. Neither is ever stored, only what
//! recognises it.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngCore;

use crate::trouble::{Outcome, Trouble};

/// Random bytes in a token: enough that guessing is hopeless, so that a plain hash may recognise it.
const TOKEN_BYTES: usize = 32;

/// Shortest password taken, in characters (NIST SP 800-63B, 5.1.1.2 asks for 8; a library holds only copies).
pub const PASSWORD_CHARACTERS_MIN: usize = 10;

/// Longest password taken, in bytes: hashing must not become work for whoever sends megabytes.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// A fresh secret of 256 bits behind `prefix`, safe in URLs and headers.
pub fn fresh_token(prefix: &str) -> String {
    let mut bytes = [0; TOKEN_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What recognises a password: argon2id with a salt of its own, as a PHC string. Takes tens of
/// milliseconds of processor: call it off the async threads.
pub fn password_hash(password: &str) -> Outcome<String> {
    check_password(password)?;
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Trouble::fault("hash a password")(error.to_string()))
}

/// Whether `password` is the one that `hash` recognises. As slow as hashing.
pub fn password_fits(password: &str, hash: &str) -> bool {
    password.len() <= PASSWORD_BYTES_MAX
        && PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn check_password(password: &str) -> Outcome<()> {
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(Trouble::mistake("weak-password", "the password is too short")
            .hint(format!("at least {PASSWORD_CHARACTERS_MIN} characters; a few words will do")));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Trouble::mistake("weak-password", "the password is too long")
            .hint(format!("at most {PASSWORD_BYTES_MAX} bytes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{fresh_token, password_fits, password_hash};

    #[test]
    fn no_two_tokens_are_alike() {
        let token = fresh_token("dmk_");
        assert!(token.starts_with("dmk_") && token.len() > 40);
        assert_ne!(token, fresh_token("dmk_"));
    }

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let hash = password_hash("correct horse battery").expect("hash");
        assert!(hash.starts_with("$argon2id$"));
        assert!(password_fits("correct horse battery", &hash));
        assert!(!password_fits("correct horse batterz", &hash));
        assert_ne!(hash, password_hash("correct horse battery").expect("hash"));
    }

    #[test]
    fn a_short_or_endless_password_is_refused() {
        assert!(password_hash("short").is_err());
        assert!(password_hash(&"x".repeat(2_000)).is_err());
    }
}

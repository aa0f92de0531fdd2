//! Envelope encryption: the data key of a place, and how it lies beside the blobs, wrapped by the key that a person
//! keeps. Another key of the person's wraps the same data key anew, and no blob is touched.

use std::fmt;

use argon2::Argon2;
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead as _, KeyInit as _, Payload},
};
use serde::{Deserialize, Serialize};

use super::format::KEY_ID_BYTES;
use crate::SealKey;

/// The form of envelopes that this is.
const FORM: u8 = 1;

/// What bytes are encrypted with. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DataKey {
    id: [u8; KEY_ID_BYTES],
    secret: [u8; 32],
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey").field("id", &hex::encode(self.id)).finish_non_exhaustive()
    }
}

impl DataKey {
    /// A new one.
    pub(crate) fn fresh() -> Self {
        Self { id: rand::random(), secret: rand::random() }
    }

    pub(super) const fn id(&self) -> &[u8; KEY_ID_BYTES] {
        &self.id
    }

    pub(super) const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

/// A data key, wrapped: XChaCha20-Poly1305 under a key derived (argon2id, then BLAKE3) from the person's; the id is
/// associated data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope {
    form: u8,
    #[serde(with = "hex::serde")]
    key_id: [u8; KEY_ID_BYTES],
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    #[serde(with = "hex::serde")]
    nonce: [u8; 24],
    #[serde(with = "hex::serde")]
    wrapped: Vec<u8>,
}

impl Envelope {
    /// Takes a moment and some memory (argon2id), so that guessing does too.
    pub(super) fn wrap(data: &DataKey, key: &SealKey) -> Self {
        let (salt, nonce): ([u8; 16], [u8; 24]) = (rand::random(), rand::random());
        let payload = Payload { msg: &data.secret, aad: &data.id };
        let wrapped =
            cipher(key, &salt).encrypt(&nonce.into(), payload).expect("so short a text is encrypted");
        Self { form: FORM, key_id: data.id, salt, nonce, wrapped }
    }

    /// The data key, if the person's key is the one it was wrapped with.
    pub(super) fn unwrap(&self, key: &SealKey) -> Option<DataKey> {
        let payload = Payload { msg: &self.wrapped, aad: &self.key_id };
        let secret = cipher(key, &self.salt).decrypt(&self.nonce.into(), payload).ok()?;
        Some(DataKey { id: self.key_id, secret: secret.try_into().ok()? })
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("text and numbers")
    }

    /// `None` where the text is no envelope of this form.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text.trim()).ok().filter(|envelope| envelope.form == FORM)
    }
}

fn cipher(key: &SealKey, salt: &[u8]) -> XChaCha20Poly1305 {
    let mut secret = [0; 32];
    Argon2::default()
        .hash_password_into(key.tell().as_bytes(), salt, &mut secret)
        .expect("the salt has 16 bytes and the output 32");
    XChaCha20Poly1305::new(&blake3::derive_key("damask encryption at rest 1: envelope", &secret).into())
}

#[cfg(test)]
mod tests {
    use super::{DataKey, Envelope};
    use crate::SealKey;

    #[test]
    fn only_the_key_it_was_wrapped_with_opens_it_and_nothing_prints_it() {
        let data = DataKey::fresh();
        let key = SealKey::new("correct horse battery staple").unwrap();
        let text = Envelope::wrap(&data, &key).to_text();
        let envelope = Envelope::read(&text).unwrap();
        assert_eq!(envelope.unwrap(&key), Some(data.clone()));
        assert_eq!(envelope.unwrap(&SealKey::new("correct horse battery stable").unwrap()), None);
        let secret = hex::encode(data.secret);
        assert!(!text.contains(&secret) && !format!("{data:?}{data:?}").contains(&secret));
        let mut other = Envelope::read(&text).unwrap();
        other.key_id[0] ^= 1;
        assert_eq!(other.unwrap(&key), None, "the id is proven too");
        for no_envelope in ["", "{}", &text.replace("\"form\":1", "\"form\":2")] {
            assert!(Envelope::read(no_envelope).is_none(), "{no_envelope}");
        }
    }
}

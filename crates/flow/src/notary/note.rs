//! What the notary signs: checkpoints, as C2SP's `tlog-checkpoint` and `signed-note` have them. A checkpoint says how
//! many facts there are and the root over all of them; whoever keeps one can prove later what there was.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::tree::Hash;

/// The algorithm byte of Ed25519 (`signed-note`, "Signatures").
const ED25519: u8 = 1;
/// Longest note that is read.
const NOTE_BYTES_MAX: usize = 64 * 1024;

/// A size and root of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of the key that signs it.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Who signs.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// A signer of a secret of 32 bytes. `name` has no space and no plus sign.
    pub fn new(name: String, secret: &[u8; 32]) -> Self {
        Self { name, key: SigningKey::from_bytes(secret) }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What others check its signatures with: `name+id+key`.
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The checkpoint as a signed note.
    pub fn sign(&self, size: u64, root: &Hash) -> String {
        let text = format!("{}\n{size}\n{}\n", self.name, BASE64.encode(root));
        let mut signed = self.verifier().id().to_vec();
        signed.extend(self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.name, BASE64.encode(signed))
    }
}

/// Who checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

impl Verifier {
    /// As it is handed to others (`signed-note`, "Verifier keys").
    pub fn to_text(&self) -> String {
        let mut key = vec![ED25519];
        key.extend(self.key.as_bytes());
        format!("{}+{}+{}", self.name, hex::encode(self.id()), BASE64.encode(key))
    }

    /// The checkpoint of a signed note, where this key signed it.
    pub fn checkpoint(&self, note: &str) -> Option<Checkpoint> {
        if note.len() > NOTE_BYTES_MAX {
            return None;
        }
        let (text, signatures) = note.split_once("\n\n")?;
        let text = format!("{text}\n");
        let signed = signatures.lines().any(|line| self.signed(&text, line).is_some());
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = BASE64.decode(root).ok()?.try_into().ok()?;
        let checkpoint = Checkpoint { origin: origin.to_owned(), size: size.parse().ok()?, root };
        (signed && checkpoint.size.to_string() == size && origin == self.name).then_some(checkpoint)
    }

    fn signed(&self, text: &str, line: &str) -> Option<()> {
        let (name, signed) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let signed = BASE64.decode(signed).ok()?;
        let (id, signature) = signed.split_at_checked(4)?;
        let signature = Signature::from_slice(signature).ok()?;
        (name == self.name && id == self.id()).then_some(())?;
        self.key.verify_strict(text.as_bytes(), &signature).ok()
    }

    /// The first four bytes of SHA-256 over name, line feed, algorithm and key.
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

#[cfg(test)]
mod tests {
    use super::{Checkpoint, Signer};

    #[test]
    fn a_checkpoint_is_read_by_whoever_has_the_key_and_no_other() {
        let signer = Signer::new("damask-library".into(), &[7; 32]);
        let note = signer.sign(12, &[9; 32]);
        let expected = Checkpoint { origin: "damask-library".into(), size: 12, root: [9; 32] };
        assert_eq!(signer.verifier().checkpoint(&note), Some(expected));
        assert_eq!(Signer::new("damask-library".into(), &[8; 32]).verifier().checkpoint(&note), None);
        assert_eq!(Signer::new("other".into(), &[7; 32]).verifier().checkpoint(&note), None);
        for (from, to) in [("\n12\n", "\n13\n"), ("\n12\n", "\n012\n"), ("CQkJ", "CAkJ"), ("\n\n", "\n")] {
            assert_eq!(signer.verifier().checkpoint(&note.replacen(from, to, 1)), None, "{from:?} to {to:?}");
        }
    }
}

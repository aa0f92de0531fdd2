//! Proofs of the notary. Hashes are 64 hexadecimal digits.

use damask_flow::notary::{
    proof::{Consistency, Inclusion, Signed},
    tree::Hash,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A fact is in the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InclusionProof)]
pub struct InclusionView {
    /// The fact's header as the log holds it. The leaf is SHA-256 of a zero byte and these bytes.
    entry: String,
    /// The leaf's place, from 0.
    index: u64,
    /// The hashes from the leaf up.
    path: Vec<String>,
    #[serde(flatten)]
    signed: SignedView,
}

/// An older log is the beginning of this one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsistencyProof)]
pub struct ConsistencyView {
    /// How many facts the older one has.
    from: u64,
    /// Its root.
    from_root: String,
    /// What makes the newer root of it.
    path: Vec<String>,
    #[serde(flatten)]
    signed: SignedView,
}

/// What a proof leads to.
#[derive(Debug, Serialize, ToSchema)]
struct SignedView {
    /// How many facts were signed.
    size: u64,
    /// The root over them.
    root: String,
    /// The note that signs both (C2SP `tlog-checkpoint`).
    checkpoint: String,
    /// With what its signature is checked: `name+id+key` (C2SP `signed-note`).
    verifier: String,
}

impl From<Signed> for SignedView {
    fn from(signed: Signed) -> Self {
        let Signed { note, verifier, size, root } = signed;
        Self { size, root: hex::encode(root), checkpoint: note, verifier }
    }
}

impl From<Inclusion> for InclusionView {
    fn from(proof: Inclusion) -> Self {
        let Inclusion { entry, index, path, signed } = proof;
        Self { entry, index, path: texts(&path), signed: signed.into() }
    }
}

impl From<Consistency> for ConsistencyView {
    fn from(proof: Consistency) -> Self {
        let Consistency { old, old_root, path, signed } = proof;
        Self { from: old, from_root: hex::encode(old_root), path: texts(&path), signed: signed.into() }
    }
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

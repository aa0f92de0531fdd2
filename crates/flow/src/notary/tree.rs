//! The Merkle tree of RFC 6962 (section 2.1): SHA-256, leaves and nodes told apart by a first byte. Pure: where the
//! hashes come from is [`Nodes`]' affair.

use sha2::{Digest as _, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Hashes of complete subtrees.
pub trait Nodes {
    /// What goes wrong when one cannot be had.
    type Error;

    /// The root of the complete subtree of 2^`height` leaves that begins at leaf `index` · 2^`height`.
    fn node(&self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The hash of a leaf.
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of two subtrees.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the first `size` leaves.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(nothing()) } else { of(nodes, 0, size) }
}

/// The root of no leaves.
pub fn nothing() -> Hash {
    Sha256::digest([]).into()
}

/// That leaf `index` is among the first `size`: the hashes from the leaf up (section 2.1.1). Empty where it is not.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    if index < size {
        let (mut first, mut end) = (0, size);
        while end - first > 1 {
            let middle = first + split(end - first);
            if index < middle {
                path.push(of(nodes, middle, end)?);
                end = middle;
            } else {
                path.push(of(nodes, first, middle)?);
                first = middle;
            }
        }
        path.reverse();
    }
    Ok(path)
}

/// That the tree of `old` leaves is the beginning of the one of `size` (section 2.1.2). Empty where it needs no proof.
pub fn consistency<N: Nodes>(nodes: &N, old: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old > 0 && old < size {
        let (mut first, mut end, mut whole) = (0, size, true);
        while end != old {
            let middle = first + split(end - first);
            if old <= middle {
                proof.push(of(nodes, middle, end)?);
                end = middle;
            } else {
                proof.push(of(nodes, first, middle)?);
                first = middle;
                whole = false;
            }
        }
        if !whole {
            proof.push(of(nodes, first, end)?);
        }
        proof.reverse();
    }
    Ok(proof)
}

/// Whether `path` proves that `leaf` is the one at `index` of the tree of that size and root.
pub fn includes(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    // The turns from the root down to the leaf.
    let (mut first, mut end, mut turns) = (0, size, Vec::new());
    while end - first > 1 {
        let middle = first + split(end - first);
        turns.push(index < middle);
        if index < middle {
            end = middle;
        } else {
            first = middle;
        }
    }
    let climbed = turns.iter().rev().zip(path).fold(*leaf, |below, (is_left, beside)| {
        if *is_left { node(&below, beside) } else { node(beside, &below) }
    });
    turns.len() == path.len() && climbed == *root
}

/// Whether `proof` proves that the tree of `old` leaves is the beginning of the one of `size`.
pub fn extends((old, old_root): (u64, &Hash), (size, root): (u64, &Hash), proof: &[Hash]) -> bool {
    if old == 0 || old == size {
        return proof.is_empty() && (old == 0 || old_root == root);
    }
    if old > size {
        return false;
    }
    let (mut first, mut end, mut turns) = (0, size, Vec::new());
    while end != old {
        let middle = first + split(end - first);
        turns.push(old <= middle);
        if old <= middle {
            end = middle;
        } else {
            first = middle;
        }
    }
    let mut hashes = proof.iter();
    let start = if first == 0 { Some(old_root) } else { hashes.next() };
    let Some(start) = start else { return false };
    let (mut older, mut newer) = (*start, *start);
    for is_left in turns.iter().rev() {
        let Some(beside) = hashes.next() else { return false };
        if *is_left {
            newer = node(&newer, beside);
        } else {
            older = node(beside, &older);
            newer = node(beside, &newer);
        }
    }
    hashes.next().is_none() && older == *old_root && newer == *root
}

/// The root over the leaves from `first` to before `end`, of which there is at least one.
fn of<N: Nodes>(nodes: &N, first: u64, end: u64) -> Result<Hash, N::Error> {
    let count = end - first;
    if count.is_power_of_two() && first.is_multiple_of(count) {
        return nodes.node(count.ilog2(), first / count);
    }
    let middle = first + split(count);
    Ok(node(&of(nodes, first, middle)?, &of(nodes, middle, end)?))
}

/// The largest power of two below `count`, which is above 1.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{Hash, Nodes, consistency, extends, includes, inclusion, leaf, node, root};

    struct Leaves(Vec<Hash>);

    impl Nodes for Leaves {
        type Error = Infallible;

        fn node(&self, height: u32, index: u64) -> Result<Hash, Infallible> {
            if height == 0 {
                return Ok(self.0[usize::try_from(index).expect("small")]);
            }
            let (left, right) = (self.node(height - 1, index * 2)?, self.node(height - 1, index * 2 + 1)?);
            Ok(node(&left, &right))
        }
    }

    fn leaves(count: u8) -> Leaves {
        Leaves((0..count).map(|number| leaf(&[number])).collect())
    }

    /// The entries with which Certificate Transparency's own implementations are tested, and the roots they have.
    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let tree = Leaves(entries.iter().map(|entry| leaf(entry)).collect());
        let Ok(none) = root(&tree, 0);
        assert_eq!(hex::encode(none), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let Ok(one) = root(&tree, 1);
        assert_eq!(hex::encode(one), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let Ok(eight) = root(&tree, 8);
        assert_eq!(hex::encode(eight), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn every_leaf_is_proven_and_no_other_in_its_place() {
        let tree = leaves(40);
        for size in 1..=40 {
            let Ok(whole) = root(&tree, size);
            for index in 0..size {
                let Ok(path) = inclusion(&tree, index, size);
                let at = tree.0[usize::try_from(index).expect("small")];
                assert!(includes(&at, index, size, &path, &whole), "{index} of {size}");
                assert!(!includes(&leaf(b"other"), index, size, &path, &whole));
                assert!(!includes(&at, index + 1, size, &path, &whole) || size == 1);
                let mut longer = path.clone();
                longer.push([0; 32]);
                assert!(!includes(&at, index, size, &longer, &whole));
            }
            assert!(!includes(&tree.0[0], size, size, &[], &whole));
        }
    }

    #[test]
    fn every_tree_is_proven_to_be_the_beginning_of_each_later_one() {
        let (tree, mut other) = (leaves(40), leaves(40));
        other.0[0] = leaf(b"other");
        for size in 1..=40 {
            let Ok(whole) = root(&tree, size);
            for old in 1..=size {
                let (Ok(before), Ok(forged)) = (root(&tree, old), root(&other, old));
                let Ok(proof) = consistency(&tree, old, size);
                assert!(extends((old, &before), (size, &whole), &proof), "{old} of {size}");
                assert!(!extends((old, &forged), (size, &whole), &proof), "{old} of {size}");
            }
        }
    }
}

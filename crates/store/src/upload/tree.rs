//! The hash of an upload as it grows, in a form that can be written down: after a restart it goes on from the last
//! block instead of from the first byte, however long the upload is.
//!
//! BLAKE3 is a tree. Blocks of [`BLOCK_BYTES`] are subtrees of it; what is known of whole ones are the chaining values
//! of as many subtrees as their count has ones in binary. The last block stays open until a byte after it comes, for
//! the last merge makes the root (BLAKE3, 2.1).

use blake3::{
    Hasher,
    hazmat::{ChainingValue, HasherExt as _, Mode, merge_subtrees_non_root, merge_subtrees_root},
};
use damask_model::ContentHash;

/// A power of two of BLAKE3's chunks; what is hashed again after a restart is less than this and one byte.
pub(super) const BLOCK_BYTES: u64 = 16 << 20;

/// Subtrees that stand beside one another at most: for 2⁶⁴ bytes, and less by far for any file.
pub(super) const SUBTREES_MAX: usize = 40;

/// What is known of the blocks before the open one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trunk {
    /// So many blocks.
    pub(super) blocks: u64,
    /// The largest subtree first.
    pub(super) subtrees: Vec<ChainingValue>,
}

/// The hash over all bytes until now.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    trunk: Trunk,
    block: Hasher,
}

impl Trunk {
    /// Bytes of the whole blocks.
    pub(super) const fn bytes(&self) -> u64 {
        self.blocks.saturating_mul(BLOCK_BYTES)
    }

    /// Whether there are as many subtrees as so many blocks have.
    pub(super) fn is_lawful(&self) -> bool {
        self.subtrees.len() == self.blocks.count_ones() as usize && self.subtrees.len() <= SUBTREES_MAX
    }

    fn push(&mut self, block: ChainingValue) {
        self.blocks += 1;
        let mut merged = block;
        // As many subtrees are whole now as the count ends in zeros.
        for _ in 0..self.blocks.trailing_zeros() {
            let left = self.subtrees.pop().expect("a subtree for each one of the count before");
            merged = merge_subtrees_non_root(&left, &merged, Mode::Hash);
        }
        self.subtrees.push(merged);
    }
}

impl Tree {
    pub(super) fn new() -> Self {
        Self::after(Trunk::default())
    }

    /// The tree whose next byte is the first of the block after these.
    pub(super) fn after(trunk: Trunk) -> Self {
        let mut block = Hasher::new();
        block.set_input_offset(trunk.bytes());
        Self { trunk, block }
    }

    pub(super) const fn trunk(&self) -> &Trunk {
        &self.trunk
    }

    /// Takes the next bytes.
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.block.count() == BLOCK_BYTES {
                self.trunk.push(self.block.finalize_non_root());
                self.block = Hasher::new();
                self.block.set_input_offset(self.trunk.bytes());
            }
            let room = usize::try_from(BLOCK_BYTES - self.block.count()).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.block.update(now);
            bytes = later;
        }
    }

    /// The hash of all that was taken.
    pub(super) fn hash(&self) -> ContentHash {
        let Some((largest, others)) = self.trunk.subtrees.split_first() else {
            return ContentHash::from(self.block.finalize());
        };
        let mut right = self.block.finalize_non_root();
        for left in others.iter().rev() {
            right = merge_subtrees_non_root(left, &right, Mode::Hash);
        }
        ContentHash::from(merge_subtrees_root(largest, &right, Mode::Hash))
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_BYTES, Tree};

    /// Takes `length` bytes in steps, is written down and read again at `rest`, and has BLAKE3's own hash.
    fn check(length: u64, step: usize, rest: u64) {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let mut tree = Tree::new();
        let (before, after) = bytes.split_at(usize::try_from(rest).expect("a length in memory"));
        before.chunks(step).for_each(|bytes| tree.update(bytes));
        let trunk = tree.trunk().clone();
        assert!(trunk.is_lawful());
        let known = usize::try_from(trunk.bytes()).expect("a length in memory");
        let mut tree = Tree::after(trunk);
        tree.update(&bytes[known..before.len()]);
        after.chunks(step).for_each(|bytes| tree.update(bytes));
        assert_eq!(tree.hash(), blake3::hash(&bytes).into(), "{length} bytes, resumed at {rest}");
    }

    #[test]
    fn it_is_the_hash_of_the_bytes_however_they_come_and_wherever_it_rests() {
        check(0, 1, 0);
        check(1_000, 7, 500);
        for blocks in 1..=7 {
            let whole = blocks * BLOCK_BYTES;
            check(whole, 1 << 20, whole);
            check(whole + 1, 3_000_001, whole);
            check(whole + 5_000, 1 << 20, whole - 1);
        }
    }
}

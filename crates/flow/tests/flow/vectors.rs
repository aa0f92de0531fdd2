//! Proofs for those who check them elsewhere: the page's own check is tested with what is made here, byte for byte.
//! `DAMASK_REGENERATE=1` writes them down again.

use std::{convert::Infallible, fs};

use serde_json::{Value as Json, json};

use damask_flow::notary::{
    note::Signer,
    tree::{self, Hash, Nodes},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/proof/vectors.json");
const SIZES: [u64; 8] = [1, 2, 3, 4, 6, 7, 8, 13];

/// The hashes of all complete subtrees, by height.
struct Levels(Vec<Vec<Hash>>);

impl Levels {
    fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(pairs) = levels.last().filter(|level| level.len() > 1) {
            let above = pairs.chunks_exact(2).map(|pair| tree::node(&pair[0], &pair[1])).collect();
            levels.push(above);
        }
        Self(levels)
    }
}

impl Nodes for Levels {
    type Error = Infallible;

    fn node(&self, height: u32, index: u64) -> Result<Hash, Infallible> {
        let level = &self.0[usize::try_from(height).expect("small")];
        Ok(level[usize::try_from(index).expect("small")])
    }
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

/// All proofs of some sizes of a log whose entries name nothing but their number.
fn vectors() -> Json {
    let entries: Vec<String> = (1..=13)
        .map(|seq| json!({ "seq": seq, "subjects": [], "verb": "asset.edited" }).to_string())
        .collect();
    let leaves = Levels::over(entries.iter().map(|entry| tree::leaf(entry.as_bytes())).collect());
    let signer = Signer::new("damask/vectors".to_owned(), &[7; 32]);
    let (mut inclusions, mut consistencies) = (Vec::new(), Vec::new());
    for size in SIZES {
        let Ok(root) = tree::root(&leaves, size);
        let (checkpoint, verifier) = (signer.sign(size, &root), signer.verifier().to_text());
        let root = hex::encode(root);
        for index in 0..size {
            let Ok(path) = tree::inclusion(&leaves, index, size);
            let entry = &entries[usize::try_from(index).expect("small")];
            inclusions.push(json!({
                "entry": entry, "index": index, "path": texts(&path), "size": size, "root": root,
                "checkpoint": checkpoint, "verifier": verifier,
            }));
        }
        for from in SIZES.into_iter().filter(|from| *from <= size) {
            let (Ok(old), Ok(path)) = (tree::root(&leaves, from), tree::consistency(&leaves, from, size));
            consistencies.push(json!({
                "from": from, "from_root": hex::encode(old), "path": texts(&path), "size": size, "root": root,
                "checkpoint": checkpoint, "verifier": verifier, "older": signer.sign(from, &old),
            }));
        }
    }
    json!({ "inclusions": inclusions, "consistencies": consistencies })
}

#[test]
fn the_page_is_tested_with_proofs_as_they_are_made_here() {
    let made = vectors().to_string() + "\n";
    if std::env::var_os("DAMASK_REGENERATE").is_some() {
        fs::write(FILE, &made).expect("the vectors can be written");
    }
    let kept = fs::read_to_string(FILE).expect("the vectors");
    assert!(kept == made, "{FILE} is not what is made here: DAMASK_REGENERATE=1 writes it again");
}

//! What the sender says of an upload: pairs of a name and a value, which may be any bytes (tus 1.0, Upload-Metadata).

use serde_json::{Value as Json, json};

use super::{intent::Intent, path::HomePath};
use crate::{
    caller::Caller,
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// Pairs of metadata an upload may have, and their bytes in all.
const PAIRS_MAX: usize = 32;
const BYTES_MAX: usize = 16 << 10;

/// A name and a value.
pub type Pair = (String, Vec<u8>);

/// Refuses what is too much, or names no place.
pub(super) fn check(damask: &Damask, metadata: &[Pair]) -> Outcome<()> {
    let bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if metadata.len() > PAIRS_MAX || bytes > BYTES_MAX {
        return Err(Trouble::mistake("bad-upload", "the upload says too much of itself")
            .hint(format!("at most {PAIRS_MAX} pairs and {BYTES_MAX} bytes")));
    }
    home_of(damask, metadata).map(drop)
}

/// Where an upload is to lie.
pub(super) fn home_of(damask: &Damask, metadata: &[Pair]) -> Outcome<HomePath> {
    HomePath::parse(&path_of(metadata), damask.limits())
}

/// What an upload says under a name; nothing where it says nothing.
fn said(metadata: &[Pair], wanted: &str) -> Option<String> {
    let value = metadata.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)?;
    let text = String::from_utf8_lossy(value).into_owned();
    (!text.is_empty() && text != "null").then_some(text)
}

/// Refuses, before bytes are sent, what the sender wants and cannot have.
pub(super) async fn check_intent(damask: &Damask, caller: &Caller, metadata: &[Pair]) -> Outcome<()> {
    let home = home_of(damask, metadata)?;
    intent_of(metadata)?.check(damask, caller, &home).await
}

/// What an upload says is to become of it.
pub(super) fn intent_of(metadata: &[Pair]) -> Outcome<Intent> {
    Intent::parse(said(metadata, "replaces").as_deref(), said(metadata, "sameName").as_deref())
}

/// The path an upload gives itself: its place below the dropped folder, else its name.
pub(super) fn path_of(metadata: &[Pair]) -> String {
    let text = |wanted: &str| {
        let text = said(metadata, wanted)?.trim_start_matches('/').to_owned();
        (!text.is_empty()).then_some(text)
    };
    text("relativePath")
        .or_else(|| text("filename"))
        .or_else(|| text("name"))
        .unwrap_or_else(|| "unnamed".into())
}

/// Values may be any bytes (tus 1.0, Upload-Metadata); in the catalog they stand in hexadecimal digits.
pub(super) fn to_json(metadata: &[Pair]) -> Json {
    json!(metadata.iter().map(|(name, value)| (name, hex::encode(value))).collect::<Vec<_>>())
}

pub(super) fn of_json(json: &Json) -> Vec<Pair> {
    let pairs: Vec<(String, String)> = serde_json::from_value(json.clone()).unwrap_or_default();
    pairs.into_iter().filter_map(|(name, value)| Some((name, hex::decode(value).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Pair, of_json, path_of, to_json};

    fn pairs(all: &[(&str, &str)]) -> Vec<Pair> {
        all.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_dropped_folder_keeps_its_tree() {
        assert_eq!(path_of(&pairs(&[("filename", "a.jpg"), ("relativePath", "News/a.jpg")])), "News/a.jpg");
        assert_eq!(path_of(&pairs(&[("filename", "a.jpg"), ("relativePath", "null")])), "a.jpg");
        assert_eq!(path_of(&pairs(&[])), "unnamed");
    }

    #[test]
    fn metadata_of_any_bytes_comes_back() {
        let metadata = vec![("x".to_owned(), vec![0, 255, 10])];
        assert_eq!(of_json(&to_json(&metadata)), metadata);
    }
}

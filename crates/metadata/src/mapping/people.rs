//! Who is shown: the names of Person Shown (IPTC Extension), its details, and the faces that regions name
//! (MWG 2.0, image regions; Microsoft Photo 1.2). And what the person with the recorder noted.

use damask_model::Value;
use serde_json::Value as Json;

use super::{reader::Reader, words};

/// The persons shown, each name once.
pub fn persons(reader: &Reader<'_>) -> Vec<(Value, String)> {
    let mut found: Vec<(Value, String)> = Vec::new();
    let mut add = |name: String, tag: String| {
        let value = Value::Text(name);
        if found.len() < words::VALUES_MAX && found.iter().all(|(known, _)| *known != value) {
            found.push((value, tag));
        }
    };
    for tag in reader.instances(("XMP-iptcExt", "PersonInImage")) {
        words::texts(&tag.value).into_iter().for_each(|name| add(name, tag.label()));
    }
    for tag in reader.instances(("XMP-iptcExt", "PersonInImageWDetails")) {
        for person in members(&tag.value) {
            person
                .get("PersonName")
                .and_then(words::text)
                .into_iter()
                .for_each(|name| add(name, tag.label()));
        }
    }
    for tag in reader.instances(("XMP-mwg-rs", "RegionInfo")) {
        for region in tag.value.get("RegionList").map(members).unwrap_or_default() {
            // A region without a type may be anything: only faces are persons.
            let is_face = region
                .get("Type")
                .and_then(words::text)
                .is_some_and(|kind| kind.eq_ignore_ascii_case("face"));
            let name = region.get("Name").and_then(words::text).filter(|_| is_face);
            name.into_iter().for_each(|name| add(name, tag.label()));
        }
    }
    for tag in reader.instances(("XMP-MP", "RegionInfoMP")) {
        for region in tag.value.get("Regions").map(members).unwrap_or_default() {
            region
                .get("PersonDisplayName")
                .and_then(words::text)
                .into_iter()
                .for_each(|name| add(name, tag.label()));
        }
    }
    found
}

/// A caption, or the note a recordist wrote where there is none (iXML 3, `NOTE`).
pub fn or_note(reader: &Reader<'_>, caption: Vec<(Value, String)>) -> Vec<(Value, String)> {
    if !caption.is_empty() || !reader.is_native_first() {
        return caption;
    }
    let note = reader
        .instances(("XML", "Bwfxml"))
        .find_map(|tag| Some((Value::Text(tag.value.get("Note").and_then(words::text)?), tag.label())));
    note.into_iter().collect()
}

/// The structures of a list, or the one structure.
fn members(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(items) => items.iter().collect(),
        Json::Object(_) => vec![value],
        _ => Vec::new(),
    }
}

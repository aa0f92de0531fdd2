//! Makes search documents of records: the one place, so that the index and a check in memory agree.

use std::collections::HashMap;

use damask_catalog::{Conn, assets::Record, locations, page_text};
use damask_model::{AssetId, AssetKind, VersionId};
use damask_query::{Document, Input, Schema};

use crate::trouble::Outcome;

/// The search documents of `records`, in their order. One statement more for the names they also came by, and one
/// where some may have page text.
pub async fn of_records(conn: &mut Conn, schema: &Schema, records: &[Record]) -> Outcome<Vec<Document>> {
    let with_text: Vec<VersionId> = records
        .iter()
        .filter(|record| may_have_text(record.asset.kind) && record.described.is_some())
        .map(|record| record.asset.current_version)
        .collect();
    let mut texts: HashMap<VersionId, String> = HashMap::new();
    if !with_text.is_empty() {
        for page in page_text::of_versions(conn, &with_text).await? {
            let text = texts.entry(page.version).or_default();
            text.push_str(&page.text);
            text.push('\n');
        }
    }
    let ids: Vec<AssetId> = records.iter().map(|record| record.asset.id).collect();
    let mut names: HashMap<AssetId, Vec<String>> = HashMap::new();
    for (asset, name) in locations::further_names(conn, &ids).await? {
        names.entry(asset).or_default().push(name);
    }
    Ok(records
        .iter()
        .map(|record| {
            let text = texts.get(&record.asset.current_version).map(String::as_str);
            of_record(schema, record, text, names.get(&record.asset.id).map_or(&[], Vec::as_slice))
        })
        .collect())
}

/// Only kinds that are described with page text; a look-up for the others would find nothing.
const fn may_have_text(kind: AssetKind) -> bool {
    matches!(kind, AssetKind::Document | AssetKind::Timeline | AssetKind::Other)
}

fn of_record(schema: &Schema, record: &Record, text: Option<&str>, further_names: &[String]) -> Document {
    let colours: Vec<[u8; 3]> = record.probe.colours.iter().filter_map(|colour| rgb(colour)).collect();
    let asset = &record.asset;
    Document::from_asset(
        schema,
        &Input {
            id: asset.id,
            kind: asset.kind,
            name: &asset.name,
            further_names,
            media_type: &record.media_type,
            folder: asset.folder,
            state: &asset.state,
            bytes: record.bytes,
            added: asset.created,
            changed: asset.changed,
            values: &asset.document,
            text,
            colours: &colours,
            previewed: record.previewed.is_some(),
            failed: record.failed,
        },
    )
}

/// `#rrggbb` as three bytes.
fn rgb(colour: &str) -> Option<[u8; 3]> {
    let mut bytes = [0; 3];
    hex::decode_to_slice(colour.strip_prefix('#')?, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::rgb;

    #[test]
    fn a_colour_is_three_bytes() {
        assert_eq!(rgb("#ff8000"), Some([255, 128, 0]));
        assert_eq!(rgb("ff8000"), None);
        assert_eq!(rgb("#ff80"), None);
    }
}

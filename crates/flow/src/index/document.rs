//! Makes search documents of records: the one place, so that the index and a check in memory agree.

use std::collections::HashMap;

use damask_catalog::{Conn, assets::Record, findings, locations, page_text};
use damask_model::{AssetId, AssetKind, FindingCode, VersionId};
use damask_query::{Document, Input, Schema};

use crate::trouble::Outcome;

/// What a record does not say of itself.
#[derive(Default)]
struct Besides {
    text: HashMap<VersionId, String>,
    names: HashMap<AssetId, Vec<String>>,
    findings: HashMap<VersionId, Vec<FindingCode>>,
}

/// The search documents of `records`, in their order. One statement more for the names they also came by, one for
/// what was found of them, and one where some may have page text.
pub async fn of_records(conn: &mut Conn, schema: &Schema, records: &[Record]) -> Outcome<Vec<Document>> {
    let with_text: Vec<VersionId> = records
        .iter()
        .filter(|record| may_have_text(record.asset.kind) && record.described.is_some())
        .map(|record| record.asset.current_version)
        .collect();
    let mut besides = Besides::default();
    if !with_text.is_empty() {
        for page in page_text::of_versions(conn, &with_text).await? {
            let text = besides.text.entry(page.version).or_default();
            text.push_str(&page.text);
            text.push('\n');
        }
    }
    let ids: Vec<AssetId> = records.iter().map(|record| record.asset.id).collect();
    for (asset, name) in locations::further_names(conn, &ids).await? {
        besides.names.entry(asset).or_default().push(name);
    }
    let versions: Vec<VersionId> = records.iter().map(|record| record.asset.current_version).collect();
    for (version, code) in findings::codes(conn, &versions).await? {
        besides.findings.entry(version).or_default().extend(FindingCode::parse(&code));
    }
    Ok(records.iter().map(|record| of_record(schema, record, &besides)).collect())
}

/// Only kinds that are described with page text; a look-up for the others would find nothing.
const fn may_have_text(kind: AssetKind) -> bool {
    matches!(kind, AssetKind::Document | AssetKind::Timeline | AssetKind::Other)
}

fn of_record(schema: &Schema, record: &Record, besides: &Besides) -> Document {
    let version = record.asset.current_version;
    let colours: Vec<[u8; 3]> = record.probe.colours.iter().filter_map(|colour| rgb(colour)).collect();
    let asset = &record.asset;
    Document::from_asset(
        schema,
        &Input {
            id: asset.id,
            kind: asset.kind,
            name: &asset.name,
            further_names: besides.names.get(&asset.id).map_or(&[], Vec::as_slice),
            media_type: &record.media_type,
            folder: asset.folder,
            state: &asset.state,
            bytes: record.bytes,
            added: asset.created,
            changed: asset.changed,
            values: &asset.document,
            text: besides.text.get(&version).map(String::as_str),
            colours: &colours,
            previewed: record.previewed.is_some(),
            failed: record.failed,
            trashed: asset.trashed,
            checked_out: asset.checkout.is_some(),
            findings: besides.findings.get(&version).map_or(&[], Vec::as_slice),
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

//! A record of the catalog as faces list it.

use damask_catalog::assets::Record;
use damask_model::Value;

use crate::view::AssetSummary;

/// The asset as a list shows it.
pub fn summary_of(record: &Record) -> AssetSummary {
    let (asset, probe) = (&record.asset, &record.probe);
    let video = probe.video.as_ref();
    AssetSummary {
        id: asset.id,
        kind: asset.kind,
        name: asset.name.clone(),
        state: asset.state.clone(),
        version: asset.current_version,
        media_type: record.media_type.clone(),
        bytes: record.bytes,
        width_px: probe.width_px.or_else(|| video.map(|video| video.width_px)),
        height_px: probe.height_px.or_else(|| video.map(|video| video.height_px)),
        duration_us: probe.duration_us,
        page_count: probe.page_count,
        placeholder: probe.placeholder.clone(),
        colour: probe.colours.first().cloned(),
        captured: match asset.document.first("captured") {
            Some(Value::Moment(moment)) => Some(moment.to_string()),
            _ => None,
        },
        added: asset.created,
        title: asset.document.first("title").and_then(Value::as_text).map(str::to_owned),
        previewed: record.previewed.is_some(),
        failed: record.failed,
        trashed: asset.trashed,
        checked_out_by: asset.checkout.as_ref().map(|checkout| checkout.by),
    }
}

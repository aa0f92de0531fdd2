//! Assets: a line of a list, and the whole of one.

use std::collections::BTreeMap;

use damask_flow::{
    find::FieldView,
    view::{AssetSummary, AssetWhole},
};
use damask_model::{FindingCode, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};

use crate::{
    extract::Within,
    wire::{field::FieldValues, probe::ProbeView},
};

/// What a list shows of an asset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssetSummary)]
pub struct AssetLine {
    /// Id.
    pub id: Uuid,
    /// What sort of thing it is: image, video, audio, document, model, font, archive, timeline or other.
    #[schema(example = "image")]
    pub kind: String,
    /// The file name it came with.
    #[schema(example = "harbour.jpg")]
    pub name: String,
    /// Where it stands in its workflow.
    #[schema(example = "new")]
    pub state: String,
    /// Its current version; renditions are addressed by it.
    pub version: Uuid,
    /// Media type of its primary file.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    /// Length of its primary file in bytes.
    pub bytes: u64,
    /// Upright width in pixels.
    #[schema(required)]
    pub width: Option<u32>,
    /// Upright height in pixels.
    #[schema(required)]
    pub height: Option<u32>,
    /// Duration in microseconds.
    #[schema(required)]
    pub duration_us: Option<u64>,
    /// Pages.
    #[schema(required)]
    pub page_count: Option<u32>,
    /// A tiny picture for the time before pictures load (ThumbHash, base64).
    #[schema(required)]
    pub placeholder: Option<String>,
    /// The main colour, `#rrggbb`.
    #[schema(required, example = "#4a6b82")]
    pub colour: Option<String>,
    /// When it was captured, as precise as it is known.
    #[schema(required, example = "2026-05-04T18:31:00+02:00")]
    pub captured: Option<String>,
    /// When it came in.
    #[schema(format = DateTime)]
    pub added: String,
    /// Its title.
    #[schema(required)]
    pub title: Option<String>,
    /// Whether its previews are made.
    pub previewed: bool,
    /// Whether a stage could not do its work on it.
    pub failed: bool,
    /// Since when it lies in the trash.
    #[schema(required, format = DateTime)]
    pub trashed: Option<String>,
    /// Who has it checked out.
    #[schema(required)]
    pub checked_out_by: Option<Uuid>,
}

impl From<AssetSummary> for AssetLine {
    fn from(asset: AssetSummary) -> Self {
        Self {
            id: asset.id.0,
            kind: asset.kind.name().to_owned(),
            name: asset.name,
            state: asset.state.0,
            version: asset.version.0,
            media_type: asset.media_type,
            bytes: asset.bytes,
            width: asset.width_px,
            height: asset.height_px,
            duration_us: asset.duration_us,
            page_count: asset.page_count,
            placeholder: asset.placeholder,
            colour: asset.colour,
            captured: asset.captured,
            added: asset.added.to_string(),
            title: asset.title,
            previewed: asset.previewed,
            failed: asset.failed,
            trashed: asset.trashed.map(|at| at.to_string()),
            checked_out_by: asset.checked_out_by.map(|actor| actor.0),
        }
    }
}

/// An asset, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssetView {
    #[serde(flatten)]
    summary: AssetLine,
    /// Its home folder; null at the root.
    #[schema(required)]
    folder: Option<FolderPlace>,
    /// Who has it checked out; null where nobody has.
    #[schema(required)]
    checkout: Option<CheckoutView>,
    /// When it is purged, where it lies in the trash and is purged by itself.
    #[schema(required, format = DateTime)]
    purge_at: Option<String>,
    /// Its fields that have values, in the order of the schema.
    fields: Vec<FieldValues>,
    /// What was measured of its bytes.
    probe: ProbeView,
    /// What is wrong or odd about its file.
    findings: Vec<FindingView>,
    /// Its versions, the newest first.
    versions: Vec<VersionView>,
    /// Where its bytes lie, or came from.
    locations: Vec<LocationView>,
    /// BLAKE3 of its primary file, 64 hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
    /// BLAKE3 of its pixels or samples without metadata.
    #[schema(required)]
    essence_hash: Option<String>,
    /// Renditions that exist or can be made.
    renditions: Vec<String>,
    /// Whether text was read from it.
    text: bool,
    /// Whether there are more findings, versions or locations: each of these lists shows 200 at most.
    more: bool,
}

/// Someone works on an asset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkout)]
pub struct CheckoutView {
    /// Who.
    by: Uuid,
    /// What people call them.
    #[schema(required)]
    name: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    at: String,
    /// What for; may be empty.
    note: String,
}

/// A folder an asset lies in.
#[derive(Debug, Serialize, ToSchema)]
pub struct FolderPlace {
    /// Id.
    pub id: Uuid,
    /// Path from the root.
    pub path: String,
}

/// Something found about a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingView {
    /// Stable code.
    #[schema(schema_with = finding_code)]
    pub code: FindingCode,
    /// What exactly.
    pub detail: String,
}

fn finding_code() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("Stable code"))
        .enum_values(Some(FindingCode::ALL.iter().map(|code| code.name())))
        .build()
}

/// An edition of an asset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub struct VersionView {
    /// Id.
    pub id: Uuid,
    /// 1 for the first.
    pub number: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// Media type.
    pub media_type: String,
    /// When it was added.
    #[schema(format = DateTime)]
    pub created: String,
    /// BLAKE3 of its primary file.
    pub hash: String,
    /// The name its file came with.
    pub name: String,
}

impl From<damask_flow::view::VersionView> for VersionView {
    fn from(version: damask_flow::view::VersionView) -> Self {
        Self {
            id: version.id.0,
            number: version.number,
            bytes: version.bytes,
            media_type: version.media_type,
            created: version.created.to_string(),
            hash: version.hash.to_string(),
            name: version.name,
        }
    }
}

/// A place where bytes lie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Location)]
pub struct LocationView {
    /// `store`, `origin` or the name of a mount.
    pub place: String,
    /// Path there.
    pub path: String,
}

impl AssetView {
    /// With the schema's fields, which give values their labels and order.
    pub fn new(whole: AssetWhole, schema: &[FieldView]) -> Self {
        Self {
            folder: whole.folder.map(|(id, path)| FolderPlace { id: id.0, path }),
            checkout: whole.checkout.map(|(checkout, name)| CheckoutView {
                by: checkout.by.0,
                name,
                at: checkout.at.to_string(),
                note: checkout.note,
            }),
            purge_at: whole.purge_at.map(|at| at.to_string()),
            fields: FieldValues::of_document(&whole.document, schema),
            probe: ProbeView::from(whole.probe),
            findings: whole
                .findings
                .into_iter()
                .map(|finding| FindingView { code: finding.code, detail: finding.detail })
                .collect(),
            versions: whole.versions.into_iter().map(VersionView::from).collect(),
            locations: whole
                .locations
                .into_iter()
                .map(|(place, path)| LocationView { place, path })
                .collect(),
            hash: whole.hash.to_string(),
            essence_hash: whole.essence_hash.map(|hash| hash.to_string()),
            renditions: whole.renditions.iter().map(ToString::to_string).collect(),
            text: whole.has_text,
            more: whole.more,
            summary: whole.summary.into(),
        }
    }
}

/// Field values written by a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// New values by field; null or an empty list takes the values away.
    #[schema(value_type = BTreeMap<String, Option<Vec<Json>>>, example = json!({"title": ["Harbour at dawn"], "keywords": ["harbour", "dawn"]}))]
    pub fields: BTreeMap<String, Option<Vec<Json>>>,
}

/// Which edit to undo.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// The number of the fact that states it: `Damask-Seq` of its answer, `seq` in the asset's history.
    #[schema(value_type = i64, minimum = 1)]
    pub edit: Within<1, { i64::MAX }>,
}

/// Embedded tags, raw.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagList {
    /// Every tag of the file, in the file's order.
    pub items: Vec<TagView>,
}

/// One embedded tag.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag)]
pub struct TagView {
    /// Its group, e.g. `XMP-dc`.
    pub group: String,
    /// Its name, e.g. `Title`.
    pub name: String,
    /// Its value, as the reader gives it.
    pub value: Json,
}

/// Text read from a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextPages {
    /// The pages that have text.
    pub pages: Vec<PageText>,
    /// Give it as `after` to see the next pages; null on the last.
    #[schema(required)]
    pub next: Option<u32>,
}

/// Text of one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageText {
    /// Page, from 1.
    pub page: u32,
    /// Its text.
    pub text: String,
}

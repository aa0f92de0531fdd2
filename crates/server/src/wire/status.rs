//! How the library stands.

use damask_flow::status::Status;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::job::Counts;

/// How the library stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status)]
pub struct StatusView {
    /// Assets in the library.
    assets: u64,
    /// Bytes of their files.
    bytes: u64,
    /// How many they may be; null without a quota.
    quota_bytes: Option<u64>,
    /// How far the journal is.
    seq: i64,
    /// How far the index has followed it.
    index_seq: i64,
    /// How far the pipeline has: facts after it have not woken their stages yet.
    pipeline_seq: i64,
    /// Jobs by state.
    jobs: Counts,
    /// The engines and whether they answer.
    engines: Vec<EngineView>,
    /// SQL statements this process has run since it started.
    statements: u64,
    /// Damask's version.
    version: String,
}

/// One engine: catalog, store, index, a decoder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Engine)]
pub struct EngineView {
    name: String,
    /// Whether it answers.
    ok: bool,
    /// In words.
    detail: String,
}

impl StatusView {
    /// With the version of the binary.
    pub fn new(status: Status, version: &str) -> Self {
        Self {
            assets: status.assets,
            bytes: status.bytes,
            quota_bytes: status.quota_bytes,
            seq: status.seq.0,
            index_seq: status.index_seq.0,
            pipeline_seq: status.pipeline_seq.0,
            jobs: status.jobs.into(),
            engines: status
                .engines
                .into_iter()
                .map(|engine| EngineView { name: engine.name, ok: engine.ok, detail: engine.detail })
                .collect(),
            statements: status.statements,
            version: version.to_owned(),
        }
    }
}

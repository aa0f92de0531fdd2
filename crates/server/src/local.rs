//! What only this machine's owner may ask, over the local socket: importing by path, a backup at a place of one's own
//! choosing, and a fresh link to set up. The first two answer line by line (one JSON object a line) for as long as the
//! work goes on.

use std::{path::PathBuf, sync::Arc};

use axum::{Json, Router, extract::State, response::Response, routing::post};
use damask_flow::{
    Damask,
    govern::setup,
    ingest::{
        Progress,
        import::{self, ImportAsk, ImportLine},
    },
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};

use crate::{
    backups, caller::Who, extract::Given, face::Face, lines::line_by_line, problem::Answer,
    wire::arrival::ArrivalView,
};

/// The additional endpoints of the local socket.
pub fn routes() -> Router<Face> {
    Router::new()
        .route("/api/v1/imports", post(imports))
        .route("/api/v1/backups/elsewhere", post(backups::elsewhere))
        .route("/api/v1/setup/link", post(link))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportRequest {
    /// Absolute paths of files and folders.
    paths: Vec<PathBuf>,
    /// Whether previews are made now.
    #[serde(default = "wanted")]
    previews: bool,
}

const fn wanted() -> bool {
    true
}

#[derive(Serialize)]
struct ProgressLine {
    files: u64,
    done: u64,
    bytes: u64,
    bytes_done: u64,
    files_per_s: u64,
    bytes_per_s: u64,
    seconds_left: Option<u64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Arrival(ArrivalView),
    Progress { progress: ProgressLine },
    End { end: ProgressLine },
}

impl From<ImportLine> for Line {
    fn from(line: ImportLine) -> Self {
        match line {
            ImportLine::Arrival(arrival) => Self::Arrival(arrival.into()),
            ImportLine::Progress(progress) => Self::Progress { progress: progress.into() },
            ImportLine::End(progress) => Self::End { end: progress.into() },
        }
    }
}

impl From<Progress> for ProgressLine {
    fn from(progress: Progress) -> Self {
        Self {
            files: progress.files_found,
            done: progress.files_done,
            bytes: progress.bytes_found,
            bytes_done: progress.bytes_done,
            files_per_s: progress.files_per_s,
            bytes_per_s: progress.bytes_per_s,
            seconds_left: progress.seconds_left,
        }
    }
}

async fn imports(
    State(damask): State<Damask>,
    who: Who,
    Given(request): Given<ImportRequest>,
) -> Answer<Response> {
    let ask = ImportAsk { paths: request.paths, previews: request.previews };
    let lines = import::paths(&damask, &who.caller, ask)?;
    Ok(line_by_line(lines.map(Line::from)))
}

#[derive(Serialize)]
struct LinkView {
    /// The secret of a fresh link; null where somebody has an account already.
    token: Option<String>,
    /// Where the library is served; null where this process serves it only to commands.
    address: Option<Arc<str>>,
}

async fn link(State(face): State<Face>, who: Who) -> Answer<Json<LinkView>> {
    let token = setup::link(&face.damask, &who.caller).await?;
    Ok(Json(LinkView { token, address: face.options.address.clone() }))
}

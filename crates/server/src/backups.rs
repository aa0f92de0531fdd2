//! Backups: made at the place the configuration names, and listed. A place of one's own choosing may be named over the
//! local socket only: whoever can reach that may write there anyway.

use std::{path::PathBuf, time::Duration};

use axum::{Json, extract::State, response::Response};
use damask_flow::{
    Bucket, Damask, Secret,
    backup::{Place, SealKey, Target, make, schedule, shelf},
};
use futures::StreamExt;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::Given,
    face::Face,
    lines::{MEDIA_TYPE, line_by_line},
    problem::{Answer, Problem},
    wire::backup::{BackupList, BackupStep},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(start))
}

/// Backups
///
/// Of the place that the configuration names.
#[utoipa::path(get, path = "/api/v1/backups", operation_id = "listBackups", tag = "backups",
    responses(
        (status = 200, description = "The backups there are", body = BackupList),
        (status = 422, description = "The configuration names no place, or there is none"),
    ))]
async fn list(State(damask): State<Damask>, who: Who) -> Answer<Json<BackupList>> {
    let found = shelf::list(&schedule::target(&damask)?, &who.caller).await?;
    Ok(Json(BackupList { items: found.into_iter().rev().map(Into::into).collect() }))
}

/// Make a backup
///
/// At the place that the configuration names. The answer comes line by line, one JSON object a line, for as long as it
/// takes: how far it is, and at the end the backup or why there is none. Ending the request ends the backup; the next
/// one goes on from there.
#[utoipa::path(post, path = "/api/v1/backups", operation_id = "startBackup", tag = "backups",
    responses(
        (status = 200, description = "What happens, line by line", content_type = MEDIA_TYPE, body = BackupStep),
        (status = 409, description = "A backup is being made already"),
        (status = 422, description = "The configuration names no place"),
    ))]
async fn start(State(damask): State<Damask>, who: Who) -> Answer<Response> {
    Ok(line_by_line(make::planned(&damask, &who.caller)?.map(BackupStep::from)))
}

/// A place of one's own choosing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Elsewhere {
    folder: Option<PathBuf>,
    bucket: Option<ElsewhereBucket>,
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElsewhereBucket {
    endpoint: Option<String>,
    name: String,
    prefix: String,
    region: String,
    access_key: String,
    secret_key: String,
    patience_seconds: u64,
}

impl From<ElsewhereBucket> for Bucket {
    fn from(bucket: ElsewhereBucket) -> Self {
        Self {
            endpoint: bucket.endpoint,
            name: bucket.name,
            prefix: bucket.prefix,
            region: bucket.region,
            access_key: bucket.access_key,
            secret_key: Secret::new(bucket.secret_key),
            cache_bytes_max: 0,
            patience: Duration::from_secs(bucket.patience_seconds),
        }
    }
}

pub(crate) async fn elsewhere(
    State(damask): State<Damask>,
    who: Who,
    Given(asked): Given<Elsewhere>,
) -> Answer<Response> {
    let place = match (asked.folder, asked.bucket) {
        (Some(folder), None) => Place::Folder(folder),
        (None, Some(bucket)) => Place::Bucket(Box::new(bucket.into())),
        _ => return Err(Problem::new("bad-request", "name a folder or a bucket")),
    };
    let key = asked.key.map(|text| SealKey::new(&text)).transpose().map_err(damask_flow::Trouble::from)?;
    Ok(line_by_line(make::at(&damask, &who.caller, Target { place, key })?.map(BackupStep::from)))
}

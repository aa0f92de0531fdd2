//! Backups: made at the place the configuration names, and listed. A place of one's own choosing may be named over the
//! local socket only: whoever can reach that may write there anyway.

use std::{path::PathBuf, time::Duration};

use axum::{Json, extract::State, response::Response};
use damask_flow::{
    Bucket, Damask, Secret,
    backup::{
        Place, SealKey, Target, make, schedule,
        shelf::{self, Keep},
        verify::{self, Which},
    },
};
use damask_model::BackupId;
use futures::StreamExt;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Given, Id, Within},
    face::Face,
    lines::{MEDIA_TYPE, line_by_line},
    problem::{Answer, Problem},
    wire::backup::{BackupList, BackupStep, Pruned, VerifyStep},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list, start)).routes(routes!(verify_them)).routes(routes!(remove_old))
}

/// Backups
///
/// Of the place that the configuration names.
#[utoipa::path(get, path = "/api/v1/backups", operation_id = "listBackups", tag = "backups",
    responses(
        (status = 200, description = "The backups there are, and how they are made", body = BackupList),
        (status = 422, description = "The configuration names no place, or it cannot be read"),
    ))]
async fn list(State(damask): State<Damask>, who: Who) -> Answer<Json<BackupList>> {
    let found = schedule::listed(&damask, &who.caller).await?;
    Ok(Json(BackupList::of(schedule::plan(&damask)?, found)))
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

/// Which backups to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyRequest {
    /// One of them; all where none is named.
    #[schema(value_type = Option<Uuid>)]
    backup: Option<Id<BackupId>>,
}

/// Verify backups
///
/// Every piece is read and compared with its digest. The answer comes line by line, one JSON object a line, for as long
/// as it takes; ending the request ends it.
#[utoipa::path(post, path = "/api/v1/backups/verify", operation_id = "verifyBackups", tag = "backups",
    request_body = VerifyRequest,
    responses(
        (status = 200, description = "What was seen, line by line", content_type = MEDIA_TYPE, body = VerifyStep),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The configuration names no place, or it cannot be read"),
    ))]
async fn verify_them(
    State(damask): State<Damask>,
    who: Who,
    Given(asked): Given<VerifyRequest>,
) -> Answer<Response> {
    let which = asked.backup.map_or(Which::All, |id| Which::One(id.0.to_string()));
    let lines = verify::verify(&schedule::target(&damask)?, &who.caller, which).await?;
    Ok(line_by_line(lines.map(VerifyStep::from)))
}

/// Which backups to keep. The last one always stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PruneRequest {
    /// So many of the last ones.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 100_000)]
    keep: Option<Within<1, 100_000>>,
    /// Those that are no older than so many days.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 36_500)]
    keep_days: Option<Within<1, 36_500>>,
}

/// Remove old backups
///
/// All but those that are to be kept, with the pieces that no other backup names. Name at least one rule; what either
/// keeps stays.
#[utoipa::path(post, path = "/api/v1/backups/prune", operation_id = "pruneBackups", tag = "backups",
    request_body = PruneRequest,
    responses(
        (status = 200, description = "What was removed", body = Pruned),
        (status = 409, description = "A backup is being made"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "No rule was named, the configuration names no place, or a backup is not whole"),
    ))]
async fn remove_old(
    State(damask): State<Damask>,
    who: Who,
    Given(asked): Given<PruneRequest>,
) -> Answer<Json<Pruned>> {
    let keep = Keep {
        last: asked.keep.and_then(|keep| usize::try_from(keep.0).ok()),
        days: asked.keep_days.and_then(|days| u32::try_from(days.0).ok()),
    };
    let removed = shelf::prune(&schedule::target(&damask)?, &who.caller, keep, damask.now()).await?;
    Ok(Json(removed.into()))
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

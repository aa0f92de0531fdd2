//! Resumable uploads: tus 1.0.0 with creation, creation-with-upload, creation-defer-length, checksum, termination,
//! expiration, concatenation.
//!
//! `headers.rs` reads what clients say, `state.rs` writes what the server answers. A chunk is written to its
//! end in a task of its own, so that a connection that breaks leaves what arrived (tus, "Core protocol").

mod headers;
mod state;

pub(crate) use headers::{checksum, metadata};

use std::future::Future;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use damask_flow::{
    Damask,
    ingest::{
        join,
        upload::{self, Concat, NewUpload, UploadState},
    },
    trouble::{Outcome, Trouble},
};
use damask_model::UploadId;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bodies::chunks,
    caller::Who,
    extract::{At, Id},
    face::Face,
    problem::{Answer, Problem},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(abilities, create))
        .routes(routes!(head, append, terminate, overridden))
        .layer(middleware::from_fn(speak_tus))
}

/// Runs work that must come to its end even when whoever asked is gone.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Outcome<T>> + Send + 'static,
) -> Outcome<T> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(Trouble::fault("receive a file")(error)))
}

/// tus, "Tus-Resumable": in every request and every answer; another version is refused with ours.
async fn speak_tus(request: Request, next: Next) -> Response {
    let spoken =
        request.headers().get(headers::TUS_RESUMABLE).is_some_and(|version| version == headers::VERSION);
    // A method that is not served is refused as such; OPTIONS asks which version is spoken.
    let asks = ["OPTIONS", "GET", "PUT"].contains(&request.method().as_str());
    let mut response = if spoken || asks {
        next.run(request).await
    } else {
        Problem::new("tus-version", "this server speaks tus 1.0.0")
            .hint("Tus-Resumable: 1.0.0")
            .header(headers::TUS_VERSION, HeaderValue::from_static(headers::VERSION))
            .into_response()
    };
    let answer = response.headers_mut();
    answer.insert(headers::TUS_RESUMABLE, HeaderValue::from_static(headers::VERSION));
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(headers::EXPOSED));
    response
}

/// What uploads can do
#[utoipa::path(options, path = "/api/v1/uploads", operation_id = "getUploadAbilities", tag = "uploads", security(()),
    responses((status = 204, description = "Version, extensions and limits, in headers", headers(
        ("Tus-Version" = String, description = "1.0.0"),
        ("Tus-Extension" = String, description = "The extensions"),
        ("Tus-Max-Size" = u64, description = "Longest upload in bytes"),
        ("Tus-Checksum-Algorithm" = String, description = "The checksums"),
    ))))]
async fn abilities(State(damask): State<Damask>) -> Response {
    let headers = [
        (headers::TUS_VERSION, HeaderValue::from_static(headers::VERSION)),
        (headers::TUS_EXTENSION, HeaderValue::from_static(headers::EXTENSIONS)),
        (headers::TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static(headers::ALGORITHMS)),
        (headers::TUS_MAX_SIZE, damask.limits().file_bytes_max.into()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begin an upload
///
/// With `Content-Type: application/offset+octet-stream` the body is its first chunk.
#[utoipa::path(post, path = "/api/v1/uploads", operation_id = "createUpload", tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0", pattern = "^1\\.0\\.0$"),
        ("Upload-Length" = Option<u64>, Header, description = "Length of the whole in bytes; not of what is made of parts"),
        ("Upload-Defer-Length" = Option<String>, Header, description = "1: the length is told with a later chunk", pattern = "^1$"),
        ("Upload-Concat" = Option<String>, Header, description = "partial: a part of a file; final; and the places of parts, with spaces: a file made of them"),
        ("Upload-Metadata" = Option<String>, Header, description = "filename, relativePath, filetype, batch; replaces: the id of an asset that gets it as its new version; sameName: copy, version, skip or ask, where its folder has a file of that name. Name and base64 value, with commas between them"),
        ("Upload-Checksum" = Option<String>, Header, description = "sha1 and the base64 checksum of the body"),
    ),
    request_body(content = Option<[u8]>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 201, description = "Begun; finished at once where the body was all of it", headers(
            ("Location" = String, description = "Where to send the rest"),
            ("Upload-Offset" = u64, description = "Bytes received"),
            ("Upload-Expires" = String, description = "Until when it is kept unfinished"),
            ("Damask-Asset" = String, description = "The asset, once finished"),
            ("Damask-Outcome" = String, description = "imported, already-here or quarantined, once finished"))),
        (status = 400, description = "A header cannot be read"),
        (status = 404, description = "A part, or the asset to replace, is not there, or not for this caller"),
        (status = 409, description = "Its folder has a file of that name (`asset` of the problem), the asset to replace lies in the trash, or a part has not come whole or belongs to another upload"),
        (status = 410, description = "A part has expired"),
        (status = 412, description = "Another version of tus"),
        (status = 413, description = "It is longer than is taken, or the library has no room for it (over-quota)"),
        (status = 423, description = "Someone else has the asset to replace checked out"),
        (status = 460, description = "The checksum differs; the chunk was dropped"),
        (status = 503, description = "As many uploads are being received as may be; Retry-After says when to ask again"),
        (status = 507, description = "The disk is full; what was acknowledged is kept, and the upload goes on when there is room"),
    ))]
async fn create(State(face): State<Face>, who: Who, headers: HeaderMap, body: Body) -> Answer<Response> {
    let damask = face.damask.clone();
    let concat = headers::concat(&headers)?;
    let metadata = headers::metadata(&headers)?;
    if let Concat::Final(parts) = concat {
        let made = async move { join::parts(&damask, &who.caller, parts, &metadata).await };
        return Ok(created(&to_the_end(made).await?));
    }
    let is_part = concat == Concat::Partial;
    let length = headers::length(&headers, damask.limits().file_bytes_max)?;
    let checksum = headers::checksum(&headers)?;
    // An upload of nothing is whole by its creation.
    let has_chunk = headers::is_chunk(&headers) && length != Some(0);
    let room = if has_chunk { Some(face.bodies.room()?) } else { None };
    let body = chunks(body, face.options.body_silence_max);
    let state = to_the_end(async move {
        let _room = room;
        let begun = upload::create(&damask, &who.caller, NewUpload { length, metadata, is_part }).await?;
        if has_chunk {
            upload::append(&damask, &who.caller, begun.id, 0, None, checksum, body).await
        } else {
            Ok(begun)
        }
    })
    .await?;
    Ok(created(&state))
}

fn created(state: &UploadState) -> Response {
    let location = format!("/api/v1/uploads/{}", state.id);
    let mut response = (StatusCode::CREATED, state::headers(state)).into_response();
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::try_from(location).expect("a UUID is ASCII"));
    response
}

/// How far an upload is
#[utoipa::path(head, path = "/api/v1/uploads/{id}", operation_id = "getUpload", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0", pattern = "^1\\.0\\.0$"),
    ),
    responses(
        (status = 200, description = "Its state, in headers", headers(
            ("Upload-Offset" = u64, description = "Bytes received"),
            ("Upload-Length" = Option<u64>, description = "Length of the whole, once it is known"),
            ("Upload-Concat" = Option<String>, description = "partial, or final; and the places of its parts"))),
        (status = 404, description = "There is no such upload"),
        (status = 410, description = "It has expired"),
        (status = 412, description = "Another version of tus"),
    ))]
async fn head(State(damask): State<Damask>, who: Who, At(Id(id)): At<Id<UploadId>>) -> Answer<Response> {
    let state = upload::state(&damask, &who.caller, id).await?;
    Ok((StatusCode::OK, state::headers(&state)).into_response())
}

/// Send a chunk
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", operation_id = "appendToUpload", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0", pattern = "^1\\.0\\.0$"),
        ("Upload-Offset" = u64, Header, description = "Where the chunk begins: the bytes received so far"),
        ("Upload-Length" = Option<u64>, Header, description = "Length of the whole, where it was deferred"),
        ("Upload-Checksum" = Option<String>, Header, description = "sha1 and the base64 checksum of the chunk"),
    ),
    request_body(content = [u8], content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Received", headers(
            ("Upload-Offset" = u64, description = "Bytes received"),
            ("Upload-Expires" = String, description = "Until when it is kept unfinished"),
            ("Damask-Asset" = String, description = "The asset, once finished"),
            ("Damask-Outcome" = String, description = "imported, already-here or quarantined, once finished"))),
        (status = 400, description = "A header cannot be read"),
        (status = 403, description = "The upload is made of parts"),
        (status = 404, description = "There is no such upload"),
        (status = 409, description = "The upload stands at another offset, or another request writes to it"),
        (status = 410, description = "It has expired"),
        (status = 412, description = "Another version of tus"),
        (status = 413, description = "The chunk goes past the upload's length, or the library has no room for the file (over-quota)"),
        (status = 415, description = "The body is not application/offset+octet-stream"),
        (status = 460, description = "The checksum differs; the chunk was dropped"),
        (status = 503, description = "As many uploads are being received as may be; Retry-After says when to ask again"),
        (status = 507, description = "The disk is full; what was acknowledged is kept, and the upload goes on when there is room"),
    ))]
async fn append(
    State(face): State<Face>,
    who: Who,
    At(Id(id)): At<Id<UploadId>>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    if !headers::is_chunk(&headers) {
        return Err(Problem::new("wrong-media-type", "a chunk is application/offset+octet-stream"));
    }
    let offset = headers::offset(&headers)?;
    let length = headers::told_length(&headers, face.damask.limits().file_bytes_max)?;
    let checksum = headers::checksum(&headers)?;
    let room = face.bodies.room()?;
    let body = chunks(body, face.options.body_silence_max);
    let state = to_the_end(async move {
        let _room = room;
        upload::append(&face.damask, &who.caller, id, offset, length, checksum, body).await
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, state::headers(&state)).into_response())
}

/// Give an upload up
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", operation_id = "terminateUpload", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0", pattern = "^1\\.0\\.0$"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such upload"),
        (status = 409, description = "It is a part of another upload, or another request writes to it"),
        (status = 410, description = "It has expired"),
        (status = 412, description = "Another version of tus"),
    ))]
async fn terminate(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<UploadId>>,
) -> Answer<StatusCode> {
    upload::terminate(&damask, &who.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a chunk or give an upload up, from where only POST gets through
///
/// For networks that let neither PATCH nor DELETE through (tus, "X-HTTP-Method-Override").
#[utoipa::path(post, path = "/api/v1/uploads/{id}", operation_id = "overrideUploadMethod", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0", pattern = "^1\\.0\\.0$"),
        ("X-HTTP-Method-Override" = String, Header, description = "PATCH, DELETE or HEAD", pattern = "^(PATCH|DELETE|HEAD)$"),
        ("Upload-Offset" = Option<u64>, Header, description = "For PATCH: where the chunk begins"),
        ("Upload-Checksum" = Option<String>, Header, description = "For PATCH: sha1 and the base64 checksum of the chunk"),
    ),
    request_body(content = Option<[u8]>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 200, description = "As HEAD answers"),
        (status = 204, description = "As PATCH or DELETE answers"),
        (status = 404, description = "There is no such upload"),
        (status = 405, description = "Another method is named"),
        (status = 409, description = "The upload stands at another offset"),
        (status = 410, description = "It has expired"),
        (status = 412, description = "Another version of tus"),
        (status = 413, description = "The chunk goes past the upload's length, or the library has no room for the file (over-quota)"),
        (status = 415, description = "The body is not application/offset+octet-stream"),
        (status = 460, description = "The checksum differs; the chunk was dropped"),
        (status = 503, description = "As many uploads are being received as may be; Retry-After says when to ask again"),
        (status = 507, description = "The disk is full; what was acknowledged is kept, and the upload goes on when there is room"),
    ))]
async fn overridden(
    face: State<Face>,
    who: Who,
    id: At<Id<UploadId>>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    match headers.get(headers::METHOD_OVERRIDE).map(HeaderValue::as_bytes) {
        Some(b"PATCH") => append(face, who, id, headers, body).await,
        Some(b"DELETE") => Ok(terminate(State(face.damask.clone()), who, id).await?.into_response()),
        Some(b"HEAD") => head(State(face.damask.clone()), who, id).await,
        _ => Err(Problem::new("wrong-method", "X-HTTP-Method-Override names PATCH, DELETE or HEAD here")
            .header(header::ALLOW, HeaderValue::from_static("HEAD,PATCH,DELETE,POST"))),
    }
}

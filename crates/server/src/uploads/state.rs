//! What the server says of an upload, in headers.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use damask_flow::ingest::upload::{Concat, UploadState};

use super::headers::{
    UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET,
};
use crate::{bytes_of_file::http_date, wire::arrival::outcome};

const DAMASK_ASSET: HeaderName = HeaderName::from_static("damask-asset");
const DAMASK_OUTCOME: HeaderName = HeaderName::from_static("damask-outcome");

/// The headers of an upload: offset, length, metadata; what became of it once it is finished, else until
/// when it is kept.
pub fn headers(state: &UploadState) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // tus, "Concatenation": no offset before the parts are joined.
    let is_joining = matches!(state.concat, Concat::Final(_)) && state.arrival.is_none();
    if !is_joining {
        headers.insert(UPLOAD_OFFSET, state.offset.into());
    }
    if let Some(concat) = concat(&state.concat) {
        headers.insert(UPLOAD_CONCAT, concat);
    }
    match state.length {
        Some(length) => headers.insert(UPLOAD_LENGTH, length.into()),
        None => headers.insert(UPLOAD_DEFER_LENGTH, HeaderValue::from_static("1")),
    };
    if !state.metadata.is_empty() {
        headers.insert(UPLOAD_METADATA, metadata(&state.metadata));
    }
    match &state.arrival {
        Some(arrival) => {
            headers.insert(DAMASK_OUTCOME, HeaderValue::from_static(outcome(arrival.outcome)));
            if let Some(asset) = arrival.asset {
                headers
                    .insert(DAMASK_ASSET, HeaderValue::try_from(asset.to_string()).expect("a UUID is ASCII"));
            }
        }
        None => {
            if let Some(date) = http_date(state.expires) {
                headers.insert(UPLOAD_EXPIRES, HeaderValue::try_from(date).expect("an HTTP date is ASCII"));
            }
        }
    }
    headers
}

fn concat(concat: &Concat) -> Option<HeaderValue> {
    match concat {
        Concat::Whole => None,
        Concat::Partial => Some(HeaderValue::from_static("partial")),
        Concat::Final(parts) => {
            let places: Vec<String> = parts.iter().map(|part| format!("/api/v1/uploads/{part}")).collect();
            Some(HeaderValue::try_from(format!("final;{}", places.join(" "))).expect("a UUID is ASCII"))
        }
    }
}

/// As it was given: keys were read from a header, values are base64 again.
fn metadata(pairs: &[(String, Vec<u8>)]) -> HeaderValue {
    let pairs: Vec<String> = pairs
        .iter()
        .map(
            |(key, value)| {
                if value.is_empty() { key.clone() } else { format!("{key} {}", STANDARD.encode(value)) }
            },
        )
        .collect();
    HeaderValue::try_from(pairs.join(",")).expect("keys came from a header")
}

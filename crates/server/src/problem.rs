//! Problem details (RFC 9457): the only place that gives failures their HTTP numbers.
//!
//! Each problem has a stable code that programs may rely on, a title that never varies for that code, a
//! detail in the words of the moment and, where one can be given, a hint of what would be right. The `type`
//! is the code's place on the reference page.

use std::{borrow::Cow, ops::Range};

use axum::{
    extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use damask_flow::trouble::Trouble;
use damask_model::Uuid;

use crate::wire::problem::{ProblemView, Span};

/// What handlers answer with.
pub type Answer<T> = Result<T, Problem>;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Every code with its number and its title. Codes are never renamed once released.
pub const CODES: &[(&str, u16, &str)] = &[
    ("bad-request", 400, "The request cannot be read"),
    ("bad-json", 400, "The body is not JSON"),
    ("bad-checksum", 400, "The checksum cannot be read"),
    ("bad-cursor", 400, "The cursor cannot be read"),
    ("upload-broken", 400, "The upload ended early"),
    ("not-signed-in", 401, "Sign in first"),
    ("bad-credentials", 401, "Sign-in failed"),
    ("refused", 403, "Not allowed"),
    ("cross-site", 403, "The request comes from another site"),
    ("link-void", 403, "The link is not valid"),
    ("no-account", 403, "A person must do this"),
    ("own-account", 409, "Nobody erases their own account"),
    ("upload-joined", 403, "The upload is made of parts"),
    ("missing", 404, "There is no such thing"),
    ("wrong-method", 405, "That cannot be done here"),
    ("not-yet", 409, "Not made yet"),
    ("job-not-moved", 409, "The job stays as it is"),
    ("too-many-keys", 409, "Too many keys"),
    ("offset-conflict", 409, "The upload stands elsewhere"),
    ("upload-busy", 409, "Another request writes to the upload"),
    ("same-name", 409, "Its folder has a file of that name"),
    ("in-trash", 409, "It lies in the trash"),
    ("not-in-trash", 409, "It does not lie in the trash"),
    ("not-checked-out", 409, "It is not checked out"),
    ("backup-stopped", 409, "The backup was stopped"),
    ("not-empty", 409, "The place is not empty"),
    ("backup-busy", 409, "A backup is being made"),
    ("no-second-place", 409, "There is no second place for originals"),
    ("place-not-filled", 409, "The second place does not have everything"),
    ("part-used", 409, "The part belongs to another upload"),
    ("part-unfinished", 409, "A part has not come whole"),
    ("source-changed", 409, "The file changed while it was read"),
    ("lease-lost", 409, "Another worker does this"),
    ("upload-expired", 410, "The upload has expired"),
    ("stale", 412, "It was changed meanwhile"),
    ("tus-version", 412, "Another version of tus"),
    ("too-large", 413, "Too large"),
    ("over-quota", 413, "The library has no room for it"),
    ("wrong-media-type", 415, "Another media type is needed"),
    ("bad-range", 416, "The range lies outside"),
    ("key-reused", 422, "The key belongs to another request"),
    ("unknown-host", 421, "Unknown host name"),
    ("bad-value", 422, "A value is not right"),
    ("bad-query", 422, "The query cannot be read"),
    ("too-broad", 422, "The query asks for too much at once"),
    ("bad-sort", 422, "Assets cannot be ordered so"),
    ("bad-facet", 422, "That field cannot be counted"),
    ("bad-path", 422, "The path cannot be"),
    ("bad-selection", 422, "No asset, or too many"),
    ("not-undoable", 422, "It cannot be undone"),
    ("bad-upload", 422, "The upload cannot be"),
    ("no-backup-plan", 422, "There is no place for backups"),
    ("bad-backup-place", 422, "The place takes no backups"),
    ("bad-backup-key", 422, "The key of the backups is another"),
    ("newer-backup", 422, "A newer Damask has made the backup"),
    ("bad-backup", 422, "The backups meant cannot be told"),
    ("backup-broken", 422, "The backup is not whole"),
    ("bad-import", 422, "The import cannot be"),
    ("bad-account", 422, "The account cannot be"),
    ("bad-key", 422, "The key cannot be"),
    ("weak-password", 422, "The password is too weak or too long"),
    ("unknown-field", 422, "There is no such field"),
    ("not-editable", 422, "People cannot write this field"),
    ("nothing-to-edit", 422, "No field was named"),
    ("too-many-values", 422, "Too many values"),
    ("not-renderable", 422, "It cannot be drawn"),
    ("unreadable", 422, "The file cannot be read"),
    ("unknown-job", 422, "There is no such kind of job"),
    ("checksum-mismatch", 460, "The checksum differs"),
    ("checked-out", 423, "Someone else works on it"),
    ("too-many-tries", 429, "Too many tries"),
    ("too-many-streams", 429, "Too many event streams"),
    ("fault", 500, "Damask failed"),
    ("timeout", 503, "It took too long"),
    ("too-many-bodies", 503, "Too many uploads at once"),
    ("not-ready", 503, "Not ready"),
    ("not-scanned", 503, "The virus scanner does not answer"),
    ("disk-full", 507, "The disk is full"),
];

/// A refusal, mistake or fault on its way to the client.
#[derive(Debug)]
pub struct Problem {
    code: &'static str,
    detail: Cow<'static, str>,
    hint: Option<String>,
    at: Option<Box<Range<usize>>>,
    asset: Option<Box<Uuid>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem by its code. A code that is not listed (a mistake `flow` names) is a wrong value.
    pub fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), hint: None, at: None, asset: None, headers: Vec::new() }
    }

    /// The same with a hint of what would be right.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with a header of its own.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Nobody known calls: how to be known (RFC 6750, 3).
    pub fn not_signed_in(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new("not-signed-in", detail)
            .hint("sign in, or send an API key: Authorization: Bearer dmk_…")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="damask""#))
    }

    /// A key or session was sent that is not valid, or no longer (RFC 6750, 3.1).
    pub fn invalid_token(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new("not-signed-in", detail).hint("sign in again, or make a new key").header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(r#"Bearer realm="damask", error="invalid_token""#),
        )
    }

    /// Our fault, whose reason was logged where it happened.
    pub fn fault() -> Self {
        Self::new("fault", "Damask could not do this; the reason is in its log")
    }

    /// Its code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What happened this time.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Its number and title.
    fn listed(&self) -> (StatusCode, &'static str) {
        let (status, title) = CODES
            .iter()
            .find(|(known, ..)| *known == self.code)
            .map_or((422, "A value is not right"), |(_, status, title)| (*status, *title));
        (StatusCode::from_u16(status).expect("the table holds HTTP numbers"), title)
    }

    fn view(&self) -> ProblemView {
        let (status, title) = self.listed();
        let expected = self.at.as_ref().and(self.hint.as_deref());
        ProblemView {
            r#type: format!("/api/docs#{}", self.code),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone().into_owned(),
            code: self.code.to_owned(),
            hint: self.hint.clone(),
            at: self.at.as_deref().map(|at| Span { start: at.start, end: at.end }),
            asset: self.asset.as_deref().copied(),
            expected: expected.map(|hint| hint.strip_prefix("expected ").unwrap_or(hint).to_owned()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.view()).expect("a problem has only text and numbers");
        let mut response = (self.listed().0, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers);
        response
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Mistake(mistake) => {
                if mistake.code == "disk-full" {
                    tracing::error!(detail = mistake.detail, "the disk is full");
                }
                let mut problem = Self::new(mistake.code, mistake.detail);
                problem.hint = mistake.hint;
                problem.at = mistake.at.map(Box::new);
                problem.asset = mistake.of.map(Box::new);
                problem
            }
            Trouble::Missing { .. } => Self::new("missing", trouble.to_string()),
            Trouble::Unknown(why) => Self::invalid_token(why),
            Trouble::Refused { permission, .. } => Self::new("refused", trouble.to_string())
                .hint(format!("ask an administrator for the permission to {permission}")),
            Trouble::NotYet { retry_after_s, .. } => {
                Self::new("not-yet", trouble.to_string()).header(header::RETRY_AFTER, retry_after_s.into())
            }
            Trouble::Fault { .. } => {
                tracing::error!(error = trouble.chain(), "a request failed by our fault");
                Self::fault()
            }
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(error) => Self::new("bad-value", error.body_text()),
            JsonRejection::MissingJsonContentType(_) => {
                Self::new("wrong-media-type", "the body must be JSON").hint("Content-Type: application/json")
            }
            JsonRejection::BytesRejection(error) => error.into(),
            other => Self::new("bad-json", other.body_text()),
        }
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new("too-large", "the body is longer than is taken here")
        } else {
            Self::new("bad-request", rejection.body_text())
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new("bad-request", rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new("bad-request", rejection.body_text())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeSet, HashSet},
        fs,
        path::Path,
    };

    use axum::{http::StatusCode, response::IntoResponse};
    use damask_flow::trouble::{Mistake, Trouble};

    use super::{CODES, Problem};

    #[test]
    fn every_code_is_listed_once_with_a_number_of_failure() {
        let codes: HashSet<_> = CODES.iter().map(|(code, ..)| code).collect();
        assert_eq!(codes.len(), CODES.len());
        assert!(CODES.iter().all(|(_, status, _)| (400..600).contains(status)));
    }

    /// The codes `flow` gives to mistakes, from its sources.
    fn codes_of_flow(folder: &Path, codes: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("the sources of flow").flatten() {
            let path = entry.path();
            if path.is_dir() {
                codes_of_flow(&path, codes);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            // What stands before the first is no call.
            let named = text.split("mistake(").skip(1).chain(text.split("StoreError::").skip(1));
            let quoted = named.filter_map(|rest| rest.split_once('"'));
            for (before, rest) in quoted {
                // Only what stands right there: `mistake("code"` or `StoreError::Full { .. } => "code"`.
                let is_near = before.trim().is_empty() || (before.contains("=>") && !before.contains('\n'));
                let code = rest.split('"').next().unwrap_or_default();
                if is_near && !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                    codes.insert(code.to_owned());
                }
            }
        }
    }

    #[test]
    fn every_mistake_that_flow_names_has_its_number() {
        let mut codes = BTreeSet::new();
        codes_of_flow(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../flow/src"), &mut codes);
        assert!(codes.contains("disk-full") && codes.contains("stale"), "{codes:?}");
        let unlisted: Vec<_> =
            codes.iter().filter(|code| !CODES.iter().any(|(known, ..)| known == code)).collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
    }

    #[test]
    fn a_bad_query_says_where_and_what_was_expected() {
        let problem = Problem::from(Trouble::Mistake(Box::new(Mistake {
            code: "bad-query",
            detail: "a bracket is not closed".into(),
            hint: Some("expected )".into()),
            at: Some(4..5),
            of: None,
        })));
        let view = problem.view();
        assert_eq!((view.status, view.expected.as_deref()), (422, Some(")")));
        assert_eq!(view.at.map(|at| (at.start, at.end)), Some((4, 5)));
    }

    #[test]
    fn the_cause_of_a_fault_does_not_leave_the_server() {
        let trouble = Trouble::fault("read the catalog")("secret path");
        let problem = Problem::from(trouble);
        assert!(!problem.view().detail.contains("secret"));
        assert_eq!(problem.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn a_missing_thing_and_a_refusal_have_different_numbers() {
        let missing = Problem::from(Trouble::missing("asset", "x"));
        let refused = Problem::from(Trouble::Refused { act: "editing", permission: "edit" });
        assert_eq!((missing.listed().0.as_u16(), refused.listed().0.as_u16()), (404, 403));
    }
}

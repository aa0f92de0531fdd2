//! Problem details as JSON (RFC 9457, 3).

use damask_model::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// The kind of problem: its place on the reference page.
    #[schema(format = "uri-reference", example = "/api/docs#bad-query")]
    pub r#type: String,
    /// The kind in words; never varies for a code.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// Stable code for programs.
    #[schema(example = "bad-query")]
    pub code: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where in the query it went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Span>,
    /// The asset that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<Uuid>,
    /// What was expected there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// A stretch of text in characters, from `start` (inside) to `end` (outside).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// First character.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
}

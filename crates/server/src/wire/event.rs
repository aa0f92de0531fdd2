//! Live events, as Server-Sent Events carry them (HTML standard, 9.2).

use axum::response::sse::Event as Sent;
use damask_flow::events::Event;
use damask_model::Uuid;
use serde::Serialize;

use crate::wire::job::ProgressView;

#[derive(Serialize)]
struct FactEvent {
    seq: i64,
    at: String,
    verb: &'static str,
    subjects: Vec<Uuid>,
}

#[derive(Serialize)]
struct JobLine {
    id: Uuid,
    kind: String,
    state: &'static str,
    progress: Option<ProgressView>,
}

#[derive(Serialize)]
struct ReadyEvent {
    seq: i64,
}

/// The first event of a stream: how far the journal is. It has no id, so that it moves no reader.
pub fn ready(seq: i64) -> Result<Sent, axum::Error> {
    Sent::default().event("ready").json_data(ReadyEvent { seq })
}

/// An event on the wire. Only facts have an id: a reader resumes after a fact.
pub fn sent(event: Event) -> Result<Sent, axum::Error> {
    match event {
        Event::Fact { seq, at, verb, subjects } => Sent::default()
            .event("fact")
            .id(seq.to_string())
            .json_data(FactEvent { seq: seq.0, at: at.to_string(), verb: verb.name(), subjects }),
        Event::Job(job) => Sent::default().event("job").json_data(JobLine {
            id: job.id.0,
            kind: job.kind,
            state: job.state.name(),
            progress: job.progress.map(|(done, of)| ProgressView { done, of }),
        }),
    }
}

//! Live events over Server-Sent Events (HTML standard, 9.2). A reader that comes back with the id of the
//! last fact it saw gets every fact since; nothing is missed and nothing seen twice.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event as Sent, KeepAlive, Sse},
    },
};
use damask_flow::{Caller, events};
use damask_model::{ActorId, Seq};
use futures::{Stream, StreamExt, stream};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::{Credentials, Who},
    face::Face,
    problem::{Answer, Problem},
    wire::event,
};

/// Proxies cut connections that are silent for a minute; some for half of it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// Follow what happens
///
/// `event: ready` comes first; then `event: fact` with `{seq, at, verb, subjects}` and the sequence as its id,
/// and `event: job` with `{id, kind, state, progress}`. With Last-Event-ID every fact since is sent first. The
/// stream ends when its session or key does.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "followEvents", tag = "status",
    params(("Last-Event-ID" = Option<i64>, Header, description = "The id of the last fact seen", minimum = 0)),
    responses(
        (status = 200, description = "A stream without end", content_type = "text/event-stream", body = String),
        (status = 429, description = "This caller holds too many streams open"),
    ))]
async fn follow(
    State(face): State<Face>,
    who: Who,
    credentials: Credentials,
    headers: HeaderMap,
) -> Answer<Response> {
    let after = last_seen(&headers)?;
    let seat = face.seats.take(who.caller.actor).ok_or_else(|| {
        Problem::new("too-many-streams", format!("{} event streams are open", face.options.event_streams_max))
            .hint("close another one")
    })?;
    let seq = after.unwrap_or_else(|| face.damask.seq());
    let first = stream::once(async move { event::ready(seq.0) });
    let happening = events::follow(&face.damask, &who.caller, Some(seq)).await?;
    let closing = face.closing.clone();
    let all = first
        .chain(happening.map(event::sent))
        .take_until(closing.cancelled_owned())
        .take_until(Box::pin(no_longer(face, who.caller, credentials)));
    let sse = Sse::new(kept(all, seat)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // nginx would hold events back until its buffer is full.
    Ok(([("x-accel-buffering", "no"), (header::CACHE_CONTROL.as_str(), "no-store")], sse).into_response())
}

/// Ends when the caller may not listen any more: signed out, or the key was revoked or has ended.
async fn no_longer(face: Face, caller: Caller, credentials: Credentials) {
    loop {
        tokio::time::sleep(face.options.event_caller_checked_every).await;
        if !credentials.still_make(&caller, &face).await {
            return;
        }
    }
}

/// The stream, holding its seat as long as it lives. An event that cannot be written ends it.
fn kept(
    events: impl Stream<Item = Result<Sent, axum::Error>> + Send + 'static,
    seat: Seat,
) -> impl Stream<Item = Result<Sent, Infallible>> + Send + 'static {
    events.scan(seat, |_seat, event| {
        let event = event.inspect_err(|error| tracing::error!(%error, "an event could not be written"));
        std::future::ready(event.ok().map(Ok))
    })
}

fn last_seen(headers: &HeaderMap) -> Answer<Option<Seq>> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let seq = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok()).filter(|seq| *seq >= 0);
    match seq {
        Some(seq) => Ok(Some(Seq(seq))),
        None => Err(Problem::new("bad-request", "Last-Event-ID is the id of a fact: a whole number")),
    }
}

/// How many streams each caller holds open.
#[derive(Debug)]
pub struct Seats {
    max: usize,
    held: Mutex<HashMap<ActorId, usize>>,
}

/// One open stream.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    actor: ActorId,
}

impl Seats {
    /// At most `max` for each caller.
    pub fn new(max: usize) -> Self {
        Self { max, held: Mutex::default() }
    }

    /// A seat, if the caller has one left.
    pub fn take(self: &Arc<Self>, actor: ActorId) -> Option<Seat> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(actor).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(Seat { seats: Arc::clone(self), actor })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.seats.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.actor) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.actor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use damask_model::ActorId;

    use super::Seats;

    #[test]
    fn a_caller_holds_so_many_streams_and_gets_them_back() {
        let seats = Arc::new(Seats::new(2));
        let (ada, ben) = (ActorId::fresh(), ActorId::fresh());
        let first = seats.take(ada).expect("seat");
        let _second = seats.take(ada).expect("seat");
        assert!(seats.take(ada).is_none());
        assert!(seats.take(ben).is_some());
        drop(first);
        assert!(seats.take(ada).is_some());
    }
}

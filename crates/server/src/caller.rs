//! Who calls: a session cookie or an API key becomes a caller of `flow`; on the local socket it is this
//! machine's owner. A handler that takes a [`Who`] cannot run without one.
//!
//! A cookie is sent by the browser without being asked, so with a cookie a request that changes something
//! must show that it comes from Damask's own page (Fetch Metadata, or else Origin). A key is never sent
//! unasked.

use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, Method, header, request::Parts},
};
use damask_flow::{
    Caller,
    govern::{Account, keys, sessions},
};
use damask_model::ActorId;

use crate::{face::Face, problem::Problem};

/// Name of the session cookie.
pub const SESSION_COOKIE: &str = "damask_session";

/// The caller of a request.
#[derive(Clone, Debug)]
pub struct Who {
    /// As `flow` knows them.
    pub caller: Caller,
    /// Their account, where a person calls.
    pub account: Option<Account>,
}

/// Marks requests that came over the local socket, whose peer was checked when it connected.
#[derive(Clone, Copy, Debug)]
pub struct OverLocalSocket;

/// Where the extractor leaves the actor for the log line of the request.
#[derive(Clone, Debug, Default)]
pub struct ActorSeat(pub Arc<OnceLock<ActorId>>);

impl FromRequestParts<Face> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Problem> {
        let who = find(parts, face).await?;
        if let Some(seat) = parts.extensions.get::<ActorSeat>() {
            // Already filled when a handler asks twice; it is the same actor then.
            let _ = seat.0.set(who.caller.actor);
        }
        Ok(who)
    }
}

impl OptionalFromRequestParts<Face> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Option<Self>, Problem> {
        match <Self as FromRequestParts<Face>>::from_request_parts(parts, face).await {
            Ok(who) => Ok(Some(who)),
            Err(problem) if problem.code() == "not-signed-in" => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// By what a caller showed who they are, to be looked at again.
#[derive(Clone, Debug)]
pub struct Credentials {
    headers: HeaderMap,
    local: bool,
}

impl Credentials {
    /// Whether they still make the same caller, with the same rights.
    pub async fn still_make(&self, caller: &Caller, face: &Face) -> bool {
        match self.caller_now(face).await {
            Ok(now) => {
                now.actor == caller.actor
                    && now.permissions == caller.permissions
                    && now.scope == caller.scope
            }
            // Only a refusal ends what was allowed; a fault of ours passes.
            Err(problem) => problem.code() == Problem::fault().code(),
        }
    }

    async fn caller_now(&self, face: &Face) -> Result<Caller, Problem> {
        Ok(match shown(&self.headers, self.local)? {
            Shown::Local => Caller::local(),
            Shown::Key(secret) => keys::still(&face.damask, secret).await?,
            Shown::Session(secret) => sessions::still(&face.damask, secret).await?,
        })
    }
}

impl FromRequestParts<Face> for Credentials {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Infallible> {
        let mut headers = HeaderMap::new();
        for name in [header::AUTHORIZATION, header::COOKIE] {
            for value in parts.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Ok(Self { headers, local: parts.extensions.get::<OverLocalSocket>().is_some() })
    }
}

async fn find(parts: &Parts, face: &Face) -> Result<Who, Problem> {
    let local = parts.extensions.get::<OverLocalSocket>().is_some();
    let shown = shown(&parts.headers, local)?;
    if matches!(shown, Shown::Session(_)) && !parts.method.is_safe() {
        check_origin(&parts.headers, &parts.method)?;
    }
    Ok(match shown {
        Shown::Local => Who { caller: Caller::local(), account: None },
        Shown::Key(secret) => Who { caller: keys::caller(&face.damask, secret).await?, account: None },
        Shown::Session(secret) => {
            let (caller, account) = sessions::caller(&face.damask, secret).await?;
            Who { caller, account: Some(account) }
        }
    })
}

/// By what a caller shows who they are.
enum Shown<'a> {
    /// They came over the socket in the data folder.
    Local,
    /// The secret of a key.
    Key(&'a str),
    /// The secret of a session.
    Session(&'a str),
}

fn shown(headers: &HeaderMap, local: bool) -> Result<Shown<'_>, Problem> {
    if local {
        return Ok(Shown::Local);
    }
    if let Some(credentials) = headers.get(header::AUTHORIZATION) {
        let key = credentials.to_str().ok().and_then(bearer);
        return key.map(Shown::Key).ok_or_else(|| Problem::invalid_token("only bearer keys are taken"));
    }
    let secret = session_cookie(headers).map(Shown::Session);
    secret.ok_or_else(|| Problem::not_signed_in("who calls is not known"))
}

/// The token of `Bearer …`; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(credentials: &str) -> Option<&str> {
    let (scheme, token) = credentials.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The secret in the session cookie.
pub fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, secret)| (name == SESSION_COOKIE && !secret.is_empty()).then_some(secret))
}

/// Refuses a change that a page of another site asked for with a person's cookie.
fn check_origin(headers: &HeaderMap, method: &Method) -> Result<(), Problem> {
    match same_site(headers) {
        Some(true) => Ok(()),
        Some(false) => Err(cross_site()),
        None => {
            Err(Problem::new("cross-site", format!("{method} with a cookie must say where it comes from"))
                .hint("send Origin, or use an API key instead of a cookie"))
        }
    }
}

/// Refuses signing in by a page of another site (login CSRF). A program says nothing of where it comes from.
pub fn check_not_cross_site(headers: &HeaderMap) -> Result<(), Problem> {
    if same_site(headers) == Some(false) { Err(cross_site()) } else { Ok(()) }
}

fn cross_site() -> Problem {
    Problem::new("cross-site", "a page of another site asked for this")
        .hint("open Damask itself, or use an API key")
}

/// Whether the request comes from Damask's own pages; `None` when it does not say.
fn same_site(headers: &HeaderMap) -> Option<bool> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    // W3C Fetch Metadata, 2.2: `none` is a person's own doing (an address typed, a bookmark).
    if let Some(site) = text("sec-fetch-site") {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = text("origin")?;
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    Some(
        authority.is_some()
            && authority.map(str::to_ascii_lowercase) == text("host").map(str::to_ascii_lowercase),
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{bearer, same_site, session_cookie};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_request_is_judged_by_fetch_metadata_and_else_by_its_origin() {
        for (pairs, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], Some(true)),
            (&[("sec-fetch-site", "none")], Some(true)),
            (&[("sec-fetch-site", "same-site")], Some(false)),
            (&[("sec-fetch-site", "cross-site")], Some(false)),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], Some(false)),
            (&[("origin", "http://localhost:8400"), ("host", "localhost:8400")], Some(true)),
            (&[("origin", "http://LOCALHOST:8400"), ("host", "localhost:8400")], Some(true)),
            (&[("origin", "http://evil.example"), ("host", "localhost:8400")], Some(false)),
            (&[("origin", "http://localhost:9000"), ("host", "localhost:8400")], Some(false)),
            (&[("origin", "null"), ("host", "localhost:8400")], Some(false)),
            (&[("host", "localhost:8400")], None),
        ] {
            assert_eq!(same_site(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        assert_eq!(
            session_cookie(&headers(&[("cookie", "a=b; damask_session=secret; c=d")])),
            Some("secret")
        );
        assert_eq!(session_cookie(&headers(&[("cookie", "xdamask_session=secret")])), None);
        assert_eq!(session_cookie(&headers(&[("cookie", "damask_session=")])), None);
    }

    #[test]
    fn a_key_is_read_whatever_the_case_of_its_scheme() {
        assert_eq!(bearer("Bearer dmk_x"), Some("dmk_x"));
        assert_eq!(bearer("bearer  dmk_x "), Some("dmk_x"));
        assert_eq!(bearer("Basic dXNlcg=="), None);
        assert_eq!(bearer("Bearer "), None);
    }
}

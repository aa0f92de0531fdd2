//! What a face is told when it is made. Read once by the binary, checked there, handed down.

use std::{sync::Arc, time::Duration};

use crate::{reached::Network, tls::Tls, witness::Witness};

/// Options of the HTTP face.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// What people call this library.
    pub library: String,
    /// Damask's version, as the status page shows it.
    pub version: String,
    /// Which host names are answered.
    pub hosts: Hosts,
    /// Where this process serves people, if it does (`http://127.0.0.1:8400`): links that are printed begin so.
    pub address: Option<Arc<str>>,
    /// TLS on the face's own port, where it speaks it.
    pub tls: Option<Arc<Tls>>,
    /// Peers that are believed when they say by which way people came to them.
    pub trusted_proxies: Arc<[Network]>,
    /// Who is told of requests besides the log and the meters.
    pub witness: Option<Arc<dyn Witness>>,
    /// Longest JSON body, in bytes.
    pub json_bytes_max: usize,
    /// Longest a request may take that is neither an upload, a download nor a stream of events.
    pub request_time_max: Duration,
    /// Event streams one caller may hold open at once.
    pub event_streams_max: usize,
    /// How often it is looked whether whoever holds an event stream open still may.
    pub event_caller_checked_every: Duration,
    /// Bodies that are bytes of files received at once; beyond them a client is asked to come again.
    pub bodies_max: usize,
    /// How long such a body may bring nothing before it counts as broken.
    pub body_silence_max: Duration,
    /// How long a client may take to say which request it makes.
    pub headers_time_max: Duration,
    /// How long open requests are waited for when the server stops.
    pub stop_time_max: Duration,
}

/// Which names a request may call the server by. A page of another site can make its own name point at
/// this machine (DNS rebinding); it cannot make the browser say one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Any: the server is reached through a network on which names are somebody else's matter.
    Any,
    /// `localhost`, `127.0.0.1`, `[::1]` and these, without ports.
    Loopback(Arc<[String]>),
}

impl Hosts {
    /// Whether `host` (with or without a port) is answered.
    pub fn allow(&self, host: &str) -> bool {
        let Self::Loopback(others) = self else { return true };
        let name = without_port(host);
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| own.eq_ignore_ascii_case(name))
            || others.iter().any(|other| other.eq_ignore_ascii_case(name))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            library: "Damask".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hosts: Hosts::Loopback(Arc::from([])),
            address: None,
            tls: None,
            trusted_proxies: Network::LOOPBACK.into(),
            witness: None,
            json_bytes_max: 1 << 20,
            request_time_max: Duration::from_secs(30),
            event_streams_max: 8,
            event_caller_checked_every: Duration::from_secs(15),
            bodies_max: 128,
            body_silence_max: Duration::from_secs(30),
            headers_time_max: Duration::from_secs(30),
            stop_time_max: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn a_loopback_server_answers_to_its_own_names_alone() {
        let hosts = Hosts::Loopback(["photos.example".to_owned()].into());
        for (host, allowed) in [
            ("localhost", true),
            ("LOCALHOST:8400", true),
            ("127.0.0.1:8400", true),
            ("[::1]:8400", true),
            ("[::1]", true),
            ("photos.example:80", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example:8400", false),
            ("", false),
        ] {
            assert_eq!(hosts.allow(host), allowed, "{host}");
        }
        assert!(Hosts::Any.allow("evil.example"));
    }
}

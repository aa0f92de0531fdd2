//! By which way a request came: over TLS or not, from this machine or not. A proxy that is believed says it for those
//! behind it.
//!
//! Damask keeps no addresses of people and decides nothing by them, so `X-Forwarded-For` is not read: that it is there
//! is enough to know that whoever asks is not the peer.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::face::Face;

/// Headers by which a proxy says that the peer is not who asks.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];
/// Whether people came to a proxy by `http` or `https`; the de-facto standard, as RFC 7239 tells of it.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Marks connections that Damask itself speaks TLS on.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

/// By which way a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The person's browser speaks HTTPS.
    pub https: bool,
    /// It comes from this machine, and not through a proxy.
    pub near: bool,
}

impl Reached {
    fn of(peer: Option<IpAddr>, over_tls: bool, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let peer = peer.map(|peer| peer.to_canonical());
        let believed = peer.is_some_and(|peer| proxies.iter().any(|network| network.holds(peer)));
        // Of several proxies the first is the one people see; its word comes first.
        let said = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok());
        let said = said.and_then(|said| said.split(',').next());
        let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        Self {
            https: over_tls
                || (believed && said.is_some_and(|said| said.trim().eq_ignore_ascii_case("https"))),
            near: !forwarded && peer.is_some_and(|peer| peer.is_loopback()),
        }
    }
}

impl FromRequestParts<Face> for Reached {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let over_tls = parts.extensions.get::<OverTls>().is_some();
        Ok(Self::of(peer, over_tls, &parts.headers, &face.options.trusted_proxies))
    }
}

/// Addresses that begin alike: `10.0.0.0/8`, `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// How many bits from the front are alike.
    bits: u32,
}

/// A text that is no network.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no address and no network (such as 10.0.0.0/8)")]
pub struct NoNetwork(String);

impl Network {
    /// This machine, where a proxy stands by default.
    pub const LOOPBACK: [Self; 2] = [
        Self { address: IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 0)), bits: 8 },
        Self { address: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), bits: 128 },
    ];

    /// Whether the address is one of them.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let alike = (own.to_bits() ^ other.to_bits()).leading_zeros();
                alike >= self.bits
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let alike = (own.to_bits() ^ other.to_bits()).leading_zeros();
                alike >= self.bits
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let refused = || NoNetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| refused())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(longest);
        if bits > longest { Err(refused()) } else { Ok(Self { address, bits }) }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Network, Reached};

    fn check(peer: &str, pairs: &[(&'static str, &'static str)], https: bool, near: bool) {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let proxies = ["10.0.0.0/8", "::1"].map(|text| text.parse::<Network>().expect("a network"));
        let reached = Reached::of(Some(peer.parse().expect("an address")), false, &headers, &proxies);
        assert_eq!(reached, Reached { https, near }, "{peer} {pairs:?}");
    }

    #[test]
    fn only_a_proxy_that_is_believed_says_that_people_come_by_https() {
        check("10.1.2.3", &[("x-forwarded-proto", "https"), ("x-forwarded-for", "203.0.113.9")], true, false);
        check("10.1.2.3", &[("x-forwarded-proto", "HTTPS, http")], true, false);
        check("10.1.2.3", &[("x-forwarded-proto", "http")], false, false);
        check("::ffff:10.1.2.3", &[("x-forwarded-proto", "https")], true, false);
        check("203.0.113.9", &[("x-forwarded-proto", "https")], false, false);
        check("127.0.0.1", &[("x-forwarded-proto", "https")], false, true);
    }

    #[test]
    fn a_request_that_was_forwarded_is_not_near_whatever_it_says() {
        check("127.0.0.1", &[], false, true);
        check("::1", &[], false, true);
        check("127.0.0.1", &[("x-forwarded-for", "127.0.0.1")], false, false);
        check("127.0.0.1", &[("forwarded", "for=127.0.0.1")], false, false);
    }

    #[test]
    fn a_network_is_an_address_with_the_bits_that_count() {
        for (network, address, holds) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("0.0.0.0/0", "::1", false),
        ] {
            let network: Network = network.parse().expect("a network");
            assert_eq!(
                network.holds(address.parse::<IpAddr>().expect("an address")),
                holds,
                "{network:?} {address}"
            );
        }
        for odd in ["", "10.0.0.0/33", "10/8", "::/129", "host", "10.0.0.0/-1"] {
            assert!(odd.parse::<Network>().is_err(), "{odd}");
        }
    }
}

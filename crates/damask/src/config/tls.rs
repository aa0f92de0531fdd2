//! Settings of how browsers reach this server: `[tls]` in `damask.toml` or `DAMASK_TLS_*`, and the proxies before it.

use std::path::PathBuf;

use anyhow::{Context, bail};
use damask_server::{Network, TlsFiles};
use serde::Deserialize;

/// `[tls]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl TlsSettings {
    /// What `upper` says, and where it says nothing what `lower` says.
    pub fn over(upper: Option<Self>, lower: Option<Self>) -> Option<Self> {
        match (upper, lower) {
            (Some(upper), Some(lower)) => Some(Self {
                certificate: upper.certificate.or(lower.certificate),
                key: upper.key.or(lower.key),
            }),
            (upper, lower) => upper.or(lower),
        }
    }

    /// What the environment says, nothing where it says nothing of TLS.
    pub fn from_environment(text: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let path = |name: &str| text(name).map(PathBuf::from);
        let (certificate, key) = (path("DAMASK_TLS_CERTIFICATE"), path("DAMASK_TLS_KEY"));
        (certificate.is_some() || key.is_some()).then_some(Self { certificate, key })
    }

    /// Both files, or neither.
    pub fn check(self) -> anyhow::Result<Option<TlsFiles>> {
        match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
            (None, None) => Ok(None),
            (Some(_), None) => bail!("tls.key is missing: the file with the certificate's private key"),
            (None, Some(_)) => bail!("tls.certificate is missing: the file with the certificate"),
        }
    }
}

/// The peers that are believed when they say how people came to them; this machine where nothing is said.
pub fn trusted_proxies(texts: Option<Vec<String>>) -> anyhow::Result<Vec<Network>> {
    let Some(texts) = texts else { return Ok(Network::LOOPBACK.to_vec()) };
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts.map(|text| text.parse().context("trusted_proxies cannot be read")).collect()
}

#[cfg(test)]
mod tests {
    use super::{TlsSettings, trusted_proxies};

    #[test]
    fn a_certificate_and_its_key_are_named_together() {
        let of = |text: &str| toml::from_str::<TlsSettings>(text).expect("settings").check();
        assert!(of("").expect("no TLS").is_none());
        assert!(of("certificate = 'a.pem'\nkey = 'a.key'").expect("both").is_some());
        assert!(of("certificate = 'a.pem'").expect_err("no key").to_string().contains("tls.key"));
        assert!(of("key = 'a.key'").expect_err("no certificate").to_string().contains("tls.certificate"));
        let lower = toml::from_str("key = 'a.key'").expect("settings");
        let given = |name: &str| (name == "DAMASK_TLS_CERTIFICATE").then(|| "a.pem".to_owned());
        let both = TlsSettings::over(TlsSettings::from_environment(given), Some(lower)).expect("settings");
        assert!(both.check().expect("both").is_some());
    }

    #[test]
    fn proxies_are_addresses_and_networks_and_may_be_none() {
        assert_eq!(trusted_proxies(None).expect("usual").len(), 2);
        assert!(trusted_proxies(Some(vec![String::new()])).expect("none").is_empty());
        assert_eq!(trusted_proxies(Some(vec!["10.0.0.0/8".into(), " ::1".into()])).expect("two").len(), 2);
        assert!(trusted_proxies(Some(vec!["proxy.example".into()])).is_err());
    }
}

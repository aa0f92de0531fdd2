//! Settings of traces and metrics: `[telemetry]` in `damask.toml`, or the variables that OpenTelemetry gives a name to.
//! Headers with a key (`OTEL_EXPORTER_OTLP_HEADERS`) and finer settings (`OTEL_TRACES_SAMPLER`, `OTEL_BSP_*`) are
//! read by its own library.

use anyhow::bail;
use serde::Deserialize;

/// What Damask calls itself where nobody says otherwise.
const USUAL_SERVICE: &str = "damask";

/// `[telemetry]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    endpoint: Option<String>,
    service: Option<String>,
}

/// Where traces and metrics go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// `http://host:4318`, without a slash at its end; OTLP over HTTP adds `/v1/traces` and `/v1/metrics`.
    pub endpoint: String,
    /// As what this process appears there.
    pub service: String,
}

impl TelemetrySettings {
    /// What `upper` says, and where it says nothing what `lower` says.
    pub fn over(upper: Option<Self>, lower: Option<Self>) -> Option<Self> {
        match (upper, lower) {
            (Some(upper), Some(lower)) => Some(Self {
                endpoint: upper.endpoint.or(lower.endpoint),
                service: upper.service.or(lower.service),
            }),
            (upper, lower) => upper.or(lower),
        }
    }

    /// What the environment says.
    pub fn from_environment(text: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let (endpoint, service) = (text("OTEL_EXPORTER_OTLP_ENDPOINT"), text("OTEL_SERVICE_NAME"));
        (endpoint.is_some() || service.is_some()).then_some(Self { endpoint, service })
    }

    /// Nothing is told to anybody where no endpoint is named.
    pub fn check(self) -> anyhow::Result<Option<Collector>> {
        let Some(endpoint) = self.endpoint else { return Ok(None) };
        if !(endpoint.starts_with("http://") || endpoint.starts_with("https://")) {
            bail!("telemetry.endpoint is http://host:4318 or https://host, not {endpoint:?}");
        }
        let service = self.service.unwrap_or_else(|| USUAL_SERVICE.to_owned());
        Ok(Some(Collector { endpoint: endpoint.trim_end_matches('/').to_owned(), service }))
    }
}

#[cfg(test)]
mod tests {
    use super::TelemetrySettings;

    #[test]
    fn telemetry_is_off_until_an_endpoint_is_named() {
        let of = |text: &str| toml::from_str::<TelemetrySettings>(text).expect("settings").check();
        assert!(of("").expect("off").is_none());
        assert!(of("service = 'press'").expect("off").is_none());
        let collector = of("endpoint = 'http://127.0.0.1:4318/'").expect("lawful").expect("on");
        assert_eq!(
            (collector.endpoint.as_str(), collector.service.as_str()),
            ("http://127.0.0.1:4318", "damask")
        );
        assert!(of("endpoint = '127.0.0.1:4318'").is_err());
        let named = |name: &str| (name == "OTEL_SERVICE_NAME").then(|| "press".to_owned());
        let file = toml::from_str("endpoint = 'https://collector.example'").expect("settings");
        let both = TelemetrySettings::over(TelemetrySettings::from_environment(named), Some(file));
        assert_eq!(both.expect("both").check().expect("lawful").expect("on").service, "press");
    }
}

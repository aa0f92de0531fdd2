//! Settings of quarantine: `[quarantine.upload]`, `[quarantine.import]` and the virus scanner.

use anyhow::bail;
use damask_flow::{
    Clamd,
    ingest::rules::{Rule, Rules},
};
use serde::Deserialize;

/// `[quarantine]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineSettings {
    /// The rule of what is uploaded.
    upload: Option<Rule>,
    /// The rule of what is imported.
    import: Option<Rule>,
    /// Where `clamd` listens: an absolute path, or `host:port`.
    clamd: Option<String>,
    /// Longest file that is scanned, in bytes.
    scanned_bytes_max: Option<u64>,
}

impl QuarantineSettings {
    /// The same where all of it can be.
    pub fn checked(self) -> anyhow::Result<Self> {
        if let Some(place) = self.clamd.as_deref().filter(|place| Clamd::parse(place).is_none()) {
            bail!("quarantine.clamd is an absolute path or host:port, not {place:?}");
        }
        Ok(self)
    }

    /// The rules, those that nothing is said of as usual.
    pub fn rules(&self) -> Rules {
        let usual = Rules::default();
        Rules {
            upload: self.upload.clone().unwrap_or(usual.upload),
            import: self.import.clone().unwrap_or(usual.import),
        }
    }

    /// The virus scanner, where one is named.
    pub fn clamd(&self) -> Option<Clamd> {
        self.clamd.as_deref().and_then(Clamd::parse)
    }

    /// Longest file that is scanned, where that is said.
    pub const fn scanned_bytes_max(&self) -> Option<u64> {
        self.scanned_bytes_max
    }
}

#[cfg(test)]
mod tests {
    use super::QuarantineSettings;

    #[test]
    fn each_door_has_a_rule_of_its_own() {
        let text = "clamd = '/run/clamav/clamd.ctl'\n[import]\nonly = ['image/*']\nfindings = ['encrypted']";
        let settings: QuarantineSettings = toml::from_str(text).expect("settings");
        let rules = settings.clone().checked().expect("lawful").rules();
        assert_eq!((rules.import.only.len(), rules.import.kind_differs), (1, false));
        assert!(rules.upload.kind_differs && !rules.import.refuse.is_empty());
        assert!(settings.clamd().is_some());
        assert!(toml::from_str::<QuarantineSettings>("[upload]\nfindings = ['odd']").is_err());
        let nowhere: QuarantineSettings = toml::from_str("clamd = 'scanner'").expect("settings");
        assert!(nowhere.checked().is_err());
    }
}

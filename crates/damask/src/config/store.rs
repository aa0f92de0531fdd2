//! Settings of where originals lie: `[store]` in `damask.toml`, or `DAMASK_STORE_*` and `DAMASK_S3_*`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use damask_flow::{Place, Places, backup::SealKey, fixity::Pace};
use serde::Deserialize;

use super::{
    key::{self, KeyText},
    parsed,
    s3::S3Settings,
};

/// `[store]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// A folder in which each library has its own; the data folder where absent.
    folder: Option<PathBuf>,
    /// `[store.s3]`.
    s3: Option<S3Settings>,
    /// A file with the key that places are encrypted with which begin with it.
    key_file: Option<PathBuf>,
    /// The key itself; only from the environment.
    #[serde(skip)]
    key: Option<KeyText>,
    /// Where originals are kept once more: a folder in which each library has its own, or `s3://bucket/prefix`.
    second: Option<String>,
    /// `[store.second_s3]`: how that bucket is reached, where it is not as the first.
    second_s3: Option<S3Settings>,
    /// Days in which every byte is verified once; 0 for never.
    scrub_days: Option<u32>,
    /// Bytes verified in a second at most; 0 for as fast as it goes.
    scrub_bytes_per_second: Option<u64>,
}

impl StoreSettings {
    /// What is said of a bucket.
    pub fn s3(&self) -> Option<S3Settings> {
        self.s3.clone()
    }

    /// What `upper` says, and where it says nothing what `lower` says.
    pub fn over(upper: Option<Self>, lower: Option<Self>) -> Option<Self> {
        let (Some(upper), Some(lower)) = (upper.clone(), lower.clone()) else { return upper.or(lower) };
        Some(Self {
            folder: upper.folder.or(lower.folder),
            s3: S3Settings::both(upper.s3, lower.s3),
            key: upper.key.or(lower.key),
            key_file: upper.key_file.or(lower.key_file),
            second: upper.second.or(lower.second),
            second_s3: S3Settings::both(upper.second_s3, lower.second_s3),
            scrub_days: upper.scrub_days.or(lower.scrub_days),
            scrub_bytes_per_second: upper.scrub_bytes_per_second.or(lower.scrub_bytes_per_second),
        })
    }

    /// What the environment says.
    pub fn from_environment(text: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let bucket = |begin| {
            let settings = S3Settings::from_environment(begin, &text)?;
            Ok::<_, anyhow::Error>((!settings.is_silent()).then_some(settings))
        };
        let rate = "DAMASK_STORE_SCRUB_BYTES_PER_SECOND";
        Ok(Self {
            folder: text("DAMASK_STORE_FOLDER").map(PathBuf::from),
            s3: bucket("DAMASK_S3")?,
            key: text("DAMASK_STORE_KEY").map(KeyText::new),
            key_file: text("DAMASK_STORE_KEY_FILE").map(PathBuf::from),
            second: text("DAMASK_STORE_SECOND"),
            second_s3: bucket("DAMASK_STORE_SECOND_S3")?,
            scrub_days: parsed("DAMASK_STORE_SCRUB_DAYS", text("DAMASK_STORE_SCRUB_DAYS"))?,
            scrub_bytes_per_second: parsed(rate, text(rate))?,
        })
    }

    /// Where the originals of a library lie.
    pub fn places(&self, library: &str) -> anyhow::Result<Places> {
        let first = match (&self.folder, &self.s3) {
            (Some(_), Some(_)) => {
                bail!("store.folder and store.s3 are two places: name one, the other as store.second")
            }
            (Some(folder), None) => own_folder(folder, library)?,
            (None, Some(s3)) => Place::Bucket(s3.clone().check(library)?),
            (None, None) => Place::Here,
        };
        let second = self.second.as_deref().map(|second| self.second(second, library)).transpose()?;
        Ok(Places { first, second, key: self.key()? })
    }

    fn key(&self) -> anyhow::Result<Option<SealKey>> {
        match (&self.key, &self.key_file) {
            (Some(key), _) => key.check().context("DAMASK_STORE_KEY holds no key").map(Some),
            (None, Some(file)) => key::read(file).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn second(&self, text: &str, library: &str) -> anyhow::Result<Place> {
        if text == "data folder" {
            return Ok(Place::Here);
        }
        let Some(bucket) = text.strip_prefix("s3://") else { return own_folder(Path::new(text), library) };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let Some(s3) = S3Settings::both(self.second_s3.clone(), self.s3.clone()) else {
            bail!(
                "store.second in a bucket needs access_key and secret_key in [store.second_s3] \
                 (or DAMASK_STORE_SECOND_S3_ACCESS_KEY and DAMASK_STORE_SECOND_S3_SECRET_KEY)"
            );
        };
        let prefix = prefix.trim_matches('/');
        let s3 =
            if prefix.is_empty() { s3.at(name, &format!("damask/{library}")) } else { s3.at(name, prefix) };
        Ok(Place::Bucket(s3.check(library)?))
    }

    /// How fast bytes are verified, and how often.
    pub fn pace(&self) -> anyhow::Result<Pace> {
        let usual = Pace::default();
        let days = self.scrub_days.map_or(usual.days, |days| (days > 0).then_some(days));
        if days.is_some_and(|days| days > DAYS_MAX) {
            bail!("store.scrub_days is 0 to {DAYS_MAX}");
        }
        let bytes_per_second = match self.scrub_bytes_per_second {
            None => usual.bytes_per_second,
            Some(0) => None,
            Some(bytes) => Some(bytes),
        };
        Ok(Pace { days, bytes_per_second })
    }
}

/// Longest time between two looks at a byte: ten years.
const DAYS_MAX: u32 = 3_660;

/// Nothing crosses a library: each has a folder of its own.
fn own_folder(folder: &Path, library: &str) -> anyhow::Result<Place> {
    let folder = std::path::absolute(folder).with_context(|| format!("cannot find {}", folder.display()))?;
    Ok(Place::Folder(folder.join(library)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use damask_flow::{Bucket, Place, Places};

    use super::StoreSettings;

    fn places(text: &str) -> anyhow::Result<Places> {
        toml::from_str::<StoreSettings>(text)?.places("press")
    }

    fn of(text: &str) -> anyhow::Result<Option<Bucket>> {
        match places(text)?.first {
            Place::Bucket(bucket) => Ok(Some(bucket)),
            Place::Here | Place::Folder(_) => Ok(None),
        }
    }

    fn check(text: &str, refused_with: &str) {
        let refused = of(text).expect_err(text).to_string();
        assert!(refused.contains(refused_with), "{refused}");
    }

    const KEYS: &str = "access_key = 'a'\nsecret_key = 'hunter2'";

    #[test]
    fn a_bucket_is_read_with_a_place_for_each_library() {
        let bucket = of(&format!("[s3]\nbucket = 'originals'\nendpoint = 'https://s3.example.org/'\n{KEYS}"));
        let bucket = bucket.expect("lawful").expect("a bucket");
        assert_eq!(bucket.prefix, "damask/press");
        assert_eq!(bucket.endpoint.as_deref(), Some("https://s3.example.org"));
        assert_eq!((bucket.region.as_str(), bucket.patience), ("us-east-1", Duration::from_secs(20)));
        assert!(of("").expect("lawful").is_none());
    }

    #[test]
    fn what_cannot_be_a_bucket_is_refused_in_words() {
        check("[s3]", "the name of the bucket");
        check("[s3]\nbucket = 'a/b'", "without slashes");
        check("[s3]\nbucket = 'a'", "needs access_key and secret_key");
        check(&format!("[s3]\nbucket = 'a'\nendpoint = 'host:1'\n{KEYS}"), "http://host:port");
        for prefix in ["a//b", "../b", "a b", "ä"] {
            check(&format!("[s3]\nbucket = 'a'\nprefix = '{prefix}'\n{KEYS}"), "store.s3.prefix");
        }
        check(&format!("[s3]\nbucket = 'a'\npatience_seconds = 1000\n{KEYS}"), "0 to 240");
        check("[s3]\nbuckett = 'a'", "unknown field");
    }

    #[test]
    fn a_key_from_the_environment_joins_a_bucket_from_the_file() {
        let file = toml::from_str::<StoreSettings>("[s3]\nbucket = 'originals'").expect("settings");
        let given = |name: &str| match name {
            "DAMASK_S3_ACCESS_KEY" => Some("key".to_owned()),
            "DAMASK_S3_SECRET_KEY" => Some("hunter2".to_owned()),
            _ => None,
        };
        let environment = StoreSettings::from_environment(given).expect("settings");
        let both = StoreSettings::over(Some(environment), Some(file)).expect("settings");
        assert!(!format!("{both:?}").contains("hunter2"));
        let Place::Bucket(bucket) = both.places("main").expect("lawful").first else { panic!("{both:?}") };
        assert_eq!((bucket.name.as_str(), bucket.access_key.as_str()), ("originals", "key"));
        assert!(!format!("{bucket:?}").contains("hunter2"));
        let silent = StoreSettings::from_environment(|_| None).expect("settings");
        assert!(matches!(
            silent.places("main").expect("lawful"),
            Places { first: Place::Here, second: None, key: None }
        ));
    }

    #[test]
    fn a_second_place_is_a_folder_or_a_bucket_with_a_part_for_each_library() {
        let folder = places("folder = '/srv/originals'\nsecond = '/mnt/nas'").expect("lawful");
        assert!(matches!(folder.first, Place::Folder(path) if path.ends_with("srv/originals/press")));
        assert!(matches!(folder.second, Some(Place::Folder(path)) if path.ends_with("mnt/nas/press")));
        let bucket = places(&format!("second = 's3://copies'\n[second_s3]\n{KEYS}")).expect("lawful").second;
        assert!(
            matches!(bucket, Some(Place::Bucket(bucket)) if bucket.name == "copies" && bucket.prefix == "damask/press")
        );
        check("second = 's3://copies'", "second_s3");
        check(&format!("folder = '/srv'\n[s3]\nbucket = 'a'\n{KEYS}"), "two places");
    }

    #[test]
    fn a_key_is_read_and_never_printed() {
        let given = |key: &str| {
            let text = |name: &str| (name == "DAMASK_STORE_KEY").then(|| key.to_owned());
            StoreSettings::from_environment(text).expect("settings")
        };
        let settings = given("correct horse battery staple");
        assert!(!format!("{settings:?}").contains("horse"));
        assert!(settings.places("press").expect("lawful").key.is_some());
        assert!(places("").expect("lawful").key.is_none());
        assert!(given("short").places("press").is_err());
        check("key_file = '/nowhere/key'", "/nowhere/key");
        check("key = 'in a file that others read'", "unknown field");
    }

    #[test]
    fn bytes_are_verified_every_thirty_days_unless_said_otherwise() {
        let pace = |text| toml::from_str::<StoreSettings>(text).expect("settings").pace();
        assert_eq!(pace("").expect("lawful").days, Some(30));
        let never = pace("scrub_days = 0\nscrub_bytes_per_second = 0").expect("lawful");
        assert_eq!((never.days, never.bytes_per_second), (None, None));
        assert!(pace("scrub_days = 4000").expect_err("too long").to_string().contains("0 to"));
    }
}

//! Settings of backups: `[backup]` in `damask.toml`, or `DAMASK_BACKUP_*`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use damask_flow::backup::{Place, SealKey, Target, schedule::Plan};
use serde::Deserialize;

use super::{
    key::{self, KeyText},
    s3::S3Settings,
    store::StoreSettings,
};

/// `[backup]`, as one source tells of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupSettings {
    /// A folder, or `s3://bucket/prefix`.
    to: Option<String>,
    /// Hours from one to the next.
    every_hours: Option<u32>,
    /// How many are kept.
    keep: Option<usize>,
    /// A file with the key.
    key_file: Option<PathBuf>,
    /// How the bucket is reached, where it is not as that of the originals.
    s3: Option<S3Settings>,
    /// The key itself; only from the environment.
    #[serde(skip)]
    key: Option<KeyText>,
}

/// Checked settings of backups.
#[derive(Clone, Debug, Default)]
pub struct Backup {
    to: Option<String>,
    every_hours: Option<u32>,
    keep: Option<usize>,
    key_file: Option<PathBuf>,
    key: Option<SealKey>,
    s3: Option<S3Settings>,
}

impl BackupSettings {
    /// What `upper` says, and where it says nothing what `lower` says.
    pub fn over(upper: Option<Self>, lower: Option<Self>) -> Option<Self> {
        match (upper, lower) {
            (Some(upper), Some(lower)) => Some(Self {
                to: upper.to.or(lower.to),
                every_hours: upper.every_hours.or(lower.every_hours),
                keep: upper.keep.or(lower.keep),
                key_file: upper.key_file.or(lower.key_file),
                key: upper.key.or(lower.key),
                s3: S3Settings::both(upper.s3, lower.s3),
            }),
            (upper, lower) => upper.or(lower),
        }
    }

    /// What the environment says.
    pub fn from_environment(text: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        let settings = Self {
            to: text("DAMASK_BACKUP_TO"),
            every_hours: super::parsed("DAMASK_BACKUP_EVERY_HOURS", text("DAMASK_BACKUP_EVERY_HOURS"))?,
            keep: super::parsed("DAMASK_BACKUP_KEEP", text("DAMASK_BACKUP_KEEP"))?,
            key_file: text("DAMASK_BACKUP_KEY_FILE").map(PathBuf::from),
            key: text("DAMASK_BACKUP_KEY").map(KeyText::new),
            s3: Some(S3Settings::from_environment("DAMASK_BACKUP_S3", text)?).filter(|s3| !s3.is_silent()),
        };
        Ok(Some(settings))
    }
}

impl Backup {
    /// Checks the settings. What is not said of the bucket is as for the originals.
    pub fn of(settings: Option<BackupSettings>, store: Option<&StoreSettings>) -> anyhow::Result<Self> {
        let settings = settings.unwrap_or_default();
        if settings.every_hours.is_some_and(|hours| !(1..=8_784).contains(&hours)) {
            bail!("backup.every_hours is 1 to 8784");
        }
        if settings.keep == Some(0) {
            bail!("backup.keep is 1 or more");
        }
        if settings.to.is_none() && (settings.every_hours.is_some() || settings.keep.is_some()) {
            bail!("backup needs `to`: a folder, or s3://bucket/prefix");
        }
        let s3 = S3Settings::both(settings.s3, store.and_then(StoreSettings::s3));
        Ok(Self {
            to: settings.to,
            every_hours: settings.every_hours,
            keep: settings.keep,
            key_file: settings.key_file,
            key: settings.key.as_ref().map(KeyText::check).transpose()?,
            s3,
        })
    }

    /// The plan, where a place is named.
    pub fn plan(&self) -> anyhow::Result<Option<Plan>> {
        let Some(to) = &self.to else { return Ok(None) };
        let target = self.target(Some(to), None)?;
        Ok(Some(Plan { target, place: to.clone(), every_hours: self.every_hours, keep: self.keep }))
    }

    /// The place that is named, or that of the plan; with the key in a file, or that of the configuration.
    pub fn target(&self, place: Option<&str>, key_file: Option<&Path>) -> anyhow::Result<Target> {
        let Some(text) = place.or(self.to.as_deref()) else {
            bail!("say where the backups are: a folder, or s3://bucket/prefix");
        };
        let key = match (key_file, &self.key, self.key_file.as_deref()) {
            (Some(file), ..) | (None, None, Some(file)) => Some(key::read(file)?),
            (None, key, _) => key.clone(),
        };
        Ok(Target { place: self.place(text)?, key })
    }

    fn place(&self, text: &str) -> anyhow::Result<Place> {
        let Some(bucket) = text.strip_prefix("s3://") else {
            let path = std::path::absolute(text).with_context(|| format!("cannot find {text}"))?;
            return Ok(Place::Folder(path));
        };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let Some(s3) = self.s3.clone().filter(|_| !prefix.trim_matches('/').is_empty()) else {
            bail!(
                "backups in a bucket need s3://bucket/prefix, and access_key and secret_key in [backup.s3] \
                 (or DAMASK_BACKUP_S3_ACCESS_KEY and DAMASK_BACKUP_S3_SECRET_KEY)"
            );
        };
        Ok(Place::Bucket(Box::new(s3.at(name, prefix).check("backup")?)))
    }
}

#[cfg(test)]
mod tests {
    use damask_flow::backup::Place;

    use super::{Backup, BackupSettings};

    fn of(text: &str) -> anyhow::Result<Backup> {
        Backup::of(Some(toml::from_str::<BackupSettings>(text)?), None)
    }

    #[test]
    fn a_folder_and_a_bucket_are_told_apart() {
        let folder = of("to = '/mnt/backup'\nevery_hours = 24\nkeep = 7").expect("lawful");
        let plan = folder.plan().expect("lawful").expect("a plan");
        assert!(matches!(&plan.target.place, Place::Folder(path) if path.ends_with("backup")));
        assert_eq!((plan.every_hours, plan.keep), (Some(24), Some(7)));
        let keys = "[s3]\naccess_key = 'a'\nsecret_key = 'hunter2'";
        let bucket = of(&format!("to = 's3://copies/damask/press'\n{keys}")).expect("lawful");
        assert!(!format!("{bucket:?}").contains("hunter2"));
        let target = bucket.target(None, None).expect("lawful");
        assert!(
            matches!(&target.place, Place::Bucket(bucket) if bucket.name == "copies" && bucket.prefix == "damask/press")
        );
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        for (text, words) in [
            ("every_hours = 24", "needs `to`"),
            ("to = '/b'\nkeep = 0", "1 or more"),
            ("to = '/b'\nevery_hours = 0", "1 to 8784"),
            ("key = 'x'", "unknown field"),
        ] {
            let refused = of(text).expect_err(text).to_string();
            assert!(refused.contains(words), "{refused}");
        }
        let refused = of("to = 's3://bucket'").expect("lawful").plan().expect_err("no prefix");
        assert!(refused.to_string().contains("s3://bucket/prefix"));
    }
}

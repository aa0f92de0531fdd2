//! Settings of a bucket: `[store.s3]`, `[store.second_s3]` and `[backup.s3]` in `damask.toml`, or `DAMASK_S3_*` and the
//! like. There are no flags: a secret in a command line is seen by everyone on the machine.

use std::{fmt, time::Duration};

use anyhow::{Context, bail};
use damask_flow::{Bucket, Secret};
use serde::Deserialize;

/// `[store.s3]`: a bucket, as one source tells of it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    bucket: Option<String>,
    endpoint: Option<String>,
    prefix: Option<String>,
    region: Option<String>,
    access_key: Option<String>,
    secret_key: Option<String>,
    cache_bytes_max: Option<u64>,
    patience_seconds: Option<u64>,
}

impl fmt::Debug for S3Settings {
    /// Keys and secrets are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, endpoint, prefix, region, .. } = self;
        write!(f, "S3Settings {{ {bucket:?}, {endpoint:?}, {prefix:?}, {region:?}, .. }}")
    }
}

impl S3Settings {
    /// What the variables whose names begin so say.
    pub fn from_environment(begin: &str, text: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let text = |name: &str| text(&format!("{begin}_{name}"));
        let number = |name: &str| {
            let text = text(name);
            text.map(|text| {
                text.parse::<u64>().with_context(|| format!("{begin}_{name}={text} cannot be read"))
            })
            .transpose()
        };
        Ok(Self {
            bucket: text("BUCKET"),
            endpoint: text("ENDPOINT"),
            prefix: text("PREFIX"),
            region: text("REGION"),
            access_key: text("ACCESS_KEY"),
            secret_key: text("SECRET_KEY"),
            cache_bytes_max: number("CACHE_BYTES_MAX")?,
            patience_seconds: number("PATIENCE_SECONDS")?,
        })
    }

    /// The same at another place.
    pub fn at(self, bucket: &str, prefix: &str) -> Self {
        Self { bucket: Some(bucket.to_owned()), prefix: Some(prefix.to_owned()), ..self }
    }

    /// Whether nothing is said.
    pub fn is_silent(&self) -> bool {
        let texts = [&self.bucket, &self.endpoint, &self.prefix, &self.region];
        let keys = [&self.access_key, &self.secret_key];
        texts.into_iter().chain(keys).all(Option::is_none)
            && self.cache_bytes_max.is_none()
            && self.patience_seconds.is_none()
    }

    /// What the one says, and where it says nothing what the other does.
    pub fn both(upper: Option<Self>, lower: Option<Self>) -> Option<Self> {
        match (upper, lower) {
            (Some(upper), Some(lower)) => Some(upper.over(lower)),
            (upper, lower) => upper.or(lower),
        }
    }

    /// What `self` says, and where it says nothing what `lower` says.
    fn over(self, lower: Self) -> Self {
        Self {
            bucket: self.bucket.or(lower.bucket),
            endpoint: self.endpoint.or(lower.endpoint),
            prefix: self.prefix.or(lower.prefix),
            region: self.region.or(lower.region),
            access_key: self.access_key.or(lower.access_key),
            secret_key: self.secret_key.or(lower.secret_key),
            cache_bytes_max: self.cache_bytes_max.or(lower.cache_bytes_max),
            patience_seconds: self.patience_seconds.or(lower.patience_seconds),
        }
    }

    /// The bucket.
    pub fn check(self, library: &str) -> anyhow::Result<Bucket> {
        let Some(name) = self.bucket else { bail!("store.s3 needs the name of the bucket") };
        if name.is_empty() || name.contains('/') {
            bail!("store.s3.bucket is a name without slashes, not {name:?}");
        }
        if let Some(endpoint) = &self.endpoint
            && !(endpoint.starts_with("http://") || endpoint.starts_with("https://"))
        {
            bail!("store.s3.endpoint is http://host:port or https://host, not {endpoint:?}");
        }
        // Each library has a place of its own: nothing crosses it.
        let prefix = self.prefix.unwrap_or_else(|| format!("damask/{library}")).trim_matches('/').to_owned();
        let lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        let is_step = |part: &str| matches!(part, "" | "." | "..");
        if !prefix.bytes().all(lawful) || (!prefix.is_empty() && prefix.split('/').any(is_step)) {
            bail!("store.s3.prefix is made of letters, digits, -, _, . and single slashes, not {prefix:?}");
        }
        let (Some(access_key), Some(secret_key)) = (self.access_key, self.secret_key) else {
            bail!(
                "store.s3 needs access_key and secret_key (or DAMASK_S3_ACCESS_KEY and DAMASK_S3_SECRET_KEY)"
            );
        };
        let patience = self.patience_seconds.map_or(Bucket::USUAL_PATIENCE, Duration::from_secs);
        if patience > PATIENCE_MAX {
            bail!("store.s3.patience_seconds is 0 to {}", PATIENCE_MAX.as_secs());
        }
        Ok(Bucket {
            endpoint: self.endpoint.map(|endpoint| endpoint.trim_end_matches('/').to_owned()),
            name,
            prefix,
            region: self.region.unwrap_or_else(|| Bucket::USUAL_REGION.to_owned()),
            access_key,
            secret_key: Secret::new(secret_key),
            cache_bytes_max: self.cache_bytes_max.unwrap_or(Bucket::USUAL_CACHE_BYTES_MAX),
            patience,
        })
    }
}

/// Signatures of requests that are tried again for longer are not taken any more.
const PATIENCE_MAX: Duration = Duration::from_secs(240);

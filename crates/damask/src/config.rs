//! Configuration: defaults < `damask.toml` < `DAMASK_*` environment < flags, read once and checked here.
//!
//! No other file of the house reads the environment. `docs/operate/configuration.md` lists every setting.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use damask_flow::{Places, fixity::Pace};
use damask_server::{Network, TlsFiles};
use serde::Deserialize;

mod backup;
pub mod key;
mod quarantine;
mod s3;
mod store;
mod telemetry;
mod tls;

pub use backup::Backup;

use backup::BackupSettings;
use quarantine::QuarantineSettings;
use store::StoreSettings;
pub use telemetry::Collector;
use telemetry::TelemetrySettings;
use tls::TlsSettings;

/// Settings as one source gives them; what it does not say is `None`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The data folder.
    pub data: Option<PathBuf>,
    /// The library's name: letters, digits, `_` and `-`.
    pub library: Option<String>,
    /// `postgres://…`; SQLite in the data folder where absent.
    pub database: Option<String>,
    /// Address and port to listen on.
    pub listen: Option<SocketAddr>,
    /// Host names, besides loopback ones, by which browsers reach this server.
    pub hosts: Option<Vec<String>>,
    /// Jobs of processor work run at once.
    pub workers: Option<usize>,
    /// What is logged, in the form of `tracing`'s filter (`info`, `damask_flow=debug`).
    pub log: Option<String>,
    /// Log lines as JSON objects.
    pub log_json: Option<bool>,
    /// Where `serve` writes its log; standard error where absent.
    pub log_file: Option<PathBuf>,
    /// Longest file taken in, in bytes.
    pub file_bytes_max: Option<u64>,
    /// Bytes that all files of the library may have together.
    pub quota_bytes: Option<u64>,
    /// Days an asset lies in the trash before it is purged; 0 until a person empties it.
    pub trash_days: Option<u32>,
    /// Which files wait for a person.
    pub quarantine: Option<QuarantineSettings>,
    /// Where originals lie; the data folder where absent.
    pub store: Option<StoreSettings>,
    /// Where backups go, and when.
    pub backup: Option<BackupSettings>,
    /// Certificate and key; plain HTTP where absent.
    pub tls: Option<TlsSettings>,
    /// Addresses and networks of proxies that are believed.
    pub trusted_proxies: Option<Vec<String>>,
    /// Where traces and metrics go; nowhere where absent.
    pub telemetry: Option<TelemetrySettings>,
}

/// Checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// The library's name.
    pub library: String,
    /// `postgres://…`, or SQLite.
    pub database: Option<String>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Further host names of this server.
    pub hosts: Vec<String>,
    /// Jobs of processor work run at once.
    pub workers: usize,
    /// What is logged.
    pub log: String,
    /// Log lines as JSON objects.
    pub log_json: bool,
    /// Where the server's log goes instead of standard error.
    pub log_file: Option<PathBuf>,
    /// Longest file taken in, in bytes.
    pub file_bytes_max: Option<u64>,
    /// Bytes that all files of the library may have together.
    pub quota_bytes: Option<u64>,
    /// Days an asset lies in the trash before it is purged; 0 until a person empties it.
    pub trash_days: Option<u32>,
    /// Which files wait for a person.
    pub quarantine: QuarantineSettings,
    /// Where originals lie.
    pub places: Places,
    /// How fast their bytes are verified, and how often.
    pub pace: Pace,
    /// Where backups go, and when.
    pub backup: Backup,
    /// Certificate and key, or plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<Network>,
    /// Where traces and metrics go.
    pub collector: Option<Collector>,
}

impl Settings {
    /// What `self` says, and where it says nothing what `lower` says.
    fn over(self, lower: Self) -> Self {
        Self {
            data: self.data.or(lower.data),
            library: self.library.or(lower.library),
            database: self.database.or(lower.database),
            listen: self.listen.or(lower.listen),
            hosts: self.hosts.or(lower.hosts),
            workers: self.workers.or(lower.workers),
            log: self.log.or(lower.log),
            log_json: self.log_json.or(lower.log_json),
            log_file: self.log_file.or(lower.log_file),
            file_bytes_max: self.file_bytes_max.or(lower.file_bytes_max),
            quota_bytes: self.quota_bytes.or(lower.quota_bytes),
            trash_days: self.trash_days.or(lower.trash_days),
            quarantine: self.quarantine.or(lower.quarantine),
            store: StoreSettings::over(self.store, lower.store),
            backup: BackupSettings::over(self.backup, lower.backup),
            tls: TlsSettings::over(self.tls, lower.tls),
            trusted_proxies: self.trusted_proxies.or(lower.trusted_proxies),
            telemetry: TelemetrySettings::over(self.telemetry, lower.telemetry),
        }
    }

    fn from_environment() -> anyhow::Result<Self> {
        let text = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
        Ok(Self {
            data: text("DAMASK_DATA").map(PathBuf::from),
            library: text("DAMASK_LIBRARY"),
            database: text("DAMASK_DATABASE"),
            listen: parsed("DAMASK_LISTEN", text("DAMASK_LISTEN"))?,
            hosts: text("DAMASK_HOSTS").map(|hosts| list(&hosts)),
            workers: parsed("DAMASK_WORKERS", text("DAMASK_WORKERS"))?,
            log: text("DAMASK_LOG"),
            log_json: parsed("DAMASK_LOG_JSON", text("DAMASK_LOG_JSON"))?,
            log_file: text("DAMASK_LOG_FILE").map(PathBuf::from),
            file_bytes_max: parsed("DAMASK_FILE_BYTES_MAX", text("DAMASK_FILE_BYTES_MAX"))?,
            quota_bytes: parsed("DAMASK_QUOTA_BYTES", text("DAMASK_QUOTA_BYTES"))?,
            trash_days: parsed("DAMASK_TRASH_DAYS", text("DAMASK_TRASH_DAYS"))?,
            quarantine: None,
            store: Some(StoreSettings::from_environment(text)?),
            backup: BackupSettings::from_environment(text)?,
            tls: TlsSettings::from_environment(text),
            trusted_proxies: text("DAMASK_TRUSTED_PROXIES").map(|proxies| list(&proxies)),
            telemetry: TelemetrySettings::from_environment(text),
        })
    }

    fn from_file(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let read = toml::from_str(&text).map_err(|error| without_secrets(&text, error));
        read.with_context(|| format!("{} has a mistake", path.display()))
    }
}

/// A mistake is shown with its line, but not where that line has a secret.
fn without_secrets(text: &str, error: toml::de::Error) -> anyhow::Error {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    if line.contains("secret") { anyhow!("secret_key is a text in quotes") } else { error.into() }
}

/// Parts between commas.
fn list(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

fn parsed<T: std::str::FromStr>(name: &str, text: Option<String>) -> anyhow::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.map(|text| text.parse().with_context(|| format!("{name}={text} cannot be read"))).transpose()
}

impl Config {
    /// Puts flags over environment over file over defaults. `file` must exist when it is named;
    /// `damask.toml` in the working folder is taken when it is there.
    pub fn read(flags: Settings, file: Option<&Path>) -> anyhow::Result<Self> {
        let usual = Path::new("damask.toml");
        let from_file = match file {
            Some(path) => Settings::from_file(path)?,
            None if usual.is_file() => Settings::from_file(usual)?,
            None => Settings::default(),
        };
        let settings = flags.over(Settings::from_environment()?).over(from_file);
        Self::check(settings)
    }

    fn check(settings: Settings) -> anyhow::Result<Self> {
        let library = settings.library.unwrap_or_else(|| "main".to_owned());
        let lawful = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if library.is_empty() || library.len() > 40 || !library.bytes().all(lawful) {
            bail!("a library's name is 1 to 40 of a-z, 0-9 and _, not {library:?}");
        }
        if let Some(database) = &settings.database
            && !(database.starts_with("postgres://") || database.starts_with("postgresql://"))
        {
            bail!("a database is postgres://user@host/name (without one, SQLite in the data folder is used)");
        }
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let workers = settings.workers.unwrap_or(cores);
        if !(1..=256).contains(&workers) {
            bail!("workers is 1 to 256, not {workers}");
        }
        if settings.quota_bytes == Some(0) {
            bail!("quota_bytes is at least 1; without it the library may hold what the disk takes");
        }
        let backup = Backup::of(settings.backup, settings.store.as_ref())?;
        let store = settings.store.unwrap_or_default();
        let (places, pace) = (store.places(&library)?, store.pace()?);
        Ok(Self {
            data: settings.data.unwrap_or_else(|| PathBuf::from("data")),
            library,
            database: settings.database,
            listen: settings.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8_400))),
            hosts: settings.hosts.unwrap_or_default(),
            workers,
            log: settings.log.unwrap_or_else(|| "info".to_owned()),
            log_json: settings.log_json.unwrap_or(false),
            log_file: settings.log_file,
            file_bytes_max: settings.file_bytes_max,
            quota_bytes: settings.quota_bytes,
            trash_days: settings.trash_days,
            quarantine: settings.quarantine.unwrap_or_default().checked()?,
            places,
            pace,
            backup,
            tls: settings.tls.map(TlsSettings::check).transpose()?.flatten(),
            trusted_proxies: tls::trusted_proxies(settings.trusted_proxies)?,
            collector: settings.telemetry.map(TelemetrySettings::check).transpose()?.flatten(),
        })
    }

    /// Says so where nothing of this library is there yet.
    pub fn library_exists(&self) -> anyhow::Result<()> {
        let folder = self.library_folder();
        if self.database.is_none() && !folder.is_dir() {
            bail!(
                "there is no library in {}: name its data folder with --data, or begin one with `damask serve` \
                 or `damask import`",
                folder.display()
            );
        }
        Ok(())
    }

    /// The folder of this library within the data folder.
    pub fn library_folder(&self) -> PathBuf {
        self.data.join("libraries").join(&self.library)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Config, Settings};

    fn check(settings: Settings, refused_with: Option<&str>) {
        match (Config::check(settings), refused_with) {
            (Ok(_), None) => {}
            (Err(error), Some(words)) => assert!(error.to_string().contains(words), "{error}"),
            (seen, expected) => panic!("{seen:?} where {expected:?} was expected"),
        }
    }

    #[test]
    fn with_nothing_said_the_server_listens_on_loopback() {
        let config = Config::check(Settings::default()).expect("defaults");
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.library_folder(), PathBuf::from("data/libraries/main"));
    }

    #[test]
    fn what_is_said_nearer_wins() {
        let flags = Settings { workers: Some(3), ..Settings::default() };
        let file = Settings { workers: Some(5), library: Some("press".into()), ..Settings::default() };
        let config = Config::check(flags.over(file)).expect("config");
        assert_eq!((config.workers, config.library.as_str()), (3, "press"));
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        check(Settings { workers: Some(0), ..Settings::default() }, Some("workers is 1 to 256"));
        check(Settings { quota_bytes: Some(0), ..Settings::default() }, Some("quota_bytes is at least 1"));
        check(Settings { library: Some("../x".into()), ..Settings::default() }, Some("a library's name"));
        check(Settings { database: Some("mysql://".into()), ..Settings::default() }, Some("postgres://"));
    }

    #[test]
    fn a_mistake_beside_a_secret_does_not_tell_it() {
        let text = "workers = 2\n[store.s3]\nsecret_key = 4711\n";
        let error = toml::from_str::<Settings>(text).map_err(|error| super::without_secrets(text, error));
        let said = format!("{:#}", error.expect_err("a number is no secret"));
        assert!(said.contains("secret_key") && !said.contains("4711"), "{said}");
    }

    #[test]
    fn a_setting_nobody_knows_is_a_mistake() {
        assert!(toml::from_str::<Settings>("wrokers = 2").is_err());
    }
}

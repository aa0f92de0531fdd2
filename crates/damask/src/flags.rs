//! The command line, as people type it.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Settings};

/// Stores, describes, finds and delivers media, from camera card to publication.
#[derive(Debug, Parser)]
#[command(name = "damask", version, max_term_width = 100)]
pub struct Flags {
    /// The data folder [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A configuration file [default: ./damask.toml if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The library [default: main]
    #[arg(long, global = true, value_name = "NAME")]
    library: Option<String>,
    /// postgres://… instead of SQLite in the data folder
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Jobs of processor work run at once [default: one a core]
    #[arg(long, global = true, value_name = "N")]
    workers: Option<usize>,
    /// What is done
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the pages, and do the work of the library
    Serve(ServeFlags),
    /// Bring in files and folders
    Import(ImportFlags),
    /// Print the assets a query finds
    Search(SearchFlags),
    /// Print all that is known of an asset
    Show(ShowFlags),
    /// Take out an original, or a rendition of it
    Get(GetFlags),
    /// Verify bytes, catalog and index
    Check(CheckFlags),
    /// Print how the library stands
    Status(JsonFlag),
    /// Make the index again from the catalog
    Reindex,
    /// Have another key open the originals that are encrypted
    Rekey(RekeyFlags),
    /// Back the library up, also while it is served
    Backup(BackupFlags),
    /// List backups, verify them, or remove old ones
    Backups(BackupsFlags),
    /// Make a library of a backup, in a data folder where there is none
    Restore(RestoreFlags),
    /// Run the library
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Print the description of the HTTP API (OpenAPI 3.1)
    Openapi,
    /// Write the manual's pages and the shells' completions into a folder
    #[command(hide = true)]
    Manual(ManualFlags),
}

/// `damask manual`.
#[derive(Debug, Args)]
pub struct ManualFlags {
    /// The folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// `damask serve`.
#[derive(Debug, Args)]
pub struct ServeFlags {
    /// Address and port [default: 127.0.0.1:8400]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// A further host name by which browsers reach this server
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
}

/// `damask import`.
#[derive(Debug, Args)]
pub struct ImportFlags {
    /// Files and folders; folders with all that is in them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// One JSON object a file on standard output
    #[arg(long)]
    pub json: bool,
    /// Leave previews for later
    #[arg(long)]
    pub no_previews: bool,
    /// End when every file is stored, without waiting for descriptions and previews (a running server makes them
    /// anyway, and is never waited for)
    #[arg(long)]
    pub no_wait: bool,
}

/// `damask search`.
#[derive(Debug, Args)]
pub struct SearchFlags {
    /// The query; see docs/guide/query.md
    #[arg(default_value = "*", allow_hyphen_values = true)]
    pub query: String,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// One JSON object an asset
    #[arg(long)]
    pub json: bool,
}

/// `damask show`.
#[derive(Debug, Args)]
pub struct ShowFlags {
    /// The asset's id
    pub id: String,
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
    /// All embedded tags too
    #[arg(long)]
    pub tags: bool,
}

/// `damask get`.
#[derive(Debug, Args)]
pub struct GetFlags {
    /// The asset's id
    pub id: String,
    /// A rendition by recipe, e.g. box-1024x1024.jpg, instead of the original
    #[arg(long, value_name = "RECIPE")]
    pub rendition: Option<String>,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// `damask check`.
#[derive(Debug, Args)]
pub struct CheckFlags {
    /// One JSON object a finding
    #[arg(long)]
    pub json: bool,
    /// Do not read all bytes again, only see that they are there
    #[arg(long)]
    pub quick: bool,
    /// Mend what can be mended: the index, the tally, blobs that nothing names, bytes from the second place
    #[arg(long)]
    pub repair: bool,
}

/// `damask rekey`.
#[derive(Debug, Args)]
pub struct RekeyFlags {
    /// A file with the new key; the old one is that of the configuration
    #[arg(value_name = "FILE")]
    pub new_key_file: PathBuf,
}

/// `damask backup`.
#[derive(Debug, Args)]
pub struct BackupFlags {
    /// A folder, or s3://bucket/prefix [default: `to` in [backup] of the configuration]
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// A file with the key that seals the backup (or DAMASK_BACKUP_KEY)
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `damask backups`.
#[derive(Debug, Args)]
pub struct BackupsFlags {
    /// A folder, or s3://bucket/prefix [default: `to` in [backup] of the configuration]
    #[arg(value_name = "FROM")]
    pub from: Option<String>,
    /// A file with the key of the backups (or DAMASK_BACKUP_KEY)
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Read every piece and compare: of the last backup, of the one whose id begins so, or of `all`
    #[arg(long, value_name = "BACKUP", num_args = 0..=1, default_missing_value = "last")]
    pub verify: Option<String>,
    /// Remove all but the last N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "verify")]
    pub keep: Option<u32>,
    /// Remove those that are older than N days, but never the last
    #[arg(long, value_name = "N", conflicts_with = "verify")]
    pub keep_days: Option<u32>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `damask restore`.
#[derive(Debug, Args)]
pub struct RestoreFlags {
    /// A folder, or s3://bucket/prefix [default: `to` in [backup] of the configuration]
    #[arg(value_name = "FROM")]
    pub from: Option<String>,
    /// The backup whose id begins so [default: the last]
    #[arg(long, value_name = "BACKUP")]
    pub at: Option<String>,
    /// A file with the key of the backups (or DAMASK_BACKUP_KEY)
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `--json` alone.
#[derive(Debug, Args)]
pub struct JsonFlag {
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `damask admin …`.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Print a one-time link that makes an administrator
    SetupLink,
}

impl Flags {
    /// The configuration with these flags over everything else.
    pub fn config(&self) -> anyhow::Result<Config> {
        let (listen, hosts) = match &self.command {
            Command::Serve(serve) => {
                (serve.listen, Some(serve.hosts.clone()).filter(|hosts| !hosts.is_empty()))
            }
            _ => (None, None),
        };
        let settings = Settings {
            data: self.data.clone(),
            library: self.library.clone(),
            database: self.database.clone(),
            workers: self.workers,
            listen,
            hosts,
            ..Settings::default()
        };
        Config::read(settings, self.config.as_deref())
    }
}

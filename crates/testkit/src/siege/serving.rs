//! A running `damask serve` under siege, and the other commands on its library.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use serde_json::Value as Json;

use super::door::{Door, Request};
use super::look::Care;

/// How long a server may take until it is ready, and until it has ended in order.
const READY_MAX: Duration = Duration::from_secs(120);
const ENDED_MAX: Duration = Duration::from_secs(60);

/// A library and how it is started. The path of its folder must be short enough for a socket in it (100 bytes).
#[derive(Debug, Clone)]
pub struct Ground {
    /// The binary.
    pub binary: PathBuf,
    /// The folder that everything of the siege lies in.
    pub folder: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// Name of the library.
    pub library: String,
    /// Where its records are, if not in SQLite.
    pub database: Option<String>,
    /// What the server is started by (a program that watches it, and its arguments), before its own name.
    pub before: Vec<String>,
    /// What its environment has beside.
    pub environment: Vec<(String, String)>,
}

/// A server.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    socket: PathBuf,
    log: PathBuf,
}

impl Ground {
    /// A library in this folder, with its records in SQLite.
    #[must_use]
    pub fn new(binary: &Path, folder: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            data: folder.join("data"),
            library: "main".to_owned(),
            database: None,
            before: Vec::new(),
            environment: Vec::new(),
        }
    }

    fn dress(&self, command: &mut Command, words: &[&str]) {
        command.args(words).arg("--data").arg(&self.data).args(["--library", &self.library]);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        // Nothing of the surroundings: neither settings nor a file of them.
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("DAMASK_")) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(&self.folder).stdin(Stdio::null());
    }

    /// A command on the library, run to its end.
    pub fn run(&self, words: &[&str]) -> Result<Output> {
        let mut command = Command::new(&self.binary);
        self.dress(&mut command, words);
        command.output().with_context(|| format!("cannot start {}", self.binary.display()))
    }

    /// What a command prints that must end well.
    pub fn well(&self, words: &[&str]) -> Result<String> {
        let output = self.run(words)?;
        let (said, errors) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(said).into_owned();
        ensure!(output.status.success(), "`damask {}`: {} {said}{errors}", words.join(" "), output.status);
        Ok(said)
    }

    /// Starts the server and does not wait for it.
    pub fn start(&self) -> Result<Serving> {
        let mut words = self.before.iter().map(String::as_str);
        let mut command = match words.next() {
            Some(program) => {
                let mut command = Command::new(program);
                command.args(words).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        self.dress(&mut command, &["serve", "--listen", "127.0.0.1:0"]);
        let log = self.folder.join("server.log");
        let kept = File::options().create(true).append(true).open(&log)?;
        let child = command.stdout(Stdio::null()).stderr(kept).spawn();
        let child = child.with_context(|| format!("cannot start {command:?}"))?;
        Ok(Serving { child, socket: self.socket(), log })
    }

    /// Starts the server and waits until it is ready.
    pub fn serve(&self) -> Result<Serving> {
        let mut serving = self.start()?;
        serving.wait_until_ready()?;
        Ok(serving)
    }

    /// What `damask check` finds.
    pub fn faults(&self, care: Care) -> Result<Vec<String>> {
        let quick: &[&str] = if care == Care::All { &[] } else { &["--quick"] };
        let checked = self.run(&[&["check", "--json"], quick].concat())?;
        let said = String::from_utf8_lossy(&checked.stdout);
        let faults = said.lines().filter(|line| line.contains("\"fault\":true"));
        let mut faults: Vec<String> = faults.map(|line| format!("unclean: {line}")).collect();
        if !checked.status.success() && faults.is_empty() {
            let errors = String::from_utf8_lossy(&checked.stderr);
            faults.push(format!("unclean: the check ended with {}: {errors}", checked.status));
        }
        Ok(faults)
    }

    /// Those of these backups that are not there or not whole.
    pub fn lost_backups(&self, repository: &Path, ids: &[String]) -> Result<Vec<String>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let there = self.backups(repository, &[])?;
        let is_lost = |id: &&String| {
            let found = there.iter().find(|backup| backup["id"] == id.as_str());
            found.is_none_or(|backup| !backup["broken"].is_null())
        };
        Ok(ids.iter().filter(is_lost).map(|id| format!("lost: backup {id}")).collect())
    }

    /// The backups of a repository.
    pub fn backups(&self, repository: &Path, more: &[&str]) -> Result<Vec<Json>> {
        let repository = repository.to_str().context("the folder of a siege is UTF-8")?;
        let said = self.well(&[&["backups", repository, "--json"], more].concat())?;
        Ok(said.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    fn socket(&self) -> PathBuf {
        self.data.join("libraries").join(&self.library).join("damask.sock")
    }
}

impl Serving {
    /// The way to it.
    #[must_use]
    pub fn door(&self) -> Door {
        Door::at(self.socket.clone())
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process is there.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of its log.
    #[must_use]
    pub fn last_words(&self) -> String {
        const BYTES: usize = 2_000;
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log[log.floor_char_boundary(log.len().saturating_sub(BYTES))..].to_owned()
    }

    /// Waits until it says that it is ready.
    pub fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        let ready = Request::new("GET", "/api/v1/status");
        while !self.door().ask(&ready).is_ok_and(|answer| answer.status == 200) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}: {}", self.last_words());
            }
            ensure!(
                started.elapsed() < READY_MAX,
                "the server was not ready in {} s: {}",
                READY_MAX.as_secs(),
                self.last_words()
            );
            sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Kills it, as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill().context("a process we started can be killed")?;
        self.child.wait().context("a process we killed can be waited for")?;
        Ok(())
    }

    /// Tells it to end, and waits until it has.
    pub fn end(mut self) -> Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        ensure!(told.context("no kill")?.success(), "the server cannot be told to end");
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the server ended with {status}: {}", self.last_words());
                return Ok(());
            }
            ensure!(started.elapsed() < ENDED_MAX, "the server did not end: {}", self.last_words());
            sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

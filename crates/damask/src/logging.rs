//! Where log lines go: to standard error, where a terminal, systemd or a container takes them, or to a file that
//! another program (logrotate) moves away.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use anyhow::Context;
use tokio::runtime::Handle;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt as _, filter_fn},
    fmt,
    fmt::MakeWriter,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{config::Config, telemetry::Telemetry};

/// Starts logging: one event, one line. Commands that print answers (`quiet`) stay so but for warnings, and leave the
/// file and the collector to the server.
pub fn start(config: &Config, quiet: bool, runtime: &Handle) -> anyhow::Result<Outlets> {
    let wanted = if quiet && config.log == "info" { "warn" } else { &config.log };
    let filter = EnvFilter::try_new(wanted).with_context(|| format!("log = {wanted:?} is not a filter"))?;
    let file = match &config.log_file {
        Some(path) if !quiet => Some(LogFile::open(path)?),
        _ => None,
    };
    let lines = match &file {
        // Colours are for people, not for files.
        Some(file) => lines(config, file.clone(), false),
        None => lines(config, io::stderr, io::stderr().is_terminal()),
    };
    let telemetry = match &config.collector {
        Some(collector) if !quiet => Some(Telemetry::start(collector, runtime)?),
        _ => None,
    };
    // A line stands by itself; spans are the collector's.
    let mut layers = vec![lines.with_filter(filter.and(filter_fn(|about| about.is_event()))).boxed()];
    layers.extend(telemetry.as_ref().map(|telemetry| telemetry.layer().boxed()));
    Registry::default().with(layers).init();
    Ok(Outlets { file, telemetry })
}

/// Where what this process says goes, besides standard error.
#[derive(Clone, Debug)]
pub struct Outlets {
    /// The log, which has to be opened again when it was moved.
    pub file: Option<LogFile>,
    /// The collector.
    pub telemetry: Option<Telemetry>,
}

fn lines<Out>(config: &Config, out: Out, colours: bool) -> Box<dyn Layer<Registry> + Send + Sync>
where
    Out: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    if config.log_json {
        fmt::layer().json().with_writer(out).boxed()
    } else {
        fmt::layer().with_target(false).with_ansi(colours).with_writer(out).boxed()
    }
}

/// A file that lines are added to.
#[derive(Clone, Debug)]
pub struct LogFile {
    path: Arc<Path>,
    file: Arc<RwLock<File>>,
}

impl LogFile {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = opened(path).with_context(|| format!("cannot write the log {}", path.display()))?;
        Ok(Self { path: path.into(), file: Arc::new(RwLock::new(file)) })
    }

    /// Goes on in the file that has the name now. Where that cannot be, lines still go where they went.
    pub fn reopen(&self) -> io::Result<()> {
        let file = opened(&self.path)?;
        *self.file.write().unwrap_or_else(PoisonError::into_inner) = file;
        Ok(())
    }
}

/// Nobody but the group may read along.
fn opened(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o640).open(path)
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl io::Write for &LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
        io::Write::write(&mut &*file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use super::LogFile;

    #[test]
    fn a_log_that_was_moved_away_goes_on_under_its_name_when_it_is_opened_again() {
        let folder = tempfile::tempdir().expect("folder");
        let (path, moved) = (folder.path().join("damask.log"), folder.path().join("damask.log.1"));
        let log = LogFile::open(&path).expect("a file");
        let say = |words: &str| (&log).write_all(words.as_bytes()).expect("a line");
        say("one\n");
        fs::rename(&path, &moved).expect("moved");
        say("two\n");
        log.reopen().expect("a new file");
        say("three\n");
        assert_eq!(fs::read_to_string(&moved).expect("old"), "one\ntwo\n");
        assert_eq!(fs::read_to_string(&path).expect("new"), "three\n");
    }
}

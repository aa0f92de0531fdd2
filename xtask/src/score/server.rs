//! A running `damask serve`, stopped when it goes out of sight.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::binary::Binary;
use super::socket::Socket;
use super::{http, processes};

/// How long a server may take until it is ready, and work until it is settled.
const READY_MAX: Duration = Duration::from_secs(60);
const SETTLED_MAX: Duration = Duration::from_secs(3600);
const STOPPED_MAX: Duration = Duration::from_secs(20);

/// A server on a free port of this machine.
pub struct Server<'binary> {
    binary: &'binary Binary,
    data: PathBuf,
    child: Child,
    port: u16,
    /// From its start to its first ready answer.
    pub ready_after: Duration,
}

impl<'binary> Server<'binary> {
    /// Starts a server and waits until it says that it is ready.
    pub fn start(binary: &'binary Binary, data: &Path) -> Result<Self> {
        Self::start_with(binary, data, &[])
    }

    /// The same with settings from the environment.
    pub fn start_with(binary: &'binary Binary, data: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        // The port is free for as long as nobody else takes it between here and there.
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr())?.port();
        let log = data.with_extension("server.log");
        let mut command = binary.command(data, &["serve", "--listen", &format!("127.0.0.1:{port}")]);
        let start = Instant::now();
        let child = command
            .envs(settings.iter().copied())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .context("cannot start the server")?;
        let mut server = Self { binary, data: data.to_path_buf(), child, port, ready_after: Duration::ZERO };
        while !http::get(port, "/readyz").is_ok_and(|(status, _)| status == 200) {
            if let Some(status) = server.child.try_wait()? {
                bail!(
                    "the server ended with {status}: {}",
                    std::fs::read_to_string(&log).unwrap_or_default().trim()
                );
            }
            ensure!(start.elapsed() < READY_MAX, "the server was not ready after {} s", READY_MAX.as_secs());
            sleep(Duration::from_millis(5));
        }
        server.ready_after = start.elapsed();
        Ok(server)
    }

    /// The way in that people have.
    pub const fn door(&self) -> Socket {
        Socket::at(self.port)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs and answers.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
            && http::get(self.port, "/healthz").is_ok_and(|(status, _)| status == 200)
    }

    /// Waits until no job waits or runs and the pipeline and the index have read all of the journal; answers how
    /// often it asked.
    pub fn settle(&self) -> Result<f64> {
        let start = Instant::now();
        let mut asked = 0.0;
        loop {
            asked += 1.0;
            let status = self.binary.status(&self.data)?;
            if status.is_settled() {
                return Ok(asked);
            }
            ensure!(
                start.elapsed() < SETTLED_MAX,
                "work was not done after {} s: {status:?}",
                SETTLED_MAX.as_secs()
            );
            sleep(Duration::from_millis(200));
        }
    }

    /// The CPU time it and all its children have used, milliseconds.
    pub fn cpu_ms(&self) -> Result<f64> {
        processes::cpu_ms(self.pid())
    }

    /// The number of SQL statements so far, from its metrics.
    pub fn sql_statements(&self) -> Result<f64> {
        const NAME: &str = "damask_sql_statements_total";
        let (status, body) = http::get(self.port, "/metrics")?;
        ensure!(status == 200, "/metrics answered {status}");
        // A counter may be split by labels; their sum is the number.
        let values: Vec<f64> = body
            .lines()
            .filter(|line| line.strip_prefix(NAME).is_some_and(|rest| rest.starts_with([' ', '{'])))
            .filter_map(|line| line.rsplit(' ').next()?.parse().ok())
            .collect();
        ensure!(!values.is_empty(), "/metrics has no {NAME}");
        Ok(values.iter().sum())
    }

    /// Asks it to stop and waits; kills it when it does not.
    pub fn stop(mut self) -> Result<()> {
        // A signal needs no unsafe code when `kill` sends it.
        Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .stderr(Stdio::null())
            .status()
            .context("no kill")?;
        let start = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(start.elapsed() < STOPPED_MAX, "the server did not stop in {} s", STOPPED_MAX.as_secs());
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        processes::kill_and_await(&mut self.child)
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Nothing can be done about a failure here, and the next start would say so.
            drop(processes::kill_and_await(&mut self.child));
        }
    }
}

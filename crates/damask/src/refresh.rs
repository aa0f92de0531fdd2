//! What is taken up anew while the server runs, without dropping a connection: a log that was moved away, a
//! certificate that was renewed. SIGHUP asks for it; certificates are also looked at from time to time.

use std::{io::IsTerminal as _, sync::Arc, time::Duration};

use anyhow::Context;
use damask_server::{Standing, Tls, TlsFiles};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{logging::LogFile, wiring::now};

/// How often it is looked whether a certificate was renewed. It costs two questions to the file system.
const LOOKED_EVERY: Duration = Duration::from_secs(5);
/// How many looks there are between two warnings that a certificate ends.
const LOOKS_BETWEEN_WARNINGS: u32 = 17_280;

/// What can be taken up anew.
pub struct Refresh {
    /// The log, where it is a file.
    pub log: Option<LogFile>,
    /// TLS, where it is spoken.
    pub tls: Option<Arc<Tls>>,
}

/// TLS from these files; what is wrong with the certificate's dates is said.
pub fn tls(files: Option<&TlsFiles>) -> anyhow::Result<Option<Arc<Tls>>> {
    let Some(files) = files else { return Ok(None) };
    let tls = Tls::read(files.clone()).context("TLS cannot be spoken")?;
    warn_of_dates(&tls);
    Ok(Some(Arc::new(tls)))
}

fn warn_of_dates(tls: &Tls) {
    match tls.standing(now()) {
        Standing::Good => {}
        Standing::EndsSoon { days } => tracing::warn!(days, "the certificate ends soon: renew it"),
        Standing::Ended => {
            tracing::error!("the certificate has ended: browsers refuse it until it is renewed")
        }
        Standing::NotYet => tracing::error!("the certificate does not hold yet: browsers refuse it"),
    }
}

impl Refresh {
    /// Goes on for as long as the server runs.
    pub fn start(self) -> anyhow::Result<()> {
        // With nothing to take up, a terminal that is closed ends the server, as it ends other programs.
        let heeds = self.log.is_some() || self.tls.is_some() || !std::io::stderr().is_terminal();
        if heeds {
            tokio::spawn(self.run(signal(SignalKind::hangup())?));
        }
        Ok(())
    }

    async fn run(self, mut hangups: Signal) {
        let mut looks = tokio::time::interval(LOOKED_EVERY);
        let mut looked = 0_u32;
        loop {
            let asked = tokio::select! {
                _ = hangups.recv() => true,
                _ = looks.tick(), if self.tls.is_some() => false,
            };
            if asked {
                self.reopen_log();
            }
            if let Some(tls) = &self.tls {
                looked = looked.wrapping_add(1);
                look(Arc::clone(tls), asked, looked.is_multiple_of(LOOKS_BETWEEN_WARNINGS)).await;
            }
        }
    }

    fn reopen_log(&self) {
        match self.log.as_ref().map(LogFile::reopen) {
            None => {}
            Some(Ok(())) => tracing::info!("the log goes on here"),
            Some(Err(error)) => {
                tracing::error!(%error, "the log cannot be opened again; it goes on where it was")
            }
        }
    }
}

async fn look(tls: Arc<Tls>, asked: bool, warns: bool) {
    let looked = tokio::task::spawn_blocking(move || {
        let looked = tls.look_again(asked);
        if warns || matches!(looked, Ok(true)) {
            warn_of_dates(&tls);
        }
        looked
    });
    match looked.await {
        Ok(Ok(true)) => tracing::info!("a new certificate is in use"),
        Ok(Ok(false)) | Err(_) => {}
        Ok(Err(error)) => {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, why, "the new certificate is not taken; the one before stays in use");
        }
    }
}

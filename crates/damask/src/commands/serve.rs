//! `damask serve`: the API, the pages and the workers in one process.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use damask_flow::{Caller, govern::setup};
use damask_server::{Hosts, ServerOptions};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    Ending,
    config::Config,
    wiring::{Here, Part},
};

/// Serves until it is told to end (SIGINT, SIGTERM).
pub async fn run(config: Config) -> anyhow::Result<Ending> {
    let folder = config.library_folder();
    let hold = Here::hold(&folder)?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| match_in_use(config.listen))?;
    let address = listener.local_addr()?;
    let part = Part { slots: config.workers, address: Some(address), ..Part::default() };
    let here = Here::open(&config, hold, part).await?;
    let options =
        ServerOptions { library: config.library.clone(), hosts: hosts(&config), ..ServerOptions::default() };
    println!("Damask serves http://{address}/");
    if let Some(token) = setup::link(&here.damask, &Caller::local()).await? {
        println!("Nobody has an account yet. Make the first administrator (this link works once):");
        println!("  http://{address}/setup?token={token}");
    }
    damask_server::serve(listener, here.damask.clone(), options, told_to_end()?).await?;
    here.close().await;
    Ok(Ending::Done)
}

fn match_in_use(address: SocketAddr) -> String {
    format!("cannot listen on {address}; is it in use? choose another with --listen")
}

/// On loopback only names that cannot be another site's are answered; elsewhere names are the proxy's matter
/// unless some are given.
fn hosts(config: &Config) -> Hosts {
    if config.listen.ip().is_loopback() || !config.hosts.is_empty() {
        Hosts::Loopback(Arc::from(config.hosts.clone()))
    } else {
        Hosts::Any
    }
}

/// Ends when the process is asked to end.
pub fn told_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

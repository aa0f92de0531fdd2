//! `damask serve`: the API, the pages and the workers in one process.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use damask_flow::{Caller, govern::setup};
use damask_server::{Hosts, ServerOptions, Witness};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    Ending,
    config::Config,
    logging::Outlets,
    refresh::{self, Refresh},
    wiring::{Here, Part},
};

/// Serves until it is told to end (SIGINT, SIGTERM).
pub async fn run(config: Config, outlets: Outlets) -> anyhow::Result<Ending> {
    let tls = refresh::tls(config.tls.as_ref())?;
    let folder = config.library_folder();
    let hold = Here::hold(&folder)?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| match_in_use(config.listen))?;
    let address: Arc<str> = address(&config, listener.local_addr()?).into();
    let part = Part { slots: config.workers, address: Some(Arc::clone(&address)), ..Part::default() };
    let here = Here::open(&config, hold, part).await?;
    Refresh { log: outlets.file, tls: tls.clone() }.start()?;
    let telemetry = outlets.telemetry;
    if let Some(telemetry) = telemetry.clone() {
        tokio::spawn(telemetry.follow(here.damask.clone()));
    }
    let options = ServerOptions {
        library: config.library.clone(),
        hosts: hosts(&config),
        tls,
        trusted_proxies: Arc::from(config.trusted_proxies.clone()),
        witness: telemetry.map(|telemetry| Arc::new(telemetry) as Arc<dyn Witness>),
        ..ServerOptions::default()
    };
    println!("Damask serves {address}/");
    if let Some(token) = setup::link(&here.damask, &Caller::local()).await? {
        println!("Nobody has an account yet. Make the first administrator (this link works once):");
        println!("  {address}/setup?token={token}");
    }
    damask_server::serve(listener, here.damask.clone(), options, told_to_end()?).await?;
    here.close().await;
    Ok(Ending::Done)
}

/// How people reach the server that listens there. A certificate is for a name, so with TLS the first of the names
/// stands for the address.
pub fn address(config: &Config, listens: SocketAddr) -> String {
    match (&config.tls, config.hosts.first()) {
        (None, _) => format!("http://{listens}"),
        (Some(_), Some(name)) => format!("https://{name}:{}", listens.port()),
        (Some(_), None) => format!("https://{listens}"),
    }
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

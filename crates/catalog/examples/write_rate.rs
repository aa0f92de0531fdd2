//! Measures durable small writes: callers that each do one update and state one fact, over and over.
//!
//! `write_rate sqlite:/path/library.sqlite [CALLERS] [SECONDS]` or
//! `write_rate postgres://user@host/database [CALLERS] [SECONDS]` (in a schema of its own, `write_rate`).

use std::{
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

use damask_catalog::{Address, Catalog, CatalogError, Options, Urgency, cursors};
use damask_model::{ActorId, Change, Seq, Uuid, Verb};
use damask_time::Instant;

/// What is measured does not depend on the time of day.
fn now() -> Instant {
    Instant::from_micros(1)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("an address is needed: sqlite:PATH or postgres://…")?;
    let callers: usize = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let address = match address.strip_prefix("sqlite:") {
        Some(path) => Address::Sqlite(path.into()),
        None => Address::Postgres { url: address, schema: "write_rate".into() },
    };
    let catalog = Catalog::open(&address, Options::new(now)).await?;
    let (before, began) = (catalog.statements(), Stopwatch::now());
    let end = began + Duration::from_secs(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..callers {
        tasks.spawn(call(catalog.clone(), format!("caller {caller}").into(), end));
    }
    let mut waits: Vec<Duration> = Vec::new();
    for own in tasks.join_all().await {
        waits.extend(own?);
    }
    let spent = began.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at =
        |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
    println!("callers             {callers}");
    println!("writes/s            {:.0}", waits.len() as f64 / spent);
    println!("p50, p99 ms         {:.1}, {:.1}", at(50), at(99));
    println!("statements a write  {:.2}", (catalog.statements() - before) as f64 / waits.len() as f64);
    catalog.close().await;
    Ok(())
}

/// One caller: how long each of its writes took.
async fn call(catalog: Catalog, reader: Arc<str>, end: Stopwatch) -> Result<Vec<Duration>, CatalogError> {
    let (mut waits, actor, subject) = (Vec::new(), ActorId::fresh(), Uuid::now_v7());
    while Stopwatch::now() < end {
        let began = Stopwatch::now();
        let reader = reader.clone();
        let written: damask_catalog::Written<()> = catalog
            .write(Urgency::Interactive, async move |tx| -> Result<(), CatalogError> {
                let change = Change::added(serde_json::json!({"moved": "on"}));
                tx.fact(actor, Verb::AssetEdited, &[subject], change);
                cursors::set(tx, &reader, Seq(1)).await
            })
            .await?;
        debug_assert!(written.seq > Seq(0));
        waits.push(began.elapsed());
    }
    Ok(waits)
}

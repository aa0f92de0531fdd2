//! Row 3: bringing a photograph in costs the same in a library of a hundred thousand as in one of a thousand, in CPU
//! time and in SQL statements. Both libraries are open at once and take turns.

use anyhow::{Context, Result};

use super::super::board::Figure;
use super::super::server::Server;
use super::super::{Bench, figure, fixtures, median};
use super::{cost, library};

const RATIO_MAX: f64 = 1.20;
/// Commits are grouped by time, so the number of statements for the same files wavers a little.
const STATEMENTS_WAVER: f64 = 0.02;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let wish = &bench.wish;
    let small = library::of_small_files(bench, wish.assets_small)?;
    let large = library::of_small_files(bench, wish.assets_large)?;
    let servers = [Server::start(&bench.binary, &small)?, Server::start(&bench.binary, &large)?];
    let (mut costs, mut statements) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    let count = wish.photographs as u64;
    // One round more than counted: the first warms both up.
    for round in 0..=wish.rounds as u64 {
        let folder = bench.folder("growth-round")?;
        fixtures::photographs(&bench.fixtures, &folder, 2 + round * count..2 + (round + 1) * count)?;
        for (at, data) in [&small, &large].into_iter().enumerate() {
            let before = servers[at].sql_statements()?;
            let cost = cost::import(bench, &servers[at], data, &folder, &[])?;
            let after = servers[at].sql_statements()?;
            if round > 0 {
                costs[at].push(cost);
                statements[at].push(figure(usize::try_from(after - before)?) / figure(wish.photographs));
            }
        }
    }
    for server in servers {
        server.stop()?;
    }
    let middle = |figures| median(figures).context("at least one round is needed");
    let ([cost_small, cost_large], [sql_small, sql_large]) = (costs.map(middle), statements.map(middle));
    let (cost_small, cost_large, sql_small, sql_large) = (cost_small?, cost_large?, sql_small?, sql_large?);
    let (ratio, waver) = (cost_large / cost_small, (sql_large - sql_small).abs() / sql_small);
    Ok(Figure::new(format!("{ratio:.2}"), ratio <= RATIO_MAX && waver <= STATEMENTS_WAVER)
        .beside(format!(
            "{} assets: {cost_small:.1} CPU ms/file, {sql_small:.1} SQL statements/file",
            wish.assets_small
        ))
        .beside(format!(
            "{} assets: {cost_large:.1} CPU ms/file, {sql_large:.1} SQL statements/file",
            wish.assets_large
        )))
}

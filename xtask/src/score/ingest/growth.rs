//! Row 3: bringing a photograph in costs the same in a library of a hundred thousand as in one of a thousand, in CPU
//! time and in SQL statements. Both libraries are open at once and take turns.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::super::board::Figure;
use super::super::server::Server;
use super::super::{Bench, fixtures, median};
use super::{cost, library};

const RATIO_MAX: f64 = 1.20;
/// Workers and readers also look for work by the clock, so the number of statements for the same file wavers a little.
const STATEMENTS_WAVER: f64 = 0.02;
/// How often the price of asking for the status is taken.
const ASKED: u32 = 10;

/// A library that is served, and what was measured of it.
struct Served<'bench> {
    bench: &'bench Bench,
    assets: usize,
    data: PathBuf,
    server: Server<'bench>,
    /// CPU milliseconds a file, a round each.
    costs: Vec<f64>,
    /// SQL statements of each file that was brought in alone.
    statements: Vec<f64>,
}

pub fn measure(bench: &Bench) -> Result<Figure> {
    let (count, rounds) = (bench.wish.photographs as u64, bench.wish.rounds as u64);
    let mut both =
        [Served::start(bench, bench.wish.assets_small)?, Served::start(bench, bench.wish.assets_large)?];
    // One round more than counted: the first warms both up.
    for round in 0..=rounds {
        let folder = bench.folder("growth-round")?;
        fixtures::photographs(&bench.fixtures, &folder, 2 + round * count..2 + (round + 1) * count)?;
        for served in &mut both {
            let cost = cost::import(bench, &served.server, &served.data, &folder, &[])?;
            if round > 0 {
                served.costs.push(cost);
            }
        }
    }
    let first = 2 + (rounds + 1) * count;
    for number in first..first + count {
        let folder = bench.folder("growth-alone")?;
        fixtures::photographs(&bench.fixtures, &folder, number..number + 1)?;
        for served in &mut both {
            served.statements.push(served.statements_alone(&folder)?);
        }
    }
    let [small, large] = both.map(Served::end);
    let ((cost_small, sql_small, small), (cost_large, sql_large, large)) = (small?, large?);
    let (ratio, waver) = (cost_large / cost_small, (sql_large - sql_small).abs() / sql_small);
    let met = ratio <= RATIO_MAX && waver <= STATEMENTS_WAVER;
    Ok(Figure::new(format!("{ratio:.2}"), met).beside(small).beside(large))
}

impl<'bench> Served<'bench> {
    fn start(bench: &'bench Bench, assets: usize) -> Result<Self> {
        let data = library::of_small_files(bench, assets)?;
        let server = Server::start(&bench.binary, &data)?;
        Ok(Self { bench, assets, data, server, costs: Vec::new(), statements: Vec::new() })
    }

    /// The SQL statements for one photograph that comes alone. Of many at once the commits are grouped as they happen
    /// to meet, which says something of the clock and nothing of the size of the library.
    fn statements_alone(&self, folder: &Path) -> Result<f64> {
        let before = self.server.sql_statements()?;
        self.bench.binary.import(&self.data, folder, &[])?;
        let asked = self.server.settle()?;
        let after = self.server.sql_statements()?;
        // Each asking costs statements as well, which are not the file's.
        let asked_again = (0..ASKED).map(|_| self.server.settle()).sum::<Result<f64>>()?;
        let asking = (self.server.sql_statements()? - after) / asked_again;
        Ok(after - before - asked * asking)
    }

    /// CPU milliseconds and SQL statements a file, and both in words.
    fn end(self) -> Result<(f64, f64, String)> {
        self.server.stop()?;
        let cost = median(self.costs).context("at least one round is needed")?;
        let statements = median(self.statements).context("at least one photograph is needed")?;
        let words = format!(
            "{} assets: {cost:.1} CPU ms/file, {statements:.1} SQL statements for a file alone",
            self.assets
        );
        Ok((cost, statements, words))
    }
}

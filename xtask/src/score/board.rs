//! The table: one line a row, comparisons beneath it, and the last line `score <area>: N of M`.

use anyhow::Result;

/// What a row came to.
#[derive(Debug)]
pub struct Figure {
    /// The figure or figures, as text.
    pub value: String,
    /// Whether the goal is met.
    pub met: bool,
    /// What stands beside it: peers and floors of the same run, counts, the first differences.
    pub beside: Vec<String>,
}

impl Figure {
    pub fn new(value: impl Into<String>, met: bool) -> Self {
        Self { value: value.into(), met, beside: Vec::new() }
    }

    #[must_use]
    pub fn beside(mut self, words: impl Into<String>) -> Self {
        self.beside.push(words.into());
        self
    }

    /// Some of many, so that a page of differences stays a page.
    #[must_use]
    pub fn beside_all(mut self, words: Vec<String>) -> Self {
        const SHOWN_MAX: usize = 20;
        let more = words.len().saturating_sub(SHOWN_MAX);
        self.beside.extend(words.into_iter().take(SHOWN_MAX));
        if more > 0 {
            self.beside.push(format!("and {more} more"));
        }
        self
    }
}

/// One row of the table.
pub struct Row {
    pub id: u8,
    pub name: &'static str,
    pub unit: &'static str,
    pub goal: &'static str,
    /// Why not, when it could not be measured.
    pub outcome: Result<Figure>,
}

impl Row {
    /// A row that could not be measured is not met.
    pub fn met(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|figure| figure.met)
    }

    fn lines(&self) -> Vec<String> {
        let (value, beside) = match &self.outcome {
            Ok(figure) => (figure.value.clone(), figure.beside.clone()),
            Err(why) => ("not measured".to_owned(), vec![format!("{why:#}")]),
        };
        let met = if self.met() { "yes" } else { "no" };
        let mut lines = vec![format!(
            "{:>3}  {:<58} {:>26} {:<12} {:<34} {met}",
            self.id, self.name, value, self.unit, self.goal
        )];
        lines.extend(beside.iter().map(|words| format!("       {words}")));
        lines
    }
}

/// The table of one area; rows are printed as they come, since some take long.
pub struct Board {
    area: String,
    rows: Vec<Row>,
}

impl Board {
    /// Prints the head.
    pub fn new(area: &str) -> Self {
        println!("{:>3}  {:<58} {:>26} {:<12} {:<34} met", "row", "figure", "value", "unit", "goal");
        Self { area: area.to_owned(), rows: Vec::new() }
    }

    /// Prints a row and keeps it for the sum.
    pub fn add(&mut self, row: Row) {
        println!("{}", row.lines().join("\n"));
        self.rows.push(row);
    }

    /// Prints the sum.
    pub fn finish(&self) {
        println!("\n{}", self.sum());
    }

    fn sum(&self) -> String {
        let met = self.rows.iter().filter(|row| row.met()).count();
        format!("score {}: {met} of {}", self.area, self.rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u8, outcome: Result<Figure>) -> Row {
        Row { id, name: "a figure", unit: "ms", goal: "≤ 40", outcome }
    }

    #[test]
    fn a_row_that_can_not_be_measured_says_why_and_is_not_met() {
        let row = row(1, Err(anyhow::anyhow!("no exiftool")));
        assert!(!row.met());
        assert!(row.lines().join("\n").contains("no exiftool"));
    }

    #[test]
    fn the_sum_counts_the_rows_that_are_met() {
        let mut board = Board::new("ingest");
        board.add(row(1, Ok(Figure::new("39", true).beside("exiftool 17"))));
        board.add(row(2, Ok(Figure::new("300", false))));
        board.add(row(3, Err(anyhow::anyhow!("not asked for"))));
        assert_eq!(board.sum(), "score ingest: 1 of 3");
    }
}

//! Where the hashes of a tree lie, as C2SP's `tlog-tiles` has it: tiles of up to 256 hashes, eight levels of the tree
//! apart, and bundles of up to 256 entries, named so that each is written once and can be kept for ever.

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;

/// Levels of the tree between the hashes of two levels of tiles.
pub const HEIGHT: u32 = 8;

/// A tile or a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The level of tiles; `None` is a bundle of entries.
    pub level: Option<u32>,
    /// Which of its level.
    pub index: u64,
    /// How many hashes or entries, 1 to [`WIDTH`]; fewer than that is partial.
    pub width: u64,
}

impl Tile {
    /// Its path below the log: `tile/0/x001/234`, `tile/entries/067.p/8`.
    pub fn path(&self) -> String {
        let level = self.level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
        let partial = if self.width == WIDTH { String::new() } else { format!(".p/{}", self.width) };
        format!("tile/{level}/{}{partial}", number(self.index))
    }

    /// The folder of all its partial forms, which are in the way of nobody once it is full.
    pub fn partials(&self) -> String {
        let level = self.level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
        format!("tile/{level}/{}.p", number(self.index))
    }
}

/// The tile that holds hash `index` of a level, in a log that holds `count` of that level.
pub fn holding(level: Option<u32>, index: u64, count: u64) -> Tile {
    let tile = index / WIDTH;
    Tile { level, index: tile, width: (count - tile * WIDTH).min(WIDTH) }
}

/// In groups of three digits, an x before all but the last: 1234067 is `x001/x234/067`.
fn number(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{Tile, holding};

    #[test]
    fn paths_are_those_of_the_specification() {
        let check = |level, index, width, path: &str| assert_eq!(Tile { level, index, width }.path(), path);
        check(Some(0), 1_234_067, 256, "tile/0/x001/x234/067");
        check(Some(3), 0, 5, "tile/3/000.p/5");
        check(None, 999, 256, "tile/entries/999");
        check(None, 1000, 1, "tile/entries/x001/000.p/1");
    }

    #[test]
    fn a_hash_lies_in_the_tile_that_its_log_has() {
        assert_eq!(holding(Some(0), 255, 256), Tile { level: Some(0), index: 0, width: 256 });
        assert_eq!(holding(Some(0), 256, 300), Tile { level: Some(0), index: 1, width: 44 });
    }
}

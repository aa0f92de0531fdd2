//! Names, titles, captions and keywords from a seed: the same seed gives the same words on every machine and for ever.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood 2014), written out here because a library's generator may change with
//! its version and with it every expectation of every test.

const SUBJECTS: [&str; 32] = [
    "harbour",
    "bridge",
    "market",
    "orchard",
    "lighthouse",
    "station",
    "library",
    "glacier",
    "festival",
    "workshop",
    "vineyard",
    "tram",
    "theatre",
    "quarry",
    "meadow",
    "ferry",
    "kiln",
    "observatory",
    "foundry",
    "dune",
    "choir",
    "carnival",
    "printing press",
    "lock gate",
    "weaver",
    "falcon",
    "beehive",
    "regatta",
    "archive",
    "mosaic",
    "canal",
    "greenhouse",
];
const MANNERS: [&str; 16] = [
    "at dawn",
    "in heavy rain",
    "under repair",
    "before the opening",
    "from above",
    "in winter light",
    "after the storm",
    "seen from the east",
    "with visitors",
    "by night",
    "in detail",
    "during the strike",
    "without people",
    "in spring",
    "on its last day",
    "in fog",
];
const GIVEN: [&str; 16] = [
    "Ada",
    "Björn",
    "Chiara",
    "Đorđe",
    "Elif",
    "Françoise",
    "Goran",
    "Hanako",
    "Ines",
    "Jürgen",
    "Kofi",
    "Léa",
    "Mateo",
    "Nneka",
    "Óscar",
    "Šárka",
];
const FAMILY: [&str; 16] = [
    "Almeida",
    "Brandt",
    "Castellanos",
    "Dvořák",
    "Eriksen",
    "Fontaine",
    "Grünwald",
    "Horvat",
    "Ito",
    "Jansen",
    "Kamau",
    "Łukasik",
    "Moreau",
    "Nakamura",
    "O'Brien",
    "Petrović",
];
const PLACES: [&str; 16] = [
    "Aarhus",
    "Bilbao",
    "Český Krumlov",
    "Dakar",
    "Évora",
    "Faro",
    "Gdańsk",
    "Hội An",
    "Izmir",
    "Jaipur",
    "Kraków",
    "Ljubljana",
    "Malmö",
    "Nîmes",
    "Oaxaca",
    "Zürich",
];

/// An endless, repeatable source of words.
#[derive(Debug, Clone)]
pub struct Words {
    state: u64,
}

/// What a person would write about one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// A file name without its extension; never the same twice from one [`Words`].
    pub stem: String,
    /// A short title.
    pub title: String,
    /// One sentence.
    pub caption: String,
    /// One to four different keywords.
    pub keywords: Vec<String>,
    /// Who made it.
    pub creator: String,
    /// A town.
    pub place: String,
}

impl Words {
    /// Words from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number, any of 2⁶⁴.
    pub const fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// One of the given.
    fn one_of<'list>(&mut self, list: &[&'list str]) -> &'list str {
        let place = self.below(list.len() as u64);
        list[usize::try_from(place).expect("below a list's length")]
    }

    /// A noun of the world, for a keyword.
    pub fn subject(&mut self) -> &'static str {
        self.one_of(&SUBJECTS)
    }

    /// A person's name, often with letters outside of ASCII.
    pub fn person(&mut self) -> String {
        format!("{} {}", self.one_of(&GIVEN), self.one_of(&FAMILY))
    }

    /// Everything a person would write about one picture.
    pub fn described(&mut self) -> Described {
        let subject = self.subject();
        let manner = self.one_of(&MANNERS);
        let place = self.one_of(&PLACES).to_owned();
        let creator = self.person();
        let mut keywords = vec![subject.to_owned()];
        for _ in 0..self.below(4) {
            let more = self.subject().to_owned();
            if !keywords.contains(&more) {
                keywords.push(more);
            }
        }
        Described {
            stem: format!("{}-{:016x}", subject.replace(' ', "_"), self.number()),
            title: format!("The {subject} {manner}"),
            caption: format!("The {subject} of {place} {manner}, seen by {creator}."),
            keywords,
            creator,
            place,
        }
    }

    /// Bytes without any pattern.
    pub fn noise(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.number().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_words() {
        assert_eq!(Words::new(7).described(), Words::new(7).described());
        assert_ne!(Words::new(7).described(), Words::new(8).described());
    }

    #[test]
    fn the_generator_is_splitmix64() {
        // First outputs for the seed 1234567, from the reference implementation in C.
        let mut words = Words::new(1_234_567);
        assert_eq!([words.number(), words.number()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn no_two_files_of_one_source_share_a_name() {
        let mut words = Words::new(1);
        let names: std::collections::BTreeSet<String> = (0..1000).map(|_| words.described().stem).collect();
        assert_eq!(names.len(), 1000);
    }
}

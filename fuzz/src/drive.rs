//! The search without coverage: seeds, turned over by a fixed chance, so that each run does the same.

use std::time::{Duration, Instant};

use crate::Target;

/// Most bytes of an input.
const INPUT_BYTES_MAX: usize = 4 << 10;
/// Longest a parser may take over one input of that size, in an unoptimised build on a busy machine.
const ONE_MAX: Duration = Duration::from_secs(5);
/// Changes to a seed at once.
const CHANGES_MAX: u64 = 6;
/// Numbers at the edges of what formats count with.
const EDGES: [u32; 10] = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/// Checks the seeds, and what becomes of them until the time is up. Answers how many inputs that were.
///
/// # Panics
/// When a law is broken; the input is in the message.
pub fn drive(target: Target, time: Duration) -> u64 {
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{} has no seed", target.name);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let started = Instant::now();
    let mut tried = 0;
    for seed in &seeds {
        check(target, seed);
        tried += 1;
    }
    while started.elapsed() < time {
        let mut input = chance.of(&seeds).clone();
        for _ in 0..=chance.below(CHANGES_MAX) {
            change(&mut input, &seeds, &mut chance);
        }
        input.truncate(INPUT_BYTES_MAX);
        check(target, &input);
        tried += 1;
    }
    tried
}

fn check(target: Target, input: &[u8]) {
    let started = Instant::now();
    let outcome = std::panic::catch_unwind(|| (target.check)(input));
    assert!(outcome.is_ok(), "{} breaks a law on b\"{}\"", target.name, input.escape_ascii());
    assert!(
        started.elapsed() < ONE_MAX,
        "{} takes {:?} over b\"{}\"",
        target.name,
        started.elapsed(),
        input.escape_ascii()
    );
}

fn change(input: &mut Vec<u8>, seeds: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.place(input.len() + 1);
    match chance.below(8) {
        0 => input.truncate(at),
        1 => input.insert(at, chance.byte()),
        2 => {
            let end = (at + chance.place(16)).min(input.len());
            input.drain(at..end);
        }
        3 => {
            let piece = input[at..(at + chance.place(64)).min(input.len())].to_vec();
            input.splice(at..at, piece);
        }
        4 => {
            let other = chance.of(seeds);
            let from = chance.place(other.len() + 1);
            let piece = &other[from..(from + chance.place(64)).min(other.len())];
            input.splice(at..at, piece.iter().copied());
        }
        5 => {
            let number = EDGES[chance.place(EDGES.len())];
            let bytes = if chance.below(2) == 0 { number.to_be_bytes() } else { number.to_le_bytes() };
            for (place, byte) in input[at..].iter_mut().zip(&bytes[chance.place(4)..]) {
                *place = *byte;
            }
        }
        6 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        _ => {
            if let Some(byte) = input.get_mut(at) {
                *byte = chance.byte();
            }
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): good enough to turn bytes over.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn place(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    fn of<'a, T>(&mut self, many: &'a [T]) -> &'a T {
        &many[self.place(many.len())]
    }
}

//! Fills an index with made-up documents and prints how long indexing, searching and counting take.
//!
//! `cargo run -p damask-search --example measure -- [documents] [folder]`

use std::{path::PathBuf, sync::Arc, time::Instant as Clock};

use damask_model::{AssetId, Seq, Uuid};
use damask_query::{Document, Query, Schema, Scope, Sort, Term};
use damask_search::{Change, FacetRequest, Index, Request, SearchError};
use damask_time::Instant;

const NOW: Instant = Instant::from_micros(1_786_000_000_000_000);
const ROUNDS: usize = 20;

fn main() -> Result<(), SearchError> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("damask-measure"), PathBuf::from);
    let schema = Arc::new(Schema::core());
    let (index, _) = Index::open(&folder, Arc::clone(&schema))?;
    let began = Clock::now();
    let first = u64::try_from(index.seq().0).unwrap_or(0);
    for start in (first..count).step_by(5_000) {
        let end = (start + 5_000).min(count);
        let puts: Vec<Change> = (start..end).map(|number| Change::Put(document(&schema, number))).collect();
        index.apply(&puts, Seq(i64::try_from(end).unwrap_or(i64::MAX)))?;
    }
    println!("indexed {} in {:.1} s", count.saturating_sub(first), began.elapsed().as_secs_f64());
    let began = Clock::now();
    index.apply(&[Change::Put(document(&schema, 1))], index.seq())?;
    println!("one document and commit {:.1} ms", began.elapsed().as_secs_f64() * 1e3);
    index.rest()?;
    println!("{:?}", index.size());
    let keywords = [FacetRequest::top("keywords", 20)];
    let five = ["type", "keywords", "camera", "state", "captured"].map(|field| FacetRequest::top(field, 20));
    for (name, text, sort, facets) in [
        ("rare word", "word4999", None, &[][..]),
        ("common word", "word1", None, &[]),
        ("two words", "word1 word2", None, &[]),
        ("phrase", "\"word1 word2\"", None, &[]),
        ("prefix", "word12*", None, &[]),
        ("everything, latest", "*", None, &[]),
        ("everything by name", "*", Some(Sort::by("name")), &[]),
        ("everything, keywords counted", "*", None, &keywords),
        ("everything, five facets", "*", None, &five),
        ("common word, five facets", "word1", None, &five),
        ("range and keyword", "width:>3000 keywords:key7 -type:video", None, &[]),
    ] {
        let query = Query::parse(text, &schema).expect("a lawful query");
        let scope = Scope::everything();
        let request =
            Request { query: &query, scope: &scope, sort, after: None, limit: 100, facets, now: NOW };
        let (mut times, mut total) = (Vec::new(), 0);
        for _ in 0..ROUNDS {
            let began = Clock::now();
            total = index.search(&request)?.total;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!(
            "{name:30} {total:8} hits  p50 {:7.2} ms  worst {:7.2} ms",
            times[ROUNDS / 2],
            times[ROUNDS - 1]
        );
    }
    Ok(())
}

/// Words and keywords as unevenly spread as in nature: the n-th about 1/n as often as the first.
fn document(schema: &Schema, number: u64) -> Document {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move |below: f64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let unit = (state >> 11) as f64 / (1_u64 << 53) as f64;
        (below.powf(unit) - 1.0) as u64
    };
    let mut words =
        |many: usize| (0..many).map(|_| format!("word{}", next(5_000.0))).collect::<Vec<_>>().join(" ");
    let mut document = Document::new(AssetId(Uuid::from_u64_pair(number, number)));
    let (title, caption) = (words(6), words(40));
    document.put(schema, "title", Term::Text(title));
    document.put(schema, "caption", Term::Text(caption));
    document.put(schema, "name", Term::Text(format!("IMG_{number:07}.JPG")));
    for _ in 0..8 {
        document.put(schema, "keywords", Term::Keyword(format!("key{}", next(5_000.0))));
    }
    let day = i64::try_from(number % 4_000).unwrap_or(0) * 86_400_000_000;
    let start = Instant::from_micros(NOW.micros - day);
    let span = |start: Instant| Term::Moment { start, end: start.plus_seconds(1) };
    document.put(schema, "captured", span(start));
    document.put(schema, "added", span(Instant::from_micros(number as i64 * 1_000_000)));
    document.put(
        schema,
        "type",
        Term::Keyword(["image", "image", "image", "video"][number as usize % 4].into()),
    );
    document.put(schema, "state", Term::Keyword(["new", "approved"][number as usize % 2].into()));
    document.put(schema, "camera", Term::Keyword(format!("Camera {}", next(60.0))));
    document.put(schema, "width", Term::Integer(1_000 + number as i64 % 5_000));
    document.put(schema, "bytes", Term::Integer(number as i64 * 1_000));
    document
}

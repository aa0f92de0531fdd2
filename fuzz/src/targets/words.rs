//! Languages people and programs write: queries, times, recipes. What is read can be printed, and reads again as
//! the same.

use damask_model::{FieldName, Recipe};
use damask_query::{FolderAsk, Query, Schema, Sort};
use damask_time::{Instant, Moment, Rate, Timecode};

use super::{text, texts};
use crate::Target;

/// All of this file.
pub const TARGETS: &[Target] = &[
    Target { name: "query", check: query, seeds: query_seeds },
    Target {
        name: "sort",
        check: sort,
        seeds: || texts(&["captured", "-captured", "added-", "relevance", "id"]),
    },
    Target { name: "moment", check: moment, seeds: moment_seeds },
    Target { name: "rate", check: rate, seeds: || texts(&["25", "30000/1001", "0/0", "24000/1001"]) },
    Target { name: "timecode", check: timecode, seeds: timecode_seeds },
    Target { name: "recipe", check: recipe, seeds: recipe_seeds },
    Target { name: "field-name", check: field_name, seeds: || texts(&["title", "iptc.by-line", "x:y"]) },
];

fn query(bytes: &[u8]) {
    let (text, schema) = (text(bytes), Schema::core());
    match Query::parse(&text, &schema) {
        Ok(query) => {
            let printed = query.to_string();
            let again = Query::parse(&printed, &schema);
            assert_eq!(again.as_ref(), Ok(&query), "printed as {printed}");
            let _ = query.folders();
            let _ = query.plan(&schema, Instant::from_micros(1_700_000_000_000_000));
        }
        Err(error) => {
            let length = text.chars().count();
            assert!(error.at.start <= length && error.at.start <= error.at.end, "{error:?}");
        }
    }
    let _ = FolderAsk::parse(&text);
}

fn query_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "harbour OR (boat -dawn) title:\"at sea\" sort:-captured",
        "width:1000..2000 iso:>=400 captured:2024-06 added:7d",
        "folder:News/2026 has:title missing:position tag:a,b*",
        "type:photo NOT (by:anna OR by:\"o\\\"b\") *",
        "duration:1:30..2:00 size:>10MB flash:yes added:today",
        "((((((((a))))))))",
    ])
}

fn sort(bytes: &[u8]) {
    let schema = Schema::core();
    if let Some(sort) = Sort::parse(&text(bytes), &schema) {
        let printed = sort.to_string();
        assert_eq!(Sort::parse(&printed, &schema), Some(sort), "printed as {printed}");
    }
}

fn moment(bytes: &[u8]) {
    if let Ok(moment) = Moment::parse(&text(bytes)) {
        let printed = moment.to_string();
        assert_eq!(Moment::parse(&printed), Ok(moment), "printed as {printed}");
        assert!(moment.first_instant() < moment.end_exclusive(), "{printed} has a length");
    }
}

fn moment_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "2026",
        "2026-06",
        "2026-06-30",
        "2026-06-30T12:34",
        "2026-06-30T23:59:59.123456+14:00",
        "0001-01-01T00:00Z",
    ])
}

fn rate(bytes: &[u8]) {
    if let Ok(rate) = Rate::parse(&text(bytes)) {
        assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
        assert!(rate.a_second() > 0.0);
    }
}

fn timecode(bytes: &[u8]) {
    for rate in [Rate::PAL_25, Rate::NTSC_30, Rate::NTSC_60, Rate::FILM_24] {
        if let Ok(timecode) = Timecode::parse(&text(bytes), rate) {
            let printed = timecode.to_string();
            assert_eq!(Timecode::parse(&printed, rate), Ok(timecode), "printed as {printed}");
        }
    }
}

fn timecode_seeds() -> Vec<Vec<u8>> {
    texts(&["01:00:00:00", "00:01:00;02", "23:59:59;29", "10;00;00;00", "00:00:00.00", "23:59:59:119"])
}

fn recipe(bytes: &[u8]) {
    if let Ok(recipe) = text(bytes).parse::<Recipe>() {
        let printed = recipe.to_string();
        assert_eq!(printed.parse::<Recipe>().ok(), Some(recipe), "printed as {printed}");
    }
}

fn recipe_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "box-800x600.jpg",
        "fit-800x600-q80.webp",
        "crop-100x8192-q1-p2.png",
        "proxy-540.mp4",
        "filmstrip.jpg",
        "peaks.json",
    ])
}

fn field_name(bytes: &[u8]) {
    if let Ok(name) = FieldName::parse(&text(bytes)) {
        assert_eq!(FieldName::parse(name.as_str()), Ok(name));
    }
}

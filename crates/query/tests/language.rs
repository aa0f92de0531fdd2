//! The language as people write it: what a text means, and what is said of a text that means nothing.

use damask_model::{AssetId, FolderId};
use damask_query::{DEPTH_MAX, Document, FolderAsk, LENGTH_MAX, Query, Schema, Scope, TERMS_MAX, Term};
use damask_time::{Instant, Moment};
use expect_test::{Expect, expect};

const NOW: &str = "2026-08-15T12:00:00Z";

fn at(text: &str) -> Instant {
    Moment::parse(text).expect(text).first_instant()
}

fn harbour() -> Document {
    let schema = Schema::core();
    let mut document = Document::new(AssetId(damask_model::Uuid::from_u128(7)));
    let mut put = |field: &str, term: Term| assert!(document.put(&schema, field, term), "{field}");
    let moment = |text: &str| {
        let moment = Moment::parse(text).expect(text);
        Term::Moment { start: moment.first_instant(), end: moment.end_exclusive() }
    };
    put("type", Term::Keyword("image".into()));
    put("name", Term::Text("IMG_0042.JPG".into()));
    put("title", Term::Text("Fishing boats in the old harbour".into()));
    put("caption", Term::Text("Boats at dawn. São Tomé; 東京タワー".into()));
    put("keywords", Term::Keyword("Old Town".into()));
    put("keywords", Term::Keyword("boat".into()));
    put("creator", Term::Keyword("Zoë Ångström".into()));
    put("width", Term::Integer(6_000));
    put("aperture", Term::Number(2.8));
    put("exposure_time", Term::Number(1.0 / 250.0));
    put("frame_rate", Term::Number(30_000.0 / 1_001.0));
    put("bytes", Term::Integer(9_800_000));
    put("flash", Term::Boolean(false));
    put("captured", moment("2026-06-14T06:12:00"));
    put("digitized", moment("2026"));
    put("added", moment("2026-08-15T08:00:00Z"));
    put("position", Term::Position);
    put("folder", Term::Folder(FolderId(damask_model::Uuid::from_u128(3))));
    document
}

/// `yes` finds the harbour, `no` does not.
fn check(queries: &str, found: bool) {
    let (schema, document) = (Schema::core(), harbour());
    for text in queries.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let query = Query::parse(text, &schema).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(query.matches(&schema, &document, at(NOW)), found, "{text} → {query:?}");
        let printed = query.to_string();
        assert_eq!(Query::parse(&printed, &schema).as_ref(), Ok(&query), "{text} printed as {printed}");
    }
}

#[test]
fn words_are_found_by_stem_prefix_and_phrase_without_case_and_accents() {
    check(
        "
        harbours
        HARBOUR fished
        harb*
        \"old harbour\"
        \"the old harb\"*
        \"in the old\"
        sao tome
        SÃO
        東京
        タワー
        京タ
        img_0042
        0042.jpg
        img_00*
        angstrom
        town
        title:boat
        title:\"old harbour\"
        caption:dawn
        name:42* OR name:0042
        *

        title:*
        ",
        true,
    );
    check(
        "
        harbourmaster
        \"harbours\"
        \"harbour old\"
        \"dawn fishing\"
        \"harbour boats\"
        東大
        title:dawn
        arbour*
        harbour -boats
        ",
        false,
    );
}

#[test]
fn keywords_and_codes_are_matched_whole() {
    check(
        "
        keywords:\"old town\"
        keywords:\"OLD  Town\"
        tag:boat
        keywords:nothing,boat
        keywords:old*
        keywords:\"old t\"*
        by:\"zoe angstrom\"
        type:image
        kind:photo
        ",
        true,
    );
    check("keywords:old\nkeywords:town*\ntype:video\n-tag:boat\nkeywords:a,b", false);
}

#[test]
fn numbers_sizes_and_times_are_compared() {
    check(
        "
        width:6000
        width:>=6000
        width:>5999
        width:5000..7000
        width:..6000
        width:6000..
        width:100,6000
        aperture:2.8
        f:<=2.8
        shutter:1/250
        shutter:<1/100
        fps:29.97
        size:9.8MB
        size:10MB
        size:>9MB
        flash:no
        captured:2026
        captured:2026-06
        captured:2026-06-14
        captured:\"2026-06-14 06:12\"
        captured:2026-06..2026-08
        captured:..2026
        captured:>2026-05
        captured:<2026-07
        captured:>=2026-06-14
        digitized:2026
        added:today
        added:7d
        added:1h,12h
        added:yesterday..today
        added:<=now
        ",
        true,
    );
    check(
        "
        width:5999
        width:>6000
        width:<6000
        aperture:2
        fps:30
        size:9MB
        flash:yes
        captured:2025
        captured:2026-07..
        captured:<2026-06
        captured:>2026-06
        digitized:2026-06
        digitized:<=2026-06
        added:yesterday
        added:2h
        duration:<1m
        duration:>=0
        ",
        false,
    );
}

#[test]
fn conditions_are_joined_by_and_or_not_and_parentheses() {
    check(
        "
        harbour AND dawn
        harbour dawn
        nothing OR dawn
        nothing OR (harbour dawn)
        -nothing
        NOT nothing
        NOT (nothing OR never)
        -(nothing harbour)
        --harbour
        harbour -nothing sort:-captured
        sort:captured- harbour
        has:position missing:duration has:tag
        nothing dawn OR harbour
        ",
        true,
    );
    check(
        "
        harbour AND nothing
        nothing OR never dawn
        -(harbour OR nothing)
        missing:title
        has:duration
        (nothing OR dawn) never
        ",
        false,
    );
}

#[test]
fn lower_case_and_or_not_are_words() {
    check("old and harbour", false);
    check("in the harbour", true);
}

#[test]
fn the_order_is_read_with_the_query_and_printed_behind_it() {
    let schema = Schema::core();
    for (text, printed) in [
        ("sort:captured- harbour", "harbour sort:-captured"),
        ("sort:-size", "sort:-bytes"),
        ("a OR b sort:title", "a OR b sort:title"),
        ("(a b) c", "a b c"),
        ("a OR (b OR c)", "a OR b OR c"),
        ("NOT (a b)", "-(a b)"),
        ("width:5..", "width:>=5"),
        ("Keywords:\"x\"", "keywords:x"),
        ("  ", "*"),
        ("caption:*", "has:caption"),
    ] {
        assert_eq!(Query::parse(text, &schema).expect(text).to_string(), printed);
    }
}

#[test]
fn a_folder_stands_for_all_that_lies_below_once_it_is_resolved() {
    let (schema, document) = (Schema::core(), harbour());
    let home = FolderId(damask_model::Uuid::from_u128(3));
    let query = Query::parse("folder:\"/News/2026/\"", &schema).expect("query");
    assert_eq!(query.folders(), [FolderAsk::Path("News/2026".into())]);
    let resolved = query.clone().resolve_folders(&mut |asked| {
        assert_eq!(asked, &FolderAsk::Path("News/2026".into()));
        Some(vec![home])
    });
    assert!(resolved.folders().is_empty());
    assert!(resolved.matches(&schema, &document, at(NOW)));
    let gone = query.resolve_folders(&mut |_| None);
    assert!(!gone.matches(&schema, &document, at(NOW)), "nothing lies in a folder that is not there");
    check("folder:/", true);
}

#[test]
fn a_query_whose_folders_were_not_resolved_finds_nothing_however_it_is_turned() {
    check("folder:News\n-folder:News\nharbour OR folder:News", false);
}

#[test]
fn a_scope_narrows_every_query() {
    let (schema, document) = (Schema::core(), harbour());
    let read = |text: &str| Query::parse(text, &schema).expect(text);
    let scope = Scope::of(read("type:video"));
    let narrowed = read("harbour OR dawn sort:title").and(scope.query().clone());
    assert_eq!(narrowed.to_string(), "(harbour OR dawn) type:video sort:title");
    assert!(!narrowed.matches(&schema, &document, at(NOW)));
    assert!(read("harbour").and(Scope::everything().query().clone()).matches(&schema, &document, at(NOW)));
}

fn refused(text: &str, expected: Expect) {
    let error = Query::parse(text, &Schema::core()).expect_err(text);
    let chars: Vec<char> = text.chars().collect();
    let pointed: String = chars[error.at.start..error.at.end.min(chars.len())].iter().collect();
    expected.assert_eq(&format!("{:?} {:?}: {} — {}", error.at, pointed, error.message, error.expected));
}

#[test]
fn a_query_that_is_not_whole_points_at_the_character_and_says_what_was_expected() {
    refused(
        "a \"b",
        expect![[r#"2..4 "\"b": this quote is never closed — a closing " at the end of the phrase"#]],
    );
    refused("(a b", expect![[r#"0..1 "(": this ( is never closed — a ) after the last condition"#]]);
    refused("a) b", expect![[r#"1..2 ")": this ) closes nothing — a ( before it, or no )"#]]);
    refused(
        "()",
        expect![[r#"1..1 "": a condition is missing here — a word, a "phrase", field:value, or (…)"#]],
    );
    refused(
        "a OR",
        expect![[r#"4..4 "": a condition is missing here — a word, a "phrase", field:value, or (…)"#]],
    );
}

#[test]
fn a_value_that_does_not_fit_its_field_is_pointed_at_with_one_that_would() {
    refused(
        "é captoin:x",
        expect![[
            r#"2..9 "captoin": there is no field "captoin" — caption:… perhaps; or put the words in "quotes""#
        ]],
    );
    refused(
        "zzz:x",
        expect![[
            r#"0..3 "zzz": there is no field "zzz" — a field like title, keywords or captured; or put the words in "quotes""#
        ]],
    );
    refused(
        "width:wide",
        expect![[r#"6..10 "wide": width cannot be "wide" — a whole number like 3000, >=3000 or 1000..2000"#]],
    );
    refused(
        "width:9..3",
        expect![[r#"6..10 "9..3": this range ends before it begins — the smaller first: 3..9"#]],
    );
    refused(
        "width: 3",
        expect![[
            r#"6..6 "": a value of width is missing here — a whole number like 3000, >=3000 or 1000..2000"#
        ]],
    );
    refused(
        "title:>3",
        expect![[
            r#"6..7 ">": title cannot be compared with < and > — a value; < and > compare numbers and dates"#
        ]],
    );
    refused(
        "captured:2026-13",
        expect![[
            r#"9..16 "2026-13": captured cannot be "2026-13" — a date like 2026, 2026-06, 2026-06-14, today, 7d, >=2026-06 or 2025..2026-06"#
        ]],
    );
    refused(
        "added:>7d",
        expect![[
            r#"7..9 "7d": 7d already means from 7d ago until now — added:7d alone, or a date, today or yesterday here"#
        ]],
    );
    refused(
        "type:imag",
        expect![[
            r#"5..9 "imag": type is never "imag" — one of image, video, audio, document, model, font, archive, timeline, other"#
        ]],
    );
    refused(
        "position:1",
        expect![[r#"9..10 "1": position cannot be compared — has:position or missing:position"#]],
    );
    refused(
        "has:nothing",
        expect![[
            r#"4..11 "nothing": there is no field "nothing" — a field like title, keywords or captured; or put the words in "quotes""#
        ]],
    );
}

#[test]
fn a_slip_in_the_form_is_pointed_at_with_the_right_form() {
    refused(
        "AND a",
        expect![[
            r#"0..3 "AND": AND stands between two conditions — a word, a "phrase", field:value, or (…)"#
        ]],
    );
    refused(
        "a AND OR b",
        expect![[r#"6..8 "OR": OR stands between two conditions — a word, a "phrase", field:value, or (…)"#]],
    );
    refused(
        "a - b",
        expect![[r#"2..3 "-": nothing is excluded here — a word, a "phrase", field:value, or (…)"#]],
    );
    refused(
        "a*b",
        expect![[
            r#"1..2 "*": a * can only stand at the end of a word — the beginning of a word and then *, like harb*"#
        ]],
    );
    refused(
        "a !!",
        expect![[
            r#"2..4 "!!": there are no letters or digits to search for — a word, a "phrase", or field:value"#
        ]],
    );
    refused("tag:\"a\"b", expect![[r#"7..8 "b": this joins two conditions — a space before it"#]]);
    refused(
        "(sort:title)",
        expect![[r#"1..5 "sort": sort: orders the whole result — sort: outside of ( ), OR and NOT"#]],
    );
}

#[test]
fn a_query_over_a_limit_is_refused_and_at_the_limit_is_taken() {
    let schema = Schema::core();
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Query::parse(&nested(DEPTH_MAX), &schema).is_ok());
    assert!(Query::parse(&nested(DEPTH_MAX + 1), &schema).is_err());
    assert!(Query::parse(&format!("{}a", "-".repeat(DEPTH_MAX + 1)), &schema).is_err());
    assert!(Query::parse(&"(".repeat(LENGTH_MAX), &schema).is_err());
    assert!(Query::parse(&"a ".repeat(TERMS_MAX), &schema).is_ok());
    assert!(Query::parse(&"a ".repeat(TERMS_MAX + 1), &schema).is_err());
    assert!(Query::parse(&format!("tag:a{}", ",b".repeat(TERMS_MAX)), &schema).is_err());
    assert!(Query::parse(&"a".repeat(LENGTH_MAX), &schema).is_ok());
    assert!(Query::parse(&"a".repeat(LENGTH_MAX + 1), &schema).is_err());
}

//! Printing a tree gives text that reads as the same tree, and no text makes the reader fail.

use damask_query::{Query, Schema};
use proptest::prelude::*;

const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "(",
    ")",
    "\"",
    "-",
    "*",
    "AND",
    "OR",
    "NOT",
    ":",
    ",",
    "..",
    ">=",
    "<",
    "\\",
    "a",
    "harb",
    "Äpfel",
    "東京",
    "3.5",
    "2026-06",
    "7d",
    "today",
    "title:",
    "tag:",
    "width:",
    "captured:",
    "size:",
    "10MB",
    "folder:",
    "News/2026",
    "has:",
    "missing:",
    "caption",
    "sort:",
    "-added",
    "relevance",
    "flash:",
    "yes",
    "id:",
    "01890a5d-ac96-774b-bcce-b302099a8057",
    "type:",
    "photo",
    "duration:",
    "1:30",
    "http://x",
    "'",
    "_",
    "\u{0}",
];

fn reads_again(text: &str) -> Result<(), TestCaseError> {
    let schema = Schema::core();
    match Query::parse(text, &schema) {
        Ok(query) => {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed, &schema), Ok(query), "{} printed as {}", text, printed);
        }
        Err(error) => {
            let length = text.chars().count();
            prop_assert!(
                error.at.start <= error.at.end && error.at.end <= length.max(error.at.start),
                "{error:?}"
            );
            prop_assert!(error.at.start <= length, "{:?} points past {}", error, text);
            prop_assert!(!error.message.is_empty() && !error.expected.is_empty());
        }
    }
    Ok(())
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-zäß東0-9]{1,6}",
        "[a-z]{1,4}\\*",
        "\"[ !#-\\[\\]-~]{0,6}[a-z]\"",
        "(title|caption|text|name):[a-z]{1,5}",
        "(tag|by|city):\"[ !#-\\[\\]-~é]{0,6}[a-z]\"",
        "(tag|by):[a-z]{1,3}(,[a-z]{1,3}){0,2}\\*?",
        "(width|iso|size):(>|>=|<|<=)?[0-9]{1,4}",
        "(width|f|duration):[0-9]{1,3}\\.\\.[1-9][0-9]{3}",
        "(captured|added):(19|20)[0-9]{2}(-0[1-9])?",
        "(has|missing):(title|position|folder|tag)",
        "folder:[A-Za-z]{1,5}(/[0-9]{1,2})?",
        Just("added:today".to_owned()),
        Just("*".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.clone().prop_map(|part| format!("-{part}")),
            inner.prop_map(|part| format!("NOT {part}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_lawful_query_reads_as_it_prints(text in condition(), sorted in any::<bool>()) {
        let text = if sorted { format!("{text} sort:-added") } else { text };
        prop_assert!(Query::parse(&text, &Schema::core()).is_ok(), "{}: {:?}", text, Query::parse(&text, &Schema::core()));
        reads_again(&text)?;
    }

    #[test]
    fn any_mix_of_its_signs_is_read_or_refused_with_a_place(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
        reads_again(&pieces.concat())?;
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in ".{0,40}") {
        reads_again(&text)?;
    }
}

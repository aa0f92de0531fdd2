//! What a fact says of records, as it stands in its payload: `"rows":[[table, key, digest], …]`, the digest in base64,
//! null where the record is no more.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use serde_json::{Value as Json, json};

use super::keep::Told;

/// What one fact says: each record of its with the digest, `None` where it is no more.
pub(crate) type Said = BTreeMap<(String, String), Option<Vec<u8>>>;

/// What a payload says of records; `None` where it says nothing of any.
pub(crate) fn said(payload: &str) -> Option<Said> {
    let payload: Json = serde_json::from_str(payload).ok()?;
    let mut said = Said::new();
    for row in payload.get("rows")?.as_array()? {
        let (table, key) = (row.get(0)?.as_str()?, row.get(1)?.as_str()?);
        let digest = match row.get(2)? {
            Json::Null => None,
            text => Some(BASE64.decode(text.as_str()?).ok()?),
        };
        said.insert((table.to_owned(), key.to_owned()), digest);
    }
    Some(said)
}

/// What each fact says, by its id, as its payload has it. Of what it says of a record more than once the last counts.
pub(crate) fn by_fact(told: Vec<Told>) -> BTreeMap<String, Vec<Json>> {
    let last: BTreeMap<_, _> =
        told.into_iter().map(|Told { fact, table, key, digest }| ((fact, table.name, key), digest)).collect();
    let mut said: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for ((fact, table, key), digest) in last {
        said.entry(fact).or_default().push(json!([table, key, digest.map(|digest| BASE64.encode(digest))]));
    }
    said
}

//! `damask search`: prints every asset a query finds, page by page.

use std::io::{self, BufWriter, Write};

use damask_flow::find::is_unseen;
use serde_json::Value as Json;

use crate::{Ending, flags::SearchFlags, wiring::Session};

/// Assets asked for at once.
const PAGE: usize = 200;

/// Prints the hits of a query, all of them unless a limit is given.
pub async fn run(session: &Session, flags: SearchFlags) -> anyhow::Result<Ending> {
    let mut out = BufWriter::new(io::stdout().lock());
    let query = escaped(&seen(&flags.query));
    let mut left = flags.limit.unwrap_or(usize::MAX);
    let mut after: Option<String> = None;
    while left > 0 {
        let mut path = format!("/api/v1/assets?q={}&limit={}", query, left.min(PAGE));
        if let Some(cursor) = &after {
            path.push_str(&format!("&after={}", escaped(cursor)));
        }
        let page: Json = session.client.get(&path).await?;
        let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        for item in items.iter().take(left) {
            if flags.json {
                let whole: Json = session.client.get(&format!("/api/v1/assets/{}", text(item, "id"))).await?;
                writeln!(out, "{}", super::show::line(&whole))?;
            } else {
                writeln!(out, "{}  {:<9} {}", text(item, "id"), text(item, "kind"), text(item, "name"))?;
            }
        }
        left = left.saturating_sub(items.len());
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() || items.is_empty() {
            break;
        }
    }
    out.flush()?;
    Ok(Ending::Done)
}

/// A text of an object; empty where it has none of that name.
pub fn text<'a>(item: &'a Json, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

/// A query pasted from a file's metadata may hold characters that control a device. Values are searched without them.
fn seen(query: &str) -> String {
    query.chars().filter(|letter| !is_unseen(*letter)).collect()
}

/// Percent-escapes everything that is not unreserved in a URI (RFC 3986, 2.3).
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, seen};

    #[test]
    fn a_query_survives_its_way_through_a_url() {
        assert_eq!(escaped("keywords:\"été\" & x"), "keywords%3A%22%C3%A9t%C3%A9%22%20%26%20x");
        assert_eq!(seen("keywords:\"old\u{1c} town\""), "keywords:\"old town\"");
    }
}

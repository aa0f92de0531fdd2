//! Row 6: every photograph whose first keyword exiftool reads is found by that keyword, and its original comes back bit
//! for bit.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::super::Bench;
use super::super::board::Figure;
use super::super::server::Server;
use super::library;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let corpus = library::of_corpus(bench)?;
    let assets: BTreeMap<&str, &str> =
        corpus.lines.iter().filter_map(|line| Some((line.path.as_str(), line.asset.as_deref()?))).collect();
    let photographs = first_keywords(bench)?;
    let server = Server::start(&bench.binary, &corpus.data)?;
    let aside = bench.folder("found")?;
    let (mut right, mut wrong) = (0, Vec::new());
    for (path, keyword) in &photographs {
        let Some(asset) = assets.get(path.as_str()) else {
            wrong.push(format!("no asset: {path}"));
            continue;
        };
        let query = query(keyword);
        let hits = bench.binary.search(&corpus.data, &query);
        if !hits.is_ok_and(|hits| hits.iter().any(|hit| hit.id == *asset)) {
            wrong.push(format!("not found by {query}: {path}"));
        } else if bench.binary.original(&corpus.data, asset, &aside)? == Some(std::fs::read(path)?) {
            right += 1;
        } else {
            wrong.push(format!("another original: {path}"));
        }
    }
    server.stop()?;
    let met = !photographs.is_empty() && right == photographs.len();
    Ok(Figure::new(format!("{right} of {}", photographs.len()), met).beside_all(wrong))
}

fn query(keyword: &str) -> String {
    format!("keywords:\"{}\"", keyword.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The path of each picture of the corpus that has keywords, with the first one exiftool names: IPTC's, or XMP's where
/// there is no IPTC.
fn first_keywords(bench: &Bench) -> Result<Vec<(String, String)>> {
    let output = Command::new("exiftool")
        .args(["-j", "-r", "-q", "-q", "-a", "-MIMEType", "-IPTC:Keywords", "-XMP-dc:Subject"])
        .arg(&bench.corpus)
        .stdin(Stdio::null())
        .output()
        .context("cannot start exiftool")?;
    // exiftool's exit code is 1 as soon as one file is broken; what it printed still counts.
    ensure!(
        !output.stdout.is_empty(),
        "exiftool printed nothing: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read: Vec<Value> =
        serde_json::from_str(&String::from_utf8_lossy(&output.stdout)).context("exiftool prints JSON")?;
    Ok(read.iter().filter_map(keyword_of).collect())
}

fn keyword_of(file: &Value) -> Option<(String, String)> {
    let path = file.get("SourceFile")?.as_str()?;
    let is_picture = file.get("MIMEType")?.as_str()?.starts_with("image/");
    let first = |tag: &str| match file.get(tag)? {
        Value::Array(list) => text(list.first()?),
        one => text(one),
    };
    let keyword = first("Keywords").or_else(|| first("Subject"))?;
    (is_picture && !keyword.trim().is_empty()).then(|| (path.to_owned(), keyword))
}

/// exiftool prints what looks like a number or a truth value without quotes.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(file: &Value, expected: Option<&str>) {
        assert_eq!(keyword_of(file).map(|(_, keyword)| keyword).as_deref(), expected, "{file}");
    }

    #[test]
    fn the_first_keyword_is_iptcs_or_else_xmps() {
        let file = |mime: &str, keywords: Value, subject: Value| json!({"SourceFile": "a", "MIMEType": mime, "Keywords": keywords, "Subject": subject});
        check(&file("image/jpeg", json!(["harbour", "fog"]), json!("bridge")), Some("harbour"));
        check(&file("image/jpeg", Value::Null, json!(["bridge"])), Some("bridge"));
        check(&file("image/jpeg", json!(2024), Value::Null), Some("2024"));
        check(&file("application/pdf", json!("harbour"), Value::Null), None);
        check(&file("image/jpeg", json!(" "), Value::Null), None);
    }

    #[test]
    fn quotes_of_a_keyword_are_guarded() {
        assert_eq!(query("5\" \\ disk"), "keywords:\"5\\\" \\\\ disk\"");
    }
}

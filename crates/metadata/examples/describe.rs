//! Prints what Damask reads of files, one JSON object a line: `{path, media_type, kind, fields, findings}`.
//!
//! Reads an answer of exiftool for many files (run with `EXIFTOOL_ARGUMENTS`) from standard input; the files
//! themselves are opened to identify them. Its lines are what `xtask/score/judge_fields.py` takes.

use std::{fs::File, io::Read};

use damask_metadata::{EXIFTOOL_ARGUMENTS, Tags, describe, essence_hash, identify};
use damask_model::Value;
use serde_json::{Map, Value as Json, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().nth(1).as_deref() == Some("--arguments") {
        println!("{}", EXIFTOOL_ARGUMENTS.join("\n"));
        return Ok(());
    }
    let mut answer = String::new();
    std::io::stdin().read_to_string(&mut answer)?;
    let files: Vec<Json> = serde_json::from_str(&answer)?;
    for file in files {
        let path = file["SourceFile"].as_str().ok_or("no SourceFile")?;
        let source = File::open(path)?;
        let identified = identify(&source, path)?;
        let essence = essence_hash(&source, identified.media_type)?;
        let tags = Tags::from_value(&file)?;
        let fields: Map<String, Json> = describe(&tags, identified.kind)
            .into_iter()
            .map(|(name, values)| (name.to_string(), values.iter().map(|(value, _)| plain(value)).collect()))
            .collect();
        let findings: Vec<String> = identified
            .findings
            .iter()
            .map(|finding| format!("{}: {}", finding.code, finding.detail))
            .collect();
        println!(
            "{}",
            json!({
                "path": path,
                "media_type": identified.media_type,
                "kind": identified.kind.name(),
                "essence": essence.map(|hash| hash.to_string()),
                "fields": fields,
                "findings": findings,
            })
        );
    }
    Ok(())
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Localized { language, text } => json!({ "language": language, "text": text }),
        Value::Integer(number) => json!(number),
        Value::Number(number) => json!(number),
        Value::Boolean(truth) => json!(truth),
        Value::Moment(moment) => json!(moment.to_string()),
        Value::Position { latitude, longitude, altitude_m } => {
            json!({ "latitude": latitude, "longitude": longitude, "altitude_m": altitude_m })
        }
        Value::Rate(rate) => json!(rate.to_string()),
    }
}

//! `damask show`: all that is known of one asset.

use serde_json::{Map, Value as Json, json};

use crate::{Ending, commands::search::escaped, flags::ShowFlags, wiring::Session};

/// Prints one asset.
pub async fn run(session: &Session, flags: ShowFlags) -> anyhow::Result<Ending> {
    let path = format!("/api/v1/assets/{}", escaped(&flags.id));
    let asset: Json = session.client.get(&path).await?;
    let mut object = line(&asset);
    if flags.tags {
        let tags: Json = session.client.get(&format!("{path}/tags")).await?;
        object["tags"] = tags["items"].clone();
    }
    if flags.json {
        println!("{object}");
    } else {
        print_for_people(&asset, &object);
    }
    Ok(Ending::Done)
}

/// The contract's object of an asset: `id`, `kind`, `name`, `state`, `fields` and what else is known.
pub fn line(asset: &Json) -> Json {
    let mut fields = Map::new();
    for field in asset["fields"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let values: Vec<Json> = field["values"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|value| value["value"].clone())
            .collect();
        if let Some(name) = field["name"].as_str().filter(|_| !values.is_empty()) {
            fields.insert(name.to_owned(), Json::Array(values));
        }
    }
    let mut object = json!({ "fields": fields });
    for name in [
        "id",
        "kind",
        "name",
        "state",
        "version",
        "media_type",
        "bytes",
        "hash",
        "essence_hash",
        "added",
        "previewed",
        "failed",
        "findings",
        "locations",
        "probe",
    ] {
        object[name] = asset[name].clone();
    }
    object
}

fn print_for_people(asset: &Json, object: &Json) {
    let text = |name: &str| asset[name].as_str().unwrap_or_default().to_owned();
    println!("{}  ({}, {}, {} bytes)", text("name"), text("kind"), text("media_type"), asset["bytes"]);
    println!("id {}   state {}   added {}", text("id"), text("state"), text("added"));
    for field in asset["fields"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let values: Vec<&str> = field["values"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(|value| value["display"].as_str())
            .collect();
        if !values.is_empty() {
            println!("{:>22}  {}", field["label"].as_str().unwrap_or_default(), values.join("; "));
        }
    }
    for finding in asset["findings"].as_array().map(Vec::as_slice).unwrap_or_default() {
        println!(
            "{:>22}  {}",
            finding["code"].as_str().unwrap_or_default(),
            finding["detail"].as_str().unwrap_or_default()
        );
    }
    for tag in object["tags"].as_array().map(Vec::as_slice).unwrap_or_default() {
        println!(
            "{:>30}:{:<32} {}",
            tag["group"].as_str().unwrap_or_default(),
            tag["name"].as_str().unwrap_or_default(),
            tag["value"]
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::line;

    #[test]
    fn an_asset_is_printed_with_its_fields_as_lists_of_values() {
        let asset = json!({
            "id": "a", "kind": "image", "name": "x.jpg", "state": "new",
            "fields": [
                { "name": "keywords", "values": [{ "value": "sea" }, { "value": "harbour" }] },
                { "name": "title", "values": [] },
            ],
        });
        let object = line(&asset);
        assert_eq!(object["fields"], json!({ "keywords": ["sea", "harbour"] }));
        assert_eq!(object["name"], "x.jpg");
    }
}

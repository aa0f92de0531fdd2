//! `damask show`: all that is known of one asset.

use std::fmt::Display;

use indicatif::HumanBytes;
use serde_json::{Map, Value as Json, json};

use crate::{
    Ending,
    commands::search::{escaped, text},
    flags::ShowFlags,
    wiring::Session,
};

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
    for field in list(asset, "fields") {
        let values: Vec<Json> = list(field, "values").iter().map(|value| value["value"].clone()).collect();
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
        "versions",
        "probe",
    ] {
        object[name] = asset[name].clone();
    }
    object
}

fn print_for_people(asset: &Json, object: &Json) {
    let size = HumanBytes(asset["bytes"].as_u64().unwrap_or(0));
    println!("{}  ({}, {}, {size})", text(asset, "name"), text(asset, "kind"), text(asset, "media_type"));
    println!("id {}   state {}   added {}", text(asset, "id"), text(asset, "state"), text(asset, "added"));
    for field in list(asset, "fields") {
        let values: Vec<&str> = list(field, "values").iter().map(|value| text(value, "display")).collect();
        if !values.is_empty() {
            row(text(field, "label"), values.join("; "));
        }
    }
    for place in list(asset, "locations") {
        row(text(place, "place"), text(place, "path"));
    }
    // The first is the one that was told of above.
    for version in list(asset, "versions").iter().skip(1) {
        let size = HumanBytes(version["bytes"].as_u64().unwrap_or(0));
        row(&format!("version {}", version["number"]), format!("{size}, {}", text(version, "created")));
    }
    for finding in list(asset, "findings") {
        row(text(finding, "code"), text(finding, "detail"));
    }
    for tag in list(object, "tags") {
        println!("{:>30}:{:<32} {}", text(tag, "group"), text(tag, "name"), tag["value"]);
    }
}

fn row(label: &str, what: impl Display) {
    println!("{label:>22}  {what}");
}

fn list<'a>(object: &'a Json, name: &str) -> &'a [Json] {
    object[name].as_array().map(Vec::as_slice).unwrap_or_default()
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

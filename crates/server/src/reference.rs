//! The reference page at `/api/docs`, written from the API's description. One page without scripts, and
//! nothing from any other host.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

use crate::problem::CODES;

const HEAD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8>\
    <meta name=viewport content='width=device-width'><title>Damask API</title><style>\
    :root{color-scheme:light dark;--line:#8884}body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;\
    margin:2rem auto;padding:0 1rem}h2{margin-top:3rem}h3{margin:2rem 0 .25rem;border-top:1px solid var(--line);\
    padding-top:1rem}code,h3{font-family:ui-monospace,monospace;font-size:.92em}table{border-collapse:collapse;\
    width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-top:1px solid \
    var(--line)}th{font-weight:600}nav{columns:2}nav a{display:block}</style></head><body>";

/// The page for that description.
pub fn page(api: &Json) -> String {
    let mut page = HEAD.to_owned();
    let info = &api["info"];
    let _ = write!(
        page,
        "<h1>{} API</h1><p>{}</p><p>For programs: <a href=/api/openapi.json>openapi.json</a> (OpenAPI 3.1).</p>",
        text(&info["title"]),
        text(&info["description"])
    );
    let empty = Map::new();
    let paths = api["paths"].as_object().unwrap_or(&empty);
    for tag in api["tags"].as_array().into_iter().flatten() {
        let _ = write!(page, "<h2>{}</h2><p>{}</p>", text(&tag["name"]), text(&tag["description"]));
        for (path, item) in paths {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if operation["tags"][0] == tag["name"] {
                    write_operation(&mut page, path, method, operation);
                }
            }
        }
    }
    write_codes(&mut page);
    write_schemas(&mut page, &api["components"]["schemas"]);
    page.push_str("</body></html>");
    page
}

fn write_operation(page: &mut String, path: &str, method: &str, operation: &Json) {
    let id = text(&operation["operationId"]);
    let _ = write!(page, "<h3 id='{id}'>{} {}</h3>", method.to_uppercase(), escaped(path));
    let _ = write!(page, "<p><b>{}</b> {}</p>", text(&operation["summary"]), text(&operation["description"]));
    page.push_str("<table>");
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let needed = if parameter["required"] == true { ", required" } else { "" };
        let _ = write!(
            page,
            "<tr><td><code>{}</code><td>{}{needed}<td>{}<td>{}",
            text(&parameter["name"]),
            text(&parameter["in"]),
            kind(&parameter["schema"]),
            text(&parameter["description"])
        );
    }
    for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let _ = write!(page, "<tr><td>body<td>{}<td>{}<td>", escaped(media_type), kind(&content["schema"]));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object().and_then(|content| content.iter().next());
        let (media_type, schema) = content.map_or((String::new(), String::new()), |(media_type, content)| {
            (escaped(media_type), kind(&content["schema"]))
        });
        let description = text(&response["description"]);
        let _ = write!(page, "<tr><td>→ {}<td>{media_type}<td>{schema}<td>{description}", escaped(status));
    }
    page.push_str("</table>");
}

fn write_codes(page: &mut String) {
    page.push_str(
        "<h2>Problems</h2><p>Every failure is a <a href='#schema-Problem'>Problem</a> with one of these \
        codes.</p><table><tr><th>code<th>status<th>meaning",
    );
    for (code, status, title) in CODES {
        let _ = write!(page, "<tr id='{code}'><td><code>{code}</code><td>{status}<td>{}", escaped(title));
    }
    page.push_str("</table>");
}

fn write_schemas(page: &mut String, schemas: &Json) {
    page.push_str("<h2>Schemas</h2>");
    for (name, schema) in schemas.as_object().into_iter().flatten() {
        let name = escaped(name);
        let _ =
            write!(page, "<h3 id='schema-{name}'>{name}</h3><p>{}</p><table>", text(&schema["description"]));
        let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        for part in &parts {
            if part["$ref"].is_string() {
                let _ = write!(page, "<tr><td>all of<td>{}<td>", kind(part));
            }
            for (property, schema) in part["properties"].as_object().into_iter().flatten() {
                let description = text(&schema["description"]);
                let _ = write!(
                    page,
                    "<tr><td><code>{}</code><td>{}<td>{description}",
                    escaped(property),
                    kind(schema)
                );
            }
        }
        page.push_str("</table>");
    }
}

/// What a schema takes, in a few words.
fn kind(schema: &Json) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href='#schema-{name}'>{name}</a>");
    }
    for join in ["oneOf", "anyOf"] {
        if let Some(kinds) = schema[join].as_array() {
            return kinds.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    let named = match &schema["type"] {
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" or "),
        other => other.as_str().unwrap_or("any value").to_owned(),
    };
    match (named.as_str(), schema["format"].as_str()) {
        ("array", _) => format!("list of {}", kind(&schema["items"])),
        (_, Some(format)) => format!("{} ({})", escaped(&named), escaped(format)),
        _ => escaped(&named),
    }
}

fn text(value: &Json) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&#39;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn the_reference_names_every_operation_and_loads_nothing_from_elsewhere() {
        let api: serde_json::Value = serde_json::from_str(&crate::openapi()).expect("json");
        let page = page(&api);
        for item in api["paths"].as_object().expect("paths").values() {
            for operation in item.as_object().expect("operations").values() {
                let id = operation["operationId"].as_str().expect("every operation has an id");
                assert!(page.contains(&format!("<h3 id='{id}'>")), "{id}");
            }
        }
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    }
}

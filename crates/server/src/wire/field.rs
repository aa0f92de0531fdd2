//! Fields and their values, with where each value came from.

use damask_flow::find::FieldView;
use damask_model::{Document, Entry, Origin, Uuid, Value};
use damask_query::Kind;
use serde::Serialize;
use utoipa::ToSchema;

/// All fields of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldList {
    /// The fields, in the order a page shows them.
    pub items: Vec<FieldLine>,
}

/// One field of the schema.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Field)]
pub struct FieldLine {
    /// Its name in queries and here.
    #[schema(example = "keywords")]
    name: String,
    /// What people read above it.
    label: String,
    /// text, keyword, integer, number, boolean, moment, position, folder or id.
    r#type: &'static str,
    /// Whether it holds several values.
    many: bool,
    /// Whether people may write it.
    editable: bool,
    /// Whether queries may name it.
    searchable: bool,
    /// Whether assets can be ordered by it.
    sortable: bool,
    /// Whether counts by value can be asked for.
    facet: bool,
}

impl From<FieldView> for FieldLine {
    fn from(field: FieldView) -> Self {
        Self {
            name: field.name,
            label: field.label,
            r#type: type_name(field.kind),
            many: field.many,
            editable: field.editable,
            searchable: true,
            sortable: field.sortable,
            facet: field.facet,
        }
    }
}

const fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Keyword => "keyword",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Moment => "moment",
        Kind::Position => "position",
        Kind::Folder => "folder",
        Kind::Id => "id",
    }
}

/// A field of an asset with its values.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldValues {
    /// Its name.
    name: String,
    /// What people read above it.
    label: String,
    /// What values it takes.
    r#type: &'static str,
    /// Whether it holds several values.
    many: bool,
    /// Whether people may write it.
    editable: bool,
    /// Its values, in order.
    values: Vec<ValueView>,
}

/// One value with where it came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldValue)]
pub struct ValueView {
    /// The value itself.
    value: PlainValue,
    /// The value as people read it.
    display: String,
    /// Where it came from.
    origin: OriginView,
    /// When it was read, measured or written.
    #[schema(format = DateTime)]
    at: String,
    /// Who wrote or accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Uuid>,
}

/// A value: text, a number, yes or no, or a position.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PlainValue {
    /// Text; dates and rates too.
    Text(String),
    /// A whole or measured number.
    #[schema(value_type = f64)]
    Number(serde_json::Number),
    /// Yes or no.
    Boolean(bool),
    /// A place on the Earth, WGS 84.
    Position(PositionView),
}

/// A place on the Earth.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Position)]
pub struct PositionView {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// Metres above the sea.
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude_m: Option<f64>,
}

/// Where a value came from.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Origin)]
pub struct OriginView {
    /// file, sidecar, measured, person, rule, import or model.
    kind: &'static str,
    /// The tag it stood in.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    /// The rule that set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// The model that suggested it, with its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// How sure the model was, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
}

impl FieldValues {
    /// The fields of a document that have values, in the order of the schema.
    pub fn of_document(document: &Document, schema: &[FieldView]) -> Vec<Self> {
        schema
            .iter()
            .filter_map(|field| {
                let entries = document.entries(&field.name);
                (!entries.is_empty()).then(|| Self {
                    name: field.name.clone(),
                    label: field.label.clone(),
                    r#type: type_name(field.kind),
                    many: field.many,
                    editable: field.editable,
                    values: entries.iter().map(ValueView::from).collect(),
                })
            })
            .collect()
    }
}

impl From<&Entry> for ValueView {
    fn from(entry: &Entry) -> Self {
        Self {
            value: plain(&entry.value),
            display: display(&entry.value),
            origin: OriginView::from(&entry.origin),
            at: entry.at.to_string(),
            by: entry.by.map(|actor| actor.0),
        }
    }
}

impl From<&Origin> for OriginView {
    fn from(origin: &Origin) -> Self {
        let of = |kind| Self { kind, ..Self::default() };
        match origin {
            Origin::File { tag } => Self { tag: Some(tag.clone()), ..of("file") },
            Origin::Sidecar { tag } => Self { tag: Some(tag.clone()), ..of("sidecar") },
            Origin::Measured => of("measured"),
            Origin::Person => of("person"),
            Origin::Rule { rule } => Self { rule: Some(rule.clone()), ..of("rule") },
            Origin::Import => of("import"),
            Origin::Model { model, version, confidence } => Self {
                model: Some(format!("{model} {version}")),
                confidence: Some(f64::from(*confidence) / 1000.0),
                ..of("model")
            },
        }
    }
}

fn plain(value: &Value) -> PlainValue {
    match value {
        Value::Text(text) | Value::Localized { text, .. } => PlainValue::Text(text.clone()),
        Value::Integer(number) => PlainValue::Number((*number).into()),
        // JSON has no infinity; such a measure is said in words.
        Value::Number(number) => serde_json::Number::from_f64(*number)
            .map_or_else(|| PlainValue::Text(number.to_string()), PlainValue::Number),
        Value::Boolean(yes) => PlainValue::Boolean(*yes),
        Value::Moment(moment) => PlainValue::Text(moment.to_string()),
        Value::Position { latitude, longitude, altitude_m } => PlainValue::Position(PositionView {
            latitude: *latitude,
            longitude: *longitude,
            altitude_m: *altitude_m,
        }),
        Value::Rate(rate) => PlainValue::Text(rate_text(*rate)),
    }
}

fn rate_text(rate: damask_time::Rate) -> String {
    match rate.denominator() {
        1 => rate.numerator().to_string(),
        denominator => format!("{}/{denominator}", rate.numerator()),
    }
}

fn display(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Localized { text, .. } => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => trimmed(*number, 4),
        Value::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Moment(moment) => moment.to_string().replacen('T', " ", 1),
        Value::Position { latitude, longitude, altitude_m } => {
            let (north, east) =
                (if *latitude < 0.0 { "S" } else { "N" }, if *longitude < 0.0 { "W" } else { "E" });
            let height = altitude_m.map(|metres| format!(", {} m", trimmed(metres, 1))).unwrap_or_default();
            format!("{:.5}° {north}, {:.5}° {east}{height}", latitude.abs(), longitude.abs())
        }
        Value::Rate(rate) => trimmed(rate.a_second(), 3),
    }
}

/// A number with at most `places` decimal places and no zeros at its end.
fn trimmed(number: f64, places: usize) -> String {
    let text = format!("{number:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use damask_model::Value;
    use damask_time::{Moment, Rate};
    use serde_json::json;

    use super::{display, plain};

    fn check(value: Value, json: serde_json::Value, words: &str) {
        assert_eq!(serde_json::to_value(plain(&value)).expect("json"), json);
        assert_eq!(display(&value), words);
    }

    #[test]
    fn a_value_has_a_form_for_programs_and_one_for_people() {
        check(Value::text("harbour"), json!("harbour"), "harbour");
        check(Value::Integer(-3), json!(-3), "-3");
        check(Value::Number(0.005), json!(0.005), "0.005");
        check(Value::Number(50.0), json!(50.0), "50");
        check(Value::Number(f64::INFINITY), json!("inf"), "inf");
        check(Value::Boolean(true), json!(true), "yes");
        check(Value::Rate(Rate::NTSC_30), json!("30000/1001"), "29.97");
        check(
            Value::Moment(Moment::parse("2026-05-04T18:31:00+02:00").expect("moment")),
            json!("2026-05-04T18:31:00+02:00"),
            "2026-05-04 18:31:00+02:00",
        );
        check(
            Value::Position { latitude: -33.5, longitude: 18.25, altitude_m: Some(12.0) },
            json!({"latitude": -33.5, "longitude": 18.25, "altitude_m": 12.0}),
            "33.50000° S, 18.25000° E, 12 m",
        );
    }
}

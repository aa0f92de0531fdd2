//! Editing: people write field values. What stood there before is in the fact, so that it can be undone.

use std::collections::{BTreeMap, BTreeSet};

use damask_catalog::{CatalogError, Tx, Urgency, assets, journal};
use damask_model::{
    ActorId, Asset, AssetId, Change, Document, Entry, FactId, FieldDef, FieldName, FieldType, NewFact,
    Origin, Seq, Value, Verb, field,
};
use damask_time::{Moment, Rate};
use serde_json::{Value as Json, json};

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    limits::Limits,
    see, trash,
    trouble::{Outcome, Trouble},
    versions::checkout,
};

/// Sets fields of an asset to new values; `None` takes a person's values away. With `if_match`, only when
/// the asset is still in one of these states. Answers the sequence that was reached.
pub async fn fields(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    if_match: Option<Vec<FactId>>,
    changes: BTreeMap<String, Option<Vec<Json>>>,
) -> Outcome<Seq> {
    caller.needs(Permission::Edit, "editing an asset")?;
    see::asset(damask, caller, id).await?;
    let changes = changes
        .into_iter()
        .map(|(name, values)| change_of(&name, values, damask.limits()))
        .collect::<Outcome<Vec<_>>>()?;
    if changes.is_empty() {
        return Err(Trouble::mistake("nothing-to-edit", "no field was named"));
    }
    let (actor, by) = (caller.actor, caller.clone());
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let asset = assets::by_id(tx.conn(), id).await?.ok_or_else(|| Trouble::missing("asset", id))?;
            check_state(&asset, if_match.as_deref())?;
            check_changeable(&by, &asset)?;
            let mut document = asset.document.clone();
            let (mut before, mut after) = (Document::default(), Document::default());
            for (name, values) in &changes {
                let entry = |value: &Value| Entry {
                    value: value.clone(),
                    origin: Origin::Person,
                    at: tx.now(),
                    by: Some(actor),
                };
                let entries: Vec<Entry> = values.iter().map(entry).collect();
                after.set(name.clone(), entries.clone());
                before.set(name.clone(), document.set(name.clone(), entries));
            }
            let change = Change { before: json!({ "fields": before }), after: json!({ "fields": after }) };
            state(tx, actor, &asset, &document, change).await
        })
        .await?;
    Ok(written.seq)
}

/// Undoes the edit that the fact `edit` states: what stood before stands again, with its provenance. A new
/// fact, so it can be undone too. Refused where someone has changed one of these fields since; with `if_match`
/// also where the asset is in none of these states. Answers the sequence that was reached.
pub async fn undo(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    if_match: Option<Vec<FactId>>,
    edit: Seq,
) -> Outcome<Seq> {
    caller.needs(Permission::Edit, "undoing an edit")?;
    see::asset(damask, caller, id).await?;
    let (actor, by) = (caller.actor, caller.clone());
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let asset = assets::by_id(tx.conn(), id).await?.ok_or_else(|| Trouble::missing("asset", id))?;
            check_state(&asset, if_match.as_deref())?;
            check_changeable(&by, &asset)?;
            let (before, after) = edited(tx, id, edit).await?;
            let mut document = asset.document.clone();
            let named: BTreeSet<_> = before.fields.keys().chain(after.fields.keys()).collect();
            for name in named {
                let stood = document.set(name.clone(), before.entries(name.as_str()).to_vec());
                if stood != after.entries(name.as_str()) {
                    return Err(stale(id));
                }
            }
            let change = Change { before: json!({ "fields": after }), after: json!({ "fields": before }) };
            state(tx, actor, &asset, &document, change).await
        })
        .await?;
    Ok(written.seq)
}

/// Refuses an asset that nobody, or only someone else, may change now.
pub(crate) fn check_changeable(caller: &Caller, asset: &Asset) -> Outcome<()> {
    trash::check_kept(asset)?;
    checkout::check_free(caller, asset)
}

/// Refuses an asset that is in none of the states that were seen.
pub(crate) fn check_state(asset: &Asset, seen: Option<&[FactId]>) -> Outcome<()> {
    if seen.is_some_and(|seen| !seen.contains(&asset.last_fact)) { Err(stale(asset.id)) } else { Ok(()) }
}

/// What stood before an edit and after it.
async fn edited(tx: &mut Tx, id: AssetId, edit: Seq) -> Outcome<(Document, Document)> {
    let facts = journal::of_subject(tx.conn(), id.0, Some(Seq(edit.0.saturating_add(1))), 1).await?;
    let fact =
        facts.into_iter().find(|fact| fact.header.seq == edit && fact.header.verb == Verb::AssetEdited);
    let change = fact.and_then(|fact| fact.change).ok_or_else(|| Trouble::missing("edit", edit))?;
    let fields = |side: &Json| serde_json::from_value::<Document>(side["fields"].clone());
    let read = fields(&change.before).and_then(|before| Ok((before, fields(&change.after)?)));
    read.map_err(Trouble::fault("read what an edit changed"))
}

/// Keeps the values and states the edit.
async fn state(
    tx: &mut Tx,
    actor: ActorId,
    asset: &Asset,
    document: &Document,
    change: Change,
) -> Outcome<()> {
    let fact = FactId::fresh();
    let kept = assets::set_document(tx, asset.id, document, asset.last_fact, fact).await;
    kept.map_err(or_stale(asset.id))?;
    tx.state(NewFact { id: fact, actor, verb: Verb::AssetEdited, subjects: vec![asset.id.0], change });
    Ok(())
}

fn stale(id: AssetId) -> Trouble {
    Trouble::mistake("stale", format!("asset {id} was changed since it was read"))
        .hint("read it again and decide which values stand")
}

/// The trouble of a write that met an asset in another state than it was read in.
pub(crate) fn or_stale(id: AssetId) -> impl FnOnce(CatalogError) -> Trouble {
    move |error| match error {
        CatalogError::Conflict { .. } => stale(id),
        other => other.into(),
    }
}

fn change_of(name: &str, values: Option<Vec<Json>>, limits: &Limits) -> Outcome<(FieldName, Vec<Value>)> {
    let defined = field::core(name).ok_or_else(|| {
        Trouble::mistake("unknown-field", format!("there is no field {name:?}"))
            .hint("GET /api/v1/fields lists them")
    })?;
    if !defined.editable {
        return Err(Trouble::mistake("not-editable", format!("{name} is measured from the file")));
    }
    let values = values.unwrap_or_default();
    let values_max = if defined.many { limits.values_max } else { 1 };
    if values.len() > values_max {
        return Err(Trouble::mistake("too-many-values", format!("{name} takes at most {values_max}")));
    }
    let values = values.iter().map(|json| value_of(defined, json, limits)).collect::<Outcome<Vec<_>>>()?;
    Ok((FieldName::core(defined.name), values))
}

/// A value as the field takes it.
fn value_of(defined: &FieldDef, json: &Json, limits: &Limits) -> Outcome<Value> {
    let wrong = |expected: &str| {
        Trouble::mistake("bad-value", format!("{} cannot be {json}", defined.name)).hint(expected.to_owned())
    };
    match defined.kind {
        FieldType::Text | FieldType::Keyword => {
            let text = json.as_str().map(str::trim).filter(|text| !text.is_empty());
            let text = text.ok_or_else(|| wrong("a text that is not empty"))?;
            if text.len() > limits.value_bytes_max {
                return Err(wrong(&format!("at most {} bytes", limits.value_bytes_max)));
            }
            Ok(Value::text(text))
        }
        FieldType::Integer => json.as_i64().map(Value::Integer).ok_or_else(|| wrong("a whole number")),
        FieldType::Number => json.as_f64().map(Value::Number).ok_or_else(|| wrong("a number")),
        FieldType::Boolean => json.as_bool().map(Value::Boolean).ok_or_else(|| wrong("true or false")),
        FieldType::Moment => {
            let text = json.as_str().ok_or_else(|| wrong("a date as text: 2026-11-14"))?;
            Moment::parse(text).map(Value::Moment).map_err(|error| wrong(error.expected))
        }
        FieldType::Rate => {
            let text = json.as_str().ok_or_else(|| wrong("a rate as text: 30000/1001"))?;
            Rate::parse(text).map(Value::Rate).map_err(|error| wrong(&error.to_string()))
        }
        FieldType::Position => {
            position_of(json).ok_or_else(|| wrong("latitude -90 to 90, longitude -180 to 180"))
        }
    }
}

fn position_of(json: &Json) -> Option<Value> {
    let (latitude, longitude) = (json["latitude"].as_f64()?, json["longitude"].as_f64()?);
    let lawful = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    lawful.then(|| Value::Position { latitude, longitude, altitude_m: json["altitude_m"].as_f64() })
}

#[cfg(test)]
mod tests {
    use damask_model::Value;
    use serde_json::{Value as Json, json};

    use super::change_of;
    use crate::limits::Limits;

    fn check(name: &str, values: Json, expected: Result<&[Value], &str>) {
        let values: Vec<Json> = serde_json::from_value(values).expect("a list");
        match (change_of(name, Some(values), &Limits::default()), expected) {
            (Ok((_, seen)), Ok(expected)) => assert_eq!(seen, expected),
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (seen, _) => panic!("{name}: {seen:?}"),
        }
    }

    #[test]
    fn a_value_is_taken_as_its_field_takes_it() {
        check("title", json!([" Harbour "]), Ok(&[Value::text("Harbour")]));
        check("keywords", json!(["sea", "boats"]), Ok(&[Value::text("sea"), Value::text("boats")]));
        check("rating", json!([4]), Ok(&[Value::Integer(4)]));
    }

    #[test]
    fn a_value_that_cannot_be_is_refused_in_words() {
        check("title", json!([""]), Err("title cannot be"));
        check("title", json!(["a", "b"]), Err("at most 1"));
        check("rating", json!(["many"]), Err("rating cannot be"));
        check("captured", json!(["soon"]), Err("captured cannot be"));
        check("position", json!([{ "latitude": 100, "longitude": 0 }]), Err("position cannot be"));
        check("width", json!([10]), Err("measured"));
        check("wdith", json!([10]), Err("no field"));
    }
}

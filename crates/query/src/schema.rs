//! Which fields can be asked for, how each is searched, and the other words people use for them.
//!
//! Made of the core fields of the model and of what Damask itself knows of an asset (its kind, folder,
//! state, size, colours). [`Schema::signature`] is what an index is made for: when it differs, the index is
//! made again.

use std::collections::BTreeMap;

use damask_model::{AssetKind, FieldType, FindingCode, field::CORE};

use crate::analysis::ANALYSER_VERSION;

/// How the values of a field are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, found by stem, exact form, prefix and phrase.
    Text,
    /// Matched whole, without regard to case and accents.
    Keyword,
    /// A whole number.
    Integer,
    /// A measured number; equal means within [`crate::literal::NUMBER_TOLERANCE`].
    Number,
    /// Yes or no.
    Boolean,
    /// A span of wall time: a moment as precise as it was written.
    Moment,
    /// A place on the Earth; only `has:` and `missing:` ask for it.
    Position,
    /// The home folder, and with it all that lies below.
    Folder,
    /// The asset's own id.
    Id,
}

/// What unit the numbers of a field may be written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Plain numbers.
    None,
    /// `10MB`, `4GiB`.
    Bytes,
    /// `90s`, `1m30s`, `2h`.
    Seconds,
}

/// One field that can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in queries.
    pub name: String,
    /// What people read above it.
    pub label: String,
    /// How its values are searched.
    pub kind: Kind,
    /// The unit of its numbers.
    pub unit: Unit,
    /// Whether an asset may have several values of it.
    pub many: bool,
    /// Whether a bare word looks in it.
    pub bare: bool,
    /// Whether assets can be ordered by it.
    pub sortable: bool,
    /// Whether its values can be counted beside a search.
    pub facet: bool,
    /// All values it can have, where that is known; others are a mistake.
    pub closed: Vec<&'static str>,
}

/// All fields that can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    fields: BTreeMap<String, Field>,
}

/// The field of what an asset is at the moment.
pub(crate) const IS: &str = "is";
/// What an asset in the trash is, and the field that says since when.
pub(crate) const TRASHED: &str = "trashed";

/// Codes that a bare word would find by accident.
const NOT_BARE: &[&str] = &[
    "country_code",
    "language",
    "start_timecode",
    "colour_profile",
    "video_codec",
    "audio_codec",
    "audio_layout",
];

/// Other words people use, in query and prose.
const ALIASES: &[(&str, &str)] = &[
    ("kind", "type"),
    ("tag", "keywords"),
    ("tags", "keywords"),
    ("keyword", "keywords"),
    ("by", "creator"),
    ("author", "creator"),
    ("photographer", "creator"),
    ("person", "persons"),
    ("people", "persons"),
    ("size", "bytes"),
    ("filename", "name"),
    ("extension", "ext"),
    ("mime", "media_type"),
    ("color", "colour"),
    ("taken", "captured"),
    ("created", "captured"),
    ("date", "captured"),
    ("uploaded", "added"),
    ("imported", "added"),
    ("modified", "changed"),
    ("description", "caption"),
    ("alt", "alt_text"),
    ("in", "folder"),
    ("make", "camera_make"),
    ("shutter", "exposure_time"),
    ("f", "aperture"),
    ("focal", "focal_length"),
    ("pages", "page_count"),
    ("length", "duration"),
    ("fps", "frame_rate"),
    ("gps", "position"),
    ("place", "sublocation"),
    ("rights", "usage_terms"),
    ("stars", "rating"),
];

/// Other words for values of closed fields.
const VALUE_ALIASES: &[(&str, &str, &str)] = &[
    ("type", "photo", "image"),
    ("type", "picture", "image"),
    ("type", "film", "video"),
    ("type", "movie", "video"),
    ("type", "sound", "audio"),
    ("type", "music", "audio"),
    ("type", "pdf", "document"),
    ("type", "3d", "model"),
    ("colour", "gray", "grey"),
];

impl Schema {
    /// The core fields and Damask's own.
    pub fn core() -> Self {
        let mut fields = BTreeMap::new();
        for field in CORE.iter().map(core_field).chain(own_fields()) {
            fields.insert(field.name.clone(), field);
        }
        Self { fields }
    }

    /// All fields, by name.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.values()
    }

    /// The field of exactly that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// The field a person means: by its name or another word for it, in any case.
    pub fn meant(&self, word: &str) -> Option<&Field> {
        let word = word.to_ascii_lowercase();
        let name = ALIASES.iter().find(|(alias, _)| *alias == word).map_or(word.as_str(), |(_, name)| name);
        self.fields.get(name)
    }

    /// The value of a closed field a person means.
    pub fn value_meant(&self, field: &Field, value: &str) -> Option<&'static str> {
        let meant = VALUE_ALIASES
            .iter()
            .find(|(name, alias, _)| *name == field.name && *alias == value)
            .map_or(value, |(_, _, meant)| meant);
        field.closed.iter().find(|known| **known == meant).copied()
    }

    /// The known name nearest to a mistyped one, if one is near.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let word: Vec<char> = word.to_ascii_lowercase().chars().take(64).collect();
        let names = self.fields.keys().map(String::as_str).chain(ALIASES.iter().map(|(alias, _)| *alias));
        names
            .map(|name| (edits(&word, name), name))
            .filter(|(edits, _)| *edits <= 2 && *edits * 3 <= word.len())
            .min()
            .map(|(_, name)| name)
    }

    /// A text that changes whenever an index made for this schema must be made again.
    pub fn signature(&self) -> String {
        let mut text = format!("analyser {ANALYSER_VERSION}\n");
        for field in self.fields.values() {
            let Field { name, kind, many, bare, sortable, facet, .. } = field;
            text.push_str(&format!("{name} {kind:?} {many} {bare} {sortable} {facet}\n"));
        }
        text
    }
}

fn core_field(def: &damask_model::FieldDef) -> Field {
    let kind = match def.kind {
        FieldType::Text => Kind::Text,
        FieldType::Keyword => Kind::Keyword,
        FieldType::Integer => Kind::Integer,
        FieldType::Number | FieldType::Rate => Kind::Number,
        FieldType::Boolean => Kind::Boolean,
        FieldType::Moment => Kind::Moment,
        FieldType::Position => Kind::Position,
    };
    let worded = matches!(kind, Kind::Text | Kind::Keyword);
    let ordered = matches!(kind, Kind::Keyword | Kind::Integer | Kind::Number | Kind::Moment);
    Field {
        name: def.name.to_owned(),
        label: def.label.to_owned(),
        kind,
        unit: if def.name == "duration" { Unit::Seconds } else { Unit::None },
        many: def.many,
        bare: worded && !NOT_BARE.contains(&def.name),
        sortable: !def.many && (ordered || matches!(def.name, "title" | "headline")),
        facet: match kind {
            Kind::Keyword => !matches!(def.name, "start_timecode" | "job_reference"),
            Kind::Boolean | Kind::Moment => true,
            _ => def.name == "rating",
        },
        closed: vec![],
    }
}

fn own_fields() -> Vec<Field> {
    let own = |name: &str, label: &str, kind: Kind| Field {
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
        unit: Unit::None,
        many: false,
        bare: false,
        sortable: false,
        facet: kind == Kind::Keyword,
        closed: vec![],
    };
    let moment = |name, label| Field { sortable: true, facet: true, ..own(name, label, Kind::Moment) };
    vec![
        own("id", "Id", Kind::Id),
        Field {
            sortable: true,
            closed: AssetKind::ALL.map(AssetKind::name).to_vec(),
            ..own("type", "Type", Kind::Keyword)
        },
        Field { bare: true, sortable: true, ..own("name", "File name", Kind::Text) },
        Field { sortable: true, ..own("ext", "Extension", Kind::Keyword) },
        own("media_type", "Media type", Kind::Keyword),
        Field { facet: true, ..own("folder", "Folder", Kind::Folder) },
        Field { sortable: true, ..own("state", "State", Kind::Keyword) },
        Field { unit: Unit::Bytes, sortable: true, ..own("bytes", "Size", Kind::Integer) },
        moment("added", "Added"),
        moment("changed", "Changed"),
        moment(TRASHED, "Put in the trash"),
        Field { bare: true, ..own("text", "Text", Kind::Text) },
        Field {
            many: true,
            closed: crate::colour::NAMED.map(|(name, _)| name).to_vec(),
            ..own("colour", "Colour", Kind::Keyword)
        },
        Field {
            many: true,
            closed: vec!["previewed", "failed", TRASHED, "checked-out"],
            ..own(IS, "Is", Kind::Keyword)
        },
        Field {
            many: true,
            closed: FindingCode::ALL.iter().map(|code| code.name()).collect(),
            ..own("finding", "Finding", Kind::Keyword)
        },
    ]
}

/// How many letters must be put in, taken out or changed to make `name` of `word`.
fn edits(word: &[char], name: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (down, letter) in name.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = down + 1;
        for across in 0..word.len() {
            let changed = diagonal + usize::from(word[across] != letter);
            diagonal = row[across + 1];
            row[across + 1] = changed.min(row[across] + 1).min(diagonal + 1);
        }
    }
    row[word.len()]
}

#[cfg(test)]
mod tests {
    use super::{ALIASES, Schema, VALUE_ALIASES};

    #[test]
    fn every_other_word_leads_to_a_field_and_hides_none() {
        let schema = Schema::core();
        for (alias, name) in ALIASES {
            assert!(schema.field(name).is_some(), "{alias} → {name}");
            assert!(schema.field(alias).is_none(), "{alias} is a field of its own");
        }
        for (name, _, value) in VALUE_ALIASES {
            assert!(schema.field(name).is_some_and(|field| field.closed.contains(value)), "{value}");
        }
    }

    #[test]
    fn only_single_values_can_be_ordered_by() {
        assert!(Schema::core().fields().all(|field| !(field.sortable && field.many)));
    }

    #[test]
    fn a_mistyped_name_is_met_with_the_nearest() {
        let schema = Schema::core();
        assert_eq!(schema.nearest("captoin"), Some("caption"));
        assert_eq!(schema.nearest("keywrds"), Some("keywords"));
        assert_eq!(schema.nearest("zzzzzzzz"), None);
    }
}

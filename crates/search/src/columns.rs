//! How the fields of the query are laid out in the engine's own schema.
//!
//! Words, whole values, numbers, sort keys and facet values of one field are kept apart, each in the form
//! its one use needs. Nothing is stored for display: the index answers with ids.

use std::collections::BTreeMap;

use damask_query::{Kind, Schema};
use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema as EngineSchema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

/// Raised whenever the layout changes, so that every index is made again.
const LAYOUT_VERSION: u32 = 2;

/// Where the values of one field lie; `None` where that use is not asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slots {
    /// Its words with their positions.
    pub words: Option<Field>,
    /// Its whole values, folded.
    pub whole: Option<Field>,
    /// Its numbers; of a moment the start in microseconds.
    pub number: Option<Field>,
    /// Of a moment the end in microseconds.
    pub until: Option<Field>,
    /// Its sort text.
    pub sort: Option<Field>,
    /// Its values to be counted: folded, a zero byte, as written.
    pub value: Option<Field>,
}

/// The layout.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The engine's schema.
    pub engine: EngineSchema,
    /// The words of all fields that bare words look in.
    pub any_words: Field,
    /// Names of the fields that have values.
    pub present: Field,
    /// The id, to be found by.
    pub id: Field,
    fields: BTreeMap<String, Slots>,
}

/// Name of the column with the first half of the id.
pub const ID_HIGH: &str = "id.high";
/// Name of the column with the second half of the id.
pub const ID_LOW: &str = "id.low";

impl Columns {
    /// The layout for a schema.
    pub fn new(schema: &Schema) -> Self {
        let mut builder = EngineSchema::builder();
        let any_words = builder.add_text_field("any", words(true));
        let present = builder.add_text_field("present", whole());
        let id = builder.add_bytes_field("id", BytesOptions::default().set_indexed());
        builder.add_u64_field(ID_HIGH, NumericOptions::default().set_fast());
        builder.add_u64_field(ID_LOW, NumericOptions::default().set_fast());
        let fields = schema.fields().map(|field| (field.name.clone(), slots(&mut builder, field))).collect();
        Self { engine: builder.build(), any_words, present, id, fields }
    }

    /// The slots of a field.
    pub fn of(&self, field: &str) -> Slots {
        self.fields.get(field).copied().unwrap_or_default()
    }

    /// The name of the column a slot stands for.
    pub fn name(&self, field: Field) -> &str {
        self.engine.get_field_name(field)
    }
}

/// What an index must have been made for to be used.
pub fn signature(schema: &Schema) -> String {
    format!("layout {LAYOUT_VERSION}\n{}", schema.signature())
}

fn slots(builder: &mut SchemaBuilder, field: &damask_query::Field) -> Slots {
    let name = |use_of: &str| format!("{}.{use_of}", field.name);
    let mut slots = Slots::default();
    let integers = || NumericOptions::default().set_fast();
    match field.kind {
        Kind::Text => slots.words = Some(builder.add_text_field(&name("words"), words(false))),
        Kind::Keyword | Kind::Folder => {
            slots.whole = Some(builder.add_text_field(&name("whole"), whole()));
            if field.facet {
                slots.value = Some(builder.add_text_field(&name("value"), column()));
            }
        }
        Kind::Integer | Kind::Boolean => {
            slots.number = Some(builder.add_i64_field(&name("number"), integers()))
        }
        Kind::Number => slots.number = Some(builder.add_f64_field(&name("number"), integers())),
        Kind::Moment => {
            slots.number = Some(builder.add_i64_field(&name("number"), integers()));
            slots.until = Some(builder.add_i64_field(&name("until"), integers()));
        }
        Kind::Position | Kind::Id => {}
    }
    if field.sortable && matches!(field.kind, Kind::Text | Kind::Keyword) {
        slots.sort = Some(builder.add_text_field(&name("sort"), column()));
    }
    slots
}

/// Words come ready made from `damask_query::analysis`, so the engine's tokenizers are not used.
fn words(lengths: bool) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(lengths)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

fn whole() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    TextOptions::default().set_indexing_options(indexing)
}

fn column() -> TextOptions {
    TextOptions::default().set_fast("raw")
}

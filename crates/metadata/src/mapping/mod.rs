//! Tags to values of core fields, by the reading rules of the Metadata Working Group's guidelines 2.0 (MWG) and
//! the IPTC Photo Metadata Standard 2024.1. `rules` lists which tags feed which field; `reader` decides between
//! them; `dates`, `places`, `people` and `exposure` know the values that are more than a text.

mod codecs;
mod dates;
mod exposure;
mod header;
mod measured;
mod people;
mod places;
mod reader;
mod rules;
mod words;

use damask_model::{AssetKind, FieldName, Value, field};

use crate::Tags;
pub use header::{DURATION_SECONDS_MAX, as_displayed, said_by_header};
pub use measured::measured;
use reader::Reader;
pub use words::VALUES_MAX;

/// Fields with their values, and for each value the tag it stood in (`XMP-dc:Title`).
pub type Described = Vec<(FieldName, Vec<(Value, String)>)>;

/// The core fields that the tags of a file of this kind say, in the order of [`field::CORE`]. A field without a
/// value is absent; a field of one value has one, and its translations behind it.
pub fn describe(tags: &Tags, kind: AssetKind) -> Described {
    let reader = Reader::new(tags, kind);
    let mut described: Described = Vec::new();
    for definition in field::CORE {
        let values = match definition.name {
            "captured" | "digitized" => dates::read(&reader, definition.name),
            "position" => places::position(&reader),
            "sublocation" | "city" | "region" | "country" | "country_code" => {
                places::part(&reader, definition.name)
            }
            "persons" => people::persons(&reader),
            "rating" => exposure::rating(&reader),
            "track_number" => exposure::track_number(&reader),
            "genre" => exposure::genre(&reader),
            "lens" => exposure::lens(&reader),
            "exposure_time" | "aperture" | "iso" | "focal_length" | "flash" => {
                exposure::read(&reader, definition.name)
            }
            "caption" => people::or_note(
                &reader,
                rules::of("caption").map_or_else(Vec::new, |rule| reader.texts(rule, false)),
            ),
            name => rules::of(name).map_or_else(Vec::new, |rule| reader.texts(rule, definition.many)),
        };
        if !values.is_empty() {
            described.push((FieldName::core(definition.name), values));
        }
    }
    described
}

//! Fields: what can be said of an asset. The core fields, which every library has, are listed here.
//!
//! How tags of files map onto them is in `damask-metadata`; how they are searched in `damask-query`.

use std::{borrow::Borrow, fmt};

use serde::{Deserialize, Serialize};

/// The name of a field: lower-case letters, digits and `_`, starting with a letter, at most 64.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(String);

/// A text that cannot name a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a field name is a letter, then letters, digits and _ (at most 64, lower case), not {0:?}")]
pub struct FieldNameError(pub String);

impl FieldName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, FieldNameError> {
        let lawful = text.len() <= 64
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if lawful { Ok(Self(text.to_owned())) } else { Err(FieldNameError(text.chars().take(80).collect())) }
    }

    /// A name written in Damask's own code.
    ///
    /// # Panics
    /// When the name is not in [`CORE`]: a mistake in the code, found by the first test that runs it.
    pub fn core(name: &'static str) -> Self {
        assert!(CORE.iter().any(|field| field.name == name), "{name} is not a core field");
        Self(name.to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for FieldName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FieldName {
    type Error = FieldNameError;

    fn try_from(text: String) -> Result<Self, FieldNameError> {
        Self::parse(&text)
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.0
    }
}

/// What values a field takes, and so how it is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Words to be found by stem and prefix.
    Text,
    /// A name or code, matched whole without regard to case.
    Keyword,
    /// A whole number.
    Integer,
    /// A measured number.
    Number,
    /// Yes or no.
    Boolean,
    /// A date and time.
    Moment,
    /// A position on the Earth.
    Position,
    /// A rate.
    Rate,
}

/// One field of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldDef {
    /// Its name in queries, the API and documents.
    pub name: &'static str,
    /// What people read above it.
    pub label: &'static str,
    /// What values it takes.
    pub kind: FieldType,
    /// Whether it holds several values.
    pub many: bool,
    /// Whether people may write it; measured fields are read from the bytes alone.
    pub editable: bool,
}

const fn described(name: &'static str, label: &'static str, kind: FieldType) -> FieldDef {
    FieldDef { name, label, kind, many: false, editable: true }
}

const fn listed(name: &'static str, label: &'static str, kind: FieldType) -> FieldDef {
    FieldDef { name, label, kind, many: true, editable: true }
}

const fn measured(name: &'static str, label: &'static str, kind: FieldType) -> FieldDef {
    FieldDef { name, label, kind, many: false, editable: false }
}

/// The core fields, in the order a page shows them. Meanings follow the IPTC Photo Metadata Standard 2024.1
/// where it has the property, and the reading rules of the Metadata Working Group's guidelines 2.0.
pub const CORE: &[FieldDef] = &[
    described("title", "Title", FieldType::Text),
    described("headline", "Headline", FieldType::Text),
    described("caption", "Caption", FieldType::Text),
    described("alt_text", "Alt text", FieldType::Text),
    described("extended_description", "Extended description", FieldType::Text),
    listed("keywords", "Keywords", FieldType::Keyword),
    listed("persons", "Persons shown", FieldType::Keyword),
    described("event", "Event", FieldType::Text),
    listed("creator", "Creator", FieldType::Keyword),
    described("creator_title", "Creator's job title", FieldType::Keyword),
    described("caption_writer", "Caption writer", FieldType::Keyword),
    described("credit", "Credit", FieldType::Text),
    described("source", "Source", FieldType::Text),
    described("copyright", "Copyright", FieldType::Text),
    described("usage_terms", "Usage terms", FieldType::Text),
    described("instructions", "Instructions", FieldType::Text),
    described("job_reference", "Job reference", FieldType::Keyword),
    described("captured", "Captured", FieldType::Moment),
    described("digitized", "Digitized", FieldType::Moment),
    described("position", "Position", FieldType::Position),
    described("sublocation", "Sublocation", FieldType::Text),
    described("city", "City", FieldType::Keyword),
    described("region", "Province or state", FieldType::Keyword),
    described("country", "Country", FieldType::Keyword),
    described("country_code", "Country code", FieldType::Keyword),
    described("rating", "Rating", FieldType::Integer),
    described("label", "Label", FieldType::Keyword),
    described("album", "Album", FieldType::Text),
    described("genre", "Genre", FieldType::Keyword),
    described("track_number", "Track number", FieldType::Integer),
    described("language", "Language", FieldType::Keyword),
    measured("camera_make", "Camera make", FieldType::Keyword),
    measured("camera", "Camera", FieldType::Keyword),
    measured("lens", "Lens", FieldType::Keyword),
    measured("exposure_time", "Exposure time", FieldType::Number),
    measured("aperture", "Aperture", FieldType::Number),
    measured("iso", "ISO", FieldType::Integer),
    measured("focal_length", "Focal length", FieldType::Number),
    measured("flash", "Flash fired", FieldType::Boolean),
    measured("software", "Software", FieldType::Keyword),
    measured("width", "Width", FieldType::Integer),
    measured("height", "Height", FieldType::Integer),
    measured("colour_profile", "Colour profile", FieldType::Keyword),
    measured("page_count", "Pages", FieldType::Integer),
    measured("duration", "Duration", FieldType::Number),
    measured("frame_rate", "Frame rate", FieldType::Rate),
    measured("start_timecode", "Start timecode", FieldType::Keyword),
    measured("video_codec", "Video codec", FieldType::Keyword),
    measured("audio_codec", "Audio codec", FieldType::Keyword),
    measured("audio_channels", "Audio channels", FieldType::Integer),
    measured("audio_layout", "Audio layout", FieldType::Keyword),
    measured("sample_rate", "Sample rate", FieldType::Integer),
];

/// The core field of that name.
pub fn core(name: &str) -> Option<&'static FieldDef> {
    CORE.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{CORE, FieldName};

    #[test]
    fn every_core_field_has_a_lawful_name_of_its_own() {
        let names: HashSet<_> = CORE.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), CORE.len());
        assert!(CORE.iter().all(|field| FieldName::parse(field.name).is_ok()));
    }

    #[test]
    fn a_field_name_is_lower_case_letters_digits_and_underscores() {
        for name in ["", "Title", "9lives", "a-b", "a b", "été"] {
            assert!(FieldName::parse(name).is_err(), "{name}");
        }
    }
}

//! How values of the model stand in columns: ids and names as TEXT, hashes as BYTEA, times as BIGINT
//! microseconds, documents as JSON text. [`Bind`] writes a cell, [`Cell`] reads one; both databases alike.

use damask_model::{
    ActorId, AssetId, AssetKind, ContentHash, DueId, EssenceHash, FactId, FileRole, FindingId, FolderId,
    JobId, KeyId, LocationId, QuarantineId, RelationId, Seq, StateName, UploadId, UserId, Uuid, VersionId,
};
use damask_time::Instant;
use serde_json::Value as Json;
use sqlx::{Decode, Postgres, Sqlite, Type};

/// A value on its way into a statement. An absent value keeps its type: PostgreSQL wants to know it.
#[derive(Clone, Debug)]
pub(crate) enum Param {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

/// What can stand in a statement.
pub(crate) trait Bind {
    /// The absent value of its type.
    const NULL: Param;

    /// The value as a parameter.
    fn param(&self) -> Param;
}

/// The parameters of a statement, in the order of `$1..$n`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::cell::Bind::param(&$value)),*] };
}
pub(crate) use params;

/// The four types columns have.
pub(crate) trait Raw:
    Send + for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Raw for T where
    T: Send + for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

/// What can be read from a column.
pub(crate) trait Cell: Sized {
    /// The type the column has.
    type Raw: Raw;

    /// The value, or in words why it is none.
    fn from_cell(raw: Option<Self::Raw>) -> Result<Self, String>;
}

impl<T: Bind + ?Sized> Bind for &T {
    const NULL: Param = T::NULL;

    fn param(&self) -> Param {
        (**self).param()
    }
}

impl<T: Bind> Bind for Option<T> {
    const NULL: Param = T::NULL;

    fn param(&self) -> Param {
        self.as_ref().map_or(T::NULL, Bind::param)
    }
}

impl<T: Cell> Cell for Option<T> {
    type Raw = T::Raw;

    fn from_cell(raw: Option<T::Raw>) -> Result<Self, String> {
        raw.map(|raw| T::from_cell(Some(raw))).transpose()
    }
}

fn present<T>(raw: Option<T>) -> Result<T, String> {
    raw.ok_or_else(|| "it is null".to_owned())
}

macro_rules! plain {
    ($($type:ty as $raw:ty, $variant:ident, $write:expr, $read:expr;)+) => {$(
        impl Bind for $type {
            const NULL: Param = Param::$variant(None);

            fn param(&self) -> Param {
                let write: fn(&$type) -> $raw = $write;
                Param::$variant(Some(write(self)))
            }
        }

        impl Cell for $type {
            type Raw = $raw;

            fn from_cell(raw: Option<$raw>) -> Result<Self, String> {
                let read: fn($raw) -> Result<$type, String> = $read;
                read(present(raw)?)
            }
        }
    )+};
}

plain! {
    String as String, Text, String::clone, Ok;
    bool as bool, Boolean, |value| *value, Ok;
    i64 as i64, Integer, |value| *value, Ok;
    u64 as i64, Integer, |value| i64::try_from(*value).unwrap_or(i64::MAX),
        |raw| u64::try_from(raw).map_err(|_| format!("{raw} is negative"));
    u32 as i64, Integer, |value| i64::from(*value),
        |raw| u32::try_from(raw).map_err(|_| format!("{raw} is out of range"));
    u16 as i64, Integer, |value| i64::from(*value),
        |raw| u16::try_from(raw).map_err(|_| format!("{raw} is out of range"));
    Vec<u8> as Vec<u8>, Bytes, Vec::clone, Ok;
    Instant as i64, Integer, |value| value.micros, |raw| Ok(Instant::from_micros(raw));
    Seq as i64, Integer, |value| value.0, |raw| Ok(Seq(raw));
    Uuid as String, Text, |value| value.as_hyphenated().to_string(),
        |raw| Uuid::parse_str(&raw).map_err(|error| error.to_string());
    ContentHash as Vec<u8>, Bytes, |value| value.0.to_vec(), |raw| digest(&raw).map(ContentHash);
    EssenceHash as Vec<u8>, Bytes, |value| value.0.to_vec(), |raw| digest(&raw).map(EssenceHash);
    StateName as String, Text, |value| value.0.clone(), |raw| Ok(StateName(raw));
    Json as String, Text, Json::to_string,
        |raw| serde_json::from_str(&raw).map_err(|error| error.to_string());
    AssetKind as String, Text, |value| value.name().to_owned(),
        |raw| AssetKind::from_name(&raw).ok_or_else(|| format!("{raw:?} is no kind of asset"));
    FileRole as String, Text, |value| value.name().to_owned(),
        |raw| [FileRole::Primary, FileRole::Sidecar, FileRole::Part].into_iter()
            .find(|role| role.name() == raw).ok_or_else(|| format!("{raw:?} is no role of a file"));
}

macro_rules! ids {
    ($($id:ident),+) => {
        plain! {$($id as String, Text, |id| id.to_string(),
            |raw| raw.parse().map_err(|error: uuid::Error| error.to_string());)+}
    };
}

ids!(
    AssetId,
    VersionId,
    FolderId,
    FactId,
    ActorId,
    UserId,
    KeyId,
    LocationId,
    RelationId,
    FindingId,
    JobId,
    UploadId,
    QuarantineId,
    DueId
);

impl Bind for str {
    const NULL: Param = Param::Text(None);

    fn param(&self) -> Param {
        Param::Text(Some(self.to_owned()))
    }
}

impl Bind for [u8] {
    const NULL: Param = Param::Bytes(None);

    fn param(&self) -> Param {
        Param::Bytes(Some(self.to_vec()))
    }
}

/// 32 bytes of a hash.
pub(crate) fn digest(raw: &[u8]) -> Result<[u8; 32], String> {
    raw.try_into().map_err(|_| format!("a hash has 32 bytes, not {}", raw.len()))
}

/// A value kept as JSON text (documents, probes, selectors).
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("values of the model have text keys, so they always are JSON")
}

/// Reads a value kept as JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, crate::CatalogError> {
    serde_json::from_str(text).map_err(|error| crate::CatalogError::broken(format!("stored JSON: {error}")))
}

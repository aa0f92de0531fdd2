//! Columns as the database itself lists them, and cells as JSON: text, numbers and booleans as they are, bytes in
//! base64.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use serde_json::Value as Json;

use super::Table;
use crate::{
    CatalogError, Conn,
    cell::{Param, params},
    conn::Columns,
};

/// A column and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) holds: Holds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Integer,
    Boolean,
    Bytes,
}

impl Holds {
    /// By the name the database gives the type.
    fn of_type(name: &str) -> Option<Self> {
        Some(match name {
            "TEXT" => Self::Text,
            "BIGINT" | "INTEGER" => Self::Integer,
            "BOOLEAN" => Self::Boolean,
            "BYTEA" => Self::Bytes,
            _ => return None,
        })
    }
}

impl Column {
    pub(super) fn read(&self, row: &mut Columns<'_>) -> Result<Param, CatalogError> {
        Ok(match self.holds {
            Holds::Text => Param::Text(row.next()?),
            Holds::Integer => Param::Integer(row.next()?),
            Holds::Boolean => Param::Boolean(row.next()?),
            Holds::Bytes => Param::Bytes(row.next()?),
        })
    }

    /// The cell that `json` tells of, if it is one of this column.
    pub(super) fn cell(&self, json: &Json) -> Option<Param> {
        let absent = json.is_null();
        Some(match self.holds {
            Holds::Text => Param::Text(if absent { None } else { Some(json.as_str()?.to_owned()) }),
            Holds::Integer => Param::Integer(if absent { None } else { Some(json.as_i64()?) }),
            Holds::Boolean => Param::Boolean(if absent { None } else { Some(json.as_bool()?) }),
            Holds::Bytes => {
                Param::Bytes(if absent { None } else { Some(BASE64.decode(json.as_str()?).ok()?) })
            }
        })
    }
}

/// Writes a cell at the end of a line.
pub(super) fn tell(cell: &Param, line: &mut String) {
    let json = match cell {
        Param::Text(text) => text.clone().map_or(Json::Null, Json::String),
        Param::Integer(integer) => integer.map_or(Json::Null, Json::from),
        Param::Boolean(boolean) => boolean.map_or(Json::Null, Json::Bool),
        Param::Bytes(bytes) => bytes.as_ref().map_or(Json::Null, |bytes| Json::String(BASE64.encode(bytes))),
    };
    line.push_str(&json.to_string());
}

/// The columns of a table: those of its key first, then by name.
pub(super) async fn columns(conn: &mut Conn, table: &Table) -> Result<Vec<Column>, CatalogError> {
    let sql = conn.dialect().columns();
    let found =
        conn.all(sql, params![table.name], |row| Ok((row.next::<String>()?, row.next::<String>()?))).await?;
    let mut columns = Vec::with_capacity(found.len());
    for (name, type_name) in found {
        let holds = Holds::of_type(&type_name)
            .ok_or_else(|| CatalogError::broken(format!("{}.{name} is a {type_name}", table.name)))?;
        columns.push(Column { name, holds });
    }
    let place = |name: &str| table.key.iter().position(|key| *key == name).unwrap_or(usize::MAX);
    columns.sort_by(|one, two| (place(&one.name), &one.name).cmp(&(place(&two.name), &two.name)));
    Ok(columns)
}

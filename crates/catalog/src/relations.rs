//! Typed relations between things, read from subject to object.

use damask_model::{FactId, RelationId, Selector, Uuid, relation::RelationKind};

use crate::{
    CatalogError, Conn, Tx,
    cell::{from_json, params, to_json},
    conn::Columns,
    page::bounded,
    record::RELATION,
};

/// A relation: `subject` is `kind` of `object`.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its id.
    pub id: RelationId,
    /// How the subject stands to the object.
    pub kind: RelationKind,
    /// The thing it is said of.
    pub subject: Uuid,
    /// The thing it refers to.
    pub object: Uuid,
    /// Which part of the object is meant; `None` is the whole.
    pub selector: Option<Selector>,
    /// The fact that states it.
    pub last_fact: FactId,
}

/// Inserts a relation.
pub async fn insert(tx: &mut Tx, relation: &Relation) -> Result<(), CatalogError> {
    let (kind, selector) = (relation.kind.name(), relation.selector.as_ref().map(to_json));
    let row = params![relation.id, kind, relation.subject, relation.object, selector, relation.last_fact];
    tx.keep(
        &RELATION,
        "INSERT INTO relation (id, kind, subject, object, selector, last_fact) VALUES",
        vec![row],
        "",
    )
    .await?;
    Ok(())
}

/// Removes a relation; answers whether it was there.
pub async fn remove(tx: &mut Tx, id: RelationId, fact: FactId) -> Result<bool, CatalogError> {
    Ok(tx.forget(&RELATION, fact, "DELETE FROM relation WHERE id = $1", params![id]).await? > 0)
}

/// What is said of `subject`.
pub async fn of_subject(conn: &mut Conn, subject: Uuid, limit: u32) -> Result<Vec<Relation>, CatalogError> {
    conn.all(
        r#"SELECT id, kind, subject, object, selector, last_fact FROM relation
           WHERE subject = $1 ORDER BY kind, object, id LIMIT $2"#,
        params![subject, bounded(limit)],
        read,
    )
    .await
}

/// What refers to `object`.
pub async fn of_object(conn: &mut Conn, object: Uuid, limit: u32) -> Result<Vec<Relation>, CatalogError> {
    conn.all(
        r#"SELECT id, kind, subject, object, selector, last_fact FROM relation
           WHERE object = $1 ORDER BY kind, subject, id LIMIT $2"#,
        params![object, bounded(limit)],
        read,
    )
    .await
}

fn read(row: &mut Columns<'_>) -> Result<Relation, CatalogError> {
    let id = row.next()?;
    let kind: String = row.next()?;
    let kind = RelationKind::from_name(&kind)
        .ok_or_else(|| CatalogError::broken(format!("{kind:?} is no kind of relation")))?;
    let (subject, object) = (row.next()?, row.next()?);
    let selector = row.next::<Option<String>>()?.map(|text| from_json(&text)).transpose()?;
    Ok(Relation { id, kind, subject, object, selector, last_fact: row.next()? })
}

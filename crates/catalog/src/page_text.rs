//! Text of the pages of a version, page by page: what is searched and what a reader shows beside the page.

use damask_model::{FactId, VersionId};

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, params},
    page::bounded,
    record::PAGE_TEXT,
};

/// The text of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageText {
    /// The version.
    pub version: VersionId,
    /// The page, from 1.
    pub page: u32,
    /// Its text.
    pub text: String,
}

/// Keeps the text of a version's pages in place of what was kept before. Pages without text are left out.
pub async fn put(
    tx: &mut Tx,
    version: VersionId,
    pages: &[(u32, String)],
    fact: FactId,
) -> Result<(), CatalogError> {
    let rows = pages
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(page, text)| {
            // PostgreSQL's text holds no zero character; as text it says nothing.
            params![version, page, text.replace('\0', ""), fact]
        })
        .collect();
    tx.keep_all(
        &PAGE_TEXT,
        fact,
        version.to_string(),
        ("DELETE FROM page_text WHERE version = $1", params![version]),
        ("INSERT INTO page_text (version, page, text, last_fact) VALUES", rows),
    )
    .await
}

/// Up to `limit` pages of a version after page `after`.
pub async fn of_version(
    conn: &mut Conn,
    version: VersionId,
    after: u32,
    limit: u32,
) -> Result<Vec<PageText>, CatalogError> {
    conn.all(
        r#"SELECT version, page, text FROM page_text
           WHERE version = $1 AND page > $2 ORDER BY page LIMIT $3"#,
        params![version, after, bounded(limit)],
        read,
    )
    .await
}

/// All pages of many versions (the first 1,000 are looked at), by version and page: for index documents.
pub async fn of_versions(conn: &mut Conn, versions: &[VersionId]) -> Result<Vec<PageText>, CatalogError> {
    let keys = versions.iter().take(1_000).map(|id| id.param()).collect();
    conn.among(
        "SELECT version, page, text FROM page_text WHERE version IN",
        keys,
        "ORDER BY version, page",
        read,
    )
    .await
}

fn read(row: &mut crate::conn::Columns<'_>) -> Result<PageText, CatalogError> {
    Ok(PageText { version: row.next()?, page: row.next()?, text: row.next()? })
}

//! How far each reader of the journal has come, durably. A reader that is reset starts from a snapshot.

use damask_model::Seq;

use crate::{CatalogError, Conn, Tx, cell::params, conn::only};

/// Where `reader` stands; `None` before its first snapshot and after a reset.
pub async fn get(conn: &mut Conn, reader: &str) -> Result<Option<Seq>, CatalogError> {
    conn.one("SELECT seq FROM reader_cursor WHERE reader = $1", params![reader], only).await
}

/// Moves `reader` to `seq`.
pub async fn set(tx: &mut Tx, reader: &str, seq: Seq) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn
        .execute(
            r#"INSERT INTO reader_cursor (reader, seq, moved_us) VALUES ($1, $2, $3)
               ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq, moved_us = excluded.moved_us"#,
            params![reader, seq, now],
        )
        .await?;
    Ok(())
}

/// Moves `reader` from where it was read to stand; answers whether it still stood there. Of several nodes
/// that follow the journal as one reader, exactly one moves past each fact.
pub async fn advance(tx: &mut Tx, reader: &str, from: Option<Seq>, to: Seq) -> Result<bool, CatalogError> {
    let now = tx.now;
    let moved = match from {
        Some(from) => {
            tx.conn
                .execute(
                    "UPDATE reader_cursor SET seq = $1, moved_us = $2 WHERE reader = $3 AND seq = $4",
                    params![to, now, reader, from],
                )
                .await?
        }
        None => {
            tx.conn
                .execute(
                    r#"INSERT INTO reader_cursor (reader, seq, moved_us) VALUES ($1, $2, $3)
                       ON CONFLICT (reader) DO NOTHING"#,
                    params![reader, to, now],
                )
                .await?
        }
    };
    Ok(moved > 0)
}

/// Forgets where `reader` stands: it makes what it derives again, from a snapshot.
pub async fn reset(tx: &mut Tx, reader: &str) -> Result<(), CatalogError> {
    tx.conn.execute("DELETE FROM reader_cursor WHERE reader = $1", params![reader]).await?;
    Ok(())
}

/// All readers with their places, by name.
pub async fn all(conn: &mut Conn) -> Result<Vec<(String, Seq)>, CatalogError> {
    conn.all("SELECT reader, seq FROM reader_cursor ORDER BY reader LIMIT 1000", params![], |row| {
        Ok((row.next()?, row.next()?))
    })
    .await
}

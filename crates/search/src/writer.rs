//! The engine's writer, as it is made over files that a crash may have left.

use tantivy::{IndexWriter, indexer::IndexWriterOptions};

use crate::SearchError;

/// Bytes of memory in which the writer gathers documents before it writes a segment.
const WRITER_BYTES: usize = 50_000_000;

/// The one writer of an index, if there is one, and whether it holds what is not committed.
#[derive(Default)]
pub(crate) struct Writing {
    pub(crate) writer: Option<IndexWriter>,
    pub(crate) staged: bool,
}

impl Writing {
    /// The writer, made now if there is none.
    pub(crate) fn writer(&mut self, engine: &tantivy::Index) -> Result<&mut IndexWriter, SearchError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => make(engine).map_err(SearchError::engine("be written"))?,
        };
        Ok(self.writer.insert(writer))
    }
}

/// Two things that a crash leaves are set right before the first change:
///
/// - The files of a commit that was cut short. The stamps of the engine's operations begin again at the last
///   commit, so the commit that follows may want a file of the same name, and would fail.
/// - The stamp of the last commit, which the first operation would be given again. A merge that begins before
///   the next commit takes what has that stamp for applied in the segments which the last commit changed,
///   and for not yet applied in the others: a document put again would then stay beside its successor.
fn make(engine: &tantivy::Index) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(WRITER_BYTES)
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = engine.writer_with_options(options)?;
    writer.garbage_collect_files().wait()?;
    writer.run([])?;
    Ok(writer)
}

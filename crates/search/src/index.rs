//! The index in its folder: opening it, writing to it, knowing up to which fact it has come.
//!
//! The fact it has come to is the payload of the engine's commit, so index and cursor cannot disagree. An
//! index that was made for another schema, or whose files cannot be read, is thrown away and begun anew; the
//! caller is told ([`Opening::Fresh`]) and fills it from a snapshot.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use damask_model::{AssetId, Seq};
use damask_query::{Document, Schema};
use serde::{Deserialize, Serialize};
use tantivy::{
    IndexReader, IndexSettings, ReloadPolicy, Searcher, TantivyError, Term,
    directory::{MmapDirectory, error::OpenReadError},
};

use crate::{
    SearchError,
    columns::{Columns, signature},
    write::engine_document,
    writer::Writing,
};

/// The file that says what the index was made for.
const SIGNATURE_FILE: &str = "signature";
/// The folder of the engine's files.
const SEGMENTS_FOLDER: &str = "segments";

/// The index of one library.
pub struct Index {
    folder: PathBuf,
    schema: Arc<Schema>,
    columns: Columns,
    engine: tantivy::Index,
    reader: IndexReader,
    writer: Mutex<Writing>,
    seq: AtomicI64,
}

/// One change of the index.
#[derive(Clone, Debug)]
pub enum Change {
    /// The asset's document, new or again.
    Put(Document),
    /// The asset is gone.
    Remove(AssetId),
}

/// How an index was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// As it was left.
    Kept,
    /// Empty, at sequence 0: to be filled from a snapshot.
    Fresh(Unusable),
}

/// Why an index was begun anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There was none.
    Absent,
    /// It was made for other fields, another analyser or another layout.
    MadeForOther,
    /// Its files cannot be read; what the engine said of them.
    Damaged(String),
}

/// How much an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Documents that can be found.
    pub documents: u64,
    /// Segments they lie in.
    pub segments: usize,
    /// Bytes on disk.
    pub bytes: u64,
}

/// What a commit carries.
#[derive(Serialize, Deserialize)]
struct Payload {
    seq: Seq,
}

impl Index {
    /// Opens the index in a folder of its own, or begins it anew where it cannot be used.
    ///
    /// # Errors
    /// When the folder or its files cannot be read or written at all.
    pub fn open(folder: &Path, schema: Arc<Schema>) -> Result<(Self, Opening), SearchError> {
        let made_for = folder.join(SIGNATURE_FILE);
        let unusable = match fs::read_to_string(&made_for) {
            Ok(text) if text == signature(&schema) => match Self::open_kept(folder, &schema) {
                Ok(index) => return Ok((index, Opening::Kept)),
                Err(SearchError::Engine { source, .. }) if is_damage(&source) => {
                    Unusable::Damaged(source.to_string())
                }
                Err(other) => return Err(other),
            },
            Ok(_) => Unusable::MadeForOther,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Unusable::Absent,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Unusable::MadeForOther,
            Err(source) => return Err(SearchError::File { path: made_for, source }),
        };
        if let Unusable::Damaged(found) = &unusable {
            tracing::warn!(folder = %folder.display(), found, "the index is damaged and is begun anew");
        }
        Ok((Self::begin(folder, schema)?, Opening::Fresh(unusable)))
    }

    fn open_kept(folder: &Path, schema: &Arc<Schema>) -> Result<Self, SearchError> {
        let directory = open_directory(&folder.join(SEGMENTS_FOLDER))?;
        let engine = tantivy::Index::open(directory).map_err(SearchError::engine("be opened"))?;
        Self::with_engine(folder, Arc::clone(schema), engine)
    }

    /// The signature is removed first and written last: a crash between leaves an index that is begun again.
    fn begin(folder: &Path, schema: Arc<Schema>) -> Result<Self, SearchError> {
        let (made_for, segments) = (folder.join(SIGNATURE_FILE), folder.join(SEGMENTS_FOLDER));
        remove(&made_for, |path| fs::remove_file(path))?;
        remove(&segments, |path| fs::remove_dir_all(path))?;
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| SearchError::File { path, source }
        };
        fs::create_dir_all(&segments).map_err(file(&segments))?;
        let columns = Columns::new(&schema);
        let settings =
            IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let engine = tantivy::Index::create(open_directory(&segments)?, columns.engine.clone(), settings)
            .map_err(SearchError::engine("be made"))?;
        fs::write(&made_for, signature(&schema)).map_err(file(&made_for))?;
        fs::File::open(&made_for).and_then(|file| file.sync_all()).map_err(file(&made_for))?;
        Self::with_engine(folder, schema, engine)
    }

    fn with_engine(folder: &Path, schema: Arc<Schema>, engine: tantivy::Index) -> Result<Self, SearchError> {
        let columns = Columns::new(&schema);
        if engine.schema() != columns.engine {
            let source = TantivyError::SchemaError("the engine's schema is another".to_owned());
            return Err(SearchError::engine("be opened")(source));
        }
        let metas = engine.load_metas().map_err(SearchError::engine("be opened"))?;
        let seq = match (&metas.payload, metas.segments.is_empty()) {
            (Some(payload), _) => {
                serde_json::from_str::<Payload>(payload).map(|payload| payload.seq).map_err(|_| {
                    SearchError::engine("be opened")(TantivyError::SchemaError(
                        "the cursor is unreadable".to_owned(),
                    ))
                })?
            }
            (None, true) => Seq(0),
            (None, false) => {
                let source = TantivyError::SchemaError("the cursor is missing".to_owned());
                return Err(SearchError::engine("be opened")(source));
            }
        };
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(SearchError::engine("be read"))?;
        Ok(Self {
            folder: folder.to_owned(),
            schema,
            columns,
            engine,
            reader,
            writer: Mutex::default(),
            seq: AtomicI64::new(seq.0),
        })
    }

    /// The fact up to which all is committed and can be found.
    pub fn seq(&self) -> Seq {
        Seq(self.seq.load(Ordering::Acquire))
    }

    /// The schema it was made for.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Takes changes and commits them with the cursor: when this answers, they can be found.
    ///
    /// # Errors
    /// When they cannot be written; then none of them is, and [`Index::seq`] has not moved.
    pub fn apply(&self, changes: &[Change], cursor: Seq) -> Result<(), SearchError> {
        self.stage(changes)?;
        self.commit(cursor)
    }

    /// Takes changes without committing them: for filling an index from a snapshot in large steps.
    ///
    /// # Errors
    /// When they cannot be written; then nothing staged since the last commit is kept.
    pub fn stage(&self, changes: &[Change]) -> Result<(), SearchError> {
        let mut writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let staged = self.stage_in(&mut writing, changes);
        if staged.is_err() {
            *writing = Writing::default();
        }
        staged
    }

    fn stage_in(&self, writing: &mut Writing, changes: &[Change]) -> Result<(), SearchError> {
        let writer = writing.writer(&self.engine)?;
        for change in changes {
            let id = match change {
                Change::Put(document) => document.id(),
                Change::Remove(id) => *id,
            };
            writer.delete_term(Term::from_field_bytes(self.columns.id, id.0.as_bytes()));
            if let Change::Put(document) = change {
                let document = engine_document(&self.columns, &self.schema, document);
                writer.add_document(document).map_err(SearchError::engine("take a document"))?;
            }
        }
        writing.staged |= !changes.is_empty();
        Ok(())
    }

    /// Commits what was staged, with the cursor.
    ///
    /// # Errors
    /// When it cannot be written; then nothing staged since the last commit is kept.
    pub fn commit(&self, cursor: Seq) -> Result<(), SearchError> {
        let mut writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.commit_in(&mut writing, cursor) {
            *writing = Writing::default();
            return Err(error);
        }
        writing.staged = false;
        self.reader.reload().map_err(SearchError::engine("be read again"))?;
        self.seq.store(cursor.0, Ordering::Release);
        Ok(())
    }

    fn commit_in(&self, writing: &mut Writing, cursor: Seq) -> Result<(), SearchError> {
        let writer = writing.writer(&self.engine)?;
        let mut commit = writer.prepare_commit().map_err(SearchError::engine("commit"))?;
        commit.set_payload(&format!("{{\"seq\":{cursor}}}"));
        commit.commit().map_err(SearchError::engine("commit"))?;
        Ok(())
    }

    /// Lets the writer and its memory go, after it has merged what it was merging; the next change makes
    /// another. Does nothing while changes are staged. Answers whether there is no writer now.
    ///
    /// # Errors
    /// When a merge failed. What is committed stays.
    pub fn rest(&self) -> Result<bool, SearchError> {
        let mut writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.staged {
            return Ok(false);
        }
        if let Some(writer) = writing.writer.take() {
            writer.wait_merging_threads().map_err(SearchError::engine("merge"))?;
            self.reader.reload().map_err(SearchError::engine("be read again"))?;
        }
        Ok(true)
    }

    /// How much it holds.
    pub fn size(&self) -> Size {
        let searcher = self.searcher();
        let files = fs::read_dir(self.folder.join(SEGMENTS_FOLDER)).into_iter().flatten().flatten();
        let bytes = files.filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum();
        Size { documents: searcher.num_docs(), segments: searcher.segment_readers().len(), bytes }
    }

    /// Reads all files and names those whose checksum is wrong: for `damask check`.
    ///
    /// # Errors
    /// When files cannot be read.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, SearchError> {
        let damaged = self.engine.validate_checksum().map_err(SearchError::engine("be checked"))?;
        let mut damaged: Vec<PathBuf> = damaged.into_iter().collect();
        damaged.sort();
        Ok(damaged)
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }
}

fn open_directory(segments: &Path) -> Result<MmapDirectory, SearchError> {
    MmapDirectory::open(segments).map_err(|error| SearchError::engine("be opened")(error.into()))
}

/// Removes what may be there.
fn remove(path: &Path, with: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), SearchError> {
    match with(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(SearchError::File { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Whether an error says that the files are not what they should be, and not that they cannot be reached.
fn is_damage(error: &TantivyError) -> bool {
    matches!(
        error,
        TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::InternalError(_)
            | TantivyError::OpenDirectoryError(tantivy::directory::error::OpenDirectoryError::DoesNotExist(
                _
            ))
            | TantivyError::OpenReadError(
                OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_)
            )
    )
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("folder", &self.folder)
            .field("seq", &self.seq())
            .finish_non_exhaustive()
    }
}

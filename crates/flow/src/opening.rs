//! Opens a library: the store, the records, the index and the glass, in one folder but for records that are
//! elsewhere. The one place where engines are put together.

use std::{path::PathBuf, sync::Arc};

use damask_catalog::{Address, Catalog, Clock, Options};
use damask_media::{Glass, GlassConfig, exiftool::Exiftool};
use damask_metadata::EXIFTOOL_ARGUMENTS;
use damask_query::Schema;
use damask_search::Index;
use damask_store::{Places, Rank, Store};

use crate::{
    damask::{Damask, Engines, off_thread},
    limits::Limits,
    trouble::{Outcome, Trouble},
};

/// Where and how a library is opened.
pub struct Opening {
    /// The folder that holds the bytes, the index and, with SQLite, the records; made where it is not there.
    pub folder: PathBuf,
    /// Where the originals lie.
    pub places: Places,
    /// Where the records are.
    pub records: Address,
    /// The program that is started again as a worker behind the glass.
    pub program: PathBuf,
    /// The library's clock.
    pub clock: Clock,
    /// How much of everything is taken.
    pub limits: Limits,
    /// Workers behind the glass, and programs run, at once.
    pub workers: usize,
    /// Throw the index away first; it is then made again from the journal.
    pub fresh_index: bool,
}

impl Opening {
    /// A library whose records are in SQLite in the same folder, with one worker.
    pub fn embedded(folder: PathBuf, program: PathBuf, clock: Clock) -> Self {
        let records = Address::Sqlite(folder.join("catalog.sqlite"));
        Self {
            folder,
            places: Places::HERE,
            records,
            program,
            clock,
            limits: Limits::default(),
            workers: 1,
            fresh_index: false,
        }
    }

    /// Opens it. Nothing runs yet; see [`crate::Running`].
    pub async fn open(self) -> Outcome<Damask> {
        let Self { folder, places, records, program, clock, limits, workers, fresh_index } = self;
        let schema = Arc::new(Schema::core());
        let fields = Arc::clone(&schema);
        let (store, index, glass) = off_thread(move || {
            let bytes = folder.join("store");
            let store = Store::open_in(&bytes, &places).map_err(Trouble::fault("open the store"))?;
            let second = store.place_name(Rank::Second);
            tracing::info!(place = %store.capabilities(), second, "originals");
            let index_folder = folder.join("index");
            if fresh_index && index_folder.exists() {
                std::fs::remove_dir_all(&index_folder).map_err(Trouble::fault("remove the old index"))?;
            }
            let (index, _) = Index::open(&index_folder, fields).map_err(Trouble::fault("open the index"))?;
            let scratch = bytes.join("glass");
            // What decoders of a process that was killed have left; one process holds the folder at a time.
            if scratch.exists() {
                std::fs::remove_dir_all(&scratch).map_err(Trouble::fault("empty the scratch folder"))?;
            }
            let mut config = GlassConfig::new(program, scratch);
            config.workers = workers;
            config.readable = vec![bytes];
            config.readable.extend(places.folders());
            let glass = Glass::start(config).map_err(Trouble::fault("set the glass up"))?;
            Ok::<_, Trouble>((store, index, glass))
        })
        .await?;
        let catalog = Catalog::open(&records, Options::new(move || clock())).await?;
        let exiftool = Exiftool::new(&glass, EXIFTOOL_ARGUMENTS, workers);
        let engines = Engines { catalog, store, index, schema, glass, exiftool, limits };
        Ok(Damask::new(engines)?)
    }
}

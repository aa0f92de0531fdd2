//! Opens a library with the embedded engines, all in one folder: SQLite, the local store, the index and the
//! glass. What is not embedded (PostgreSQL, other stores) is put together where the configuration is read.

use std::{path::PathBuf, sync::Arc};

use damask_catalog::{Address, Catalog, Clock, Options};
use damask_media::{Glass, GlassConfig, exiftool::Exiftool};
use damask_metadata::EXIFTOOL_ARGUMENTS;
use damask_query::Schema;
use damask_search::Index;
use damask_store::Store;

use crate::{
    damask::{Damask, Engines, off_thread},
    limits::Limits,
    trouble::{Outcome, Trouble},
};

/// Where and how a library is opened.
pub struct Embedded {
    /// The folder that holds all of it; made where it is not there.
    pub folder: PathBuf,
    /// The program that is started again as a worker behind the glass.
    pub program: PathBuf,
    /// The library's clock.
    pub clock: Clock,
    /// How much of everything is taken.
    pub limits: Limits,
}

/// Opens it. Nothing runs yet; see [`crate::Running`].
pub async fn open(embedded: Embedded) -> Outcome<Damask> {
    let Embedded { folder, program, clock, limits } = embedded;
    let schema = Arc::new(Schema::core());
    let (place, fields) = (folder.clone(), Arc::clone(&schema));
    let (store, index, glass) = off_thread(move || {
        std::fs::create_dir_all(&place).map_err(Trouble::fault("make the folder of the library"))?;
        let store = Store::open(place.join("store"))?;
        let (index, _) =
            Index::open(&place.join("index"), fields).map_err(Trouble::fault("open the index"))?;
        let mut config = GlassConfig::new(program, place.join("scratch"));
        config.readable.push(place);
        let glass = Glass::start(config).map_err(Trouble::fault("set the glass up"))?;
        Ok::<_, Trouble>((store, index, glass))
    })
    .await?;
    let options = Options::new(move || clock());
    let catalog = Catalog::open(&Address::Sqlite(folder.join("catalog.sqlite")), options).await?;
    let exiftool = Exiftool::new(&glass, EXIFTOOL_ARGUMENTS, 1);
    let engines = Engines { catalog, store, index, schema, glass, exiftool, limits };
    Ok(Damask::new(engines)?)
}

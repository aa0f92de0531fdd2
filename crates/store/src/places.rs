//! The places of the originals: the first, which answers for what the library has, and a second, if one is named, that
//! is filled behind it. Whoever reads what the first cannot give gets it from the second.
//!
//! The first is opened with the store. The second may be a drive that is not mounted or a bucket out of reach: it is
//! opened when it is wanted, and the library does not wait for it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use damask_model::ContentHash;

use crate::{
    Blobs, Bucket, Capabilities, SealKey, Store, StoreError, Tick, Verified,
    durable::Shelves,
    encrypted::{self, Rewrap},
    engine::{Engine, Staged},
    placing,
    s3::S3,
    session::Session,
};

/// How long a second place that did not open is left alone.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// A place where originals can lie.
#[derive(Clone, Debug)]
pub enum Place {
    /// The store's own folder.
    Here,
    /// Another folder, mostly on another drive or a mount. It must be there; a mark in it tells it from a mount that
    /// is missing.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Bucket),
}

/// The places of one library's originals.
#[derive(Clone, Debug)]
pub struct Places {
    /// Where originals are put.
    pub first: Place,
    /// Where they are kept once more.
    pub second: Option<Place>,
    /// What the places are encrypted with that begin with it, and the data folder's renditions with the first.
    pub key: Option<SealKey>,
}

impl Places {
    /// The store's own folder, and no other.
    pub const HERE: Self = Self { first: Place::Here, second: None, key: None };

    /// The folders apart from the store's own: what is lent may lie in them.
    pub fn folders(&self) -> Vec<PathBuf> {
        let places = [Some(&self.first), self.second.as_ref()];
        let folder = |place: &Place| match place {
            Place::Folder(path) => Some(path.clone()),
            Place::Here | Place::Bucket(_) => None,
        };
        places.into_iter().flatten().filter_map(folder).collect()
    }
}

/// Which of the places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Where originals are put, and read from.
    First,
    /// Where they are kept once more.
    Second,
}

impl Rank {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// A place with what it is opened with, and its engine once it was.
#[derive(Debug)]
struct Site {
    root: PathBuf,
    place: Place,
    session: Arc<Session>,
    key: Option<SealKey>,
    opened: Mutex<Opened>,
}

#[derive(Debug, Default)]
struct Opened {
    engine: Option<Arc<dyn Engine>>,
    failed: Option<Instant>,
}

/// The places of an open store.
#[derive(Debug)]
pub(crate) struct Ranks {
    now: RwLock<Ranked>,
}

#[derive(Clone, Debug)]
struct Ranked {
    first: Arc<dyn Engine>,
    first_site: Arc<Site>,
    second: Option<Arc<Site>>,
}

impl Ranks {
    /// Opens the first place, which must be the one the originals are in.
    pub(crate) fn open(root: &Path, places: &Places, session: &Arc<Session>) -> Result<Self, StoreError> {
        let site = |place: Place| {
            let (root, session, key) = (root.to_owned(), Arc::clone(session), places.key.clone());
            Arc::new(Site { root, place, session, key, opened: Mutex::default() })
        };
        let (first, second) = placing::agree(root, places)?;
        let first_site = site(first);
        let first = first_site.engine()?;
        placing::write_down(root, &first_site.place)?;
        Ok(Self { now: RwLock::new(Ranked { first, first_site, second: second.map(site) }) })
    }

    fn now(&self) -> Ranked {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn first(&self) -> Arc<dyn Engine> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).first)
    }

    /// The engines that were opened already; asks and waits for nobody.
    pub(crate) fn opened(&self) -> Vec<Arc<dyn Engine>> {
        let now = self.now();
        let second = now.second.and_then(|second| second.opened.try_lock().ok()?.engine.clone());
        [Some(now.first), second].into_iter().flatten().collect()
    }

    fn at(&self, rank: Rank) -> Result<Arc<dyn Engine>, StoreError> {
        let now = self.now();
        match rank {
            Rank::First => Ok(now.first),
            Rank::Second => now.second.ok_or(StoreError::NoSecond)?.engine(),
        }
    }

    /// What the first place answers; where it fails, what the second does, if it can.
    pub(crate) fn either<T>(
        &self,
        hash: ContentHash,
        read: impl Fn(&dyn Engine) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let now = self.now();
        let failed = match read(&*now.first) {
            Ok(value) => return Ok(value),
            Err(failed) => failed,
        };
        let Some(second) = now.second else { return Err(failed) };
        match second.engine().and_then(|engine| read(&*engine)) {
            Ok(value) => {
                tracing::warn!(%hash, error = %failed, "read from the second place");
                Ok(value)
            }
            // That of the first is the one to tell of.
            Err(_) => Err(failed),
        }
    }

    /// Removes a blob wherever it is, and answers whether the first place had it.
    pub(crate) fn remove(&self, hash: ContentHash) -> Result<bool, StoreError> {
        let now = self.now();
        let there = now.first.remove(hash)?;
        if let Some(second) = now.second {
            second.engine()?.remove(hash)?;
        }
        Ok(there)
    }
}

impl Site {
    fn engine(&self) -> Result<Arc<dyn Engine>, StoreError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = &opened.engine {
            return Ok(Arc::clone(engine));
        }
        if opened.failed.is_some_and(|at| at.elapsed() < TRIED_AGAIN_AFTER) {
            return Err(StoreError::NotThere {
                path: PathBuf::from(self.name()),
                why: "it could not be opened a moment ago",
            });
        }
        let engine = self.open();
        match &engine {
            Ok(engine) => *opened = Opened { engine: Some(Arc::clone(engine)), failed: None },
            Err(_) => opened.failed = Some(Instant::now()),
        }
        engine
    }

    fn open(&self) -> Result<Arc<dyn Engine>, StoreError> {
        let engine: Arc<dyn Engine> = match &self.place {
            Place::Here => Arc::new(Shelves::here(&self.root, self.session.incoming_folder())),
            Place::Folder(path) => {
                placing::mark(&self.root, path)?;
                Arc::new(Shelves::elsewhere(path)?)
            }
            Place::Bucket(bucket) => Arc::new(S3::open(bucket, Arc::clone(&self.session))?),
        };
        encrypted::begin(&self.root, &self.name(), engine, self.key.as_ref(), &self.session)
    }

    fn name(&self) -> String {
        placing::words(&self.place)
    }
}

impl Store {
    /// Whether originals are kept in a second place.
    pub fn has_second(&self) -> bool {
        self.inner.ranks.now().second.is_some()
    }

    /// The name of a place, by which it is known again: `here`, the path of a folder, or bucket and prefix. `None`
    /// where there is no such place.
    pub fn place_name(&self, rank: Rank) -> Option<String> {
        let now = self.inner.ranks.now();
        let site = match rank {
            Rank::First => Some(now.first_site),
            Rank::Second => now.second,
        };
        site.map(|site| site.name())
    }

    /// What a place was found to do; `None` where it was not reached yet, or there is none. Waits for nobody.
    pub fn capabilities_of(&self, rank: Rank) -> Option<Capabilities> {
        let now = self.inner.ranks.now();
        match rank {
            Rank::First => Some(now.first.capabilities()),
            Rank::Second => {
                let second = now.second?;
                let opened = second.opened.try_lock().ok()?;
                opened.engine.as_ref().map(|engine| engine.capabilities())
            }
        }
    }

    /// Opens a place that was not open yet, and makes sure that it is still there.
    pub fn reach(&self, rank: Rank) -> Result<(), StoreError> {
        self.inner.ranks.at(rank)?.check_there()
    }

    /// As [`Store::verify`], in one of the places, telling `tick` of what was read. [`StoreError::Stopped`] where it
    /// has enough, [`StoreError::NotThere`] where not the blob but the place is missing.
    pub fn verify_at(
        &self,
        rank: Rank,
        hash: ContentHash,
        bytes: Option<u64>,
        tick: Tick<'_>,
    ) -> Result<Verified, StoreError> {
        let engine = self.inner.ranks.at(rank)?;
        let verified = engine.verify(hash, bytes, tick)?;
        if verified == Verified::Missing {
            engine.check_there()?;
        }
        Ok(verified)
    }

    /// Length in bytes of a blob in one of the places; [`StoreError::Missing`] when it is not there.
    pub fn length_at(&self, rank: Rank, hash: ContentHash) -> Result<u64, StoreError> {
        self.inner.ranks.at(rank)?.length(hash)
    }

    /// Puts a copy of a blob into a place, from the other one, over whatever is there. What is copied is hashed:
    /// [`StoreError::OtherBytes`] where the other one is damaged itself. Durable on return.
    pub fn copy_to(&self, rank: Rank, hash: ContentHash, bytes: u64) -> Result<(), StoreError> {
        let (from, to) = (self.inner.ranks.at(rank.other())?, self.inner.ranks.at(rank)?);
        let lent = from.lend(hash)?;
        to.keep_copy(&Staged::plain(lent.path(), hash, bytes))
    }

    /// Removes a blob from one of the places; answers whether it was there. The caller makes sure that nothing names it.
    pub fn remove_at(&self, rank: Rank, hash: ContentHash) -> Result<bool, StoreError> {
        self.inner.ranks.at(rank)?.remove(hash)
    }

    /// All that lies among the blobs of a place, in the order of names.
    pub fn blobs_at(&self, rank: Rank) -> Result<Blobs, StoreError> {
        Ok(Blobs::new(self.inner.ranks.at(rank)?.walk()))
    }

    /// Has another key of the person's open the encrypted places; the one before no longer does. No blob is touched.
    /// Answers how many places that are. All must be there; where one fails half way, both keys open them still.
    pub fn rewrap(&self, key: &SealKey) -> Result<usize, StoreError> {
        let ranks = &self.inner.ranks;
        let mut places = vec![(Rank::First, ranks.first())];
        if self.has_second() {
            places.push((Rank::Second, ranks.at(Rank::Second)?));
        }
        let mut rewrapped = 0;
        for how in [Rewrap::Add, Rewrap::Only] {
            rewrapped = 0;
            for (rank, engine) in &places {
                let place = self.place_name(*rank).unwrap_or_default();
                rewrapped += usize::from(encrypted::rewrap(&self.inner.root, &place, &**engine, key, how)?);
            }
        }
        Ok(rewrapped)
    }

    /// Makes the second place the first, from now on and at the next start, and the first the second. The caller makes
    /// sure that the second has everything, and that nothing is on its way.
    pub fn swap_places(&self) -> Result<(), StoreError> {
        let mut now = self.inner.ranks.now.write().unwrap_or_else(PoisonError::into_inner);
        let second = now.second.clone().ok_or(StoreError::NoSecond)?;
        let engine = second.engine()?;
        placing::write_down(&self.inner.root, &second.place)?;
        *now = Ranked { first: engine, second: Some(Arc::clone(&now.first_site)), first_site: second };
        Ok(())
    }
}

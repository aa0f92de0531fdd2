//! What a server really does, found out when the store is opened by doing it under names of its own. Some servers
//! answer 200 to conditions they ignore, or send the whole where a part was asked for; nothing is believed.

use damask_model::Uuid;
use futures::TryStreamExt as _;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, path::Path};

use super::Remote;
use crate::{Capabilities, Refusal, StoreError, Way};

/// Where trials lie below the prefix; never among the blobs.
const PROBES: &str = "probe";

/// Bytes put for a trial.
const TRIAL: &[u8] = b"0123456789";

/// Names in the order of their bytes, put in another order.
const NAMES: [&str; 3] = ["0a/1", "0a/a", "b"];

impl Capabilities {
    /// Before anything was tried.
    pub(super) fn unknown(place: &str) -> Self {
        Self {
            place: place.to_owned(),
            encrypted: false,
            create_only: Way::Substitute("nothing was tried yet"),
            ranges: Way::Substitute("nothing was tried yet"),
            ordered_list: Way::Substitute("nothing was tried yet"),
            multipart: Way::Substitute("nothing was tried yet"),
        }
    }
}

impl Remote {
    /// Tries everything, and removes what it put. An error says what is wrong with the bucket, the key or the server.
    pub(super) fn probe(&self) -> Result<Capabilities, StoreError> {
        let folder = format!("{PROBES}/{}", Uuid::now_v7().simple());
        let found = self.wait(self.try_all(&folder));
        if found.is_ok() {
            self.wait(self.sweep(&folder));
        }
        found
    }

    async fn try_all(&self, folder: &str) -> Result<Capabilities, StoreError> {
        // A list first: a server that has no such bucket says so here, while some make it at the first put.
        let listed = self.store().list_with_delimiter(Some(&self.below_prefix(folder))).await;
        listed.map_err(|error| self.failed("list", error))?;
        Ok(Capabilities {
            place: self.place().to_owned(),
            encrypted: false,
            create_only: self.try_create_only(folder).await?,
            ranges: self.try_range(folder).await?,
            ordered_list: self.try_order(folder).await?,
            multipart: self.try_multipart(folder).await?,
        })
    }

    fn trial(&self, folder: &str, name: &str) -> Path {
        self.below_prefix(&format!("{folder}/{name}"))
    }

    /// A second put of the same name must be refused, and must not have changed the first.
    async fn try_create_only(&self, folder: &str) -> Result<Way, StoreError> {
        const ASKS: &str = "the server is asked before each put";
        let name = self.trial(folder, "create");
        let create = |bytes: &'static [u8]| {
            self.store().put_opts(&name, PutPayload::from_static(bytes), PutOptions::from(PutMode::Create))
        };
        if let Err(error) = create(TRIAL).await {
            // It may refuse the condition, or all puts; the second is an error.
            self.put_trial(&name, TRIAL).await?;
            tracing::info!(%error, "the bucket takes no conditional puts");
            return Ok(Way::Substitute(ASKS));
        }
        let second = create(b"other").await;
        let kept = self.get_trial(&name).await?;
        match second {
            Err(object_store::Error::AlreadyExists { .. }) if kept == TRIAL => Ok(Way::Native),
            _ => Ok(Way::Substitute(ASKS)),
        }
    }

    async fn try_range(&self, folder: &str) -> Result<Way, StoreError> {
        let name = self.trial(folder, "range");
        self.put_trial(&name, TRIAL).await?;
        match self.store().get_range(&name, 2..5).await {
            Ok(part) if *part == TRIAL[2..5] => Ok(Way::Native),
            Ok(_) => Err(self.refused("read a part", Refusal::Lacks("ranges"), "it sent other bytes")),
            Err(error) => Err(self.lacks("read a part", "ranges", error)),
        }
    }

    async fn try_order(&self, folder: &str) -> Result<Way, StoreError> {
        let folder = format!("{folder}/order");
        for name in [2, 0, 1] {
            self.put_trial(&self.trial(&folder, NAMES[name]), TRIAL).await?;
        }
        let listed: Vec<_> = self
            .store()
            .list(Some(&self.below_prefix(&folder)))
            .try_collect()
            .await
            .map_err(|error| self.failed("list", error))?;
        let found: Vec<Path> = listed.into_iter().map(|meta| meta.location).collect();
        let expected = NAMES.map(|name| self.trial(&folder, name));
        if found == expected {
            return Ok(Way::Native);
        }
        let mut sorted = found;
        sorted.sort();
        if sorted == expected {
            Ok(Way::Substitute("a part of the names is sorted at a time"))
        } else {
            Err(self.refused(
                "list",
                Refusal::Lacks("lists of all names"),
                "it listed other names than were put",
            ))
        }
    }

    /// Nothing may be seen before the last word, and all of it after.
    async fn try_multipart(&self, folder: &str) -> Result<Way, StoreError> {
        const WHAT: &str = "multipart uploads";
        let name = self.trial(folder, "pieces");
        let failed = |error| self.lacks("put in pieces", WHAT, error);
        let mut upload = self.store().put_multipart(&name).await.map_err(failed)?;
        upload.put_part(PutPayload::from_static(TRIAL)).await.map_err(failed)?;
        if self.store().head(&name).await.is_ok() {
            return Err(self.refused(
                "put in pieces",
                Refusal::Lacks(WHAT),
                "a piece was seen before the end",
            ));
        }
        upload.complete().await.map_err(failed)?;
        if self.get_trial(&name).await? == TRIAL {
            Ok(Way::Native)
        } else {
            Err(self.refused("put in pieces", Refusal::Lacks(WHAT), "it kept other bytes"))
        }
    }

    /// A server that answers, but not with this, lacks it; any other failure is what it is.
    fn lacks(&self, doing: &'static str, what: &'static str, error: object_store::Error) -> StoreError {
        match super::trouble::refusal(&error) {
            Refusal::Other => self.refused(doing, Refusal::Lacks(what), error),
            why => self.refused(doing, why, error),
        }
    }

    async fn put_trial(&self, name: &Path, bytes: &'static [u8]) -> Result<(), StoreError> {
        let put = self.store().put(name, PutPayload::from_static(bytes)).await;
        put.map(drop).map_err(|error| self.failed("put", error))
    }

    async fn get_trial(&self, name: &Path) -> Result<bytes::Bytes, StoreError> {
        let read = async { self.store().get(name).await?.bytes().await };
        read.await.map_err(|error| self.failed("read", error))
    }

    /// Removes trials; what is left is in nobody's way.
    async fn sweep(&self, folder: &str) {
        for name in ["create", "range", "pieces"].map(|name| self.trial(folder, name)) {
            self.remove_trial(&name).await;
        }
        for name in NAMES {
            self.remove_trial(&self.trial(&format!("{folder}/order"), name)).await;
        }
    }

    async fn remove_trial(&self, name: &Path) {
        if let Err(error) = self.store().delete(name).await {
            tracing::warn!(%name, %error, "cannot remove a trial from the bucket: originals cannot be removed either");
        }
    }
}

//! Walking over the names in a bucket in the order of their hashes. A server that lists in no order is asked for one
//! part of the names at a time, and each part is sorted here.

use std::{cmp::Reverse, collections::VecDeque, path::PathBuf, sync::Arc};

use futures::{StreamExt as _, stream::BoxStream};
use object_store::{ObjectMeta, ObjectStore as _, path::Path};

use super::Remote;
use crate::{Found, StoreError, StoreKey, Way, key::BLOBS};

/// See [`crate::Store::blobs`]. Nothing is asked before the first name is wanted.
pub(super) struct Names {
    remote: Arc<Remote>,
    /// Parts that were not begun yet.
    parts: VecDeque<String>,
    open: Option<BoxStream<'static, object_store::Result<ObjectMeta>>>,
    /// Names of a part that was sorted, the last first.
    sorted: Vec<Found>,
}

impl Names {
    pub(super) fn new(remote: Arc<Remote>) -> Self {
        let parts = match remote.capabilities().ordered_list {
            Way::Native => VecDeque::from([BLOBS.to_owned()]),
            Way::Substitute(_) => (0..=u8::MAX).map(|first| format!("{BLOBS}/{first:02x}")).collect(),
        };
        Self { remote, parts, open: None, sorted: Vec::new() }
    }

    fn begin(&mut self, part: &str) {
        let path = self.remote.below_prefix(part);
        self.open = Some(self.remote.store().list(Some(&path)));
    }

    fn next_listed(&mut self) -> Option<Result<Found, StoreError>> {
        let stream = self.open.as_mut()?;
        match self.remote.wait(stream.next()) {
            Some(Ok(meta)) => Some(Ok(self.remote.look_at(&meta))),
            Some(Err(error)) => {
                self.open = None;
                Some(Err(self.remote.failed("list", error)))
            }
            None => {
                self.open = None;
                None
            }
        }
    }

    /// All names of the next part, sorted; `false` when there is none left.
    fn sort_next_part(&mut self) -> Result<bool, StoreError> {
        let Some(part) = self.parts.pop_front() else { return Ok(false) };
        self.begin(&part);
        let mut found = Vec::new();
        while let Some(name) = self.next_listed() {
            found.push(name?);
        }
        found.sort_by_key(|found| Reverse(name_of(found)));
        self.sorted = found;
        Ok(true)
    }
}

fn name_of(found: &Found) -> PathBuf {
    match found {
        Found::Blob { hash, .. } => StoreKey::Blob(*hash).path(),
        Found::Stray { path } => path.clone(),
    }
}

impl Iterator for Names {
    type Item = Result<Found, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let is_ordered = self.remote.capabilities().ordered_list == Way::Native;
        loop {
            if let Some(found) = self.sorted.pop() {
                return Some(Ok(found));
            }
            if is_ordered {
                if let Some(found) = self.next_listed() {
                    return Some(found);
                }
                let part = self.parts.pop_front()?;
                self.begin(&part);
            } else {
                match self.sort_next_part() {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => return Some(Err(error)),
                }
            }
        }
    }
}

impl Remote {
    /// What a listed name is.
    fn look_at(&self, meta: &ObjectMeta) -> Found {
        let location = meta.location.as_ref();
        let name = location.strip_prefix(self.prefix()).unwrap_or(location).trim_start_matches('/');
        let hash = name.rsplit('/').next().and_then(|name| name.parse().ok());
        match hash {
            Some(hash) if StoreKey::Blob(hash).path().to_str() == Some(name) => {
                Found::Blob { hash, bytes: meta.size }
            }
            _ => Found::Stray { path: PathBuf::from(location) },
        }
    }

    /// A name below the prefix.
    pub(super) fn below_prefix(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix()))
    }
}

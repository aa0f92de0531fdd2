//! Who is at work in a repository: whoever makes a backup relies on pieces that whoever removes backups might take
//! away. A lease says until when; one that is not renewed ends by itself, since a process may be killed.

use serde::{Deserialize, Serialize};

use damask_time::Instant;

use super::{Repository, RepositoryError, medium::read_all};

const NAME: &str = "lease";
/// For how long a lease is taken.
const LEASE_S: i64 = 600;
/// How long before its end it is renewed.
const RENEWED_BEFORE_S: i64 = 300;

#[derive(Serialize, Deserialize)]
struct Written {
    who: String,
    holder: String,
    until_us: i64,
}

/// Held while somebody works in a repository. Dropped by a process that dies, it ends after ten minutes.
#[derive(Debug)]
pub struct Lease {
    who: String,
    holder: String,
    until: Instant,
}

impl Repository {
    /// Takes the place for oneself, and clears away what those who were killed there have left. `holder` is a name
    /// that comes back after a crash: whoever bears it takes its own lease again.
    ///
    /// # Errors
    /// [`RepositoryError::Busy`] where somebody else is at work.
    pub fn lease(&self, who: &str, holder: &str, now: Instant) -> Result<Lease, RepositoryError> {
        if let Some(bytes) = read_all(self.medium.as_ref(), NAME)?
            && let Ok(found) = serde_json::from_slice::<Written>(&bytes)
            && found.holder != holder
            && found.until_us > now.micros
        {
            let until = Instant::from_micros(found.until_us).to_string();
            return Err(RepositoryError::Busy { place: self.medium.place(), who: found.who, until });
        }
        let mut lease = Lease { who: who.to_owned(), holder: holder.to_owned(), until: now };
        self.renew(&mut lease, now)?;
        self.medium.clear()?;
        Ok(lease)
    }

    /// Makes a lease last; does nothing while it lasts long enough.
    pub fn renew(&self, lease: &mut Lease, now: Instant) -> Result<(), RepositoryError> {
        if lease.until > now.plus_seconds(RENEWED_BEFORE_S) {
            return Ok(());
        }
        lease.until = now.plus_seconds(LEASE_S);
        let written =
            Written { who: lease.who.clone(), holder: lease.holder.clone(), until_us: lease.until.micros };
        let text = serde_json::to_vec(&written).expect("texts and a number are JSON");
        self.medium.put(NAME, &mut text.as_slice())?;
        self.medium.settle()
    }

    /// Gives the place back.
    pub fn release(&self, lease: Lease) -> Result<(), RepositoryError> {
        drop(lease);
        self.medium.remove(NAME).map(drop)
    }
}

//! Where encryption begins: with a place that holds nothing yet. From then on its envelope lies in it, so that the
//! place and the person's key are enough; a copy of it is kept in the local folder, in case the one in the place is lost.

use std::{path::Path, sync::Arc};

use super::{DataKey, Encrypted, envelope::Envelope};
use crate::{
    SealKey, StoreError,
    engine::{Engine, Note},
    placing,
    session::Session,
};

/// The envelope in a place, or several with spaces between them.
const NOTE: &str = "damask-key";
/// Copies of them in the local folder, a line each: the envelopes, a tab, the place.
const COPIES: &str = "envelopes";

/// The engine of a place, encrypting if the place is encrypted, or is to be: where there is a key and the place holds
/// nothing. [`StoreError::Locked`] where its envelope cannot be opened.
pub(crate) fn begin(
    root: &Path,
    place: &str,
    engine: Arc<dyn Engine>,
    key: Option<&SealKey>,
    session: &Arc<Session>,
) -> Result<Arc<dyn Engine>, StoreError> {
    let copies = Copies::read(root)?;
    let left = engine.note(NOTE)?;
    let data = match (left.clone().or_else(|| copies.of(place)), key) {
        (Some(_), None) => {
            return Err(locked(place, "its originals are encrypted: name their key in store.key_file"));
        }
        (Some(text), Some(key)) => {
            let data = open(&text, key, place)?;
            if left.is_none() {
                tracing::warn!(place, "the envelope of the place is put back from its copy");
                engine.leave_note(NOTE, &text, Note::New)?;
            }
            Copies::keep(root, place, &text)?;
            data
        }
        (None, Some(key)) if engine.walk().next().is_none() => {
            let text = copies.any(key).unwrap_or_else(|| Envelope::wrap(&DataKey::fresh(), key).to_text());
            engine.leave_note(NOTE, &text, Note::New)?;
            // Another process may have begun it in the same moment; one of the two envelopes is there now.
            let text =
                engine.note(NOTE)?.ok_or_else(|| locked(place, "what is written there is not kept"))?;
            let data = open(&text, key, place)?;
            Copies::keep(root, place, &text)?;
            data
        }
        (None, Some(_)) => {
            tracing::warn!(
                place,
                "originals lie there in the clear, and new ones will: encryption begins with an empty place"
            );
            return Ok(engine);
        }
        (None, None) => return Ok(engine),
    };
    Ok(Arc::new(Encrypted::new(engine, data, Arc::clone(session))?))
}

/// Which keys of the person's open a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewrap {
    /// Those that do, and another one.
    Add,
    /// This one alone.
    Only,
}

/// Wraps the data key of an encrypted place for another key of the person's. Answers whether the place is encrypted.
pub(crate) fn rewrap(
    root: &Path,
    place: &str,
    engine: &dyn Engine,
    key: &SealKey,
    how: Rewrap,
) -> Result<bool, StoreError> {
    let Some(data) = engine.data_key() else { return Ok(false) };
    let mut text = Envelope::wrap(data, key).to_text();
    if how == Rewrap::Add
        && let Some(before) = engine.note(NOTE)?
    {
        text = format!("{text} {}", before.trim());
    }
    engine.leave_note(NOTE, &text, Note::Over)?;
    Copies::keep(root, place, &text)?;
    Ok(true)
}

/// The data key in envelopes, of which there are two while one key is changed for another.
fn open(text: &str, key: &SealKey, place: &str) -> Result<DataKey, StoreError> {
    let envelopes: Vec<Envelope> = text.split_whitespace().filter_map(Envelope::read).collect();
    if envelopes.is_empty() {
        return Err(locked(place, "its envelope, damask-key, is damaged or of a newer Damask"));
    }
    let data = envelopes.iter().find_map(|envelope| envelope.unwrap(key));
    data.ok_or_else(|| locked(place, "the key in store.key_file is not the one it was encrypted with"))
}

fn locked(place: &str, why: &'static str) -> StoreError {
    StoreError::Locked { place: place.to_owned(), why }
}

/// The envelopes that were seen, by place.
struct Copies(String);

impl Copies {
    fn read(root: &Path) -> Result<Self, StoreError> {
        Ok(Self(placing::read_text(&root.join(COPIES))?.unwrap_or_default()))
    }

    fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| line.split_once('\t'))
    }

    fn of(&self, place: &str) -> Option<String> {
        self.each().find(|(_, of)| *of == place).map(|(text, _)| text.to_owned())
    }

    /// One that this key opens: a library has one data key.
    fn any(&self, key: &SealKey) -> Option<String> {
        self.each().find(|(text, place)| open(text, key, place).is_ok()).map(|(text, _)| text.to_owned())
    }

    fn keep(root: &Path, place: &str, text: &str) -> Result<(), StoreError> {
        let (path, copies, text) = (root.join(COPIES), Self::read(root)?, text.trim());
        if copies.of(place).as_deref() == Some(text) {
            return Ok(());
        }
        let others = copies.each().filter(|(_, of)| *of != place);
        let mut lines: Vec<String> = others.map(|(text, of)| format!("{text}\t{of}")).collect();
        lines.push(format!("{text}\t{place}"));
        placing::replace(&path, &lines.join("\n")).map_err(|error| StoreError::io("write", &path, error))
    }
}

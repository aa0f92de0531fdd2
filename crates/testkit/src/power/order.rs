//! The order that an acknowledgement stands on: the file's bytes synced, the file named, its folder synced, the
//! records written and synced, and only then the answer.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Recording;
use super::trace::Call;
use crate::siege::{Act, Content, Said};

/// Shortest piece by which a content is known among all that is written, bytes.
const PIECE_BYTES_MIN: usize = 64;

/// The places of the steps of one file's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// The file's name.
    pub name: String,
    /// What was done, and where it ended; the last is the answer.
    pub steps: Vec<(String, usize)>,
}

impl Recording {
    /// The steps of every new file whose acknowledgement `is_meant`.
    pub fn steps(&self, is_meant: impl Fn(&Act) -> bool) -> Result<Vec<Steps>> {
        let mut found = Vec::new();
        for deeds in &self.deeds {
            let mut upload = None;
            for (place, deed) in deeds {
                let file = match (&deed.act, &deed.said) {
                    (Act::Put { name, content }, Said::Asset(_)) => Some((name.clone(), *content)),
                    (Act::Import { files, .. }, Said::Arrived { name, .. }) => {
                        files.iter().find(|(known, _)| known == name).cloned()
                    }
                    (Act::Begin { name, content }, _) => {
                        upload = Some((name.clone(), *content));
                        None
                    }
                    (Act::Append { .. }, Said::Received { asset: Some(_), .. }) => upload.take(),
                    _ => None,
                };
                if let Some((name, content)) = file.filter(|_| is_meant(&deed.act)) {
                    let steps =
                        self.way(&name, content, *place).with_context(|| format!("{name}: {deed:?}"))?;
                    found.push(Steps { name, steps });
                }
            }
        }
        Ok(found)
    }

    /// Each step is looked for after the end of the one before: were one left out or late, it would not be found
    /// before the answer.
    fn way(&self, name: &str, content: Content, answer: usize) -> Result<Vec<(String, usize)>> {
        let bytes = content.bytes();
        let from_end = bytes.len() % crate::siege::PIECE_BYTES;
        let mut steps: Vec<(String, usize)> = Vec::new();
        let mut then = |what: String, is: &dyn Fn(&Call) -> bool| -> Result<&Call> {
            let after = steps.last().map_or(0, |(_, place)| *place);
            let found = self.calls.iter().find(|call| call.begun >= after && call.answer >= 0 && is(call));
            let found = found.with_context(|| format!("it was not {what} after {steps:?}"))?;
            ensure!(found.ended <= answer, "it was {what} at {}, answered at {answer}", found.ended);
            steps.push((what, found.ended));
            Ok(found)
        };
        let is_end = |data: &[u8]| {
            let enough = data.len() >= PIECE_BYTES_MIN || (data.len() == from_end && from_end > 0);
            enough && bytes.ends_with(data)
        };
        let written = then("written".to_owned(), &|call| {
            matches!(call.name.as_str(), "write" | "pwrite64")
                && call.descriptor(0).is_some_and(|path| path.starts_with(&self.root))
                && is_end(call.data())
        })?;
        let file = written.descriptor(0).context("a file has a path")?.to_owned();
        then("synced".to_owned(), &|call| is_sync(call, &file))?;
        let named = then("named".to_owned(), &|call| {
            let (from, _) = names(call);
            from.is_some_and(|from| from == file)
        })?;
        let target = names(named).1.context("a name has a target")?;
        let folder = target.parent().context("a name stands in a folder")?.to_owned();
        then("made durable by its folder".to_owned(), &|call| is_sync(call, &folder))?;
        let recorded = then("recorded".to_owned(), &|call| {
            let is_log = call.descriptor(0).is_some_and(|path| path.to_string_lossy().ends_with("-wal"));
            is_log && call.data().windows(name.len()).any(|window| window == name.as_bytes())
        })?;
        let log = recorded.descriptor(0).context("a file has a path")?.to_owned();
        then("committed".to_owned(), &|call| is_sync(call, &log))?;
        steps.push(("answered".to_owned(), answer));
        Ok(steps)
    }
}

fn is_sync(call: &Call, path: &Path) -> bool {
    matches!(call.name.as_str(), "fsync" | "fdatasync") && call.descriptor(0) == Some(path)
}

/// The old and the new name of what gets one.
fn names(call: &Call) -> (Option<std::path::PathBuf>, Option<std::path::PathBuf>) {
    match call.name.as_str() {
        "rename" | "link" => (call.path(0), call.path(1)),
        "renameat" | "renameat2" | "linkat" => (call.path(1), call.path(3)),
        _ => (None, None),
    }
}

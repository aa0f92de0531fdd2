//! What is known of bytes by the door they came by. Kept with a file that waits for a person, so that it can
//! still come in as it would have.

use damask_model::{Stamp, job::Lane};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{intent::Intent, path::HomePath};
use crate::limits::Limits;

/// What is known of bytes by the door they came by.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path, as it is told back.
    pub path: String,
    /// Where it goes in the home tree, and its name.
    pub home: HomePath,
    /// Directory, name and stamp where an import read it.
    pub origin: Option<(String, String, Stamp)>,
    /// Who waits for it.
    pub lane: Lane,
    /// Whether previews are made now.
    pub previews: bool,
    /// What is wanted of it beside what is here.
    pub intent: Intent,
    /// A person has let it in, whatever is wrong with it.
    pub admitted: bool,
}

/// A source as it is kept.
#[derive(Deserialize, Serialize)]
pub(super) struct Kept {
    folders: Vec<String>,
    origin: Option<KeptOrigin>,
    previews: bool,
    #[serde(default)]
    intent: Intent,
}

#[derive(Deserialize, Serialize)]
struct KeptOrigin {
    directory: String,
    name: String,
    bytes: u64,
    modified_ns: i64,
    changed_ns: i64,
    inode: u64,
}

impl Kept {
    /// What is kept of a file of which only its home is known.
    pub fn in_folders(folders: Vec<String>) -> Json {
        json!(Self { folders, origin: None, previews: true, intent: Intent::default() })
    }
}

impl Source {
    /// All but the path and the name, which are kept beside it.
    pub fn to_json(&self) -> Json {
        let origin = self.origin.as_ref().map(|(directory, name, stamp)| KeptOrigin {
            directory: directory.clone(),
            name: name.clone(),
            bytes: stamp.bytes,
            modified_ns: stamp.modified_ns,
            changed_ns: stamp.changed_ns,
            inode: stamp.inode,
        });
        let (folders, previews, intent) = (self.home.folders().to_vec(), self.previews, self.intent);
        json!(Kept { folders, origin, previews, intent })
    }

    /// The source of a file that waited, which a person waits for now. Where nothing was kept it goes to the root.
    pub fn of_kept(kept: &Json, path: String, name: String, limits: &Limits) -> Self {
        let kept = serde_json::from_value(kept.clone());
        let nothing = Kept { folders: Vec::new(), origin: None, previews: true, intent: Intent::default() };
        let kept: Kept = kept.unwrap_or(nothing);
        let origin = kept.origin.map(|origin| {
            let KeptOrigin { directory, name, bytes, modified_ns, changed_ns, inode } = origin;
            (directory, name, Stamp { bytes, modified_ns, changed_ns, inode })
        });
        let home = HomePath::from_disk(kept.folders, name, limits);
        Self {
            path,
            home,
            origin,
            lane: Lane::Fresh,
            previews: kept.previews,
            intent: kept.intent,
            admitted: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use damask_model::{Stamp, job::Lane};
    use serde_json::Value as Json;

    use super::Source;
    use crate::{
        ingest::{intent::Intent, path::HomePath},
        limits::Limits,
    };

    #[test]
    fn what_was_kept_of_a_source_comes_back() {
        let limits = Limits::default();
        let stamp = Stamp { bytes: 7, modified_ns: -1, changed_ns: i64::MAX, inode: u64::MAX };
        let source = Source {
            path: "/card/News/tool".into(),
            home: HomePath::parse("News/tool", &limits).expect("a path"),
            origin: Some(("/card/News".into(), "tool".into(), stamp)),
            lane: Lane::Bulk,
            previews: false,
            intent: Intent::parse(None, Some("version")).expect("lawful"),
            admitted: false,
        };
        let kept = source.to_json();
        let again = Source::of_kept(&kept, source.path.clone(), "tool".into(), &limits);
        assert_eq!((&again.path, &again.home, &again.origin), (&source.path, &source.home, &source.origin));
        assert_eq!((again.previews, again.intent), (false, source.intent));
        let nothing = Source::of_kept(&Json::Null, "x/tool".into(), "tool".into(), &limits);
        assert!(nothing.home.folders().is_empty() && nothing.origin.is_none());
    }
}

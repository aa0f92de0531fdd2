//! Comparing two versions of an asset: their embedded tags side by side, those that differ. Their pictures are looked
//! at beside each other; that is the page's.

use std::collections::BTreeMap;

use damask_catalog::{Conn, embedded, versions};
use damask_metadata::Tags;
use damask_model::{AssetId, probe::Probe};
use serde_json::Value as Json;

use crate::{
    caller::Caller,
    damask::Damask,
    look::version_view,
    see,
    trouble::{Outcome, Trouble},
    view::VersionView,
};

/// Versions of an asset that are looked through for a number.
const VERSIONS_MAX: u32 = 10_000;

/// Two versions beside each other.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The one it is compared from.
    pub from: Side,
    /// The one it is compared to.
    pub to: Side,
    /// Embedded tags that only one has, or that say other things in each.
    pub tags: Vec<Difference>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Side {
    /// The version.
    pub version: VersionView,
    /// What was measured of it.
    pub probe: Probe,
}

/// A tag that is not the same in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its group, as exiftool names it.
    pub group: String,
    /// Its name.
    pub name: String,
    /// What it says in the first; `None` where it is not there.
    pub from: Option<Json>,
    /// What it says in the second.
    pub to: Option<Json>,
}

/// Compares the versions of these numbers.
pub async fn versions(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    (from, to): (u32, u32),
) -> Outcome<Comparison> {
    see::asset(damask, caller, id).await?;
    let mut conn = damask.catalog().read().await?;
    let all = versions::of_asset(&mut conn, id, VERSIONS_MAX).await?;
    let numbered = |number: u32| {
        let found = all.iter().find(|record| record.version.number == number).cloned();
        found.ok_or_else(|| Trouble::missing("version", number))
    };
    let (from, to) = (numbered(from)?, numbered(to)?);
    let (tags_from, tags_to) = (tags_of(&mut conn, &from).await?, tags_of(&mut conn, &to).await?);
    let side = |record: versions::Record| Side { probe: record.probe.clone(), version: version_view(record) };
    Ok(Comparison { tags: differences(tags_from, tags_to), from: side(from), to: side(to) })
}

async fn tags_of(conn: &mut Conn, record: &versions::Record) -> Outcome<Tags> {
    match embedded::of_file(conn, record.version.primary).await? {
        Some(embedded) => serde_json::from_value(embedded.tags).map_err(Trouble::fault("read kept tags")),
        None => Ok(Tags::default()),
    }
}

/// What the file system says of where a file lies is no difference between files.
const OF_THE_PLACE: &[&str] = &["File:System", "System"];

fn differences(from: Tags, to: Tags) -> Vec<Difference> {
    type Sides = (Option<Json>, Option<Json>);
    let mut met: BTreeMap<(String, String), Sides> = BTreeMap::new();
    let counts = |group: &str| !OF_THE_PLACE.contains(&group);
    for tag in from.list.into_iter().filter(|tag| counts(&tag.group)) {
        met.entry((tag.group, tag.name)).or_default().0 = Some(tag.value);
    }
    for tag in to.list.into_iter().filter(|tag| counts(&tag.group)) {
        met.entry((tag.group, tag.name)).or_default().1 = Some(tag.value);
    }
    met.into_iter()
        .filter(|(_, (from, to))| from != to)
        .map(|((group, name), (from, to))| Difference { group, name, from, to })
        .collect()
}

#[cfg(test)]
mod tests {
    use damask_metadata::Tags;
    use serde_json::json;

    use super::differences;

    fn tags(json: serde_json::Value) -> Tags {
        Tags::from_exiftool(&json!([json]).to_string()).expect("tags")
    }

    #[test]
    fn only_tags_that_differ_are_told_with_what_stands_on_each_side() {
        let from = tags(json!({ "IFD0:Artist": "Ida", "XMP-dc:Title": "Old", "IFD0:Make": "Leica" }));
        let to = tags(json!({ "IFD0:Artist": "Ida", "XMP-dc:Title": "New", "XMP-dc:Rights": "Mine" }));
        let told: Vec<_> = differences(from, to)
            .into_iter()
            .map(|one| (one.name, one.from.is_some(), one.to.is_some()))
            .collect();
        let expected = [("Make", true, false), ("Rights", false, true), ("Title", true, true)];
        assert_eq!(told.len(), expected.len());
        for (name, from, to) in expected {
            assert!(told.contains(&(name.to_owned(), from, to)), "{name}: {told:?}");
        }
    }
}

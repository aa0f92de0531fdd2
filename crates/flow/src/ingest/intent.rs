//! What a sender wants to become of a file beside what is here: an asset of its own, a new version of a certain asset,
//! or what they say for the case that its folder has a file of that name.

use damask_catalog::{Conn, assets, folders};
use damask_model::{Asset, AssetId};
use serde::{Deserialize, Serialize};

use super::path::HomePath;
use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    edit, see,
    trouble::{Outcome, Trouble},
};

/// What is wanted of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Intent {
    /// The asset that is to get it as its new version.
    #[serde(default)]
    pub replaces: Option<AssetId>,
    /// What to do where its folder has a file of that name.
    #[serde(default)]
    pub same_name: SameName,
}

/// What to do with a file whose folder has one of that name, of other bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameName {
    /// Both stay: it becomes an asset of its own.
    #[default]
    Copy,
    /// It becomes a new version of the one that is there.
    Version,
    /// It is left out.
    Skip,
    /// It is not begun: the sender is told, and decides.
    Ask,
}

impl SameName {
    /// The choice of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "copy" => Self::Copy,
            "version" => Self::Version,
            "skip" => Self::Skip,
            "ask" => Self::Ask,
            _ => return None,
        })
    }
}

impl Intent {
    /// As two texts of a request say it.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub fn parse(replaces: Option<&str>, same_name: Option<&str>) -> Outcome<Self> {
        let replaces = replaces
            .map(|id| {
                id.parse().map_err(|_| Trouble::mistake("bad-upload", "`replaces` is the id of an asset"))
            })
            .transpose()?;
        let same_name = same_name
            .map(|name| {
                SameName::from_name(name).ok_or_else(|| {
                    Trouble::mistake("bad-upload", format!("`sameName` cannot be {name:?}"))
                        .hint("copy, version, skip or ask")
                })
            })
            .transpose()?;
        Ok(Self { replaces, same_name: same_name.unwrap_or_default() })
    }

    /// Whether a file that meets its name is not wanted.
    pub const fn leaves_out(&self) -> bool {
        self.replaces.is_none() && matches!(self.same_name, SameName::Skip)
    }

    /// Refuses, before bytes are sent, what could not be done with them then.
    pub async fn check(&self, damask: &Damask, caller: &Caller, home: &HomePath) -> Outcome<()> {
        if let Some(id) = self.replaces {
            caller.needs(Permission::Edit, "replacing the file of an asset")?;
            let record = see::asset(damask, caller, id).await?;
            return edit::check_changeable(caller, &record.asset);
        }
        if !matches!(self.same_name, SameName::Ask | SameName::Skip) {
            return Ok(());
        }
        let mut conn = damask.catalog().read().await?;
        let Some(here) = namesake(damask, &mut conn, caller, home).await? else { return Ok(()) };
        let detail = format!("{:?} is in this folder already", here.name);
        Err(Trouble::mistake("same-name", detail)
            .hint("send it again with `sameName` version or copy, or leave it out")
            .of(here.id.0))
    }
}

/// The asset that the folder has by the name of `home`, as far as the caller may know of it.
pub async fn namesake(
    damask: &Damask,
    conn: &mut Conn,
    caller: &Caller,
    home: &HomePath,
) -> Outcome<Option<Asset>> {
    let mut folder = None;
    for name in home.folders() {
        match folders::child(conn, folder, name).await? {
            Some(child) => folder = Some(child.id),
            None => return Ok(None),
        }
    }
    let Some(id) = assets::named(conn, folder, home.name()).await? else { return Ok(None) };
    let records = assets::by_ids(conn, &[id]).await?;
    let seen = see::only_visible(damask, conn, caller, records).await?;
    Ok(seen.into_iter().next().map(|record| record.asset))
}

#[cfg(test)]
mod tests {
    use super::{Intent, SameName};

    #[test]
    fn a_sender_says_what_becomes_of_a_file_in_two_words() {
        let intent = Intent::parse(None, Some("version")).expect("lawful");
        assert_eq!(intent, Intent { replaces: None, same_name: SameName::Version });
        assert!(Intent::parse(None, Some("overwrite")).is_err());
        assert!(Intent::parse(Some("that one"), None).is_err());
        assert_eq!(Intent::parse(None, None).expect("lawful"), Intent::default());
    }
}

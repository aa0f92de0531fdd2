//! What says that a place holds backups, and whether they are sealed. It is kept twice: without it, sealed pieces
//! could not be opened by anyone.

use serde::{Deserialize, Serialize};

use super::{
    RepositoryError,
    medium::{Medium, read_all},
    seal::{Seal, SealKey},
};

/// Both copies, the first of which can be read is believed.
const NAMES: [&str; 2] = ["damask-backups", "damask-backups.again"];
/// The form of repositories of this program.
const FORM: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Marker {
    form: u64,
    sealed: Option<Sealed>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    salt: String,
    /// By which a key is recognised.
    check: String,
}

/// Reads the marker, or writes it where a repository is begun; answers how pieces are sealed.
pub(super) fn agree(
    medium: &dyn Medium,
    key: Option<&SealKey>,
    begin: bool,
) -> Result<Option<Seal>, RepositoryError> {
    let place = || medium.place();
    match read(medium)? {
        Some(Marker { form, .. }) if form > FORM => Err(RepositoryError::Newer { place: place(), form }),
        Some(Marker { sealed: None, .. }) if key.is_some() => {
            Err(RepositoryError::NotSealed { place: place() })
        }
        Some(Marker { sealed: None, .. }) => Ok(None),
        Some(Marker { sealed: Some(sealed), .. }) => {
            let Some(key) = key else { return Err(RepositoryError::NeedsKey { place: place() }) };
            let salt = hex::decode(&sealed.salt).ok().filter(|salt| salt.len() == 16);
            let salt = salt.ok_or_else(|| RepositoryError::None { place: place() })?;
            let seal = Seal::derive(key, &salt);
            if check(&seal) == sealed.check {
                Ok(Some(seal))
            } else {
                Err(RepositoryError::WrongKey { place: place() })
            }
        }
        None if !begin => Err(RepositoryError::None { place: place() }),
        None if !medium.is_empty()? => Err(RepositoryError::Occupied { place: place() }),
        None => write(medium, key),
    }
}

fn check(seal: &Seal) -> String {
    hex::encode(seal.name("check", &[]))
}

fn read(medium: &dyn Medium) -> Result<Option<Marker>, RepositoryError> {
    for name in NAMES {
        let bytes = read_all(medium, name)?;
        if let Some(marker) = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(Some(marker));
        }
    }
    Ok(None)
}

fn write(medium: &dyn Medium, key: Option<&SealKey>) -> Result<Option<Seal>, RepositoryError> {
    let salt: [u8; 16] = rand::random();
    let seal = key.map(|key| Seal::derive(key, &salt));
    let sealed = seal.as_ref().map(|seal| Sealed { salt: hex::encode(salt), check: check(seal) });
    let text = serde_json::to_vec(&Marker { form: FORM, sealed }).expect("a number and texts are JSON");
    for name in NAMES {
        medium.put(name, &mut text.as_slice())?;
    }
    medium.settle()?;
    Ok(seal)
}

//! Walks the paths of an import on a thread of its own and says of everything it meets what it is.
//!
//! Nothing is passed over silently: what cannot be read or is not a file is told with its reason. A folder
//! is read whole, sorted, and asked about in one query, so that unchanged files cost no read of their own.

use std::{
    collections::HashMap,
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use damask_model::{AssetId, Stamp};

use super::path::{text_of, text_of_path};

/// What is known of a file of a folder from an earlier import.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// What the file system said then.
    pub stamp: Stamp,
    /// The asset that has its bytes.
    pub asset: AssetId,
}

/// Something met on the way.
#[derive(Debug)]
pub enum Met {
    /// A file to be read.
    File(FoundFile),
    /// A file that is as it was when it was read before.
    Unchanged {
        /// Its path as text.
        path: String,
        /// The asset that has its bytes.
        asset: AssetId,
        /// Its length.
        bytes: u64,
    },
    /// Something that is not taken, and why.
    Refused {
        /// Its path as text.
        path: String,
        /// Why not.
        reason: String,
    },
}

/// A file to be read.
#[derive(Clone, Debug)]
pub struct FoundFile {
    /// Where it lies.
    pub path: PathBuf,
    /// The folder it lies in, as text.
    pub directory: String,
    /// Its name, as text.
    pub name: String,
    /// Folders of the home tree it goes to, outermost first.
    pub home: Vec<String>,
    /// What the file system says of it now.
    pub stamp: Stamp,
}

/// What the walk needs from outside itself.
pub trait Memory {
    /// What is known of the files of `directory`, by name.
    fn known(&mut self, directory: &str) -> HashMap<String, Known>;

    /// Takes what was met; `false` ends the walk.
    fn met(&mut self, met: Met) -> bool;
}

/// A walk that was ended by whoever takes what it meets.
#[derive(Debug)]
pub struct Ended;

/// Walks `roots`, each a file or a folder, depth first in name order.
pub fn walk(roots: &[PathBuf], memory: &mut impl Memory) -> Result<(), Ended> {
    for root in roots {
        match fs::metadata(root) {
            Ok(metadata) if metadata.is_dir() => {
                let home = root.file_name().map(text_of).into_iter().collect();
                walk_folder(root.clone(), home, memory)?;
            }
            Ok(metadata) => {
                let directory = root.parent().unwrap_or(Path::new("")).to_path_buf();
                let name = root.file_name().map(text_of).unwrap_or_default();
                let known = memory.known(&text_of_path(&directory));
                one_file(
                    Place { directory: &directory, home: &[], known: &known },
                    root.clone(),
                    name,
                    &metadata,
                    memory,
                )?;
            }
            Err(error) => refuse(root, &error.to_string(), memory)?,
        }
    }
    Ok(())
}

fn walk_folder(root: PathBuf, home: Vec<String>, memory: &mut impl Memory) -> Result<(), Ended> {
    let mut waiting = vec![(root, home)];
    while let Some((directory, home)) = waiting.pop() {
        let entries = match read_sorted(&directory) {
            Ok(entries) => entries,
            Err(error) => {
                refuse(&directory, &format!("the folder cannot be read: {error}"), memory)?;
                continue;
            }
        };
        let known = memory.known(&text_of_path(&directory));
        let mut folders = Vec::new();
        for path in entries {
            let name = path.file_name().map(text_of).unwrap_or_default();
            match fs::symlink_metadata(&path) {
                Err(error) => refuse(&path, &error.to_string(), memory)?,
                Ok(metadata) if metadata.is_dir() => {
                    folders.push((path, home.iter().cloned().chain([name]).collect()));
                }
                Ok(metadata) => {
                    let place = Place { directory: &directory, home: &home, known: &known };
                    one_entry(place, path, name, metadata, memory)?;
                }
            }
        }
        folders.reverse();
        waiting.append(&mut folders);
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Place<'a> {
    directory: &'a Path,
    home: &'a [String],
    known: &'a HashMap<String, Known>,
}

/// Follows a link to a file; a link to a folder is refused, because it may lead round in a circle.
fn one_entry(
    place: Place<'_>,
    path: PathBuf,
    name: String,
    metadata: Metadata,
    memory: &mut impl Memory,
) -> Result<(), Ended> {
    if !metadata.is_symlink() {
        return one_file(place, path, name, &metadata, memory);
    }
    match fs::metadata(&path) {
        Ok(target) if target.is_dir() => refuse(&path, "a link to a folder is not followed", memory),
        Ok(target) => one_file(place, path, name, &target, memory),
        Err(error) => refuse(&path, &format!("the link leads nowhere: {error}"), memory),
    }
}

fn one_file(
    place: Place<'_>,
    path: PathBuf,
    name: String,
    metadata: &Metadata,
    memory: &mut impl Memory,
) -> Result<(), Ended> {
    if !metadata.is_file() {
        return refuse(&path, "it is not a file but a device, pipe or socket", memory);
    }
    let stamp = stamp_of(metadata);
    let met = match place.known.get(&name) {
        Some(known) if known.stamp == stamp => {
            Met::Unchanged { path: text_of_path(&path), asset: known.asset, bytes: stamp.bytes }
        }
        _ => Met::File(FoundFile {
            directory: text_of_path(place.directory),
            home: place.home.to_vec(),
            path,
            name,
            stamp,
        }),
    };
    if memory.met(met) { Ok(()) } else { Err(Ended) }
}

fn refuse(path: &Path, reason: &str, memory: &mut impl Memory) -> Result<(), Ended> {
    let met = Met::Refused { path: text_of_path(path), reason: reason.to_owned() };
    if memory.met(met) { Ok(()) } else { Err(Ended) }
}

fn read_sorted(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort_unstable();
    Ok(paths)
}

/// What the file system says of a file, as a stamp.
pub fn stamp_of(metadata: &Metadata) -> Stamp {
    Stamp {
        bytes: metadata.len(),
        modified_ns: metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec()),
        changed_ns: metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec()),
        inode: metadata.ino(),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, fs, os::unix::fs::symlink};

    use damask_model::AssetId;

    use super::{Known, Memory, Met, stamp_of, walk};

    #[derive(Default)]
    struct Notebook {
        known: HashMap<String, HashMap<String, Known>>,
        lines: Vec<String>,
        stop_after: Option<usize>,
    }

    impl Memory for Notebook {
        fn known(&mut self, directory: &str) -> HashMap<String, Known> {
            self.known.get(directory).cloned().unwrap_or_default()
        }

        fn met(&mut self, met: Met) -> bool {
            self.lines.push(match met {
                Met::File(file) => format!("file {} in {}", file.name, file.home.join("/")),
                Met::Unchanged { path, .. } => {
                    format!("unchanged {}", path.rsplit('/').next().unwrap_or_default())
                }
                Met::Refused { path, reason } => {
                    format!("refused {}: {reason}", path.rsplit('/').next().unwrap_or_default())
                }
            });
            self.stop_after.is_none_or(|limit| self.lines.len() < limit)
        }
    }

    #[test]
    fn every_entry_is_met_once_in_name_order_and_odd_ones_are_told() {
        let folder = tempfile::tempdir().expect("folder");
        let root = folder.path().join("Media");
        fs::create_dir_all(root.join("b/c")).expect("folders");
        for name in ["z.jpg", "a.jpg", "b/inside.txt", "b/c/deep.txt"] {
            fs::write(root.join(name), name).expect("file");
        }
        symlink(root.join("a.jpg"), root.join("link.jpg")).expect("link");
        symlink(root.join("b"), root.join("loop")).expect("link");
        symlink(root.join("gone"), root.join("nowhere")).expect("link");
        let mut notebook = Notebook::default();
        walk(&[root, folder.path().join("missing")], &mut notebook).expect("walked");
        let lines: Vec<_> =
            notebook.lines.iter().map(|line| line.split(" (os").next().unwrap_or(line)).collect();
        assert_eq!(
            lines,
            [
                "file a.jpg in Media",
                "file link.jpg in Media",
                "refused loop: a link to a folder is not followed",
                "refused nowhere: the link leads nowhere: No such file or directory",
                "file z.jpg in Media",
                "file inside.txt in Media/b",
                "file deep.txt in Media/b/c",
                "refused missing: No such file or directory",
            ]
        );
    }

    #[test]
    fn a_file_with_the_stamp_it_had_is_unchanged_and_any_other_is_read() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.jpg");
        fs::write(&path, "one").expect("file");
        let stamp = stamp_of(&fs::metadata(&path).expect("metadata"));
        let directory = folder.path().to_str().expect("utf-8").to_owned();
        let known = HashMap::from([("a.jpg".to_owned(), Known { stamp, asset: AssetId::fresh() })]);
        let mut notebook = Notebook { known: HashMap::from([(directory, known)]), ..Notebook::default() };
        walk(std::slice::from_ref(&path), &mut notebook).expect("walked");
        fs::write(&path, "two!").expect("file");
        walk(&[path], &mut notebook).expect("walked");
        assert_eq!(notebook.lines, ["unchanged a.jpg", "file a.jpg in "]);
    }

    #[test]
    fn a_walk_ends_when_nobody_takes_what_it_meets() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), name).expect("file");
        }
        let mut notebook = Notebook { stop_after: Some(2), ..Notebook::default() };
        walk(&[folder.path().to_path_buf()], &mut notebook).expect_err("ended");
        assert_eq!(notebook.lines.len(), 2);
    }
}

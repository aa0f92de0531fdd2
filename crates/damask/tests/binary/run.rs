//! Runs the binary on a data folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value as Json;
use tempfile::TempDir;

/// A data folder and a folder of media to be imported.
pub struct Ground {
    folder: TempDir,
}

impl Ground {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("Media")).expect("a media folder");
        Self { folder }
    }

    pub fn media(&self) -> PathBuf {
        self.folder.path().join("Media")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.media().join(name);
        fs::create_dir_all(path.parent().expect("within the media folder")).expect("folders");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// The binary with these arguments, its output caught.
    pub fn command<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_damask"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("DAMASK_DATABASE");
        command.env("DAMASK_DATA", self.data()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    pub fn start<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Child {
        self.command(arguments).spawn().expect("the binary starts")
    }

    /// Runs a command that must end well, and reads its lines as JSON.
    pub fn lines<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Vec<Json> {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        json_lines(&output.stdout)
    }

    /// Imports the media folder.
    pub fn import(&self) -> Vec<Json> {
        self.lines(["import", "--json", path_text(&self.media())])
    }
}

/// Complete lines as JSON; a line cut off by a kill is left out.
pub fn json_lines(bytes: &[u8]) -> Vec<Json> {
    let text = String::from_utf8_lossy(bytes);
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

pub fn path_text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is UTF-8")
}

pub fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

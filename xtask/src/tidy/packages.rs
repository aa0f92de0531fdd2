//! The workspace's packages and what each imports, as `cargo metadata` tells it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// When a dependency is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In the product, or while it is built.
    Always,
    /// Only in tests.
    Tests,
}

/// One package of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    /// Path of its manifest from the root of the workspace.
    pub manifest: String,
    pub dependencies: Vec<(String, When)>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: String,
    dependencies: Vec<MetadataDependency>,
}

#[derive(Deserialize)]
struct MetadataDependency {
    name: String,
    kind: Option<String>,
}

/// Reads the packages of the workspace at `root`.
pub fn of_workspace(root: &Path) -> Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata prints JSON")?;
    let package = |package: MetadataPackage| {
        let when = |kind: Option<&str>| if kind == Some("dev") { When::Tests } else { When::Always };
        let manifest = Path::new(&package.manifest_path);
        Package {
            name: package.name,
            manifest: manifest.strip_prefix(root).unwrap_or(manifest).display().to_string(),
            dependencies: package
                .dependencies
                .into_iter()
                .map(|dependency| (dependency.name, when(dependency.kind.as_deref())))
                .collect(),
        }
    };
    Ok(metadata.packages.into_iter().map(package).collect())
}

/// For tests: a package that imports these, some only in tests.
#[cfg(test)]
pub fn sample(name: &str, always: &[&str], tests: &[&str]) -> Package {
    let of =
        |names: &[&str], when| names.iter().map(move |name| ((*name).to_owned(), when)).collect::<Vec<_>>();
    Package {
        name: name.to_owned(),
        manifest: format!("crates/{name}/Cargo.toml"),
        dependencies: [of(always, When::Always), of(tests, When::Tests)].concat(),
    }
}

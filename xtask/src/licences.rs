//! What the binary is linked with and what its pages are made with, each with its licence and the licence's text, for
//! packages: most licences ask for no more than to be passed on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

/// How files with a licence begin their name.
const NAMES: [&str; 4] = ["LICENSE", "LICENCE", "COPYING", "NOTICE"];
/// Longest text that is taken for a licence, in bytes.
const TEXT_BYTES_MAX: u64 = 256 << 10;

/// Something of somebody else's that is passed on.
struct Part {
    name: String,
    licence: String,
    folder: PathBuf,
}

/// Prints all of them.
pub fn run(root: &Path) -> Result<()> {
    let mut parts = linked(root)?;
    parts.extend(shown(root)?);
    println!("What Damask is made with, by others; the texts of the licences follow.\n");
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in &parts {
        println!("{}: {}", part.name, part.licence);
        for text in texts_in(&part.folder)? {
            texts.entry(text).or_default().insert(part.name.clone());
        }
    }
    for (text, names) in texts {
        let names: Vec<String> = names.into_iter().collect();
        println!("\n{}\n{}\n\n{}", "=".repeat(80), names.join(", "), text.trim_end());
    }
    Ok(())
}

/// Crates of the binary, as cargo tells of them: what is linked, neither tools nor tests.
fn linked(root: &Path) -> Result<Vec<Part>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &host()?])
        .current_dir(root)
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Json = serde_json::from_slice(&output.stdout).context("cargo metadata prints JSON")?;
    let packages: BTreeMap<&str, &Json> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<&str, &Json> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let own =
        packages.iter().find(|(_, package)| package["name"] == "damask").context("there is no damask")?;
    let (mut seen, mut next) = (BTreeSet::new(), vec![*own.0]);
    while let Some(id) = next.pop() {
        if seen.insert(id) {
            let linked = list(&nodes.get(id).context("cargo knows its packages")?["deps"]).iter();
            let linked =
                linked.filter(|one| list(&one["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()));
            next.extend(linked.map(|one| text(&one["pkg"])));
        }
    }
    let of_others = seen.into_iter().map(|id| packages[id]).filter(|package| !package["source"].is_null());
    let part = |package: &Json| Part {
        name: format!("{} {}", text(&package["name"]), text(&package["version"])),
        licence: package["license"].as_str().unwrap_or("see its text").to_owned(),
        folder: Path::new(text(&package["manifest_path"])).parent().unwrap_or(root).to_path_buf(),
    };
    Ok(of_others.map(part).collect())
}

/// Packages of the pages, as their lock file tells of them.
fn shown(root: &Path) -> Result<Vec<Part>> {
    let web = root.join("web");
    let lock =
        fs::read_to_string(web.join("package-lock.json")).context("cannot read the lock of the pages")?;
    let lock: Json = serde_json::from_str(&lock).context("the lock of the pages is JSON")?;
    let packages = lock["packages"].as_object().context("the lock names packages")?;
    let passed_on = packages.iter().filter(|(path, package)| !path.is_empty() && package["dev"] != true);
    let part = |(path, package): (&String, &Json)| Part {
        name: format!(
            "{} {}",
            path.rsplit("node_modules/").next().unwrap_or(path),
            text(&package["version"])
        ),
        licence: package["license"].as_str().unwrap_or("see its text").to_owned(),
        folder: web.join(path),
    };
    Ok(passed_on.map(part).collect())
}

fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc tells its host")?;
    Ok(host.to_owned())
}

/// Texts of licences that lie in a package's folder; none where it is not installed.
fn texts_in(folder: &Path) -> Result<Vec<String>> {
    let Ok(files) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut texts = Vec::new();
    for file in files {
        let file = file?;
        let name = file.file_name().to_string_lossy().to_uppercase();
        let about = fs::metadata(file.path())?;
        if about.is_file() && about.len() <= TEXT_BYTES_MAX && NAMES.iter().any(|own| name.starts_with(own)) {
            texts.push(String::from_utf8_lossy(&fs::read(file.path())?).replace('\r', ""));
        }
    }
    Ok(texts)
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

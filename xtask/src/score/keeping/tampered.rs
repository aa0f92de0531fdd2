//! Row 3: the database of a real library is edited behind Damask's back, by another program, in every column of every
//! table of record and of the journal; rows are removed, and rows that nobody wrote are put in. `damask check` has to
//! find each.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::board::Figure;
use super::super::server::Server;
use super::super::socket::Socket;
use super::super::{Bench, fixtures};
use super::people::{administrator, ask};

/// Small files of the library, beside a few of every other sort.
const FILES: usize = 300;
/// Files of the corpus that are taken along.
const OF_CORPUS: usize = 40;

/// One thing that is tried.
#[derive(Debug, Deserialize)]
struct Try {
    kind: String,
    table: String,
    column: String,
}

pub fn measure(bench: &Bench) -> Result<Figure> {
    let data = bench.folder("tampered")?;
    fill(bench, &data)?;
    let database = data.join("libraries/main/catalog.sqlite");
    let clean = bench.binary.quick_check(&data)?;
    ensure!(clean.0, "the library is not clean before it is tampered with: {}", clean.1);
    let listed = tamper(bench, &database, &["list"])?;
    let tries: Vec<Try> = listed.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(!tries.is_empty(), "there is nothing to try");
    let kept = bench.folder("tampered-kept")?.join("catalog.sqlite");
    fs::copy(&database, &kept)?;
    let (mut found, mut missed, mut refused) = (0, Vec::new(), Vec::new());
    for one in &tries {
        let name = format!("{} {}.{}", one.kind, one.table, one.column);
        // What the database itself refuses need not be found.
        match tamper(bench, &database, &["do", &one.kind, &one.table, &one.column]) {
            Err(why) => refused.push(format!("refused by the database: {name}: {why:#}")),
            Ok(_) if bench.binary.quick_check(&data)?.0 => missed.push(format!("not found: {name}")),
            Ok(_) => found += 1,
        }
        for beside in ["catalog.sqlite-wal", "catalog.sqlite-shm"] {
            let _ = fs::remove_file(database.with_file_name(beside));
        }
        fs::copy(&kept, &database)?;
    }
    let tried = tries.len() - refused.len();
    Ok(Figure::new(format!("{found} / {tried}"), found == tried && tried > 0)
        .beside("each column changed, a row removed, a row forged; found by `damask check --quick`")
        .beside_all(missed)
        .beside_all(refused))
}

/// A library with rows in all tables that people can fill: files of every sort, an account, a key, edits, quarantine.
fn fill(bench: &Bench, data: &Path) -> Result<()> {
    let from = bench.folder("tampered-files")?;
    fixtures::small_files(&from, bench.wish.seed, FILES)?;
    fixtures::photographs(&bench.fixtures, &from, 0..3)?;
    fs::copy("/bin/true", from.join("a program.exe")).context("no program to be refused")?;
    fs::write(from.join("cut.jpg"), b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0")?;
    let mut files: Vec<_> = walkdir::WalkDir::new(&bench.corpus)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| {
            entry.file_type().is_file() && entry.metadata().is_ok_and(|about| about.len() < 4 << 20)
        })
        .collect();
    let step = (files.len() / OF_CORPUS).max(1);
    for (number, file) in files.drain(..).step_by(step).enumerate() {
        fs::copy(file.path(), from.join(format!("{number} {}", file.file_name().to_string_lossy())))?;
    }
    let server = Server::start(&bench.binary, data)?;
    bench.binary.import(data, &from, &[])?;
    server.settle()?;
    people(&Socket::of(data), &server.door())?;
    server.settle()?;
    server.stop()
}

/// An administrator, a key of theirs, an edit, a deleted asset and one that is checked out. The link is asked for by
/// the machine's `owner`, the rest is done as people do it, by the `door`.
fn people(owner: &Socket, door: &Socket) -> Result<()> {
    let cookie = administrator(owner, door)?;
    ask(door, "POST", "/api/v1/keys", &cookie, &json!({"name": "a program", "scopes": ["read"]}))?;
    let (found, _) = ask(door, "GET", "/api/v1/assets?limit=3&q=type:document", &cookie, &Value::Null)?;
    let items = found["items"].as_array().into_iter().flatten();
    let ids: Vec<&str> = items.filter_map(|one| one["id"].as_str()).collect();
    ensure!(ids.len() == 3, "three assets are needed: {found}");
    let edit = json!({"fields": {"title": ["Harbour"], "keywords": ["sea"]}});
    ask(door, "PATCH", &format!("/api/v1/assets/{}", ids[0]), &cookie, &edit)?;
    ask(door, "POST", "/api/v1/trash", &cookie, &json!({"assets": [ids[1]]}))?;
    let note = json!({"note": "retouching"});
    ask(door, "PUT", &format!("/api/v1/assets/{}/checkout", ids[2]), &cookie, &note)?;
    Ok(())
}

fn tamper(bench: &Bench, database: &Path, words: &[&str]) -> Result<String> {
    let python = std::env::var_os("DAMASK_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python)
        .arg(bench.root.join("xtask/score/tamper.py"))
        .arg(database)
        .args(words)
        .output()
        .context("cannot start python3")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", errors.lines().last().unwrap_or_default());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

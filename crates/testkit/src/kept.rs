//! Data folders of older versions, kept in the repository: a small library with something of everything, what its own
//! version told of it, and a backup that it made. `cargo xtask keep` makes one with the binary of that version; the
//! suite opens it with today's and compares.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value as Json, json};

use crate::siege::{Door, Ground, Request};

/// What the version that made it told, beside the data folder.
const TOLD: &str = "told.json";
/// The data folder, and the backup that was made of it.
const DATA: &str = "data";
const BACKUP: &str = "backup";
/// Longest wait for what follows from what was done.
const SETTLED_MAX: Duration = Duration::from_secs(60);

/// The smallest PNG: one pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// One that was unpacked.
#[derive(Debug)]
pub struct Kept {
    /// Where it was unpacked; its library is in SQLite.
    pub ground: Ground,
    /// The repository with the backup that its version made.
    pub backup: PathBuf,
    told: Json,
}

/// Makes a library with this binary in `folder` and packs it into the file `to`.
pub fn make(binary: &Path, folder: &Path, to: &Path) -> Result<()> {
    let ground = Ground::new(binary, folder);
    let serving = ground.serve()?;
    let door = serving.door();
    fill(&door, &ground.well(&["admin", "setup-link"])?)?;
    settle(&door)?;
    let told = tell(&door)?;
    serving.end()?;
    let backup = folder.join(BACKUP);
    ground.well(&["backup", backup.to_str().context("a folder in UTF-8")?])?;
    fs::write(folder.join(TOLD), serde_json::to_string(&told)?)?;
    // What is made again from the rest, and what belongs to a process.
    let library = ground.data.join("libraries/main");
    for derived in ["index", "store/renditions", "store/glass", "store/scratch", "store/incoming"] {
        let path = library.join(derived);
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
    }
    let mut pack = Command::new("tar");
    pack.args(["--create", "--xz", "--sort=name", "--owner=0", "--group=0", "--exclude=*.sock", "--file"]);
    pack.arg(to).arg("--directory").arg(folder).args([DATA, BACKUP, TOLD]);
    ensure!(pack.env("XZ_OPT", "-9e").status().context("no tar")?.success(), "tar failed");
    Ok(())
}

impl Kept {
    /// Unpacks a kept folder into an empty one, to be opened by this binary.
    pub fn unpack(packed: &Path, binary: &Path, folder: &Path) -> Result<Self> {
        let mut unpack = Command::new("tar");
        unpack.args(["--extract", "--xz", "--file"]).arg(packed).arg("--directory").arg(folder);
        ensure!(unpack.status().context("no tar")?.success(), "{} cannot be unpacked", packed.display());
        let told = serde_json::from_slice(&fs::read(folder.join(TOLD))?)?;
        Ok(Self { ground: Ground::new(binary, folder), backup: folder.join(BACKUP), told })
    }

    /// What a library tells otherwise than the version that made it; nothing where all is as it was.
    pub fn differences(&self, ground: &Ground) -> Result<Vec<String>> {
        let serving = ground.serve()?;
        let door = serving.door();
        settle(&door)?;
        let now = tell(&door)?;
        serving.end()?;
        let mut differences = Vec::new();
        compare("", &self.told, &now, &mut differences);
        Ok(differences)
    }
}

/// Something of everything that a library can hold; `link` makes its first administrator.
fn fill(door: &Door, link: &str) -> Result<()> {
    let put = |path: &str, bytes: &[u8]| -> Result<String> {
        let answer = door.ask(&Request::new("PUT", format!("/api/v1/files/{path}")).bytes(bytes.to_vec()))?;
        ensure!(answer.status < 300, "{path}: {}", answer.words());
        Ok(answer.document()?["asset"].as_str().unwrap_or_default().to_owned())
    };
    let does = |method, path: String, body: Json| -> Result<Json> {
        let answer = door.ask(&Request::new(method, path.as_str()).json(&body))?;
        ensure!(answer.status < 300, "{method} {path}: {}", answer.words());
        if answer.words().ends_with(' ') { Ok(Json::Null) } else { answer.document() }
    };
    let ferry = put("harbour/ferry.txt", b"the ferry leaves at ten")?;
    let pixel = put("harbour/pixel.png", &BASE64_STANDARD.decode(PIXEL)?)?;
    let list = put("harbour/crew/list.csv", b"name,duty\nAda,bridge\nNoor,engine\n")?;
    put("tool.exe", b"MZ\x90\x00 this program cannot be run here")?;
    settle(door)?;
    for title in ["The ferry", "The morning ferry"] {
        let fields = json!({"fields": {"title": [title], "keywords": ["harbour", "timetable"]}});
        does("PATCH", format!("/api/v1/assets/{ferry}"), fields)?;
    }
    put(&format!("harbour/ferry.txt?replaces={ferry}"), b"the ferry leaves at eleven")?;
    settle(door)?;
    does("POST", "/api/v1/trash".to_owned(), json!({"assets": [list]}))?;
    does("PUT", format!("/api/v1/assets/{pixel}/checkout"), json!({"note": "retouching"}))?;
    let token = link.split("token=").nth(1).context("the link has a token")?.trim();
    let person =
        json!({"token": token, "name": "Ada", "email": "ada@example.org", "password": "a long password"});
    does("POST", "/api/v1/setup".to_owned(), person)?;
    // An upload that was interrupted.
    let begun = Request::new("POST", "/api/v1/uploads")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "100")
        .header("Upload-Metadata", format!("filename {}", BASE64_STANDARD.encode("half.txt")));
    let begun = door.ask(&begun)?;
    let at = begun.header("location").context("an upload has an address")?.to_owned();
    let path = at.find("/api/").map_or(at.as_str(), |start| &at[start..]).to_owned();
    let piece = Request::new("PATCH", path)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", "0")
        .header("Content-Type", "application/offset+octet-stream")
        .bytes(vec![b'.'; 40]);
    let sent = door.ask(&piece)?;
    ensure!(sent.status == 204, "the first part of an upload: {}", sent.words());
    Ok(())
}

/// Waits until no job waits or runs and everyone has followed the journal.
fn settle(door: &Door) -> Result<()> {
    let began = Instant::now();
    loop {
        let status = ask(door, "/api/v1/status")?;
        let (seq, jobs) = (&status["seq"], &status["jobs"]);
        let followed = status["index_seq"] == *seq && status["pipeline_seq"] == *seq;
        if followed && jobs["waiting"] == 0 && jobs["running"] == 0 {
            return Ok(());
        }
        ensure!(began.elapsed() < SETTLED_MAX, "it does not come to rest: {status}");
        sleep(Duration::from_millis(50));
    }
}

/// All that a library tells that must outlive a version.
fn tell(door: &Door) -> Result<Json> {
    let mut assets = Vec::new();
    for query in ["", "is:trashed"] {
        for listed in items(door, &format!("/api/v1/assets?q={query}&limit=100"))? {
            let id = listed["id"].as_str().context("an asset has an id")?;
            assets.push(asset(door, id)?);
        }
    }
    assets.sort_by_key(|asset| asset["id"].to_string());
    let names = |path: &str, name: &str| -> Result<Json> {
        match door.ask(&Request::new("GET", path))? {
            // That version did not tell.
            answer if answer.status == 404 => Ok(Json::Null),
            _ => Ok(items(door, path)?.into_iter().map(|item| item[name].clone()).collect()),
        }
    };
    let proof = door.ask(&Request::new("GET", "/api/v1/notary/checkpoint"))?;
    Ok(json!({
        "assets": assets,
        "quarantine": names("/api/v1/quarantine", "name")?,
        "accounts": names("/api/v1/accounts", "email")?,
        "bytes": ask(door, "/api/v1/status")?["bytes"],
        // Whose log it is; how far it goes and its root are what `damask check` compares.
        "log": String::from_utf8_lossy(&proof.body).lines().next(),
    }))
}

fn asset(door: &Door, id: &str) -> Result<Json> {
    let shown = ask(door, &format!("/api/v1/assets/{id}"))?;
    let mut told = serde_json::Map::new();
    for name in ["id", "name", "kind", "version", "media_type", "bytes", "hash", "folder", "fields", "added"]
    {
        told.insert(name.to_owned(), shown[name].clone());
    }
    told.insert("trashed".to_owned(), json!(!shown["trashed"].is_null()));
    told.insert("checked_out".to_owned(), json!(!shown["checkout"].is_null()));
    let versions = shown["versions"].as_array().context("an asset has versions")?;
    let version =
        |version: &Json| json!([version["id"], version["number"], version["hash"], version["name"]]);
    told.insert("versions".to_owned(), versions.iter().map(version).collect());
    let history = items(door, &format!("/api/v1/assets/{id}/history"))?;
    let fact = |fact: &Json| json!([fact["seq"], fact["at"], fact["verb"], fact["before"], fact["after"]]);
    // Whoever compares downloads too.
    let lasting = history.iter().filter(|fact| fact["verb"] != "original.downloaded");
    told.insert("history".to_owned(), lasting.map(fact).collect());
    if shown["trashed"].is_null() {
        let original = door.ask(&Request::new("GET", format!("/api/v1/assets/{id}/original")))?;
        ensure!(original.status == 200, "the original of {id}: {}", original.words());
        told.insert("original".to_owned(), json!(BASE64_STANDARD.encode(&original.body)));
    }
    Ok(Json::Object(told))
}

fn items(door: &Door, path: &str) -> Result<Vec<Json>> {
    let page = ask(door, path)?;
    Ok(page["items"].as_array().with_context(|| format!("{path} has items"))?.clone())
}

fn ask(door: &Door, path: &str) -> Result<Json> {
    let answer = door.ask(&Request::new("GET", path))?;
    if answer.status != 200 {
        bail!("GET {path}: {}", answer.words());
    }
    answer.document()
}

fn compare(path: &str, then: &Json, now: &Json, differences: &mut Vec<String>) {
    match (then, now) {
        (Json::Object(then), Json::Object(now)) => {
            for (name, value) in then {
                compare(&format!("{path}.{name}"), value, now.get(name).unwrap_or(&Json::Null), differences);
            }
        }
        (Json::Array(then), Json::Array(now)) if then.len() == now.len() => {
            for (number, (then, now)) in then.iter().zip(now).enumerate() {
                compare(&format!("{path}[{number}]"), then, now, differences);
            }
        }
        (then, now) if then == now || then.is_null() => {}
        (then, now) => differences.push(format!("{path}: {then} is {now} now")),
    }
}

//! Makes sure the folder of the built web app exists, so that the crate compiles before the app was built.

use std::{env, fs, path::Path};

fn main() {
    let manifest = env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder of the manifest");
    let dist = Path::new(&manifest).join("../../web/dist");
    if let Err(error) = fs::create_dir_all(&dist) {
        println!("cargo::error=cannot make the folder {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed={}", dist.display());
}

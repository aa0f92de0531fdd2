//! `damask get`: takes out an original or a rendition.

use std::path::Path;

use anyhow::Context;
use serde_json::Value as Json;

use crate::{Ending, commands::search::escaped, flags::GetFlags, wiring::Session};

/// Writes the primary file of the asset's current version, or a rendition of it, to a file or to
/// standard output. A file appears only when it is whole.
pub async fn run(session: &Session, flags: GetFlags) -> anyhow::Result<Ending> {
    let asset_path = format!("/api/v1/assets/{}", escaped(&flags.id));
    let source = match &flags.rendition {
        None => format!("{asset_path}/original"),
        Some(recipe) => {
            let asset: Json = session.client.get(&asset_path).await?;
            format!("/i/{}/{}", asset["version"].as_str().unwrap_or_default(), escaped(recipe))
        }
    };
    if flags.output == Path::new("-") {
        session.client.download(&source, &mut tokio::io::stdout()).await?;
        return Ok(Ending::Done);
    }
    let mut name = flags.output.file_name().context("the output has no file name")?.to_owned();
    name.push(".part");
    let part = flags.output.with_file_name(name);
    let mut file =
        tokio::fs::File::create(&part).await.with_context(|| format!("cannot write {}", part.display()))?;
    let got = session.client.download(&source, &mut file).await;
    if let Err(error) = got {
        // What was begun is of no use; the error says why.
        let _ = tokio::fs::remove_file(&part).await;
        return Err(error);
    }
    file.sync_all().await?;
    tokio::fs::rename(&part, &flags.output)
        .await
        .with_context(|| format!("cannot write {}", flags.output.display()))?;
    Ok(Ending::Done)
}

//! A glance at a file in quarantine: a small picture of it, decoded behind the glass like any other, so that a person
//! sees what they decide about. Never of what the virus scanner knows. Made anew each time; nothing of it is kept.

use damask_media::{page, picture};
use damask_metadata::identify::{identify, types};
use damask_model::{AssetKind, Fit, PictureFormat, QuarantineId, recipe::PictureRecipe};
use damask_store::StoreKey;

use super::{quarantine::one, scan::MALWARE};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// The square it fits in.
const SIDE_PX: u32 = 768;

const RECIPE: PictureRecipe = PictureRecipe {
    fit: Fit::Box,
    width_px: SIDE_PX,
    height_px: SIDE_PX,
    format: PictureFormat::Jpeg,
    quality: 80,
    page: 1,
};

/// The picture as a JPEG of at most 768 × 768 pixels.
///
/// # Errors
/// [`Trouble::Missing`] where there is none: of malware, of kinds without a picture, of what cannot be decoded.
pub async fn of(damask: &Damask, caller: &Caller, id: QuarantineId) -> Outcome<Vec<u8>> {
    caller.needs(Permission::Upload, "looking into the quarantine")?;
    let waiting = one(damask, caller, id).await?;
    let none = || Trouble::missing("picture of the file in quarantine", id);
    let Some(hash) = waiting.file.filter(|_| waiting.reason != MALWARE) else { return Err(none()) };
    let (store, name) = (damask.store().clone(), waiting.name);
    let (scratch, source, media_type) = off_thread(move || {
        let key = StoreKey::Blob(hash);
        let bytes = store.open_long(&key)?;
        let media_type =
            identify(&bytes, &name).map_err(Trouble::fault("read a file in quarantine"))?.media_type;
        Ok::<_, Trouble>((store.scratch()?, store.lend(&key)?, media_type))
    })
    .await?;
    let drawn = scratch.path().join("page.tif");
    let from = if media_type == "application/pdf" {
        let broken = page::render_page(damask.glass(), source.path(), 1, SIDE_PX, &drawn).await?;
        if broken.is_some() {
            return Err(none());
        }
        drawn.as_path()
    } else if types::by_media_type(media_type).is_some_and(|known| known.kind == AssetKind::Image) {
        source.path()
    } else {
        return Err(none());
    };
    let target = scratch.path().join("target.jpg");
    let rendered = picture::render(damask.glass(), from, &RECIPE, &target).await?;
    if rendered.made.is_none() {
        return Err(none());
    }
    tokio::fs::read(&target).await.map_err(Trouble::fault("read a picture that was just made"))
}

//! The size of a picture as its header says it, so that a page can lay it out before it was ever decoded.
//! The preview stage measures it again from the pixels.

use damask_metadata::Tags;
use damask_model::probe::Probe;

/// Orientations that stand the picture on its side (EXIF 2.32, tag 0x0112: values 5 to 8).
const SIDEWAYS: std::ops::RangeInclusive<u64> = 5..=8;

/// Width, height and orientation by the tags of its container.
pub fn of_picture(tags: &Tags) -> Probe {
    let (Some(width @ 1..), Some(height @ 1..)) = (number(tags, "ImageWidth"), number(tags, "ImageHeight"))
    else {
        return Probe::default();
    };
    let orientation = tags
        .list
        .iter()
        .find(|tag| tag.name == "Orientation" && tag.place() == "IFD0")
        .and_then(|tag| tag.value.as_u64())
        .filter(|orientation| (1..=8).contains(orientation));
    let (width, height) = if orientation.is_some_and(|value| SIDEWAYS.contains(&value)) {
        (height, width)
    } else {
        (width, height)
    };
    Probe {
        width_px: u32::try_from(width).ok(),
        height_px: u32::try_from(height).ok(),
        orientation: orientation.filter(|value| *value != 1).and_then(|value| u8::try_from(value).ok()),
        ..Probe::default()
    }
}

/// The container's own number before any other's: a thumbnail inside has a width too.
fn number(tags: &Tags, name: &str) -> Option<u64> {
    const CONTAINERS: [&str; 9] =
        ["File", "PNG", "GIF", "RIFF", "IFD0", "SVG", "Jpeg2000", "Photoshop", "Meta"];
    let of =
        |place: &str| tags.list.iter().find(|tag| tag.name == name && tag.place() == place && tag.copy == 0);
    let found = CONTAINERS.iter().find_map(|place| of(place));
    found.or_else(|| tags.list.iter().find(|tag| tag.name == name)).and_then(|tag| tag.value.as_u64())
}

//! The size of a picture as its header says it, so that a page can lay it out before it was ever decoded.
//! The preview stage measures it again from the pixels.

use damask_metadata::Tags;
use damask_model::probe::Probe;

/// Orientations that stand the picture on its side (EXIF 2.32, tag 0x0112: values 5 to 8).
const SIDEWAYS: std::ops::RangeInclusive<u64> = 5..=8;

/// Width, height and orientation by the tags of its container.
pub fn of_picture(tags: &Tags) -> Probe {
    let sides = of_os_2(tags).or_else(|| Some((number(tags, "ImageWidth")?, number(tags, "ImageHeight")?)));
    let Some((width @ 1.., height @ 1..)) = sides else {
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

/// The sides of a bitmap of OS/2 2.x, whose header of 64 bytes has them in 32 bits: exiftool takes it for that of OS/2 1.x
/// and prints the halves of the width as width and height, those of the height as planes and depth.
fn of_os_2(tags: &Tags) -> Option<(u64, u64)> {
    let part = |name: &str| {
        tags.first("File", name).and_then(|tag| tag.value.as_u64()).filter(|part| *part < 1 << 16)
    };
    let joined = |low: &str, high: &str| Some(part(low)? | (part(high)? << 16));
    if part("BMPVersion")? != 64 {
        return None;
    }
    Some((joined("ImageWidth", "ImageHeight")?, joined("Planes", "BitDepth")?))
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

#[cfg(test)]
mod tests {
    use damask_metadata::Tags;

    use super::of_picture;

    fn check(tags: &str, expected: Option<(u32, u32)>) {
        let probe = of_picture(&Tags::from_exiftool(tags).expect("tags"));
        assert_eq!(probe.width_px.zip(probe.height_px), expected, "{tags}");
    }

    #[test]
    fn a_bitmap_of_os_2_is_as_large_as_its_own_header_says() {
        let header = r#"{"File:BMPVersion": 64, "File:ImageWidth": 127, "File:ImageHeight": 0, "File:Planes": 64, "File:BitDepth": 0}"#;
        check(header, Some((127, 64)));
        check(r#"{"File:BMPVersion": 40, "File:ImageWidth": 127, "File:ImageHeight": 64}"#, Some((127, 64)));
        check(r#"{"File:ImageWidth": 127, "File:ImageHeight": 0}"#, None);
    }
}

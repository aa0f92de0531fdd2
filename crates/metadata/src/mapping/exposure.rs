//! Numbers: exposure, rating, track; and the lens and the genre, which files give as numbers or words.

use damask_model::Value;
use serde_json::Value as Json;

use super::{reader::Reader, rules::Source, words};

/// Sources of the numbers a camera measured: Exif 2.32, 4.6.5 (where ShutterSpeedValue and ApertureValue are the
/// same in APEX units, which exiftool turns into seconds and f-numbers), XMP's copy, exiftool's sum of maker notes.
fn sources(field: &str) -> &'static [Source] {
    match field {
        "exposure_time" => &[
            ("EXIF:ExifIFD", "ExposureTime"),
            ("EXIF:ExifIFD", "ShutterSpeedValue"),
            ("XMP-exif", "ExposureTime"),
            ("Composite", "ShutterSpeed"),
        ],
        "aperture" => &[
            ("EXIF:ExifIFD", "FNumber"),
            ("EXIF:ExifIFD", "ApertureValue"),
            ("XMP-exif", "FNumber"),
            ("Composite", "Aperture"),
        ],
        "iso" => &[
            ("EXIF:ExifIFD", "ISO"),
            ("XMP-exifEX", "PhotographicSensitivity"),
            ("XMP-exif", "ISO"),
            ("Composite", "ISO"),
        ],
        "focal_length" => {
            &[("EXIF:ExifIFD", "FocalLength"), ("XMP-exif", "FocalLength"), ("CanonRaw", "FocalLength")]
        }
        _ => &[("EXIF:ExifIFD", "Flash"), ("XMP-exif", "Flash")],
    }
}

/// The values of an exposure field. Zero means not known in all of them but the flash.
pub fn read(reader: &Reader<'_>, field: &str) -> Vec<(Value, String)> {
    let found = sources(field).iter().find_map(|source| {
        reader.instances(*source).find_map(|tag| {
            let value = match field {
                "flash" => fired(&tag.value)?,
                "iso" => whole(words::number(&tag.value).filter(|number| *number > 0.0)?)?,
                _ => Value::Number(words::number(&tag.value).filter(|number| *number > 0.0).and_then(
                    |number| if source.0 == "Composite" { nominal(field, number) } else { Some(number) },
                )?),
            };
            Some((value, tag.label()))
        })
    });
    found.into_iter().collect()
}

/// Marks of f-numbers in thirds of a step (ISO 517, table 1).
const F_NUMBERS: [f64; 31] = [
    1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.2, 3.5, 4.0, 4.5, 5.0, 5.6, 6.3, 7.1, 8.0, 9.0, 10.0,
    11.0, 13.0, 14.0, 16.0, 18.0, 20.0, 22.0, 25.0, 29.0, 32.0,
];

/// What the camera showed of a number that its notes keep as steps of exposure (Exif 2.32, annex C: APEX): the mark of
/// an f-number, a whole part of a second. None where no camera exposes so.
fn nominal(field: &str, number: f64) -> Option<f64> {
    match field {
        "aperture" => {
            // Marks are rounded from the thirds: 3.5 stands for 3.564, 1.2 for 1.26.
            let third = (number.log2() * 6.0).round();
            let is_exact = (number.log2() * 6.0 - third).abs() < 0.01;
            let near = |mark: &f64| is_exact && (mark.log2() * 6.0).round() == third;
            Some(F_NUMBERS.into_iter().find(near).unwrap_or(number))
        }
        "exposure_time" if !(1e-6..1e5).contains(&number) => None,
        "exposure_time" if number < 0.3 => Some(1.0 / (1.0 / number).round()),
        _ => Some(number),
    }
}

/// Exif 2.32, 4.6.5 (Flash): bit 0 says whether it fired, bit 5 that there is none.
fn fired(value: &Json) -> Option<Value> {
    if let Some(fired) = value.get("Fired") {
        return Some(Value::Boolean(
            fired.as_bool().or_else(|| Some(words::text(fired)?.eq_ignore_ascii_case("true")))?,
        ));
    }
    match whole(words::number(value)?)? {
        Value::Integer(bits) if bits >= 0 => Some(Value::Boolean(bits & 1 == 1)),
        _ => None,
    }
}

/// A number rounded to a whole one.
fn whole(number: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    (number.abs() < 1e15).then(|| Value::Integer(number.round() as i64))
}

/// xmp:Rating, -1 (rejected) to 5 (MWG 2.0, Rating; XMP specification part 2, XMP namespace), then Windows' Rating in EXIF, 0
/// to 5. Other numbers are no ratings.
pub fn rating(reader: &Reader<'_>) -> Vec<(Value, String)> {
    let of = |source: Source, least: f64| {
        let tag = reader.first(source)?;
        let stars = words::number(&tag.value).filter(|stars| (least..=5.0).contains(stars))?;
        Some((whole(stars)?, tag.label()))
    };
    of(("XMP-xmp", "Rating"), -1.0).or_else(|| of(("EXIF:IFD0", "Rating"), 0.0)).into_iter().collect()
}

/// The number before `of` or `/` (ID3v2.4 frames, TRCK; iTunes `trkn`).
pub fn track_number(reader: &Reader<'_>) -> Vec<(Value, String)> {
    const SOURCES: &[Source] = &[
        ("ItemList", "TrackNumber"),
        ("ID3", "Track"),
        ("Vorbis", "TrackNumber"),
        ("APE", "Track"),
        ("RIFF", "TrackNumber"),
        ("ASF", "TrackNumber"),
        ("XMP-xmpDM", "TrackNumber"),
    ];
    if !reader.is_native_first() {
        return Vec::new();
    }
    let found = SOURCES.iter().find_map(|source| {
        let tag = reader.first(*source)?;
        let text = words::texts(&tag.value).into_iter().next()?;
        let digits: String = text.chars().take_while(char::is_ascii_digit).take(9).collect();
        Some((Value::Integer(digits.parse().ok().filter(|number| *number > 0)?), tag.label()))
    });
    found.into_iter().collect()
}

/// The genre in words: files may give the number of ID3v1's list, alone or in brackets (ID3v2.3, TCON).
pub fn genre(reader: &Reader<'_>) -> Vec<(Value, String)> {
    const SOURCES: &[Source] = &[
        ("Keys", "Genre"),
        ("ItemList", "Genre"),
        ("UserData", "Genre"),
        ("ID3", "Genre"),
        ("Vorbis", "Genre"),
        ("APE", "Genre"),
        ("RIFF", "Genre"),
        ("ASF", "Genre"),
        ("XMP-xmpDM", "Genre"),
        ("XMP-iptcCore", "IntellectualGenre"),
    ];
    let found = SOURCES.iter().find_map(|source| {
        let tag = reader.first(*source)?;
        let text = words::texts(&tag.value).into_iter().next()?;
        Some((Value::Text(genre_in_words(&text)?), tag.label()))
    });
    found.into_iter().collect()
}

fn genre_in_words(text: &str) -> Option<String> {
    let (number, rest) = match text.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        Some((number, rest)) => (number, rest.trim()),
        None => (text, ""),
    };
    if !rest.is_empty() {
        return Some(rest.to_owned());
    }
    match number.parse::<usize>() {
        Ok(number) => GENRES.get(number).map(|name| (*name).to_owned()),
        Err(_) => Some(text.to_owned()),
    }
}

/// ID3v1's list of genres.
const GENRES: [&str; 80] = [
    "Blues",
    "Classic Rock",
    "Country",
    "Dance",
    "Disco",
    "Funk",
    "Grunge",
    "Hip-Hop",
    "Jazz",
    "Metal",
    "New Age",
    "Oldies",
    "Other",
    "Pop",
    "R&B",
    "Rap",
    "Reggae",
    "Rock",
    "Techno",
    "Industrial",
    "Alternative",
    "Ska",
    "Death Metal",
    "Pranks",
    "Soundtrack",
    "Euro-Techno",
    "Ambient",
    "Trip-Hop",
    "Vocal",
    "Jazz+Funk",
    "Fusion",
    "Trance",
    "Classical",
    "Instrumental",
    "Acid",
    "House",
    "Game",
    "Sound Clip",
    "Gospel",
    "Noise",
    "Alt. Rock",
    "Bass",
    "Soul",
    "Punk",
    "Space",
    "Meditative",
    "Instrumental Pop",
    "Instrumental Rock",
    "Ethnic",
    "Gothic",
    "Darkwave",
    "Techno-Industrial",
    "Electronic",
    "Pop-Folk",
    "Eurodance",
    "Dream",
    "Southern Rock",
    "Comedy",
    "Cult",
    "Gangsta Rap",
    "Top 40",
    "Christian Rap",
    "Pop/Funk",
    "Jungle",
    "Native American",
    "Cabaret",
    "New Wave",
    "Psychedelic",
    "Rave",
    "Showtunes",
    "Trailer",
    "Lo-Fi",
    "Tribal",
    "Acid Punk",
    "Acid Jazz",
    "Polka",
    "Retro",
    "Musical",
    "Rock & Roll",
    "Hard Rock",
];

/// The lens in words: EXIF's and XMP's name of it, else what exiftool makes of the maker's number.
pub fn lens(reader: &Reader<'_>) -> Vec<(Value, String)> {
    const SOURCES: &[Source] = &[
        ("EXIF:ExifIFD", "LensModel"),
        ("XMP-exifEX", "LensModel"),
        ("XMP-aux", "Lens"),
        ("Composite", "LensID"),
        ("PNG", "ExifLensModel"),
    ];
    let found = SOURCES.iter().find_map(|source| {
        reader.instances(*source).find_map(|tag| {
            let text = words::texts(&tag.value).into_iter().next().filter(|text| is_name(text))?;
            Some((Value::Text(text), tag.label()))
        })
    });
    found.into_iter().collect()
}

/// Whether a text names a lens: numbers, dashes and exiftool's `Unknown (12)` do not.
fn is_name(text: &str) -> bool {
    let is_number_list =
        text.split_whitespace().all(|word| word.len() <= 2 && word.bytes().all(|b| b.is_ascii_hexdigit()));
    !is_number_list
        && !text.starts_with("Unknown")
        && !text.starts_with("n/a")
        && text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::nominal;

    #[test]
    fn steps_of_exposure_are_the_numbers_the_camera_showed() {
        for (field, written, shown) in [
            ("aperture", 3.563_594_872_561_36, Some(3.5)),
            ("aperture", 2.828_427_124_746_19, Some(2.8)),
            ("aperture", 1.9, Some(1.9)),
            ("exposure_time", 0.065_267_111_401_713_4, Some(1.0 / 15.0)),
            ("exposure_time", 2.0, Some(2.0)),
            ("exposure_time", 2.5e-165, None),
            ("focal_length", 35.0, Some(35.0)),
        ] {
            assert_eq!(nominal(field, written), shown, "{field} {written}");
        }
    }
}

//! Where a picture was taken and what place it shows.
//!
//! Position is where the camera stood (EXIF GPS). The named places are those *shown*: City and its like of IPTC
//! Core mean the place shown (IPTC Photo Metadata 2024.1, City (legacy)), so they are asked first, then the first
//! Location Shown, and Location Created only where nothing says what is shown. All parts come from one of the
//! three, so that no address is made of two places.

use damask_model::Value;
use serde_json::Value as Json;

use super::{reader::Reader, rules::Source, words};

/// Field, XMP, IIM, member of the Location structure.
const PARTS: &[(&str, Source, Source, &str)] = &[
    ("sublocation", ("XMP-iptcCore", "Location"), ("IPTC", "Sub-location"), "Sublocation"),
    ("city", ("XMP-photoshop", "City"), ("IPTC", "City"), "City"),
    ("region", ("XMP-photoshop", "State"), ("IPTC", "Province-State"), "ProvinceState"),
    ("country", ("XMP-photoshop", "Country"), ("IPTC", "Country-PrimaryLocationName"), "CountryName"),
    ("country_code", ("XMP-iptcCore", "CountryCode"), ("IPTC", "Country-PrimaryLocationCode"), "CountryCode"),
];

/// One part of the named place.
pub fn part(reader: &Reader<'_>, field: &str) -> Vec<(Value, String)> {
    let Some((_, xmp, iim, member)) = PARTS.iter().find(|(name, ..)| *name == field) else {
        return Vec::new();
    };
    let has_core =
        PARTS.iter().any(|(_, xmp, iim, _)| reader.first(*xmp).is_some() || reader.first(*iim).is_some());
    if has_core {
        let order = if reader.is_iim_newer { [*iim, *xmp] } else { [*xmp, *iim] };
        let found = order.into_iter().find_map(|source| reader.first(source));
        return found
            .and_then(|tag| Some((Value::Text(words::texts(&tag.value).into_iter().next()?), tag.label())))
            .into_iter()
            .collect();
    }
    for name in ["LocationShown", "LocationCreated"] {
        for tag in reader.instances(("XMP-iptcExt", name)) {
            let place = match &tag.value {
                Json::Array(places) => places.first().and_then(Json::as_object),
                other => other.as_object(),
            };
            let Some(place) = place else { continue };
            if PARTS.iter().any(|(.., member)| place.get(*member).and_then(words::text).is_some()) {
                let text = place.get(*member).and_then(words::text);
                return text.map(|text| (Value::Text(text), tag.label())).into_iter().collect();
            }
        }
    }
    Vec::new()
}

/// The position, EXIF before the format's own before XMP.
pub fn position(reader: &Reader<'_>) -> Vec<(Value, String)> {
    exif(reader).or_else(|| native(reader)).or_else(|| xmp(reader)).into_iter().collect()
}

/// Exif 2.32, 4.6.6: degrees without a sign, and a letter that says on which side. Without the letter the place is
/// not known.
fn exif(reader: &Reader<'_>) -> Option<(Value, String)> {
    let tag = reader.first(("EXIF:GPS", "GPSLatitude"))?;
    let signed = |name, reference, negative: char| {
        let degrees = words::number(&reader.first(("EXIF:GPS", name))?.value)?;
        let side = words::texts(&reader.first(("EXIF:GPS", reference))?.value).first()?.chars().next()?;
        Some(if side.eq_ignore_ascii_case(&negative) { -degrees.abs() } else { degrees })
    };
    let latitude = signed("GPSLatitude", "GPSLatitudeRef", 'S')?;
    let longitude = signed("GPSLongitude", "GPSLongitudeRef", 'W')?;
    // GPSAltitudeRef: 1 is below sea level, 3 (Exif 3.0) below the ellipsoid.
    let is_below = reader
        .first(("EXIF:GPS", "GPSAltitudeRef"))
        .and_then(|tag| words::number(&tag.value))
        .is_some_and(|reference| reference == 1.0 || reference == 3.0);
    let altitude = reader.first(("EXIF:GPS", "GPSAltitude")).and_then(|tag| words::number(&tag.value));
    checked(
        latitude,
        longitude,
        altitude.map(|metres| if is_below { -metres.abs() } else { metres }),
        tag.label(),
    )
}

/// ISO 6709 texts of QuickTime, which exiftool prints as three numbers.
fn native(reader: &Reader<'_>) -> Option<(Value, String)> {
    [("Keys", "GPSCoordinates"), ("UserData", "GPSCoordinates"), ("ItemList", "GPSCoordinates")]
        .into_iter()
        .find_map(|source| {
            let tag = reader.first(source)?;
            let text = words::texts(&tag.value).into_iter().next()?;
            let mut numbers = text.split_whitespace().map(str::parse::<f64>);
            let (latitude, longitude) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
            checked(latitude, longitude, numbers.next().and_then(Result::ok), tag.label())
        })
        .or_else(|| location_information(reader))
}

/// 3GPP TS 26.244, 8.3 (`loci`), which exiftool prints as `… Lat=40.68 Lon=-74.50 Alt=0.00 …`.
fn location_information(reader: &Reader<'_>) -> Option<(Value, String)> {
    let tag = reader.first(("UserData", "LocationInformation"))?;
    let text = words::texts(&tag.value).into_iter().next()?;
    if !text.to_ascii_lowercase().contains("body=earth") && text.contains("Body=") {
        return None;
    }
    let number = |name: &str| {
        let rest = text.split_once(name)?.1;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    };
    // The altitude is always there, and zero where nobody knows it.
    let altitude = number(" Alt=").filter(|metres| *metres != 0.0);
    checked(number(" Lat=")?, number(" Lon=")?, altitude, tag.label())
}

/// XMP specification part 2, EXIF namespace (exif:GPSLatitude): the letter stands in the text; exiftool gives a sign.
fn xmp(reader: &Reader<'_>) -> Option<(Value, String)> {
    let number = |name| words::number(&reader.first(("XMP-exif", name))?.value);
    let tag = reader.first(("XMP-exif", "GPSLatitude"))?;
    let is_below = number("GPSAltitudeRef") == Some(1.0);
    let altitude = number("GPSAltitude").map(|metres| if is_below { -metres.abs() } else { metres });
    checked(number("GPSLatitude")?, number("GPSLongitude")?, altitude, tag.label())
}

fn checked(latitude: f64, longitude: f64, altitude_m: Option<f64>, tag: String) -> Option<(Value, String)> {
    let lies_on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    lies_on_earth.then_some((Value::Position { latitude, longitude, altitude_m }, tag))
}

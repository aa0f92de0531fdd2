//! Dates of capture and of digitizing (MWG 2.0, Original Date and Digitized Date). EXIF keeps a date, its fraction and its zone in three tags,
//! IIM its day and its time in two. A zone is never invented: EXIF without OffsetTime has none.

use damask_model::Value;
use damask_time::Moment;

use super::{reader::Reader, rules::Source, words};
use crate::Tag;

/// A date with the tags that complete it.
struct ExifDate {
    date: Source,
    fraction: Source,
    zone: Source,
}

/// Exif 2.32, 4.6.5: DateTimeOriginal, SubSecTimeOriginal, OffsetTimeOriginal.
const ORIGINAL: ExifDate = ExifDate {
    date: ("EXIF:ExifIFD", "DateTimeOriginal"),
    fraction: ("EXIF:ExifIFD", "SubSecTimeOriginal"),
    zone: ("EXIF:ExifIFD", "OffsetTimeOriginal"),
};

/// Exif 2.32, 4.6.5: DateTimeDigitized (exiftool: CreateDate), SubSecTimeDigitized, OffsetTimeDigitized.
const DIGITIZED: ExifDate = ExifDate {
    date: ("EXIF:ExifIFD", "CreateDate"),
    fraction: ("EXIF:ExifIFD", "SubSecTimeDigitized"),
    zone: ("EXIF:ExifIFD", "OffsetTimeDigitized"),
};

/// Dates that formats write themselves, the nearest to the event first.
const NATIVE_CAPTURED: &[Source] = &[
    ("Keys", "CreationDate"),
    ("ItemList", "ContentCreateDate"),
    ("UserData", "ContentCreateDate"),
    ("UserData", "DateTimeOriginal"),
    // EBU Tech 3285, 2.3: OriginationDate and OriginationTime, joined by exiftool.
    ("RIFF", "DateTimeOriginal"),
    // Matroska: DateUTC.
    ("Matroska", "DateTimeOriginal"),
    ("ID3", "RecordingTime"),
    // ID3v2.3's TYER in a tag of ID3v2.4, where it is not allowed: exiftool has no group for it, in a resident
    // process not even for the tags of ID3v2.3 that it reads after such a one.
    ("Unknown", "Year"),
    ("ID3", "Year"),
    ("Vorbis", "Date"),
    ("APE", "Year"),
    ("APE", "Date"),
    ("DV", "DateTimeOriginal"),
    ("ASF", "Year"),
    ("RIFF", "DateCreated"),
    ("Flash", "CreateDate"),
    ("Flash", "Creation_time"),
    // W3C PNG, 11.3.3.1: `Creation Time`.
    ("PNG", "CreationTime"),
    ("PNG", "ExifDateTimeOriginal"),
    ("XML", "ImageCreationGeneralCreationInfoCreationTime"),
    ("CanonRaw", "DateTimeOriginal"),
];

const NATIVE_DIGITIZED: &[Source] = &[
    ("PDF", "CreateDate"),
    ("XML", "CreateDate"),
    ("FlashPix", "CreateDate"),
    ("PNG", "ExifDateTimeDigitized"),
];

/// The values of `captured` or `digitized`.
pub fn read(reader: &Reader<'_>, field: &str) -> Vec<(Value, String)> {
    let is_captured = field == "captured";
    let exif = || exif_date(reader, if is_captured { &ORIGINAL } else { &DIGITIZED });
    let xmp = || {
        let sources: &[Source] = if is_captured {
            &[("XMP-photoshop", "DateCreated"), ("XMP-exif", "DateTimeOriginal"), ("XMP-xmpDM", "ShotDate")]
        } else {
            &[("XMP-xmp", "CreateDate"), ("XMP-exif", "DateTimeDigitized")]
        };
        sources.iter().find_map(|source| simple(reader, *source))
    };
    let iim = || {
        if is_captured {
            iim_date(reader, "DateCreated", "TimeCreated")
        } else {
            iim_date(reader, "DigitalCreationDate", "DigitalCreationTime")
        }
    };
    let native = || {
        let sources = if is_captured { NATIVE_CAPTURED } else { NATIVE_DIGITIZED };
        sources.iter().find_map(|source| simple(reader, *source))
    };
    let described = || if reader.is_iim_newer { iim().or_else(xmp) } else { xmp().or_else(iim) };
    let found = if reader.is_native_first() {
        native()
            .or_else(exif)
            .or_else(described)
            .or_else(|| is_captured.then(|| movie_date(reader)).flatten())
    } else if reader.is_document() {
        xmp().or_else(native).or_else(iim).or_else(exif)
    } else {
        exif().or_else(described).or_else(native)
    };
    found.map(|(moment, tag)| (Value::Moment(moment), tag)).into_iter().collect()
}

fn simple(reader: &Reader<'_>, source: Source) -> Option<(Moment, String)> {
    reader.instances(source).find_map(|tag| Some((parse(&text(tag)?)?, tag.label())))
}

fn text(tag: &Tag) -> Option<String> {
    words::texts(&tag.value).into_iter().next()
}

fn exif_date(reader: &Reader<'_>, date: &ExifDate) -> Option<(Moment, String)> {
    let tag = reader.first(date.date)?;
    let mut written = text(tag)?;
    let plain = parse(&written)?;
    let part = |source| reader.first(source).and_then(text);
    if written.len() == 19 {
        let fraction = part(date.fraction).unwrap_or_default();
        let digits: String = fraction.chars().take_while(char::is_ascii_digit).take(9).collect();
        if !digits.is_empty() {
            written = format!("{written}.{digits}");
        }
        if let Some(zone) = part(date.zone).filter(|zone| is_zone(zone)) {
            written.push_str(&zone);
        }
    }
    Some((parse(&written).unwrap_or(plain), tag.label()))
}

/// Exif 2.32, 4.6.5 (OffsetTime): a sign, hours and minutes. Blanks stand for a zone nobody knows and must not
/// spoil the time they follow.
fn is_zone(text: &str) -> bool {
    text == "Z"
        || (text.len() == 6
            && text.starts_with(['+', '-'])
            && text
                .bytes()
                .skip(1)
                .enumerate()
                .all(|(at, byte)| if at == 2 { byte == b':' } else { byte.is_ascii_digit() }))
}

/// IIM 4.2, data sets 2:55 and 2:60, 2:62 and 2:63.
fn iim_date(reader: &Reader<'_>, day: &'static str, time: &'static str) -> Option<(Moment, String)> {
    let tag = reader.first(("IPTC", day))?;
    let day = text(tag)?;
    let whole = reader.first(("IPTC", time)).and_then(text).and_then(|time| parse(&format!("{day} {time}")));
    Some((whole.or_else(|| parse(&day))?, tag.label()))
}

/// When the file of a film was begun, asked last: ISO/IEC 14496-12, 8.2.2 (in UTC; the epoch itself, 1904, means
/// nobody set it), the file properties of ASF, the packages of MXF (SMPTE ST 377-1, without a zone).
fn movie_date(reader: &Reader<'_>) -> Option<(Moment, String)> {
    if let Some(found) =
        simple(reader, ("ASF", "CreationDate")).or_else(|| simple(reader, ("MXF", "CreateDate")))
    {
        return Some(found);
    }
    let tag = reader.instances(("QuickTime", "CreateDate")).find(|tag| tag.group == "QuickTime")?;
    let moment = parse(&text(tag)?)?;
    let in_utc = if moment.offset_minutes().is_some() { moment } else { moment.with_offset_minutes(0)? };
    (moment.ymd() != (1904, 1, 1)).then(|| (in_utc, tag.label()))
}

/// Reads exiftool's form, `YYYY:MM:DD hh:mm:ss.s+hh:mm` or the beginning of it, and ISO 8601. Zeros, blanks and
/// impossible days are no dates.
pub fn parse(written: &str) -> Option<Moment> {
    // Two dates in one text (a property that was merged with itself): the first.
    let written = written.split(", ").next().unwrap_or_default().trim();
    let (date, time) = match written.split_once([' ', 'T']) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (written, None),
    };
    let date = if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..])
    } else {
        date.replace(':', "-")
    };
    // Tags of sound write zeros for what is not known: `2004-00-00`.
    let date = date
        .strip_suffix("-00")
        .map_or(date.as_str(), |rest| rest.strip_suffix("-00").unwrap_or(rest))
        .to_owned();
    if date.starts_with("0000") {
        return None;
    }
    let whole = match time {
        Some(time) if !time.is_empty() => {
            let digits = time.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.'));
            let read = |time: &str| Moment::parse(&format!("{date}T{time}")).ok();
            // What is no zone spoils the zone, not the time before it.
            read(time).or_else(|| read(&time[..digits.unwrap_or(time.len())]))
        }
        _ => None,
    };
    whole.or_else(|| Moment::parse(&date).ok())
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(written: &str, expected: Option<&str>) {
        assert_eq!(parse(written).map(|moment| moment.to_string()).as_deref(), expected, "{written}");
    }

    #[test]
    fn a_date_is_read_as_precise_as_it_was_written() {
        check("2018:12:31 12:40:07", Some("2018-12-31T12:40:07"));
        check("2018:12:31 12:40:07.25+01:00", Some("2018-12-31T12:40:07.25+01:00"));
        check("2023:05:09 12:41:46Z", Some("2023-05-09T12:41:46Z"));
        check("2004:02:20", Some("2004-02-20"));
        check("2004", Some("2004"));
        check("20040220", Some("2004-02-20"));
        check("2009:09:09T17:00:00, 2009:09:09", Some("2009-09-09T17:00:00"));
        check("2004-00-00", Some("2004"));
        check("2018:12:31 24:61:00", Some("2018-12-31"));
        check("2021:08:19 18:48:53A", Some("2021-08-19T18:48:53"));
    }

    #[test]
    fn zeros_and_blanks_are_no_dates() {
        for written in ["0000:00:00 00:00:00", "    :  :     :  :  ", "", "yesterday", "2004:13:01"] {
            check(written, None);
        }
    }
}

//! What tags mean: a table of tags as exiftool prints them, with the fields they say; and one trip through the
//! real exiftool.

use std::process::Command;

use damask_metadata::{EXIFTOOL_ARGUMENTS, Tags, describe};
use damask_model::{AssetKind, Value};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// A value as one text: `de: Hafen` for a translation.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Localized { language, text } => format!("{language}: {text}"),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Moment(moment) => moment.to_string(),
        Value::Position { latitude, longitude, altitude_m } => {
            format!("{latitude} {longitude} {altitude_m:?}")
        }
        Value::Rate(rate) => rate.to_string(),
    }
}

/// The values of one field that the tags of a file of a kind say.
fn check(kind: AssetKind, tags: Json, field: &str, expected: &[&str]) {
    let tags = Tags::from_exiftool(&json!([tags]).to_string()).expect("tags");
    let described = describe(&tags, kind);
    let values: Vec<String> = described
        .iter()
        .filter(|(name, _)| name.as_str() == field)
        .flat_map(|(_, values)| values.iter().map(|(value, _)| plain(value)))
        .collect();
    assert_eq!(values, expected, "{field} of {tags:?}");
}

fn picture(tags: Json, field: &str, expected: &[&str]) {
    check(AssetKind::Image, tags, field, expected);
}

#[test]
fn of_a_caption_exif_is_read_before_xmp_before_iim() {
    let all = json!({"EXIF:IFD0:ImageDescription": "exif", "XMP:XMP-dc:Description": "xmp", "IPTC:Caption-Abstract": "iim"});
    picture(all, "caption", &["exif"]);
    picture(json!({"XMP:XMP-dc:Description": "xmp", "IPTC:Caption-Abstract": "iim"}), "caption", &["xmp"]);
    picture(
        json!({"EXIF:IFD0:ImageDescription": "   ", "IPTC:Caption-Abstract": "iim"}),
        "caption",
        &["iim"],
    );
}

#[test]
fn what_a_camera_writes_into_every_picture_does_not_hide_a_caption() {
    let stock = "OLYMPUS DIGITAL CAMERA";
    picture(
        json!({"EXIF:IFD0:ImageDescription": stock, "XMP:XMP-dc:Description": "Harbour"}),
        "caption",
        &["Harbour"],
    );
    picture(json!({"EXIF:IFD0:ImageDescription": stock}), "caption", &[stock]);
}

#[test]
fn iim_is_read_before_xmp_only_where_its_digest_changed() {
    let with = |kept: &str, current: &str| {
        json!({
            "XMP:XMP-dc:Subject": ["xmp"], "IPTC:Keywords": ["iim", "other"], "XMP:XMP-photoshop:City": "Xtown",
            "IPTC:City": "Itown", "Photoshop:IPTCDigest": kept, "File:CurrentIPTCDigest": current,
        })
    };
    picture(with("aa", "aa"), "keywords", &["xmp"]);
    picture(with("aa", "bb"), "keywords", &["iim", "other"]);
    picture(with("aa", "bb"), "city", &["Itown"]);
    picture(
        json!({"XMP:XMP-dc:Subject": "xmp", "IPTC:Keywords": "iim", "File:CurrentIPTCDigest": "bb"}),
        "keywords",
        &["xmp"],
    );
}

#[test]
fn a_text_that_iim_had_to_cut_is_read_whole_from_xmp() {
    let whole = "A headline that is longer than the thirty-two bytes IIM has";
    let tags = json!({
        "XMP:XMP-photoshop:Credit": whole, "IPTC:Credit": &whole[..32],
        "Photoshop:IPTCDigest": "aa", "File:CurrentIPTCDigest": "bb",
    });
    picture(tags, "credit", &[whole]);
}

#[test]
fn the_default_language_comes_first_and_the_others_stay() {
    let tags = json!({"XMP:XMP-dc:Title-de": "Hafen", "XMP:XMP-dc:Title": "Harbour", "XMP:XMP-dc:Title-fr-CA": "Port"});
    picture(tags, "title", &["Harbour", "de: Hafen", "fr-CA: Port"]);
    let exif = json!({"EXIF:IFD0:ImageDescription": "Harbour", "XMP:XMP-dc:Description": "x", "XMP:XMP-dc:Description-de": "Hafen"});
    picture(exif, "caption", &["Harbour", "de: Hafen"]);
}

#[test]
fn lists_keep_their_order_and_say_everything_once() {
    picture(json!({"XMP:XMP-dc:Subject": ["b", " a", "", "b", 7]}), "keywords", &["b", "a", "7"]);
    picture(json!({"EXIF:IFD0:Artist": "Ann; \"Bo; Sons\"; Ann"}), "creator", &["Ann", "Bo; Sons"]);
    picture(json!({"IPTC:By-line": ["Ann", "Bo"]}), "creator", &["Ann", "Bo"]);
}

#[test]
fn a_capture_time_takes_its_fraction_and_zone_and_invents_none() {
    let date = "2024:05:06 07:08:09";
    let captured = |extra: Json, expected: &str| {
        let mut tags = json!({"EXIF:ExifIFD:DateTimeOriginal": date});
        tags.as_object_mut().expect("object").extend(extra.as_object().expect("object").clone());
        picture(tags, "captured", &[expected]);
    };
    captured(json!({}), "2024-05-06T07:08:09");
    captured(json!({"EXIF:ExifIFD:SubSecTimeOriginal": "054"}), "2024-05-06T07:08:09.054");
    captured(
        json!({"EXIF:ExifIFD:SubSecTimeOriginal": 68, "EXIF:ExifIFD:OffsetTimeOriginal": "-05:00"}),
        "2024-05-06T07:08:09.68-05:00",
    );
    captured(json!({"EXIF:ExifIFD:OffsetTimeOriginal": "   :  "}), "2024-05-06T07:08:09");
    captured(json!({"EXIF:ExifIFD:OffsetTime": "+02:00"}), "2024-05-06T07:08:09");
    picture(
        json!({"IPTC:DateCreated": "2009:09:09", "IPTC:TimeCreated": "17:00:00+00:00"}),
        "captured",
        &["2009-09-09T17:00:00Z"],
    );
    picture(json!({"XMP:XMP-photoshop:DateCreated": "2009:09"}), "captured", &["2009-09"]);
    picture(json!({"EXIF:ExifIFD:DateTimeOriginal": "0000:00:00 00:00:00"}), "captured", &[]);
}

#[test]
fn a_position_needs_the_letters_that_say_on_which_side() {
    let tags = json!({
        "EXIF:GPS:Copy1:GPSLatitude": 0.5, "EXIF:GPS:GPSLatitudeRef": "S", "EXIF:GPS:Copy1:GPSLongitude": 10,
        "EXIF:GPS:GPSLongitudeRef": "W", "EXIF:GPS:Copy1:GPSAltitude": 3.5, "EXIF:GPS:GPSAltitudeRef": 1,
    });
    picture(tags, "position", &["-0.5 -10 Some(-3.5)"]);
    picture(json!({"EXIF:GPS:GPSLatitude": 0.5, "EXIF:GPS:GPSLongitude": 10}), "position", &[]);
    picture(json!({"XMP:XMP-exif:GPSLatitude": 91, "XMP:XMP-exif:GPSLongitude": 10}), "position", &[]);
    check(
        AssetKind::Video,
        json!({"QuickTime:Keys:GPSCoordinates": "40.5 -74.5 10"}),
        "position",
        &["40.5 -74.5 Some(10.0)"],
    );
}

#[test]
fn a_place_is_never_made_of_two_places() {
    let tags = json!({
        "XMP:XMP-iptcExt:LocationShown": [{"City": "Paris", "CountryName": "France"}],
        "XMP:XMP-iptcExt:LocationCreated": {"City": "Lyon", "Sublocation": "Fourvière"},
    });
    picture(tags.clone(), "city", &["Paris"]);
    picture(tags, "sublocation", &[]);
    picture(json!({"XMP:XMP-iptcExt:LocationCreated": {"City": "Lyon"}}), "city", &["Lyon"]);
    let core = json!({"XMP:XMP-photoshop:City": "Rouen", "XMP:XMP-iptcExt:LocationShown": {"CountryName": "France"}});
    picture(core.clone(), "city", &["Rouen"]);
    picture(core, "country", &[]);
}

#[test]
fn persons_are_those_named_and_the_named_faces() {
    let tags = json!({
        "XMP:XMP-iptcExt:PersonInImage": ["Ann", "Bo"],
        "XMP:XMP-mwg-rs:RegionInfo": {"RegionList": [
            {"Type": "Face", "Name": "Cy"}, {"Type": "Face", "Name": "Ann"}, {"Type": "Pet", "Name": "Rex"}, {"Name": "?"}]},
        "XMP:XMP-MP:RegionInfoMP": {"Regions": [{"PersonDisplayName": "Di"}]},
    });
    picture(tags, "persons", &["Ann", "Bo", "Cy", "Di"]);
}

#[test]
fn a_rating_lies_between_rejected_and_five() {
    for (rating, expected) in [(-1, &["-1"][..]), (0, &["0"]), (5, &["5"]), (6, &[]), (-2, &[])] {
        picture(json!({"XMP:XMP-xmp:Rating": rating}), "rating", expected);
    }
    picture(json!({"EXIF:IFD0:Rating": 4}), "rating", &["4"]);
    picture(json!({"EXIF:IFD0:Rating": -1}), "rating", &[]);
}

#[test]
fn exposure_is_numbers_and_a_lens_is_a_name() {
    picture(json!({"EXIF:ExifIFD:ExposureTime": 0.004}), "exposure_time", &["0.004"]);
    picture(json!({"EXIF:ExifIFD:ISO": "400 0"}), "iso", &["400"]);
    picture(json!({"EXIF:ExifIFD:Flash": 25}), "flash", &["true"]);
    picture(json!({"EXIF:ExifIFD:Flash": 16}), "flash", &["false"]);
    picture(
        json!({"EXIF:ExifIFD:LensModel": "----", "Composite:LensID": "EF 50mm f/1.8"}),
        "lens",
        &["EF 50mm f/1.8"],
    );
    picture(json!({"Composite:LensID": "7F 40 2D 5C 2C 34 84 06"}), "lens", &[]);
    picture(json!({"Composite:LensID": 65535}), "lens", &[]);
}

#[test]
fn of_a_document_exif_of_a_picture_inside_comes_last() {
    let tags = json!({"EXIF:ExifIFD:CreateDate": "2001:05:19 18:36:41", "PDF:CreateDate": "2005:07:18 14:30:45-04:00",
        "EXIF:IFD0:Artist": "a photographer", "PDF:Author": "An Author", "XMP:XMP-dc:Title": "xmp", "PDF:Title": "pdf"});
    check(AssetKind::Document, tags.clone(), "digitized", &["2005-07-18T14:30:45-04:00"]);
    check(AssetKind::Document, tags.clone(), "creator", &["An Author"]);
    check(AssetKind::Document, tags, "title", &["xmp"]);
}

#[test]
fn a_second_block_of_iim_says_what_the_first_leaves_out() {
    let tags =
        json!({"IPTC:Credit": "first", "IPTC:IPTC2:Copy1:Credit": "second", "IPTC:IPTC3:By-line": "Ann Lee"});
    picture(tags.clone(), "credit", &["first"]);
    picture(tags, "creator", &["Ann Lee"]);
    picture(json!({"IPTC:IPTC2:Keywords": ["harbour", "fog"]}), "keywords", &["harbour", "fog"]);
}

#[test]
fn a_comment_of_id3_with_a_description_is_no_caption() {
    let tags = json!({
        "ID3:ID3v2_3:Comment": "(rating) five", "ID3:ID3v2_3:Copy1:Comment": "(c) 1999, at sea",
        "ID3:ID3v2_3:CommentDescription": "rating",
    });
    check(AssetKind::Audio, tags, "caption", &["(c) 1999, at sea"]);
}

#[test]
fn the_number_of_a_sampler_is_no_album() {
    check(AssetKind::Audio, json!({"RIFF:Product": 0, "RIFF:MIDIUnityNote": 60}), "album", &[]);
    check(AssetKind::Audio, json!({"RIFF:Product": "Field tapes"}), "album", &["Field tapes"]);
}

#[test]
fn a_year_that_exiftool_has_no_group_for_is_one() {
    check(AssetKind::Audio, json!({"Unknown:Year": 2004, "ID3:ID3v1:Year": 1337}), "captured", &["2004"]);
}

#[test]
fn the_subject_of_an_office_file_is_no_keyword() {
    let with = |media_type: &str| json!({"File:MIMEType": media_type, "XMP:XMP-dc:Subject": "About the whole", "XML:Keywords": "a, b"});
    let office = with("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    check(AssetKind::Document, office, "keywords", &["a", "b"]);
    check(AssetKind::Document, with("application/pdf"), "keywords", &["About the whole"]);
}

#[test]
fn a_text_without_a_default_is_read_in_the_language_it_has() {
    picture(
        json!({"XMP:XMP-dc:Rights-ar": "حقوق", "XMP:XMP-dc:RightsOwner": "no"}),
        "copyright",
        &["ar: حقوق"],
    );
    picture(
        json!({"XMP:XMP-dc:Rights-ar": "حقوق", "IPTC:CopyrightNotice": "iim"}),
        "copyright",
        &["ar: حقوق"],
    );
}

#[test]
fn the_location_of_a_telephones_film_is_its_position() {
    let of = |text: &str| json!({"QuickTime:UserData:LocationInformation": text});
    let earth = of("(none) Role=shooting Lat=40.67999 Lon=-74.50000 Alt=0.00 Body=earth Notes=");
    check(AssetKind::Video, earth, "position", &["40.67999 -74.5 None"]);
    check(AssetKind::Video, of("(none) Lat=1.0 Lon=2.0 Alt=0.00 Body=moon Notes="), "position", &[]);
}

#[test]
fn of_sound_the_tags_players_write_are_read_before_xmp() {
    let tags = json!({
        "ID3:ID3v1:Title": "A long title that ID3v1 cu", "ID3:ID3v2_4:Copy1:Title": "A long title that ID3v1 cut",
        "XMP:XMP-dc:Title": "xmp", "ID3:ID3v2_4:Track": "02/10", "ID3:ID3v1:Genre": 17, "ID3:ID3v2_4:RecordingTime": 2004,
        "ID3:ID3v2_4:Comment": "(iTunNORM) 0000", "ID3:ID3v2_4:Copy1:Comment": "Live",
    });
    for (field, expected) in [
        ("title", "A long title that ID3v1 cut"),
        ("track_number", "2"),
        ("genre", "Rock"),
        ("captured", "2004"),
        ("caption", "Live"),
    ] {
        check(AssetKind::Audio, tags.clone(), field, &[expected]);
    }
    check(
        AssetKind::Audio,
        json!({"RIFF:Description": "Wild track", "RIFF:DateTimeOriginal": "2018:12:31 12:40:07"}),
        "captured",
        &["2018-12-31T12:40:07"],
    );
    check(AssetKind::Audio, json!({"XML:Bwfxml": {"Note": "plane"}}), "caption", &["plane"]);
}

#[test]
fn a_film_was_captured_when_its_camera_says_or_its_file_was_begun() {
    let film = |tags, expected: &[&str]| check(AssetKind::Video, tags, "captured", expected);
    let begun = json!({"QuickTime:CreateDate": "2023:05:09 11:41:46"});
    film(begun, &["2023-05-09T11:41:46Z"]);
    film(
        json!({"QuickTime:Keys:CreationDate": "2023:05:09 12:41:46+01:00", "QuickTime:CreateDate": "2023:05:09 11:41:46"}),
        &["2023-05-09T12:41:46+01:00"],
    );
    film(json!({"QuickTime:CreateDate": "0000:00:00 00:00:00"}), &[]);
}

#[test]
fn a_document_is_described_by_xmp_before_its_information_dictionary() {
    let document = |tags, field, expected: &[&str]| check(AssetKind::Document, tags, field, expected);
    document(json!({"PDF:Title": "info", "XMP:XMP-dc:Title": "xmp"}), "title", &["xmp"]);
    document(json!({"PDF:Keywords": "harbour, north; sea"}), "keywords", &["harbour, north", "sea"]);
    document(json!({"PDF:Author": "Ann; Bo"}), "creator", &["Ann", "Bo"]);
    document(json!({"PDF:Subject": "about"}), "caption", &["about"]);
    document(
        json!({"PDF:CreateDate": "2020:01:02 03:04:05+01:00"}),
        "digitized",
        &["2020-01-02T03:04:05+01:00"],
    );
    document(
        json!({"XML:CreateDate": "2007:08:15 06:28:00Z", "XMP:XMP-dc:Creator": ""}),
        "digitized",
        &["2007-08-15T06:28:00Z"],
    );
}

#[test]
fn what_exiftool_wrote_is_read_back_through_its_own_arguments() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.jpg");
    let path = path.to_str().expect("UTF-8");
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().expect("the tool is installed");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    run(
        "ffmpeg",
        &["-v", "error", "-f", "lavfi", "-i", "testsrc=size=32x32:duration=1:rate=1", "-frames:v", "1", path],
    );
    run(
        "exiftool",
        &[
            "-q",
            "-overwrite_original",
            "-XMP-dc:Title=1.10",
            "-XMP-dc:Title-de=Hafen",
            "-IPTC:Keywords=Zürich",
            "-IPTC:Keywords=sea",
            "-EXIF:Artist=José",
            "-EXIF:DateTimeOriginal=2024:05:06 07:08:09",
            "-GPSLatitude=10.5",
            "-GPSLatitudeRef=S",
            "-GPSLongitude=20.25",
            "-GPSLongitudeRef=E",
            "-XMP-mwg-rs:RegionInfo={RegionList=[{Name=Ann,Type=Face}]}",
            "-EXIF:FNumber=2.8",
            path,
        ],
    );
    let mut arguments = EXIFTOOL_ARGUMENTS.to_vec();
    arguments.push(path);
    let tags = Tags::from_exiftool(&run("exiftool", &arguments)).expect("tags");
    let said: Map<String, Json> = describe(&tags, AssetKind::Image)
        .into_iter()
        .map(|(name, values)| {
            (
                name.to_string(),
                values.iter().map(|(value, tag)| format!("{} <- {tag}", plain(value))).collect(),
            )
        })
        .collect();
    assert_eq!(
        Json::Object(said),
        json!({
            "title": ["1.10 <- XMP-dc:Title", "de: Hafen <- XMP-dc:Title-de"],
            "keywords": ["Zürich <- IPTC:Keywords", "sea <- IPTC:Keywords"],
            "persons": ["Ann <- XMP-mwg-rs:RegionInfo"],
            "creator": ["José <- IFD0:Artist"],
            "captured": ["2024-05-06T07:08:09 <- ExifIFD:DateTimeOriginal"],
            "position": ["-10.5 20.25 None <- GPS:GPSLatitude"],
            "aperture": ["2.8 <- ExifIFD:FNumber"],
        })
    );
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|truth| json!(truth)),
        ".{0,20}".prop_map(|text| json!(text)),
        "[0-9:T +.Z-]{0,25}".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            proptest::collection::btree_map("(City|Name|Type|RegionList|Regions|Fired|Note)", inner, 0..4)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_value_of_any_tag_panics_and_no_empty_text_is_a_value(value in any_json(), answer in ".{0,60}") {
        let _ = Tags::from_exiftool(&answer);
        let names = [
            "EXIF:ExifIFD:DateTimeOriginal", "EXIF:ExifIFD:SubSecTimeOriginal", "EXIF:ExifIFD:OffsetTimeOriginal", "EXIF:GPS:GPSLatitude",
            "EXIF:GPS:GPSLatitudeRef", "EXIF:ExifIFD:Flash", "EXIF:ExifIFD:ISO", "XMP:XMP-xmp:Rating", "XMP:XMP-dc:Subject", "IPTC:DateCreated",
            "XMP:XMP-mwg-rs:RegionInfo", "XMP:XMP-iptcExt:LocationShown", "QuickTime:Keys:GPSCoordinates", "ID3:ID3v1:Genre", "ID3:ID3v1:Track",
            "EXIF:IFD0:Artist", "PDF:Keywords", "XML:Bwfxml", "QuickTime:CreateDate", "Composite:LensID", "XMP:XMP-dc:Title",
        ];
        let object: Map<String, Json> = names.iter().map(|name| ((*name).to_owned(), value.clone())).collect();
        let tags = Tags::from_value(&Json::Object(object)).expect("tags");
        for kind in AssetKind::ALL {
            for (name, values) in describe(&tags, kind) {
                prop_assert!(!values.is_empty(), "{} has no values", name);
                prop_assert!(values.iter().all(|(value, _)| value.as_text().is_none_or(|text| !text.trim().is_empty())));
            }
        }
    }
}

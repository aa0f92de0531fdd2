//! Which codec the header of a film or sound names, in the words of the decoder (ffmpeg), where nothing of it could be
//! decoded: four letters of ISO/IEC 14496-12 sample entries and RIFF, identifiers of Matroska (RFC 9559) and ASF, labels
//! of MXF (SMPTE ST 400); else the kind of metadata that only one codec has.

use crate::{Tag, Tags};

use super::words;

/// What a tag's value begins with, and the codec.
type Row = (&'static str, &'static str);

const PICTURES: &[Row] = &[
    ("avc1", "h264"),
    ("avc3", "h264"),
    ("hvc1", "hevc"),
    ("hev1", "hevc"),
    ("dvh1", "hevc"),
    ("dvhe", "hevc"),
    ("av01", "av1"),
    ("vp08", "vp8"),
    ("vp09", "vp9"),
    ("mp4v", "mpeg4"),
    ("ap4h", "prores"),
    ("ap4x", "prores"),
    ("apch", "prores"),
    ("apcn", "prores"),
    ("apcs", "prores"),
    ("apco", "prores"),
    ("AVdn", "dnxhd"),
    ("dvc", "dvvideo"),
    ("dvp", "dvvideo"),
    ("dvh", "dvvideo"),
    ("jpeg", "mjpeg"),
    ("mjpa", "mjpeg"),
    ("mjpg", "mjpeg"),
    ("V_MPEG4/ISO/AVC", "h264"),
    ("V_MPEGH/ISO/HEVC", "hevc"),
    ("V_AV1", "av1"),
    ("V_VP8", "vp8"),
    ("V_VP9", "vp9"),
    ("V_THEORA", "theora"),
    ("V_FFV1", "ffv1"),
    ("V_PRORES", "prores"),
    ("V_MPEG4/ISO", "mpeg4"),
    ("V_MPEG2", "mpeg2video"),
    ("V_MPEG1", "mpeg1video"),
    ("V_MJPEG", "mjpeg"),
    // SMPTE ST 400 labels of picture coding: MPEG-2, AVC, DV, VC-3, JPEG 2000, ProRes.
    ("060e2b34-0401-010a-0401-02020131", "h264"),
    ("060e2b34-0401-010a-0401-02020132", "h264"),
    ("060e2b34-0401-0103-0401-02020102", "mpeg2video"),
    ("060e2b34-0401-0103-0401-02020103", "mpeg2video"),
    ("060e2b34-0401-0101-0401-02020202", "dvvideo"),
    ("060e2b34-0401-0107-0401-02020301", "jpeg2000"),
    ("060e2b34-0401-010a-0401-02027101", "dnxhd"),
    ("060e2b34-0401-010d-0401-02020306", "prores"),
];

const SOUNDS: &[Row] = &[
    ("mp4a", "aac"),
    ("alac", "alac"),
    ("ac-3", "ac3"),
    ("ec-3", "eac3"),
    ("Opus", "opus"),
    ("fLaC", "flac"),
    ("sowt", "pcm_s16le"),
    ("twos", "pcm_s16be"),
    ("in24", "pcm_s24be"),
    ("A_AAC", "aac"),
    ("A_AC3", "ac3"),
    ("A_EAC3", "eac3"),
    ("A_DTS", "dts"),
    ("A_OPUS", "opus"),
    ("A_VORBIS", "vorbis"),
    ("A_FLAC", "flac"),
    ("A_MPEG/L3", "mp3"),
    ("A_MPEG/L2", "mp2"),
    ("A_ALAC", "alac"),
    // Advanced Systems Format specification, 9.4: format tags of WAVEFORMATEX.
    ("353", "wmav2"),
    ("352", "wmav1"),
    ("354", "wmapro"),
    ("355", "wmalossless"),
    ("85", "mp3"),
];

/// Kinds of metadata that one codec has, the inmost first.
const PICTURE_FAMILIES: &[Row] = &[("Theora", "theora")];
const SOUND_FAMILIES: &[Row] =
    &[("FLAC", "flac"), ("Opus", "opus"), ("Vorbis", "vorbis"), ("MAC", "ape"), ("DSF", "dsd_lsbf_planar")];

/// The codec of the pictures.
pub fn of_pictures(tags: &Tags) -> Option<&'static str> {
    let named = ["CompressorID", "VideoCodecID", "CodecID", "VideoCodingSchemeID", "VideoCodec"];
    by_name(tags, &named, PICTURES).or_else(|| by_family(tags, PICTURE_FAMILIES))
}

/// The codec of the sound.
pub fn of_sound(tags: &Tags) -> Option<&'static str> {
    // ISO/IEC 11172-3, 2.4.2.3: the two bits of the layer count down.
    let layer = |tag: &&Tag| tag.family() == "MPEG" && tag.name == "AudioLayer";
    if let Some(layer) = tags.list.iter().find(layer).and_then(|tag| words::number(&tag.value)) {
        return [(1.0, "mp3"), (2.0, "mp2"), (3.0, "mp1")]
            .into_iter()
            .find_map(|(bits, codec)| ((bits - layer).abs() < 0.5).then_some(codec));
    }
    let named = ["AudioFormat", "AudioCodecID", "CodecID"];
    // Vorbis comments stand in FLAC and Opus too; their own headers go first.
    by_name(tags, &named, SOUNDS)
        .or_else(|| by_family(tags, SOUND_FAMILIES))
        .or_else(|| is_bare_pcm(tags).then_some("pcm_s24le"))
}

/// MXF that names no coding of its sound holds samples as they are (SMPTE ST 382).
fn is_bare_pcm(tags: &Tags) -> bool {
    let has = |name: &str| tags.first("MXF", name).is_some();
    let bits = tags.first("MXF", "BitsPerAudioSample").and_then(|tag| words::number(&tag.value));
    has("BlockAlign") && bits.is_some_and(|bits| (bits - 24.0).abs() < 0.5)
}

fn by_name(tags: &Tags, names: &[&str], rows: &[Row]) -> Option<&'static str> {
    tags.list.iter().filter(|tag| names.contains(&tag.name.as_str())).find_map(|tag| {
        let text = words::text(&tag.value)?;
        rows.iter().find(|(begin, _)| text.starts_with(begin)).map(|(_, codec)| *codec)
    })
}

fn by_family(tags: &Tags, rows: &[Row]) -> Option<&'static str> {
    let is = |tag: &Tag, family: &str| tag.family() == family || tag.place() == family;
    rows.iter().find(|(family, _)| tags.list.iter().any(|tag| is(tag, family))).map(|(_, codec)| *codec)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{PICTURES, SOUNDS, of_pictures, of_sound};
    use crate::Tags;

    fn check(tags: &Json, pictures: Option<&str>, sound: Option<&str>) {
        let tags = Tags::from_value(tags).expect("tags");
        assert_eq!((of_pictures(&tags), of_sound(&tags)), (pictures, sound));
    }

    #[test]
    fn a_header_names_its_codecs_in_the_words_of_its_format() {
        let film = json!({"QuickTime:Track1:CompressorID": "avc1", "QuickTime:Track2:AudioFormat": "mp4a"});
        check(&film, Some("h264"), Some("aac"));
        let matroska = json!({"Matroska:Track1:VideoCodecID": "V_MPEG4/ISO/AVC", "Matroska:Track2:AudioCodecID": "A_MPEG/L3"});
        check(&matroska, Some("h264"), Some("mp3"));
        check(&json!({"ASF:AudioCodecID": 353}), None, Some("wmav2"));
        check(
            &json!({"MXF:Track2:BlockAlign": 6, "MXF:Track2:BitsPerAudioSample": 24}),
            None,
            Some("pcm_s24le"),
        );
        check(&json!({"MPEG:AudioLayer": 1}), None, Some("mp3"));
        check(&json!({"Vorbis:Title": "a", "FLAC:Channels": 2}), None, Some("flac"));
        check(&json!({"APE:MAC:Channels": 2}), None, Some("ape"));
    }

    #[test]
    fn no_row_hides_one_below_it() {
        for rows in [PICTURES, SOUNDS] {
            for (place, (begin, _)) in rows.iter().enumerate() {
                let above = rows[..place].iter().find(|(above, _)| begin.starts_with(above));
                assert_eq!(above, None, "hides {begin}");
            }
        }
    }

    #[test]
    fn a_codec_nobody_named_is_not_guessed() {
        check(&json!({"QuickTime:Track1:CompressorID": "zzzz", "APE:Title": "a"}), None, None);
    }
}

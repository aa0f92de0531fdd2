"""The clause that rules a field, printed beside a difference so that a person can look it up."""

import re

MWG = "MWG 2.0, 5"
EXIF = "Exif 2.32, 4.6"
IPTC = "IPTC Photo Metadata 2024.1"

# By kind of file, which its name's ending tells well enough for a remark.
SOUND_OR_FILM = re.compile(r"\.(mp3|flac|og[agv]|oggflac|oggtheora|opus|spx|wav|aiff?|ape|wv|tak|tta|mpc|ds[fd]|dff|wma|wmv|asf|m4[abv]|mp4|"
                           r"mov|mkv|webm|avi|mxf|ts|mts|flv|dv|aac|ac3|3gp)$", re.IGNORECASE)
BY_FIELD = {
    "title": f"{IPTC}, Title", "caption": f"{MWG}, Description", "keywords": f"{MWG}, Keywords", "creator": f"{MWG}, Creator",
    "copyright": f"{MWG}, Copyright", "captured": f"{MWG}, Date/Time", "digitized": f"{MWG}, Date/Time", "rating": f"{MWG}, Rating",
    "position": f"{EXIF}.6 GPS; ISO 6709 annex H", "persons": f"{IPTC}, Person Shown in the Image",
    "exposure_time": f"{EXIF}.5, annex C (APEX)", "aperture": f"{EXIF}.5, annex C (APEX)", "iso": f"{EXIF}.5", "flash": f"{EXIF}.5",
    "focal_length": f"{EXIF}.5", "lens": f"{EXIF}.5", "camera": f"{EXIF}.4", "camera_make": f"{EXIF}.4", "software": f"{EXIF}.4",
    "width": f"{EXIF}.4 Orientation; the format's header", "height": f"{EXIF}.4 Orientation; the format's header",
}
IN_SOUND_OR_FILM = {
    "width": "ISO/IEC 14496-12, 8.3.2; SMPTE ST 377-1, G.2 (stored and display size)",
    "height": "ISO/IEC 14496-12, 8.3.2; SMPTE ST 377-1, G.2 (stored and display size)",
    "duration": "ISO/IEC 14496-12, 8.2.2; ISO/IEC 13818-1, 2.4.2 (clock and frames); ISO/IEC 11172-3, 2.4.3.1 (frames of MP3)",
    "frame_rate": "ISO/IEC 14496-12, 8.6.1.2 (varying sample times have a mean only)",
    "start_timecode": "SMPTE ST 12-1; SMPTE ST 377-1, start timecode", "sample_rate": "the stream's header",
    "audio_channels": "the stream's header", "audio_layout": "ITU-R BS.2051", "captured": "ISO/IEC 14496-12, 8.2.2; EBU Tech 3285, 2.3",
}
FOR_TAGS = "ID3v2.4 frames; APEv2; Vorbis comment; RIFF INFO; ISO/IEC 14496-12 metadata"


def clause(field, path):
    """The clause, by field and kind of file."""
    if SOUND_OR_FILM.search(path):
        return IN_SOUND_OR_FILM.get(field, FOR_TAGS)
    if path.lower().endswith(".pdf"):
        return "ISO 32000-2, 14.3 (XMP before the dictionary), 7.9.4 (dates)"
    return BY_FIELD.get(field, f"{IPTC}, {field}")

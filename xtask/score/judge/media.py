"""Sound and film: measurements by mediainfo and exiftool (Damask's are ffprobe's), the length of an MP3 also by decoding it
(Damask counts frames), tags by ffprobe and mediainfo (Damask's are exiftool's).

What mediainfo does not say of a file is not compared. Of the codecs and layouts only those are compared whose names
both lists know.
"""

import json
import re
import subprocess
from fractions import Fraction

from .blocks import short_tags
from .documents import xmp_of_film
from .values import SPEAKERS, moment, number_of, one, words

TIMEOUT_SECONDS = 60

# mediainfo's format and, where it needs one, its profile or version; ffmpeg's name of the codec.
VIDEO_CODECS = {"AVC": "h264", "HEVC": "hevc", "AV1": "av1", "VP8": "vp8", "VP9": "vp9", "Theora": "theora", "ProRes": "prores",
                "DV": "dvvideo", "VC-3": "dnxhd", "JPEG 2000": "jpeg2000", "FFV1": "ffv1", "MPEG-4 Visual": "mpeg4",
                "MPEG Video 1": "mpeg1video", "MPEG Video 2": "mpeg2video", "JPEG": "mjpeg", "VVC": "vvc"}
AUDIO_CODECS = {"MPEG Audio Layer 3": "mp3", "MPEG Audio Layer 2": "mp2", "AAC": "aac", "AC-3": "ac3", "E-AC-3": "eac3", "FLAC": "flac",
                "Vorbis": "vorbis", "Opus": "opus", "ALAC": "alac", "Monkey's Audio": "ape", "TTA": "tta", "WavPack": "wavpack",
                "TAK": "tak", "Speex": "speex", "PCM": "pcm", "DTS": "dts"}
# The standard's rates that mediainfo prints with three digits (SMPTE ST 12-1, table 1).
NTSC = {"23.976": Fraction(24000, 1001), "29.970": Fraction(30000, 1001), "47.952": Fraction(48000, 1001),
        "59.940": Fraction(60000, 1001), "119.880": Fraction(120000, 1001)}


def asked(arguments):
    """A tool's answer in JSON; an empty one where it is none."""
    done = subprocess.run(arguments, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    try:
        answer = json.loads(done.stdout.decode("utf-8", "replace") or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def judge(path):
    """What mediainfo, exiftool and ffprobe read of a sound or a film, and how long a frame of it is."""
    info = asked(["mediainfo", "--Output=JSON", path])
    tracks = [track for track in ((info.get("media") or {}).get("track") or []) if isinstance(track, dict)]
    video = [track for track in tracks if track.get("@type") == "Video"]
    audio = [track for track in tracks if track.get("@type") == "Audio"]
    if not video and not audio:
        return {}, 0.0
    rate = rate_of(video[0]) if video else None
    general = tracks[0]
    measured = {**(picture(video[0], rate) if video else {}), **(sound(audio) if audio else {})}
    measured["duration"] = duration(general, video + audio)
    measured["start_timecode"] = timecode(tracks, video)
    readings = {
        "mediainfo": {**spoken(described(flat(general))), **{field: values for field, values in measured.items() if values}},
        "exiftool": beside(path),
    }
    probe = asked(["ffprobe", "-v", "quiet", "-of", "json", "-show_format", "-show_streams", "file:" + path])
    if any(track.get("Format") == "Opus" for track in audio):
        readings["exiftool"].pop("sample_rate", None)
    if general.get("Format") == "WavPack":
        # mediainfo 23.04 says a second whatever it is; the header says it (WavPack 4 and 5 file format, 2.0).
        readings["mediainfo"].pop("duration", None)
        readings["header"] = wavpack(path)
    if general.get("Format") == "Flash Video":
        readings["exiftool"].pop("audio_channels", None)
    if readings["mediainfo"].get("title") and not re.fullmatch(r"[\d/ ]*", words(general.get("Track", ""))):
        # Of a file with two kinds of tags mediainfo's `Title` is one's and `Track` the other's.
        readings["mediainfo's track"] = {"title": one(general["Track"])}
    rate = rate or shown_rate(probe)
    if general.get("Format") in ("MPEG-TS", "MPEG-PS", "BDAV") and rate and measured["duration"]:
        # ISO/IEC 13818-1, 2.4.3.7: a time stamp says when a picture begins; how long the last one stays nobody says.
        readings["mediainfo and a frame"] = {"duration": [measured["duration"][0] + float(1 / rate)]}
    xmp = xmp_of_film(path)
    if xmp:
        readings["xmp"] = xmp
    short = short_tags(path)
    if short:
        readings["tags"] = {field: values for field, values in described(short).items() if values}
    if general.get("Format") == "MPEG Audio":
        # Neither counts the frames of an MP3: the decoder does.
        readings["ffmpeg"] = decoded(path)
    if probe.get("streams"):
        readings["ffprobe"] = spoken(described(tags_of(probe)))
    if general.get("Format") == "MXF":
        # Both say when the file was written last (SMPTE ST 377-1, identification), not when its package was made.
        for reading in readings.values():
            reading.pop("captured", None)
    return readings, (1 / float(rate) if rate else 0.0)


def shown_rate(probe):
    """ffprobe's rate, where mediainfo has none."""
    for stream in probe.get("streams") or []:
        over, _, under = str(stream.get("r_frame_rate", "")).partition("/")
        if stream.get("codec_type") == "video" and over.isdigit() and under.isdigit() and int(over) and int(under):
            return Fraction(int(over), int(under))
    return None


def spoken(reading):
    """A tool that found no tag at all may not know where this format keeps them: its silence is no answer."""
    return reading if any(reading.values()) else {}


def decoded(path):
    """The length of the samples a decoder gives, those that players leave out at both ends among them."""
    stream = (asked(["ffprobe", "-v", "quiet", "-of", "json", "-select_streams", "a:0", "-show_entries", "stream=sample_rate",
                     "file:" + path]).get("streams") or [{}])[0]
    rate = first_whole(stream.get("sample_rate"))
    if not rate:
        return {}
    # One channel of one byte a sample: the bytes are the samples.
    with subprocess.Popen(["ffmpeg", "-nostdin", "-v", "quiet", "-flags2", "+skip_manual", "-i", "file:" + path, "-map", "0:a:0",
                           "-ac", "1", "-f", "u8", "-"], stdout=subprocess.PIPE) as process:
        samples = sum(len(piece) for piece in iter(lambda: process.stdout.read(1 << 20), b""))
    return {"duration": [samples / rate]} if samples else {}


# WavPack 4 and 5 file format: rates by the bits 23 to 26 of a block's flags.
WAVPACK_RATES = (6000, 8000, 9600, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000, 192000)


def wavpack(path):
    with open(path, "rb") as file:
        head = file.read(32)
    if len(head) < 32 or head[:4] != b"wvpk":
        return {}
    samples, flags = int.from_bytes(head[12:16], "little"), int.from_bytes(head[24:28], "little")
    rate = flags >> 23 & 15
    # All ones: not known.
    return {} if samples == 0xFFFFFFFF or rate > 14 else {"duration": [samples / WAVPACK_RATES[rate]]}


def beside(path):
    """The length and the samples by exiftool, where the reader was ffprobe."""
    names = ("Duration", "SampleRate", "AudioSampleRate", "Channels", "NumChannels", "AudioChannels")
    done = subprocess.run(["exiftool", "-json", "-n", *("-" + name for name in names), path], capture_output=True,
                          timeout=TIMEOUT_SECONDS, check=False)
    try:
        tags = json.loads(done.stdout.decode("utf-8", "replace"))[0]
    except (ValueError, IndexError):
        return {}
    out = {}
    for field, sources in (("duration", names[:1]), ("sample_rate", names[1:3]), ("audio_channels", names[3:])):
        # exiftool calls MXF's rate of frames a sample rate (SMPTE ST 377-1, annex F).
        least = 1000 if field == "sample_rate" else 0
        values = [tags[name] for name in sources if isinstance(tags.get(name), (int, float)) and tags[name] > least]
        if values:
            out[field] = values[:1]
    return out


# ---------------------------------------------------------------- measurements

def rate_of(track):
    numerator, denominator = (str(track.get(name, "")) for name in ("FrameRate_Num", "FrameRate_Den"))
    if numerator.isdigit() and denominator.isdigit() and int(numerator) and int(denominator):
        return Fraction(int(numerator), int(denominator))
    text = str(track.get("FrameRate", ""))
    if text in NTSC:
        return NTSC[text]
    value = number_of(text)
    return Fraction(text) if value else None


def picture(track, rate):
    out = {}
    width, height = (str(track.get(name, "")) for name in ("Width", "Height"))
    if width.isdigit() and height.isdigit():
        turn = number_of(track.get("Rotation", "")) or 0.0
        size = [int(width)], [int(height)]
        out["width"], out["height"] = reversed(size) if round(abs(turn) / 90) % 2 else size
    is_standard = rate is not None and rate.denominator in (1, 1001)
    # Times in whole milliseconds vary (Matroska, Flash); the pictures' own header may still say `constant`.
    is_varying = "VFR" in (track.get("FrameRate_Mode"), track.get("FrameRate_Mode_Original"))
    if rate and (is_varying or not is_standard):
        frames = first_whole(track.get("FrameCount"))
        out["frame_rate"] = [f"~{float(rate)}" + (f"/{frames}" if frames else "")]
    elif rate:
        out["frame_rate"] = [f"{rate.numerator}/{rate.denominator}"]
    codec = track.get("Format", "")
    if codec == "MPEG Video":
        codec += " " + "".join(re.findall(r"\d", track.get("Format_Version", "")))[:1]
    if codec in VIDEO_CODECS:
        out["video_codec"] = [VIDEO_CODECS[codec]]
    return out


def sound(tracks):
    out = {}
    track = tracks[0]
    channels = [first_whole(each.get("Channels")) for each in tracks]
    if None not in channels:
        # A stem a track: the channels of all together (as Damask counts them).
        split = len(tracks) > 1 and all(number == 1 for number in channels)
        # Adobe Flash Video 10.1, E.4.2.1: the flags of AAC say stereo whatever it is; the sound's own header counts.
        own = first_whole(track.get("Channels_Original")) if track.get("Format") == "AAC" else None
        out["audio_channels"] = [len(tracks) if split else own or channels[0]]
    layout = str(track.get("ChannelLayout", ""))
    if layout and all(SPEAKERS.get(name, name) in {"C", "L", "R", "LFE", "Ls", "Rs", "Lb", "Rb", "Cb"} for name in layout.split()):
        out["audio_layout"] = [layout]
    rate = first_whole(track.get("SamplingRate"))
    if rate:
        out["sample_rate"] = [rate]
    codec = track.get("Format", "")
    if codec == "Opus":
        # RFC 7845, 5.1: the header's number is that of the sound before it was encoded; Opus plays at 48 kHz.
        out["sample_rate"] = [48000]
    if codec == "MPEG Audio":
        codec += " " + track.get("Format_Profile", "")
    if codec in AUDIO_CODECS:
        out["audio_codec"] = [AUDIO_CODECS[codec]]
    return out


def first_whole(text):
    found = re.match(r"\d+", str(text or ""))
    return int(found[0]) if found else None


def timecode(tracks, video):
    """Of the picture, else of the first track of time codes; those inside of the pictures of a stream are no start of the
    film's (mediainfo calls them `Group of pictures header` or `SEI`)."""
    candidates = video + [track for track in tracks if track.get("@type") == "Other"]
    for track in candidates:
        text = str(track.get("TimeCode_FirstFrame", ""))
        source = str(track.get("TimeCode_Source", ""))
        if re.fullmatch(r"\d\d:\d\d:\d\d[:;]\d\d", text) and not re.search("Group of pictures|SEI|ADC", source):
            return [text]
    return []


def duration(general, tracks):
    """Of the file; in a transport or programme stream that is the span of its clock, which ends before the last frame does, so
    there the longest track (ISO/IEC 13818-1, 2.4.2.2)."""
    lengths = [number_of(general.get("Duration", "")) or 0.0]
    if general.get("Format") in ("MPEG-TS", "MPEG-PS", "BDAV"):
        lengths += [number_of(track.get("Duration", "")) or 0.0 for track in tracks]
    return [max(lengths)] if max(lengths) > 0 else []


# ---------------------------------------------------------------- tags

def tags_of(probe):
    """The tags of the file; where it has none, those of its first sound (Ogg keeps them there)."""
    tags = {key.lower(): value for key, value in ((probe.get("format") or {}).get("tags") or {}).items()}
    for stream in probe.get("streams") or []:
        if stream.get("codec_type") == "audio":
            for key, value in (stream.get("tags") or {}).items():
                tags.setdefault(key.lower(), value)
            break
    return tags


def flat(general):
    """mediainfo's words for the file, those it has no name of its own for among them."""
    extra = general.get("extra") if isinstance(general.get("extra"), dict) else {}
    return {name.lower(): value for name, value in {**extra, **general}.items() if isinstance(value, str)}


def described(tags):
    """The fields by the tags of one tool, their names in lower case."""
    def pick(*names):
        return next(([words(tags[name])] for name in names if isinstance(tags.get(name), str) and words(tags[name])), [])

    out = {
        # `track` is ffprobe's number and mediainfo's title.
        "title": pick("title") or [text for text in pick("track") if not re.fullmatch(r"[\d/ ]+", text)],
        "creator": [part for text in pick("artist", "performer") for part in re.split(r"\s*;\s*|\s+/\s+", text) if part],
        "album": pick("album"),
        "copyright": pick("copyright"),
        "caption": pick("description", "comment"),
        "position": position(*pick("com.apple.quicktime.location.iso6709", "location", "xyz", "recorded_location")),
    }
    genre = pick("genre")
    if not genre or not re.match(r"\(?\d", genre[0]):
        out["genre"] = genre
    track = number_of(re.split("/|of", (pick("track_position") or pick("track") or [""])[0])[0])
    if track and track > 0:
        out["track_number"] = [int(track)]
    for field, names in (("camera_make", ("com.apple.quicktime.make", "com.android.manufacturer", "make")),
                         ("camera", ("com.apple.quicktime.model", "com.android.model", "model"))):
        if pick(*names):
            out[field] = pick(*names)
    out["captured"] = captured(pick)
    return out


def captured(pick):
    written = pick("com.apple.quicktime.creationdate", "date", "recorded_date", "creation_time", "encoded_date", "mastered_date")
    text = written[0].replace("/", "-") if written else ""
    # A broadcast wave's day and time stand in two tags (EBU Tech 3285, 2.3).
    time = (pick("creation_time") or [""])[0].replace("-", ":")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and re.fullmatch(r"\d\d:\d\d:\d\d", time):
        text += "T" + time
    date = moment(re.sub(r"^UTC\s+", "", text))
    # ISO/IEC 14496-12, 8.2.2: the epoch of 1904 is a time nobody set.
    return [date] if date and not date.startswith("1904-01-01") else []


def position(text=""):
    """ISO 6709, annex H: signed degrees, and metres behind them."""
    found = re.match(r"([+\-]\d+(?:\.\d+)?)([+\-]\d+(?:\.\d+)?)([+\-]\d+(?:\.\d+)?)?", str(text))
    if not found or len(found[1].split(".")[0]) > 3:
        return []
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return []
    return [{"latitude": latitude, "longitude": longitude, "altitude_m": float(found[3]) if found[3] else None}]

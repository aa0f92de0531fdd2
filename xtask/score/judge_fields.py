#!/usr/bin/env python3
"""Compares mapped core fields with judges that are not Damask's reader, and prints a JSON summary.

Usage: judge_fields.py FIELDS.jsonl [--root DIR] [--limit N]

Input: one JSON object a line, `{"path": ..., "fields": {name: [values]}}`, as Damask printed them; paths are
absolute or below --root. Output: `{"fields": N, "equal": M, "by_field": {...}, "differences": [{path, field, ours,
judge, judge_tool}]}`. A field counts where Damask or the judge has a value.

Judges: pyexiv2 for pictures (the reading rules of the Metadata Working Group's guidelines 2.0 and the IPTC Photo
Metadata Standard, written here a second time), ffprobe and mediainfo for sound and film, pdfinfo for PDF.
Needs: Python 3.9, pyexiv2 (PyPI) for pictures; ffprobe, mediainfo, pdfinfo on the path.
"""

import argparse
import hashlib
import json
import math
import os
import re
import struct
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
import zlib

PICTURES = {"jpg", "jpeg", "tif", "tiff", "png", "webp", "psd", "dng", "cr2", "nef", "heic", "avif", "jp2"}
MEDIA = {"mp4", "mov", "m4a", "m4b", "m4v", "3gp", "mkv", "webm", "avi", "mxf", "wav", "flac", "mp3", "ogg", "opus", "aif",
         "aiff", "wma", "wmv", "ts", "mts", "flv"}
TIMEOUT_SECONDS = 60
STOCK_CAPTIONS = {"OLYMPUS DIGITAL CAMERA", "SONY DSC", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA",
                  "SAMSUNG DIGITAL CAMERA", "DIGITAL CAMERA", "DCIM", "default"}


# ---------------------------------------------------------------- values

def words(value):
    """A text as it is compared: composed, trimmed, single spaces."""
    text = unicodedata.normalize("NFC", str(value)).replace(" / ", " ").replace("\0", " ").replace("\ufeff", "")
    return re.sub(r"\s+", " ", text).strip()


def moment(text):
    """A date in XMP's form, or None."""
    match = re.match(r"\s*(\d{4})(?:[:\-](\d\d)(?:[:\-](\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+\-]\d\d:?\d\d|UTC)?)?)?)?", str(text))
    if not match or match[1] == "0000":
        return None
    year, month, day, time, zone = match.groups()
    if month == "00" or (month and int(month) > 12):
        return year if month == "00" else None
    if day == "00":
        day, time, zone = None, None, None
    out = "-".join(part for part in (year, month, day) if part)
    if time and day:
        zone = {"UTC": "Z", "+00:00": "Z", "-00:00": "Z"}.get(zone, zone or "")
        out += "T" + time + (zone if ":" in zone or zone in ("", "Z") else zone[:3] + ":" + zone[3:])
    return out


def same(field, ours, judge):
    """Whether two lists of values say the same."""
    if field in ("keywords", "persons", "creator"):
        return sorted({words(v).casefold() for v in ours}) == sorted({words(v).casefold() for v in judge})
    if not ours or not judge:
        return not ours and not judge
    a, b = ours[0], judge[0]
    if field == "position":
        near = lambda x, y: math.isclose(x, y, abs_tol=2e-5)
        return near(a["latitude"], b["latitude"]) and near(a["longitude"], b["longitude"])
    if field in ("captured", "digitized"):
        return trimmed_moment(a) == trimmed_moment(b)
    if field == "duration":
        return math.isclose(float(a), float(b), rel_tol=0.01, abs_tol=0.06)
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-3, abs_tol=1e-9)
    except (TypeError, ValueError):
        return words(a).casefold() == words(b).casefold()


def trimmed_moment(text):
    """A fraction of zeros says nothing: without it dates are compared to the millisecond."""
    return re.sub(r"\.(\d{1,3})\d*", lambda m: ("." + m[1].rstrip("0")) if m[1].rstrip("0") else "", str(text)).replace("+00:00", "Z")


def rational(text):
    first = str(text).split()[0] if str(text).split() else ""
    try:
        over, _, under = first.partition("/")
        return float(over) / float(under or 1)
    except (ValueError, ZeroDivisionError):
        return None


# ---------------------------------------------------------------- pictures

def iptc_digests(path):
    """The digest of IIM that Photoshop kept and that of the IIM that is there (image resources 1061 and 1028)."""
    with open(path, "rb") as file:
        data = file.read(64 << 20)
    if data[:2] == b"\xff\xd8":
        blocks, at = b"", 2
        while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xD9, 0xDA):
            length = struct.unpack(">H", data[at + 2:at + 4])[0]
            body = data[at + 4:at + 2 + length]
            if data[at + 1] == 0xED and body.startswith(b"Photoshop 3.0\0"):
                blocks += body[14:]
            at += 2 + length
        data = blocks
    kept = current = None
    for match in re.finditer(rb"8BIM(\x04\x04|\x04\x25)", data):
        name = data[match.end()] if match.end() < len(data) else 0
        start = match.end() + 1 + name + (1 - name % 2)
        if start + 4 > len(data):
            continue
        length = struct.unpack(">I", data[start:start + 4])[0]
        body = data[start + 4:start + 4 + length]
        if match[1] == b"\x04\x25" and length == 16:
            kept = body
        elif match[1] == b"\x04\x04" and current is None:
            current = hashlib.md5(body).digest()
    return kept, current


def read_picture(path):
    import pyexiv2
    pyexiv2.set_log_level(4)
    image = pyexiv2.Image(path)
    try:
        def attempt(read):
            for encoding in ("utf-8", "cp1252", "latin-1"):
                try:
                    return read(encoding)
                except UnicodeDecodeError:
                    continue
                except RuntimeError:
                    return {}
            return {}
        return attempt(image.read_exif), attempt(image.read_iptc), attempt(image.read_xmp)
    finally:
        image.close()


def judge_picture(path):
    exif, iptc, xmp = read_picture(path)
    kept, current = iptc_digests(path)
    iim_first = kept is not None and current is not None and kept != current

    def texts(value):
        if isinstance(value, dict):
            default = value.get('lang="x-default"')
            value = default if default else next(iter(value.values()), "")
        values = value if isinstance(value, list) else [value]
        return [text for text in (words(v) for v in values if not isinstance(v, dict)) if text]

    def ex(name):
        text = words(exif.get(name, ""))
        return [re.sub(r'^charset="?\w+"?\s*', "", text)] if text else []

    def one(xmp_name, iim_name=None, exif_name=None):
        first, second = texts(xmp.get(xmp_name, "")), texts(iptc.get(iim_name, "")) if iim_name else []
        described = (second or first) if iim_first else (first or second)
        from_exif = ex(exif_name) if exif_name else []
        if from_exif and not (described and from_exif[0] in STOCK_CAPTIONS):
            return from_exif
        return described

    def core(name):
        return "Iptc.Application2." + name

    out = {
        "title": one("Xmp.dc.title", core("ObjectName"))[:1],
        "caption": one("Xmp.dc.description", core("Caption"), "Exif.Image.ImageDescription")[:1],
        "headline": one("Xmp.photoshop.Headline", core("Headline"))[:1],
        "keywords": one("Xmp.dc.subject", core("Keywords")),
        "copyright": one("Xmp.dc.rights", core("Copyright"), "Exif.Image.Copyright")[:1],
        "credit": one("Xmp.photoshop.Credit", core("Credit"))[:1],
        "source": one("Xmp.photoshop.Source", core("Source"))[:1],
        "instructions": one("Xmp.photoshop.Instructions", core("SpecialInstructions"))[:1],
        "city": one("Xmp.photoshop.City", core("City"))[:1],
        "region": one("Xmp.photoshop.State", core("ProvinceState"))[:1],
        "country": one("Xmp.photoshop.Country", core("CountryName"))[:1],
        "camera_make": (ex("Exif.Image.Make") or texts(xmp.get("Xmp.tiff.Make", "")))[:1],
        "camera": (ex("Exif.Image.Model") or texts(xmp.get("Xmp.tiff.Model", "")))[:1],
    }
    artist = ex("Exif.Image.Artist")
    out["creator"] = [part.strip(' "') for part in artist[0].split(";") if part.strip()] if artist else \
        one("Xmp.dc.creator", core("Byline"))
    if not out["caption"]:
        out["caption"] = texts(xmp.get("Xmp.tiff.ImageDescription", ""))[:1]
    out["keywords"] = out["keywords"] or [part.strip() for part in windows_text(exif, "XPKeywords").split(";") if part.strip()]
    out["creator"] = out["creator"] or [part.strip() for part in windows_text(exif, "XPAuthor").split(";") if part.strip()]
    if path.lower().endswith(".png"):
        chunks = png_texts(path)
        for field, keyword in (("title", "Title"), ("creator", "Author"), ("copyright", "Copyright"), ("caption", "Description")):
            out[field] = out[field] or [text for text in [words(chunks.get(keyword, ""))] if text]
    out["captured"] = picture_date(exif, iptc, xmp, iim_first)
    out["rating"] = picture_rating(exif, xmp)
    out["position"] = picture_position(exif, xmp)
    for field, name in (("exposure_time", "ExposureTime"), ("aperture", "FNumber"), ("focal_length", "FocalLength")):
        value = rational(exif.get("Exif.Photo." + name, "")) or apex(exif, field)
        value = value or rational((texts(xmp.get("Xmp.exif." + name, "")) or [""])[0])
        out[field] = [value] if value else []
    return out, "pyexiv2"


def apex(exif, field):
    """Exposure in APEX units (Exif 2.32, annex C)."""
    name = {"exposure_time": "ShutterSpeedValue", "aperture": "ApertureValue"}.get(field)
    value = rational(exif.get(f"Exif.Photo.{name}", "")) if name else None
    if value is None or abs(value) > 60:
        return None
    return 2 ** -value if field == "exposure_time" else 2 ** (value / 2)


def windows_text(exif, name):
    """A text Windows keeps in EXIF as UTF-16 bytes."""
    numbers = str(exif.get("Exif.Image." + name, "")).split()
    if not numbers or not all(number.isdigit() and int(number) < 256 for number in numbers):
        return words(exif.get("Exif.Image." + name, ""))
    return words(bytes(map(int, numbers)).decode("utf-16-le", "replace"))


def png_texts(path):
    """The text chunks of a PNG by keyword (W3C PNG, 11.3.3)."""
    out = {}
    with open(path, "rb") as file:
        data = file.read(64 << 20)
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        keyword, _, rest = data[at + 8:at + 8 + length].partition(b"\0")
        try:
            if kind == b"tEXt":
                out[keyword.decode("latin-1")] = rest.decode("latin-1")
            elif kind == b"zTXt":
                out[keyword.decode("latin-1")] = zlib.decompress(rest[1:]).decode("latin-1")
            elif kind == b"iTXt" and rest[2:].split(b"\0", 2)[0] in (b"", b"en", b"x-default"):
                text = rest[2:].split(b"\0", 2)[2]
                out[keyword.decode("latin-1")] = (zlib.decompress(text) if rest[0] else text).decode("utf-8")
        except (zlib.error, IndexError, UnicodeDecodeError):
            pass
        at += length + 12
    return out


def picture_date(exif, iptc, xmp, iim_first):
    date = moment(exif.get("Exif.Photo.DateTimeOriginal", ""))
    if date and "T" in date:
        fraction = re.match(r"\d+", str(exif.get("Exif.Photo.SubSecTimeOriginal", "")).strip())
        zone = str(exif.get("Exif.Photo.OffsetTimeOriginal", "")).strip("\0 ")
        date = date + ("." + fraction[0] if fraction else "") + (zone if re.fullmatch(r"[+\-]\d\d:\d\d|Z", zone) else "")
    if date:
        return [date.replace("+00:00", "Z")]
    from_xmp = moment(xmp.get("Xmp.photoshop.DateCreated", "")) or moment(xmp.get("Xmp.exif.DateTimeOriginal", ""))
    day, time = iptc.get("Iptc.Application2.DateCreated", ""), iptc.get("Iptc.Application2.TimeCreated", "")
    from_iim = moment(f"{day}T{time}") if time else moment(day)
    date = (from_iim or from_xmp) if iim_first else (from_xmp or from_iim)
    return [date] if date else []


def picture_rating(exif, xmp):
    for value, least in ((xmp.get("Xmp.xmp.Rating"), -1), (exif.get("Exif.Image.Rating"), 0)):
        try:
            if value is not None and least <= float(value) <= 5:
                return [round(float(value))]
        except (TypeError, ValueError):
            pass
    return []


def picture_position(exif, xmp):
    def degrees(name, negative):
        parts = [rational(part) for part in str(exif.get("Exif.GPSInfo." + name, "")).split()]
        side = str(exif.get("Exif.GPSInfo." + name + "Ref", "")).strip("\0 ")
        if not parts or parts[0] is None or not side:
            return None
        value = sum((part or 0) / 60 ** at for at, part in enumerate(parts))
        return -value if side.upper().startswith(negative) else value

    def from_xmp(name):
        match = re.fullmatch(r"(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])", str(xmp.get("Xmp.exif." + name, "")))
        if not match:
            return None
        value = float(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
        return -value if match[4] in "SW" else value

    latitude, longitude = degrees("GPSLatitude", "S"), degrees("GPSLongitude", "W")
    if latitude is None or longitude is None:
        latitude, longitude = from_xmp("GPSLatitude"), from_xmp("GPSLongitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return []
    return [{"latitude": latitude, "longitude": longitude}]


# ---------------------------------------------------------------- sound and film

def run_json(arguments):
    done = subprocess.run(arguments, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    try:
        return json.loads(done.stdout or b"{}")
    except ValueError:
        return {}


def judge_media(path):
    probe = run_json(["ffprobe", "-v", "quiet", "-of", "json", "-show_format", "-show_streams", path])
    info = run_json(["mediainfo", "--Output=JSON", path])
    tracks = (info.get("media") or {}).get("track") or [{}]
    if not probe.get("streams") and len(tracks) < 2:
        return None, None
    general = tracks[0]
    format_tags = {k.lower(): v for k, v in (probe.get("format", {}).get("tags") or {}).items()}
    for stream in probe.get("streams", []):
        if not format_tags and stream.get("codec_type") == "audio":
            format_tags = {k.lower(): v for k, v in (stream.get("tags") or {}).items()}

    def pick(*names):
        for name in names:
            value = general.get(name) or format_tags.get(name)
            if isinstance(value, str) and words(value):
                return [words(value)]
        return []

    out = {
        "title": pick("title", "Title", "Track"),
        "creator": pick("artist", "Performer"),
        "album": pick("album", "Album"),
        "genre": pick("genre", "Genre"),
        "copyright": pick("copyright", "Copyright"),
        "caption": pick("description", "Description", "comment", "Comment"),
    }
    audio = [s for s in probe.get("streams", []) if s.get("codec_type") == "audio"]
    video = [s for s in probe.get("streams", []) if s.get("codec_type") == "video"
             and not s.get("disposition", {}).get("attached_pic")]
    if audio:
        out["sample_rate"] = [int(audio[0].get("sample_rate", 0))]
        mono = len(audio) > 1 and all(s.get("channels") == 1 for s in audio)
        out["audio_channels"] = [len(audio) if mono else audio[0].get("channels", 0)]
    if video:
        width, height = video[0].get("width", 0), video[0].get("height", 0)
        turn = next((abs(int(s.get("rotation", 0))) for s in video[0].get("side_data_list", []) if "rotation" in s), 0)
        out["width"], out["height"] = ([height], [width]) if turn in (90, 270) else ([width], [height])
    if probe.get("format", {}).get("duration"):
        out["duration"] = [float(probe["format"]["duration"])]
    out["creator"] = [part.strip() for part in (out["creator"] or [""])[0].split(";") if part.strip()]
    written = (pick("com.apple.quicktime.creationdate", "date", "Recorded_Date", "creation_time", "Encoded_Date") or [""])[0]
    # A broadcast wave's day and time stand in two tags (EBU Tech 3285, 2.3).
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written) and re.fullmatch(r"\d\d:\d\d:\d\d", format_tags.get("creation_time", "")):
        written += "T" + format_tags["creation_time"]
    date = moment(written)
    out["captured"] = [date] if date else []
    return out, "ffprobe+mediainfo"


# ---------------------------------------------------------------- PDF

DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDF_NAMESPACE = "{http://ns.adobe.com/pdf/1.3/}"


def judge_pdf(path):
    done = subprocess.run(["pdfinfo", "-enc", "UTF-8", "-isodates", path], capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    if done.returncode:
        return None, "pdfinfo"
    info = {}
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if words(value):
            info.setdefault(name.strip(), words(value))
    meta = subprocess.run(["pdfinfo", "-meta", path], capture_output=True, timeout=TIMEOUT_SECONDS, check=False).stdout
    try:
        root = ElementTree.fromstring(re.sub(rb"<\?xpacket[^>]*\?>", b"", meta).strip(b"\0 \r\n\t")) if meta.strip() else None
    except ElementTree.ParseError:
        root = None

    def from_xmp(name):
        found = root.find(f".//{name}") if root is not None else None
        if found is not None:
            values = [words(item.text or "") for item in found.iter(RDF + "li")] or [words(found.text or "")]
            return [value for value in values if value]
        for element in root.iter(RDF + "Description") if root is not None else ():
            if words(element.get(name, "")):
                return [words(element.get(name))]
        return []

    def info_of(name):
        return [info[name]] if name in info else []

    def split(values, separators):
        if len(values) == 1:
            separator = ";" if ";" in values[0] else separators
            return [part.strip(' "') for part in values[0].split(separator) if part.strip(' "')]
        return values

    keywords = from_xmp(DC + "subject") or split(from_xmp(PDF_NAMESPACE + "Keywords") or info_of("Keywords"), ",")
    return {
        "title": (from_xmp(DC + "title") or info_of("Title"))[:1],
        "creator": from_xmp(DC + "creator") or split(info_of("Author"), ";"),
        "caption": (from_xmp(DC + "description") or info_of("Subject"))[:1],
        "keywords": keywords,
        "page_count": [int(info["Pages"])] if info.get("Pages", "").isdigit() else [],
    }, "pdfinfo"


# ---------------------------------------------------------------- comparison

def judge(path):
    """Fields and the tool that read them; None where no judge knows the file."""
    extension = path.rsplit(".", 1)[-1].lower()
    if extension in PICTURES:
        return judge_picture(path)
    if extension in MEDIA:
        return judge_media(path)
    if extension == "pdf":
        return judge_pdf(path)
    return None, None


def plain(values):
    """Damask's values as the judges print them; translations behind the main text are left out."""
    out = []
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, dict) and "value" in value:
            value = value["value"]
        if isinstance(value, dict) and "text" in value:
            if out:
                continue
            value = value["text"]
        out.append(value)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines")
    parser.add_argument("--root", default=".")
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    counted = equal = unread = 0
    by_field, differences = {}, []
    with open(options.lines, encoding="utf-8") as lines:
        for at, line in enumerate(lines):
            if options.limit and at >= options.limit:
                break
            asset = json.loads(line)
            path = os.path.join(options.root, asset["path"])
            try:
                expected, tool = judge(path)
            except ImportError:
                raise
            except Exception as error:  # a judge that fails on a file says nothing of it
                print(f"{asset['path']}: {error}", file=sys.stderr)
                expected = None
            if expected is None:
                unread += 1
                continue
            for field, values in expected.items():
                ours = plain(asset["fields"].get(field, []))
                measured = field in ("width", "height", "duration", "sample_rate", "audio_channels", "page_count")
                if (not ours and not values) or (measured and not ours):
                    continue
                counted += 1
                row = by_field.setdefault(field, [0, 0])
                row[0] += 1
                if same(field, ours, values):
                    equal += 1
                    row[1] += 1
                else:
                    differences.append({"path": asset["path"], "field": field, "ours": ours, "judge": values, "judge_tool": tool})
    json.dump({"fields": counted, "equal": equal, "unread": unread,
               "by_field": {name: {"fields": row[0], "equal": row[1]} for name, row in sorted(by_field.items())},
               "differences": differences}, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()

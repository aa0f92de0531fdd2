"""Pictures by pyexiv2 (Exiv2), sizes by ImageMagick's reading of the header or by Exiv2.

The reading rules are those of the Metadata Working Group's guidelines 2.0 and of the IPTC Photo Metadata Standard
2024.1, written here a second time. Exiv2 knows EXIF, IPTC-IIM and XMP but not what a format keeps beside them: a field
that may come from elsewhere (a maker's notes, a text chunk) is compared only where Exiv2 or the chunk says something.
"""

import re
import subprocess

from .blocks import iim_of_jpeg, iptc_digests, png_texts
from .values import moment, number_of, one, words

TIMEOUT_SECONDS = 60
SIDE_MAX = 1 << 30

# What cameras write into every picture; it does not hide a caption that someone wrote (docs/guide/metadata.md).
STOCK_CAPTIONS = {"OLYMPUS DIGITAL CAMERA", "SONY DSC", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA",
                  "SAMSUNG DIGITAL CAMERA", "DIGITAL CAMERA", "DCIM", "default"}

# Longest texts of IIM data sets (IIM 4.2, chapter 6).
IIM_BYTES_MAX = {32, 64, 128, 256, 2000}

# Field: XMP property, IIM data set (record 2), EXIF tag.
TEXTS = {
    "title": ("Xmp.dc.title", "ObjectName", None),
    "caption": ("Xmp.dc.description", "Caption", "Exif.Image.ImageDescription"),
    "headline": ("Xmp.photoshop.Headline", "Headline", None),
    "copyright": ("Xmp.dc.rights", "Copyright", "Exif.Image.Copyright"),
    "credit": ("Xmp.photoshop.Credit", "Credit", None),
    "source": ("Xmp.photoshop.Source", "Source", None),
    "instructions": ("Xmp.photoshop.Instructions", "SpecialInstructions", None),
    "job_reference": ("Xmp.photoshop.TransmissionReference", "TransmissionReference", None),
    "creator_title": ("Xmp.photoshop.AuthorsPosition", "BylineTitle", None),
    "caption_writer": ("Xmp.photoshop.CaptionWriter", "Writer", None),
    "sublocation": ("Xmp.iptc.Location", "SubLocation", None),
    "city": ("Xmp.photoshop.City", "City", None),
    "region": ("Xmp.photoshop.State", "ProvinceState", None),
    "country": ("Xmp.photoshop.Country", "CountryName", None),
    "country_code": ("Xmp.iptc.CountryCode", "CountryCode", None),
    "usage_terms": ("Xmp.xmpRights.UsageTerms", None, None),
    "alt_text": ("Xmp.iptc.AltTextAccessibility", None, None),
    "extended_description": ("Xmp.iptc.ExtDescrAccessibility", None, None),
    "label": ("Xmp.xmp.Label", None, None),
    "camera_make": ("Xmp.tiff.Make", None, "Exif.Image.Make"),
    "camera": ("Xmp.tiff.Model", None, "Exif.Image.Model"),
    "software": ("Xmp.xmp.CreatorTool", None, "Exif.Image.Software"),
}

# Formats that have a word of their own on these: silence of Exiv2 says nothing.
ELSEWHERE = {"title", "caption", "copyright", "camera_make", "camera", "software", "captured", "digitized", "creator",
             "keywords", "position", "exposure_time", "aperture", "iso", "focal_length", "flash", "source", "lens"}
# Formats all of whose metadata Exiv2 reads: there its silence is an answer.
WHOLLY_READ = {"image/jpeg", "image/tiff", "image/webp"}
# Where the bit stream says how it is turned, EXIF's orientation is not applied a second time
# (ISO/IEC 23008-12, 6.5.10; ISO/IEC 18181-1, orientation).
TURNED_BY_THE_STREAM = {"image/heic", "image/heif", "image/avif", "image/jxl"}


class Picture:
    """What Exiv2 read of a file."""

    def __init__(self, path):
        import pyexiv2
        pyexiv2.set_log_level(4)
        try:
            pyexiv2.enableBMFF()
        except Exception:  # a build without it reads fewer formats
            pass
        image = pyexiv2.Image(path, encoding="utf-8")
        try:
            self.width, self.height = image.get_pixel_width(), image.get_pixel_height()
            parts = [attempt(read) for read in (image.read_exif, image.read_iptc, image.read_xmp)]
            # What Exiv2 refuses to read it does not judge: its silence is no answer then.
            # So it is with XMP that continues in further segments (XMP specification part 3, 1.1.3.1).
            self.is_whole = None not in parts and "Xmp.xmpNote.HasExtendedXMP" not in (parts[2] or {})
            self.exif, self.iptc, self.xmp = (part or {} for part in parts)
            self.unseen = {}
            for name, texts in iim_of_jpeg(path).items():
                key = "Iptc.Application2." + name
                if key not in self.iptc:
                    self.unseen[key] = texts
                    continue
                # IIM 4.2, 2:60: HHMMSS and a zone. Exiv2 invents one where there is none.
                if name in ("TimeCreated", "DigitizationTime") and re.fullmatch(r"\d{6}", texts[0]):
                    self.iptc[key] = re.sub(r"(\d\d)(\d\d)(\d\d)", r"\1:\2:\3", texts[0])
        finally:
            image.close()
        kept, current = iptc_digests(path)
        # MWG 2.0, 3.3: the digest Photoshop kept differs where a program that knows only IIM wrote last.
        self.is_iim_first = kept is not None and current is not None and kept != current

    def from_exif(self, name):
        text = re.sub(r'^charset="?\w+"?\s*', "", words(self.exif.get(name, "")))
        return [text] if text else []

    def from_xmp(self, name):
        return main_texts(self.xmp.get(name, ""))

    def from_iim(self, name):
        return main_texts(self.iptc.get("Iptc.Application2." + name, ""))


def attempt(read):
    """EXIF and IIM name no character set or a wrong one: UTF-8 where it is, else Windows' Latin."""
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            found = read(encoding)
        except UnicodeDecodeError:
            continue
        except RuntimeError:
            return None
        return found if encoding == "utf-8" else {key: repaired(value, encoding) for key, value in found.items()}
    return None


def repaired(value, encoding):
    """One text in Latin made all be read as Latin: those that are UTF-8 are turned back."""
    if isinstance(value, list):
        return [repaired(item, encoding) for item in value]
    try:
        return value.encode(encoding).decode("utf-8") if isinstance(value, str) else value
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value


def main_texts(value):
    """The texts of a value; of language alternatives the default (XMP specification part 1, 8.2.2.4)."""
    if isinstance(value, dict):
        value = value.get('lang="x-default"') or next(iter(value.values()), "")
    values = value if isinstance(value, list) else [value]
    return [text for text in (words(v) for v in values if not isinstance(v, dict)) if text]


def judge(path, media_type):
    """Fields of a picture."""
    try:
        picture = Picture(path)
    except RuntimeError:  # not a format Exiv2 reads
        return sizes(path, media_type, None)
    out = fields(picture, path, media_type)
    if picture.unseen:
        # IIM that only the block reader beside this one finds, by the rules Damask's own follows: that is no judge.
        picture.iptc.update(picture.unseen)
        with_unseen = fields(picture, path, media_type)
        out = {field: values for field, values in out.items() if values == with_unseen[field]}
    if not picture.is_whole:
        out = {field: values for field, values in out.items() if values}
    elif media_type not in WHOLLY_READ:
        out = {field: values for field, values in out.items() if values or field not in ELSEWHERE}
    readings = sizes(path, media_type, picture)
    readings["pyexiv2"] = {**out, **readings.get("pyexiv2", {})}
    return readings


def fields(picture, path, media_type):
    """What Exiv2 read, as fields."""
    out = {field: text_of(picture, *sources) for field, sources in TEXTS.items()}
    out["software"] = out["software"] or picture.from_xmp("Xmp.tiff.Software")[:1]
    out["caption"] = out["caption"] or picture.from_xmp("Xmp.tiff.ImageDescription")[:1]
    out["creator"] = creators(picture)
    out["keywords"] = described(picture, "Xmp.dc.subject", "Keywords") or split(windows_text(picture.exif, "XPKeywords"), ";")
    out["captured"] = date_of(picture, "DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal",
                              ("Xmp.photoshop.DateCreated", "Xmp.exif.DateTimeOriginal"), ("DateCreated", "TimeCreated"))
    out["digitized"] = date_of(picture, "DateTimeDigitized", "SubSecTimeDigitized", "OffsetTimeDigitized",
                               ("Xmp.xmp.CreateDate", "Xmp.exif.DateTimeDigitized"), ("DigitizationDate", "DigitizationTime"))
    out["rating"] = rating(picture)
    out["position"] = position(picture)
    out["persons"] = persons(picture)
    out.update(exposure(picture))
    places_of_structures(picture, out)
    if media_type == "image/png":
        chunks = png_texts(path)
        for field, keyword in (("title", "Title"), ("creator", "Author"), ("copyright", "Copyright"),
                               ("caption", "Description"), ("software", "Software")):
            out[field] = out[field] or one(chunks.get(keyword))
    return out


def described(picture, xmp_name, iim_name):
    """XMP before IIM, or the other way where IIM is newer."""
    from_xmp = picture.from_xmp(xmp_name)
    from_iim = picture.from_iim(iim_name) if iim_name else []
    # A text of IIM at its longest that begins that of XMP is that text, cut (MWG 2.0, IIM and XMP).
    if from_iim and from_xmp and len(from_iim[0].encode()) in IIM_BYTES_MAX and from_xmp[0].startswith(from_iim[0]):
        return from_xmp
    return (from_iim or from_xmp) if picture.is_iim_first else (from_xmp or from_iim)


def text_of(picture, xmp_name, iim_name, exif_name):
    found = described(picture, xmp_name, iim_name)
    exif = picture.from_exif(exif_name) if exif_name else []
    if exif and not (found and exif[0] in STOCK_CAPTIONS):
        return exif
    return found[:1]


def creators(picture):
    """Exif Artist holds names between semicolons (MWG 2.0, Creator)."""
    artist = picture.from_exif("Exif.Image.Artist")
    if artist:
        return split(artist[0], ";")
    return described(picture, "Xmp.dc.creator", "Byline") or split(windows_text(picture.exif, "XPAuthor"), ";")


def split(text, separator):
    return [part.strip(' "') for part in text.split(separator) if part.strip(' "')]


def windows_text(exif, name):
    """A text Windows keeps in EXIF as UTF-16 bytes."""
    text = str(exif.get("Exif.Image." + name, ""))
    numbers = text.split()
    if not numbers or not all(number.isdigit() and int(number) < 256 for number in numbers):
        return words(text)
    return words(bytes(map(int, numbers)).decode("utf-16-le", "replace"))


def date_of(picture, exif_name, fraction_name, zone_name, xmp_names, iim_names):
    date = moment(picture.exif.get("Exif.Photo." + exif_name, ""))
    if date and "T" in date and len(date) == 19:
        fraction = re.match(r"\d+", str(picture.exif.get("Exif.Photo." + fraction_name, "")).strip())
        zone = str(picture.exif.get("Exif.Photo." + zone_name, "")).strip("\0 ")
        date += ("." + fraction[0] if fraction else "") + (zone if re.fullmatch(r"[+\-]\d\d:\d\d|Z", zone) else "")
    if date:
        return [date]
    from_xmp = next(filter(None, (moment(words(picture.xmp.get(name, ""))) for name in xmp_names)), None)
    day, time = ((main_texts(picture.iptc.get("Iptc.Application2." + name, "")) or [""])[0] for name in iim_names)
    day = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", day)
    from_iim = moment(f"{day}T{time}") if time else moment(day)
    date = (from_iim or from_xmp) if picture.is_iim_first else (from_xmp or from_iim)
    return [date] if date else []


def rating(picture):
    for value, least in ((picture.xmp.get("Xmp.xmp.Rating"), -1), (picture.exif.get("Exif.Image.Rating"), 0)):
        stars = number_of(words(value)) if value is not None else None
        if stars is not None and least <= stars <= 5:
            return [round(stars)]
    return []


def persons(picture):
    """Person Shown, and the names of faces (MWG 2.0, image regions; Microsoft Photo 1.2)."""
    names = picture.from_xmp("Xmp.iptcExt.PersonInImage")
    for key in sorted(picture.xmp):
        text = words(picture.xmp[key]) if isinstance(picture.xmp[key], str) else ""
        if key.endswith("iptcExt:PersonName"):
            names += main_texts(picture.xmp[key])
        elif key.endswith("mwg-rs:Name"):
            kind = words(picture.xmp.get(key[:-len("Name")] + "Type", ""))
            names += [text] if text and kind.casefold() == "face" else []
        elif key.endswith("MPReg:PersonDisplayName"):
            names += [text] if text else []
    return names


def places_of_structures(picture, out):
    """Without City and its like: the first Location Shown, else Location Created (IPTC Extension)."""
    members = {"sublocation": "Sublocation", "city": "City", "region": "ProvinceState", "country": "CountryName",
               "country_code": "CountryCode"}
    if any(out[field] for field in members):
        return
    for name in ("LocationShown", "LocationCreated"):
        place = {field: [text for at in ("[1]", "") for text in
                         picture.from_xmp(f"Xmp.iptcExt.{name}{at}/iptcExt:{member}")][:1] for field, member in members.items()}
        if any(place.values()):
            out.update(place)
            return


def exposure(picture):
    out = {}
    for field, name, apex_name in (("exposure_time", "ExposureTime", "ShutterSpeedValue"),
                                   ("aperture", "FNumber", "ApertureValue"), ("focal_length", "FocalLength", None)):
        value = number_of(picture.exif.get("Exif.Photo." + name, ""))
        value = value or (apex(field, number_of(picture.exif.get("Exif.Photo." + apex_name, ""))) if apex_name else None)
        value = value or number_of((picture.from_xmp("Xmp.exif." + name) or [""])[0])
        # Without EXIF a camera's own notes may say it, which Exiv2 does not sum up.
        if value and value > 0:
            out[field] = [value]
    speed = number_of(picture.exif.get("Exif.Photo.ISOSpeedRatings", ""))
    if speed and speed < 65535:  # Exif 2.32, 4.6.5: 65535 says that the number stands in another tag
        out["iso"] = [round(speed)]
    flash = number_of(picture.exif.get("Exif.Photo.Flash", ""))
    if flash is not None and flash >= 0:
        out["flash"] = [bool(int(flash) & 1)]
    lens = picture.from_exif("Exif.Photo.LensModel") or picture.from_xmp("Xmp.exifEX.LensModel") or picture.from_xmp("Xmp.aux.Lens")
    if lens and re.search(r"[^\W\d_]{2}", lens[0]):
        out["lens"] = lens[:1]
    return out


def apex(field, value):
    """Exposure in APEX units (Exif 2.32, annex C)."""
    if value is None or abs(value) > 60:
        return None
    return 2 ** -value if field == "exposure_time" else 2 ** (value / 2)


def position(picture):
    def degrees(name, negative):
        parts = [number_of(part) for part in str(picture.exif.get("Exif.GPSInfo." + name, "")).split()]
        side = str(picture.exif.get("Exif.GPSInfo." + name + "Ref", "")).strip("\0 ")
        if not parts or parts[0] is None or not side:
            return None
        value = sum((part or 0) / 60 ** at for at, part in enumerate(parts))
        return -value if side.upper().startswith(negative) else value

    def of_xmp(name):
        found = re.fullmatch(r"(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])", words(picture.xmp.get("Xmp.exif." + name, "")))
        if not found:
            return None
        value = float(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
        return -value if found[4] in "SW" else value

    latitude, longitude = degrees("GPSLatitude", "S"), degrees("GPSLongitude", "W")
    height, below = picture.exif.get("Exif.GPSInfo.GPSAltitude", ""), picture.exif.get("Exif.GPSInfo.GPSAltitudeRef", "")
    if latitude is None or longitude is None:
        latitude, longitude = of_xmp("GPSLatitude"), of_xmp("GPSLongitude")
        height, below = picture.xmp.get("Xmp.exif.GPSAltitude", ""), picture.xmp.get("Xmp.exif.GPSAltitudeRef", "")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return []
    metres = number_of(height)
    if metres is not None and words(below) in ("1", "3"):
        metres = -abs(metres)
    return [{"latitude": latitude, "longitude": longitude, "altitude_m": metres}]


# ---------------------------------------------------------------- sizes

def sizes(path, media_type, picture):
    """Width and height of the upright picture, by each judge that reads the header."""
    found = {}
    if media_type in HEADERS:
        found["ImageMagick"] = header(path, media_type)
    if picture is not None:
        found["pyexiv2"] = (picture.width, picture.height)
    turn = number_of(picture.exif.get("Exif.Image.Orientation", "")) if picture is not None else None
    is_turned = turn in (5, 6, 7, 8) and media_type not in TURNED_BY_THE_STREAM
    readings = {}
    for tool, size in found.items():
        # Judges write zero, or minus one, for what they could not read.
        if size and all(0 < side <= SIDE_MAX for side in size):
            width, height = reversed(size) if is_turned else size
            readings[tool] = {"width": [width], "height": [height]}
    return readings


# ImageMagick's name of the format: it is told, so that a name's ending does not choose the reader.
HEADERS = {"image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "image/tiff": "tiff", "image/bmp": "bmp", "image/webp": "webp",
           "image/vnd.adobe.photoshop": "psd", "image/jp2": "jp2", "image/jxl": "jxl", "image/heic": "heic",
           "image/heif": "heic", "image/avif": "avif", "image/x-exr": "exr", "image/x-dpx": "dpx", "image/x-tga": "tga",
           "image/x-portable-anymap": "pnm", "image/vnd.radiance": "hdr", "image/x-pcx": "pcx", "application/dicom": "dcm",
           "image/x-xcf": "xcf"}


def header(path, media_type):
    name = HEADERS.get(media_type)
    if name is None:
        return None
    # Of a GIF the canvas, of which a frame may be a part (GIF89a, 18: logical screen).
    sides = "%W %H\n" if name == "gif" else "%w %h\n"
    done = subprocess.run(["identify", "-quiet", "-ping", "-format", sides, f"{name}:{path}[0]"], capture_output=True,
                          timeout=TIMEOUT_SECONDS, check=False)
    found = re.match(rb"(\d+) (\d+)\s", done.stdout)
    return (int(found[1]), int(found[2])) if found else None

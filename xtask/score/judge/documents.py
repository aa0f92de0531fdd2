"""Documents: PDF by pdfinfo (poppler), Office by the properties inside of the ZIP, read here.

XMP goes before the information dictionary of a PDF (ISO 32000-2, 14.3.3 deprecates the dictionary for all but the
dates), and a text of keywords is split at semicolons, else at commas (XMP specification part 3, PDF).
"""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile

from .values import moment, one, words

TIMEOUT_SECONDS = 60
XML_BYTES_MAX = 4 << 20

DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XML = "{http://www.w3.org/XML/1998/namespace}"
PDF = "{http://ns.adobe.com/pdf/1.3/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


def judge_pdf(path):
    """Fields of a PDF; none where pdfinfo cannot read it."""
    info = pdfinfo(path)
    if info is None:
        return {}
    xmp = Packet(subprocess.run(["pdfinfo", "-meta", path], capture_output=True, timeout=TIMEOUT_SECONDS, check=False).stdout)
    keywords = xmp.texts(DC + "subject") or split(xmp.texts(PDF + "Keywords") or one(info.get("Keywords")), ",")
    created = moment((xmp.texts(XMP + "CreateDate") or [""])[0]) or pdf_date(info.get("CreationDate", ""))
    out = {
        "title": (xmp.texts(DC + "title") or one(info.get("Title")))[:1],
        "creator": xmp.texts(DC + "creator") or split(one(info.get("Author")), ";"),
        "caption": (xmp.texts(DC + "description") or one(info.get("Subject")))[:1],
        "software": (xmp.texts(XMP + "CreatorTool") or one(info.get("Creator")) or one(info.get("Producer")))[:1],
        "digitized": [created] if created else [],
        "keywords": keywords,
    }
    if info.get("Pages", "").isdigit():
        out["page_count"] = [int(info["Pages"])]
    return {"pdfinfo": out}


def pdfinfo(path):
    done = subprocess.run(["pdfinfo", "-enc", "UTF-8", "-rawdates", path], capture_output=True, timeout=TIMEOUT_SECONDS,
                          check=False)
    if done.returncode:
        return None
    info = {}
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if words(value):
            info.setdefault(name.strip(), words(value))
    return info


def pdf_date(text):
    """ISO 32000-2, 7.9.4: `D:YYYYMMDDHHmmSSOHH'mm`. Without O the relation to universal time is not known."""
    found = re.match(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+\-])(\d\d)'?(\d\d)?)?", text)
    if not found:
        return moment(text)
    year, month, day, hour, minute, second, universal, sign, hours, minutes = found.groups()
    if not (month and day and hour and minute):
        return moment("-".join(part for part in (year, month, day) if part))
    zone = "Z" if universal else f"{sign}{hours}:{minutes or '00'}" if sign else ""
    return moment(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone}")


class Packet:
    """The XMP packet of a PDF; one that is no XML says nothing."""

    def __init__(self, raw):
        raw = re.sub(rb"<\?xpacket[^>]*\?>", b"", raw).strip(b"\0 \r\n\t")
        self.root = tree(raw) if raw else None

    def texts(self, name):
        if self.root is None:
            return []
        found = self.root.find(f".//{name}")
        if found is not None:
            items = list(found.iter(RDF + "li"))
            default = [item for item in items if item.get(XML + "lang") == "x-default"]
            values = [words(item.text or "") for item in default or items] or [words(found.text or "")]
            return [value for value in values if value]
        for element in self.root.iter(RDF + "Description"):
            if words(element.get(name, "")):
                return [words(element.get(name))]
        return []


XMPDM = "{http://ns.adobe.com/xmp/1.0/DynamicMedia/}"


def xmp_of_film(path, bytes_max=64 << 20):
    """What the XMP packet of a sound or a film says (XMP specification part 3: a packet is found by its marks), which neither
    mediainfo nor ffprobe reads."""
    with open(path, "rb") as file:
        found = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", file.read(bytes_max), re.DOTALL)
    if not found:
        return {}
    xmp = Packet(found[0])
    out = {
        "title": xmp.texts(DC + "title")[:1], "creator": xmp.texts(DC + "creator") or xmp.texts(XMPDM + "artist"),
        "album": xmp.texts(XMPDM + "album")[:1], "caption": xmp.texts(DC + "description")[:1],
        "copyright": xmp.texts(DC + "rights")[:1], "genre": xmp.texts(XMPDM + "genre")[:1],
    }
    return {field: values for field, values in out.items() if values}


def tree(raw):
    """XML without the tricks of document types."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        return None
    try:
        return ElementTree.fromstring(raw)
    except (ElementTree.ParseError, ValueError):
        return None


def split(values, separator):
    if len(values) != 1:
        return values
    separator = ";" if ";" in values[0] else separator
    return [part.strip(' "') for part in values[0].split(separator) if part.strip(' "')]


def judge_office(path):
    """Core properties of an OOXML package (ECMA-376 part 2, 11)."""
    try:
        with zipfile.ZipFile(path) as package:
            with package.open("docProps/core.xml") as file:
                root = tree(file.read(XML_BYTES_MAX))
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        return {}
    if root is None:
        return {}

    def text(name):
        found = root.find(name)
        return one(found.text) if found is not None else []

    created = moment((text(TERMS + "created") or [""])[0])
    return {"package": {
        "title": text(DC + "title"),
        "creator": split(text(DC + "creator"), ";"),
        "caption": text(DC + "description"),
        "keywords": split(text(CORE + "keywords"), ","),
        "digitized": [created] if created else [],
    }}

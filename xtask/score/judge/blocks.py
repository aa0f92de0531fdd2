"""Blocks of picture files that Exiv2 does not hand out: Photoshop's digests of IIM, the text chunks of PNG."""

import hashlib
import re
import struct
import zlib

BYTES_MAX = 64 << 20
TEXT_BYTES_MAX = 1 << 20


def iptc_digests(path):
    """The digest of IIM that Photoshop kept and that of the IIM that is there (image resources 1061 and 1028)."""
    with open(path, "rb") as file:
        data = file.read(BYTES_MAX)
    if data[:2] == b"\xff\xd8":
        data = photoshop_segments(data)
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


def photoshop_segments(data):
    """The APP13 segments of a JPEG, joined."""
    blocks, at = b"", 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xD9, 0xDA):
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        body = data[at + 4:at + 2 + length]
        if data[at + 1] == 0xED and body.startswith(b"Photoshop 3.0\0"):
            blocks += body[14:]
        at += 2 + length
    return blocks


def png_texts(path):
    """The text chunks of a PNG by keyword (W3C PNG, 11.3.3)."""
    out = {}
    with open(path, "rb") as file:
        data = file.read(BYTES_MAX)
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        keyword, _, rest = data[at + 8:at + 8 + length].partition(b"\0")
        try:
            if kind == b"tEXt":
                out[keyword.decode("latin-1")] = utf_8_or_latin(rest)
            elif kind == b"zTXt":
                out[keyword.decode("latin-1")] = utf_8_or_latin(inflated(rest[1:]))
            elif kind == b"iTXt" and rest[2:].split(b"\0", 2)[0] in (b"", b"en", b"x-default"):
                text = rest[2:].split(b"\0", 2)[2]
                out[keyword.decode("latin-1")] = (inflated(text) if rest[0] else text).decode("utf-8")
        except (zlib.error, IndexError, UnicodeDecodeError):
            pass
        at += length + 12
    return out


def utf_8_or_latin(raw):
    """The standard says Latin; programs write UTF-8. What is UTF-8 beyond doubt is read as that."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def inflated(raw):
    return zlib.decompressobj().decompress(raw, TEXT_BYTES_MAX)

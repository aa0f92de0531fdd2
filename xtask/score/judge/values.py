"""Values as judges state them, and when two of them say the same.

Nothing here knows a file or a tool. Exact where exact is meant: sizes, channels, sample rates, pages, rates as ratios
and timecodes as text. A duration may differ by half a frame or 10 ms, whichever is more, because readers print
milliseconds; a position by a metre or two; an exposure by a thousandth, because EXIF's ratios are printed rounded.
"""

import math
import re
import unicodedata
from fractions import Fraction

DURATION_SECONDS = 0.01
POSITION_DEGREES = 2e-5
ALTITUDE_METRES = 0.1
NUMBER_RATIO = 1e-3
MEAN_RATE_RATIO = 0.01

LISTS = {"keywords", "persons", "creator"}
EXACT = {"width", "height", "page_count", "audio_channels", "sample_rate", "track_number", "rating", "iso", "flash"}
MOMENTS = {"captured", "digitized"}
NUMBERS = {"exposure_time", "aperture", "focal_length"}


def words(value):
    """A text as it is compared: composed, trimmed, single spaces."""
    text = unicodedata.normalize("NFC", str(value)).replace("\0", " ").replace("\ufeff", "")
    # ISO/IEC 6429: what controls a device is no part of a text.
    return re.sub(r"[\x01-\x08\x0e-\x1f\x7f-\x9f]", "", re.sub(r"\s+", " ", text)).strip()


def one(value):
    """A text as a field of at most one value."""
    text = words(value) if value is not None else ""
    return [text] if text else []


def number_of(text):
    """The first number of a text, also where it is a ratio; None where there is none."""
    first = str(text).split()
    over, _, under = (first[0] if first else "").partition("/")
    try:
        value = float(over) / float(under or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return value if math.isfinite(value) else None


MOMENT = re.compile(
    r"(\d{4})(?:[:\-](\d\d)(?:[:\-](\d\d)(?:[T ]\s*(\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(Z|UTC|[+\-]\d\d(?::?\d\d)?)?)?)?)?")


def moment(text):
    """A date in XMP's form, as precise as it was written; None where it is none."""
    found = MOMENT.match(str(text).strip())
    if not found or found[1] == "0000":
        return None
    year, month, day, time, zone = found.groups()
    # Zeros stand for what is not known.
    if month == "00" or month is None:
        return year
    if day == "00" or day is None:
        return f"{year}-{month}" if 1 <= int(month) <= 12 else None
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= 31:
        return None
    if time is None or int(time[:2]) > 23 or int(time[3:5]) > 59:
        return f"{year}-{month}-{day}"
    if zone and zone not in ("Z", "UTC"):
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = "Z" if digits == "0000" else f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return f"{year}-{month}-{day}T{time.replace(',', '.')}" + ("Z" if zone == "UTC" else zone or "")


def same(field, ours, judge, frame_seconds=0.0):
    """Whether two lists of values say the same of a field."""
    if field in LISTS:
        return sorted({words(v).casefold() for v in ours}) == sorted({words(v).casefold() for v in judge})
    if not ours or not judge:
        return not ours and not judge
    a, b = ours[0], judge[0]
    if field == "position":
        return same_position(a, b)
    if field in MOMENTS:
        return same_moment(a, b)
    if field == "duration":
        return abs(float(a) - float(b)) <= max(DURATION_SECONDS, frame_seconds / 2) + 1e-6
    if field == "frame_rate":
        return same_rate(a, b)
    if field == "audio_layout":
        return speakers(a) == speakers(b)
    if field == "audio_codec" and b == "pcm":
        return str(a).startswith("pcm_")
    if field in EXACT:
        return str(a).lower() == str(b).lower()
    if field in NUMBERS:
        return math.isclose(float(a), float(b), rel_tol=NUMBER_RATIO, abs_tol=1e-9)
    # mediainfo joins lines with a stroke.
    return words(str(a).replace(" / ", " ")).casefold() == words(str(b).replace(" / ", " ")).casefold()


def same_position(a, b):
    """Latitude and longitude, and the altitude where both have one."""
    near = all(abs(a[side] - b[side]) <= POSITION_DEGREES for side in ("latitude", "longitude"))
    heights = (a.get("altitude_m"), b.get("altitude_m"))
    return near and (None in heights or abs(heights[0] - heights[1]) <= ALTITUDE_METRES)


def same_moment(a, b):
    """Dates to the millisecond; a fraction of zeros says nothing, nor do seconds that are zero because they are missing."""
    def plain(text):
        text = re.sub(r"\.(\d{1,3})\d*", lambda m: ("." + m[1].rstrip("0")) if m[1].rstrip("0") else "", str(text))
        text = re.sub(r"T(\d\d:\d\d)(?=$|[Z+\-])", r"T\1:00", text)
        return text.replace("+00:00", "Z")
    return plain(a) == plain(b)


def ratio(value):
    """A rate as a fraction."""
    if isinstance(value, dict):
        return Fraction(value.get("numerator", 0), value.get("denominator", 1) or 1)
    return Fraction(str(value))


def same_rate(ours, judge):
    """Constant rates as ratios. A mean (`~` before it, the number of frames behind) is frames by duration, and readers differ
    in whether the last frame has one: to a hundredth part, or that one frame."""
    if str(judge).startswith("~"):
        mean, _, frames = judge[1:].partition("/")
        means = [float(mean)]
        if frames and int(frames) > 2:
            means += [float(mean) * (int(frames) - 1) / int(frames), float(mean) * int(frames) / (int(frames) - 1)]
        return any(math.isclose(float(ratio(ours)), each, rel_tol=MEAN_RATE_RATIO) for each in means)
    return ratio(ours) == ratio(judge)


# ITU-R BS.2051 calls the pair beside or behind the listener by its angle; readers do not agree which it is
# where a format leaves it open, so side and back pairs are compared as one pair of surrounds when there is one.
NAMED_LAYOUTS = {
    "mono": "C", "stereo": "L R", "downmix": "L R", "2.1": "L R LFE", "3.0": "L R C", "3.0(back)": "L R Cb", "3.1": "L R C LFE",
    "4.0": "L R C Cb", "quad": "L R Ls Rs", "quad(side)": "L R Ls Rs", "4.1": "L R C LFE Cb", "5.0": "L R C Ls Rs",
    "5.0(side)": "L R C Ls Rs", "5.1": "L R C LFE Ls Rs", "5.1(side)": "L R C LFE Ls Rs", "6.0": "L R C Cb Ls Rs",
    "6.1": "L R C LFE Cb Ls Rs", "6.1(back)": "L R C LFE Cb Ls Rs", "7.0": "L R C Lb Rb Ls Rs", "7.1": "L R C LFE Lb Rb Ls Rs",
}
SPEAKERS = {"M": "C", "FL": "L", "FR": "R", "FC": "C", "BC": "Cb", "Cs": "Cb", "SL": "Ls", "SR": "Rs", "Lss": "Ls", "Rss": "Rs",
            "Lrs": "Lb", "Rrs": "Rb", "BL": "Lb", "BR": "Rb"}


def speakers(layout):
    """The speakers of a layout, by its name or its list; None where a speaker is unknown to both lists."""
    names = NAMED_LAYOUTS.get(layout, layout).replace("+", " ").split()
    found = {SPEAKERS.get(name, name) for name in names}
    if "Ls" not in found and {"Lb", "Rb"} <= found:
        found = (found - {"Lb", "Rb"}) | {"Ls", "Rs"}
    return found

#!/usr/bin/env python3
"""Compares core fields with judges that are not Damask's reader.

Usage: judge_fields.py [FIELDS.jsonl] [--root DIR] [--judged FILE]

Input (a file or standard input): one JSON object a line, `{"path": ..., "fields": {name: [values]}}`, as Damask printed
them; paths are absolute or below --root. Output: a line a difference, `path field ours judge — clause`, a line a field
with how many were compared and equal, and last a JSON object with `compared`, `equal`, `unread` and `by_field`.

A field is compared where a judge can speak of it and it or Damask has a value. Two judges of a field need not agree with
each other: it is equal where one that has a value says what Damask says, and different where none does. --judged keeps the verdicts of the judges
for the next run, for files whose size and time are unchanged.

Judges: pyexiv2 and ImageMagick for pictures; for sound and film mediainfo, beside it ffprobe for tags (read by exiftool) and
exiftool for lengths and samples (measured by ffprobe), and short readers of blocks that both pass over; pdfinfo for PDF, the package's own
properties for Office; how exactly values must agree stands in judge/values.py. Needs Python 3.9 and pyexiv2 (PyPI);
ffprobe, mediainfo, pdfinfo, identify and file on the path.
"""

import argparse
import concurrent.futures
import json
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from judge.clauses import clause  # noqa: E402
from judge.values import same  # noqa: E402
from judge.verdict import Bench  # noqa: E402

SHOWN_CHARACTERS = 120


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


def judged(paths, kept):
    """The verdict on every path, by as many judges at once as there are processors."""
    own = threading.local()
    benches = []

    def ask(path):
        try:
            state = os.stat(path)
        except OSError as error:
            return {}, 0.0, str(error)
        key = f"{path}\0{state.st_size}\0{state.st_mtime_ns}"
        if key not in kept:
            if not hasattr(own, "bench"):
                own.bench = Bench()
                benches.append(own.bench)
            kept[key] = own.bench.ask(path)
        return kept[key]

    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            yield from pool.map(ask, paths)
    finally:
        for bench in benches:
            bench.stop()


def equal(field, ours, values, frame_seconds):
    """Whether a judge says the same; values of another form than the field's do not."""
    try:
        return same(field, ours, values, frame_seconds)
    except (TypeError, ValueError, KeyError, ArithmeticError):
        return False


def shown(values):
    if not values:
        return "nothing"
    text = json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def compare(assets, root, kept):
    """Prints the differences; gives the counts by field and the number of files no judge spoke of."""
    by_field, unread = {}, 0
    paths = [os.path.join(root, asset["path"]) for asset in assets]
    for asset, (readings, frame_seconds, why) in zip(assets, judged(paths, kept)):
        if why:
            print(f"{asset['path']}: {why}", file=sys.stderr)
        unread += not readings
        for field in sorted({field for reading in readings.values() for field in reading}):
            ours = plain(asset["fields"].get(field, []))
            speaking = {tool: reading[field] for tool, reading in readings.items() if reading.get(field)}
            if not ours and not speaking:
                continue
            row = by_field.setdefault(field, [0, 0])
            row[0] += 1
            if any(equal(field, ours, values, frame_seconds) for values in speaking.values()):
                row[1] += 1
            else:
                theirs = "; ".join(f"{tool} {shown(values)}" for tool, values in speaking.items()) or "nothing"
                print(f"{asset['path']} {field} {shown(ours)} {theirs} — {clause(field, asset['path'])}")
    return by_field, unread


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", nargs="?", default="-")
    parser.add_argument("--root", default=".")
    parser.add_argument("--judged")
    options = parser.parse_args()
    import pyexiv2  # noqa: F401  without it no picture would be judged: said at once
    with (sys.stdin if options.lines == "-" else open(options.lines, encoding="utf-8")) as lines:
        assets = [json.loads(line) for line in lines if line.strip()]
    kept = {}
    if options.judged and os.path.exists(options.judged):
        with open(options.judged, encoding="utf-8") as file:
            kept = json.load(file)
    by_field, unread = compare(assets, options.root, kept)
    if options.judged:
        with open(options.judged, "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False)
    for field, (compared, equal) in sorted(by_field.items()):
        print(f"{field}: {equal} of {compared} equal")
    print(json.dumps({
        "compared": sum(row[0] for row in by_field.values()),
        "equal": sum(row[1] for row in by_field.values()),
        "unread": unread,
        "by_field": {field: {"compared": row[0], "equal": row[1]} for field, row in sorted(by_field.items())},
    }))


if __name__ == "__main__":
    main()

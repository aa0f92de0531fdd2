"""Judging files apart from each other: a judge that crashes or hangs on one file says nothing of that file, and the next
file gets a new judge. Nothing of such a file is counted, neither as equal nor as different.
"""

import multiprocessing
import os
import re
import subprocess
import sys

from . import documents, media, pictures

FILE_SECONDS = 180

# What libmagic says of some types that have another name in Damask or none there.
MEDIA_TYPES = {"image/heif": "image/heic", "image/x-ms-bmp": "image/bmp", "image/x-portable-pixmap": "image/x-portable-anymap",
               "image/x-portable-greymap": "image/x-portable-anymap", "image/x-portable-bitmap": "image/x-portable-anymap"}
# Where libmagic knows nothing the name's ending chooses the judge.
ENDINGS = {"mxf": "video", "ts": "video", "mts": "video", "m2ts": "video", "mov": "video", "mp4": "video", "mkv": "video", "avi": "video",
           "mpg": "video", "dv": "video", "wav": "audio", "mp3": "audio", "aac": "audio", "flac": "audio", "dsf": "audio",
           "ape": "audio", "wv": "audio", "tak": "audio", "tta": "audio", "mpc": "audio", "opus": "audio", "ac3": "audio",
           "jp2": "image", "jxl": "image", "avif": "image", "heic": "image", "cr3": "image", "webp": "image"}
OOXML = re.compile(r"\.(docx|pptx|xlsx|docm|pptm|xlsm)$", re.IGNORECASE)


def judge(path):
    """What each judge reads of a file, `{tool: {field: [values]}}`, and the length of a frame in seconds. No tool: no judge
    knows the file."""
    media_type = type_of(path)
    kind = media_type.partition("/")[0]
    if media_type == "application/pdf":
        return documents.judge_pdf(path), 0.0
    if kind == "image" and media_type not in ("image/svg+xml", "image/vnd.djvu"):
        return pictures.judge(path, media_type), 0.0
    if kind in ("audio", "video") or media_type in ("application/ogg", "application/mxf"):
        return media.judge(path)
    if OOXML.search(path):
        return documents.judge_office(path), 0.0
    return {}, 0.0


def type_of(path):
    """The type by content (libmagic), else by the name's ending."""
    done = subprocess.run(["file", "--brief", "--mime-type", "--", path], capture_output=True, timeout=FILE_SECONDS, check=False)
    media_type = done.stdout.decode("utf-8", "replace").strip()
    if media_type == "application/dicom":
        return "image/dicom"
    if media_type in ("application/octet-stream", "inode/x-empty", "") or done.returncode:
        ending = path.rsplit(".", 1)[-1].lower()
        kind = ENDINGS.get(ending)
        return f"{kind}/{ending}" if kind else "application/octet-stream"
    return MEDIA_TYPES.get(media_type, media_type)


class Bench:
    """A process that judges, started again whenever it dies or hangs."""

    def __init__(self):
        self.process = None

    def ask(self, path):
        """The verdict on a file, or the words for why there is none."""
        if self.process is None:
            self.start()
        try:
            self.pipe.send(path)
            if self.pipe.poll(FILE_SECONDS):
                return self.pipe.recv()
            why = f"no answer in {FILE_SECONDS} s"
        except (EOFError, OSError):
            why = "the judge crashed"
        self.stop()
        return {}, 0.0, why

    def start(self):
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.pipe.close()
            self.process = None


def serve(pipe):
    """Answers paths with verdicts until nobody asks."""
    # Judges written in C print as they like.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, sys.stdout.fileno())
    while True:
        try:
            path = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((*judge(path), None))
        except Exception as error:  # a judge that fails on a file says nothing of it
            pipe.send(({}, 0.0, f"{type(error).__name__}: {error}"))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what other libraries read from the caption files in Tests/ComposeSceneTests/Fixtures/captions.

    python3 -m venv ~/captions && ~/captions/bin/pip install pysubs2==1.8.1 srt==3.5.3 webvtt-py==0.6.0
    ~/captions/bin/python Tests/Tooling/caption_goldens.py

The environment has to be outside of the repository. The files named written.* are what Compose writes: record them with
RECORD_GOLDENS=1 swift test --filter CaptionGoldenTests, and run this again.

The result is goldens.json: for each file and library a list of [start, end, text], times in milliseconds, in the order of
start times. Markup is removed and references are resolved, except that the library `srt` leaves a text as it is.
"""
import html
import io
import json
import pathlib

import pysubs2
import srt
import webvtt

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ComposeSceneTests/Fixtures/captions"
# What is left out, and why.
SKIPPED = {
    ("literal.srt", "pysubs2"): "it takes all braces for tags",
    ("loose.srt", "webvtt"): "it wants a number in the first line",
    ("tags.srt", "srt"): "it leaves tags in the text",
    ("tags.srt", "webvtt"): "it leaves tags in braces in the text",
    ("literal.srt", "webvtt"): "it takes all between < and > for a tag",
    ("written.srt", "webvtt"): "it takes all between < and > for a tag, and leaves those in braces in the text",
    ("basic.srt", "webvtt"): "it leaves out empty lines inside a text",
    ("written.srt", "srt"): "it leaves tags in the text",
    ("written.ass", "webvtt"): "it reads no ASS",
}


def decode(data):
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig").replace("\r\n", "\n")


def milliseconds(time):
    hours, minutes, seconds = time.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + int(seconds.replace(".", ""))


def by_pysubs2(name, text):
    if name.endswith(".json"):
        # Its plain text would take the \\n in C:\\new for a line break.
        return [
            [event.start, event.end, event.text.replace("\\N", "\n")]
            for event in pysubs2.load_from_whisper(json.loads(text))
        ]
    else:
        subtitles = pysubs2.SSAFile.from_string(text)
    return [
        [event.start, event.end, event.plaintext] for event in subtitles if not event.is_comment and not event.is_drawing
    ]


def by_srt(name, text):
    return [
        [round(cue.start.total_seconds() * 1000), round(cue.end.total_seconds() * 1000), cue.content]
        for cue in srt.parse(text)
    ]


def by_webvtt(name, text):
    captions = webvtt.from_buffer(io.StringIO(text, newline=""), name.rsplit(".", 1)[1])
    resolve = html.unescape if name.endswith(".vtt") else str
    return [
        [milliseconds(caption.start), milliseconds(caption.end), resolve(caption.text)] for caption in captions
    ]


READERS = {
    "srt": {"pysubs2": by_pysubs2, "srt": by_srt, "webvtt": by_webvtt},
    # pysubs2 takes names and comments of WebVTT for text.
    "vtt": {"webvtt": by_webvtt},
    "ass": {"pysubs2": by_pysubs2},
    "json": {"pysubs2": by_pysubs2},
}


def main():
    goldens = {}
    for path in sorted(FOLDER.iterdir()):
        if path.name == "goldens.json" or path.suffix[1:] not in READERS:
            continue
        text = decode(path.read_bytes())
        for library, read in READERS[path.suffix[1:]].items():
            if (path.name, library) in SKIPPED:
                continue
            cues = sorted(read(path.name, text), key=lambda cue: cue[0])
            goldens.setdefault(path.name, {})[library] = [[start, end, text.strip()] for start, end, text in cues]
    text = json.dumps(goldens, indent=1, ensure_ascii=False, sort_keys=True)
    (FOLDER / "goldens.json").write_text(text + "\n", encoding="utf-8")


main()

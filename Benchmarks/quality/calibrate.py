# SPDX-License-Identifier: Apache-2.0
"""Finds, for each encoder on the CPU, the numbers that look like x264's CRF 17, 20, 23 and 28; then checks the words.

Eight photos of Debian's mate-backgrounds in slow motion, 1280×720, `veryfast` or what is its like, two threads. "Looks like" is
the same PSNR, over all planes and frames, against the pictures as they were composed (encoded without loss by ffmpeg from what
x264 made of them at quality 1). `make bench-deps build` first; with `--check` only the words are checked."""

import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "side_by_side"))
import edits  # noqa: E402
from settings import COMPOSE  # noqa: E402

WORDS = {"best": 17, "high": 20, "medium": 23, "small": 28}
# The options that Sources/Encoders/Backends/SoftwareEncoders.swift sets at `veryfast`, and the numbers to try.
ENCODERS = {
    "x265": (["-c:v", "libx265", "-preset", "veryfast", "-x265-params",
              "log-level=none:open-gop=0:pools=2:frame-threads=2"], range(14, 36, 3), "hevc", "mp4"),
    "svtav1": (["-c:v", "libsvtav1", "-preset", "10", "-svtav1-params", "lp=2:tune=1"], range(14, 60, 5), "av1", "mp4"),
    "vpx": (["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "5", "-b:v", "0", "-row-mt", "1", "-tile-columns",
             "1", "-lag-in-frames", "25", "-auto-alt-ref", "1", "-threads", "2"], range(8, 60, 6), "vp9", "webm"),
}
X264 = ["-c:v", "libx264", "-preset", "veryfast", "-threads", "2"]


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True)


def psnr(path, reference):
    # Frame by frame, whatever the containers make of their times: Matroska and WebM round them to milliseconds.
    graph = "[0]settb=1/30,setpts=N[a];[1]settb=1/30,setpts=N[b];[a][b]psnr"
    text = run("ffmpeg", "-v", "info", "-i", path, "-i", reference, "-lavfi", graph, "-f", "null", "-").stderr
    return float(re.search(r"average:([\d.]+|inf)", text).group(1))


def edit(folder, output):
    document = edits.document((1280, 720), [edits.joined(
        [edits.image(path, 2, 1.2) for path in edits.photos()[:8]], "fade", "1/2")])
    document["output"] = output
    path = folder / "edit.json"
    path.write_text(json.dumps(document))
    return path


def render(folder, name, output):
    path = folder / name
    run(COMPOSE, "render", edit(folder, output), "-o", path)
    return path


def at(points, wanted):
    """The number that gives the wanted PSNR, on a straight line between those that were tried."""
    for (low, a), (high, b) in zip(points, points[1:]):
        if a >= wanted >= b:
            return low + (a - wanted) / (a - b) * (high - low)
    return math.nan


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = render(folder, "first.mp4", {"video": {"encoder": "x264", "quality": 1}})
        reference = folder / "reference.mkv"
        run("ffmpeg", "-v", "error", "-i", first, "-c:v", "ffv1", reference)
        wanted = {}
        for word, crf in WORDS.items():
            path = folder / f"x264-{crf}.mp4"
            run("ffmpeg", "-v", "error", "-y", "-i", reference, *X264, "-crf", crf, path)
            wanted[word] = psnr(path, reference)
        print("x264", {word: round(value, 2) for word, value in wanted.items()})
        for encoder, (options, numbers, _, ending) in ENCODERS.items() if "--check" not in sys.argv else []:
            points = []
            for number in numbers:
                path = folder / f"{encoder}.{ending}"
                run("ffmpeg", "-v", "error", "-y", "-i", reference, *options, "-g", "150", "-crf", number, path)
                points.append((number, psnr(path, reference)))
            print(encoder, [(n, round(p, 1)) for n, p in points])
            print(encoder, "words:", [round(at(points, wanted[word]), 1) for word in WORDS])
        print("\n| | " + " | ".join(WORDS) + " |\n|---|" + "---:|" * len(WORDS))
        for encoder, codec, ending in [("x264", "h264", "mp4")] + [(n, e[2], e[3]) for n, e in ENCODERS.items()]:
            cells = []
            for word in WORDS:
                path = render(folder, f"word.{ending}", {"video": {"codec": codec, "encoder": encoder, "quality": word}})
                cells.append(f"{psnr(path, reference):.1f} dB, {path.stat().st_size / 1e6:.2f} MB")
            print(f"| {encoder} | " + " | ".join(cells) + " |")


main()

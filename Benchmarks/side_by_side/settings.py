# SPDX-License-Identifier: Apache-2.0
"""What every tool is told to encode with, and where the media is."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
WORK = HERE.parent / ".work"
MEDIA = WORK / "media"
COMPOSE = str(REPOSITORY / ".build/release/compose")
WORKBENCH = str(HERE.parent / ".build/release/workbench")
VENV_PYTHON = str(WORK / "venv/bin/python")
# A font without variations, which all tools draw alike.
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"

RATE = 30
CRF, PRESET, GOP = 21, "veryfast", 150
CORES = os.cpu_count()
# x264 takes one and a half threads a core where nobody says anything else (encoder.c, X264_THREADS_AUTO).
X264_THREADS = CORES * 3 // 2


# Everybody's threads, look-ahead and machine code are the defaults of the tool, which are its fastest.
FFMPEG_VIDEO = [
    "-c:v", "libx264", "-preset", PRESET, "-crf", str(CRF), "-g", str(GOP), "-profile:v", "high", "-pix_fmt", "yuv420p",
    "-r", str(RATE), "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
]
FFMPEG_AUDIO = ["-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2"]


def photos():
    return sorted(str(path) for path in (MEDIA / "photos").glob("*.jpg"))


def picture_size(path):
    """Width and height of a picture, by ffprobe."""
    text = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0", path],
        check=True, capture_output=True, text=True,
    ).stdout
    width, height = text.strip().split(",")[:2]
    return int(width), int(height)


def available(tool):
    return shutil.which(tool) is not None

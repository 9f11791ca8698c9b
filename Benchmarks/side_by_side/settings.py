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

RATE = 30
CRF, PRESET, THREADS, GOP = 21, "veryfast", 2, 150


def _avx512():
    try:
        return "avx512bw" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


# On AVX-512 machines with AVX2 code, as Compose runs it. Its look-ahead runs where frames are sent from, or on a thread of its
# own, which is x264's default.
_STEADY = ["asm=avx2,fma3,bmi2"] if _avx512() else []
X264_PARAMS = ":".join(["sync-lookahead=0"] + _STEADY)
X264_PARAMS_LOOKAHEAD = ":".join(_STEADY)


def ffmpeg_video(x264_params):
    return [
        "-c:v", "libx264", "-preset", PRESET, "-crf", str(CRF), "-threads:v", str(THREADS), "-g", str(GOP),
        "-profile:v", "high", *(["-x264-params", x264_params] if x264_params else []), "-pix_fmt", "yuv420p", "-r", str(RATE),
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
    ]


FFMPEG_VIDEO = ffmpeg_video(X264_PARAMS)
FFMPEG_VIDEO_LOOKAHEAD = ffmpeg_video(X264_PARAMS_LOOKAHEAD)
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

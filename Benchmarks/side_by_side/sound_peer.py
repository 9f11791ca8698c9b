# SPDX-License-Identifier: Apache-2.0
"""The workloads of sound in MoviePy 2 and pydub. Run in the environment that has them: sound_peer.py TOOL mix|podcast OUT."""

import os
import sys

os.environ["IMAGEIO_FFMPEG_EXE"] = "ffmpeg"

import edits
from settings import MEDIA


def moviepy(which, out):
    from moviepy import AudioFileClip, CompositeAudioClip, afx, concatenate_audioclips
    if which == "mix":
        sounds = [AudioFileClip(str(MEDIA / f"sounds/{index}.wav")).with_effects([afx.MultiplyVolume(0.1)]) for index in range(20)]
        CompositeAudioClip(sounds).write_audiofile(out, fps=48000, codec="pcm_s24le", logger=None)
    else:
        voices = [AudioFileClip(str(MEDIA / f"sounds/voice{index}.m4a")) for index in range(2)]
        parts = [voices[voice].subclipped(start, start + length) for voice, start, length in edits.podcast_cuts(500, 7.2)]
        concatenate_audioclips(parts).write_audiofile(out, fps=48000, codec="aac", bitrate="160k", logger=None)


def pydub(which, out):
    from pydub import AudioSegment
    if which == "mix":
        mixed = AudioSegment.silent(60_000, frame_rate=48000).set_channels(2)
        for index in range(20):
            mixed = mixed.overlay(AudioSegment.from_file(str(MEDIA / f"sounds/{index}.wav")).apply_gain(-20))
        mixed.export(out, format="wav")
    else:
        voices = [AudioSegment.from_file(str(MEDIA / f"sounds/voice{index}.m4a")).set_channels(2) for index in range(2)]
        parts = [voices[voice][int(start * 1000):int((start + length) * 1000)]
                 for voice, start, length in edits.podcast_cuts(500, 7.2)]
        # Adding them up one by one would copy what there is each time.
        joined = parts[0]._spawn(b"".join(part.raw_data for part in parts))
        joined.export(out, format="ipod", codec="aac", bitrate="160k")


{"moviepy": moviepy, "pydub": pydub}[sys.argv[1]](*sys.argv[2:])

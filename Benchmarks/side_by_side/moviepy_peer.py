# SPDX-License-Identifier: Apache-2.0
"""The slideshows and captions in MoviePy 2. Run in the environment that has it:

    moviepy_peer.py kenburns|stills|clips|turn|moving|grid OUT [THREADS]
    moviepy_peer.py captions OUT WORDS
"""

import os
import sys

os.environ["IMAGEIO_FFMPEG_EXE"] = "ffmpeg"  # the same libx264 as everybody's

from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, TextClip, VideoFileClip, vfx

from edits import BASELINE, CAPTION, MOVING, OUTLINE, TURN, timed_words
from settings import CRF, FONT, GOP, MEDIA, PRESET, RATE, photos


def clips(out):
    parts = []
    for index in range(10):
        part = VideoFileClip(str(MEDIA / f"clips/{index}.mp4"), audio=False).with_start(7.5 * index)
        parts.append(part.with_effects([vfx.CrossFadeIn(0.5)]) if index else part)
    video = CompositeVideoClip(parts, size=(1920, 1080)).with_duration(75.5)
    video.write_videofile(
        out, fps=RATE, codec="libx264", preset=PRESET, audio=False, logger=None,
        ffmpeg_params=["-crf", str(CRF), "-g", str(GOP), "-profile:v", "high", "-pix_fmt", "yuv420p"])


ASCENT = 67   # of the font at 72 px, which MoviePy puts the baseline at


def captions(out, words, seconds=60, size=(1280, 720)):
    """A text for each word; a word that comes again is not drawn again."""
    photo = ImageClip(photos()[0]).with_duration(seconds)
    photo = photo.resized(max(size[0] / photo.w, size[1] / photo.h)).resized(lambda t: 1.2 ** (t / seconds))
    drawn = {}
    layers = [photo.with_position("center")]
    for text, start, end in timed_words(words, seconds):
        if text not in drawn:
            drawn[text] = TextClip(
                font=FONT, text=text, font_size=72, color="white", stroke_color="black", stroke_width=OUTLINE,
                # Its box is as high as the letters, wherever these lie, so that they need room below.
                margin=(0, 0, 0, 90))
        word = drawn[text]
        place = (round(CAPTION[0] - word.w / 2), BASELINE - ASCENT - OUTLINE)
        layers.append(word.with_start(start / RATE).with_duration((end - start) / RATE).with_position(place))
    video = CompositeVideoClip(layers, size=size).with_duration(seconds)
    video.write_videofile(
        out, fps=RATE, codec="libx264", preset=PRESET, audio=False, logger=None, ffmpeg_params=[
            "-crf", str(CRF), "-g", str(GOP), "-profile:v", "high", "-pix_fmt", "yuv420p",
            "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_range", "tv"])


def write(video, out, rate):
    video.write_videofile(
        out, fps=rate, codec="libx264", preset=PRESET, audio=False, logger=None, ffmpeg_params=[
            "-crf", str(CRF), "-g", str(GOP), "-profile:v", "high", "-pix_fmt", "yuv420p", "-vf",
            "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_range", "tv"])


def turn(out):
    seconds, (small, large), (first, last) = TURN["seconds"], TURN["scale"], TURN["degrees"]
    photo = ImageClip(str(MEDIA / "12-megapixels.jpg")).with_duration(seconds).resized(height=1920)
    photo = photo.resized(lambda t: small + (large - small) * t / seconds)
    # It counts angles the other way round.
    photo = photo.rotated(lambda t: -(first + (last - first) * t / seconds), expand=False).with_position("center")
    write(CompositeVideoClip([photo], size=(1080, 1920)).with_duration(seconds), out, RATE)


def moving(out, seconds=8):
    parts = [VideoFileClip(str(MEDIA / "clips/0.mp4"), audio=False)]
    for path, (first, last, degrees) in zip(photos(), MOVING):
        photo = ImageClip(path).with_duration(seconds)
        photo = photo.resized(max(640 / photo.w, 360 / photo.h)).cropped(x_center=None, width=640, height=360, x1=0, y1=0)
        turned = photo.with_effects([vfx.Rotate(lambda t, d=degrees: -d * t / seconds, expand=True)])

        def place(t, first=first, last=last, turned=turned):
            height, width = turned.get_frame(t).shape[:2]
            return tuple(a + (b - a) * t / seconds - side / 2 for a, b, side in zip(first, last, (width, height)))

        parts.append(turned.with_position(place))
    write(CompositeVideoClip(parts, size=(1920, 1080)).with_duration(seconds), out, 25)


def grid(out):
    parts = [VideoFileClip(str(MEDIA / f"clips/{index}.mp4"), audio=False).resized((640, 360)).with_position(
        (640 * (index % 3), 360 * (index // 3))) for index in range(9)]
    write(CompositeVideoClip(parts, size=(1920, 1080)).with_duration(8), out, 25)


def main(workload, out, threads=None):
    if workload == "captions":
        return captions(out, int(threads))
    other = {"clips": clips, "turn": turn, "moving": moving, "grid": grid}.get(workload)
    if other:
        return other(out)
    width, height = 1080, 1920
    clips = []
    for index, path in enumerate(photos()[:8]):
        clip = ImageClip(path).with_duration(4)
        clip = clip.resized(max(width / clip.w, height / clip.h))
        if workload == "kenburns":
            clip = clip.resized(lambda t: 1.2 ** (t / 4))
        clip = CompositeVideoClip([clip.with_position("center")], size=(width, height)).with_duration(4)
        if index:
            clip = clip.with_effects([vfx.CrossFadeIn(1)])
        clips.append(clip.with_start(3 * index))
    video = CompositeVideoClip(clips, size=(width, height)).with_duration(25)
    video = video.with_audio(AudioFileClip(str(MEDIA / "music.wav")).subclipped(0, 25))
    video.write_videofile(
        out, fps=RATE, codec="libx264", preset=PRESET, threads=threads and int(threads), audio_codec="aac", audio_bitrate="160k",
        logger=None, temp_audiofile=out + ".m4a", ffmpeg_params=[
            "-crf", str(CRF), "-g", str(GOP), "-profile:v", "high", "-pix_fmt", "yuv420p",
            # Without this its pictures come out in BT.601.
            "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_range", "tv",
        ])


main(*sys.argv[1:])

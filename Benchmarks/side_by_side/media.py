# SPDX-License-Identifier: Apache-2.0
"""Gets the media: photographs and music out of Debian's packages, and clips of them. Run with the environment's Python."""

import shutil
import subprocess
from pathlib import Path

from PIL import Image

from settings import MEDIA, REPOSITORY

PHOTOS = Path("/usr/share/backgrounds/mate/nature")
MUSIC = Path("/usr/share/games/frozen-bubble/snd/frozen-mainzik-2p.xm")


def clips():
    """Clips as a phone makes them: moving pictures with noise, sound, and key frames every two seconds."""
    (MEDIA / "clips").mkdir(exist_ok=True)
    photos = sorted((MEDIA / "photos").glob("*.jpg"))
    tags = "colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1:chroma_sample_loc_type=0"
    for index in range(10):
        pan = "scale=2600:1462:force_original_aspect_ratio=increase,crop=1920:1080:x='(iw-1920)*n/200':y='(ih-1080)*n/200'"
        subprocess.run([
            "ffmpeg", "-v", "error", "-y", "-loop", "1", "-framerate", "25", "-t", "8", "-i", str(photos[index]), "-f", "lavfi",
            "-t", "8", "-i", f"sine={200 + 50 * index}:r=48000", "-vf",
            f"{pan},scale=out_color_matrix=bt709:out_range=tv,noise=alls=5:allf=t,format=yuv420p", "-c:v", "libx264", "-preset",
            "veryfast", "-crf", "20", "-g", "50", "-bsf:v", f"h264_metadata={tags}", "-c:a", "aac", "-b:a", "96k",
            str(MEDIA / f"clips/{index}.mp4")], check=True)
    short = str(MEDIA / "clips/short.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(MEDIA / "clips/0.mp4"), "-vf", "scale=640:360", "-an", "-c:v", "libx264",
                    "-preset", "veryfast", "-g", "50", short], check=True)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "74", "-i", short, "-c", "copy",
                    str(MEDIA / "clips/long.mp4")], check=True)
    pan = "scale=1620:2880:force_original_aspect_ratio=increase,crop=1080:1920:x='(iw-1080)*n/600':y='(ih-1920)*n/600'"
    subprocess.run([
        "ffmpeg", "-v", "error", "-y", "-loop", "1", "-framerate", "30", "-t", "20", "-i", str(photos[0]), "-vf",
        f"{pan},scale=out_color_matrix=bt709:out_range=tv,noise=alls=5:allf=t,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast",
        "-crf", "20", "-g", "60", "-bsf:v", f"h264_metadata={tags}", str(MEDIA / "clips/tall.mp4")], check=True)


def sounds():
    """Twenty stereo sounds of a minute, and two recordings of 40 minutes that come and go as speech does."""
    (MEDIA / "sounds").mkdir(exist_ok=True)
    for index in range(20):
        subprocess.run([
            "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"anoisesrc=r=48000:c=pink:a=0.5:seed={index}:d=60", "-f", "lavfi",
            "-i", f"sine={110 + 30 * index}:r=48000:d=60", "-filter_complex", "amerge", "-ac", "2", "-c:a", "pcm_s16le",
            str(MEDIA / f"sounds/{index}.wav")], check=True)
    for index in range(2):
        subprocess.run([
            "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"anoisesrc=r=48000:c=brown:a=0.8:seed={index}:d=2400", "-af",
            "highpass=150,tremolo=f=3.1:d=0.9,tremolo=f=0.4:d=0.7", "-ac", "1", "-c:a", "aac", "-b:a", "96k",
            str(MEDIA / f"sounds/voice{index}.m4a")], check=True)


def main():
    (MEDIA / "photos").mkdir(parents=True, exist_ok=True)
    for photo in sorted(PHOTOS.glob("*.jpg")):
        shutil.copy(photo, MEDIA / "photos" / photo.name)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(MUSIC), "-ar", "48000", "-ac", "2", "-t", "120",
                    str(MEDIA / "music.wav")], check=True)
    Image.open(REPOSITORY / "Examples/Media/logo.png").convert("RGBA").resize((140, 140)).save(MEDIA / "logo.png")
    clips()
    sounds()
    # Last: that it is there says that everything is.
    Image.open(PHOTOS / "Wood.jpg").resize((4000, 3000)).save(MEDIA / "12-megapixels.jpg", quality=92)


main()

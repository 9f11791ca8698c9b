# SPDX-License-Identifier: Apache-2.0
"""Gets the media: photographs and music out of Debian's packages, and drawn words. Run with the environment's Python."""

import shutil
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from settings import MEDIA, REPOSITORY

PHOTOS = Path("/usr/share/backgrounds/mate/nature")
MUSIC = Path("/usr/share/games/frozen-bubble/snd/frozen-mainzik-2p.xm")
WORDS = "every word of a caption is a picture of its own that comes and goes as it was spoken by somebody".split()


def main():
    (MEDIA / "photos").mkdir(parents=True, exist_ok=True)
    (MEDIA / "words").mkdir(exist_ok=True)
    for photo in sorted(PHOTOS.glob("*.jpg")):
        shutil.copy(photo, MEDIA / "photos" / photo.name)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(MUSIC), "-ar", "48000", "-ac", "2", "-t", "120",
                    str(MEDIA / "music.wav")], check=True)
    Image.open(REPOSITORY / "Examples/Media/logo.png").convert("RGBA").resize((140, 140)).save(MEDIA / "logo.png")
    for index in range(20):
        picture = Image.new("RGBA", (400, 100), (0, 0, 0, 0))
        ImageDraw.Draw(picture).text(
            (200, 50), WORDS[index % len(WORDS)], font=ImageFont.load_default(72), anchor="mm", fill=(255, 255, 255, 255),
            stroke_width=4, stroke_fill=(0, 0, 0, 255))
        picture.save(MEDIA / f"words/{index}.png")
    # Last: that it is there says that everything is.
    Image.open(PHOTOS / "Wood.jpg").resize((4000, 3000)).save(MEDIA / "12-megapixels.jpg", quality=92)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small pictures and sounds that the tests read.

Usage: python3 Tests/Tooling/make_inputs.py

Needs numpy and Pillow. Rewrites Tests/ComposeTests/Fixtures/inputs/, the same bytes each time with the same version of
Pillow. What each file is for is said where it is written, below.
"""

import io
import math
import struct
import wave
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

OUT = Path(__file__).resolve().parent.parent / "ComposeTests" / "Fixtures" / "inputs"


# Pictures, as float arrays of code values 0…1


def phi(x):
    """The step of height 1 that a Gaussian blur of sigma 1 makes of a hard edge at 0."""
    return 0.5 * (1 + np.vectorize(math.erf)(np.asarray(x, float) / math.sqrt(2)))


def grid(width, height):
    """Pixel centres as fractions 0…1 of the width and the height."""
    return np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)


def disc(x, y, cx, cy, radius, blur):
    return phi((radius - np.hypot(x - cx, y - cy)) / blur)


def scene(width, height, turn=0.0):
    """Slow ramps in every channel, with soft-edged shapes on them. Nothing finer than a few pixels of 320 across."""
    x, y = grid(width, height)
    aspect = height / width
    v = y * aspect
    r = 0.22 + 0.45 * x + 0.06 * np.sin(2 * np.pi * (2 * y + turn))
    g = 0.30 + 0.30 * y + 0.10 * np.sin(2 * np.pi * (1.5 * x + 0.5 * y + turn))
    b = 0.62 - 0.35 * x * y + 0.07 * np.cos(2 * np.pi * (2 * x - y + turn))
    picture = np.stack([r, g, b], -1)

    def paint(mask, colour, strength=0.75):
        m = (mask * strength)[..., None]
        picture[:] = picture * (1 - m) + np.array(colour) * m

    paint(disc(x, v, 0.27, 0.34 * aspect, 0.11, 0.006), (0.93, 0.78, 0.42))
    paint(disc(x, v, 0.74, 0.62 * aspect, 0.15, 0.008), (0.30, 0.55, 0.50))
    paint(disc(x, v, 0.74, 0.62 * aspect, 0.07, 0.006), (0.88, 0.86, 0.80))
    ring = disc(x, v, 0.30, 0.72 * aspect, 0.10, 0.006) * (1 - disc(x, v, 0.30, 0.72 * aspect, 0.07, 0.006))
    paint(ring, (0.18, 0.22, 0.40))
    for i in range(4):
        centre = 0.58 + 0.09 * i
        bar = phi((0.018 - abs(x + 0.25 * (y - 0.2) - centre)) / 0.006) * phi((0.13 - abs(y - 0.2)) / 0.012)
        paint(bar, (0.16 + 0.2 * i, 0.30, 0.60 - 0.1 * i))
    return picture.clip(0, 1)


def alpha_scene(width, height):
    """A colourful disc whose alpha falls off softly, and not evenly around it."""
    x, y = grid(width, height)
    red = 0.5 + 0.35 * np.sin(2 * np.pi * x)
    green = 0.5 + 0.35 * np.sin(2 * np.pi * (y + 0.3))
    blue = 0.45 + 0.35 * np.cos(2 * np.pi * (x + y))
    dx, dy = (x - 0.5) * width, (y - 0.5) * height
    distance = np.hypot(dx, dy) / (min(width, height) / 2)
    angle = np.arctan2(dy, dx)
    ramp = ((0.95 - distance) / (0.35 + 0.2 * np.cos(3 * angle))).clip(0, 1)
    alpha = ramp * ramp * (3 - 2 * ramp) * (0.8 + 0.2 * np.sin(2 * angle) * distance.clip(0, 1))
    return np.stack([red, green, blue, alpha.clip(0, 1)], -1)


def upright():
    """48 × 32 with four plain corners: red, green, blue, yellow from the top left clockwise, on grey."""
    picture = np.full((32, 48, 3), 128, np.uint8)
    picture[:16, :16] = (200, 40, 40)
    picture[:16, 32:] = (40, 160, 60)
    picture[16:, 32:] = (50, 70, 200)
    picture[16:, :16] = (220, 200, 50)
    return Image.fromarray(picture)


def edges(width=640, height=360, x0=400, y0=300, sigma=2.0):
    """Dark inside the rectangle left of x0 and above y0, bright outside it; both edges blurred by a Gaussian of sigma."""
    across = phi((np.arange(width) + 0.5 - x0) / sigma)[None, :]
    down = phi((np.arange(height) + 0.5 - y0) / sigma)[:, None]
    bright = 1 - (1 - across) * (1 - down)
    return (48 + 160 * bright) / 255


# Files


def bytes8(picture):
    return np.round(np.asarray(picture) * 255).astype(np.uint8)


def write(name, data):
    (OUT / name).write_bytes(data)


def save(name, image, **options):
    if not isinstance(image, Image.Image):
        image = Image.fromarray(bytes8(image))
    if name.endswith(".png"):
        options.setdefault("optimize", True)
    image.save(OUT / name, **options)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, kind, rows):
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def png16(picture):
    """A 16-bit PNG, grey or RGB, each row filtered with Sub."""
    values = np.round(picture * 65535).astype(">u2")
    height, width = values.shape[:2]
    step = 2 * (1 if values.ndim == 2 else 3)
    raw = np.frombuffer(values.tobytes(), np.uint8).reshape(height, -1)
    sub = raw.copy()
    sub[:, step:] = raw[:, step:] - raw[:, :-step]
    return png(width, height, 16, 0 if values.ndim == 2 else 2, b"".join(b"\1" + row.tobytes() for row in sub))


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


# For orientation n, the operation that makes the stored picture of the displayed one.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def wav(name, rate, channels):
    """Float channels -1…1 as 16-bit PCM."""
    data = np.round(np.stack(channels, -1) * 32768).clip(-32768, 32767).astype("<i2")
    with wave.open(str(OUT / name), "wb") as file:
        file.setparams((len(channels), 2, rate, len(data), "NONE", "not compressed"))
        file.writeframes(data.tobytes())


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()

    # One of each kind of picture.
    save("gradient.png", scene(320, 240))
    write("rgb16.png", png16(scene(96, 72, 0.3)))
    save("gray.jpg", scene(160, 120, 0.1)[..., 1], quality=90)
    write("gray16.png", png16(scene(96, 72, 0.2)[..., 0]))
    inks = np.concatenate([1 - scene(160, 120, 0.4), np.full((120, 160, 1), 0.1)], -1)
    save("cmyk.jpg", Image.fromarray(bytes8(inks), "CMYK"), quality=92)
    palette = Image.fromarray(bytes8(scene(120, 90, 0.5))).quantize(32, dither=Image.Dither.NONE)  # the first 4 are not solid
    save("palette.png", palette, transparency=bytes([0, 64, 128, 192] + [255] * 28))
    save("alpha.png", alpha_scene(200, 150))
    save("odd.png", 1 - scene(101, 67, 0.25)[:, ::-1])  # mirrored and inverted: nothing like gradient.png
    save("pixel.png", Image.new("RGB", (1, 1), (51, 102, 153)))
    save("photo.webp", scene(160, 120, 0.6), quality=85)
    save("alpha.webp", alpha_scene(100, 75), lossless=True, exact=True)
    frames = [Image.new("P", (64, 48), i) for i in range(2)]
    for i, frame in enumerate(frames):
        frame.putpalette([220, 60, 40, 40, 80, 200, 250, 250, 250])
        frame.paste(2, (8 + 24 * i, 12, 32 + 24 * i, 36))
    save("anim.gif", frames[0], save_all=True, append_images=frames[1:], duration=200, loop=0)
    save("picture.tiff", scene(160, 120, 0.7), compression="tiff_lzw")
    save("picture.bmp", scene(80, 60, 0.8))

    # Colours that must come out exactly.
    save("white.jpg", Image.new("RGB", (64, 64), "white"), quality=95)
    save("white.png", Image.new("RGB", (64, 64), "white"))
    save("red.jpg", Image.new("RGB", (64, 64), (255, 0, 0)), quality=100, subsampling=0)
    levels = (0, 85, 170, 255)
    patches = np.zeros((8, 8, 3), np.uint8)  # patch i, row by row: red i / 16, green i / 4 % 4, blue i % 4 of the levels
    for i in range(64):
        patches[i // 8, i % 8] = (levels[i // 16], levels[i // 4 % 4], levels[i % 4])
    save("colours.png", Image.fromarray(patches.repeat(16, 0).repeat(16, 1)))

    # The same upright picture, stored the eight ways Exif knows.
    picture = upright()
    for n in range(1, 9):
        stored = picture.transpose(STORED[n]) if n in STORED else picture
        assert n == 1 or ImageOps.exif_transpose(with_orientation(stored, n)).tobytes() == picture.tobytes()
        save(f"orient{n}.jpg", stored, quality=95, subsampling=0, exif=exif(n))
    save("orient6.png", picture.transpose(STORED[6]), exif=exif(6))
    save("orient6.webp", picture.transpose(STORED[6]), lossless=True, exif=exif(6))

    # For measuring: edges whose place can be found to a small part of a pixel, and the order in which pixels change.
    save("edge.png", edges())
    save("map.png", Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (16, 1))))

    # Broken files.
    write("huge_header.png", png(100_000, 100_000, 8, 2, b"\0" * 64))
    whole = io.BytesIO()
    Image.fromarray(bytes8(scene(160, 120))).save(whole, "JPEG", quality=85)
    write("truncated.jpg", whole.getvalue()[: len(whole.getvalue()) // 2])
    whole = io.BytesIO()
    Image.fromarray(bytes8(scene(80, 60))).save(whole, "PNG")
    write("truncated.png", whole.getvalue()[: len(whole.getvalue()) // 2])
    write("text.jpg", b"This is a text file with the name of a picture.\n")
    write("zero.jpg", b"")

    # Sounds.
    def sine(frequency, rate, seconds, level=10 ** (-12 / 20)):
        return level * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)

    wav("tone.wav", 48_000, [sine(1000, 48_000, 2), sine(500, 48_000, 2)])
    wav("tone44.wav", 44_100, [sine(1000, 44_100, 1)])
    clicks = np.zeros(48_000)
    clicks[[0, 24_000, 47_999]] = 0.5
    wav("click.wav", 48_000, [clicks])


def with_orientation(image, n):
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif(n))
    return Image.open(file)


if __name__ == "__main__":
    main()

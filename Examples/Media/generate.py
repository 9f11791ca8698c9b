#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the sample pictures and composes the sample music of the examples.

Usage: python3 Examples/Media/generate.py [NAME ...]     NAME: photo1 … photo6, logo, music; all of them by default

Needs numpy, scipy and Pillow, and the ffmpeg command for the music. Writes beside itself; everything is seeded.
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, gaussian_filter1d, map_coordinates

HERE = Path(__file__).resolve().parent


# Drawing. A picture is a float array of rows, columns and RGB, 0…1.


def rgb(text):
    return np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def axes(width, height):
    """x and y in units of the height, from the top left."""
    return np.meshgrid((np.arange(width) + 0.5) / height, (np.arange(height) + 0.5) / height)


def ramp(t, *stops):
    """Colours along t, from (place, "rrggbb") stops, smoothly."""
    places = [place for place, _ in stops]
    colours = np.array([rgb(text) for _, text in stops])
    return np.stack([np.interp(t, places, colours[:, i]) for i in range(3)], -1)


def smooth(low, high, x):
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(picture, colour, amount):
    amount = np.asarray(amount)[..., None]
    return picture * (1 - amount) + colour * amount


def screen(picture, light):
    """Adds light the way film does, never beyond white."""
    return 1 - (1 - picture) * (1 - np.clip(light, 0, 1))


def noise1(random, count, scale, octaves=5, fall=0.5):
    """A smooth random line, about -1…1, with features of `scale` of its length and finer."""
    total, weight = np.zeros(count), 1.0
    for _ in range(octaves):
        knots = random.standard_normal(int(np.ceil(1 / scale)) + 5)
        at = np.linspace(1, 1 + 1 / scale, count)
        total += weight * map_coordinates(knots, [at], order=3, mode="nearest")
        weight, scale = weight * fall, scale / 2
    return total / 2


def noise2(random, width, height, across, down, octaves=4, fall=0.5):
    """A smooth random field, about -1…1, with features of the given parts of the height and finer."""
    total, weight = np.zeros((height, width)), 1.0
    for _ in range(octaves):
        shape = (int(np.ceil(1 / down)) + 5, int(np.ceil(width / height / across)) + 5)
        knots = random.standard_normal(shape)
        y = np.linspace(1, 1 + 1 / down, height)
        x = np.linspace(1, 1 + width / height / across, width)
        grid = np.meshgrid(y, x, indexing="ij")
        total += weight * map_coordinates(knots, grid, order=3, mode="nearest")
        weight, across, down = weight * fall, across / 2, down / 2
    return total / 2


def below(y, line, pixels=1.2):
    """How far each pixel lies under the line (one y per column), with a smooth edge."""
    return np.clip((y - line[None, :]) * y.shape[0] / pixels + 0.5, 0, 1)


def glow(x, y, cx, cy, radius, power=2.0):
    return 1 / (1 + (np.hypot(x - cx, y - cy) / radius) ** power)


def disc(x, y, cx, cy, radius, soft):
    return 1 - smooth(radius - soft, radius + soft, np.hypot(x - cx, y - cy))


def finish(name, picture, seed, grain=0.006, vignette=0.22, quality=82):
    height, width = picture.shape[:2]
    x, y = axes(width, height)
    middle = np.hypot((x - x.mean()) / x.max(), y - 0.5) * 1.3
    picture = picture * (1 - vignette * smooth(0.35, 1.1, middle))[..., None]
    random = np.random.default_rng(seed + 100)
    film = gaussian_filter(random.standard_normal((height, width)), 0.9) * 2
    picture = np.clip(picture + grain * film[..., None], 0, 1)
    Image.fromarray(np.round(picture * 255).astype(np.uint8)).save(
        HERE / f"{name}.jpg", quality=quality, optimize=True, progressive=True)


# The scenes


def photo1(width=1600, height=1200, seed=1):
    """Ridges at sunrise, one behind the other in the haze."""
    random = np.random.default_rng(seed)
    x, y = axes(width, height)
    sky = ramp(y, (0, "2b4a78"), (0.2, "6d7fa8"), (0.36, "e0a898"), (0.48, "ffd2a0"), (0.6, "ffe6bd"))
    streaks = smooth(0.1, 1.1, noise2(random, width, height, 0.7, 0.05)) * smooth(0.5, 0.1, y)
    sky = mix(sky, rgb("ffc9b0"), 0.55 * streaks)
    sx, sy = 0.83, 0.44
    sky = screen(sky, glow(x, y, sx, sy, 0.13)[..., None] * rgb("ffb45e") * 0.85)
    sky = mix(sky, rgb("fffbe8"), disc(x, y, sx, sy, 0.052, 0.002))
    picture = sky
    layers = 7
    for i in range(layers):
        t = i / (layers - 1)
        base = 0.50 + 0.40 * t**1.25
        line = base - (0.05 + 0.035 * t) * noise1(random, width, 0.30 - 0.1 * t, 6, 0.47)
        if i == 1:
            peak = np.abs(x[0] - 0.32)
            line = np.minimum(line, 0.36 + 0.55 * peak + 0.014 * noise1(random, width, 0.06, 5, 0.55))
        near = ramp(np.array(t), (0, "d9a596"), (0.25, "a97f8f"), (0.5, "67597c"), (0.75, "34385a"), (1, "141a30"))
        shade = mix(np.broadcast_to(near, picture.shape), rgb("ffcfa0"),
                    (0.50 - 0.42 * t) * smooth(0.0, 0.16, y - line[None, :]))  # fmt: skip
        shade = screen(shade, glow(x, y, sx, sy, 0.2)[..., None] * rgb("ff9c50") * 0.45 * (1 - t))
        picture = mix(picture, shade, below(y, line))
    trees = 0.955 - 0.025 * noise1(random, width, 0.4, 3)
    for _ in range(150):  # firs along the bottom
        at, tall = random.uniform(-0.02, width / height + 0.02), random.uniform(0.04, 0.12)
        foot = np.interp(at, x[0], trees) + 0.02
        up = (foot - y[:, 0]) / tall
        rows = np.flatnonzero((up > -0.5) & (up < 1))
        cols = np.flatnonzero(abs(x[0] - at) < 0.25 * tall)
        if len(rows) == 0 or len(cols) == 0:
            continue
        u = up[rows][:, None]
        half = tall * 0.20 * (1 - u) * (0.62 + 0.38 * ((u * 8) % 1 < 0.99) * (1 - (u * 8) % 1))
        part = np.clip((half - abs(x[0][cols] - at)[None, :]) * height / 1.4 + 0.5, 0, 1)
        patch = np.ix_(rows, cols)
        picture[patch] = mix(picture[patch], rgb("0b1020"), part)
    picture = mix(picture, rgb("0b1020"), below(y, trees))
    finish("photo1", picture, seed)


def photo2(width=1200, height=1600, seed=2):
    """The sun going down over the sea, with its path of light."""
    random = np.random.default_rng(seed)
    x, y = axes(width, height)
    horizon, sx, sy = 0.56, 0.40, 0.487
    sky = ramp(y / horizon, (0, "1d2a5b"), (0.3, "4d4386"), (0.55, "b4567f"), (0.78, "f58a5e"), (0.92, "ffc36f"), (1, "ffdf9a"))
    for stretch, strength, tint in ((0.045, 0.8, "ff9a76"), (0.025, 0.55, "7d4a86")):
        cloud = smooth(0.12, 0.75, noise2(random, width, height, stretch * 9, stretch, 5, 0.55))
        sky = mix(sky, rgb(tint), strength * cloud * smooth(0.02, 0.2, y) * smooth(horizon, horizon - 0.16, y))
    sky = screen(sky, glow(x, y, sx, sy, 0.12)[..., None] * rgb("ffb050") * 0.9)
    sky = mix(sky, rgb("fff6d8"), disc(x, y, sx, sy, 0.058, 0.0015))
    # The sea mirrors the sky through waves, which look shorter the farther away they are.
    depth = np.clip((y - horizon) / (1 - horizon), 0, 1)
    far = 1 / (depth + 0.06)
    waves = np.zeros_like(x)
    for i in range(26):
        pitch = 3.2 * 1.28**i**0.92
        angle, phase = random.normal(0, 0.5), random.uniform(0, 2 * np.pi)
        fade = np.exp(-((pitch * far / 260) ** 2))
        waves += fade * np.sin(pitch * far * 2 + pitch * 0.9 * np.sin(angle) * (x - 0.375) * far + phase) / (1 + 0.10 * i)
    waves /= 3.2
    mirror = np.clip(2 * horizon - y + 0.05 * waves * (0.2 + depth), 0, horizon)
    sea = ramp(mirror / horizon, (0, "101c44"), (0.35, "2d2f66"), (0.6, "7f4474"), (0.85, "d8785f"), (1, "f5ac70"))
    sea = sea * (0.86 - 0.34 * depth + 0.14 * waves)[..., None]
    spread = 0.022 + 0.14 * depth
    path = np.exp(-(((x - sx) / spread) ** 2))
    sparkle = smooth(0.05 + 0.25 * (1 - path), 0.55, waves * 0.9 + 0.35 * path)
    sea = screen(sea, (path * (0.35 + 0.65 * sparkle))[..., None] * rgb("ffc46a"))
    sea = screen(sea, (path**3 * sparkle)[..., None] * rgb("fff0c0") * 0.6)
    picture = mix(sky, sea, np.clip((y - horizon) * height + 0.5, 0, 1))
    picture = screen(picture, (np.exp(-(((y - horizon) / 0.012) ** 2)) * glow(x, y, sx, horizon, 0.25))[..., None] * rgb("ffb86a") * 0.4)
    # A headland on the left, and a sail.
    land = horizon - 0.004 - np.clip(0.09 * (1 - x[0] / 0.19), -0.1, 1) * (1 + 0.22 * noise1(random, width, 0.12, 5))
    picture = mix(picture, rgb("2a1d3f"), below(y, np.where(x[0] < 0.20, land, 9)) * (y < horizon + 0.003))
    bx, by = 0.575, horizon + 0.022
    up = by - y
    sail = np.clip((0.021 * (1 - up / 0.066) - (x - bx)) * height / 1.2 + 0.5, 0, 1) * (x > bx + 0.001) * (up > 0.006) * (up < 0.066)
    jib = np.clip((0.013 * (1 - up / 0.052) - (bx - x)) * height / 1.2 + 0.5, 0, 1) * (x < bx - 0.001) * (up > 0.007) * (up < 0.052)
    hull = (abs(x - bx - 0.003) < 0.021 - 0.9 * np.clip(y - by + 0.004, 0, 1)) * (up < 0.004) * (up > -0.006)
    for part in (sail, jib, hull.astype(float)):
        picture = mix(picture, rgb("241733"), gaussian_filter(part, 0.6))
    finish("photo2", picture, seed)


def photo3(width=1600, height=1200, seed=3):
    """A city at night across the water, seen past lights that are out of focus."""
    random = np.random.default_rng(seed)
    x, y = axes(width, height)
    shore = 0.66
    picture = ramp(y / shore, (0, "0a1030"), (0.4, "1e2660"), (0.7, "5a3c80"), (0.88, "b0567c"), (1, "f08a6a"))
    stars = np.zeros((height, width))
    stars[random.integers(0, int(0.4 * height), 260), random.integers(0, width, 260)] = random.uniform(0.2, 1, 260)
    picture = screen(picture, (gaussian_filter(stars, 0.9) * 5)[..., None] * rgb("dfe6ff"))
    lamps = ["ffd27a", "ffe7b0", "ffb45c", "bfe0ff", "ff9d6b"]
    for depth, tint, low, high in ((0, "4a3870", 0.10, 0.26), (1, "241f47", 0.08, 0.34), (2, "12112b", 0.05, 0.22)):
        at = -0.02
        while at < width / height:
            wide = random.uniform(0.035, 0.085)
            tall = random.uniform(low, high) * (1.15 - 0.7 * abs(at / (width / height) - 0.55))
            left, right, top = int(max(at, 0) * height), int((at + wide) * height), int((shore - tall) * height)
            bottom = int(shore * height)
            at += wide * random.uniform(0.85, 1.12)
            picture[top:bottom, left:right] = rgb(tint)
            if random.random() < 0.25:
                middle = (left + right) // 2
                picture[max(top - int(0.05 * height), 0) : top, middle - 1 : middle + 2] = rgb(tint)
            step_x, step_y = 13, 17
            for wy in range(top + 12, bottom - 12, step_y):
                for wx in range(left + 9, min(right, width) - 12, step_x):
                    if random.random() < 0.28 + 0.12 * depth:
                        light = rgb(lamps[random.integers(len(lamps))]) * random.uniform(0.5, 1)
                        picture[wy : wy + 8, wx : wx + 7] = light * (0.70 + 0.15 * depth)
    picture = gaussian_filter(picture, (0.8, 0.8, 0))
    picture = screen(picture, gaussian_filter(np.clip(picture - 0.3, 0, 1), (14, 14, 0)) * 1.5)
    # The water repeats the city, drawn out downwards.
    rows = int(shore * height)
    mirror = picture[rows - 1 :: -1][: height - rows]
    mirror = np.concatenate([mirror, np.repeat(mirror[-1:], height - rows - len(mirror), 0)])
    mirror = gaussian_filter1d(mirror, 16, axis=0, mode="nearest")
    ripple = noise2(random, width, height - rows, 0.5, 0.035, 3) * np.linspace(2, 16, height - rows)[:, None]
    yy, xx = np.mgrid[0 : height - rows, 0:width].astype(float)
    mirror = np.stack([map_coordinates(mirror[..., i], [yy, xx + ripple], order=1, mode="nearest") for i in range(3)], -1)
    picture[rows:] = mirror * np.linspace(0.85, 0.45, height - rows)[:, None, None] + rgb("070a1c") * 0.3
    picture = screen(picture, (np.exp(-(((y - shore) / 0.006) ** 2)))[..., None] * rgb("ffc070") * 0.4)
    # Lights near the camera.
    hues = ["ff9a4d", "ffcf70", "ff5f7e", "58c4ff", "a47bff", "5fe0c0"]
    for _ in range(44):
        radius = random.uniform(0.018, 0.068)
        cx, cy = random.uniform(-0.05, width / height + 0.05), 1.0 - abs(random.normal(0, 0.17))
        distance = np.hypot(x - cx, y - cy)
        body = 1 - smooth(radius - 0.004, radius + 0.002, distance)
        rim = body * smooth(radius * 0.75, radius, distance)
        strength = random.uniform(0.16, 0.48)
        picture = screen(picture, ((body + 0.5 * rim) * strength)[..., None] * rgb(hues[random.integers(len(hues))]))
    finish("photo3", picture, seed, grain=0.003, quality=77)


def photo4(width=1600, height=1200, seed=4):
    """Dunes in low light, each crest parting light from shade."""
    random = np.random.default_rng(seed)
    x, y = axes(width, height)
    picture = ramp(y, (0, "3f7fb0"), (0.22, "86b4cc"), (0.42, "f2d8b4"), (0.5, "f9e3c0"))
    wisps = smooth(0.15, 1.0, noise2(random, width, height, 0.9, 0.07, 5, 0.55))
    picture = mix(picture, rgb("fff6ea"), 0.5 * wisps * smooth(0.45, 0.15, y))
    picture = screen(picture, glow(x, y, 1.14, 0.33, 0.16)[..., None] * rgb("ffd9a0") * 0.6)
    bands = 6
    for i in range(bands):
        t = i / (bands - 1)
        span = width / height
        centre = random.uniform(0.15, 0.85) * span
        wide = 0.30 + 0.35 * t
        base = 0.44 + 0.42 * t**1.3
        lift = 0.05 + 0.13 * t
        u = (x[0] - centre) / wide
        bump = np.exp(-np.abs(u) ** 1.6 * 1.1)
        line = base - lift * bump - 0.03 * t * np.sin(2.1 * x[0] + 5 * i) - 0.012 * noise1(random, width, 0.5, 2)
        line = gaussian_filter1d(line, 3)
        deep = y - line[None, :]
        lit = ramp(np.array(t), (0, "ecc69a"), (0.4, "e9ae6c"), (1, "dd8d45"))
        dark = ramp(np.array(t), (0, "c89f88"), (0.4, "a1664f"), (1, "6a3531"))
        # The crest runs down towards the viewer from the summit, bending: left of it lies in the shade.
        crest = centre + 0.25 * wide * np.sin(deep * (9 - 4 * t) + i) + deep * (0.9 - 1.5 * (i % 2))
        side = smooth(-0.004 - 0.10 * deep.clip(0), 0.004 + 0.10 * deep.clip(0), x - crest)
        ripples = np.sin((deep * 70 + 5 * x + 1.6 * noise2(random, width, height, 0.35, 0.2, 3)) * (2.6 - 1.2 * t) * np.pi)
        sand = mix(np.broadcast_to(dark, picture.shape), lit, side)
        sand = sand * (1 + 0.032 * t * ripples * (0.4 + side))[..., None]
        sand = mix(sand, lit * 1.08, 0.5 * np.exp(-((deep / (0.010 + 0.02 * t)) ** 2)))
        sand = sand * (1 - 0.22 * smooth(0, 0.35, deep))[..., None]
        sand = mix(sand, rgb("f6dcb8"), 0.45 * (1 - t) ** 1.5)
        picture = mix(picture, sand, below(y, line))
    finish("photo4", picture, seed, grain=0.007)


def photo5(width=1200, height=1600, seed=5):
    """Northern lights over a lake and firs."""
    random = np.random.default_rng(seed)
    x, y = axes(width, height)
    shore = 0.70
    picture = ramp(y / shore, (0, "040a1c"), (0.5, "0a1d38"), (0.85, "14405a"), (1, "2a6a70"))
    stars = np.zeros((height, width))
    stars[random.integers(0, int(shore * height), 700), random.integers(0, width, 700)] = random.uniform(0.1, 1, 700) ** 3
    light = gaussian_filter(stars, 0.8) * 4 + gaussian_filter(stars, 1.6) * 3
    picture = screen(picture, light[..., None] * rgb("e8f0ff"))
    for foot, bend, tall, green, violet, power in (
        (0.44, 0.075, 0.30, "38ff9c", "8a4dff", 0.75), (0.56, 0.05, 0.26, "2ff0c0", "3f7dff", 0.50),
        (0.31, 0.06, 0.22, "7dffa0", "e04dc8", 0.36),
    ):  # fmt: skip
        curve = foot + bend * noise1(random, width, 0.55, 3, 0.45) + 0.05 * np.sin(4.4 * x[0] + 9 * foot)
        folds = np.clip(0.55 + 0.55 * noise1(random, width, 0.10, 4, 0.6), 0.06, 1.6)
        rays = np.clip(1 + 0.25 * noise1(random, width, 0.02, 3, 0.6), 0.3, 2)
        height_of = tall * (0.55 + 0.5 * np.clip(0.5 + noise1(random, width, 0.22, 3), 0, 1.4))
        up = (curve[None, :] - y) / height_of[None, :]
        body = np.where(up > 0, np.exp(-2.4 * up.clip(0)), np.exp(-((up / 0.09) ** 2)))
        body = gaussian_filter(body * (folds * rays)[None, :], (2, 2.5))
        tint = mix(np.broadcast_to(rgb(green), picture.shape), rgb(violet), smooth(0.25, 1.3, up))
        picture = screen(picture, body[..., None] * tint * power)
        picture = screen(picture, gaussian_filter(body, 50)[..., None] * rgb(green) * 0.35 * power)
    ridge = shore - 0.045 - 0.05 * noise1(random, width, 0.35, 6, 0.5) - 0.11 * np.exp(-(((x[0] - 0.58) / 0.16) ** 2))
    snow = mix(np.broadcast_to(rgb("0d2433"), picture.shape), rgb("3d7f86"),
               0.3 * smooth(0.1, 0.9, noise2(random, width, height, 0.1, 0.16, 4, 0.6)) * smooth(0.12, 0.0, y - ridge[None, :]))  # fmt: skip
    picture = mix(picture, snow, below(y, ridge))
    hill = shore - 0.018 - 0.016 * noise1(random, width, 0.3, 4)
    picture = mix(picture, rgb("071521"), below(y, hill))

    rows = int(shore * height)
    mirror = picture[rows - 1 :: -1][: height - rows]
    mirror = gaussian_filter1d(mirror, 9, axis=0, mode="nearest")
    ripple = noise2(random, width, height - rows, 0.8, 0.03, 4) * np.linspace(1, 14, height - rows)[:, None]
    yy, xx = np.mgrid[0 : height - rows, 0:width].astype(float)
    mirror = np.stack([map_coordinates(mirror[..., i], [yy + ripple, xx], order=1, mode="nearest") for i in range(3)], -1)
    picture[rows:] = mirror * np.linspace(0.80, 0.5, height - rows)[:, None, None] + rgb("04101c") * 0.2

    for side in (0, 1):  # firs on both banks
        for _ in range(30):
            near = random.random() ** 1.5
            at = (0.22 * random.random() ** 1.6 - 0.02) if side == 0 else 0.75 - 0.17 * random.random() ** 1.6 + 0.02
            tall, foot = 0.07 + 0.24 * near * random.uniform(0.6, 1), shore + 0.01 + 0.07 * near
            u = (foot - y) / tall
            half = tall * 0.19 * (1 - u) * (0.55 + 0.45 * (1 - (u * 11 + at * 50) % 1))
            part = np.clip((half - abs(x - at)) * height / 1.6 + 0.5, 0, 1) * (u > 0) * (u < 1)
            picture = mix(picture, rgb("040c14"), part)
    aside = np.abs(x[0] - 0.375) - 0.22  # the banks themselves
    inland = np.clip(aside, 0, 0.155)
    top, bottom = shore + 0.05 - 0.30 * inland, shore + 0.055 + 0.2 * inland
    picture = mix(picture, rgb("040c14"), below(y, top) * (1 - below(y, bottom)) * (aside[None, :] > 0))
    finish("photo5", picture, seed, grain=0.004)


def photo6(width=1600, height=1200, seed=6):
    """Flowers in a summer meadow, the far ones out of focus."""
    random = np.random.default_rng(seed)
    x, y = axes(width, height)
    field = noise2(random, width, height, 0.6, 0.45, 3)
    picture = ramp(y + 0.07 * field, (0, "cfe8c0"), (0.3, "93c48a"), (0.6, "4f9364"), (1, "1d5747"))
    picture = screen(picture, glow(x, y, 1.05, 0.02, 0.35)[..., None] * rgb("fff2b0") * 0.8)
    for _ in range(70):  # light through leaves
        cx, cy, radius = random.uniform(0, 1.33), abs(random.normal(0, 0.28)), random.uniform(0.015, 0.06)
        spot = disc(x, y, cx, cy, radius, 0.006)
        picture = screen(picture, spot[..., None] * rgb("f6ffcf") * random.uniform(0.05, 0.2))

    palettes = [("ff7fa5", "ffd0dc", "ffd24d"), ("ff9b54", "ffe0a0", "8a3b2a"), ("b98cff", "eadcff", "ffe27a"),
                ("ff5d6c", "ffb3a8", "ffe9a0"), ("fff4ea", "ffffff", "ffc23d"), ("6fa8ff", "d5e6ff", "fff1a8")]  # fmt: skip

    whole_x, whole_y = x, y

    def flower(picture, cx, cy, radius, petals, turn, tilt, blur, palette, stem):
        outer, inner, heart = (rgb(text) for text in palette)
        room = 1.1 * radius + (4 * blur + 4) / height  # only the part of the picture that it touches
        foot = cx + stem * ((1 - cy) / 0.6) ** 2
        left, right = (int(np.clip(at * height, 0, width)) for at in (min(cx, foot) - room, max(cx, foot) + room))
        top = int(max((cy - room) * height, 0))
        x, y = whole_x[top:, left:right], whole_y[top:, left:right]
        alpha = np.zeros(x.shape)
        colour = np.zeros((*x.shape, 3))

        def paint(tint, part):
            nonlocal alpha, colour
            colour = colour * (1 - part[..., None]) + tint * part[..., None]
            alpha = alpha * (1 - part) + part

        bend = cx + stem * ((y - cy).clip(0) / 0.6) ** 2
        stalk = np.clip((radius * 0.045 - abs(x - bend)) * height + 0.5, 0, 1) * (y > cy)
        paint(ramp(np.clip((x - bend) / (radius * 0.09) + 0.5, 0, 1), (0, "2c6b45"), (1, "78b062")), stalk)
        dx, dy = (x - cx), (y - cy) / tilt
        for ring, (size, shift) in enumerate(((1.0, 0.0), (0.72, 0.5))):
            for i in list(range(0, petals, 2)) + list(range(1, petals, 2)):
                a = turn + 2 * np.pi * (i + shift) / petals
                along, across = dx * np.cos(a) + dy * np.sin(a), -dx * np.sin(a) + dy * np.cos(a)
                u = along / (radius * size)
                half = radius * size * (1.25 / petals * 2.4) * np.sqrt((u * (1.02 - u)).clip(0)) * (0.55 + 0.65 * u)
                part = np.clip((half - abs(across)) * height / 1.5 + 0.5, 0, 1) * (u > 0) * (u < 1.02)
                v = across / (half + 1e-6)
                tint = outer + (inner - outer) * np.clip(0.15 + 0.85 * u, 0, 1)[..., None]
                tint = tint * (0.80 + 0.20 * np.sqrt((1 - v * v).clip(0)) - 0.05 * ring + 0.03 * np.cos(9 * v))[..., None]
                tint = tint * (0.72 + 0.28 * smooth(0.05, 0.5, u))[..., None]
                paint(tint.clip(0, 1), part)
        distance = np.hypot(dx, dy) / radius
        speckle = 0.5 + 0.5 * np.sin(70 * distance * np.cos(np.arctan2(dy, dx) * 3)) * np.cos(np.arctan2(dy, dx) * 17)
        paint((heart * (1.08 - 0.9 * distance - 0.12 * speckle)[..., None]).clip(0, 1), 1 - smooth(0.19, 0.215, distance))
        if blur > 0.4:
            colour = gaussian_filter(colour, (blur, blur, 0))
            alpha = gaussian_filter(alpha, blur)
        picture = picture.copy()
        picture[top:, left:right] = picture[top:, left:right] * (1 - alpha[..., None]) + colour
        return picture

    for _ in range(22):
        near = random.random()
        picture = flower(picture, random.uniform(0, 1.33), random.uniform(0.32, 0.72) + 0.1 * near, 0.03 + 0.045 * near,
                         int(random.integers(6, 10)), random.uniform(0, 6), random.uniform(0.6, 0.95), 13 - 7 * near,
                         palettes[random.integers(len(palettes))], random.normal(0, 0.05))  # fmt: skip
    for _ in range(60):  # blades of grass
        at, lean, top = random.uniform(-0.05, 1.38), random.normal(0, 0.12), random.uniform(0.55, 0.9)
        u = (1 - y) / (1 - top)
        part = np.clip((0.006 * (1 - u) - abs(x - at - lean * u.clip(0) ** 2)) * height + 0.5, 0, 1) * (u < 1)
        picture = mix(picture, ramp(np.array(random.random()), (0, "1f5f42"), (1, "7fb765")), gaussian_filter(part, 2.2) * 0.8)
    for cx, cy, radius, petals, turn, tilt, kind, stem in (
        (0.98, 0.66, 0.135, 9, 0.4, 0.80, 2, -0.03), (0.22, 0.70, 0.12, 8, 0.1, 0.86, 1, 0.05), (0.56, 0.46, 0.19, 10, 0.2, 0.92, 0, 0.04),
    ):  # fmt: skip
        picture = flower(picture, cx, cy, radius, petals, turn, tilt, 0, palettes[kind], stem)
    picture = screen(picture, glow(x, y, 1.15, -0.05, 0.4)[..., None] * rgb("fff0b8") * 0.25)
    finish("photo6", picture, seed, grain=0.004, vignette=0.16)


def logo(size=400, factor=4):
    """A play sign cut out of a rounded square of two overlapping panes, on a clear ground."""
    side = size * factor
    x, y = np.meshgrid((np.arange(side) + 0.5) / side, (np.arange(side) + 0.5) / side)

    def pane(cx, cy, half, corner):
        dx, dy = abs(x - cx) - half + corner, abs(y - cy) - half + corner
        return np.hypot(dx.clip(0), dy.clip(0)) + np.minimum(np.maximum(dx, dy), 0) < corner

    back, front = pane(0.61, 0.39, 0.33, 0.10), pane(0.39, 0.61, 0.33, 0.10)
    corners = [(0.30, 0.46), (0.30, 0.76), (0.55, 0.61)]
    sign = np.full((side, side), -1.0)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
        length = np.hypot(bx - ax, by - ay)
        sign = np.maximum(sign, ((x - ax) * (by - ay) - (y - ay) * (bx - ax)) * -1 / length)
    play = gaussian_filter((sign < 0).astype(float), 7 * factor / 2) > 0.5
    picture = np.zeros((side, side, 4))
    picture[back] = 1
    picture[back, :3] = ramp((x + y)[back] / 2, (0.2, "ffb347"), (0.8, "ff5f6d"))
    picture[back, 3] = 0.92
    picture[front, 3] = 1
    picture[front, :3] = ramp((x - y)[front] / 2 + 0.5, (0.2, "3b2f9b"), (0.8, "1fa2ff"))
    picture[front & back, :3] = ramp((x + y)[front & back] / 2, (0.3, "7a4fd0"), (0.7, "c14f9e"))
    picture[play] = (1, 1, 1, 1)
    picture[..., :3] *= picture[..., 3:]
    small = picture.reshape(size, factor, size, factor, 4).mean((1, 3))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    Image.fromarray(np.round(small * 255).clip(0, 255).astype(np.uint8)).save(HERE / "logo.png", optimize=True)


# Music. Everything is placed on a circle of 20 s, so that what rings on past the end is heard at the start. The circle is
# a whole number of AAC frames long, so that no decoder adds silence to its end.

RATE = 48_000


def music(seed=7):
    """Ten bars of 2 s: pads, plucked notes, a soft bass and a softer drum."""
    random = np.random.default_rng(seed)
    count = 938 * 1024
    beat = count / RATE / 40
    mixed, echo = np.zeros((2, count)), np.zeros((2, count))

    def pitch(note):
        return 440 * 2 ** ((note - 69) / 12)

    def place(sound, at, gain, pan=0.0, send=0.0):
        where = (int(round(at * RATE)) + np.arange(sound.shape[-1])) % count
        sides = np.array([np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)])
        stereo = sound if sound.ndim == 2 else sides[:, None] * sound
        np.add.at(mixed, (slice(None), where), gain * stereo)
        np.add.at(echo, (slice(None), where), gain * send * stereo)

    def pad(notes, seconds):
        t = np.arange(int((seconds + 1.4) * RATE)) / RATE
        envelope = smooth(0, 0.7, t) * (1 - smooth(seconds - 0.1, seconds + 1.4, t))
        sides = []
        for _ in range(2):
            total = np.zeros_like(t)
            for note in notes:
                for cents in (-6, 0, 5):
                    frequency = pitch(note) * 2 ** ((cents + random.normal(0, 1)) / 1200)
                    for n, level in ((1, 1), (2, 0.32), (3, 0.14), (4, 0.05)):
                        total += level * np.sin(2 * np.pi * n * frequency * t + random.uniform(0, 2 * np.pi))
            sides.append(total * envelope / (3 * len(notes)))
        return np.array(sides)

    def pluck(note, seconds=1.8):
        t = np.arange(int(seconds * RATE)) / RATE
        total = np.zeros_like(t)
        for n in range(1, 9):
            frequency = pitch(note) * n * (1 + 0.00025 * n * n)
            if frequency < 9000:
                total += np.sin(2 * np.pi * frequency * t) * np.exp(-t * (2.2 + 1.5 * n)) / n**1.25
        return total * smooth(0, 0.003, t) * (1 - smooth(seconds - 0.2, seconds, t))

    def bass(note, seconds):
        t = np.arange(int(seconds * RATE)) / RATE
        tone = np.sin(2 * np.pi * pitch(note) * t) + 0.25 * np.sin(4 * np.pi * pitch(note) * t)
        return tone * smooth(0, 0.02, t) * np.exp(-0.9 * t) * (1 - smooth(seconds - 0.12, seconds, t))

    def kick():
        t = np.arange(int(0.35 * RATE)) / RATE
        return np.sin(2 * np.pi * (48 * t + 55 * (1 - np.exp(-t * 28)) / 28)) * np.exp(-t * 11) * smooth(0, 0.002, t)

    def shaker(strength):
        t = np.arange(int(0.09 * RATE)) / RATE
        hiss = random.standard_normal(len(t))
        hiss -= gaussian_filter1d(hiss, 4)
        return gaussian_filter1d(hiss, 0.7) * smooth(0, 0.012, t) * np.exp(-t * 48) * strength

    bars = [(45, (57, 60, 64, 67)), (41, (57, 60, 65, 69)), (48, (55, 60, 64, 67)), (43, (55, 59, 62, 69)),
            (45, (57, 60, 64, 71)), (41, (57, 60, 65, 67)), (38, (57, 62, 65, 69)), (40, (56, 59, 64, 67)),
            (41, (57, 60, 64, 69)), (43, (55, 59, 62, 67))]  # fmt: skip
    patterns = [(0, 2, 1, 3, 2, 1, 3, 2), (3, 1, 2, 0, 1, 2, 3, 1), (0, 1, 2, 3, 2, 3, 1, 2)]
    for bar, (root, chord) in enumerate(bars):
        start = bar * 4 * beat
        place(pad(chord, 4 * beat), start, 0.20, send=0.25)
        place(bass(root - 12 + 12 * (root < 40), 1.45), start, 0.20)
        place(bass(root - 12 + 12 * (root < 40), 0.55), start + 3 * beat, 0.13)
        for step, index in enumerate(patterns[bar % 3]):
            if step == 5 and bar % 2 == 0:
                continue
            late = 0.012 * (step % 2) + random.normal(0, 0.002)
            place(pluck(chord[index] + 12), start + step * beat / 2 + max(late, 0), 0.115 * (1.15 if step % 4 == 0 else 0.85),
                  0.45 * np.sin(2.4 * step + bar), 0.5)  # fmt: skip
        for at in (0, 2.5) if bar % 2 else (0, 2):
            place(kick(), start + at * beat, 0.30)
        for step in range(8):
            place(shaker(0.9 if step % 2 else 0.45), start + step * beat / 2, 0.07, 0.25, 0.1)
    for delay, level, swap in ((0.375, 0.45, True), (0.75, 0.26, False), (1.125, 0.14, True), (1.5, 0.07, False)):
        back = np.roll(echo[::-1] if swap else echo, int(delay * RATE), 1)
        mixed += level * gaussian_filter1d(back, 3, axis=1, mode="wrap")
    mixed = np.roll(mixed, RATE // 25, 1)  # the seam just before the beat, not on it
    mixed = np.tanh(mixed / np.abs(mixed).max() * 1.1)
    mixed *= 10 ** (-3.5 / 20) / np.abs(mixed).max()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "music.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((2, 2, RATE, count, "NONE", "not compressed"))
            file.writeframes(np.round(mixed.T * 32767).astype("<i2").tobytes())
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(path), "-c:a", "aac", "-b:a", "116k", "-aac_tns", "0", "-map_metadata", "-1",
                        "-fflags", "+bitexact", "-flags:a", "+bitexact", str(HERE / "music.m4a")], check=True)  # fmt: skip


if __name__ == "__main__":
    everything = [photo1, photo2, photo3, photo4, photo5, photo6, logo, music]
    for part in everything:
        if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
            part()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders single frames of edits in float64, for the tests to compare the library's frames with.

Usage: python3 Tests/Tooling/reference.py           writes Tests/ComposeTests/Fixtures/reference/
       python3 Tests/Tooling/reference.py DIRECTORY also writes the frames as PNG there, to look at

Needs numpy and Pillow, and Tests/ComposeTests/Fixtures/inputs/ (see make_inputs.py). Nothing here shares code with the
library: it works from the meaning of the edit document, slowly and plainly. Every frame is NAME.yuv, 8-bit planar 4:2:0
(Y, then Cb, then Cr); index.json lists name, file, width, height, the edit and the number of the frame of that edit.

What is done, in order:
- A picture's values are sRGB code values, 0…1; all arithmetic is on those, never on linear light.
- A picture is placed by out = scale · source + offset per axis, pixel k covering [k, k + 1), and sampled there with the
  Catmull-Rom kernel, widened by 1 / scale when shrinking; edges repeat, weights sum to 1, alpha is premultiplied.
- What is drawn is cut off by its box and its own edges, each pixel weighted by the part of its area that is inside.
- Layers are laid over each other, transitions are made of two layers, all at 4:4:4.
- The result becomes BT.709 limited range; chroma is halved with the same kernel at MPEG-2's ("left") positions: level with
  the centres of even columns, half way between rows. Only then is anything rounded.
"""

import json
import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

FIXTURES = Path(__file__).resolve().parent.parent / "ComposeTests" / "Fixtures"
OUT = FIXTURES / "reference"


# Sampling


def catmull_rom(x):
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def sampling(count, centres, scale):
    """The matrix that samples `count` pixels at the given continuous source positions, for an enlargement of `scale`."""
    width = max(1.0, 1 / scale)
    reach = math.ceil(2 * width) + 1
    matrix = np.zeros((len(centres), count))
    for row, centre in enumerate(centres):
        first = math.floor(centre) - reach
        taps = np.arange(first, first + 2 * reach + 2)
        weights = catmull_rom((taps + 0.5 - centre) / width)
        np.add.at(matrix[row], taps.clip(0, count - 1), weights / weights.sum())
    return matrix


def coverage(count, low, high):
    """The part of each of `count` pixels that lies in [low, high)."""
    edges = np.arange(count)
    return (np.minimum(edges + 1, high) - np.maximum(edges, low)).clip(0, 1)


def load(src):
    """Premultiplied RGBA, 0…1."""
    picture = np.asarray(Image.open(FIXTURES / src).convert("RGBA"), np.float64) / 255
    picture[..., :3] *= picture[..., 3:]
    return picture


# Values of the document


def ease(name, t):
    t = min(max(t, 0.0), 1.0)
    if name == "linear":
        return t
    power = {"Quad": 2, "Cubic": 3}[name.removeprefix("easeInOut")]
    return (2 * t) ** power / 2 if t < 0.5 else 1 - (2 - 2 * t) ** power / 2


def length(value, extent):
    return float(value[:-1]) / 100 * extent if isinstance(value, str) else float(value)


def colour(text):
    digits = text[1:]
    rgba = [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]
    return np.array(rgba if len(rgba) == 4 else rgba + [1.0])


ANCHORS = {
    "topLeft": (0, 0), "top": (0.5, 0), "topRight": (1, 0), "left": (0, 0.5), "center": (0.5, 0.5),
    "right": (1, 0.5), "bottomLeft": (0, 1), "bottom": (0.5, 1), "bottomRight": (1, 1),
}  # fmt: skip


# Layers: premultiplied RGBA of the canvas's size


def box_of(clip, width, height):
    size = clip.get("size", {"width": "100%", "height": "100%"})
    position = clip.get("position", {"x": "50%", "y": "50%"})
    anchor = ANCHORS[clip.get("anchor", "center")]
    extent = (length(size["width"], width), length(size["height"], height))
    at = (length(position["x"], width), length(position["y"], height))
    return [(at[i] - anchor[i] * extent[i], extent[i]) for i in range(2)]


def view_of(clip, progress):
    """Zoom and focus of the clip's motion."""
    motion = clip.get("motion")
    if not motion:
        return 1.0, (0.5, 0.5)
    p = ease(motion.get("easing", "linear"), progress)
    ends = [{"zoom": 1.0, "x": 0.5, "y": 0.5} | motion.get(end, {}) for end in ("from", "to")]
    zoom = math.exp((1 - p) * math.log(ends[0]["zoom"]) + p * math.log(ends[1]["zoom"]))
    return zoom, tuple((1 - p) * ends[0][axis] + p * ends[1][axis] for axis in "xy")


def draw(clip, progress, width, height, shift=(0.0, 0.0)):
    """The clip alone on a clear canvas, that canvas (with its edges) moved by `shift`."""
    canvas = (width, height)
    box = box_of(clip, width, height)
    if clip["type"] == "color":
        picture = colour(clip["color"]).reshape(1, 1, 4).copy()
        picture[..., :3] *= picture[..., 3:]
        scale, offset = [box[0][1], box[1][1]], [box[0][0], box[1][0]]
    else:
        picture = load(clip["src"])
        native = (picture.shape[1], picture.shape[0])
        ratio = [box[i][1] / native[i] for i in range(2)]
        fit = clip.get("fit", "cover")
        zoom, focus = view_of(clip, progress)
        if fit == "cover":
            ratio = [max(ratio)] * 2
        elif fit == "contain":
            ratio = [min(ratio)] * 2
        elif fit == "none":
            ratio = [1.0, 1.0]
        scale = [value * zoom for value in ratio]
        offset = [box[i][0] + focus[i] * (box[i][1] - scale[i] * native[i]) for i in range(2)]
    matrices, parts = [], []
    for i in range(2):
        count = picture.shape[1 - i]
        centres = (np.arange(canvas[i]) + 0.5 - shift[i] - offset[i]) / scale[i]
        matrices.append(sampling(count, centres.clip(-4, count + 4), scale[i]))
        low = max(box[i][0], offset[i], 0) + shift[i]
        high = min(box[i][0] + box[i][1], offset[i] + scale[i] * count, canvas[i]) + shift[i]
        parts.append(coverage(canvas[i], low, high))
    layer = np.einsum("yr,xc,rcn->yxn", matrices[1], matrices[0], picture, optimize=True)
    layer[..., 3] = layer[..., 3].clip(0, 1)
    layer[..., :3] = np.clip(layer[..., :3], 0, layer[..., 3:])
    return layer * (parts[1][:, None, None] * parts[0][None, :, None] * clip.get("opacity", 1))


def over(top, bottom):
    return top + bottom * (1 - top[..., 3:])


# Transitions


def order(name, width, height):
    """When each pixel changes, 0 first and 1 last."""
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    dx, dy = (x - 0.5) * width, (y - 0.5) * height
    if name == "circleOpen":
        return np.hypot(dx, dy) / (math.hypot(width, height) / 2)
    if name == "circleClose":
        return 1 - order("circleOpen", width, height)
    if name == "clock":
        return np.arctan2(dx, -dy) / (2 * math.pi) % 1
    if name == "barnDoors":
        return np.abs(dx) / (width / 2)
    ways = {"Right": [x], "Left": [1 - x], "Down": [y], "Up": [1 - y], "DownRight": [x, y], "UpLeft": [1 - x, 1 - y],
            "DownLeft": [1 - x, y], "UpRight": [x, 1 - y]}[name.removeprefix("wipe")]  # fmt: skip
    return sum(ways) / len(ways)


def transition(clip, first, second, progress, width, height):
    """`first` and `second` draw the two clips, moved by what they are given."""
    name = clip["name"]
    p = ease(clip.get("easing", "linear"), progress)
    if name == "fade":
        return (1 - p) * first() + p * second()
    if name in ("fadeBlack", "fadeWhite"):
        middle = np.ones(4) if name == "fadeWhite" else np.array([0, 0, 0, 1.0])
        return (1 - 2 * p) * first() + 2 * p * middle if p < 0.5 else (2 - 2 * p) * middle + (2 * p - 1) * second()
    for kind in ("push", "cover", "reveal"):
        if name.startswith(kind):
            x, y = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}[name.removeprefix(kind)]
            gone = (x * p * width, y * p * height)
            coming = (x * (p - 1) * width, y * (p - 1) * height)
            if kind == "push":  # edge to edge: the two parts of a pixel on the seam add up
                return first(gone) + second(coming)
            return over(second(coming), first()) if kind == "cover" else over(first(gone), second())
    softness = clip.get("softness", 0.05)
    mask = ((p * (1 + softness) - order(name, width, height)) / softness).clip(0, 1)[..., None]
    return (1 - mask) * first() + mask * second()


# Frames


def render(edit, frame):
    """The frame as RGB, 4:4:4, 0…1."""
    timeline = edit["timeline"]
    width, height = timeline["size"]["width"], timeline["size"]["height"]
    time = Fraction(frame) / timeline["frameRate"]
    canvas = np.broadcast_to(colour(timeline.get("background", "#000000")), (height, width, 4))

    def painter(clip, start):
        duration = Fraction(clip["duration"])
        return lambda shift=(0.0, 0.0): draw(clip, float((time - start) / duration), width, height, shift)

    for track in timeline["tracks"]:
        end, joint, shown = Fraction(0), None, []
        for clip in track["clips"]:
            if clip["type"] == "transition":
                joint = clip
                continue
            start = Fraction(clip["start"]) if "start" in clip else end
            if joint:
                start = end - Fraction(joint["duration"])
            shown.append((clip, start, joint))
            end, joint = start + Fraction(clip["duration"]), None
        showing = [entry for entry in shown if entry[1] <= time < entry[1] + Fraction(entry[0]["duration"])]
        joint, start = (showing[-1][2], showing[-1][1]) if showing else (None, None)
        if joint and time < start + Fraction(joint["duration"]):
            progress = float((time - start) / Fraction(joint["duration"]))
            first, second = (painter(clip, start) for clip, start, _ in showing)
            layers = [transition(joint, first, second, progress, width, height)]
        else:
            layers = [painter(clip, start)() for clip, start, _ in showing]
        for layer in layers:
            canvas = over(layer, canvas)
    return canvas[..., :3].clip(0, 1)


def to_yuv(rgb):
    """Y, Cb and Cr of BT.709 limited range, Cb and Cr halved, as bytes."""
    height, width = rgb.shape[:2]
    red, green, blue = np.moveaxis(rgb, -1, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    planes = [16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748]
    down = sampling(height, 2 * np.arange(height // 2) + 1.0, 0.5)
    across = sampling(width, 2 * np.arange(width // 2) + 0.5, 0.5)
    planes[1:] = [down @ plane @ across.T for plane in planes[1:]]
    return [np.floor(plane + 0.5).clip(0, 255).astype(np.uint8) for plane in planes]


# The edits


def image(src, duration=1, **more):
    return {"type": "image", "src": "inputs/" + src, "duration": duration} | more


def edit_of(*tracks, size=(256, 144), background="#101014"):
    return {
        "version": 1,
        "timeline": {
            "size": {"width": size[0], "height": size[1]}, "frameRate": 30, "background": background,
            "tracks": [{"clips": list(clips)} for clips in tracks],
        },
    }  # fmt: skip


ZOOM = {"from": {"zoom": 1, "x": 0.5, "y": 0.5}, "to": {"zoom": 1.2, "x": 0.5, "y": 0.4}, "easing": "linear"}
PAN = {"from": {"zoom": 1.25, "x": 0.2, "y": 0.6}, "to": {"zoom": 1.1, "x": 0.8, "y": 0.3}, "easing": "easeInOutCubic"}


def joined(name, **more):
    """Two still clips of 4 s, the second starting at 3 s, frame 90."""
    clip = {"type": "transition", "name": name, "duration": 1} | more
    return edit_of([image("gradient.png", 4), clip, image("odd.png", 4)])


def edits():
    """Name, edit, frame."""
    wide, tall = (320, 180), (180, 320)
    burns = edit_of([image("gradient.png", 4, motion=ZOOM)], size=wide)
    moving = edit_of([
        image("gradient.png", 4, motion=ZOOM), {"type": "transition", "name": "fade", "duration": 1},
        image("odd.png", 4, motion=PAN)])  # fmt: skip
    disc = [{"type": "color", "color": "#3c5a78", "duration": 1}]
    small = {"size": {"width": 75, "height": 51}, "position": {"x": 60.3, "y": 41.7}, "anchor": "topLeft"}
    odd = {"size": {"width": 83, "height": 57}, "position": {"x": 131, "y": 63}, "anchor": "topLeft"}
    return [
        ("cover", edit_of([image("gradient.png")], size=wide), 0),
        ("contain", edit_of([image("odd.png", fit="contain")], background="#5a6478"), 0),
        ("contain-tall", edit_of([image("gradient.png", fit="contain")], size=tall, background="#46505a"), 0),
        ("fill", edit_of([image("gradient.png", fit="fill")], size=tall), 0),
        ("none", edit_of([image("gradient.png", fit="none")], size=tall, background="#46505a"), 0),
        ("zoom-first", burns, 0),
        ("zoom-middle", burns, 60),
        ("zoom-last", burns, 119),
        ("pan", edit_of([image("gradient.png", 4, motion=PAN)]), 37),
        ("enlarged", edit_of([image("odd.png")], size=wide), 0),
        ("shrunk", edit_of([image("gradient.png")], size=(80, 60)), 0),
        ("shrunk-edge", edit_of([image("edge.png")], size=(160, 90)), 0),
        ("alpha", edit_of(disc, [image("alpha.png", fit="contain")]), 0),
        ("alpha-half", edit_of(disc, [image("alpha.png", fit="contain", opacity=0.5)]), 0),
        ("alpha-small", edit_of(disc, [image("alpha.png", fit="contain", **small)]), 0),
        ("small-odd", edit_of(disc, [image("gradient.png", fit="cover", **odd)]), 0),
        ("layers", edit_of(
            [image("gradient.png")],
            [image("odd.png", fit="contain", opacity=0.8, size={"width": "50%", "height": "50%"}, position={"x": "30%", "y": "40%"})],
            [image("alpha.png", fit="contain", size={"width": 120, "height": 90}, position={"x": 150.5, "y": 80.25})]), 0),
        ("colours", edit_of(disc, [image("colours.png", fit="none")], size=(128, 128)), 0),
        ("flat", edit_of(disc, [{"type": "color", "color": "#c8962880", "duration": 1, "size": {"width": 90.5, "height": "40%"}}]), 0),
        ("fade-first", joined("fade"), 90),
        ("fade-last", joined("fade"), 119),
        ("fade-moving", moving, 105),
        ("fade-black", joined("fadeBlack"), 97),
        ("wipe", joined("wipeRight", softness=0.2), 105),
        ("wipe-eased", joined("wipeDownRight", softness=0.3, easing="easeInOutCubic"), 102),
        ("circle", joined("circleOpen", softness=0.2), 103),
        ("clock", joined("clock", softness=0.2), 110),
        ("push-up", joined("pushUp"), 98),
        ("push-right", edit_of(
            [image("odd.png", 4), {"type": "transition", "name": "pushRight", "duration": 1},
             image("gradient.png", 4, motion=PAN)]), 100),
        ("cover-up", joined("coverUp"), 103),
    ]  # fmt: skip


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    index = []
    for name, edit, frame in edits():
        rgb = render(edit, frame)
        (OUT / f"{name}.yuv").write_bytes(b"".join(plane.tobytes() for plane in to_yuv(rgb)))
        size = edit["timeline"]["size"]
        index.append({"name": name, "file": f"{name}.yuv", **size, "frame": frame, "edit": edit})
        if len(sys.argv) > 1:
            Image.fromarray(np.round(rgb * 255).astype(np.uint8)).save(Path(sys.argv[1]) / f"{name}.png")
    entries = ",\n".join("  " + json.dumps(entry) for entry in index)
    (OUT / "index.json").write_text(f"[\n{entries}\n]\n")


if __name__ == "__main__":
    main()

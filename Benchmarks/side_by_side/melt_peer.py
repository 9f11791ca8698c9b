# SPDX-License-Identifier: Apache-2.0
"""The workloads as melt command lines (MLT)."""

from settings import CORES, CRF, GOP, MEDIA, PRESET, RATE, WORK, photos, picture_size
from edits import LOGO, MOVING, PICTURES, TURN


def profile(width, height, rate=RATE):
    path = WORK / f"{width}x{height}at{rate}.profile"
    path.write_text(
        f"description={width}x{height}\nframe_rate_num={rate}\nframe_rate_den=1\nwidth={width}\nheight={height}\n"
        f"progressive=1\nsample_aspect_num=1\nsample_aspect_den=1\ndisplay_aspect_num={width}\n"
        f"display_aspect_den={height}\ncolorspace=709\n")
    return ["-profile", str(path)]


def consumer(out, sound=True):
    line = [
        "-consumer", f"avformat:{out}", f"real_time=-{max(2, CORES)}", "vcodec=libx264", f"preset={PRESET}", f"crf={CRF}",
        "threads=0", f"g={GOP}", "vprofile=high", "pix_fmt=yuv420p",
        "movflags=+faststart", "terminate_on_pause=1",
    ]
    return line + (["acodec=aac", "ab=160k", "ar=48000", "channels=2"] if sound else ["an=1"])


def cover(path, width, height, zooms):
    """The affine filter's rectangle for a photo in motion that covers the canvas, keyed by frame."""
    w, h = picture_size(path)
    scale = max(width / w, height / h)
    keys = []
    for frame, factor in zooms:
        sw, sh = w * scale * factor, h * scale * factor
        keys.append(f"{frame}={(width - sw) / 2:.4f} {(height - sh) / 2:.4f} {sw:.4f} {sh:.4f} 1")
    return ["-attach", "affine", "transition.rect=" + ";".join(keys), "background=colour:black"]


def slideshow(zooming):
    line = []
    # Keys between which it is straight: so many that the way is the curve's.
    zooms = [(frame, 1.2 ** (frame / 120)) for frame in range(0, 121, 10)]
    for index, path in enumerate(photos()[:8]):
        line += [path, "in=0", "out=119"]
        line += cover(path, 1080, 1920, zooms) if zooming else ["-attach", "crop", "center=1"]
        if index:
            line += ["-mix", "30", "-mixer", "luma"]
    return line


def music(frames):
    return [
        "-track", str(MEDIA / "music.wav"), "in=0", f"out={frames - 1}",
        "-transition", "mix", "a_track=0", "b_track=1", "always_active=1", "sum=1",
    ]


def kenburns(out):
    return ["melt", "-silent"] + profile(1080, 1920) + slideshow(True) + music(750) + consumer(out)


def stills(out):
    return ["melt", "-silent"] + profile(1080, 1920) + slideshow(False) + music(750) + consumer(out)


def clips(out, count=10):
    line = []
    for index in range(count):
        line += [str(MEDIA / f"clips/{index}.mp4"), "in=0", "out=239"]
        if index:
            line += ["-mix", "15", "-mixer", "luma"]
    return ["melt", "-silent"] + profile(1920, 1080) + line + consumer(out, sound=False)


def layers(out):
    """Photos in motion with wipes on one track, and a track for each picture above it."""
    files = photos()
    zooms = [(frame, 1.2 ** (frame / 120)) for frame in range(0, 121, 10)]
    line = []
    for index in range(4):
        line += [files[index], "in=0", "out=119"] + cover(files[index], 1080, 1920, zooms)
        if index:
            line += ["-mix", "30", "-mixer", "luma", "resource=%luma01.pgm", "softness=0", "invert=1"]
    above = [(files[4 + index], (x, y, 360, 360)) for index, (x, y) in enumerate(PICTURES)]
    above.append((str(MEDIA / "logo.png"), LOGO))
    for track, (path, (x, y, width, height)) in enumerate(above, start=1):
        w, h = picture_size(path)
        side = min(w, h)
        line += ["-track", path, "in=0", "out=389"]
        if w != h:
            line += ["-attach", "crop", f"left={(w - side) // 2}", f"right={(w - side) // 2}", f"top={(h - side) // 2}",
                     f"bottom={(h - side) // 2}"]
        line += ["-transition", "affine", "a_track=0", f"b_track={track}", "in=0", "out=389",
                 f"rect={x} {y} {width} {height}", "fill=1", "distort=0"]
    return ["melt", "-silent"] + profile(1080, 1920) + line + consumer(out, sound=False)


def turn(out):
    frames = TURN["seconds"] * RATE
    path = str(MEDIA / "12-megapixels.jpg")
    line = [path, "in=0", f"out={frames - 1}"] + cover(path, 1080, 1920, zip((0, frames), TURN["scale"]))
    line += [f"transition.fix_rotate_x=0={TURN['degrees'][0]};{frames}={TURN['degrees'][1]}"]
    return ["melt", "-silent"] + profile(1080, 1920) + line + consumer(out, sound=False)


def moving(out, seconds=8, rate=25):
    frames = seconds * rate
    line = [str(MEDIA / "clips/0.mp4"), "in=0", f"out={frames - 1}"]
    for track, (path, (first, last, degrees)) in enumerate(zip(photos(), MOVING), start=1):
        w, h = picture_size(path)
        rest = max(0, h - w * 9 // 16)
        line += ["-track", path, "in=0", f"out={frames - 1}", "-attach", "crop", f"top={rest // 2}", f"bottom={rest - rest // 2}",
                 "-transition", "affine", "a_track=0", f"b_track={track}", "in=0", f"out={frames - 1}",
                 f"rect=0={first[0] - 320} {first[1] - 180} 640 360;{frames}={last[0] - 320} {last[1] - 180} 640 360",
                 f"fix_rotate_x=0=0;{frames}={degrees}", "fill=1", "distort=0"]
    return ["melt", "-silent"] + profile(1920, 1080, rate) + line + consumer(out, sound=False)


def grid(out, rate=25):
    line = []
    for index in range(9):
        line += ["-track"] if index else []
        line += [str(MEDIA / f"clips/{index}.mp4"), "in=0", "out=199"]
        place = f"{640 * (index % 3)} {360 * (index // 3)} 640 360"
        if index:
            line += ["-transition", "affine", "a_track=0", f"b_track={index}", "in=0", "out=199", f"rect={place}"]
        else:
            line += ["-attach", "affine", f"transition.rect={place}", "background=colour:black"]
    return ["melt", "-silent"] + profile(1920, 1080, rate) + line + consumer(out, sound=False)

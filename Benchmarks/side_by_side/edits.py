# SPDX-License-Identifier: Apache-2.0
"""The workloads as Compose's edit documents. What the peers do is made to look the same."""

import json

from settings import CRF, FONT, MEDIA, PRESET, RATE, photos


def document(size, tracks, **more):
    return {
        "version": 1,
        "timeline": {
            "size": {"width": size[0], "height": size[1]}, "frameRate": RATE, "background": "#000000", "tracks": tracks, **more,
        },
        "output": {"video": {"encoder": "x264", "quality": CRF, "speed": PRESET}},
    }


def image(path, duration, zoom=None, **more):
    clip = {"type": "image", "src": path, "duration": duration, **more}
    if zoom:
        clip["motion"] = {"to": {"zoom": zoom}}
    return clip


def joined(clips, name, duration, **more):
    out = []
    for clip in clips:
        if out:
            out.append({"type": "transition", "name": name, "duration": duration, **more})
        out.append(clip)
    return {"clips": out}


def music():
    return {"clips": [{"type": "audio", "src": str(MEDIA / "music.wav"), "loop": True}]}


def slideshow(count, zoom=None, size=(1080, 1920), name="fade", seconds=4, fade=1):
    """Photos joined by transitions, with music: `count` × `seconds` less the overlaps."""
    files = photos()
    clips = [image(files[index % 8], seconds, zoom) for index in range(count)]
    return document(size, [joined(clips, name, fade), music()])


def word_cuts(words, seconds):
    """The frame each word begins at, and the end."""
    return [index * seconds * RATE // words for index in range(words + 1)]


WORDS = "every word of a caption comes as soon as it is spoken and goes with the next one".split()


def timed_words(count, seconds):
    """Words one after the other without a gap: each with its first frame, and the one after its last."""
    cuts = word_cuts(count, seconds)
    return [(WORDS[index % len(WORDS)], cuts[index], cuts[index + 1]) for index in range(count)]


def spoken(words, size, position, **more):
    """Captions of timed words: bold and white with a dark outline, at a place of their own."""
    return {
        "type": "captions", "words": [
            {"text": text, "start": f"{start}/{RATE}", "end": f"{end}/{RATE}"} for text, start, end in words],
        "position": {"x": position[0], "y": position[1]}, "anchor": "bottom",
        "style": {"font": "DejaVu Sans", "weight": 700, "size": size, "stroke": {"color": "#000000", "width": OUTLINE}}, **more,
    }


OUTLINE = 4
CAPTION = (640, 640)       # the middle of the bottom of the words' box
BASELINE = 623             # of the letters in it
PHRASE, HIGHLIGHT = 4, "#ffd200"


def captions(words, seconds=60, size=(1280, 720)):
    """A photo in slow motion and `words` timed words, one after the other."""
    return document(size, [
        {"clips": [image(photos()[0], seconds, 1.2)]},
        {"clips": [spoken(timed_words(words, seconds), 72, CAPTION, grouping="words")]},
    ], fonts=[{"src": FONT}])


def highlight(captioned, seconds=20, count=50, size=(1080, 1920)):
    """A video, and phrases of four words over it, of which the one that is spoken has another colour."""
    tracks = [{"clips": [video(MEDIA / "clips/tall.mp4", muted=True)]}]
    if captioned:
        grouping = {"words": PHRASE, "characters": 1000, "lines": 1, "longest": seconds}
        tracks.append({"clips": [spoken(
            timed_words(count, seconds), 64, (540, 1400), grouping=grouping, active={"color": HIGHLIGHT})]})
    return document(size, tracks, fonts=[{"src": FONT}])


def montage(cuts, size=(1080, 1920)):
    """Half-second cuts among twelve photos."""
    files = photos()
    return document(size, [{"clips": [image(files[index % len(files)], "1/2") for index in range(cuts)]}])


def video(path, **more):
    return {"type": "video", "src": str(path), **more}


def clip():
    """One clip of eight seconds at its own rate, of the canvas' size."""
    edit = document((1920, 1080), [{"clips": [video(MEDIA / "clips/0.mp4")]}])
    edit["timeline"]["frameRate"] = 25
    return edit


def clips(count=10):
    """Clips of eight seconds and 25 pictures a second, joined by half-second fades at 30."""
    return document((1920, 1080), [joined([video(MEDIA / f"clips/{index}.mp4") for index in range(count)], "fade", 0.5)])


def cuts(count):
    """Half-second cuts of a ten-minute file, from all over it."""
    places = [index * 7919 % 1190 / 2 for index in range(count)]
    return document((640, 360), [{"clips": [
        video(MEDIA / "clips/long.mp4", source={"start": place, "duration": 0.5}, muted=True) for place in places]}])


PICTURES = [(60, 100), (60, 800), (60, 1500)]
LOGO = (900, 40, 140, 140)


def layers():
    """Four photos in motion with wipes between them, three pictures in the picture, and a logo with alpha."""
    files = photos()
    tracks = [joined([image(files[index], 4, 1.2) for index in range(4)], "wipeLeft", 1, softness=0)]
    for index, (x, y) in enumerate(PICTURES):
        tracks.append({"clips": [image(
            files[4 + index], 13, size={"width": 360, "height": 360}, position={"x": x, "y": y}, anchor="topLeft")]})
    x, y, width, height = LOGO
    tracks.append({"clips": [image(
        str(MEDIA / "logo.png"), 13, size={"width": width, "height": height}, position={"x": x, "y": y},
        anchor="topLeft")]})
    return document((1080, 1920), tracks)


TURN = {"seconds": 4, "scale": (1.3, 1.6), "degrees": (-4, 4)}
# Where each layer starts and ends, and how far it turns in degrees.
MOVING = [((500, 300), (620, 380), 40), ((1400, 300), (1300, 420), -30), ((500, 800), (640, 700), -50), ((1400, 780), (1250, 700), 60)]


def ramp(first, last, seconds):
    return {"keyframes": [{"time": 0, "value": first}, {"time": seconds, "value": last}]}


def turn():
    """A still of 12 megapixels that slowly grows and turns, and always covers the canvas."""
    seconds = TURN["seconds"]
    return document((1080, 1920), [{"clips": [image(
        str(MEDIA / "12-megapixels.jpg"), seconds, scale=ramp(*TURN["scale"], seconds),
        rotation=ramp(*TURN["degrees"], seconds))]}])


def moving(seconds=8):
    """Four photos of 640×360 that move and turn over a clip."""
    tracks = [{"clips": [video(MEDIA / "clips/0.mp4", muted=True)]}]
    for path, (first, last, degrees) in zip(photos(), MOVING):
        tracks.append({"clips": [image(
            path, seconds, size={"width": 640, "height": 360},
            position=ramp({"x": first[0], "y": first[1]}, {"x": last[0], "y": last[1]}, seconds),
            rotation=ramp(0, degrees, seconds))]})
    edit = document((1920, 1080), tracks)
    edit["timeline"]["frameRate"] = 25
    return edit


def grid():
    """Nine clips side by side, three in a row."""
    edit = document((1920, 1080), [{"clips": [video(
        MEDIA / f"clips/{index}.mp4", muted=True, size={"width": 640, "height": 360},
        position={"x": 640 * (index % 3), "y": 360 * (index // 3)}, anchor="topLeft")]} for index in range(9)])
    edit["timeline"]["frameRate"] = 25
    return edit


def long_edit(change=None):
    """Sixty photos in slow motion with fades, five minutes and a second; `change` is what is different about the thirtieth."""
    edit = slideshow(60, 1.2, size=(720, 1280), seconds=6)
    clips = edit["timeline"]["tracks"][0]["clips"]
    for index, clip in enumerate(clips[::2]):
        clip["motion"]["to"]["zoom"] = 1.15 + index / 1000   # no two scenes alike, or one would be taken for the other
    scene = 2 * 29
    if change == "duration":
        clips[scene]["duration"] = 7
    elif change == "picture":
        clips[scene]["src"] = photos()[9]
    elif change == "transition":
        clips[scene + 1]["name"] = "wipeLeft"
    return edit


def sound(tracks, form, loudness=None):
    """An edit of sound alone."""
    edit = document((16, 16), tracks)
    edit["output"] = {"format": form}
    if loudness:
        edit["timeline"]["loudness"] = loudness
    return edit


def mix():
    """Twenty sounds at once, for a minute."""
    return sound([{"clips": [{"type": "audio", "src": str(MEDIA / f"sounds/{index}.wav"), "volume": 0.1}]}
                  for index in range(20)], "wav")


def podcast_cuts(count, seconds):
    """The parts of two recordings that are left, in turns: recording, start and length in seconds."""
    parts, at = [], [0.0, 0.0]
    for index in range(count):
        voice = index % 2
        parts.append((voice, round(at[voice], 3), seconds))
        at[voice] += seconds + 0.35
    return parts


def podcast(count, seconds=7.2, loudness="podcast", music=True):
    """Cuts from two recordings in turns, over music that makes way for them, at the loudness of podcasts."""
    voices = [{"type": "audio", "src": str(MEDIA / f"sounds/voice{voice}.m4a"), "source": {"start": start, "duration": length}}
              for voice, start, length in podcast_cuts(count, seconds)]
    tracks = [{"id": "voices", "clips": voices}]
    if music:
        tracks.append({"id": "music", "duck": {"under": "voices", "by": -12}, "clips": [
            {"type": "audio", "src": str(MEDIA / "music.wav"), "loop": True, "volume": 0.2, "duration": round(count * seconds, 3)}]})
    return sound(tracks, "m4a", loudness)


def sound_only(edit):
    """The same without pictures: what the sound of it costs."""
    edit = json.loads(json.dumps(edit))
    length = frames(edit) / RATE
    edit["timeline"]["tracks"] = [{"clips": [{**music()["clips"][0], "duration": length}]}]
    edit["output"] = {"format": "m4a"}
    return edit


def frames(edit):
    """How many frames a slideshow has."""
    clips = edit["timeline"]["tracks"][0]["clips"]
    seconds = sum(-clip["duration"] if clip["type"] == "transition" else clip["duration"] for clip in clips)
    return round(seconds * RATE)


def write(edit, path):
    with open(path, "w") as file:
        json.dump(edit, file)
    return str(path)

# SPDX-License-Identifier: Apache-2.0
"""What is compared with what, and what Compose must reach."""

from dataclasses import dataclass, field
from typing import Callable, Optional

import shutil

import edits
import ffmpeg_peer
import melt_peer
from settings import COMPOSE, CORES, HERE, VENV_PYTHON, WORK, WORKBENCH, X264_THREADS


@dataclass
class Contender:
    """One way to do a workload. `command` makes the command line that writes to a path; `figures` says that it prints what it
    took itself and writes no file."""

    name: str
    frames: int
    command: Callable[[str], list]
    figures: bool = False
    suffix: str = ".mp4"
    slow: bool = False
    pictures: Optional[str] = None      # the edit that its pictures are compared with
    peer: bool = False                  # another tool
    prepare: Optional[Callable[[], None]] = None   # what has to be so before each run, and is not timed


@dataclass
class Goal:
    """A figure that has a limit: a function of all medians by contender."""

    text: str
    value: Callable[[dict], float]
    limit: float
    at_least: bool = False

    def holds(self, value):
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass
class Workload:
    name: str
    about: str
    contenders: list = field(default_factory=list)
    goals: list = field(default_factory=list)
    base: Optional[str] = None          # ratios are to this contender's time per frame

    def edit(self, name, document):
        return edits.write(document, WORK / f"{name}.json")

    def render(self, name, edit, frames, slow=False):
        self.contenders.append(
            Contender(name, frames, lambda out: [COMPOSE, "render", edit, "-o", out], slow=slow, pictures=edit))

    def part(self, name, part, edit, frames):
        self.contenders.append(Contender(name, frames, lambda out: [WORKBENCH, part, edit], figures=True))

    def sound(self, name, edit, frames, suffix, slow=False):
        """A render of sound alone, whose frames are those of the pictures that it would have."""
        self.contenders.append(
            Contender(name, frames, lambda out: [COMPOSE, "render", edit, "-o", out], suffix=suffix, slow=slow))

    def peer_sound(self, name, frames, command, suffix, slow=False):
        self.contenders.append(Contender(name, frames, command, suffix=suffix, slow=slow, peer=True))

    def limit(self, edit, frames):
        """x264 by itself, fed from memory: as it runs by default, and with the threads of a render in one piece."""
        for name, usual in ((LIMIT, ["--usual-threads"]), ("x264 alone, 2 threads", [])):
            self.contenders.append(Contender(
                name, frames, lambda out, usual=usual: [WORKBENCH, "limit", edit, "--output", out, *usual], figures=True,
                suffix=".h264", pictures=edit))

    def other(self, name, edit, frames, command, slow=False):
        self.contenders.append(Contender(name, frames, command, slow=slow, pictures=edit, peer=True))


LIMIT = f"x264 alone, {X264_THREADS} threads"


def ratio(a, b):
    return lambda m: m[a].seconds / m[a].frames / (m[b].seconds / m[b].frames)


def speed(name):
    return lambda m: m[name].frames / m[name].seconds


def moviepy(which, *threads):
    return lambda out: [VENV_PYTHON, str(HERE / "moviepy_peer.py"), which, out, *map(str, threads)]


def slideshow(name, about, document):
    """A slideshow of 750 frames beside the encoder alone with the same settings."""
    w = Workload(name, about, base=LIMIT)
    edit = w.edit(name, document)
    w.limit(edit, 750)
    w.render("compose", edit, 750)
    return w, edit


def kenburns():
    w, edit = slideshow(
        "kenburns", "8 photos × 4 s, zoom 1 → 1.2, 1 s fades, music, 1080×1920 at 30", edits.slideshow(8, 1.2))
    w.other("ffmpeg zoompan", edit, 750, ffmpeg_peer.kenburns)
    w.other("ffmpeg zoompan, 4× enlarged", edit, 750, lambda out: ffmpeg_peer.kenburns(out, 4), slow=True)
    w.other("melt affine", edit, 750, melt_peer.kenburns, slow=True)
    w.other("MoviePy", edit, 750, moviepy("kenburns"), slow=True)
    w.other(f"MoviePy, {CORES} threads", edit, 750, moviepy("kenburns", CORES), slow=True)
    w.goals = [Goal(f"compose ÷ {LIMIT}", ratio("compose", LIMIT), 1.10)]
    return w


def stills():
    w, edit = slideshow("stills", "the same without motion", edits.slideshow(8))
    w.other("ffmpeg xfade", edit, 750, ffmpeg_peer.stills)
    w.other("melt mix", edit, 750, melt_peer.stills, slow=True)
    w.other("MoviePy", edit, 750, moviepy("stills"), slow=True)
    w.goals = [Goal(f"compose ÷ {LIMIT}", ratio("compose", LIMIT), 0.6)]
    return w


SOUND = "its sound alone, without a cache"
SOUND_ALONE = "its sound alone, on one core"
SOUND_MOVED = "its sound alone, one duration changed, with a cache"


def edit():
    """What it costs to render again after a change: the cache has what the first render left."""
    w = Workload("edit", "60 photos in slow motion with fades, 5 minutes, 720×1280: rendered again after a change",
                 base="first render")
    base, cache = WORK / "cache-base", WORK / "cache"

    def reset():
        shutil.rmtree(cache, ignore_errors=True)
        if base.exists():
            shutil.copytree(base, cache)

    def emptied():
        shutil.rmtree(cache, ignore_errors=True)

    def keep():
        shutil.rmtree(base, ignore_errors=True)
        shutil.copytree(cache, base)

    def render(name, change, prepare, extra=()):
        document = edits.long_edit(change)
        path = w.edit("edit-" + name.replace(" ", "-"), document)
        frames = edits.frames(document)
        w.contenders.append(Contender(
            name, frames, lambda out: [COMPOSE, "render", path, "-o", out, "--cache", str(cache), *extra], prepare=prepare))

    def warmed():
        if not base.exists():
            keep()
        reset()

    shutil.rmtree(base, ignore_errors=True)
    render("first render", None, emptied)
    render("nothing changed", None, warmed)
    for change in ("duration", "picture", "transition"):
        render(f"one {change} changed", change, warmed)
    sound = w.edit("edit-sound", edits.sound_only(edits.long_edit(None)))
    w.contenders.append(Contender(
        SOUND, 1, lambda out: [COMPOSE, "render", sound, "-o", out], suffix=".m4a"))
    w.contenders.append(Contender(
        SOUND_ALONE, 1, lambda out: [COMPOSE, "render", sound, "-o", out, "--workers", "1"], suffix=".m4a"))
    moved = w.edit("edit-sound-moved", edits.sound_only(edits.long_edit("duration")))
    w.contenders.append(Contender(
        SOUND_MOVED, 1, lambda out: [COMPOSE, "render", moved, "-o", out, "--cache", str(cache)], suffix=".m4a",
        prepare=warmed))
    # What a render costs where nothing changed, its sound taken as it is, is no part of the change.
    def share(change, beside):
        return lambda m: (m[f"one {change} changed"].seconds - m[beside].seconds) / m["first render"].seconds

    w.goals = [
        Goal("nothing changed, s", lambda m: m["nothing changed"].seconds, 0.5),
        Goal("one picture changed, less nothing changed, ÷ first render", share("picture", "nothing changed"), 0.03),
        Goal("one transition changed, less nothing changed, ÷ first render", share("transition", "nothing changed"), 0.03),
        Goal("one duration changed, sound included, ÷ first render", share("duration", "nothing changed"), 0.05),
        Goal("the sound on one core ÷ on two", lambda m: m[SOUND_ALONE].seconds / m[SOUND].seconds, 1.8, at_least=True),
    ]
    return w


def captions():
    w = Workload("captions", "60 s of a photo in slow motion, 1280×720, with 1, 120 and 480 timed words", base="compose, 1 word")
    for words in (1, 120, 480):
        name = f"{words} word" + ("s" if words > 1 else "")
        edit = w.edit(f"captions{words}", edits.captions(words))
        w.part(f"composing only, {name}", "compose", edit, 1800)
        w.render(f"compose, {name}", edit, 1800)
        for tool, peer in (
                ("drawtext", ffmpeg_peer.captions), ("drawtext and sendcmd", ffmpeg_peer.captions_by_command),
                ("ass", ffmpeg_peer.captions_by_libass)):
            w.other(f"ffmpeg {tool}, {name}", edit, 1800, lambda out, peer=peer, n=words: peer(out, n))
    w.other("MoviePy, 480 words", edit, 1800, moviepy("captions", 480), slow=True)
    w.goals = [
        Goal("composing only, 480 ÷ 1 words", ratio("composing only, 480 words", "composing only, 1 word"), 1.15),
    ]
    return w


def highlight():
    w = Workload("highlight", "a video of 20 s, 1080×1920, under phrases whose spoken word has another colour", base="compose, without")
    for captioned, name in ((False, "without"), (True, "highlighted")):
        edit = w.edit(f"highlight-{name}", edits.highlight(captioned))
        w.render(f"compose, {name}", edit, 600)
        tool = "ffmpeg ass" if captioned else "ffmpeg"
        w.other(f"{tool}, {name}", edit, 600, lambda out, captioned=captioned: ffmpeg_peer.highlight(out, captioned))
    w.goals = [
        Goal("CPU, highlighted ÷ without", lambda m: m["compose, highlighted"].cpu / m["compose, without"].cpu, 1.1),
    ]
    return w


def real_time(name, part="seconds"):
    """How many seconds of sound a contender makes in one."""
    return lambda m: m[name].frames / edits.RATE / getattr(m[name], part)


def mix():
    w = Workload("mix", "20 stereo sounds of 60 s at once, added up as they are", base="compose, to WAV")
    edit = w.edit("mix", edits.mix())
    frames = 1800
    w.part("mixing alone, 1 thread", "mix", edit, frames)
    w.sound("compose, to WAV", edit, frames, ".wav")
    w.peer_sound("ffmpeg amix", frames, ffmpeg_peer.mix, ".wav")
    w.peer_sound("MoviePy", frames, sound_peer("moviepy", "mix"), ".wav", slow=True)
    w.peer_sound("pydub", frames, sound_peer("pydub", "mix"), ".wav", slow=True)
    w.goals = [Goal("mixing alone, × real time a core", real_time("mixing alone, 1 thread", "cpu"), 200, at_least=True)]
    return w


def podcast():
    w = Workload("podcast", "60 minutes of 500 cuts over music that makes way, at -16 LUFS and -1 dBTP, in AAC", base="compose")
    frames = 108_000
    edit, plain = w.edit("podcast", edits.podcast(500)), w.edit("podcast-plain", edits.podcast(500, loudness=None, music=False))
    short = w.edit("podcast-short", edits.podcast(50))
    w.part("mixing alone, 1 thread", "mix", edit, frames)
    w.part("mixing alone, 6 minutes", "mix", short, frames // 10)
    w.sound("compose", edit, frames, ".m4a", slow=True)
    w.sound("compose, cuts alone as they are", plain, frames, ".m4a")
    w.peer_sound("ffmpeg concat and loudnorm twice, no music", frames, ffmpeg_peer.podcast, ".m4a", slow=True)
    w.peer_sound("pydub, cuts alone as they are", frames, sound_peer("pydub", "podcast"), ".m4a", slow=True)
    w.peer_sound("MoviePy, cuts alone as they are", frames, sound_peer("moviepy", "podcast"), ".m4a", slow=True)
    w.goals = [
        Goal("mixing alone, × real time a core", real_time("mixing alone, 1 thread", "cpu"), 100, at_least=True),
        Goal("compose, cuts alone as they are, × real time", real_time("compose, cuts alone as they are"), 100, at_least=True),
        Goal("peak MB of mixing, 60 ÷ 6 minutes",
             lambda m: m["mixing alone, 1 thread"].peak_mb / m["mixing alone, 6 minutes"].peak_mb, 1.1),
    ]
    return w


def sound_peer(tool, which):
    return lambda out: [VENV_PYTHON, str(HERE / "sound_peer.py"), tool, which, out]


def montage():
    w = Workload("montage", "half-second cuts among 12 photos, 1080×1920", base="compose, 10 cuts")
    for cuts in (10, 1000):
        edit = w.edit(f"montage{cuts}", edits.montage(cuts))
        w.part(f"composing only, {cuts} cuts", "compose", edit, cuts * 15)
        w.render(f"compose, {cuts} cuts", edit, cuts * 15, slow=cuts > 10)
        if cuts == 10:
            w.other("ffmpeg concat, 10 cuts", edit, 150, lambda out: ffmpeg_peer.montage(out, 10))
    w.goals = [
        Goal("time a frame, 1000 ÷ 10 cuts", ratio("compose, 1000 cuts", "compose, 10 cuts"), 1.1),
        Goal("peak MB, 1000 cuts", lambda m: m["compose, 1000 cuts"].peak_mb, 300),
    ]
    return w


def clip():
    w = Workload("clip", "one clip of 8 s at 1920×1080, 25 pictures a second, as it is", base=LIMIT)
    edit = w.edit("clip", edits.clip())
    w.limit(edit, 200)
    w.contenders.append(Contender(DECODING, 200, ffmpeg_peer.decode(1), suffix=".txt"))
    w.render("compose", edit, 200)
    w.contenders.append(Contender(
        ISOLATED, 200, lambda out: [COMPOSE, "render", edit, "-o", out, "--isolate"], pictures=edit))
    w.other("ffmpeg", edit, 200, ffmpeg_peer.clip)
    two = "x264 alone, 2 threads"
    w.goals = [
        Goal("CPU, compose ÷ (decoding + x264)", lambda m: m["compose"].cpu / (m[DECODING].cpu + m[two].cpu), 1.03),
        Goal("CPU, isolated ÷ in process", lambda m: m[ISOLATED].cpu / m["compose"].cpu, 1.03),
    ]
    return w


DECODING, ISOLATED = "decoding alone, 1 thread", "compose, isolated"


def clips():
    w = Workload("clips", "ten such clips at 30, with half-second fades", base="compose")
    edit = w.edit("clips", edits.clips())
    w.contenders.append(Contender(DECODING, 2265, ffmpeg_peer.decode(10), suffix=".txt"))
    w.render("compose", edit, 2265)
    silent = edits.clips()
    for one in silent["timeline"]["tracks"][0]["clips"]:
        if one["type"] == "video":
            one["muted"] = True
    w.render("compose, without sound", w.edit("clips-silent", silent), 2265)
    w.other("ffmpeg, overlaps apart", edit, 2265, ffmpeg_peer.clips_by_parts)
    w.other("ffmpeg xfade", edit, 2265, ffmpeg_peer.clips)
    w.other("melt mix", edit, 2265, melt_peer.clips, slow=True)
    w.other("MoviePy", edit, 2265, moviepy("clips"), slow=True)
    w.goals = [Goal("compose ÷ ffmpeg's best", ratio("compose, without sound", "ffmpeg, overlaps apart"), 1)]
    return w


def cuts():
    w = Workload("cuts", "half-second cuts from all over a ten-minute file, 640×360", base="compose, 100 cuts")
    for count in (100, 1000):
        edit = w.edit(f"cuts{count}", edits.cuts(count))
        w.render(f"compose, {count} cuts", edit, count * 15)
    w.part("planning 1000 cuts", "plan", w.edit("cuts1000", edits.cuts(1000)), 1)
    w.goals = [
        Goal("time a frame, 1000 ÷ 100 cuts", ratio("compose, 1000 cuts", "compose, 100 cuts"), 1.1),
        Goal("peak MB, 1000 ÷ 100 cuts",
             lambda m: m["compose, 1000 cuts"].peak_mb / m["compose, 100 cuts"].peak_mb, 1.1),
        Goal("planning, s", lambda m: m["planning 1000 cuts"].seconds, 1),
    ]
    return w


def layers():
    w = Workload("layers", "photos in motion, wipes, three pictures in the picture, a logo; 13 s, 1080×1920", base=LIMIT)
    edit = w.edit("layers", edits.layers())
    w.limit(edit, 390)
    w.render("compose", edit, 390)
    w.other("ffmpeg overlay", edit, 390, ffmpeg_peer.layers)
    w.other("melt affine", edit, 390, melt_peer.layers, slow=True)
    return w


def turn():
    """Layers that turn: a still that fills the canvas, and four small ones over a clip."""
    w = Workload("turn", "a 12-megapixel still that grows and turns, 4 s at 1080×1920; four photos of 640×360 that move and turn over a "
                 "clip, 8 s at 1920×1080", base="compose, still")
    still, four = w.edit("turn", edits.turn()), w.edit("turn-four", edits.moving())
    w.part("composing only, still", "compose", still, 120)
    w.render("compose, still", still, 120)
    w.other("ffmpeg scale, rotate", still, 120, ffmpeg_peer.turn)
    w.other("melt affine, still", still, 120, melt_peer.turn, slow=True)
    w.other("MoviePy, still", still, 120, moviepy("turn"), slow=True)
    w.part("composing only, four layers", "compose", four, 200)
    w.render("compose, four layers", four, 200)
    w.other("ffmpeg rotate, overlay", four, 200, ffmpeg_peer.moving)
    w.other("melt affine, four layers", four, 200, melt_peer.moving, slow=True)
    w.other("MoviePy, four layers", four, 200, moviepy("moving"), slow=True)
    w.goals = [
        Goal("composing only, still, frames/s", speed("composing only, still"), 120, at_least=True),
        Goal("compose ÷ ffmpeg, four layers", ratio("compose, four layers", "ffmpeg rotate, overlay"), 0.5),
    ]
    return w


def grid():
    w = Workload("grid", "nine clips of 8 s side by side, 1920×1080 at 25", base="compose")
    edit = w.edit("grid", edits.grid())
    w.contenders.append(Contender("decoding alone, 1 thread, nine clips", 200, ffmpeg_peer.decode(9), suffix=".txt"))
    w.part("composing only", "compose", edit, 200)
    w.render("compose", edit, 200)
    w.other("ffmpeg xstack", edit, 200, ffmpeg_peer.grid)
    w.other("melt affine", edit, 200, melt_peer.grid, slow=True)
    w.other("MoviePy", edit, 200, moviepy("grid"), slow=True)
    w.goals = [Goal("compose ÷ ffmpeg xstack", ratio("compose", "ffmpeg xstack"), 1)]
    return w


def length():
    w = Workload("length", "stills for 1, 10 and 60 minutes, 360×640", base="1 min")
    for minutes in (1, 10, 60):
        count = minutes * 20
        frames = (count * 3 + 1) * 30
        edit = w.edit(f"length{minutes}", edits.slideshow(count, size=(360, 640)))
        w.render(f"{minutes} min", edit, frames)
    w.goals = [
        Goal("time a frame, 60 ÷ 1 minutes", ratio("60 min", "1 min"), 1.1),
    ]
    return w


def composing():
    """The kinds of span, without encoding, on one thread; planning; one cold still."""
    w = Workload("composing", "1080×1920, nothing encoded, one thread; planning; one still from a cold start")
    one = edits.photos()[0]
    two = [edits.photos()[index] for index in range(2)]

    def add(name, frames, clips):
        edit = w.edit("composing-" + name.replace(" ", "-"), edits.document((1080, 1920), [clips]))
        w.part(name, "compose", edit, frames)

    def pair(zoom, name):
        return edits.joined([edits.image(path, 20, zoom) for path in two], name, "599/30")

    add("held still", 108_000, {"clips": [edits.image(one, 3600)]})
    add("moving still", 600, {"clips": [edits.image(one, 20, 1.2)]})
    add("fade of two moving stills", 601, pair(1.2, "fade"))
    add("wipe of two stills", 601, pair(None, "wipeLeft"))
    many = edits.document((1080, 1920), [edits.joined(
        [edits.image(edits.photos()[index % 12], 2, 1.2) for index in range(10_000)], "fade", 0.5)])
    w.part("plan of 10,000 clips", "plan", w.edit("plan10000", many), 1)
    w.part("plan of 10,000 clips, and its segments' hashes", "keys", w.edit("plan10000", many), 1)
    still = w.edit("still", edits.document((1080, 1920), [
        {"clips": [edits.image(str(edits.MEDIA / "12-megapixels.jpg"), 4, 1.2)]}]))
    w.contenders.append(Contender(
        "compose still", 1, lambda out: [COMPOSE, "still", still, "--at", "1", "-o", out], suffix=".png"))
    text = w.edit("still-text", edits.document((1080, 1920), [
        {"clips": [{"type": "color", "color": "#203040", "duration": 4}]},
        {"clips": [{"type": "text", "text": "The first words of a video", "style": {"size": 72, "weight": 700}}]}]))
    w.contenders.append(Contender(
        "compose still, a text", 1, lambda out: [COMPOSE, "still", text, "--at", "1", "-o", out], suffix=".png"))
    w.goals = [
        Goal("held still, frames/s", speed("held still"), 50_000, at_least=True),
        Goal("moving still, frames/s", speed("moving still"), 250, at_least=True),
        Goal("fade of two moving stills, frames/s", speed("fade of two moving stills"), 110, at_least=True),
        Goal("wipe of two stills, frames/s", speed("wipe of two stills"), 400, at_least=True),
        Goal("plan of 10,000 clips, s", lambda m: m["plan of 10,000 clips"].seconds, 0.1),
        Goal("plan of 10,000 clips and hashes, s",
             lambda m: m["plan of 10,000 clips, and its segments' hashes"].seconds, 0.3),
        Goal("compose still of 12 megapixels, s", lambda m: m["compose still"].seconds, 0.15),
        Goal("compose still of a text, s", lambda m: m["compose still, a text"].seconds, 0.2),
    ]
    return w


ALL = {f.__name__: f for f in (
    kenburns, stills, clip, clips, cuts, edit, captions, highlight, montage, layers, turn, grid, length, mix, podcast, composing)}

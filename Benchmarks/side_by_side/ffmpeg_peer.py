# SPDX-License-Identifier: Apache-2.0
"""The workloads as ffmpeg command lines, written as its documentation and its users write them."""

import sys
from pathlib import Path

import edits
from settings import FFMPEG_AUDIO, FFMPEG_VIDEO, FONT, MEDIA, RATE, WORK, photos
from edits import BASELINE, CAPTION, HIGHLIGHT, LOGO, MOVING, OUTLINE, PHRASE, PICTURES, TURN, timed_words


def cover(width, height):
    return (
        f"scale={width}:{height}:force_original_aspect_ratio=increase:in_range=pc:out_range=tv:in_color_matrix=bt601"
        f":out_color_matrix=bt709,crop={width}:{height},setsar=1,format=yuv420p"
    )


def zoom(width, height, frames, upscale=1):
    """A photo in motion. zoompan works in whole pixels; users make it smooth by enlarging the picture first."""
    return (
        f"{cover(width * upscale, height * upscale)},zoompan=z='pow(1.2,on/{frames})':x='(iw-iw/zoom)/2':"
        f"y='(ih-ih/zoom)/2':d={frames}:s={width}x{height}:fps={RATE},format=yuv420p"
    )


def chain(count, name, seconds=4, fade=1):
    """Joins [v0] … into [v] with xfade."""
    parts, last = [], "v0"
    for index in range(1, count):
        offset = index * (seconds - fade)
        out = "v" if index == count - 1 else f"x{index}"
        parts.append(f"[{last}][v{index}]xfade=transition={name}:duration={fade}:offset={offset}[{out}]")
        last = out
    return parts


def command(inputs, graph, out, frames, sound=True, video=FFMPEG_VIDEO, rate=RATE):
    if rate != RATE:
        video = [str(rate) if word == str(RATE) else word for word in video]
    line = ["ffmpeg", "-hide_banner", "-nostats", "-y"]
    for one in inputs:
        line += one
    if sound:
        line += ["-i", str(MEDIA / "music.wav")]
    line += ["-filter_complex", ";".join(graph) if isinstance(graph, list) else graph, "-map", "[out]"]
    if sound:
        line += ["-map", f"{len(inputs)}:a"] + FFMPEG_AUDIO
    return line + video + ["-frames:v", str(frames), "-t", f"{frames / rate}", "-movflags", "+faststart", out]


def kenburns(out, upscale=1, video=FFMPEG_VIDEO):
    inputs = [["-i", path] for path in photos()[:8]]
    graph = [f"[{index}:v]{zoom(1080, 1920, 120, upscale)}[v{index}]" for index in range(8)]
    return command(inputs, graph + chain(8, "fade") + ["[v]format=yuv420p[out]"], out, 750, video=video)


def stills(out):
    inputs = [["-i", path] for path in photos()[:8]]
    # Scaled once and repeated afterwards: with -loop 1 every photo would be decoded and scaled 120 times.
    held = f"{cover(1080, 1920)},loop=loop=119:size=1:start=0,setpts=N/{RATE}/TB,fps={RATE}"
    graph = [f"[{index}:v]{held}[v{index}]" for index in range(8)]
    return command(inputs, graph + chain(8, "fade") + ["[v]format=yuv420p[out]"], out, 750)


def clip(out):
    return ["ffmpeg", "-hide_banner", "-nostats", "-y", "-i", str(MEDIA / "clips/0.mp4"), *FFMPEG_AUDIO,
            *["25" if word == str(RATE) else word for word in FFMPEG_VIDEO], "-movflags", "+faststart", out]


def decode(count):
    """Decoding by itself, on one thread."""
    files = " ".join(str(MEDIA / f"clips/{index}.mp4") for index in range(count))
    return lambda out: ["sh", "-c", f"for f in {files}; do ffmpeg -v error -threads 1 -i $f -an -f null - || exit 1; done; touch {out}"]


def clips(out, count=10):
    """The recipe that everybody copies: every clip to the output's rate, and nested fades."""
    inputs = [["-i", str(MEDIA / f"clips/{index}.mp4")] for index in range(count)]
    graph = [f"[{index}:v]fps={RATE},settb=1/{RATE},setsar=1,format=yuv420p[v{index}]" for index in range(count)]
    graph += chain(count, "fade", 8, 0.5) + ["[v]format=yuv420p[out]"]
    return command(inputs, graph, out, 2265, sound=False)


def clips_by_parts(out, count=10):
    """The fastest recipe found: xfade, which works in 4:4:4, sees the overlaps and nothing else."""
    inputs = [["-i", str(MEDIA / f"clips/{index}.mp4")] for index in range(count)]
    graph, parts = [], ""
    for index in range(count):
        head, tail = index > 0, index < count - 1
        names = ("[h%d]" % index if head else "") + "[b%d]" % index + ("[t%d]" % index if tail else "")
        graph.append(f"[{index}:v]fps={RATE},settb=1/{RATE},setsar=1,format=yuv420p,split={1 + head + tail}{names}")
        if head:
            graph.append(f"[h{index}]trim=end_frame=15,setpts=PTS-STARTPTS,fps={RATE}[H{index}]")
        graph.append(f"[b{index}]trim=start_frame={15 * head}:end_frame={225 if tail else 240},setpts=PTS-STARTPTS[B{index}]")
        if tail:
            graph.append(f"[t{index}]trim=start_frame=225:end_frame=240,setpts=PTS-STARTPTS,fps={RATE}[T{index}]")
    for index in range(1, count):
        graph.append(f"[T{index - 1}][H{index}]xfade=transition=fade:duration=0.5:offset=0,format=yuv420p[X{index}]")
    for index in range(count):
        parts += f"[B{index}]" + (f"[X{index + 1}]" if index < count - 1 else "")
    graph.append(f"{parts}concat=n={2 * count - 1}:v=1:a=0[out]")
    return command(inputs, graph, out, 2265, sound=False)


def drawtext(text, enable=""):
    """A word as drawtext draws it, without the expansion of text that nobody needs."""
    return (
        f"drawtext@word=fontfile={FONT}:fontsize=72:fontcolor=white:borderw={OUTLINE}:bordercolor=black:expansion=none:"
        f"text={text}:x={CAPTION[0]}-tw/2:y={BASELINE}-ascent{enable}")


def captions(out, words, seconds=60):
    """A drawtext for each word, as most people write it."""
    graph = [zoom(1280, 720, seconds * RATE)]
    for text, start, end in timed_words(words, seconds):
        graph.append(drawtext(text, f":enable='between(n,{start},{end - 1})'").replace("@word", ""))
    return command([["-i", photos()[0]]], f"[0:v]{','.join(graph)},format=yuv420p[out]", out, seconds * RATE, sound=False)


def captions_by_command(out, words, seconds=60):
    """One drawtext, which is told each word when its time comes."""
    listed = timed_words(words, seconds)
    script = MEDIA / f"captions{words}.txt"
    # Half a frame before the first one that it is for.
    script.write_text("".join(
        f"{(start - 0.5) / RATE:.4f} drawtext@word reinit text={text};\n" for text, start, _ in listed[1:]) or "1000 x x x;\n")
    graph = f"[0:v]{zoom(1280, 720, seconds * RATE)},sendcmd=f={script},{drawtext(listed[0][0])},format=yuv420p[out]"
    return command([["-i", photos()[0]]], graph, out, seconds * RATE, sound=False)


def ass(name, size, words, font, place, outline):
    """A file of subtitles for libass: (text, first frame, frame after the last)."""
    def time(frame):
        hundredths = max(0, round((frame - 0.5) * 100 / RATE))   # half a frame early, as hundredths meet no frame exactly
        return f"{hundredths // 360000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
    path = MEDIA / name
    # libass takes the size for the height from the ascent to the descent, 1.164 em in this font.
    style = f"Style: w,DejaVu Sans,{font * 1.164:.2f},&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,-1,0,0,0,100,100,0,0,1,{outline},0,2,0,0,0,1"
    path.write_text("\n".join([
        "[Script Info]", "ScriptType: v4.00+", f"PlayResX: {size[0]}", f"PlayResY: {size[1]}", "WrapStyle: 2",
        "ScaledBorderAndShadow: yes", "[V4+ Styles]",
        "Format: Name,Fontname,Fontsize,PrimaryColour,SecondaryColour,OutlineColour,BackColour,Bold,Italic,Underline,StrikeOut,ScaleX,"
        "ScaleY,Spacing,Angle,BorderStyle,Outline,Shadow,Alignment,MarginL,MarginR,MarginV,Encoding", style, "[Events]",
        "Format: Layer,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text",
        *(f"Dialogue: 0,{time(start)},{time(end)},w,,0,0,0,,{{\\pos({place[0]},{place[1]})}}{text}" for text, start, end in words)]))
    return f"ass={path}:fontsdir={Path(FONT).parent}"


def captions_by_libass(out, words, seconds=60):
    """The subtitles of libass, which is what its users reach for where there are many."""
    subtitles = ass(f"captions{words}.ass", (1280, 720), timed_words(words, seconds), 72, CAPTION, OUTLINE)
    return command([["-i", photos()[0]]], f"[0:v]{zoom(1280, 720, seconds * RATE)},{subtitles},format=yuv420p[out]", out,
                   seconds * RATE, sound=False)


def highlight(out, captioned, seconds=20, count=50):
    """A line for every word, in which it has another colour."""
    listed = timed_words(count, seconds)
    lines = []
    for first in range(0, count, PHRASE):
        phrase = listed[first:first + PHRASE]
        for index, (_, start, end) in enumerate(phrase):
            color = "{\\c&H%s%s%s&}" % (HIGHLIGHT[5:7], HIGHLIGHT[3:5], HIGHLIGHT[1:3])
            lines.append((" ".join(
                f"{color}{text}{{\\c&HFFFFFF&}}" if at == index else text for at, (text, _, _) in enumerate(phrase)), start, end))
    subtitles = ass("highlight.ass", (1080, 1920), lines, 64, (540, 1400), OUTLINE) + "," if captioned else ""
    return command([["-i", str(MEDIA / "clips/tall.mp4")]], f"[0:v]{subtitles}format=yuv420p[out]", out, seconds * RATE, sound=False)


def montage(out, cuts, size=(1080, 1920)):
    files = photos()
    listing = MEDIA / f"montage{cuts}.txt"
    # It times pictures in 25ths of a second, so a cut in ten comes a frame early.
    lines = [f"file '{files[index % len(files)]}'\nduration 0.5\n" for index in range(cuts)]
    listing.write_text("".join(lines) + lines[-1].split("\n")[0] + "\n")  # the last duration needs a file after it
    inputs = [["-f", "concat", "-safe", "0", "-i", str(listing)]]
    # No fps filter: a photo of another size sets up the graph anew, and what it held is lost. `-r` repeats them afterwards.
    graph = f"[0:v]{cover(*size)}[out]"
    return command(inputs, graph, out, cuts * RATE // 2, sound=False)


def layers(out):
    files = photos()
    inputs = [["-i", path] for path in files[:7]] + [["-i", str(MEDIA / "logo.png")]]
    graph = [f"[{index}:v]{zoom(1080, 1920, 120)}[v{index}]" for index in range(4)] + chain(4, "wipeleft")
    graph.append("[v]format=yuv420p[o0]")
    for index, (x, y) in enumerate(PICTURES):
        graph.append(f"[{4 + index}:v]{cover(360, 360)}[p{index}];[o{index}][p{index}]overlay={x}:{y}[o{index + 1}]")
    graph.append(f"[o3][7:v]overlay={LOGO[0]}:{LOGO[1]},format=yuv420p[out]")
    return command(inputs, graph, out, 390, sound=False)


def mix(out):
    """Twenty sounds added up by amix, without its normalisation."""
    inputs = [word for index in range(20) for word in ("-i", str(MEDIA / f"sounds/{index}.wav"))]
    return ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex",
            "amix=inputs=20:normalize=0:weights=" + " ".join(["0.1"] * 20), "-c:a", "pcm_s24le", out]


def podcast(out):
    """Cuts by the concat demuxer, and loudnorm twice: the first run measures, the second has a linear gain."""
    text = "".join(
        f"file '{MEDIA}/sounds/voice{voice}.m4a'\ninpoint {start}\noutpoint {start + length:.3f}\n"
        for voice, start, length in edits.podcast_cuts(500, 7.2))
    (WORK / "podcast.txt").write_text(text)
    source = f"ffmpeg -hide_banner -y -f concat -safe 0 -i '{WORK}/podcast.txt' -af loudnorm=I=-16:TP=-1:LRA=50"
    read = ("import json,sys; t=sys.stdin.read(); m=json.loads(t[t.rindex('{'):]); "
            "print(':'.join('measured_%s=%s' % (k, m['input_'+k.lower()]) for k in ('I','TP','LRA','thresh')))")
    measure = f'{source}:print_format=json -f null - 2>&1 | {sys.executable} -c "{read}"'
    return ["sh", "-c", f"m=$({measure}) && {source}:linear=true:$m -v error -ar 48000 -ac 2 -c:a aac -b:a 160k '{out}'"]


def turn(out):
    """The photo at the largest size that is needed, once; then scaled to whole pixels and turned, frame by frame."""
    frames = TURN["seconds"] * RATE
    (small, large), (first, last) = TURN["scale"], TURN["degrees"]
    width, height = 2560, 1920  # what covers the canvas
    zoom = f"({small}+{large - small:.4f}*n/{frames})"
    graph = (
        f"[0:v]scale={round(width * large)}:{round(height * large)}:in_range=pc:out_range=tv:in_color_matrix=bt601"
        f":out_color_matrix=bt709,setsar=1,format=yuv420p,loop=loop={frames - 1}:size=1:start=0,setpts=N/{RATE}/TB,fps={RATE},"
        f"scale=w='2*trunc({width}*{zoom}/2)':h='2*trunc({height}*{zoom}/2)':eval=frame,"
        f"rotate=a='({first}+{last - first}*n/{frames})*PI/180':ow=1080:oh=1920,format=yuv420p[out]")
    return command([["-i", str(MEDIA / "12-megapixels.jpg")]], graph, out, frames, sound=False)


def moving(out, seconds=8, rate=25):
    frames = seconds * rate
    inputs = [["-i", str(MEDIA / "clips/0.mp4")]] + [["-i", path] for path in photos()[:4]]
    graph = ["[0:v]setsar=1,format=yuv420p[o0]"]
    for index, (first, last, degrees) in enumerate(MOVING):
        graph.append(
            f"[{index + 1}:v]{cover(640, 360)},format=yuva420p,loop=loop={frames - 1}:size=1:start=0,setpts=N/{rate}/TB,"
            f"fps={rate},rotate=a='{degrees}*n/{frames}*PI/180':ow='hypot(iw,ih)':oh=ow:c=black@0[p{index}]")
        x, y = (f"{a}+({b - a})*n/{frames}" for a, b in zip(first, last))
        graph.append(f"[o{index}][p{index}]overlay=x='{x}-w/2':y='{y}-h/2'[o{index + 1}]")
    return command(inputs, graph + ["[o4]format=yuv420p[out]"], out, frames, sound=False, rate=rate)


def grid(out, rate=25):
    inputs = [["-i", str(MEDIA / f"clips/{index}.mp4")] for index in range(9)]
    graph = [f"[{index}:v]scale=640:360,setsar=1[v{index}]" for index in range(9)]
    layout = "|".join(f"{640 * (index % 3)}_{360 * (index // 3)}" for index in range(9))
    names = "".join(f"[v{index}]" for index in range(9))
    graph.append(f"{names}xstack=inputs=9:layout={layout},format=yuv420p[out]")
    return command(inputs, graph, out, 200, sound=False, rate=rate)

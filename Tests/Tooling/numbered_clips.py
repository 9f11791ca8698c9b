#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes small video files whose pictures carry their number, and clips.json, which says when each picture is shown.

numbered_clips.py FOLDER

The truth is written down from how a file was made, not read from it: for each file the pictures as [number, "time"] with
times in seconds as fractions, the end, and what is special. A picture's number is a bar code of 20 cells across the top: 1 1 0,
twelve bits of number, five bits of checksum; a row below is the inverse, so that a cell's bit is "upper brighter than lower"
whatever was done to levels. Rows end at a tenth and two tenths of the height."""

import json
import math
import os
import struct
import subprocess
import sys
from fractions import Fraction

FOLDER = sys.argv[1]
WIDTH, HEIGHT = 160, 96
WAVE = bytes(int(110 + 50 * math.sin(x / 17) + 12 * math.sin(x / 5.3)) for x in range(4096))
X264 = "-c:v libx264 -preset ultrafast -crf 22".split()
X265 = "-c:v libx265 -preset ultrafast -crf 28 -x265-params".split()
EXACT = ["-fps_mode", "passthrough", "-enc_time_base", "1/90000", "-bsf:v", "setts=duration=3000"]   # FFmpeg 7 forgets the last

truth = {}


def picture(number, width=WIDTH, height=HEIGHT):
    """Returns the luma of a numbered picture, with a texture that moves so that codecs predict for real."""
    word = 0b110 << 17 | number << 5 | (number * 11 + 5 ^ number >> 5 ^ number >> 9) & 31
    cells = [word >> 19 - i & 1 for i in range(20)]
    edges = [i * width // 20 for i in range(21)]
    row = b"".join(bytes([235 if bit else 16]) * (edges[i + 1] - edges[i]) for i, bit in enumerate(cells))
    lower = bytes(251 - value for value in row)
    rows = [row] * (height // 10) + [lower] * (height // 5 - height // 10)
    rows += [WAVE[(7 * y + 3 * number) % 3500:][:width] for y in range(height // 5, height)]
    return b"".join(rows)


def grey(width=WIDTH, height=HEIGHT):
    """Returns the chroma of a picture in yuv420p; FFmpeg 7 takes the pixel format gray for full range, whatever it is told."""
    return b"\x80" * (width * height // 2)


def raw(numbers, **size):
    return b"".join(picture(number, **size) + grey(**size) for number in numbers)


def ffmpeg(arguments, feed=None):
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, input=feed, check=True, stdin=None if feed else subprocess.DEVNULL)


def place(name):
    return os.path.join(FOLDER, name)


def note(name, numbers, times, end, **special):
    truth[name] = {"frames": [[n, str(Fraction(t))] for n, t in zip(numbers, times)], "end": str(Fraction(end)), **special}


def clip(name, codec, count=100, rate=Fraction(25), width=WIDTH, height=HEIGHT, filters=(), pixels="yuv420p", times=None,
         expression=None, end=None, feed=None, numbers=None, **special):
    """Encodes numbered pictures; `expression` gives their times in 1/90000 s, which `times` repeats in seconds."""
    chain = list(filters) + ([f"settb=1/90000,setpts='{expression}'"] if expression else []) + [f"format={pixels}"]
    arguments = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-s", f"{width}x{height}", "-r", rate, "-i", "-",
                 "-vf", ",".join(chain), *(EXACT if expression else []), *codec, place(name)]
    ffmpeg(arguments, feed or raw(range(count), width=width, height=height))
    shown = times or [k / rate for k in range(count)]
    note(name, numbers or range(count), shown, end if end is not None else count / rate, **special)


def copy(name, source, *arguments, before=(), **special):
    """Writes another file's packets anew."""
    ffmpeg([*before, "-i", place(source), *arguments, "-c", "copy", place(name)])
    same(name, source, **special)


def same(name, source, **special):
    truth[name] = {**truth[source], **special}


def patch(name, source, change):
    data = bytearray(open(place(source), "rb").read())
    change(data)
    open(place(name), "wb").write(data)


def codecs():
    clip("b_frames.mp4", [*X264, "-bf", 3, "-g", 50])
    clip("long_gop.mp4", [*X264, "-bf", 3, "-g", 250, "-x264-params", "scenecut=0"], count=400)
    clip("open_gop.mp4", [*X264, "-x264-params", "open-gop=1:keyint=30:min-keyint=30:scenecut=0:bframes=3:b-pyramid=normal"])
    clip("intra_refresh.mp4", [*X264, "-x264-params", "intra-refresh=1:keyint=30:bframes=0"])
    clip("intra_refresh.ts", [*X264, "-x264-params", "intra-refresh=1:keyint=30:bframes=0", "-muxdelay", 0])
    clip("hevc_open_gop.mp4", [*X265, "log-level=none:open-gop=1:keyint=30:min-keyint=30:scenecut=0", "-tag:v", "hvc1"])
    clip("hevc_open_gop.ts", [*X265, "log-level=none:open-gop=1:keyint=30:min-keyint=30:scenecut=0"])
    clip("vp8.webm", "-c:v libvpx -crf 30 -b:v 300k -deadline realtime -cpu-used 8 -g 60".split())
    clip("vp9.webm", "-c:v libvpx-vp9 -crf 35 -b:v 0 -deadline realtime -cpu-used 8 -auto-alt-ref 1 -lag-in-frames 16 -g 60".split())
    clip("av1.mp4", "-c:v libaom-av1 -usage realtime -cpu-used 8 -crf 40 -b:v 0 -g 60".split(), count=60)
    clip("mpeg4.avi", "-c:v mpeg4 -bf 2 -q:v 8 -g 50 -bsf:v mpeg4_unpack_bframes".split())
    clip("h264.avi", [*X264, "-bf", 2, "-g", 50])
    clip("full_range.mov", "-c:v mjpeg -q:v 8 -color_range pc".split(), count=30, pixels="yuvj420p")
    clip("h264.flv", [*X264, "-bf", 2, "-g", 50], tolerance="1/1000")
    clip("h264.ts", [*X264, "-bf", 3, "-g", 50])
    clip("ten_bits.mp4", [*X264, "-g", 50], count=50, pixels="yuv420p10le")
    clip("four_two_two.mp4", [*X264, "-g", 50], count=50, pixels="yuv422p")
    clip("sar.mp4", X264, count=30, width=120, filters=["setsar=4/3"], shown=[160, 96])
    clip("one_picture.mp4", X264, count=1)
    # Each field has its own number; the pictures made of two show the first.
    fields = [picture(number) for number in range(100)]
    rows = lambda field, y: fields[field][y * WIDTH:(y + 1) * WIDTH]
    woven = b"".join(b"".join(rows(k + y % 2, y) for y in range(HEIGHT)) + grey() for k in range(0, 100, 2))
    clip("interlaced.ts", "-c:v mpeg2video -q:v 4 -bf 2 -g 15 -flags +ildct+ilme".split(), count=50, feed=woven,
         filters=["setfield=tff"], numbers=range(0, 100, 2), interlaced=True)


def rates():
    for name, rate in [("24", Fraction(24)), ("23.976", Fraction(24000, 1001)), ("29.97", Fraction(30000, 1001)),
                       ("30", Fraction(30)), ("50", Fraction(50)), ("59.94", Fraction(60000, 1001)), ("60", Fraction(60))]:
        clip(f"rate{name}.mp4", [*X264, "-g", 60], count=int(2 * rate), rate=rate)
    copy("clock_of_1ms.mkv", "rate29.97.mp4", tolerance="1/1000")
    jitter = [3000 * k + k * k * 37 % 1700 - 800 * (k > 0) for k in range(100)]
    clip("phone.mp4", [*X264, "-g", 30, "-video_track_timescale", 90000], rate=Fraction(30),
         times=[Fraction(t, 90000) for t in jitter], end=Fraction(jitter[-1], 90000) + Fraction(1, 30),
         expression="3000*N+mod(N*N*37\\,1700)-800*gt(N\\,0)")
    screen = [3000 * k + (k >= 40) * 270000 + (k >= 80) * 45000 for k in range(100)]
    clip("screen.mp4", [*X264, "-g", 60, "-video_track_timescale", 90000], rate=Fraction(30),
         times=[Fraction(t, 90000) for t in screen], end=Fraction(screen[-1], 90000) + Fraction(1, 30),
         expression="3000*N+270000*gte(N\\,40)+45000*gte(N\\,80)")


def timelines():
    copy("trimmed.mp4", "b_frames.mp4", before=["-ss", "1.4"])
    note("trimmed.mp4", range(35, 100), [Fraction(k, 25) for k in range(65)], Fraction(65, 25))
    ffmpeg(["-itsoffset", "0.5", "-i", place("b_frames.mp4"), "-f", "lavfi", "-t", 4, "-i", "sine=440", "-c:v", "copy",
            "-c:a", "aac", place("late_pictures.mp4")])
    note("late_pictures.mp4", range(100), [Fraction(1, 2) + Fraction(k, 25) for k in range(100)], Fraction(9, 2))
    for extension in ["mp4", "ts"]:
        ffmpeg(["-i", place("b_frames.mp4"), "-itsoffset", "0.4", "-f", "lavfi", "-t", 3, "-i", "sine=440", "-c:v", "copy",
                "-c:a", "aac", place(f"late_sound.{extension}")])
        same(f"late_sound.{extension}", "b_frames.mp4")
    copy("negative_offsets.mp4", "b_frames.mp4", "-movflags", "negative_cts_offsets")
    copy("fragmented.mp4", "b_frames.mp4", "-movflags", "frag_keyframe+empty_moov")
    copy("no_edit_list.mp4", "b_frames.mp4", "-use_editlist", "0")
    copy("starts_late.ts", "b_frames.mp4", "-output_ts_offset", "5000")
    copy("wraps.ts", "b_frames.mp4", "-output_ts_offset", "95441")   # the clock has 33 bits: 95,443.7 s
    copy("starts_late.mkv", "b_frames.mp4", "-output_ts_offset", "7")
    live = subprocess.run(["ffmpeg", "-v", "error", "-i", place("b_frames.mp4"), "-c", "copy", "-live", "1", "-f", "matroska", "-"],
                          stdout=subprocess.PIPE, check=True).stdout
    open(place("no_duration.mkv"), "wb").write(live)
    same("no_duration.mkv", "b_frames.mp4")
    copy("plain.mkv", "b_frames.mp4")

    def lie(data):   # Matroska's DefaultDuration, 20 ms
        at = data.index(bytes.fromhex("23e383"))
        size = data[at + 3] & 15
        data[at + 4:at + 4 + size] = (20_000_000).to_bytes(size, "big")
    patch("wrong_rate.mkv", "plain.mkv", lie)
    same("wrong_rate.mkv", "b_frames.mp4")


def turns():
    copy("turn0.mov", "rate30.mp4")
    for name, matrix in {"turn90": (0, 1, -1, 0), "turn180": (-1, 0, 0, -1), "turn270": (0, -1, 1, 0), "mirror": (-1, 0, 0, 1),
                         "upside_down": (1, 0, 0, -1), "transpose": (0, 1, 1, 0), "transverse": (0, -1, -1, 0)}.items():
        def turn(data, m=matrix):   # ISO 14496-12, 8.3.2: 16.16 and 2.30
            at = data.index(b"tkhd") + 4 + 40
            one = [struct.pack(">i", value * 65536) for value in m]
            data[at:at + 36] = one[0] + one[1] + bytes(4) + one[2] + one[3] + bytes(12) + struct.pack(">i", 1 << 30)
        patch(f"{name}.mov", "turn0.mov", turn)
        same(f"{name}.mov", "turn0.mov", turn=name)


def colours():
    for name, transfer in [("pq", "smpte2084"), ("hlg", "arib-std-b67")]:
        clip(f"{name}.mp4", [*X265, f"log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc", "-color_primaries",
                             "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", "-tag:v", "hvc1"], count=30,
             pixels="yuv420p10le")
    alpha = (b"\xff" * (WIDTH // 2) + b"\x40" * (WIDTH // 2)) * HEIGHT
    for name, pixels, chroma, codec in [
            ("alpha.webm", "yuva420p", WIDTH * HEIGHT // 2, "-c:v libvpx-vp9 -crf 30 -b:v 0 -deadline realtime -cpu-used 8 -auto-alt-ref 0"),
            ("alpha.mov", "yuva444p", WIDTH * HEIGHT * 2, "-c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le -alpha_bits 8")]:
        feed = b"".join(picture(n) + b"\x80" * chroma + alpha for n in range(12))
        ffmpeg(["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{WIDTH}x{HEIGHT}", "-r", 25, "-i", "-", *codec.split(), place(name)], feed)
        note(name, range(12), [Fraction(k, 25) for k in range(12)], Fraction(12, 25), alpha=True)


def damage():
    parts = b""
    for part, (width, height, pixels) in enumerate([(160, 96, "yuv420p"), (240, 144, "yuv420p"), (160, 96, "yuv422p")]):
        name = place(f".part{part}.ts")
        ffmpeg(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-s", f"{width}x{height}", "-r", 25, "-i", "-", "-vf",
                f"format={pixels}", *X264, "-g", 25, "-bf", 2, "-output_ts_offset", 10 + 2 * part, "-muxdelay", 0, name],
               raw(range(50 * part, 50 * part + 50), width=width, height=height))
        parts += open(name, "rb").read()
        os.remove(name)
    open(place("size_changes.ts"), "wb").write(parts)
    note("size_changes.ts", range(150), [Fraction(k, 25) for k in range(150)], 6)

    def smash(data):
        for at in range(len(data) // 2, len(data) // 2 + 1500, 7):
            data[at] ^= 0x5A
    for name, source in [("damaged.mp4", "b_frames.mp4"), ("damaged.ts", "h264.ts"), ("damaged.webm", "vp9.webm")]:
        patch(name, source, smash)
        same(name, source, broken=True)
    ffmpeg(["-i", place("b_frames.mp4"), "-c", "copy", "-movflags", "+faststart", place("fast_start.mp4")])
    same("fast_start.mp4", "b_frames.mp4")
    for name, source in [("cut_short.mp4", "fast_start.mp4"), ("cut_short.mkv", "plain.mkv"), ("cut_short.ts", "h264.ts")]:
        patch(name, source, lambda data: data.__delitem__(slice(len(data) * 6 // 10, None)))
        same(name, source, broken=True)
    patch("no_index.mp4", "b_frames.mp4", lambda data: data.__delitem__(slice(len(data) * 9 // 10, None)))
    ffmpeg(["-f", "lavfi", "-t", 1, "-i", "sine=440", "-c:a", "aac", place("only_sound.mp4")])


def flashes():
    """Ten seconds in which every whole second begins with a white picture and a beep of a tenth of a second."""
    white, black = b"\xeb" * (WIDTH * HEIGHT) + grey(), b"\x10" * (WIDTH * HEIGHT) + grey()
    feed = b"".join(white if k % 30 == 0 else black for k in range(300))
    beep = "aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=48000:d=10"
    for name, video, sound in [("flashes.mp4", X264, ["-c:a", "aac"]), ("flashes.mkv", X264, ["-c:a", "flac"]),
                               ("flashes.ts", X264, ["-c:a", "aac"]), ("flashes.mov", X264, ["-c:a", "pcm_s16le"]),
                               ("flashes.webm", "-c:v libvpx -deadline realtime -cpu-used 8".split(), ["-c:a", "libopus"]),
                               ("flashes.avi", "-c:v mpeg4 -q:v 3".split(), ["-c:a", "pcm_s16le"]),
                               ("flashes.flv", X264, ["-c:a", "aac"])]:
        ffmpeg(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", 30, "-i", "-", "-f", "lavfi", "-i", beep,
                "-vf", "format=yuv420p", "-g", 30, *video, *sound, place(name)], feed)


os.makedirs(FOLDER, exist_ok=True)
codecs()
rates()
for step in [timelines, turns, colours, damage, flashes]:
    step()
with open(place("clips.json"), "w") as file:
    json.dump(truth, file)

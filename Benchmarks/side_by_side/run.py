# SPDX-License-Identifier: Apache-2.0
"""Runs the workloads side by side and prints the table.

Contenders take turns, A B C A B C …, so that what the machine does meanwhile hits them alike; the table shows medians.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass

import measure
import workloads
from settings import COMPOSE, CORES, CRF, GOP, PRESET, WORK, WORKBENCH

MOST_COMPARED = 2000  # frames: longer videos only repeat what shorter ones show
SLOW = 50  # seconds: what takes longer is run once, since noise would not change what it says


@dataclass
class Median:
    frames: int
    seconds: float
    cpu: float
    peak_mb: float
    size: float = 0
    rounds: int = 0
    psnr: str = ""
    ssim: str = ""


class Failure(Exception):
    pass


def once(contender, path):
    """One run: wall clock, CPU seconds, peak memory, bytes written."""
    if os.path.exists(path):
        os.remove(path)
    if contender.prepare:
        contender.prepare()
    run = measure.run(contender.command(path), str(WORK), timeout=3600)
    if run.status != 0:
        log = (WORK / "run.log").read_text(errors="replace")[-2000:]
        raise Failure(f"{contender.name} ended with status {run.status}:\n{log}")
    if contender.figures:
        said = json.loads(run.output)
        if contender.frames > 1 and said["frames"] != contender.frames:
            raise Failure(f"{contender.name} made {said['frames']} frames instead of {contender.frames}")
        return said["seconds"], said["cpuSeconds"], said["peakMegabytes"], said.get("bytes", 0)
    if not os.path.exists(path):
        raise Failure(f"{contender.name} wrote nothing")
    return run.seconds, run.cpu, run.peak_mb, os.path.getsize(path)


def reference(edit):
    """The pictures of an edit as Compose composes them, before they are encoded."""
    path = edit.replace(".json", "-pictures.mkv")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(WORKBENCH):
        with open(edit) as file:
            size = json.load(file)["timeline"]["size"]
        measure.lossless([WORKBENCH, "raw", edit], f"{size['width']}x{size['height']}", path)
    return path


def check(contender, path):
    """Nobody wins by doing less: the frames, the length and the pictures must be right. Returns PSNR and SSIM."""
    if not contender.pictures:
        return "", ""
    video = measure.probe(path)
    with open(contender.pictures) as file:
        length = contender.frames / json.load(file)["timeline"]["frameRate"]
    if int(video["nb_read_frames"]) != contender.frames or (
            not contender.figures and abs(float(video["duration"]) - length) > 0.001):
        raise Failure(f"{contender.name} wrote {video}, not {contender.frames} frames in {length} s")
    if contender.frames > MOST_COMPARED:
        return "", ""
    psnr, ssim = measure.quality(path, reference(contender.pictures))
    if psnr < 30:
        raise Failure(f"{contender.name} does not show what compose shows: {psnr:.1f} dB")
    return f"{psnr:.1f}", f"{ssim:.4f}"


def output(workload, contender, suffix):
    return str(WORK / f"{workload.name}-{contender}{suffix}".replace(" ", "-").replace(",", ""))


def run_workload(workload, rounds, quick, ours):
    contenders = [c for c in workload.contenders if not (quick and c.slow) and not (ours and c.peer)]
    runs = {c.name: [] for c in contenders}
    quality = {}
    for index in range(rounds):
        for contender in contenders:
            taken = runs[contender.name]
            if taken and taken[0][0] > SLOW:
                continue
            path = output(workload, contender.name, contender.suffix)
            taken.append(once(contender, path))
            print(f"  {workload.name}: {contender.name}: {taken[-1][0]:.2f} s", file=sys.stderr, flush=True)
            if index == 0:
                quality[contender.name] = check(contender, path)
    def median(contender):
        columns = [statistics.median(column) for column in zip(*runs[contender.name])]
        psnr, ssim = quality[contender.name]
        return Median(contender.frames, *columns, rounds=len(runs[contender.name]), psnr=psnr, ssim=ssim)
    return {c.name: median(c) for c in contenders}


def table(workload, medians):
    base = medians.get(workload.base)
    head = ["", "seconds", "ratio", "frames/s", "CPU s", "peak MB", "size MB", "PSNR", "SSIM", "rounds"]
    rows = []
    for name, m in medians.items():
        relative = (m.seconds / m.frames) / (base.seconds / base.frames) if base else None
        rows.append([
            name, f"{m.seconds:.2f}" if m.seconds >= 1 else f"{m.seconds:.3f}", f"{relative:.2f}" if relative else "",
            f"{m.frames / m.seconds:.0f}" if m.frames > 1 else "", f"{m.cpu:.1f}", f"{m.peak_mb:.0f}",
            f"{m.size / 1e6:.2f}" if m.size else "", m.psnr, m.ssim, str(m.rounds)])
    lines = [f"\n### {workload.name}: {workload.about}\n", "| " + " | ".join(head) + " |", "|---" + "|---:" * 9 + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows] + [""]
    for goal in workload.goals:
        try:
            value = goal.value(medians)
        except KeyError:
            continue  # a quick run leaves out what is slow
        sign = "≥" if goal.at_least else "≤"
        figure = f"{value:,.0f}" if value >= 100 else f"{value:.3f}"
        lines.append(f"- {goal.text}: **{figure}**, goal {sign} {goal.limit:,}: {'holds' if goal.holds(value) else 'MISSED'}")
    return "\n".join(lines)


def machine():
    def first(command):
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split("\n")[0].strip()
        except OSError:
            return "none"
    cpu = "unknown"
    try:
        with open("/proc/cpuinfo") as info:
            cpu = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return "\n".join([
        f"- machine: {CORES} × {cpu}, {platform.system()} {platform.release()}",
        f"- compose: {first([COMPOSE, '--version'])}",
        f"- ffmpeg: {first(['ffmpeg', '-version'])}",
        f"- melt: {first(['melt', '--version'])}",
        f"- libx264 of everybody: preset {PRESET}, crf {CRF}, keyint {GOP}; threads as each tool has them by default",
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", action="append", choices=list(workloads.ALL), help="only this one; may be repeated")
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender runs (default 3)")
    parser.add_argument("--quick", action="store_true", help="one round, and none of what is known to be slow")
    parser.add_argument("--ours", action="store_true", help="no other tools: Compose, and x264 alone")
    arguments = parser.parse_args()
    names = arguments.workload or [n for n in workloads.ALL if not (arguments.quick and n == "length")]
    print(machine(), flush=True)
    for name in names:
        workload = workloads.ALL[name]()
        try:
            rounds = 1 if arguments.quick else arguments.rounds
            print(table(workload, run_workload(workload, rounds, arguments.quick, arguments.ours)), flush=True)
        except Failure as failure:
            sys.exit(f"{name}: {failure}")


main()

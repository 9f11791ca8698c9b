# SPDX-License-Identifier: Apache-2.0
"""Runs a command and says what it took: wall clock, CPU time, the largest memory of its processes together."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass


@dataclass
class Run:
    seconds: float
    cpu: float
    peak_mb: float
    output: str
    status: int


def _resident(group):
    """Resident bytes of all processes of a process group."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            if int(fields[2]) == group:
                total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError, ValueError):
            pass  # it ended while we looked
    return total


def run(command, cwd, timeout):
    """One run. Nothing else may run beside it; memory is looked at twenty times a second."""
    peak = 0
    done = threading.Event()
    with open(os.path.join(cwd, "run.log"), "wb") as log:
        start = time.monotonic()
        process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )

        def watch():
            nonlocal peak
            while not done.wait(0.05):
                peak = max(peak, _resident(process.pid))
                if time.monotonic() - start > timeout:
                    os.killpg(process.pid, signal.SIGKILL)

        watcher = threading.Thread(target=watch)
        watcher.start()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = status
        done.set()
        watcher.join()
    return Run(
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=max(peak, usage.ru_maxrss * 1024) / 1e6,
        output=output.decode(errors="replace"),
        status=os.waitstatus_to_exitcode(status),
    )


def probe(path):
    """Decoded frames and duration of the video."""
    text = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "json", "-show_entries",
         "stream=nb_read_frames,duration,width,height,avg_frame_rate", path],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(text)["streams"][0]


def quality(path, reference):
    """PSNR in dB and SSIM over all planes, which nine frames in ten reach: a cut that comes a frame early may be."""
    with tempfile.NamedTemporaryFile("r", suffix=".log") as psnr, tempfile.NamedTemporaryFile("r", suffix=".log") as ssim:
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", path, "-i", reference, "-lavfi",
             "[0:v]setpts=N/30/TB,split[a][c];[1:v]setpts=N/30/TB,split[b][d];"
             f"[a][b]psnr=stats_file={psnr.name};[c][d]ssim=stats_file={ssim.name}", "-an", "-f", "null", "-"],
            check=True,
        )

        def tenth(log, name):
            values = sorted(
                99.0 if word.endswith(":inf") else float(word.split(":")[1])
                for word in log.read().split() if word.startswith(name))
            return values[len(values) // 10]

        return tenth(psnr, "psnr_avg:"), tenth(ssim, "All:")


def lossless(pictures, size, path):
    """Keeps the pictures that a command writes, as they are."""
    source = subprocess.Popen(pictures, stdout=subprocess.PIPE)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", "30", "-i", "-", "-c:v",
         "libx264", "-qp", "0", "-preset", "ultrafast", path], stdin=source.stdout, check=True)
    if source.wait() != 0:
        raise RuntimeError(f"{pictures} failed")

# SPDX-License-Identifier: Apache-2.0
"""Renders one job with the `compose` program: fetches its inputs, renders, and puts the video where it belongs.

Nothing here needs Modal. `Job.read` checks what was submitted, and `render` does the work and returns how it ended.
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time

from transfer import Transfer, TransferError, check_url

MAX_SECONDS = 600  # Modal ends the function then
MARGIN_SECONDS = 10  # for saying so before it does
MAX_INPUTS = 1_000
MAX_INPUT_BYTES = 500_000_000
MAX_TOTAL_BYTES = 4_000_000_000
MAX_OUTPUT_BYTES = 5_000_000_000  # what S3 takes in one request
MAX_MEMORY_MB = 6_000  # of segments encoded at once; the function has 8 GB
ENDINGS = {
    "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm", "video/x-matroska": "mkv", "image/gif": "gif",
    "image/webp": "webp", "audio/mp4": "m4a", "audio/mpeg": "mp3", "audio/ogg": "opus", "audio/flac": "flac",
    "audio/wav": "wav",
}


class Refused(Exception):
    """A submission that is wrong, and stays wrong however often it is sent."""


@dataclasses.dataclass(frozen=True)
class Job:
    """A submission that has been checked."""

    id: str
    edit: dict
    inputs: dict  # URLs by the names in the edit
    output: str
    content_type: str
    gpu: bool
    seconds: float

    @classmethod
    def read(cls, document, allows_private=False):
        """Returns the job that a document describes; raises Refused with what is wrong."""
        known = {"id", "edit", "inputs", "output", "gpu", "timeoutSeconds"}
        _expect(isinstance(document, dict), "the body is not an object")
        _expect(not document.keys() - known, f"unknown fields: {', '.join(sorted(document.keys() - known))[:200]}")
        name = document.get("id")
        _expect(isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9._-]{1,200}", name),
                "id: use letters, digits, '.', '_' and '-', at most 200")
        edit, entries, output = (document.get(key) for key in ("edit", "inputs", "output"))
        _expect(isinstance(edit, dict), "edit: not an edit document")
        _expect(isinstance(entries, list) and len(entries) <= MAX_INPUTS, f"inputs: not a list of at most {MAX_INPUTS}")
        inputs = {}
        for number, entry in enumerate(entries):
            _expect(isinstance(entry, dict), f"inputs[{number}]: not an object")
            src = entry.get("src")
            _expect(is_inside(src), f"inputs[{number}].src: not a relative path that stays in its folder")
            _expect(src not in inputs, f"inputs[{number}].src: named twice")
            inputs[src] = _url(entry.get("url"), f"inputs[{number}].url", allows_private)
        for src in inputs:
            folders = [str(folder) for folder in pathlib.PurePosixPath(src).parents]
            _expect(not any(folder in inputs for folder in folders), "inputs: one is a folder of another")
        missing = sorted(set(_sources(edit)) - inputs.keys())
        _expect(not missing, f"inputs: without {', '.join(map(repr, missing))[:500]}, which the edit names")
        _expect(isinstance(output, dict), "output: not an object")
        _expect(output.get("contentType", "video/mp4") in ENDINGS, f"output.contentType: use {', '.join(ENDINGS)}")
        gpu, seconds = document.get("gpu", False), document.get("timeoutSeconds", MAX_SECONDS)
        _expect(isinstance(gpu, bool), "gpu: use true or false")
        _expect(type(seconds) in (int, float) and 1 <= seconds <= MAX_SECONDS, f"timeoutSeconds: use 1 to {MAX_SECONDS}")
        return cls(
            id=name, edit=edit, inputs=inputs, output=_url(output.get("url"), "output.url", allows_private),
            content_type=output.get("contentType", "video/mp4"), gpu=gpu, seconds=float(seconds))


def is_inside(src):
    """Returns whether a name is a relative path that stays in its folder and has one way to be written."""
    return (
        isinstance(src, str) and 0 < len(src.encode("utf-8", "replace")) <= 1_000
        and not any(c < " " or c in "\\\x7f" or 0xD800 <= ord(c) <= 0xDFFF for c in src)
        and all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in src.split("/")))


def render(job, report=lambda progress: None, program="compose", allows_private=False, transfer=None):
    """Renders a job and returns its final status; `report` is told the share of frames that are rendered."""
    began = time.monotonic()
    seconds = min(job.seconds, MAX_SECONDS - MARGIN_SECONDS)
    transfer = transfer or Transfer(began + seconds, allows_private)
    try:
        with tempfile.TemporaryDirectory(prefix="compose-") as folder:
            media = os.path.join(folder, "media")
            os.mkdir(media)
            left = MAX_TOTAL_BYTES
            for src, url in job.inputs.items():
                path = os.path.join(media, src)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                left -= transfer.download(url, path, min(MAX_INPUT_BYTES, left))
            video = os.path.join(folder, "output." + ENDINGS[job.content_type])
            made = _run(program, job.edit, media, video, report, transfer)
            size = os.path.getsize(video)
            if size > MAX_OUTPUT_BYTES:
                raise TransferError("tooLarge", f"the video has {size} bytes, more than can be stored in one request")
            transfer.upload(video, job.output, job.content_type)
        result = {
            "seconds": round(time.monotonic() - began, 3), "bytes": size,
            "encoder": (made.get("video") or {}).get("encoder"), "duration": made.get("duration"),
            "cpuSeconds": made.get("cpuSeconds"), "reason": (made.get("video") or {}).get("reason"),
        }
        return {"id": job.id, "status": "completed", "progress": 1, "result": result}
    except TransferError as error:
        return failed(job.id, error.code, error.message, error.retry)
    except OSError as error:
        return failed(job.id, "disk", f"{error.strerror or type(error).__name__}", True)


def failed(name, code, message, retry):
    """Returns the status of a job that failed."""
    return {"id": name, "status": "failed", "error": {"code": code, "message": message[:4_000], "retry": retry}}


def _run(program, edit, media, video, report, transfer):
    """Runs `compose render` and returns its report."""
    # The program reads files and sees nothing else of this process: no tokens, no proxies.
    environment = {
        name: value for name, value in os.environ.items()
        if name in ("PATH", "LANG", "LD_LIBRARY_PATH") or name.startswith(("NVIDIA_", "CUDA_"))
    } | {"HOME": media, "TMPDIR": os.path.dirname(media)}
    # '-' is standard input, and media are then relative to the current folder.
    command = [program, "render", "-", "--output", video, "--json", "--max-memory", str(MAX_MEMORY_MB)]
    made, told = None, 0.0
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as complaints:
        document.write(json.dumps(edit).encode())
        document.seek(0)
        process = subprocess.Popen(
            command, stdin=document, stdout=subprocess.PIPE, stderr=complaints, cwd=media, env=environment)
        # The first signal cancels the render, which takes a frame's time; the second one ends the process.
        ends = [threading.Timer(transfer.seconds_left(), process.terminate),
                threading.Timer(transfer.seconds_left() + 3, process.kill)]
        try:
            for end in ends:
                end.daemon = True
                end.start()
            for line in process.stdout:
                event = json.loads(line)
                made = event.get("report", made)
                if "fraction" in event and time.monotonic() - told > 0.5:
                    told = time.monotonic()
                    report(min(1.0, max(0.0, float(event["fraction"]))))
            status = process.wait()
        finally:
            for end in ends:
                end.cancel()
            process.kill()
            process.wait()
            process.stdout.close()
        complaints.seek(0)
        said = complaints.read(64_000).decode("utf-8", "replace")
    transfer.seconds_left()
    if status == 2:
        problems = [line.removeprefix("-: ") for line in said.splitlines()]
        raise TransferError("invalidEdit", "\n".join(problems) or "the edit is not valid")
    if status != 0 or made is None:
        raise TransferError("renderFailed", said.strip()[-2_000:] or f"the program ended with {status}", True)
    return made


def _sources(node):
    """Yields all files that an edit names: in its document every file is a text called `src`."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("src"), str):
                yield node["src"]
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _url(url, place, allows_private):
    try:
        check_url(url, allows_private)
    except TransferError as error:
        raise Refused(f"{place}: {error.message}") from None
    return url


def _expect(condition, message):
    if not condition:
        raise Refused(message)

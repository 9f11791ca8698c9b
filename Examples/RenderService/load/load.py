#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the overhead of jobs and the latency of status requests of a running render service.

    load.py [--server URL] [--pid PID] [--api-key KEY]

Exits with 1 if a request failed or a limit set by --max-overhead or --max-p99 is exceeded.
"""

import argparse
import asyncio
import datetime
import ipaddress
import json
import os
import random
import re
import socket
import sys
import time
import urllib.parse

FINAL = ("completed", "failed", "cancelled")


class Failure(Exception):
    """An error that ends the measurement."""


class Connection:
    """A persistent connection to the server for one request at a time."""

    def __init__(self, arguments):
        self.host, self.port, self.key = arguments.host, arguments.port, arguments.api_key
        self.streams = None

    async def send(self, method, path, body):
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
            self.streams[1].get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Length: {len(data)}\r\n"
        if data:
            head += "Content-Type: application/json\r\n"
        if self.key:
            head += f"Authorization: Bearer {self.key}\r\n"
        self.streams[1].write((head + "\r\n").encode() + data)

    async def head(self):
        reader = self.streams[0]
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        return int(lines[0].split(" ")[1]), headers

    async def chunks(self, headers):
        """Yields the bytes of the body as they arrive."""
        reader = self.streams[0]
        if headers.get("transfer-encoding") == "chunked":
            while size := int((await reader.readline()).split(b";")[0], 16):
                yield (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        elif "content-length" in headers:
            yield await reader.readexactly(int(headers["content-length"]))
        else:
            while data := await reader.read(65536):
                yield data
            self.close()

    async def request(self, method, path, body=None):
        """Returns the status, the body as JSON, and the headers; retries once if the connection was closed."""
        for fresh in (self.streams is None, True):
            try:
                await self.send(method, path, body)
                status, headers = await self.head()
                data = b"".join([part async for part in self.chunks(headers)])
                if headers.get("connection") == "close":
                    self.close()
                return status, json.loads(data) if data else None, headers
            except (OSError, asyncio.IncompleteReadError):
                self.close()
                if fresh:
                    raise

    async def taken(self, method, path, body=None):
        """Returns the body of a successful response; waits if the server reports too many requests."""
        for _ in range(20):
            status, answer, headers = await self.request(method, path, body)
            if status == 429:
                await asyncio.sleep(min(float(headers.get("retry-after", 1)), 10))
                continue
            if status >= 400:
                raise Failure(f"{method} {path}: {status} {json.dumps(answer)[:500]}")
            return answer
        raise Failure(f"{method} {path}: still 429; start the server with a higher RATE_LIMIT and MAX_JOBS_PER_CALLER")

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None


def seconds(text):
    """Returns an RFC 3339 time as seconds since 1970, including fractions."""
    whole, fraction, zone = re.fullmatch(r"(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)", text, re.I).groups()
    moment = datetime.datetime.fromisoformat(whole + ("+00:00" if zone in "zZ" else zone))
    return moment.timestamp() + float(fraction or 0)


def edit(length, width, height, name, priority):
    """Returns an edit without media in which every frame differs, so that every frame has to be encoded."""
    return {
        "version": 1,
        "timeline": {
            "size": {"width": width, "height": height},
            "tracks": [{"clips": [
                {"type": "color", "color": "#2f6f5f", "duration": length,
                 "opacity": {"keyframes": [{"time": 0, "value": 0}, {"time": length, "value": 1}]}}]}],
        },
        "output": {"video": {"encoder": "software"}},
        "generationId": name, "priority": priority,
    }


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))] if values else float("nan")


def row(name, values):
    if not values:
        return f"{name:<28} {'-':>9} {'-':>9} {'-':>9} {'-':>9} {0:>9}"
    scaled = [v * 1000 for v in values]
    figures = " ".join(f"{v:9.1f}" for v in [*(percentile(scaled, p) for p in (50, 95, 99)), max(scaled)])
    return f"{name:<28} {figures} {len(values):9}"


HEADER = f"{'milliseconds':<28} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9} {'count':>9}"


def rss(pid):
    """Returns the memory of the process in megabytes, or None if it is unknown."""
    if not pid:
        return None
    try:
        with open(f"/proc/{pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024
    except (OSError, TypeError):
        return None


async def seen_by_polling(connection, path):
    while True:
        status = await connection.taken("GET", path)
        if status["state"] in FINAL:
            return status, time.time()
        await asyncio.sleep(0.003)


async def seen_by_events(arguments, path):
    connection = Connection(arguments)
    try:
        await connection.send("GET", path, None)
        code, headers = await connection.head()
        if code != 200:
            raise Failure(f"GET {path}: {code}")
        text = ""
        async for data in connection.chunks(headers):
            text += data.decode()
            *events, text = text.replace("\r\n", "\n").split("\n\n")
            for event in events:
                lines = [line[5:] for line in event.split("\n") if line.startswith("data:")]
                if lines and (status := json.loads("".join(lines)))["state"] in FINAL:
                    return status, time.time()
    finally:
        connection.close()
    raise Failure(f"GET {path}: the events ended before the job did")


async def overhead(arguments, run):
    """Measures short jobs, run one after the other; every second one is watched with events, the rest by polling."""
    connection = Connection(arguments)
    figures = {name: [] for name in ("accepted", "started", "status", "event", "besides")}
    rendering = []
    for number in range(arguments.renders + 1):
        body = edit(0.2, 128, 128, f"load-{run}-tiny-{number}", "high")
        sent = time.time()
        job = await connection.taken("POST", "/render", body)
        accepted = time.time()
        if number % 2:
            status, seen = await seen_by_events(arguments, f"/job/{job['id']}/events")
        else:
            status, seen = await seen_by_polling(connection, f"/job/{job['id']}/status")
        if status["state"] != "completed":
            raise Failure(f"a tiny job {status['state']}: {json.dumps(status.get('error'))[:500]}")
        if number == 0:
            continue  # the first one is a warm-up
        created, started, finished = (seconds(status[k]) for k in ("createdAt", "startedAt", "finishedAt"))
        figures["accepted"].append(accepted - sent)
        figures["started"].append(started - created)
        figures["event" if number % 2 else "status"].append(seen - finished)
        if number % 2 == 0:
            figures["besides"].append((seen - sent) - (finished - started))
        rendering.append(finished - started)
    connection.close()
    print("One job at a time\n" + HEADER)
    for name, words in [("accepted", "request -> answer"), ("started", "accepted -> started"), ("status", "finished -> status"),
                        ("event", "finished -> event"), ("besides", "all but rendering")]:
        print(row(words, figures[name]))
    print(row("rendering", rendering), "\n")
    return percentile(figures["besides"], 50) * 1000


async def load(arguments, run):
    """Measures status requests by many clients with many jobs in the queue."""
    before = rss(arguments.pid)
    ids, submitting, latencies, failures, lags, memory = [], [], [], [], [], []
    numbers = iter(range(arguments.jobs))

    async def submit():
        connection = Connection(arguments)
        for number in numbers:
            began = time.perf_counter()
            body = edit(10, 1280, 720, f"load-{run}-{number}", "low")
            ids.append((await connection.taken("POST", "/render", body))["id"])
            submitting.append(time.perf_counter() - began)
        connection.close()

    began = time.perf_counter()
    try:
        await asyncio.gather(*(submit() for _ in range(8)))
        print(f"{len(ids)} jobs submitted in {time.perf_counter() - began:.1f} s")
        queued = rss(arguments.pid)
        end = time.perf_counter() + arguments.seconds

        async def poll():
            connection = Connection(arguments)
            await asyncio.sleep(random.random() * arguments.interval)
            while time.perf_counter() < end:
                asked = time.perf_counter()
                try:
                    status, answer, _ = await connection.request("GET", f"/job/{random.choice(ids)}/status")
                    if status != 200:
                        failures.append(f"{status} {json.dumps(answer)[:200]}")
                except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                    failures.append(repr(error))
                    connection.close()
                latencies.append(time.perf_counter() - asked)
                await asyncio.sleep(max(0, asked + arguments.interval * random.uniform(0.5, 1.5) - time.perf_counter()))
            connection.close()

        async def watch():
            """Measures the delay of this program itself, which is part of every figure."""
            last = 0
            while time.perf_counter() < end:
                asleep = time.perf_counter()
                await asyncio.sleep(0.01)
                lags.append(max(0, time.perf_counter() - asleep - 0.01))
                if arguments.pid and time.perf_counter() - last > 1:
                    last = time.perf_counter()
                    memory.append(rss(arguments.pid))

        await asyncio.gather(watch(), *(poll() for _ in range(arguments.pollers)))
    finally:
        # Jobs that are not completed by now are cancelled, so that none of them remains.
        states, waiting = {}, iter(ids)

        async def cancel():
            connection = Connection(arguments)
            for name in waiting:
                state = (await connection.taken("DELETE", f"/job/{name}"))["state"]
                states[state] = states.get(state, 0) + 1
            connection.close()

        await asyncio.gather(*(cancel() for _ in range(8)))
    print(f"{arguments.pollers} pollers for {arguments.seconds:g} s, {len(latencies) / arguments.seconds:.0f} requests/s\n" + HEADER)
    print(row("submitting", submitting))
    print(row("status", latencies))
    print(row("this program's own delay", lags))
    print(f"\nerrors      {len(failures)}" + "".join(f"\n    {text}" for text in sorted(set(failures))[:5]))
    print("jobs        " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())) + " when called off")
    if before is not None:
        after = rss(arguments.pid)
        known = [m for m in memory if m is not None]
        print(f"memory      {before:.0f} MB before, {queued:.0f} MB with the jobs queued, {max(known, default=0):.0f} MB at most, "
              f"{after:.0f} MB after" if after else "memory      the process has ended")
    return percentile(latencies, 99) * 1000, len(failures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="http://127.0.0.1:8080")
    parser.add_argument("--api-key", default=os.environ.get("RENDER_SERVICE_KEY"))
    parser.add_argument("--pid", type=int, help="the process ID of the server, for its memory")
    parser.add_argument("--renders", type=int, default=40, help="number of short jobs, run one after the other (at most 1,000)")
    parser.add_argument("--jobs", type=int, default=1000, help="number of jobs in the queue (at most 10,000)")
    parser.add_argument("--pollers", type=int, default=200, help="number of clients that request the status (at most 1,000)")
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between the requests of a client")
    parser.add_argument("--seconds", type=float, default=30, help="duration of the requests in seconds (at most 600)")
    parser.add_argument("--max-overhead", type=float, metavar="MS", help="fail if the median overhead exceeds this")
    parser.add_argument("--max-p99", type=float, metavar="MS", help="fail if the p99 of status requests exceeds this")
    parser.add_argument("--anywhere", action="store_true", help="allow a server that is not on this machine")
    arguments = parser.parse_args()
    url = urllib.parse.urlsplit(arguments.server)
    if url.scheme != "http" or not url.hostname:
        parser.error("--server: use http://HOST:PORT")
    arguments.host, arguments.port = url.hostname, url.port or 80
    address = socket.getaddrinfo(arguments.host, arguments.port, type=socket.SOCK_STREAM)[0][4][0]
    if not ipaddress.ip_address(address).is_loopback and not arguments.anywhere:
        parser.error(f"{arguments.host} is not this machine; --anywhere allows it, and clocks then have to agree")
    for name, low, high in [("renders", 0, 1000), ("jobs", 0, 10000), ("pollers", 1, 1000), ("seconds", 1, 600), ("interval", 0.01, 60)]:
        if not low <= getattr(arguments, name) <= high:
            parser.error(f"--{name}: use {low} to {high}")

    run = f"{int(time.time()):x}{random.randrange(1 << 16):04x}"
    exceeded = []
    try:
        if arguments.renders:
            median = asyncio.run(overhead(arguments, run))
            if arguments.max_overhead is not None and median > arguments.max_overhead:
                exceeded.append(f"a job costs {median:.1f} ms besides rendering, more than {arguments.max_overhead:g}")
        if arguments.jobs:
            p99, failures = asyncio.run(load(arguments, run))
            if failures:
                exceeded.append(f"{failures} requests failed")
            if arguments.max_p99 is not None and p99 > arguments.max_p99:
                exceeded.append(f"the p99 of status is {p99:.1f} ms, more than {arguments.max_p99:g}")
    except (Failure, OSError, asyncio.IncompleteReadError) as failure:
        exceeded.append(str(failure) or repr(failure))
    for text in exceeded:
        print(f"load.py: {text}", file=sys.stderr)
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())

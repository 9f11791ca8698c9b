#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows jobs on a socket, with a library of its own.

usage: socket_client.py SERVER OPTIONS
OPTIONS is a JSON object: `headers`, `query`, `hello` (the first message; null sends none), `origin`, `jobs` (how many ends to
wait for), `raw` (a frame to send instead: "large", "binary" or "parts"), `slow` (seconds to read nothing), `ping`.
Prints the messages and the end of the socket, as one JSON object.
"""

import asyncio
import json
import sys
import time

import websockets
from websockets.asyncio.client import connect

server, options = sys.argv[1], json.loads(sys.argv[2])


async def main():
    messages, end, refused = [], None, None
    address = server.replace("http", "ws", 1) + "jobs/socket" + options.get("query", "")
    try:
        async with connect(
            address, additional_headers=options.get("headers"), origin=options.get("origin"), ping_interval=None,
            max_queue=1, open_timeout=10,
        ) as socket:
            if options.get("hello") is not None:
                await socket.send(json.dumps(options["hello"]))
            raw = options.get("raw")
            if raw == "large":
                await socket.send("x" * 20_000)
            if raw == "binary":
                await socket.send(b"x")
            if raw == "parts":
                await socket.send(iter(["a", "b"]))
            if options.get("ping"):
                await asyncio.wait_for(await socket.ping("are you there"), 5)
            await asyncio.sleep(options.get("slow", 0))
            ends, deadline = set(), time.monotonic() + options.get("seconds", 60)
            try:
                while options.get("jobs") is None or len(ends) < options["jobs"]:
                    message = json.loads(await asyncio.wait_for(socket.recv(), deadline - time.monotonic()))
                    messages.append(message)
                    if message["data"]["state"] in ("completed", "failed", "cancelled"):
                        ends.add(message["data"]["id"])
            except asyncio.TimeoutError:
                end = "time"
            except websockets.ConnectionClosed as closed:
                end = closed.rcvd.code if closed.rcvd else "lost"
    except websockets.InvalidStatus as error:
        refused = error.response.status_code
    print(json.dumps({"messages": messages, "end": end, "refused": refused}))


asyncio.run(main())

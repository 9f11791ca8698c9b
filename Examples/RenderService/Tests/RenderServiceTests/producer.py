#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks for videos through Redis, as a program that knows nothing of this service but its documentation.

usage: producer.py REDIS_URL REQUESTS
REQUESTS is a JSON file with a list of entries; prints what jobs:completed has for each `id`, as one JSON object.
"""

import json
import sys
import time

import redis

address, path = sys.argv[1:]
queue = redis.Redis.from_url(address, decode_responses=True)
# A group of its own gets every end once, however many processes of this program read.
queue.xgroup_create("jobs:completed", "platform", id="0", mkstream=True)

waiting = set()
for entry in json.load(open(path)):
    queue.xadd("jobs:requested", {k: v if isinstance(v, str) else json.dumps(v) for k, v in entry.items()})
    waiting.add(entry["id"])

ended = {}
deadline = time.monotonic() + 90
while waiting and time.monotonic() < deadline:
    for _, entries in queue.xreadgroup("platform", "one", {"jobs:completed": ">"}, count=10, block=1000) or []:
        for name, fields in entries:
            ended[fields["id"]] = fields
            waiting.discard(fields["id"])
            queue.xack("jobs:completed", "platform", name)
print(json.dumps(ended))
sys.exit(1 if waiting else 0)

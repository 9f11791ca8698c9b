#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs jobs of one kind: worker.py REDIS_URL KIND FILE, where FILE has run(payload, inputs, report). See docs/jobs.md."""
import json, runpy, socket, sys, threading, time, uuid

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry


class Stopped(Exception):
    """The job is to be stopped: it was cancelled, another worker has it, or its time is over."""


def work(url, kind, run):
    server = redis.Redis.from_url(url, decode_responses=True, retry=Retry(ExponentialBackoff(cap=2), 30),
                                  retry_on_error=[redis.ConnectionError, redis.TimeoutError])
    while "kind:" + kind not in (protocol := server.hgetall("jobs:protocol:1")):
        time.sleep(1)  # No service has been here yet, or its JOB_KINDS does not have the kind.
    limits, lease = json.loads(protocol["kind:" + kind]), protocol["lease"]
    scripts = {name: server.register_script(protocol[name]) for name in ("claim", "heartbeat", "release", "finish")}
    waking = server.pubsub()
    waking.subscribe("jobs:wake")

    def call(name, *arguments):
        return scripts[name](keys=["jobs:requested"], args=["", lease, *arguments])

    while True:
        token, status, why, ended = str(uuid.uuid4()), {}, [], threading.Event()
        if not (found := call("claim", socket.gethostname(), token, kind)):
            waking.get_message(timeout=1)
            continue
        job, till = dict(zip(found[::2], found[1::2])), time.time() + limits["timeoutSeconds"]
        attempt, claim = int(job["attempts"]), (job["id"], token, str(uuid.uuid4()))

        def renew():
            while not why and not ended.wait(min(0.5, int(lease) / 4e6)):
                answer = call("heartbeat", job["id"], token, "1", json.dumps(status)) if time.time() < till else "timeout"
                why.extend([] if answer == "goOn" else [answer])

        def report(fraction):
            status["fraction"] = fraction
            if why:
                raise Stopped(why[0])

        beat = threading.Thread(target=renew)
        beat.start()
        try:
            if attempt > limits["attempts"]:
                raise RuntimeError(f"it was begun {attempt - 1} times, and never came to an end")
            made = run(json.loads(job["payload"])["payload"], json.loads(job["inputs"]), report)
            result = json.dumps(dict(made or {}), allow_nan=False)
            end = ("finish", *claim, "completed", f'{{"output": {result}}}', result, "")
        except Exception as error:
            failure = json.dumps({"code": getattr(error, "code", "worker"), "message": str(error) or repr(error)})
            end = ("finish", *claim, "failed", f'{{"failure": {failure}}}', "", failure)
            if why == ["cancelled"]:
                end = ("finish", *claim, "cancelled", "{}", "", "")
            elif getattr(error, "retry", False) and attempt < limits["attempts"]:
                delay = int(limits["retrySeconds"] * 2 ** (attempt - 1) * 1e6)
                end = ("release", *claim, delay, "1", "1", json.dumps({"notes": [f"attempt {attempt}: {error}"]}))
        ended.set()
        beat.join()
        call(*end)


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], runpy.run_path(sys.argv[3])["run"])

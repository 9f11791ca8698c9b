# SPDX-License-Identifier: Apache-2.0
"""The work of a worker outside in the tests, which does as its payload says."""
import os
import time


class Busy(Exception):
    code, retry = "busy", True


def run(payload, inputs, report):
    for step in range(payload.get("steps", 3)):
        report(step / payload.get("steps", 3))
        time.sleep(payload.get("pause", 0.2))
    if "dies" in payload and not os.path.exists(payload["dies"]):
        open(payload["dies"], "w").close()
        os._exit(1)
    if "busy" in payload:
        raise Busy(payload["busy"])
    if "fails" in payload:
        raise ValueError(payload["fails"])
    return payload.get("result", {"inputs": inputs, "text": payload.get("text")})

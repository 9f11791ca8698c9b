#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs composeVideo as Inngest's executor does, with the signatures of Inngest's own library.

usage: inngest_executor.py SERVER SIGNING_KEY EVENT
EVENT is a JSON file; prints what happened, as one JSON object.
"""

import json
import sys
import time
import urllib.error
import urllib.request

from inngest._internal import net, server_lib, transforms

server, key, path = sys.argv[1:]
event = json.load(open(path))


def send(method, query, body, sign=True, headers={}):
    """Sends a request, and checks the signature of its response."""
    request = urllib.request.Request(server + "api/inngest" + query, body or None, dict(headers), method=method)
    if sign:
        request.add_header("X-Inngest-Signature", net.sign_request(body, key))
    try:
        response = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        response = error
    data = response.read()
    fields = {name.lower(): value for name, value in response.headers.items()}
    if sign:
        good = net.validate_response_sig(
            body=data, headers=fields, mode=server_lib.ServerKind.CLOUD, signing_key=key)
        assert not isinstance(good, Exception), (good, data)
    return response.status, fields, json.loads(data)


_, _, inspection = send("GET", "", b"")
assert inspection["signing_key_hash"] == transforms.hash_signing_key(key), inspection
server_lib.AuthenticatedInspection.model_validate(
    {**inspection, "mode": server_lib.ServerKind(inspection["mode"]), "env": None, "event_api_origin": "",
     "event_key_hash": None, "signing_key_fallback_hash": None})

registration = json.dumps({"url": "https://app.example/api/inngest"}).encode()
status, fields, sync = send("PUT", "", registration, headers={"X-Inngest-Sync-Kind": "in_band"})
assert status == 200 and fields["x-inngest-sync-kind"] == "in_band", (status, fields)
[function] = sync["functions"]

memos, operations, result = {}, [], None
for call in range(200):
    # Not the canonical form: spaces, names in any order, numbers in other forms, and other scripts.
    body = json.dumps(
        {"use_api": False, "steps": memos, "event": event, "events": [event], "z": [1.0, 1e21, 0.000001, -0.0, 1e-7],
         "ctx": {"attempt": 0, "disable_immediate_execution": False, "run_id": "01H", "stack": {"stack": []}},
         "é": "\u2028 😀 \u0007"}, ensure_ascii=False, indent=1).encode()
    status, fields, answer = send("POST", f"?fnId={function['id']}&stepId=step", body)
    if status != 206:
        result = {"status": status, "body": answer, "noRetry": fields.get("x-inngest-no-retry")}
        break
    [operation] = answer
    assert operation["id"] == transforms.hash_step_id(operation["displayName"]), operation
    assert operation["op"] in [opcode.value for opcode in server_lib.Opcode], operation
    operations.append([operation["op"], operation["displayName"]])
    if operation["op"] == "Sleep":
        time.sleep(0.1)
        memos[operation["id"]] = None
    elif operation["op"] == "StepRun":
        memos[operation["id"]] = {"type": "data", "data": operation["data"]}
    else:
        result = {"status": status, "body": answer}
        break
print(json.dumps({"result": result, "operations": operations, "sync": sync}))

# SPDX-License-Identifier: Apache-2.0
"""The two web endpoints, submit and status, as WSGI applications that need nothing but Python.

They use an object `calls` with two methods: `start(document)` begins a job and returns the name of the call, and
`find(call)` returns the status of a call, or None if there is no such call.
"""

import hashlib
import hmac
import json
import logging
import urllib.parse

from render_job import Job, Refused

MAX_BODY_BYTES = 8_000_000
STATUSES = {
    200: "200 OK", 202: "202 Accepted", 400: "400 Bad Request", 401: "401 Unauthorized", 404: "404 Not Found",
    405: "405 Method Not Allowed", 413: "413 Content Too Large", 503: "503 Service Unavailable",
}


class Answer(Exception):
    """An answer that is an error; one below 500 is final, the others may be asked again."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, "retry": status >= 500}}


def submit(calls, token, allows_private=False):
    """The endpoint that takes jobs: POST with a document."""

    def answer(environ):
        try:
            document = json.loads(_body(environ), parse_constant=_no_number)
            job = Job.read(document, allows_private)
        except (ValueError, RecursionError) as error:
            raise Answer(400, "invalidRequest", f"the body is not JSON: {error}"[:500]) from None
        except Refused as error:
            raise Answer(400, "invalidRequest", str(error)) from None
        return 202, {"id": job.id, "callId": calls.start(document), "status": "queued"}

    return _application("POST", token, answer)


def status(calls, token):
    """The endpoint that tells how a job goes: GET with ?id=CALL."""

    def answer(environ):
        names = urllib.parse.parse_qs(environ.get("QUERY_STRING", "")).get("id", [])
        found = calls.find(names[0]) if len(names) == 1 and len(names[0]) <= 200 else None
        if found is None:
            raise Answer(404, "notFound", "there is no such call, or it is too long ago")
        return 200, {"progress": 0, "result": None, "error": None} | found

    return _application("GET", token, answer)


def _application(method, token, answer):
    if not token:
        raise ValueError("RENDER_TOKEN is empty, and anybody could render")

    def application(environ, start_response):
        try:
            if not _is_token(environ.get("HTTP_AUTHORIZATION", ""), token):
                raise Answer(401, "unauthorized", "send Authorization: Bearer with the token")
            if environ["REQUEST_METHOD"] != method:
                raise Answer(405, "method", f"use {method}")
            status, body = answer(environ)
        except Answer as error:
            status, body = error.status, error.body
        except Exception:
            logging.exception("a request failed")
            error = Answer(503, "unavailable", "the job could not be handed on; try again")
            status, body = error.status, error.body
        data = json.dumps(body).encode()
        start_response(STATUSES[status], [
            ("Content-Type", "application/json"), ("Content-Length", str(len(data))), ("Cache-Control", "no-store")])
        return [data]

    return application


def _is_token(header, token):
    """Compares in a time that depends on neither text."""
    scheme, _, given = header.partition(" ")
    digests = [hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() for text in (given.strip(), token)]
    return hmac.compare_digest(*digests) and scheme.lower() == "bearer"


def _body(environ):
    # Without a length, the server ends the stream.
    text = environ.get("CONTENT_LENGTH") or str(MAX_BODY_BYTES)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Answer(400, "invalidRequest", "Content-Length is not a number")
    data = environ["wsgi.input"].read(int(text)) if int(text) <= MAX_BODY_BYTES else None
    if data is None or (len(data) == MAX_BODY_BYTES and "CONTENT_LENGTH" not in environ):
        raise Answer(413, "tooLarge", f"use less than {MAX_BODY_BYTES} bytes")
    return data


def _no_number(text):
    raise ValueError(f"{text} is no number")

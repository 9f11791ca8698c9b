# SPDX-License-Identifier: Apache-2.0
"""Tests of the renderer on Modal: what it accepts, how it renders with a local `compose`, its two endpoints, and its app."""

import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid
from unittest import mock

from support import MEDIA, SERVICE, Bucket, Endpoint, answering, compose, edit
import endpoints
import render_job
import transfer
from render_job import Job, Refused, is_inside

try:
    import modal
    import modal.exception  # the folder of this name is no package
except ImportError:
    modal = None


def submission(**changes):
    return {
        "id": "trip-1", "edit": edit("a.jpg"), "inputs": [{"src": "a.jpg", "url": "https://bucket.example/a.jpg?X=secret"}],
        "output": {"url": "https://bucket.example/out.mp4?X=secret", "contentType": "video/mp4", "key": "out.mp4"},
        "gpu": False, "timeoutSeconds": 60} | changes


class SubmissionTests(unittest.TestCase):
    def refused(self, **changes):
        with self.assertRaises(Refused, msg=str(changes)) as caught:
            Job.read(submission(**changes))
        self.assertNotIn("secret", str(caught.exception))
        return str(caught.exception)

    def test_good(self):
        job = Job.read(submission())
        self.assertEqual((job.id, job.gpu, job.seconds, list(job.inputs)), ("trip-1", False, 60.0, ["a.jpg"]))
        nested = Job.read(submission(
            edit=edit("media/anna/ä b.jpg"), inputs=[{"src": "media/anna/ä b.jpg", "url": "https://b.example/x"}]))
        self.assertEqual(list(nested.inputs), ["media/anna/ä b.jpg"])

    def test_names_that_leave_the_folder(self):
        for src in ["../a.jpg", "/etc/passwd", "a/../../b", "./a", "a//b", "a/", "", ".", "..", "a\\..\\b", "a\0b", "a\nb", "x" * 256,
                    "/".join(["x" * 200] * 6), "https://example.com/a.jpg", "file:///etc/passwd", "\ud800", None, 5, ["a"]]:
            self.assertFalse(is_inside(src), src)
            self.assertIn("inputs[0].src", self.refused(inputs=[{"src": src, "url": "https://b.example/x"}]))

    def test_files_that_are_no_inputs(self):
        # The program reads what the edit names, so the edit may name nothing else.
        for src in ["/etc/passwd", "../../other.png", "other.jpg"]:
            self.assertIn("which the edit names", self.refused(edit=edit("a.jpg", src)))
        transition = {"version": 1, "timeline": {"tracks": [{"clips": [{"type": "transition", "name": "map", "src": "/x.png"}]}]}}
        self.assertIn("/x.png", self.refused(edit=transition))

    def test_urls(self):
        for url in ["http://bucket.example/a", "file:///etc/passwd", "ftp://bucket.example/a", "//bucket.example/a", "", None]:
            self.assertIn("inputs[0].url", self.refused(inputs=[{"src": "a.jpg", "url": url}]))
            self.assertIn("output.url", self.refused(output={"url": url}))

    def test_values(self):
        for name, value in [("id", "a/b"), ("id", ""), ("id", 5), ("id", "x" * 201), ("edit", "text"), ("edit", None),
                            ("inputs", {}), ("inputs", [5]), ("inputs", [{}] * 1001), ("output", None), ("gpu", "yes"),
                            ("gpu", 1), ("timeoutSeconds", 0), ("timeoutSeconds", 601), ("timeoutSeconds", True),
                            ("timeoutSeconds", float("nan")), ("timeoutSeconds", "60")]:
            self.assertIn(name, self.refused(**{name: value}))
        self.assertIn("contentType", self.refused(output={"url": "https://b.example/x", "contentType": "text/html"}))
        self.assertIn("unknown", self.refused(shell="rm"))
        twice = [{"src": "a.jpg", "url": "https://b.example/x"}] * 2
        self.assertIn("twice", self.refused(inputs=twice))
        inside = [{"src": src, "url": "https://b.example/x"} for src in ("a.jpg", "a.jpg/b")]
        self.assertIn("folder of another", self.refused(inputs=inside))
        for document in [None, [], "text", 5]:
            with self.assertRaises(Refused):
                Job.read(document)


class LocalCalls:
    """Calls that run in threads here, as Modal's run in containers there."""

    def __init__(self, bucket):
        self.bucket, self.found, self.gate = bucket, {}, threading.Event()

    def start(self, document):
        call = f"fc-{uuid.uuid4()}"
        self.found[call] = {"id": document["id"], "status": "queued", "progress": 0}
        threading.Thread(target=self.run, args=(document, call), daemon=True).start()
        return call

    def run(self, document, call):
        self.gate.wait(30)

        def report(progress):
            self.found[call] = {"id": document["id"], "status": "running", "progress": progress}

        report(0)
        job = Job.read(document, allows_private=True)
        self.found[call] = render_job.render(job, report, compose(), allows_private=True)

    def find(self, call):
        return self.found.get(call)


class EndpointTests(unittest.TestCase):
    def setUp(self):
        self.bucket = Bucket()
        self.addCleanup(self.bucket.close)
        for name in ["photo1.jpg", "photo2.jpg", "music.m4a"]:
            self.bucket.objects["/" + name] = (MEDIA / name).read_bytes()
        self.calls = LocalCalls(self.bucket)
        self.submit = Endpoint(endpoints.submit(self.calls, "a token", allows_private=True))
        self.status = Endpoint(endpoints.status(self.calls, "a token"))
        self.addCleanup(self.submit.close)
        self.addCleanup(self.status.close)

    def wanted(self, document=None, names=("photo1.jpg", "photo2.jpg"), **changes):
        return submission(
            edit=document or edit(*names), inputs=[{"src": n, "url": self.bucket.url("/" + n)} for n in names],
            output={"url": self.bucket.url("/out"), "contentType": "video/mp4", "key": "out"}, **changes)

    def ended(self, wanted):
        """Submits a job, follows it to its end, and returns its final status and all that were seen."""
        status, accepted = self.submit.ask(wanted)
        self.assertEqual((status, accepted["id"], accepted["status"]), (202, wanted["id"], "queued"), accepted)
        seen = [self.status.ask(query="?id=" + accepted["callId"])]
        self.calls.gate.set()
        for _ in range(600):
            code, answer = self.status.ask(query="?id=" + accepted["callId"])
            self.assertEqual((code, answer["id"]), (200, wanted["id"]))
            self.assertEqual(set(answer), {"id", "status", "progress", "result", "error"})
            seen.append((code, answer))
            if answer["status"] in ("completed", "failed"):
                return answer, [a["status"] for _, a in seen], [a["progress"] for _, a in seen]
            time.sleep(0.05)
        self.fail("it did not end")

    @unittest.skipUnless(compose(), "there is no built compose")
    def test_renders(self):
        document = edit("photo1.jpg", "photo2.jpg", seconds=6)
        for clip in document["timeline"]["tracks"][0]["clips"]:
            clip["motion"] = {"to": {"zoom": 1.3}}  # so that it takes a while
        document["timeline"]["size"] = {"width": 1280, "height": 720}
        document["timeline"]["tracks"].append({"clips": [{"type": "audio", "src": "music.m4a"}]})
        final, states, progress = self.ended(self.wanted(document, ("photo1.jpg", "photo2.jpg", "music.m4a"), id="trip.2_x-y"))
        self.assertEqual(final["status"], "completed", final)
        self.assertEqual(list(dict.fromkeys(states)), ["queued", "running", "completed"])
        self.assertEqual(progress, sorted(progress), "it never goes back")
        self.assertTrue(any(0 < share < 1 for share in progress), progress)
        video = self.bucket.objects["/out"]
        self.assertEqual((video[4:8], len(video)), (b"ftyp", final["result"]["bytes"]))
        self.assertEqual((final["result"]["encoder"], final["progress"], final["error"]), ("x264", 1, None))
        self.assertGreater(final["result"]["seconds"], 0)
        self.assertIn("nvenc", final["result"]["reason"])
        put = [request for request in self.bucket.requests if request[0] == "PUT"]
        self.assertEqual([request[2]["Content-Type"] for request in put], ["video/mp4"])

    @unittest.skipUnless(compose(), "there is no built compose")
    def test_other_formats(self):
        wanted = self.wanted(names=["photo1.jpg"])
        wanted["output"]["contentType"] = "video/webm"
        final, _, _ = self.ended(wanted)
        self.assertEqual((final["status"], final["result"]["encoder"]), ("completed", "vpx"), final)
        self.assertEqual(self.bucket.objects["/out"][:4], b"\x1a\x45\xdf\xa3")

    @unittest.skipUnless(compose(), "there is no built compose")
    def test_a_wrong_edit(self):
        final, _, _ = self.ended(self.wanted(edit("photo1.jpg", seconds=-1), ["photo1.jpg"]))
        self.assertEqual(final["error"], {
            "code": "invalidEdit", "retry": False,
            "message": "tracks[0].clips[0].duration: -1 s is not a length of time; use more than 0"})
        self.bucket.objects["/photo1.jpg"] = self.bucket.objects["/photo1.jpg"][:100]
        final, _, _ = self.ended(self.wanted(names=["photo1.jpg"]))
        self.assertEqual((final["error"]["code"], final["error"]["retry"]), ("invalidEdit", False), final)
        self.assertIn("damaged", final["error"]["message"])
        self.assertNotIn("/out", self.bucket.objects)

    @unittest.skipUnless(compose(), "there is no built compose")
    def test_faults(self):
        transfer.PAUSE_SECONDS, pause = 0.05, transfer.PAUSE_SECONDS
        self.addCleanup(setattr, transfer, "PAUSE_SECONDS", pause)
        limits = render_job.MAX_INPUT_BYTES, render_job.MAX_TOTAL_BYTES
        self.addCleanup(lambda: (setattr(render_job, "MAX_INPUT_BYTES", limits[0]), setattr(render_job, "MAX_TOTAL_BYTES", limits[1])))
        size = len(self.bucket.objects["/photo1.jpg"])
        wanted = self.wanted()

        def failing(code, retry):
            final, _, _ = self.ended(wanted)
            self.assertEqual((final["status"], final["error"]["code"], final["error"]["retry"]), ("failed", code, retry), final)
            self.assertNotIn("secret", json.dumps(final))

        for status, retry in [(500, True), (404, False), (403, True)]:
            self.bucket.answers = {"/photo2.jpg": answering(status)}
            failing("httpStatus", retry)
            self.bucket.answers = {"/out": answering(status)}
            failing("httpStatus", retry)
        self.bucket.answers = {"/photo2.jpg": answering(302, [("Location", "https://example.com/")])}
        failing("redirect", False)
        self.bucket.answers = {}
        render_job.MAX_INPUT_BYTES = size - 1
        failing("tooLarge", False)
        render_job.MAX_INPUT_BYTES, render_job.MAX_TOTAL_BYTES = limits[0], size + 1
        failing("tooLarge", False)

    def program(self, text):
        """Returns a program in place of `compose`."""
        path = tempfile.NamedTemporaryFile(suffix=".sh", delete=False)
        path.write(b"#!/bin/sh\n" + text.encode())
        path.close()
        os.chmod(path.name, 0o755)
        self.addCleanup(os.unlink, path.name)
        return path.name

    def test_a_program_that_fails(self):
        job = Job.read(self.wanted(), allows_private=True)
        os.environ["RENDER_TOKEN"] = "a token"
        self.addCleanup(os.environ.pop, "RENDER_TOKEN")
        for text, code, retry in [("echo out of memory >&2; exit 1", "renderFailed", True), ("kill -9 $$", "renderFailed", True),
                                  ("exit 0", "renderFailed", True),
                                  ('env | grep -q RENDER_TOKEN && exit 2; echo "it has no secrets" >&2; exit 1', "renderFailed", True)]:
            final = render_job.render(job, program=self.program(text), allows_private=True)
            self.assertEqual((final["error"]["code"], final["error"]["retry"]), (code, retry), final)
        self.assertIn("it has no secrets", final["error"]["message"])

    def test_a_program_that_hangs(self):
        job = Job.read(self.wanted(timeoutSeconds=1), allows_private=True)
        began = time.monotonic()
        final = render_job.render(job, program=self.program("trap '' TERM; while :; do :; done"), allows_private=True)
        self.assertEqual((final["error"]["code"], final["error"]["retry"]), ("timeout", False), final)
        self.assertLess(time.monotonic() - began, 10)

    def test_who_may_ask(self):
        for endpoint in (self.submit, self.status):
            for token in (None, "", "another token", "a token!", "a toke", "ä"):
                self.assertEqual(endpoint.ask(query="?id=x", token=token)[0], 401, token)
        self.assertEqual(self.status.ask(query="?id=x")[0], 404)
        with self.assertRaises(ValueError):
            endpoints.submit(self.calls, "")

    def test_what_is_refused_is_final(self):
        for body in [b"", b"{", b"[]", b"\xff", b'{"id": NaN}', b"[" * 100_000, json.dumps(submission(inputs=[])).encode()]:
            status, answer = self.submit.ask(body, method="POST")
            self.assertEqual((status, answer["error"]["code"], answer["error"]["retry"]), (400, "invalidRequest", False), body[:20])
        with mock.patch.object(endpoints, "MAX_BODY_BYTES", 5_000):
            self.assertEqual(self.submit.ask(b"x" * 5_001)[0], 413)
        self.assertEqual(self.submit.ask(method="GET")[0], 405)
        self.assertEqual(self.status.ask(b"{}", method="POST")[0], 405)
        for query in ["", "?id=", "?id=nothing", "?id=a&id=b", "?id=" + "x" * 5000]:
            self.assertEqual(self.status.ask(query=query)[0], 404, query[:20])

    def test_what_cannot_be_handed_on_may_be_sent_again(self):
        self.calls.start = None
        with self.assertLogs(level="ERROR"):
            status, answer = self.submit.ask(self.wanted())
        self.assertEqual((status, answer["error"]["retry"]), (503, True))


@unittest.skipUnless(modal, "Modal's package is not installed")
class AppTests(unittest.TestCase):
    """The app with Modal's own package, but without Modal: its records and calls are replaced."""

    @classmethod
    def setUpClass(cls):
        cls.app = importlib.import_module("modal_app")

    def setUp(self):
        test, app = self, self.app
        self.records, self.outcomes = {}, {}

        class Records:
            def get(self, key, default=None):
                return test.records.get(key, default)

            def put(self, key, value, skip_if_exists=False):
                if not (skip_if_exists and key in test.records):
                    test.records[key] = value

        class Function:
            def __init__(self, name):
                self.name = name

            def spawn(self, document):
                self.object_id = f"fc-{self.name}-{len(test.records)}"
                return self

        class FunctionCall:
            @staticmethod
            def from_id(call):
                class Found:
                    def get(self, timeout=None):
                        test.assertEqual(timeout, 0)
                        outcome = test.outcomes.get(call, TimeoutError())
                        if isinstance(outcome, Exception):
                            raise outcome
                        return outcome
                return Found()

        for place, name, value in [(app, "records", Records()), (app, "render_video", Function("gpu")),
                                   (app, "render_video_cpu", Function("cpu")), (modal, "FunctionCall", FunctionCall)]:
            self.addCleanup(setattr, place, name, getattr(place, name))
            setattr(place, name, value)
        self.calls = app.Calls()

    def test_calls(self):
        call = self.calls.start(submission(gpu=True))
        self.assertTrue(call.startswith("fc-gpu"))
        self.assertTrue(self.calls.start(submission(id="other")).startswith("fc-cpu"))
        self.assertEqual(self.calls.find(call), {"id": "trip-1", "status": "queued", "progress": 0})
        self.assertEqual(self.calls.start(submission(gpu=True)), call, "sent again, rendered once")
        self.records[call] = {"id": "trip-1", "status": "running", "progress": 0.5}
        self.assertEqual(self.calls.find(call)["status"], "running")
        self.assertEqual(self.calls.start(submission(gpu=True)), call)
        self.outcomes[call] = render_job.failed("trip-1", "network", "gone", True)
        self.assertEqual(self.calls.find(call)["error"]["code"], "network")
        self.assertNotEqual(self.calls.start(submission(gpu=True)), call, "what has failed may be rendered again")
        self.assertIsNone(self.calls.find("fc-of-another-app"))
        self.assertIsNone(self.calls.find("job:trip-1"))

    def test_what_modal_reports(self):
        call = self.calls.start(submission())
        for error, code, retry in [(modal.exception.FunctionTimeoutError(""), "timeout", False),
                                   (modal.exception.RemoteError("out of memory"), "internal", True),
                                   (modal.exception.InternalFailure(""), "internal", True)]:
            self.outcomes[call] = error
            self.assertEqual((self.calls.find(call)["error"]["code"], self.calls.find(call)["error"]["retry"]), (code, retry))
        self.outcomes[call] = modal.exception.OutputExpiredError()
        self.assertIsNone(self.calls.find(call))
        self.outcomes[call] = modal.exception.ConnectionError("")
        with self.assertRaises(modal.exception.ConnectionError):
            self.calls.find(call)

    def test_progress_is_not_overwritten_by_a_late_record(self):
        function = self.app.render_video_cpu
        spawn = function.spawn

        def quick(document):
            call = spawn(document)
            self.records[call.object_id] = {"id": document["id"], "status": "running", "progress": 0.2}
            return call

        function.spawn = quick
        self.assertEqual(self.calls.find(self.calls.start(submission()))["status"], "running")

    def test_a_render_reports_and_never_raises(self):
        with self.assertLogs(level="ERROR"):
            final = self.app.run(submission(edit=5), "fc-1")
        self.assertEqual((final["status"], final["error"]["code"]), ("failed", "internal"))
        self.assertEqual(self.records["fc-1"]["status"], "running")

    def test_records_that_cannot_be_written(self):
        def put(*arguments, **options):
            raise modal.exception.ConnectionError("")

        self.app.records.put = put
        with self.assertLogs(level="WARNING") as logged, mock.patch.object(render_job, "render", lambda job, report: report(0.5) or "made"):
            self.assertEqual(self.app.run(submission(), "fc-1"), "made")
        self.assertEqual(len(logged.records), 2)

    @unittest.skipUnless(compose(), "there is no built compose")
    def test_functions_render_here(self):
        # The functions as they are, with the renderer's own path to a local bucket and program.
        bucket = Bucket()
        self.addCleanup(bucket.close)
        bucket.objects["/a.jpg"] = (MEDIA / "photo1.jpg").read_bytes()
        read, render = Job.read, render_job.render
        self.addCleanup(setattr, render_job.Job, "read", read)
        self.addCleanup(setattr, render_job, "render", render)
        render_job.Job.read = lambda document: read(document, allows_private=True)
        render_job.render = lambda job, report: render(job, report, compose(), allows_private=True)
        wanted = submission(
            inputs=[{"src": "a.jpg", "url": bucket.url("/a.jpg")}], output={"url": bucket.url("/out")})
        for name in ("render_video", "render_video_cpu"):
            function = importlib.reload(self.app) and getattr(self.app, name)
            self.app.records = type("Records", (), {"put": lambda *a, **k: None})()
            final = function.local(wanted)
            self.assertEqual((final["status"], final["result"]["encoder"]), ("completed", "x264"), final)

    def test_it_is_imported_in_a_container_too(self):
        # There it is alone in a folder with its modules, without the Dockerfile and the repository.
        with tempfile.TemporaryDirectory() as folder:
            for name in ("modal_app", *self.app.SOURCES):
                shutil.copy(SERVICE / f"modal/{name}.py", folder)
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", "import modal_app; print(sorted(modal_app.app.registered_functions))"],
                cwd=folder, capture_output=True, text=True, env={"PATH": os.environ["PATH"], "HOME": folder})
        self.assertIn("'get_render_status', 'render_video', 'render_video_cpu', 'submit_render'", done.stdout, done.stderr)

    def test_the_image_gets_the_library_and_nothing_else(self):
        matcher = modal.FilePatternMatcher(*self.app.CONTEXT)
        for path in ["Package.swift", "Sources/Compose/Plan/Plan.swift", "Tests/ComposeTests/RenderTests.swift"]:
            self.assertFalse(matcher(pathlib.Path(path)), path)
        for path in [".git/config", ".build/release/compose", "Benchmarks/README.md", "Examples/RenderService/compose.yaml", ".env"]:
            self.assertTrue(matcher(pathlib.Path(path)), path)


if __name__ == "__main__":
    unittest.main()

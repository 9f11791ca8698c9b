# SPDX-License-Identifier: Apache-2.0
"""Tests of Caddy with the Caddyfile: what passes and how, in front of a stand-in, and of the service where it is built."""

import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest

from support import SERVICE, edit, free_port, service
from test_deploy import run, tool

GB = 1_000_000_000


def until(check, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            if check():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise AssertionError("it took too long")
        time.sleep(0.05)


class StandIn(http.server.BaseHTTPRequestHandler):
    """Sends an event whenever it is told to, until the client leaves, and reads uploads as they come."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        if not self.path.endswith("/events"):
            return self.answer(401 if self.path == "/refused" else 200, b"{}")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for number in range(10_000):
                self.server.next.acquire()
                self.wfile.write(f"data: {number}\n\n".encode())
        except OSError:
            self.server.left = True

    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        self.server.first = None
        while left and (data := self.rfile.read1(min(left, 1 << 20))):
            self.server.first = self.server.first or time.monotonic()
            left -= len(data)
        self.answer(201 if left == 0 else 400, b"{}")

    def answer(self, status, body):
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # it is no longer asked for

    def log_message(self, *arguments):
        pass


@unittest.skipUnless(tool("caddy"), "Caddy is not installed")
class CaddyTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port, self.store_port = free_port(), free_port()

    def caddy(self, upstream, store="127.0.0.1:1", **more):
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
            "CADDY_ADMIN": f"127.0.0.1:{free_port()}", "SITE": f"http://127.0.0.1:{self.port}", "SERVICE": upstream,
            "STORE_SITE": f"http://127.0.0.1:{self.store_port}", "STORE": store,
            "ACCESS_LOG": str(self.folder / "access.log")} | more
        self.start([tool("caddy"), "run", "--config", str(SERVICE / "deploy/Caddyfile"), "--adapter", "caddyfile"], environment)
        until(lambda: http.client.HTTPConnection("127.0.0.1", self.port).connect() is None)

    def start(self, command, environment):
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "w")
        process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)

        def stop():
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()

        self.addCleanup(stop)

    def stand_in(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
        server.daemon_threads, server.left, server.seen, server.next = True, False, [], threading.Semaphore(0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def ask(self, method, path, body=None, headers={}, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=300)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, data

    def upload(self, path, size):
        def zeros():
            chunk = bytes(1 << 20)
            for start in range(0, size, len(chunk)):
                yield chunk[:size - start]

        return self.ask("PUT", path, zeros(), {"Content-Length": str(size), "Content-Type": "application/octet-stream"})

    def test_file(self):
        done = run(tool("caddy"), "validate", "--config", str(SERVICE / "deploy/Caddyfile"), "--adapter", "caddyfile",
                   env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "ACCESS_LOG": str(self.folder / "log")})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_events_pass_at_once_and_end_with_the_client(self):
        server = self.stand_in()
        self.caddy(f"127.0.0.1:{server.server_port}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        server.next.release()
        connection.request("GET", "/job/1/events", headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        self.assertEqual(response.getheader("Content-Type"), "text/event-stream")
        for number in range(4):
            # The next one is not sent before this one has arrived.
            if number:
                server.next.release()
            self.assertEqual(response.readline(), f"data: {number}\n".encode())
            self.assertEqual(response.readline(), b"\n")
        response.close()
        connection.close()

        def has_left():
            server.next.release()
            return server.left

        until(has_left)

    def test_uploads_pass_as_they_come(self):
        server = self.stand_in()
        self.caddy(f"127.0.0.1:{server.server_port}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest("PUT", "/media/large")
        connection.putheader("Content-Length", str(2 << 20))
        connection.endheaders()
        server.first = None
        connection.send(bytes(1 << 20))
        until(lambda: server.first)  # while the second half is not sent yet
        connection.send(bytes(1 << 20))
        self.assertEqual(connection.getresponse().status, 201)
        connection.close()
        self.assertEqual(self.upload("/media/large", GB)[0], 201)

    def test_uploads_beyond_the_limit(self):
        server = self.stand_in()
        self.caddy(f"127.0.0.1:{server.server_port}", MAX_UPLOAD="1MB")
        try:
            self.assertIn(self.upload("/media/large", 3_000_000)[0], (413, 502))
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before everything was sent
        self.assertEqual(self.upload("/media/small", 900_000)[0], 201)

    def test_what_stays_inside(self):
        server = self.stand_in()
        self.caddy(f"127.0.0.1:{server.server_port}", store=f"127.0.0.1:{server.server_port}")
        for path in ["/metrics", "/metrics/", "/metrics/x", "//metrics", "/METRICS", "/x/../metrics", "/%6detrics"]:
            self.assertEqual(self.ask("GET", path)[0], 404, path)
        self.assertEqual(server.seen, [])
        self.assertEqual(self.ask("GET", "/jobs", headers={"Authorization": "Bearer very-secret"})[0], 200)
        self.assertEqual(self.ask("GET", "/job/1/output?expires=5&signature=very-secret")[0], 200)
        self.assertEqual(server.seen[-1][0], "/job/1/output?expires=5&signature=very-secret", "only the log leaves it out")
        self.assertEqual(self.ask("GET", "/render/x?X-Amz-Signature=s", headers={"Host": "store.example.com"}, port=self.store_port)[0], 200)
        self.assertEqual(self.ask("GET", "/refused")[0], 401)
        log = self.folder / "access.log"
        until(lambda: log.exists() and log.read_text().count("\n") >= 10)
        self.assertNotIn("very-secret", log.read_text())
        if tool("fail2ban-regex"):
            said = run(tool("fail2ban-regex"), str(log), str(SERVICE / "deploy/fail2ban/filter.conf")).stdout
            self.assertEqual(re.search(r"(\d+) ignored, (\d+) matched", said).groups(), ("0", "1"), said)

    def test_presigned_links_keep_their_host(self):
        server = self.stand_in()
        self.caddy("127.0.0.1:1", store=f"127.0.0.1:{server.server_port}")
        self.assertEqual(self.ask("GET", "/render/a?X-Amz-Signature=b%2Fc", port=self.store_port)[0], 200)
        path, headers = server.seen[-1]
        self.assertEqual((path, headers["Host"]), ("/render/a?X-Amz-Signature=b%2Fc", f"127.0.0.1:{self.store_port}"))

    def test_requests_wait_while_an_instance_is_replaced(self):
        port = free_port()
        self.caddy(f"127.0.0.1:{port}")
        answers = []
        asking = threading.Thread(target=lambda: answers.append(self.ask("GET", "/jobs")[0]))
        asking.start()
        time.sleep(1)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), StandIn)
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        asking.join(20)
        self.assertEqual(answers, [200])

    @unittest.skipUnless(service(), "there is no built render-service")
    def test_the_service(self):
        port = free_port()
        self.start([service(), "serve"], {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "PORT": str(port), "MAX_UPLOAD_BYTES": str(2 * GB)})
        self.caddy(f"127.0.0.1:{port}")
        until(lambda: self.ask("GET", "/health/ready")[0] == 200)
        status, answer = self.upload("/media/large.bin", GB)
        self.assertEqual((status, json.loads(answer)["size"]), (201, GB))
        # A render, followed by its events to its end.
        clips = [{"type": "color", "color": "#2f6f5f", "duration": 8,
                  "opacity": {"keyframes": [{"time": 0, "value": 0}, {"time": 8, "value": 1}]}}]
        document = edit() | {"timeline": {"size": {"width": 1280, "height": 720}, "tracks": [{"clips": clips}]}}
        status, answer = self.ask("POST", "/render", json.dumps(document), {"Content-Type": "application/json"})
        self.assertEqual(status, 202, answer)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", json.loads(answer)["eventsURL"])
        response, times, states = connection.getresponse(), [], []
        while line := response.readline():
            if line.startswith(b"data:"):
                times.append(time.monotonic())
                states.append(json.loads(line[5:])["state"])
        connection.close()
        self.assertEqual(states[-1], "completed", states)
        self.assertGreater(len(states), 3)
        self.assertGreater(times[-1] - times[0], 0.4, "they come one by one")
        status, video = self.ask("GET", json.loads(answer)["outputURL"])
        self.assertEqual((status, video[4:8]), (200, b"ftyp"))
        self.assertEqual(self.ask("GET", "/metrics")[0], 404)


if __name__ == "__main__":
    unittest.main()

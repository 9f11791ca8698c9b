# SPDX-License-Identifier: Apache-2.0
"""What the tests share: the folders, the `compose` program, a server that misbehaves on demand, and a web endpoint."""

import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import wsgiref.simple_server

SERVICE = pathlib.Path(__file__).resolve().parents[2]
MEDIA = SERVICE.parent / "Media"
sys.path.insert(0, str(SERVICE / "modal"))
sys.dont_write_bytecode = True


def compose():
    """Returns the path of a built `compose`, or None."""
    built = [os.environ.get("COMPOSE", "")] + [str(SERVICE / f"../../.build/{mode}/compose") for mode in ("release", "debug")]
    return next((os.path.abspath(path) for path in built if path and os.access(path, os.X_OK)), None)


def service():
    """Returns the path of a built `render-service`, or None."""
    built = [os.environ.get("RENDER_SERVICE", "")] + [str(SERVICE / f".build/{mode}/render-service") for mode in ("release", "debug")]
    return next((os.path.abspath(path) for path in built if path and os.access(path, os.X_OK)), None)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Bucket:
    """An object store of one host. `answers` holds what it does for a path, instead of what it has in `objects`."""

    def __init__(self, folder=None):
        self.objects, self.answers, self.requests = {}, {}, []
        bucket = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                self.close_connection = True
                path = self.path.split("?")[0]
                bucket.requests.append(("GET", self.path, dict(self.headers)))
                if answer := bucket.answers.get(path):
                    return answer(self)
                data = bucket.objects.get(path)
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def do_PUT(self):
                self.close_connection = True
                path = self.path.split("?")[0]
                bucket.requests.append(("PUT", self.path, dict(self.headers)))
                data = self.rfile.read(int(self.headers["Content-Length"]))
                if answer := bucket.answers.get(path):
                    return answer(self)
                bucket.objects[path] = data
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.scheme, self.trust = "http", None
        if folder:
            certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                 "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme, self.trust = "https", ssl.create_default_context(cafile=certificate)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.host = f"localhost:{self.server.server_port}"

    def url(self, path):
        return f"{self.scheme}://{self.host}{path}?X-Amz-Signature=secret"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def answering(status, headers=(), body=b""):
    """Returns an answer of the bucket."""

    def answer(handler):
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def dripping(handler):
    """An answer that goes on, a byte at a time."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(600):
            handler.wfile.write(b"x")
            time.sleep(0.05)
    except OSError:
        pass


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


class Endpoint:
    """A WSGI application on a port of its own."""

    def __init__(self, application):
        self.server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def ask(self, body=None, query="", token="a token", method=None):
        """Returns the status and the body of an answer."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + query, data, method=method)
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def edit(*names, seconds=0.4, **output):
    """Returns an edit that shows pictures one after the other."""
    clips = [{"type": "image", "src": name, "duration": seconds} for name in names]
    return {
        "version": 1, "timeline": {"size": {"width": 320, "height": 240}, "tracks": [{"clips": clips}]}, **output}

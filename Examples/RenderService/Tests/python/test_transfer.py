# SPDX-License-Identifier: Apache-2.0
"""Tests of downloads and uploads: what is fetched, what is refused, and that nothing lasts longer than it may."""

import os
import socket
import ssl
import tempfile
import time
import unittest
from unittest import mock

from support import Bucket, answering, dripping
import transfer
from transfer import Transfer, TransferError, check_url, is_public


class TransferTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = os.path.join(folder.name, "file")
        self.bucket = Bucket(folder.name)
        self.addCleanup(self.bucket.close)
        self.transfer = self.lasting(20)
        for name, value in [("is_public", lambda address: True), ("PAUSE_SECONDS", 0.05)]:
            patch = mock.patch.object(transfer, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def lasting(self, seconds):
        return Transfer(time.monotonic() + seconds, tls=self.bucket.trust)

    def refused(self, path, **limits):
        with self.assertRaises(TransferError) as caught:
            self.transfer.download(self.bucket.url(path), self.file, limits.get("limit", 1000))
        self.assertNotIn("secret", caught.exception.message, "presigned URLs stay secret")
        return caught.exception

    def test_there_and_back(self):
        data = os.urandom(3_000_000)
        self.bucket.objects["/in"] = data
        self.assertEqual(self.transfer.download(self.bucket.url("/in"), self.file, 3_000_000), len(data))
        self.assertEqual(self.transfer.upload(self.file, self.bucket.url("/out"), "video/webm"), len(data))
        self.assertEqual(self.bucket.objects["/out"], data)
        _, target, headers = self.bucket.requests[-1]
        self.assertEqual(target, "/out?X-Amz-Signature=secret")
        self.assertEqual((headers["Content-Type"], headers["Host"]), ("video/webm", self.bucket.host))
        self.assertNotIn("Transfer-Encoding", headers)

    def test_sizes(self):
        self.bucket.objects["/large"] = b"x" * 2000
        error = self.refused("/large")
        self.assertEqual((error.code, error.retry), ("tooLarge", False))
        self.bucket.answers["/endless"] = dripping
        self.assertEqual(self.refused("/endless", limit=3).code, "tooLarge")

    def test_cut_short(self):
        def half(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b"half")

        self.bucket.answers["/half"] = half
        error = self.refused("/half")
        self.assertEqual((error.code, error.retry), ("network", True))
        self.assertEqual(len(self.bucket.requests), transfer.ATTEMPTS)

    def test_statuses(self):
        for status, retry, attempts in [(500, True, 3), (503, True, 3), (403, True, 3), (404, False, 1), (206, False, 1)]:
            self.bucket.requests.clear()
            self.bucket.answers["/it"] = answering(status)
            error = self.refused("/it")
            self.assertEqual((error.code, error.retry), ("httpStatus", retry), status)
            self.assertEqual(len(self.bucket.requests), attempts, status)

    def test_heals(self):
        answers = [answering(503), answering(500), answering(200, body=b"there")]
        self.bucket.answers["/it"] = lambda handler: answers.pop(0)(handler)
        self.assertEqual(self.transfer.download(self.bucket.url("/it"), self.file, 100), 5)

    def test_redirects(self):
        self.bucket.objects["/there"] = b"there"
        self.bucket.answers["/here"] = answering(307, [("Location", "/there")])
        self.assertEqual(self.transfer.download(self.bucket.url("/here"), self.file, 100), 5)
        for target in ["https://example.com/", "http://" + self.bucket.host + "/there", "file:///etc/passwd",
                       "https://169.254.169.254/latest", "//example.com/x"]:
            self.bucket.answers["/away"] = answering(302, [("Location", target)])
            error = self.refused("/away")
            self.assertIn(error.code, ("redirect", "invalidURL"), target)
            self.assertFalse(error.retry, target)
        self.bucket.answers["/round"] = answering(302, [("Location", "/round")])
        self.assertEqual(self.refused("/round").code, "redirect")

    def test_uploads_refused(self):
        with open(self.file, "wb") as file:
            file.truncate(5_000_000)
        for status, retry in [(403, True), (307, False), (413, False), (503, True)]:
            self.bucket.answers["/out"] = answering(status)
            with self.assertRaises(TransferError) as caught:
                self.transfer.upload(self.file, self.bucket.url("/out"), "video/mp4")
            self.assertEqual(caught.exception.retry, retry, status)

    def test_deadline(self):
        self.bucket.answers["/slow"] = dripping
        self.bucket.answers["/silent"] = lambda handler: time.sleep(5)
        for path in ["/slow", "/silent"]:
            self.transfer, began = self.lasting(1), time.monotonic()
            self.assertEqual(self.refused(path, limit=10_000).code, "timeout")
            self.assertLess(time.monotonic() - began, 4)

    def test_certificate(self):
        with self.assertRaises(TransferError) as caught:
            Transfer(time.monotonic() + 20).download(self.bucket.url("/in"), self.file, 100)
        self.assertEqual(caught.exception.code, "network")
        self.assertEqual(self.bucket.requests, [])

    def test_no_one_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            with self.assertRaises(TransferError) as caught:
                self.transfer.download(f"https://localhost:{taken.getsockname()[1]}/", self.file, 100)
        self.assertEqual((caught.exception.code, caught.exception.retry), ("network", True))

    def test_disk(self):
        self.bucket.objects["/in"] = b"data"
        with self.assertRaises(TransferError) as caught:
            self.transfer.download(self.bucket.url("/in"), self.folder, 100)  # a folder is in the way
        self.assertEqual(caught.exception.code, "disk")


class AddressTests(unittest.TestCase):
    def test_private(self):
        for address in ["127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
                        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "240.0.0.1"]:
            self.assertFalse(is_public(address), address)
        for address in ["1.1.1.1", "52.216.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]:
            self.assertTrue(is_public(address), address)

    def test_private_hosts(self):
        for host in ["localhost", "127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:7f00:1]", "2130706433", "0x7f.1"]:
            with self.assertRaises(TransferError) as caught:
                Transfer(time.monotonic() + 5, tls=ssl.create_default_context()).download(f"https://{host}/", "/dev/null", 1)
            self.assertEqual(caught.exception.code, "invalidURL", host)

    def test_the_address_that_was_checked_is_used(self):
        # The name leads elsewhere at the second look-up.
        answers = [("93.184.216.34", 443), ("127.0.0.1", 443)]
        with mock.patch.object(socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", answers.pop(0))]), \
                mock.patch.object(socket, "create_connection", side_effect=ConnectionRefusedError) as connect:
            with self.assertRaises(ConnectionRefusedError):
                Transfer(time.monotonic() + 5)._download("https://rebinds.example/", "/dev/null", 1)
        connect.assert_called_once()
        self.assertEqual(connect.call_args.args[0], ("93.184.216.34", 443))

    def test_urls(self):
        for url in ["http://example.com/", "file:///etc/passwd", "ftp://example.com/", "https://", "https:///x", "", None, 5,
                    "https://user:password@example.com/", "https://example.com:port/", "https://example.com/ x", "https://[::1",
                    "https://example.com/\r\nHost: other"]:
            with self.assertRaises(TransferError, msg=url):
                check_url(url)
        self.assertEqual(check_url("http://example.com/", allows_private=True).hostname, "example.com")


if __name__ == "__main__":
    unittest.main()

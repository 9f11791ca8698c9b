# SPDX-License-Identifier: Apache-2.0
"""Tests of the calculator of costs."""

import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
import unittest

from support import SERVICE


def cost(*arguments):
    return subprocess.run([sys.executable, SERVICE / "load/cost.py", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def dollars(done, name):
    return float(re.search(rf"^{re.escape(name)} .*?([\d.]+)\$$", done.stdout, re.M)[1])


class CostTests(unittest.TestCase):
    def test_prices(self):
        done = cost("--cpu-seconds", 3600, "--vcpus", 1, "--memory-gb", 2, "--price", "ours=0.5,0.25")
        self.assertEqual(dollars(done, "ours"), 1000.0)
        self.assertAlmostEqual(dollars(done, "AWS Fargate, Linux x86, us-east-1"), 1000 * (0.04048 + 2 * 0.004445), places=2)
        self.assertAlmostEqual(dollars(cost("--gpu-seconds", 3600), "Modal with a T4"), 842.58, places=2)
        # More vCPUs take less time at a higher price: only the memory gets cheaper.
        wide = cost("--cpu-seconds", 3600, "--vcpus", 4, "--memory-gb", 2, "--price", "ours=0.5,0.25")
        self.assertEqual(dollars(wide, "ours"), 625.0)

    def test_the_estimate(self):
        class Service(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                edit = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                is_good = self.path == "/estimate" and self.headers["Authorization"] == "Bearer key" and edit == {"images": []}
                body = {"cpuSeconds": 1800, "memoryBytes": 2e9, "outputBytes": 1, "duration": 25, "frames": 750} if is_good else {}
                self.send_response(200 if is_good else 400)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *arguments):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as edit:
            edit.write('{"images": []}')
            edit.flush()
            options = [edit.name, "--server", f"http://127.0.0.1:{server.server_port}", "--vcpus", 1, "--price", "ours=0.5,0.25"]
            done = cost(*options, "--api-key", "key", "--factor", 2)
            self.assertEqual(dollars(done, "ours"), 1000.0, done.stderr)
            self.assertIn("25 s of video, 750 frames", done.stdout)
            self.assertIn("400", cost(*options, "--api-key", "wrong").stderr)

    def test_arguments(self):
        for arguments in [(), ("--cpu-seconds", 0), ("--cpu-seconds", -1), ("--cpu-seconds", "nan"), ("--cpu-seconds", 1, "--price", "ours"),
                          ("--cpu-seconds", 1, "--vcpus", 0)]:
            self.assertNotEqual(cost(*arguments).returncode, 0, arguments)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Tests of the files for deployment, each with the tool that will read it, and of deploy.sh with a docker that fails on demand."""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from support import SERVICE

try:
    import check_jsonschema
    import yaml
except ImportError:
    check_jsonschema = yaml = None

TOOLS = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(SERVICE / ".build/tools/usr/bin")])


def tool(name):
    return shutil.which(name, path=TOOLS)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


class FileTests(unittest.TestCase):
    def passes(self, *command, **options):
        done = run(*map(str, command), **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    @unittest.skipUnless(tool("shellcheck"), "shellcheck is not installed")
    def test_shell(self):
        self.passes(tool("shellcheck"), *SERVICE.glob("deploy/*.sh"), *SERVICE.glob("Tests/*.sh"))
        for script in SERVICE.glob("deploy/*.sh"):
            self.assertTrue(script.stat().st_mode & stat.S_IXUSR, script)

    @unittest.skipUnless(check_jsonschema and tool("shellcheck"), "check-jsonschema or shellcheck is not installed")
    def test_shell_in_the_workflow(self):
        jobs = yaml.safe_load((SERVICE / "deploy/github-actions.yml").read_text())["jobs"]
        scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
        self.assertEqual(len(scripts), 3)
        for script in scripts:
            self.assertNotIn("${{", script, "values of expressions reach a shell by its environment only")
            self.passes(tool("shellcheck"), "--shell=bash", "-", input=script)

    @unittest.skipUnless(check_jsonschema, "check-jsonschema is not installed")
    def test_schemas(self):
        check = [os.path.join(os.path.dirname(os.sys.executable), "check-jsonschema"), "--builtin-schema"]
        self.passes(*check, "vendor.compose-spec", SERVICE / "compose.yaml", SERVICE / "docker-compose.dev.yml")
        self.passes(*check, "vendor.github-workflows", SERVICE / "deploy/github-actions.yml")
        self.passes(*check, "custom.github-workflows-require-timeout", SERVICE / "deploy/github-actions.yml")

    @unittest.skipUnless(check_jsonschema, "PyYAML is not installed")
    def test_compose(self):
        compose = yaml.safe_load((SERVICE / "compose.yaml").read_text())
        text = (SERVICE / "compose.yaml").read_text()
        variables = set(re.findall(r"\$\{(\w+)", text))
        described = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", (SERVICE / ".env.example").read_text(), re.M))
        self.assertEqual(variables - described, set(), "each variable is in .env.example")
        settings = set(re.findall(r'Setting\(\s*"(\w+)"', "".join(
            path.read_text() for path in (SERVICE / "Sources/RenderService").rglob("Configuration+Settings*.swift"))))
        own = {"RENDER_IMAGE", "RENDER_IMAGE_BEFORE", "RENDER_REPOSITORY", "COMPOSE_PROFILES", "SITE", "STORE_SITE", "LISTEN",
               "STORE_LISTEN", "SERVICE_WORKERS", "POSTGRES_PASSWORD"}
        self.assertEqual(described - own - settings, set(), "the others are settings of the service")
        for name, service in compose["services"].items():
            for ports in service.get("ports", []):
                if name != "caddy":
                    self.assertIn("127.0.0.1", ports, f"{name} is not public by itself")
        for name in ("service", "worker", "gpu-worker"):
            service = compose["services"][name]
            self.assertTrue(service["read_only"] and service["cap_drop"] == ["ALL"], name)
            self.assertLessEqual(set(service["environment"]) - {"NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES"}, settings)
        development = yaml.safe_load((SERVICE / "docker-compose.dev.yml").read_text())
        self.assertEqual(set(development["services"]), {"redis", "postgres", "store", "bucket"})
        for service in development["services"].values():
            for ports in service.get("ports", []):
                self.assertTrue(ports.startswith("127.0.0.1:"), ports)
        for name in ("redis", "store", "bucket"):
            self.assertEqual(development["services"][name]["image"], compose["services"][name]["image"], "one version of each")

    def test_railway(self):
        railway = json.loads((SERVICE / "railway.json").read_text())
        root = SERVICE.parents[1]
        dockerfile = (root / railway["build"]["dockerfilePath"]).read_text()
        self.assertNotIn("VOLUME", re.sub(r"#.*", "", dockerfile), "Railway refuses it")
        self.assertEqual(railway["deploy"]["healthcheckPath"], "/health/ready")
        for path in railway["build"]["watchPatterns"]:
            self.assertTrue((root / path).exists(), path)
        command = re.search(r"^CMD (.*)$", (SERVICE / "Dockerfile").read_text(), re.M)[1]
        self.assertNotIn("--port", json.loads(command), "PORT is Railway's to choose")

    def test_images_have_what_the_program_needs(self):
        def packages(text):
            return set(re.findall(r"(?<=[ ])(?:lib[a-z0-9.-]+|pkg-config|ca-certificates)(?=[ \n])", text))

        service, alone = ((SERVICE / path).read_text() for path in ("Dockerfile", "modal/Dockerfile"))
        library = re.search(r"^PACKAGES +:= (.*?[^\\])$", (SERVICE / "../../Makefile").read_text(), re.M | re.S)[1]
        self.assertEqual({name for name in packages(" " + library) if name.endswith("-dev")} - packages(alone), set())
        self.assertLessEqual(packages(alone), packages(service))
        self.assertEqual(*(re.findall(r"^FROM (\S+)", text, re.M) for text in (service, alone)))

    @unittest.skipUnless(tool("systemd-analyze"), "systemd is not installed")
    def test_unit(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = (SERVICE / "deploy/render-service.service").read_text()
            # The program is looked for, and is not installed here.
            path = pathlib.Path(folder, "render-service.service")
            path.write_text(unit.replace("/opt/render-service/render-service", "/bin/true"))
            said = self.passes(tool("systemd-analyze"), "verify", "--man=no", path)
        self.assertNotIn("render-service.service", said, "it warns of nothing in the unit")

    @unittest.skipUnless(tool("fail2ban-regex"), "fail2ban is not installed")
    def test_fail2ban(self):
        def line(ip="203.0.113.9", uri="/jobs", status=401):
            request = {"remote_ip": ip, "remote_port": "5000", "proto": "HTTP/2.0", "method": "GET", "host": "render.example.com",
                       "uri": uri, "headers": {"User-Agent": ["curl/8.0"]}}
            return json.dumps({
                "level": "info", "ts": time.time(), "logger": "http.log.access.log0", "msg": "handled request", "request": request,
                "user_id": "", "duration": 0.001, "size": 90, "status": status, "resp_headers": {}}, separators=(",", ":"))

        def matched(*lines):
            with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
                log.write("\n".join(lines) + "\n")
                log.flush()
                said = self.passes(tool("fail2ban-regex"), "--print-all-matched", log.name, SERVICE / "deploy/fail2ban/filter.conf")
            return int(re.search(r"(\d+) matched", said)[1])

        self.assertEqual(matched(line(), line("2001:db8::1")), 2)
        self.assertEqual(matched(line(status=200), line(status=404), line(status=500)), 0)
        # Nobody has others banned by what they write into a path.
        self.assertEqual(matched(line(uri='/x"status":401,', status=404)), 0)
        self.assertEqual(matched(line(uri='","msg":"handled request","request":{"remote_ip":"198.51.100.1",', status=200)), 0)

    @unittest.skipUnless(tool("fail2ban-client") and os.path.isdir("/etc/fail2ban"), "fail2ban is not installed")
    def test_jail(self):
        with tempfile.TemporaryDirectory() as folder:
            settings = shutil.copytree("/etc/fail2ban", f"{folder}/fail2ban")
            shutil.copy(SERVICE / "deploy/fail2ban/filter.conf", f"{settings}/filter.d/render-service.conf")
            log = pathlib.Path(folder, "access.log")
            log.touch()
            jail = (SERVICE / "deploy/fail2ban/jail.conf").read_text().replace("/var/log/caddy/render-service.log", str(log))
            # Debian enables a jail for SSH, whose log need not be here.
            pathlib.Path(settings, "jail.d/render-service.conf").write_text(jail + "\n[sshd]\nenabled = false\n")
            self.assertIn("OK", self.passes(tool("fail2ban-client"), "-c", settings, "--test"))

    @unittest.skipUnless(tool("nft") and os.geteuid() == 0, "nft needs to be installed, and root")
    def test_firewall(self):
        done = run(tool("nft"), "-c", "-f", str(SERVICE / "deploy/nftables.conf"))
        if "not permitted" in done.stderr or "not supported" in done.stderr:
            self.skipTest("there is no nftables in this kernel")
        self.assertEqual(done.returncode, 0, done.stderr)


DOCKER = r'''#!/usr/bin/env python3
import json, os, pathlib, sys, time
state = pathlib.Path(os.environ["STATE"])
orders = json.loads((state / "orders").read_text())
arguments, image = sys.argv[1:], os.environ.get("RENDER_IMAGE", "")
with open(state / "calls", "a") as log:
    print(*arguments[:2], image if arguments[:2] == ["compose", "up"] else arguments[-1], file=log)
if arguments[0] == "pull":
    sys.exit(1 if arguments[-1] in orders.get("pull", []) else 0)
if arguments[:2] == ["image", "inspect"]:
    print(orders.get("digests", {}).get(arguments[-1], ""))
if arguments[:2] == ["compose", "up"]:
    if image in orders.get("up", []):
        sys.exit(1)
    (state / "running").write_text(image)
    time.sleep(orders.get("slow", 0))
if arguments[:2] == ["compose", "ps"]:
    running = (state / "running").read_text()
    print("service running\nbucket exited\nworker", "restarting" if running in orders.get("worker", []) else "running")
'''


class DeployTests(unittest.TestCase):
    """deploy.sh with a docker that records what it is told, and a service that is as healthy as its image."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "deploy").mkdir()
        shutil.copy(SERVICE / "deploy/deploy.sh", self.folder / "deploy")
        (self.folder / "bin").mkdir()
        docker = self.folder / "bin/docker"
        docker.write_text(DOCKER)
        docker.chmod(0o755)
        (self.folder / "calls").touch()
        (self.folder / "running").write_text("old")
        (self.folder / ".env").write_text("API_KEYS=anna:key\nRENDER_IMAGE=old\nRENDER_IMAGE_BEFORE=older\nWORKERS=1\n")
        self.orders()
        test = self

        class Health(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                running = (test.folder / "running").read_text()
                self.send_response(503 if running in test.sick else 200 if self.path == "/health/ready" else 404)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.sick = set()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with open(self.folder / ".env", "a") as env:
            env.write(f"LISTEN=127.0.0.1:{server.server_port}\n")

    def orders(self, **orders):
        (self.folder / "orders").write_text(json.dumps(orders))

    def environment(self):
        return {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "STATE": str(self.folder), "HEALTH_SECONDS": "2",
                "SETTLE_SECONDS": "0.2"}

    def deploy(self, *arguments):
        done = run(self.folder / "deploy/deploy.sh", *arguments, env=self.environment())
        self.said = done.stdout + done.stderr
        return done.returncode

    def ups(self):
        return [line.split()[2] for line in (self.folder / "calls").read_text().splitlines() if line.startswith("compose up")]

    def recorded(self):
        text = (self.folder / ".env").read_text()
        self.assertIn("API_KEYS=anna:key\n", text)
        self.assertIn("WORKERS=1\n", text)
        self.assertEqual(text.count("RENDER_IMAGE="), 1)
        return tuple(re.search(f"^{name}=(.*)$", text, re.M)[1] for name in ("RENDER_IMAGE", "RENDER_IMAGE_BEFORE"))

    def test_a_healthy_image(self):
        self.orders(digests={"repo/it:1": "repo/it@sha256:abc"})
        self.assertEqual(self.deploy("repo/it:1"), 0, self.said)
        self.assertEqual(self.ups(), ["repo/it@sha256:abc"])
        self.assertEqual(self.recorded(), ("repo/it@sha256:abc", "old"))
        self.assertEqual(stat.S_IMODE((self.folder / ".env").stat().st_mode), 0o600)
        self.assertEqual(self.deploy("repo/it:1"), 0)
        self.assertEqual(self.recorded(), ("repo/it@sha256:abc", "old"), "the same again leaves the one before")

    def test_an_image_that_is_not_healthy(self):
        self.sick = {"new"}
        self.assertEqual(self.deploy("new"), 1, self.said)
        self.assertEqual(self.ups(), ["new", "old"])
        self.assertEqual((self.folder / "running").read_text(), "old")
        self.assertEqual(self.recorded(), ("old", "older"))
        self.assertIn("old is in service again", self.said)

    def test_an_image_that_does_not_start(self):
        self.orders(up=["new"])
        self.assertEqual(self.deploy("new"), 1, self.said)
        self.assertEqual((self.ups(), self.recorded()), (["new", "old"], ("old", "older")))

    def test_workers_that_do_not_start(self):
        self.orders(worker=["new"])
        self.assertEqual(self.deploy("new"), 1, self.said)
        self.assertEqual((self.ups(), self.recorded()), (["new", "old"], ("old", "older")))
        self.assertIn("worker restarting", self.said)

    def test_an_image_that_there_is_not(self):
        self.orders(pull=["new"])
        self.assertEqual(self.deploy("new"), 1, self.said)
        self.assertEqual((self.ups(), self.recorded()), ([], ("old", "older")))

    def test_neither_is_healthy(self):
        self.sick = {"new", "old"}
        self.assertEqual(self.deploy("new"), 2, self.said)
        self.assertEqual((self.ups(), self.recorded()), (["new", "old"], ("old", "older")))

    def test_the_first_image_of_all(self):
        env = self.folder / ".env"
        env.write_text(re.sub("RENDER_IMAGE.*\n", "", env.read_text()))
        self.sick = {"new"}
        self.assertEqual(self.deploy("new"), 2, self.said)
        self.sick = set()
        self.assertEqual(self.deploy("new"), 0, self.said)
        self.assertEqual(self.recorded(), ("new", ""))

    def test_back(self):
        self.assertEqual(self.deploy("--back"), 0, self.said)
        self.assertEqual((self.ups(), self.recorded()), (["older"], ("older", "old")))
        self.assertNotIn("pull", (self.folder / "calls").read_text(), "what was in service is here already")

    def test_interrupted(self):
        self.sick = {"new"}
        process = subprocess.Popen(
            [self.folder / "deploy/deploy.sh", "new"], env=self.environment() | {"HEALTH_SECONDS": "30"}, stderr=subprocess.PIPE)
        for _ in range(100):
            time.sleep(0.05)
            if self.ups():
                break
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
        self.assertEqual((process.returncode, self.ups(), self.recorded()), (1, ["new", "old"], ("old", "older")))

    def test_two_at_once(self):
        self.orders(slow=2)
        first = subprocess.Popen([self.folder / "deploy/deploy.sh", "new"], env=self.environment(), stderr=subprocess.DEVNULL)
        for _ in range(100):
            time.sleep(0.05)
            if self.ups():
                break
        self.assertEqual(self.deploy("other"), 1)
        self.assertIn("under way", self.said)
        self.assertEqual(first.wait(), 0)
        self.assertEqual((self.ups(), self.recorded()[0]), (["new"], "new"))

    def test_arguments(self):
        for arguments in [(), ("--wrong",), ("new; rm -rf /",), ("$(id)",), ("",)]:
            self.assertEqual(self.deploy(*arguments), 2, arguments)
        with open(self.folder / ".env", "a") as env:
            env.write("RENDER_REPOSITORY=ghcr.io/acme/render-service\n")
        self.assertEqual(self.deploy("ghcr.io/other/image:1"), 2)
        self.assertEqual(self.ups(), [])
        self.assertEqual(self.deploy("ghcr.io/acme/render-service:1"), 0, self.said)

    def test_status(self):
        self.assertEqual(self.deploy("--status"), 0, self.said)
        self.assertIn("in service: old", self.said)
        self.sick = {"old"}
        self.assertEqual(self.deploy("--status"), 1)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the last stage of a Dockerfile step by step in a bare Debian root, and then what the image is for.

    image.py service FOLDER     # a folder with a built render-service and its resources
    image.py modal COMPOSE      # a built compose

It needs root and debootstrap, and no Docker. It shows that the packages of the image are enough for the program, that the image's user
may write where it has to, and that command and health check work together, with a PORT of the host's choice. Swift's libraries, which
the build stage links statically, are copied beside the program.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SERVICE = pathlib.Path(__file__).resolve().parents[1]
MEDIA = SERVICE.parent / "Media"


def last_stage(dockerfile):
    """Returns the instructions of the last stage as pairs of name and argument."""
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(), flags=re.M)
    steps = [line.split(None, 1) for line in re.sub(r"\\\n\s*", " ", text).splitlines() if line.strip()]
    start = max(number for number, (name, _) in enumerate(steps) if name == "FROM")
    return [(name, argument.strip()) for name, argument in steps[start:]]


class Image:
    def __init__(self, root):
        self.root, self.user, self.folder, self.said = root, "0", "/", {}
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

    def build(self, dockerfile, built):
        for name, argument in last_stage(dockerfile):
            print(f"{name} {argument}"[:120], flush=True)
            if name == "FROM":
                suite = re.fullmatch(r"debian:(\w+)-slim", argument)[1]
                subprocess.run(["debootstrap", "--variant=minbase", suite, self.root], check=True, stdout=subprocess.DEVNULL)
                subprocess.run(["mount", "-t", "proc", "proc", f"{self.root}/proc"], check=True)
                shutil.copy("/etc/resolv.conf", f"{self.root}/etc/resolv.conf")
            elif name == "RUN":
                self.run(["/bin/sh", "-c", argument])
            elif name == "COPY":
                source, target = argument.removeprefix("--from=build ").split()
                self.add(built[source], target)
            elif name == "ENV":
                self.environment |= dict(word.split("=", 1) for word in shlex.split(argument))
            elif name == "USER":
                self.user = argument
            elif name == "WORKDIR":
                self.folder = argument
                os.makedirs(f"{self.root}{argument}", exist_ok=True)
            else:
                self.said[name] = argument

    def add(self, source, target):
        place = f"{self.root}{target}"
        if os.path.isdir(source):
            shutil.copytree(source, place)
        else:
            shutil.copy(source, place)
        program = source / "render-service" if os.path.isdir(source) else source
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        os.makedirs(f"{self.root}/opt/swift")
        for path in re.findall(r"=> (\S*/swift/linux/\S+)", listed):
            shutil.copy(path, f"{self.root}/opt/swift")
        pathlib.Path(self.root, "etc/ld.so.conf.d/swift.conf").write_text("/opt/swift\n")
        self.run(["ldconfig"])

    def inside(self, command):
        return ["chroot", f"--userspec={self.user}:{self.user}", self.root, "/usr/bin/env", "-i", f"--chdir={self.folder}",
                *(f"{name}={value}" for name, value in self.environment.items()), *command]

    def run(self, command, **options):
        done = subprocess.run(self.inside(command), capture_output=True, text=True, **options)
        if done.returncode:
            sys.exit(f"image.py: {command}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def ask(url, method="GET", body=None):
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"image.py: {method} {url}: {error.code} {error.read(3000).decode(errors='replace')}")


def check_service(image):
    port = free_port()
    image.environment["PORT"] = str(port)
    command = json.loads(image.said["ENTRYPOINT"]) + json.loads(image.said["CMD"])
    health = json.loads(re.search(r"CMD (\[.*\])$", image.said["HEALTHCHECK"])[1])
    with open(f"{image.root}/service.log", "w") as log:
        process = subprocess.Popen(image.inside(command), stdout=log, stderr=log)
    try:
        for _ in range(100):
            time.sleep(0.1)
            if subprocess.run(image.inside(health), capture_output=True).returncode == 0:
                break
        else:
            sys.exit("image.py: never healthy\n" + pathlib.Path(image.root, "service.log").read_text()[-3000:])
        print("the health check passes", flush=True)
        server = f"http://127.0.0.1:{port}"
        ask(f"{server}/media/photo1.jpg", "PUT", (MEDIA / "photo1.jpg").read_bytes())
        ask(f"{server}/media/music.m4a", "PUT", (MEDIA / "music.m4a").read_bytes())
        job = json.loads(ask(f"{server}/render", "POST", json.dumps(
            {"images": ["photo1.jpg"], "audio": "music.m4a", "size": "640x360"}).encode()))
        for _ in range(600):
            status = json.loads(ask(server + job["statusURL"]))
            if status["state"] in ("completed", "failed"):
                break
            time.sleep(0.1)
        assert status["state"] == "completed", status
        assert ask(server + job["outputURL"])[4:8] == b"ftyp"
        assert b"<html" in ask(server + "/").lower(), "the page is among the resources"
    finally:
        process.terminate()
        process.wait(60)
    assert subprocess.run(image.inside(health), capture_output=True).returncode != 0, "the check fails when nothing is served"


def check_modal(image):
    program = json.loads(image.said["ENTRYPOINT"])
    shutil.copy(MEDIA / "photo1.jpg", f"{image.root}/tmp/photo1.jpg")
    edit = {"version": 1, "timeline": {"size": {"width": 320, "height": 240}, "tracks": [
        {"clips": [{"type": "image", "src": "tmp/photo1.jpg", "duration": 1}]}]}}
    said = image.run([*program, "render", "-", "--output", "/tmp/out.mp4", "--json"], input=json.dumps(edit))
    assert json.loads(said.splitlines()[-1])["report"]["video"]["frames"] == 30, said


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("service", "modal") or os.geteuid() != 0:
        sys.exit(__doc__)
    if not os.environ.get("IMAGE_NAMESPACE"):
        # Mounts are made in a namespace of its own, and end with it.
        os.environ["IMAGE_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", sys.executable, *sys.argv])
    built = pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        image = Image(root)
        try:
            if sys.argv[1] == "service":
                image.build(SERVICE / "Dockerfile", {"/app": built})
                check_service(image)
            else:
                image.build(SERVICE / "modal/Dockerfile", {"/usr/local/bin/compose": built})
                check_modal(image)
        finally:
            subprocess.run(["umount", "-l", f"{root}/proc"], capture_output=True)
    print("the image does what it is for")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a video with the service's web page in headless Chromium, plays it, and checks it as a user would.

    browser.py SERVER_URL photo1.jpg clip.mp4 music.m4a said.srt [--key KEY] [--save FILE] [--screenshots DIR]

Exits with 0 on success, and with 1 and a message on failure. It needs Chromium (the variable CHROMIUM can name another program)
and only Python's standard library, because it uses the DevTools protocol over a pipe.
"""

import argparse
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request


class Failure(Exception):
    """A failed check."""


class Browser:
    """A headless Chromium with one page."""

    def __init__(self):
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        if not program:
            raise Failure("Chromium is not installed")
        self.folder = tempfile.mkdtemp(prefix="browser-")
        command_out, self.commands = os.pipe()
        self.answers, answer_in = os.pipe()

        # Chromium reads commands from descriptor 3 and writes responses to descriptor 4. Both pipe ends are first moved
        # elsewhere, because one may have the number that the other needs.
        def descriptors():
            reading, writing = os.dup(command_out), os.dup(answer_in)
            high = [os.dup(reading) for _ in range(8)][-1]
            higher = os.dup(writing)
            os.dup2(high, 3)
            os.dup2(higher, 4)

        self.log = open(os.path.join(self.folder, "log"), "wb+")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
             "--user-data-dir=" + os.path.join(self.folder, "profile"), "about:blank"],
            close_fds=False, preexec_fn=descriptors, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        os.close(command_out)
        os.close(answer_in)
        self.number = 0
        self.buffer = b""
        self.session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "DOM", "Accessibility"]:
            self.call(domain + ".enable")

    def receive(self, seconds):
        """Returns the next message, or None if none arrives in time."""
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, end - time.monotonic()))[0]:
                return None
            data = os.read(self.answers, 1 << 20)
            if not data:
                self.log.seek(0)
                raise Failure("Chromium ended: " + self.log.read().decode(errors="replace")[-2000:])
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answer = self.receive(1)
            if answer is None:
                continue
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)
        raise Failure(f"{method}: no answer")

    def run(self, script):
        """Returns the value of a script, or of the promise it returns."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failure(f"{script}: {details.get('exception', {}).get('description', details['text'])}")
        return answer["result"].get("value")

    def wait(self, script, seconds, what):
        """Waits until a script's value is true, and returns it."""
        end = time.monotonic() + seconds
        while True:
            value = self.run(script)
            if value:
                return value
            if time.monotonic() > end:
                raise Failure(f"{what}: not within {seconds:g} s; {self.run(STATE)}")
            time.sleep(0.1)

    def press(self, key, code=0, text=""):
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      **({"text": text} if text and kind == "keyDown" else {}))

    def choose(self, selector, files):
        """Selects files in an input element, as a user would."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        if not node:
            raise Failure(f"there is no {selector}")
        self.call("DOM.setFileInputFiles", nodeId=node, files=files)

    def screenshot(self, path):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def console_errors(self):
        """Returns the page's logged errors, exceptions and failed requests."""
        self.call("Runtime.evaluate", expression="0")
        found = []
        for event in self.events:
            method, parameters = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
                found.append(" ".join(str(a.get("value", a.get("description"))) for a in parameters["args"]))
            elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                found.append(parameters["entry"]["text"] + " " + parameters["entry"].get("url", ""))
        return found

    def close(self):
        try:
            session, self.session = self.session, None
            if session:
                self.call("Browser.close")
            self.process.wait(10)
        except (Failure, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# The page's current messages, for error reports.
STATE = """[...document.querySelectorAll('#wrong, #doing, #said')].map(e => e.innerText.trim()).filter(Boolean).join(' | ')"""

# Roles that need an accessible name.
CONTROLS = {"button", "link", "textbox", "searchbox", "combobox", "listbox", "radio", "checkbox", "slider", "spinbutton",
            "switch", "menuitem", "tab", "progressbar", "Video", "Audio", "dialog", "image", "img"}


def check_names(browser, when):
    """Checks that every control has a name and that a live region reports progress."""
    nodes = [n for n in browser.call("Accessibility.getFullAXTree")["nodes"] if not n.get("ignored")]
    controls = [n for n in nodes if n.get("role", {}).get("value") in CONTROLS]
    if len(controls) < 8:
        raise Failure(f"{when}: only {len(controls)} controls are told to screen readers")
    for node in controls:
        role, name = node["role"]["value"], node.get("name", {}).get("value", "").strip()
        if not name:
            html = ""
            if "backendDOMNodeId" in node:
                resolved = browser.call("DOM.describeNode", backendNodeId=node["backendDOMNodeId"])["node"]
                html = f": <{resolved['localName']} {' '.join(resolved.get('attributes', []))}>"
            raise Failure(f"{when}: a {role} has no name{html}")
    if not any(n.get("role", {}).get("value") == "status" for n in nodes):
        raise Failure(f"{when}: no region says what is going on")
    return len(controls)


def check_keyboard(browser):
    """Checks that the Tab key reaches every control in order and that the focus is visible."""
    browser.run("""(() => { const top = document.createElement('span'); top.tabIndex = -1; document.body.prepend(top);
        top.focus(); })()""")  # Tab continues from the element that had the focus last
    expected = browser.run("""[...document.querySelectorAll('a[href], button, input, select, video')].filter(e =>
        !e.disabled && e.checkVisibility() && !(e.type === 'radio' && !e.checked)).length""")
    seen = []
    for _ in range(expected + 12):
        browser.press("Tab", 9)
        place = browser.run("""(() => { const e = document.activeElement;
            if (!e || e === document.body || e.localName === 'span') return null;
            const shown = [e, e.closest('label')].some(x => x && getComputedStyle(x).outlineStyle !== 'none');
            return [e.id || e.ariaLabel || e.name || e.innerText || e.href, shown, e.localName]; })()""")
        if place is None:
            break
        if not place[1]:
            raise Failure(f"{place[0]} has the focus and does not show it")
        if place[0] not in seen:
            seen.append(place[0])
    chosen = {"music-file": "song-remove", "captions-file": "captions-remove"}
    for name in ["photo-files", "music-file", "captions-file", "transition", "motion", "seconds", "make"]:
        if name not in seen and chosen.get(name) not in seen:
            raise Failure(f"Tab does not reach {name}, but {seen}")
    if seen.index("photo-files") > seen.index("transition") or seen.index("transition") > seen.index("make"):
        raise Failure(f"Tab goes in another order than the page: {seen}")
    return len(seen)


def choose_captions(browser, photo, captions):
    """Checks that the field for captions takes nothing else, and gives back what it took; leaves the captions chosen."""
    browser.choose("#captions-file", [photo])
    browser.wait("document.querySelector('#wrong').innerText.includes('captions')", 5, "a word about a photo among the captions")
    for is_first in [True, False]:
        browser.choose("#captions-file", captions)
        browser.wait("!document.querySelector('#captions').hidden && document.querySelector('#captions-drop').hidden", 5, "the captions")
        name = browser.run("document.querySelector('#captions').innerText")
        if os.path.basename(captions[0]) not in name:
            raise Failure(f"the captions are called {name!r}")
        if browser.run("document.querySelector('#wrong').innerText"):
            raise Failure("what was wrong is still said after captions were chosen")
        if is_first:
            browser.run("document.querySelector('#captions-remove').click()")
            browser.wait("document.querySelector('#captions').hidden && document.activeElement.id === 'captions-file'", 5,
                         "the field for captions after they were removed")


def make_video(browser, arguments, photos, music, captions):
    browser.call("Page.navigate", url=arguments.server)
    browser.wait("document.readyState === 'complete' && !!document.querySelector('#make')", 20, "the page")
    if arguments.key:
        browser.wait("document.querySelector('#key-dialog').open", 10, "asking for a key")
        browser.call("Input.insertText", text=arguments.key)
        browser.press("Enter", 13, "\r")
    picture = lambda name: arguments.screenshots and browser.screenshot(os.path.join(arguments.screenshots, name + ".png"))
    picture("1-empty")

    # Without photos, the page shows a message and sends nothing.
    browser.run("document.querySelector('#make').click()")
    browser.wait("document.querySelector('#wrong[role=alert]').innerText.includes('photo')", 5, "a word about missing photos")

    browser.choose("#photo-files", photos)
    browser.wait(f"document.querySelectorAll('#photos li').length === {len(photos)}", 10, "the photos in the list")
    if music:
        browser.choose("#music-file", music)
        browser.wait("!document.querySelector('#song').hidden", 5, "the music")
    if captions:
        choose_captions(browser, photos[0], captions)
    browser.wait("[...document.querySelectorAll('#photos img')].every(i => i.naturalWidth > 0)", 10, "thumbnails")
    videos = sum(not name.lower().endswith((".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif")) for name in photos)
    if videos:
        browser.wait(f"document.querySelectorAll('#photos img[src^=\"blob:\"]').length === {len(photos)}", 15, "pictures of videos")
        browser.wait("/video.* s$/.test(document.querySelector('#summary').innerText)", 5, "the length with videos")
    if len(photos) > 1:
        # The keyboard moves the second photo to the front and back again.
        names = "[...document.querySelectorAll('#photos img')].map(i => i.alt)"
        before = browser.run(names)
        browser.run("document.querySelectorAll('#photos li')[1].querySelector('button').focus()")
        browser.press("Enter", 13, "\r")
        after = browser.run(names)
        if after != [before[1], before[0], *before[2:]]:
            raise Failure(f"moving a photo forward made {after} of {before}")
        browser.press("Enter", 13, "\r")
        if browser.run(names) != before:
            raise Failure("moving a photo back did not")
    for field, value in [("transition", arguments.transition), ("motion", arguments.motion), ("seconds", arguments.seconds)]:
        browser.run(f"""(() => {{ const e = document.querySelector('#{field}'); e.value = {json.dumps(value)};
            e.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()""")
        if browser.run(f"document.querySelector('#{field}').value") != value:
            raise Failure(f"{field} has no {value}")
    browser.run(f"document.querySelector('[name=size][value=\"{arguments.size}\"]').click()")
    controls = check_names(browser, "the form")
    stops = check_keyboard(browser)
    picture("2-chosen")

    began = time.monotonic()
    browser.run("document.querySelector('#make').focus()")
    browser.press("Enter", 13, "\r")
    browser.wait("!document.querySelector('#working').hidden || !document.querySelector('#video').hidden", 10, "progress")
    pictured, end = False, began + arguments.timeout
    while True:
        state = browser.run("""({ video: !document.querySelector('#video').hidden, wrong: document.querySelector('#wrong').innerText,
            value: document.querySelector('#bar').hasAttribute('value') && document.querySelector('#bar').value,
            doing: document.querySelector('#doing').innerText })""")
        if state["wrong"]:
            if arguments.wrong and arguments.wrong in state["wrong"]:
                print(f"the page says: {state['wrong']}")
                return None
            raise Failure(f"the page says: {state['wrong']}")
        if state["video"]:
            if arguments.wrong:
                raise Failure(f"there is a video, where the page was to say: {arguments.wrong}")
            break
        if not pictured and "frames" in state["doing"]:
            pictured = True
            check_names(browser, "while rendering")
            picture("3-rendering")
        if time.monotonic() > end:
            raise Failure(f"no video within {arguments.timeout:g} s; {browser.run(STATE)}")
        time.sleep(0.05)
    print(f"made in {time.monotonic() - began:.1f} s; {controls} controls with names, {stops} stops of the Tab key")
    return picture


def play(browser, size):
    """Checks that the video plays and can be seeked."""
    browser.wait("document.querySelector('#video').readyState >= 1", 20, "the video's beginning")
    facts = browser.run("""(({ videoWidth, videoHeight, duration, seekable }) =>
        ({ videoWidth, videoHeight, duration, seekable: seekable.length ? seekable.end(0) : 0 }))(document.querySelector('#video'))""")
    if [facts["videoWidth"], facts["videoHeight"]] != [int(n) for n in size.split("x")]:
        raise Failure(f"the video is {facts['videoWidth']}x{facts['videoHeight']}, not {size}")
    if not facts["duration"] or facts["duration"] <= 0:
        raise Failure(f"the video lasts {facts['duration']} s")
    browser.run("document.querySelector('#video').play()")
    browser.wait("document.querySelector('#video').currentTime > 0.4", 20, "playing")
    browser.run("document.querySelector('#video').pause()")
    target = facts["duration"] * 0.75
    browser.run(f"""new Promise((resolve, reject) => {{ const video = document.querySelector('#video');
        video.addEventListener('seeked', resolve, {{ once: true }}); setTimeout(() => reject(new Error('no end of seeking')), 10000);
        video.currentTime = {target}; }})""")
    at = browser.run("document.querySelector('#video').currentTime")
    if abs(at - target) > 0.5:
        raise Failure(f"sought {target:.2f} s and came to {at:.2f} s")
    # The picture is drawn to a canvas and read back, to check that it is not black.
    light = browser.run("""(() => { const video = document.querySelector('#video'), canvas = document.createElement('canvas');
        canvas.width = canvas.height = 16; const context = canvas.getContext('2d'); context.drawImage(video, 0, 0, 16, 16);
        try { return Math.max(...context.getImageData(0, 0, 16, 16).data.filter((_, i) => i % 4 < 3)); }
        catch { return -1; } })()""")  # -1: a picture from another origin, which may be shown but not read
    if light != -1 and light < 16:
        raise Failure("the video is black")
    browser.run("document.querySelector('#video').play()")
    browser.wait(f"document.querySelector('#video').currentTime > {target} + 0.05 || document.querySelector('#video').ended", 20,
                 "playing on after seeking")
    browser.run("document.querySelector('#video').pause()")
    print(f"played: {facts['videoWidth']}x{facts['videoHeight']}, {facts['duration']:.2f} s")


def check_download(browser, save):
    """Checks that the link leads to the file and supports range requests."""
    address = browser.run("document.querySelector('#download').href")
    if address.startswith("blob:"):
        return  # downloaded with a key, so available only within the page
    request = urllib.request.Request(address, headers={"Range": "bytes=4-7"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        if (answer.status, answer.read()) != (206, b"ftyp"):
            raise Failure(f"bytes 4-7 of the download: status {answer.status}, and not MP4's")
    if save:
        with urllib.request.urlopen(address, timeout=60) as answer, open(save, "wb") as file:
            shutil.copyfileobj(answer, file)


def check_list(browser):
    """Checks that the latest videos are listed and can be played from the list."""
    browser.wait("document.querySelectorAll('#job-list li button').length > 0", 10, "the list of the last videos")
    browser.run("document.querySelector('#video').removeAttribute('src')")
    browser.run("document.querySelector('#job-list li button').click()")
    browser.wait("document.querySelector('#video').readyState >= 1", 20, "playing from the list")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("files", nargs="+", help="photos and videos, at most one sound, and at most one file of captions")
    parser.add_argument("--key", help="the API key the server asks for")
    parser.add_argument("--save", metavar="FILE", help="where the video is kept")
    parser.add_argument("--screenshots", metavar="DIR")
    parser.add_argument("--timeout", type=float, default=180, help="seconds a render may take")
    parser.add_argument("--transition", default="fade")
    parser.add_argument("--motion", default="alternate")
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--size", default="1920x1080", choices=["1920x1080", "1080x1920", "1080x1080"])
    parser.add_argument("--wrong", metavar="WORDS", help="what the page has to say instead of making the video")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1200)
    arguments = parser.parse_args()
    files = [os.path.abspath(name) for name in arguments.files]
    for name in files:
        if not os.path.isfile(name):
            parser.error(f"{name} does not exist")
    is_sound = lambda name: name.lower().endswith((".m4a", ".mp3", ".wav", ".flac", ".ogg", ".opus", ".aac"))
    is_captions = lambda name: name.lower().endswith((".srt", ".vtt", ".ass", ".ssa", ".json"))
    music, captions = [f for f in files if is_sound(f)], [f for f in files if is_captions(f)]
    photos = [f for f in files if f not in music + captions]
    if arguments.screenshots:
        os.makedirs(arguments.screenshots, exist_ok=True)

    browser = None
    try:
        browser = Browser()
        browser.call("Emulation.setDeviceMetricsOverride", width=arguments.width, height=860, deviceScaleFactor=1,
                     mobile=arguments.width < 600)
        browser.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if arguments.dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        picture = make_video(browser, arguments, photos, music, captions)
        if picture is None:
            return 0
        play(browser, arguments.size)
        check_list(browser)
        check_download(browser, arguments.save)
        check_names(browser, "with the video")
        picture("4-done")
        errors = browser.console_errors()
        if arguments.key:
            errors = [e for e in errors if "401" not in e]  # the response after which the page asks for the key
        if errors:
            raise Failure("the console has errors: " + "; ".join(errors))
        print("the console has no errors")
    except (Failure, OSError) as failure:
        print(f"browser.py: {failure}", file=sys.stderr)
        if browser and arguments.screenshots:
            browser.screenshot(os.path.join(arguments.screenshots, "failed.png"))
        return 1
    finally:
        if browser:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The remote renderer on Modal: two addresses, one that takes jobs and one that tells how they go.

    pip install modal && modal setup
    modal secret create compose-render RENDER_TOKEN=$(openssl rand -hex 24)
    modal deploy Examples/RenderService/modal/modal_app.py

The addresses are printed by the last command. COMPOSE_IMAGE names a published image of the Dockerfile beside this file;
without it, Modal builds it. COMPOSE_SECRET names another secret. README.md has the bodies of requests.
"""

import logging
import os
import pathlib

import modal

import endpoints
import render_job

HERE = pathlib.Path(__file__).parent
# What the image is built from; Package.swift names the tests' folders.
CONTEXT = ("*", "!Package.swift", "!Package.resolved", "!Sources/**", "!Tests/**")
SOURCES = ("endpoints", "render_job", "transfer")

app = modal.App("compose-render")
secret = modal.Secret.from_name(os.environ.get("COMPOSE_SECRET", "compose-render"), required_keys=["RENDER_TOKEN"])
records = modal.Dict.from_name("compose-render-calls", create_if_missing=True)


def render_image():
    name = os.environ.get("COMPOSE_IMAGE")
    if name:
        image = modal.Image.from_registry(name, add_python="3.12")
    else:
        image = modal.Image.from_dockerfile(
            HERE / "Dockerfile", context_dir=HERE / "../../..", add_python="3.12",
            ignore=CONTEXT)
    return image.entrypoint([]).add_local_python_source(*SOURCES)


image = render_image()
web_image = modal.Image.debian_slim(python_version="3.12").add_local_python_source(*SOURCES)


class Calls:
    """The calls of this app; their records are kept by Modal for a week after their last use."""

    def start(self, document):
        # A submission that is sent again, because its answer was lost, must not render twice.
        known = records.get(f"job:{document['id']}")
        if known and (found := self.find(known)) and found["status"] in ("queued", "running"):
            return known
        function = render_video if document.get("gpu") else render_video_cpu
        call = function.spawn(document).object_id
        # The function may have begun by now, and its record is newer then.
        records.put(call, {"id": document["id"], "status": "queued", "progress": 0}, skip_if_exists=True)
        records.put(f"job:{document['id']}", call)
        return call

    def find(self, call):
        record = None if call.startswith("job:") else records.get(call)
        if record is None:
            return None
        try:
            return modal.FunctionCall.from_id(call).get(timeout=0)
        except TimeoutError:
            return record
        except (modal.exception.OutputExpiredError, modal.exception.NotFoundError):
            return None
        except modal.exception.FunctionTimeoutError:
            return render_job.failed(record["id"], "timeout", "the render took longer than the function may", False)
        except (modal.exception.ServiceError, modal.exception.ConnectionError):
            raise  # the status is unknown, and the answer is 503
        except modal.exception.Error as error:
            return render_job.failed(record["id"], "internal", f"the function failed: {type(error).__name__}", True)


def run(document, call):
    """Renders a document, and records its progress under the name of the call."""

    def report(progress):
        try:
            records.put(call, {"id": document["id"], "status": "running", "progress": progress})
        except Exception:  # a render does not fail because nobody can be told how far it is
            logging.warning("the progress cannot be recorded", exc_info=True)

    report(0)
    try:
        return render_job.render(render_job.Job.read(document), report)
    except Exception as error:
        logging.exception("a render failed")
        return render_job.failed(document["id"], "internal", type(error).__name__, True)


# Both scale to zero: nothing runs, and nothing is paid, between jobs.
@app.function(
    image=image, gpu="T4", cpu=4, memory=8192, timeout=render_job.MAX_SECONDS, min_containers=0, scaledown_window=30)
def render_video(document: dict) -> dict:
    """Renders with NVENC where the edit's encoder is `automatic` or `hardware`."""
    return run(document, modal.current_function_call_id())


@app.function(image=image, cpu=4, memory=8192, timeout=render_job.MAX_SECONDS, min_containers=0, scaledown_window=30)
def render_video_cpu(document: dict) -> dict:
    """Renders on processors alone."""
    return run(document, modal.current_function_call_id())


@app.function(image=web_image, secrets=[secret], timeout=60)
@modal.concurrent(max_inputs=50)
@modal.wsgi_app()
def submit_render():
    """POST: takes a job."""
    return endpoints.submit(Calls(), os.environ["RENDER_TOKEN"])


@app.function(image=web_image, secrets=[secret], timeout=60)
@modal.concurrent(max_inputs=50)
@modal.wsgi_app()
def get_render_status():
    """GET: tells how a job goes."""
    return endpoints.status(Calls(), os.environ["RENDER_TOKEN"])

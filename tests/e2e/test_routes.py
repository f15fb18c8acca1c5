"""Every request that the page and the clients make is answered, whatever stands before Gradio."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.e2e import tour
from tests.e2e.conftest import EXAMPLES, ROOT, WAIT_MS, Server
from tests.e2e.recorder import Recorder, Seen, recording
from tests.page.test_front_end import NODE

PHOTO = str(EXAMPLES / "astronaut.jpg")

FREE_TO_FAIL = {"/gradio_api/mcp/schema", "/monitoring/summary"}
"""What Gradio's drawer of the API asks to learn whether it is there: it is not."""

PYTHON = """
import sys, time
from gradio_client import Client, handle_file
photo, url = sys.argv[1:]
client = Client(url, httpx_kwargs={"timeout": 120}, verbose=False)
print(client.predict(handle_file(photo), api_name="/analyze")["faces"][0]["expression"])
client.view_api(print_info=False, return_format="dict")
job = client.submit(handle_file(photo), api_name="/analyze")
print(len(job.result(timeout=120)["faces"]))
job = client.submit(handle_file(photo), api_name="/analyze")
while job.communicator.event_id is None:
    time.sleep(0.01)
job.cancel()
client.reset_session()
print(client.predict(handle_file(photo), api_name="/analyze")["faces"][0]["expression"])
"""

JAVASCRIPT = """
import { readFile } from "node:fs/promises";
import { Client } from "@gradio/client";
const [photo, url] = process.argv.slice(1);
const client = await Client.connect(url);
const image = new Blob([await readFile(photo)]);
const { data: [answer] } = await client.predict("/analyze", { image });
console.log(answer.faces[0].expression);
await client.view_api();
const job = client.submit("/analyze", { image });
await job.next();
await job.cancel();
client.close();
process.exit();
"""


@pytest.fixture
def recorder(server: Server) -> Iterator[Recorder]:
    with recording(server.url) as found:
        yield found


def refused(seen: list[Seen]) -> list[Seen]:
    return [each for each in seen if each.status >= 400 and each.path not in FREE_TO_FAIL]


def run(recorder: Recorder, *command: str) -> str:
    done = subprocess.run(
        [*command, PHOTO, recorder.url], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.browser
def test_all_that_a_browser_asks_for_is_there(camera_browser, recorder, tmp_path):
    faults: list[str] = []
    with camera_browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(recorder.url)
        page.locator("#photo .settings summary").wait_for()
        tour.walk(page, tmp_path)
    paths = {each.pattern for each in recorder.seen}
    assert {
        "/",
        "/theme.css",
        "/assets/NAME-HASH.js",
        "/gradio_api/component_server/",
        "/gradio_api/upload",
        "/page/STAMP/examples/grace_hopper.jpg",
        "/page/STAMP/live/frames.js",
        "/page/STAMP/about/about.js",
    } <= paths
    assert not refused(recorder.seen)
    assert not faults


OF_GRADIO_S_CLIENTS = {
    "/config",
    "/gradio_api/info",
    "/gradio_api/upload",
    "/gradio_api/queue/join",
    "/gradio_api/queue/data",
    "/gradio_api/cancel",
    "/gradio_api/reset",
}


def test_all_that_the_python_client_asks_for_is_there(recorder):
    assert run(recorder, sys.executable, "-c", PYTHON).split() == ["happiness", "1", "happiness"]
    assert run(recorder, sys.executable, str(EXAMPLES / "clients" / "python.py")).startswith(
        "face 1: happi"
    )
    assert {each.pattern for each in recorder.seen} == OF_GRADIO_S_CLIENTS | {"/health"}
    assert not refused(recorder.seen)


@pytest.mark.skipif(
    not NODE or not (ROOT / "node_modules" / "@gradio").is_dir(),
    reason="node or Gradio's client for it is not installed (npm ci)",
)
def test_all_that_the_javascript_client_asks_for_is_there(recorder):
    assert run(recorder, NODE, "--input-type=module", "--eval", JAVASCRIPT) == "happiness\n"
    assert run(recorder, NODE, str(EXAMPLES / "clients" / "javascript.mjs")).startswith(
        "face 1: happiness"
    )
    assert {each.pattern for each in recorder.seen} == OF_GRADIO_S_CLIENTS | {"/health"}
    assert not refused(recorder.seen)


@pytest.mark.parametrize("version", ["", "/v2"])
def test_both_ways_to_call_without_a_client_are_there(recorder, version):
    path = json.loads(curl(f"{recorder.url}/gradio_api/upload", "-F", f"files=@{PHOTO}"))[0]
    image = {"path": path, "meta": {"_type": "gradio.FileData"}}
    question = {"image": image} if version else {"data": [image]}
    call = f"{recorder.url}/gradio_api/call{version}/analyze"
    asked = curl(call, "-H", "Content-Type: application/json", "-d", json.dumps(question))
    answer = curl(f"{call}/{json.loads(asked)['event_id']}")
    assert "event: complete" in answer
    assert "happiness" in answer
    assert not refused(recorder.seen)


def curl(*options: str) -> str:
    try:
        done = subprocess.run(["curl", "-fsS", *options], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no curl on this machine")
    assert done.returncode == 0, done.stderr
    return done.stdout

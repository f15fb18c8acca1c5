"""Page and API behind a real nginx, below a path of its own, as the documentation has it."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from PIL import Image

from tests.e2e.conftest import EXAMPLES, ROOT, WAIT_MS, serving
from tests.e2e.live_tab import turn_on
from tests.ports import free_port

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [
    pytest.mark.browser,
    # gradio_client leaves the files that it uploads open.
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HEADER = "proxy_set_header X-Forwarded-Prefix"
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


def documented(heading: str) -> str:
    """What docs/operating.md has nginx do, below a heading."""
    text = (ROOT / "docs" / "operating.md").read_text()
    _, _, below = text.partition(f"\n{heading}\n")
    return re.split(r"```nginx\n(.*?)```", below, maxsplit=1, flags=re.DOTALL)[1]


@contextlib.contextmanager
def nginx(folder: Path, configuration: str, servers: dict[str, str], path: str) -> Iterator[str]:
    """Runs nginx with what the documentation shows, as soon as it answers.

    Args:
        folder: Where its files may lie.
        configuration: The documented one.
        servers: Host and port in it → those of a server here.
        path: Where the page is.
    """
    if NGINX is None:
        pytest.skip("no nginx on this machine")
    port = free_port()
    assert configuration.count("listen 80;") == 1
    server = configuration.replace("listen 80;", f"listen 127.0.0.1:{port};")
    for there, here in servers.items():
        assert there in server
        server = server.replace(there, here)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, server=server))
    process = subprocess.Popen(
        [NGINX, "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"]
    )
    address = f"http://127.0.0.1:{port}{path}"
    try:
        deadline = time.monotonic() + 60
        while not _answers(f"{address}health"):
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def host_of(url: str) -> str:
    """Host and port."""
    return url.removeprefix("http://")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as answer:  # also that a server starts
        answer.close()
    except OSError:
        return False
    return True


WAYS = {
    "by its header": {"MOOD_TRUSTED_PROXIES": "127.0.0.0/8"},
    "by the variable": {"GRADIO_ROOT_PATH": "/mood"},
}


@pytest.fixture(scope="module", params=WAYS.values(), ids=WAYS)
def address(request, tmp_path_factory) -> Iterator[str]:
    """Where nginx serves the program, which knows the prefix in one of two ways."""
    configuration = documented("### Behind a proxy")
    assert HEADER in configuration
    if "GRADIO_ROOT_PATH" in request.param:
        configuration = re.sub(rf"{HEADER}.*", "", configuration)
    folder = tmp_path_factory.mktemp("nginx")
    with (
        serving(folder, **request.param) as server,
        nginx(folder, configuration, {"127.0.0.1:7860": host_of(server.url)}, "/mood/") as url,
    ):
        yield url


def test_photos_and_examples_are_read(browser, address):
    faults: list[str] = []
    failed: list[str] = []
    with browser.new_context(locale="de-AT") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("response", lambda each: failed.append(each.url) if each.status > 399 else None)
        page.goto(address)
        page.locator("#photo .settings summary").wait_for()
        page.set_input_files("#photo input[type=file]", EXAMPLES / "grace_hopper.jpg")
        expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")
        page.click("#photo .offers > summary")
        page.click("[data-example=astronaut]")
        expect(page.locator("#photo .card .verdict")).to_contain_text("Freude")
        page.get_by_role("tab").nth(2).click()
        expect(page.locator("#about dd").first).to_be_visible()
    assert not faults
    assert not failed


def test_what_only_the_server_can_open_is_uploaded(browser, address, tmp_path):
    with Image.open(EXAMPLES / "astronaut.jpg") as image:
        image.save(tmp_path / "astronaut.tif")
    with browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(address)
        page.locator("#photo .settings summary").wait_for()
        page.set_input_files("#photo input[type=file]", tmp_path / "astronaut.tif")
        expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


def test_the_camera_is_answered(camera_browser, address):
    with camera_browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(address)
        page.locator("#photo .settings summary").wait_for()
        page.get_by_role("tab").nth(1).click()
        turn_on(page)
        expect(page.locator(".live .box").first).to_be_visible()


def test_the_python_client_is_answered(address):
    for url in (address, address.rstrip("/")):
        client = Client(url, verbose=False, analytics_enabled=False)
        result = client.predict(handle_file(EXAMPLES / "astronaut.jpg"), api_name="/analyze")
        assert [face["expression"] for face in result["faces"]] == ["happiness"]


def test_files_are_kept_for_as_long_as_without_a_prefix(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        page = answer.read().decode()
    (stamped, *_) = re.findall(r"page/[0-9a-f]{12}/[\w./-]+\.js\b", page)
    with urllib.request.urlopen(address + stamped, timeout=60) as answer:
        assert "immutable" in answer.headers["cache-control"]


def test_a_visitor_cannot_name_a_prefix(address):
    """What nginx sets replaces what a visitor says; where it sets none, no proxy is trusted."""
    asked = urllib.request.Request(f"{address}config", headers={"X-Forwarded-Prefix": "/elsewhere"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert "elsewhere" not in answer.read().decode()

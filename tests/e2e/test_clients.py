"""The example clients, run as a newcomer runs them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.conftest import EXAMPLES, ROOT, Server
from tests.page.test_front_end import NODE

NAMES = [
    "a,b.jpg",
    "a;type=text.jpg",
    "two words.jpg",
    "笑顔.jpg",
    '"quoted" \\ $(x).jpg',
    "-d.jpg",
]
CLIENTS = {
    "curl": ["sh", str(EXAMPLES / "curl.sh")],
    "python": [sys.executable, str(EXAMPLES / "client.py")],
    "node": ["node", str(EXAMPLES / "client.mjs")],
}


def need(client: str) -> None:
    if client == "curl" and not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    if client == "node" and not (NODE and (ROOT / "node_modules" / "@gradio").exists()):
        pytest.skip("no node with @gradio/client on this machine")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_python_client_prints_a_line_for_each_face(server: Server):
    photo = str(EXAMPLES / "astronaut.jpg")
    done = run(sys.executable, str(EXAMPLES / "client.py"), photo, server.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("face 1: happiness, happiness ")
    assert len(done.stdout.splitlines()) == 1


def test_the_python_call_of_the_documentation_prints_the_answer(server: Server):
    text = (ROOT / "docs" / "clients.md").read_text()
    (program,) = re.findall(r"```python\n(from gradio_client.*?)```", text, re.DOTALL)
    program = program.replace("http://127.0.0.1:7860", server.url)
    done = run(sys.executable, "-c", program.replace("photo.jpg", str(EXAMPLES / "astronaut.jpg")))
    assert done.returncode == 0, done.stderr
    assert "'expression': 'happiness'" in done.stdout


def test_curl_prints_the_result_as_json(server: Server):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    done = run("sh", str(EXAMPLES / "curl.sh"), str(EXAMPLES / "astronaut.jpg"), server.url)
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    assert [face["expression"] for face in result["faces"]] == ["happiness"]


def test_curl_fails_with_a_sentence_for_what_is_no_picture(server: Server, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    notes = tmp_path / "notes.jpg"
    notes.write_text("no picture at all")
    done = run("sh", str(EXAMPLES / "curl.sh"), str(notes), server.url)
    assert done.returncode == 1
    assert "not a picture" in done.stdout


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_photo_will_do(server: Server, tmp_path, client: str, name: str):
    need(client)
    shutil.copy(EXAMPLES / "astronaut.jpg", tmp_path / name)
    done = run(*CLIENTS[client], str(tmp_path / name), f"{server.url}/")
    assert (done.returncode, done.stderr) == (0, "")
    assert "happiness" in done.stdout


@pytest.mark.parametrize("client", CLIENTS)
def test_a_failure_is_no_success(server: Server, tmp_path, client: str):
    need(client)
    for photo, url in [
        (tmp_path / "none.jpg", server.url),
        (EXAMPLES / "astronaut.jpg", f"{server.url}/nowhere"),
    ]:
        done = run(*CLIENTS[client], str(photo), url)
        assert done.returncode != 0
        assert done.stderr


@pytest.mark.parametrize("kind", ["python", "javascript", "curl"])
def test_the_code_that_the_page_shows_runs_with_any_name(server: Server, tmp_path, kind: str):
    need({"javascript": "node"}.get(kind, kind))
    if not NODE:
        pytest.skip("no node on this machine")
    photo = tmp_path / "a,b;type=c 'ü'.jpg"
    shutil.copy(EXAMPLES / "astronaut.jpg", photo)
    module = (ROOT / "mood/page/static/photo/snippets.js").as_uri()
    shown = "const { SNIPPETS } = await import(process.argv[1]);"
    shown += "console.log(SNIPPETS[process.argv[2]](process.argv[3], process.argv[4]));"
    text = ("node", "--input-type=module", "-e", shown, module, kind, server.url)
    code = run(*text, str(photo)).stdout
    programs = {"python": [sys.executable, "-c"], "curl": ["sh", "-c"]}
    done = run(*programs.get(kind, ["node", "--input-type=module", "-e"]), code)
    assert (done.returncode, done.stderr) == (0, "")
    assert "happiness" in done.stdout
    if kind == "curl":
        missing = run("sh", "-c", code.replace(photo.name[:3], "none"))
        assert missing.returncode != 0


@pytest.fixture
def waking(server: Server) -> Iterator[str]:
    """Where a server is that says twice when to come again, and then hands on to the real one."""
    asked: list[str] = []

    class Waking(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked.append(self.path)
            if len(asked) <= 2:
                self.send_response(503)
                self.send_header("retry-after", "1")
                self.send_header("content-length", "0")
                self.end_headers()
                return
            headers = {"content-type": self.headers.get("content-type") or "text/plain"}
            url = server.url + self.path
            request = urllib.request.Request(url, body or None, headers, method=self.command)
            with urllib.request.urlopen(request, timeout=60) as answer:
                content = answer.read()
                self.send_response(answer.status)
                self.send_header("content-type", answer.headers["content-type"])
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        do_GET = do_POST = pass_on  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Waking)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{proxy.server_port}"
    proxy.shutdown()
    proxy.server_close()
    assert len(asked) > 2


@pytest.mark.parametrize("client", CLIENTS)
def test_a_server_that_wakes_is_asked_again_when_it_says(waking: str, client: str):
    need(client)
    done = run(*CLIENTS[client], str(EXAMPLES / "astronaut.jpg"), waking)
    assert done.returncode == 0, done.stderr
    assert "happiness" in done.stdout

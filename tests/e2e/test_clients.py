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
    path.name: [{".py": sys.executable, ".mjs": "node"}.get(path.suffix, "sh"), str(path)]
    for path in sorted(EXAMPLES.glob("clients/*"))
}


def need(client: str) -> None:
    if client.endswith(".sh") and not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    if client.endswith(".mjs") and not (NODE and (ROOT / "node_modules" / "@gradio").exists()):
        pytest.skip("no node with @gradio/client on this machine")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("client", CLIENTS)
def test_each_client_says_what_each_face_shows(server: Server, client: str):
    need(client)
    done = run(*CLIENTS[client], str(EXAMPLES / "astronaut.jpg"), server.url)
    assert done.returncode == 0, done.stderr
    if client.endswith(".sh"):
        answer = json.loads(done.stdout)
        (result,) = answer if client == "curl.sh" else (answer,)
        assert [face["expression"] for face in result["faces"]] == ["happiness"]
    else:
        assert done.stdout.startswith("face 1: happiness, happiness ")
        assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_each_client_fails_with_the_sentence_about_what_is_no_picture(
    server: Server, tmp_path, client: str
):
    need(client)
    notes = tmp_path / "notes.jpg"
    notes.write_text("no picture at all")
    done = run(*CLIENTS[client], str(notes), server.url)
    assert done.returncode != 0
    assert "not a picture" in (done.stdout if client.endswith(".sh") else done.stderr)


def test_the_call_of_the_documentation_works_as_it_is_pasted(server: Server):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    text = (ROOT / "README.md").read_text()
    (line,) = re.findall(r"^curl .*'localhost:7860/api/analyze.*'", text, re.M)
    done = run("sh", "-c", line.replace("localhost:7860", server.url))
    assert (done.returncode, done.stderr) == (0, "")
    assert [face["top"] for face in json.loads(done.stdout)["faces"]]


def test_the_documentation_shows_each_client_as_it_is():
    text = (ROOT / "docs" / "clients.md").read_text()
    shown = re.findall(r"^```(?:sh|python|js)\n(.*?)^```", text, re.DOTALL | re.M)
    for client in EXAMPLES.glob("clients/*"):
        assert client.read_text() in shown, client.name
    places = [text.index(f"examples/clients/{name}") for name in ("rest.sh", "rest.py")]
    assert max(places) < text.index("examples/clients/python.py"), "REST comes first"


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


@pytest.mark.parametrize("client", CLIENTS)
def test_the_code_that_the_page_shows_runs_with_any_name(server: Server, tmp_path, client: str):
    need(client)
    if not NODE:
        pytest.skip("no node on this machine")
    photo = tmp_path / "a,b;type=c 'ü' $&.jpg"
    shutil.copy(EXAMPLES / "astronaut.jpg", photo)
    module = (ROOT / "mood/page/static/photo/snippets.js").as_uri()
    program = 'import { readFileSync } from "node:fs";'
    program += "const { filledIn } = await import(process.argv[1]);"
    program += "const client = readFileSync(process.argv[2], 'utf8');"
    program += "console.log(filledIn(client, process.argv[3], process.argv[4]));"
    text = ("node", "--input-type=module", "-e", program, module, CLIENTS[client][1], server.url)
    code = run(*text, str(photo)).stdout
    interpreter = CLIENTS[client][0]
    options = ["--input-type=module", "-e"] if interpreter == "node" else ["-c"]
    done = run(interpreter, *options, code)
    assert (done.returncode, done.stderr) == (0, "")
    assert "happiness" in done.stdout


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

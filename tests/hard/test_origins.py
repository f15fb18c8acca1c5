"""Which web pages may let their visitors' browsers spend the processor."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.hard.beside import panel, photo, visitor
from tests.hard.conftest import ENVIRON
from tests.small_host import host

PAGE = "/gradio_api/component_server/"
CALL = "/gradio_api/call/analyze"
REST = "/api/analyze"
FOREIGN = [
    "https://evil.example",
    "null",
    "https://hf.space.evil.example",
    "https://evilhf.space",
    "https://evil-huggingface.co",
    "https://huggingface.co.evil.example",
    "http://me-mood.hf.space",
    "https://huggingface.co:444",
    "https://a@huggingface.co",
    "file://",
    "chrome-extension://abcdef",
    "http://127.0.0.1:1",
    "http://localhost",
    "https://huggingface.co evil.example",
    "",
    "x",
    "http://[",
]
HUGGING_FACE = ["https://huggingface.co", "https://me-mood.hf.space", "https://hf.space"]
SIMPLE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "*/*"]


@pytest.fixture(scope="module")
def asked(server: host.Server) -> bytes:
    """A question about a photo, as the page sends it."""
    with visitor(server.url, "192.0.2.60") as client:
        number = panel(client, "photo")
    data = {"image": photo("astronaut", 320).url}
    body = {"data": data, "component_id": number, "fn_name": "read_photo", "session_hash": "s"}
    return json.dumps(body).encode()


def pictures(server: host.Server) -> float:
    return sum(
        value for name, value in server.figures().items() if name.startswith("mood_pictures_total")
    )


def post(server: host.Server, path: str, body: bytes, **headers: str) -> httpx.Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    with visitor(server.url, "192.0.2.61") as client:
        return client.post(path, content=body, headers=fields)


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_page_does_not_spend_the_processor(server, asked, origin):
    before = pictures(server)
    call = json.dumps({"data": [{"url": photo("astronaut", 320).url}]}).encode()
    for kind in ("application/json", "text/plain"):
        for path, body in ((PAGE, asked), (CALL, call)):
            answer = post(server, path, body, Content_Type=kind, Origin=origin)
            assert answer.status_code in {400, 403, 415}, (path, kind)
            assert len(answer.content) <= 300
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed not in {"*", origin}
    form = {"files": ("a.jpg", b"x")}
    with visitor(server.url, "192.0.2.62") as client:
        sent = client.post("/gradio_api/upload", files=form, headers={"Origin": origin})
        files = {"image": ("a.jpg", base64.b64decode(photo("astronaut", 320).url.split(",")[1]))}
        read = client.post(REST, files=files, headers={"Origin": origin})
    for answer in (sent, read):
        assert answer.status_code in {400, 403}
        assert answer.headers.get("access-control-allow-origin") not in {"*", origin}
    assert pictures(server) == before


@pytest.mark.parametrize("kind", SIMPLE)
def test_what_needs_no_preflight_is_not_read(server, asked, kind):
    """A browser sends these without asking first, an old one also without Origin."""
    before = pictures(server)
    answer = post(server, PAGE, asked, Content_Type=kind)
    assert answer.status_code in {400, 415}, answer.text
    assert pictures(server) == before


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_page_gets_no_leave_and_cannot_read(server, origin):
    wanted = {"Access-Control-Request-Method": "POST", "Origin": origin}
    wanted["Access-Control-Request-Headers"] = "content-type"
    with visitor(server.url, "192.0.2.63") as client:
        for path in (PAGE, CALL, REST, "/gradio_api/upload", "/config"):
            leave = client.options(path, headers=wanted)
            read = client.get("/config", headers={"Origin": origin})
            for answer in (leave, read):
                allowed = answer.headers.get("access-control-allow-origin")
                assert allowed not in {"*", origin}
                assert answer.headers.get("access-control-allow-credentials") != "true"


def test_its_own_page_asks(server, asked):
    for scheme in ("http", "https"):  # a proxy may have taken the s away
        origin = f"{scheme}://127.0.0.1:{server.port}"
        answer = post(server, PAGE, asked, Content_Type="application/json", Origin=origin)
        assert len(answer.json()["faces"]) == 1
        behind = {"X-Forwarded-Host": "mood.example", "Origin": f"{scheme}://mood.example"}
        behind["Content-Type"] = "application/json"
        with visitor(server.url, "192.0.2.64") as client:
            assert len(client.post(PAGE, content=asked, headers=behind).json()["faces"]) == 1
            behind["Origin"] = f"{scheme}://evil.example"
            assert client.post(PAGE, content=asked, headers=behind).status_code == 403


@pytest.mark.parametrize("origin", HUGGING_FACE)
def test_hugging_faces_pages_ask(server, asked, origin):
    answer = post(server, PAGE, asked, Content_Type="application/json", Origin=origin)
    assert len(answer.json()["faces"]) == 1


def test_programs_ask(server, asked):
    answer = post(server, PAGE, asked, Content_Type="application/json")
    assert len(answer.json()["faces"]) == 1


@pytest.fixture(scope="module")
def friendly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[host.Server]:
    """A server whose operator lets a page elsewhere ask."""
    environ = ENVIRON | {"MOOD_ORIGINS": "https://friend.example, http://localhost:5173"}
    with host.serving(tmp_path_factory.mktemp("friendly"), environ, processor=1.0) as running:
        running.wait()
        yield running


@pytest.mark.parametrize("origin", ["https://friend.example", "http://localhost:5173"])
def test_a_page_that_is_named_asks(friendly, origin):
    wanted = {"Access-Control-Request-Method": "POST", "Origin": origin}
    wanted["Access-Control-Request-Headers"] = "content-type"
    body = json.dumps({"data": [{"url": photo("astronaut", 320).url}]}).encode()
    with visitor(friendly.url, "192.0.2.65") as client:
        leave = client.options(CALL, headers=wanted)
        assert leave.status_code in {200, 204}
        assert leave.headers["access-control-allow-origin"] == origin
        named = {"Origin": origin, "Content-Type": "application/json"}
        answer = client.post(CALL, content=body, headers=named)
        assert answer.headers["access-control-allow-origin"] == origin
        told = client.get(f"{CALL}/{answer.json()['event_id']}", headers=named)
        assert told.headers["access-control-allow-origin"] == origin
        assert "event: complete" in told.text


@pytest.mark.parametrize("origin", ["http://friend.example", "https://a.friend.example"])
def test_a_page_that_is_not_quite_named_does_not(friendly, origin):
    answer = post(friendly, CALL, b"{}", Content_Type="application/json", Origin=origin)
    assert answer.status_code == 403
    assert answer.headers.get("access-control-allow-origin") not in {"*", origin}

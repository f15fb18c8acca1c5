"""The page, its configuration and its description: made once for each root, and of nothing else."""

from __future__ import annotations

import asyncio
import re
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from mood.serving.front import Front
from tests.serving import apps

PATHS = ("/", "/config", "/gradio_api/info")


@pytest.fixture(scope="module")
def served() -> Starlette:
    return apps.served(apps.stand_in())


def counted(answer: Callable[[Request], Response]) -> tuple[Front, list[str]]:
    """A front before an app that notes who asked it what."""
    asked: list[str] = []

    async def note(request: Request) -> Response:
        asked.append(str(request.url))
        return answer(request)

    methods = ["GET", "HEAD", "POST"]
    return Front(Starlette(routes=[Route("/{rest:path}", note, methods=methods)])), asked


def page(request: Request) -> Response:
    return HTMLResponse(f"<p>{request.base_url}<script>1 < 2</script><script src='a.js'></script>")


@pytest.mark.parametrize("path", PATHS)
def test_it_is_made_once_whatever_is_asked_beside_it(path):
    front, asked = counted(page)
    client = TestClient(front, base_url="http://one")
    first = client.get(path)
    for query in ("", "?deep_link=secret", "?__theme=dark&view=api"):
        assert client.get(path + query).text == first.text
    assert client.get(path, headers={"x-forwarded-host": "evil"}).text == first.text
    assert asked == [f"http://one{path}"]


def test_each_root_has_its_own():
    front, asked = counted(page)
    roots = ["http://one", "https://one", "http://one:81", "http://two"]
    for _ in range(2):
        for root in roots:
            assert f"<p>{root}/" in TestClient(front, base_url=root).get("/").text
    below = TestClient(front, base_url="http://one", root_path="/mood")
    assert "<p>http://one/mood/" in below.get("/mood/").text
    assert len(asked) == 5


def test_no_more_than_eight_roots_are_kept_and_the_usual_one_stays():
    front, asked = counted(page)
    usual = TestClient(front, base_url="http://usual")
    for number in range(40):
        usual.get("/")
        TestClient(front, base_url=f"http://{number}").get("/")
    assert len(front._made) == 8
    assert asked.count("http://usual/") == 1


def test_those_who_come_together_wait_for_one():
    front, asked = counted(page)

    async def ask() -> int:
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        await front({**scope, "server": ("one", 80)}, None, send)
        return sent[0]["status"]

    async def all_ask() -> list[int]:
        return await asyncio.gather(*(ask() for _ in range(5)))

    assert asyncio.run(all_ask()) == [200] * 5
    assert len(asked) == 1


def test_a_failure_is_told_and_not_kept():
    fails = [True, False]
    front, asked = counted(lambda _: PlainTextResponse("…", 500 if fails.pop(0) else 200))
    client = TestClient(front)
    assert [client.get("/").status_code for _ in range(3)] == [500, 200, 200]
    assert len(asked) == 2


def test_all_else_goes_to_the_app():
    front, asked = counted(page)
    client = TestClient(front)
    for _ in range(2):
        client.get("/theme.css?v=1")
        client.post("/")
    assert len(asked) == 4


def test_a_head_is_the_answer_without_its_body(served):
    client = TestClient(served)
    for path in PATHS:
        whole, head = client.get(path), client.head(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers == whole.headers


@pytest.mark.parametrize("path", PATHS)
def test_it_travels_compressed_to_whom_it_may(served, path):
    client = TestClient(served)
    plain = client.get(path, headers={"accept-encoding": "identity"})
    zipped = client.get(path, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) < len(plain.content)
    assert zipped.text == plain.text


@pytest.mark.parametrize("path", PATHS)
def test_each_visitor_is_told_the_root_that_he_came_by(served, path):
    """Gradio would tell all the host that its first visitor named."""
    for root in ("http://evil.example", "https://mood.example"):
        text = TestClient(served, base_url=root).get(path).text
        assert root in text
        assert set(re.findall(r"https?://\w+\.example", text)) == {root}


@pytest.mark.parametrize("path", PATHS)
def test_no_path_of_the_server_is_told(served, path):
    text = TestClient(served).get(path).text
    folders = {
        Path(__file__).parents[2],
        Path.home(),
        Path(tempfile.gettempdir()),
        *map(Path, (sysconfig.get_path("purelib"), sysconfig.get_path("data"))),
    }
    assert [each for each in folders if f"{each}/" in text or f"{each}\\" in text] == []

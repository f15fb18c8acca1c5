"""What browsers are told: which scripts may run, and what may be kept."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from starlette.testclient import TestClient

from mood.page import assets
from mood.serving.headers import page_policy
from mood.settings import Settings
from tests.serving.apps import served, stand_in

FRAMES = "frame-ancestors 'self' https://huggingface.co https://*.hf.space"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(served(stand_in()))


def policy(answer) -> dict[str, str]:
    parts = (part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    return dict(parts)


def test_only_the_scripts_that_the_page_was_made_with_may_run(client):
    answer = client.get("/")
    scripts = re.findall(r"<script(?: data-gradio-mode)?>(.*?)</script>", answer.text, re.DOTALL)
    assert len(scripts) >= 4
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in scripts]
    named = policy(answer)["script-src"].split()
    assert named == ["'self'", "'unsafe-eval'", *(f"'sha256-{each.decode()}'" for each in hashes)]


def test_the_page_may_use_what_comes_from_its_own_address_and_nothing_else(client):
    allowed = policy(client.get("/"))
    assert allowed.pop("frame-ancestors") == FRAMES.removeprefix("frame-ancestors ")
    assert allowed["default-src"] == "'none'"
    assert not [source for source in allowed.values() if "*" in source or "http" in source]


def test_the_worker_that_reads_live_video_may_run_its_engine_and_nothing_else(client):
    assert policy(client.get("/"))["worker-src"] == "'self'"
    answer = client.get(f"/{assets.address('vision/worker.js')}")
    assert policy(answer) == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "connect-src": "'self'",
        "frame-ancestors": FRAMES.removeprefix("frame-ancestors "),
    }
    engine = client.get(f"/{assets.address('vision/engine.wasm')}")
    assert engine.headers["content-type"] == "application/wasm"
    assert policy(engine)["default-src"] == "'none'"
    assert "script-src" not in policy(engine)


@pytest.mark.parametrize("path", ["/", "/config"])
def test_the_operator_says_who_may_show_it_in_a_frame(path):
    settings = Settings(frame_ancestors="self, https://a.example/ http://*.b.example:8080")
    allowed = policy(TestClient(served(stand_in(settings))).get(path))
    assert allowed["frame-ancestors"] == "'self' https://a.example http://*.b.example:8080"


def test_a_script_with_an_address_is_not_named_by_its_text():
    named = page_policy("<script src='a.js'>1</script><style>a{}</style><p>script</p>")
    assert "sha256" not in named
    assert page_policy("<script>1 < 2</script>").count("sha256") == 1


@pytest.mark.parametrize(
    "path", ["/health", "/config", "/gradio_api/info", "/metrics", "/nowhere", "/page/nothing"]
)
def test_what_is_no_page_may_do_nothing_and_is_not_kept(client, path):
    answer = client.get(path)
    assert policy(answer) == {
        "default-src": "'none'",
        "frame-ancestors": FRAMES.removeprefix("frame-ancestors "),
    }
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_is_not_kept(client):
    assert client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "age"),
    [
        (f"/{assets.address('photo/photo.js')}", 31_536_000),
        (f"/{assets.address('examples/astronaut.jpg')}", 31_536_000),
        ("/theme.css?v=1", 3600),
        ("/favicon.ico", 3600),
    ],
)
def test_files_are_kept(client, path, age):
    assert f"public, max-age={age}" in client.get(path).headers["cache-control"]


def test_gradios_own_files_are_kept_for_as_long_as_their_names_stay(client):
    page = client.get("/").text
    for path in re.findall(r'(?:src|href)="\./(assets/\S+?)"', page):
        answer = client.get(f"/{path}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        tag = {"if-none-match": answer.headers["etag"]}
        again = client.get(f"/{path}", headers=tag)
        assert again.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/assets/no-such-file.js").headers["cache-control"] == "no-store"


def test_answers_are_not_kept(client):
    with client:
        call = "/gradio_api/call/analyze"
        asked = client.post(call, json={"data": ["no picture"]})
        answer = client.get(f"{call}/{asked.json()['event_id']}")
    assert "event: error" in answer.text
    for each in (asked, answer):
        assert each.headers["cache-control"] == "no-store"


def test_photos_that_are_compressed_already_are_not_compressed_again(client):
    answer = client.get(f"/{assets.address('examples/astronaut.jpg')}")
    assert "content-encoding" not in answer.headers

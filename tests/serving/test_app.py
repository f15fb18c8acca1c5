"""What the whole application serves, and what it keeps to itself."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from mood.page import assets
from tests.serving import apps
from tests.serving.apps import stand_in


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(apps.served(stand_in()))


def test_the_page_is_small(client):
    page = client.get("/", headers={"accept-encoding": "identity"})
    assert len(page.content) <= 60_000
    zipped = client.get("/", headers={"accept-encoding": "gzip"})
    assert int(zipped.headers["content-length"]) < len(page.content) / 3


def test_the_files_of_the_page_are_served_beside_it_compressed_and_kept(client):
    address = re.findall(r"page/[0-9a-f]{12}/photo/photo\.js", client.get("/").text)[0]
    answer = client.get(f"/{address}")
    assert "export async function start" in answer.text
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    old = re.sub(r"[0-9a-f]{12}", "0" * 12, address)
    assert client.get(f"/{old}").status_code == 404


@pytest.mark.parametrize(
    "name", ["photo.py", "__init__.py", "static/photo/photo.js", "%2e%2e/app.py"]
)
def test_no_source_of_the_program_is_served(client, name):
    stamp = re.findall(r"page/[0-9a-f]{12}/", client.get("/").text)[0]
    for folder in ("page/", stamp, f"{stamp}../", f"{stamp}%2e%2e/"):
        assert client.get(f"/{folder}{name}").status_code == 404


def test_security_headers_are_everywhere(client):
    for path in (
        "/",
        "/health",
        "/gradio_api/info",
        f"/{assets.address('photo/photo.js')}",
        "/no",
    ):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://evil.example", False),
        ("null", False),
        ("https://huggingface.co.evil.example", False),
        ("https://huggingface.co", True),
        ("https://somebody-mood.hf.space", True),
    ],
)
def test_a_page_elsewhere_reads_answers_only_where_it_may_and_never_with_cookies(
    client, origin, may
):
    asked = {"origin": origin}
    preflight = {**asked, "access-control-request-method": "POST"}
    for path in ("/health", "/config", "/gradio_api/info"):
        for answer in (
            client.get(path, headers=asked),
            client.options(path, headers=preflight),
        ):
            assert answer.headers.get("access-control-allow-credentials") != "true"
            assert (answer.headers.get("access-control-allow-origin") == origin) is may

"""Whatever a request names as its picture, nothing is fetched, looked up or copied for it."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from gradio.utils import get_upload_folder

from tests.fakes import data_url
from tests.serving.apps import served, stand_in

META = {"_type": "gradio.FileData"}
ADDRESS = "http://public.example.org/photo.jpg"
NUMBERS = ["http://100.64.0.1/a.jpg", "http://168.63.129.16/a.jpg", "https://192.0.0.192/a.jpg"]


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with TestClient(served(stand_in())) as client:
        yield client


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whom the process wanted to reach, or to look up."""
    found: list[Any] = []

    def note(*where: Any, **_: Any) -> None:
        found.append(where)
        raise OSError("not in this test")

    monkeypatch.setattr(socket, "getaddrinfo", note)
    monkeypatch.setattr(socket, "gethostbyname", note)
    monkeypatch.setattr(socket.socket, "connect", note)
    monkeypatch.setattr(socket.socket, "connect_ex", note)
    return found


def by_call(http: TestClient, value: Any) -> str:
    asked = http.post("/gradio_api/call/analyze", json={"data": [value]})
    return http.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text


def by_call_with_names(http: TestClient, value: Any) -> str:
    asked = http.post("/gradio_api/call/v2/analyze", json={"image": value})
    return http.get(f"/gradio_api/call/v2/analyze/{asked.json()['event_id']}").text


def by_queue(http: TestClient, value: Any) -> str:
    calls = http.get("/config").json()["dependencies"]
    (number,) = [each["id"] for each in calls if each["api_name"] == "analyze"]
    body = {"data": [value], "fn_index": number, "session_hash": "queued"}
    http.post("/gradio_api/queue/join", json=body)
    return http.get("/gradio_api/queue/data?session_hash=queued").text


WAYS = [by_call, by_call_with_names, by_queue]


def forms(address: str) -> list[Any]:
    whole = {"path": address, "url": address, "orig_name": "a.jpg", "size": 7}
    return [
        address,
        {"path": address},
        {"url": address},
        whole,
        *({**each, "meta": META} for each in ({"path": address}, {"url": address}, whole)),
        {"path": address, "meta": META, "is_stream": True},
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("address", [ADDRESS, *NUMBERS, "ftp://example.org/a.jpg", "//example.org"])
def test_an_address_gets_a_sentence_and_nobody_is_asked(http, asked, way, address):
    before = set(Path(get_upload_folder()).rglob("*"))
    for form in forms(address):
        answer = way(http, form)
        assert "Addresses are not fetched" in answer or "no uploaded file" in answer
        assert "example.org" not in answer
    assert asked == []
    assert set(Path(get_upload_folder()).rglob("*")) == before


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_in_place_of_its_path_is_read_and_never_told_to_the_log(http, way, caplog, capfd):
    for form in forms(data_url()):
        assert "faces" in way(http, form)
        answer = way(http, damaged(form))
        assert "not a picture" in answer or "damaged" in answer
    out, err = capfd.readouterr()
    assert data_url()[30:60] not in caplog.text + out + err
    assert "Traceback" not in caplog.text + out + err


def damaged(form: Any) -> Any:
    cut = data_url()[:70]
    if isinstance(form, str):
        return cut
    return {key: cut if key in ("path", "url") else value for key, value in form.items()}


@pytest.mark.parametrize("way", WAYS)
def test_an_upload_is_read_where_it_lies_and_not_copied(http, way, caplog):
    file = base64.b64decode(data_url().partition(",")[2])
    (path,) = http.post("/gradio_api/upload", files={"files": ("a.png", file)}).json()
    before = set(Path(get_upload_folder()).rglob("*"))
    for form in (path, {"path": path}, {"path": path, "meta": META, "orig_name": "a.png"}):
        for _ in range(2):
            assert "faces" in way(http, form)
    assert set(Path(get_upload_folder()).rglob("*")) == before
    other = {"path": f"{path}.gone", "meta": META}
    assert "upload the picture again" in way(http, other)
    assert path not in caplog.text


@pytest.mark.parametrize("way", WAYS)
def test_a_file_of_the_server_gets_a_sentence(http, way):
    for form in forms("/etc/passwd"):
        assert "no uploaded file" in way(http, form)

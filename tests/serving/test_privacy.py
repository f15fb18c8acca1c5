"""After a hundred photos by all ways nothing of them is left: no pixel, no name."""

from __future__ import annotations

import base64
import gc
import logging
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mood.serving import app as server
from mood.serving.upload_folder import UploadFolder
from tests.serving.apps import served, stand_in
from tests.serving.marked import Mark, found
from tests.serving.test_forgetting import to_panel

CALL = "/gradio_api/call/analyze"
UPLOAD = "/gradio_api/upload"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UploadFolder:
    """Where uploads go, until they are no time old at all."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = UploadFolder(tmp_path / "uploads", 100, file_mb=20, age_s=0)
    monkeypatch.setattr(server, "UploadFolder", lambda *_, **__: folder)
    return folder


@pytest.fixture
def http(folder: UploadFolder) -> Iterator[TestClient]:
    with TestClient(served(stand_in())) as client:
        yield client


def fetch(http: TestClient, asked: Any) -> str:
    return http.get(f"{CALL}/{asked.json()['event_id']}").text


def upload(http: TestClient, mark: Mark, whole: bool) -> str:
    (path,) = http.post(UPLOAD, files={"files": (mark.name, mark.photo(whole))}).json()
    return str(path)


def by_page(http: TestClient, mark: Mark, whole: bool) -> str:
    return to_panel(http, "photo", "read_photo", {"image": mark.data_url(whole)})


def by_page_with_an_upload(http: TestClient, mark: Mark, whole: bool) -> str:
    return to_panel(http, "photo", "read_photo", {"path": upload(http, mark, whole)})


def for_saving(http: TestClient, mark: Mark, whole: bool) -> str:
    return to_panel(http, "photo", "annotate_photo", {"image": mark.data_url(whole)})


def by_camera(http: TestClient, mark: Mark, whole: bool) -> str:
    frame = {"viewer": "a viewer", "width": 64, "height": 48, "time_s": 1.0}
    return to_panel(http, "live", "live_frame", {"image": mark.data_url(whole), **frame})


def by_data_url(http: TestClient, mark: Mark, whole: bool) -> str:
    picture = {"url": mark.data_url(whole), "orig_name": mark.name}
    return fetch(http, http.post(CALL, json={"data": [picture]}))


def by_text(http: TestClient, mark: Mark, whole: bool) -> str:
    return fetch(http, http.post(CALL, json={"data": [mark.data_url(whole)]}))


def in_place_of_a_path(http: TestClient, mark: Mark, whole: bool) -> str:
    picture = {"path": mark.data_url(whole), "meta": {"_type": "gradio.FileData"}}
    return fetch(http, http.post(CALL, json={"data": [picture]}))


def by_upload(http: TestClient, mark: Mark, whole: bool) -> str:
    picture = {"path": upload(http, mark, whole), "meta": {"_type": "gradio.FileData"}}
    picture["orig_name"] = mark.name
    return fetch(http, http.post(CALL, json={"data": [picture]}))


def that_is_gone(http: TestClient, mark: Mark, whole: bool) -> str:
    picture = {"path": upload(http, mark, whole) + mark.text}
    return fetch(http, http.post(CALL, json={"data": [picture]}))


def that_nobody_fetches(http: TestClient, mark: Mark, whole: bool) -> str:
    answer = http.post(CALL, json={"data": [{"url": mark.data_url(whole)}]})
    time.sleep(0.2)
    return answer.text


def in_a_broken_form(http: TestClient, mark: Mark, whole: bool) -> str:
    return http.post(UPLOAD, files={mark.text: (mark.name, mark.photo(whole))}).text


WAYS = [
    by_page,
    by_page_with_an_upload,
    for_saving,
    by_camera,
    by_data_url,
    by_text,
    in_place_of_a_path,
    by_upload,
    that_is_gone,
    that_nobody_fetches,
    in_a_broken_form,
]


def send(http: TestClient, photos: int) -> list[Mark]:
    """Sends photos by all ways in turn, two damaged ones after two others."""
    marks = [Mark() for _ in range(photos)]
    for number, mark in enumerate(marks):
        way, whole = WAYS[number % len(WAYS)], number % 4 < 2
        assert way(http, mark, whole), way
    return marks


def test_a_hundred_photos_leave_nothing(http, folder, tmp_path, caplog, capfd):
    caplog.set_level(logging.INFO)
    marks = send(http, 100)
    http.portal.call(folder.sweep)
    metrics = http.get("/metrics").text
    assert found(marks, metrics) == []
    out, err = capfd.readouterr()
    assert found(marks, caplog.text + out + err) == []
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []
    assert found(marks, " ".join(map(str, tmp_path.rglob("*")))) == []
    assert found(marks, everything_kept(http)) == []


def everything_kept(http: TestClient) -> bytes:
    """All texts that the queue and the sessions of Gradio hold, however deep."""
    (demo,) = (
        route.app.get_blocks()
        for route in http.app.routes  # type: ignore[attr-defined]
        if hasattr(getattr(route, "app", None), "get_blocks")
    )
    gc.collect()
    texts, seen, todo = [], set(), [demo._queue, demo.state_holder, demo.pending_streams]
    while todo:
        part = todo.pop()
        if id(part) in seen or isinstance(part, type | partial):
            continue
        seen.add(id(part))
        if isinstance(part, str | bytes):
            texts.append(part.encode(errors="replace") if isinstance(part, str) else part)
        elif isinstance(part, dict | list | tuple | set):
            todo += [*part, *part.values()] if isinstance(part, dict) else part
        elif type(part).__module__.startswith(("gradio", "mood", "asyncio", "collections")):
            todo += gc.get_referents(part)
    return b"\n".join(texts)


def test_what_is_kept_would_be_found(http):
    mark = Mark()
    body = {"data": [{"url": "x"}], "session_hash": mark.text}
    http.post(CALL, json=body)
    assert found([mark], everything_kept(http)) == [mark.text]
    for shift in range(3):
        assert mark.is_in(base64.b64encode(b"." * shift + mark.photo()))
        assert not Mark().is_in(base64.b64encode(b"." * shift + mark.photo()))

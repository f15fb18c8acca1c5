"""What a browser fetches beside the page: where, for how long, and what it never gets."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mood.page import assets


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Files of our own below `static/`."""
    for name, content in {
        "photo/photo.js": "export {};",
        "photo/photo.css": "a{}",
        "locales/de.json": '{"word": "Wörter"}',
        "photo/photo.html": "<p>",
        "shared/types.d.ts": "export {};",
        "secret.py": "TOKEN = 1",
    }.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    (tmp_path / "photo.py").write_text("TOKEN = 2")
    monkeypatch.setattr(assets, "STATIC", tmp_path / "static")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "somebody.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "photos" / "notes.md").write_text("TOKEN = 3")
    monkeypatch.setattr(assets, "EXAMPLES", tmp_path / "photos")
    forget()
    yield tmp_path / "static"
    forget()


def forget() -> None:
    """As if the program had been started anew."""
    assets._files.cache_clear()
    assets._stamp.cache_clear()


def served(made: dict[str, Callable[[], bytes]] | None = None) -> tuple[TestClient, str]:
    app = Starlette()
    path, files = assets.mount(made or {})
    app.mount(path, files)
    return TestClient(app), path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photo/photo.js", "text/javascript; charset=utf-8"),
        ("photo/photo.css", "text/css; charset=utf-8"),
        ("locales/de.json", "application/json"),
    ],
)
def test_a_file_is_kept_by_browsers_for_a_year(folder, name, kind):
    client, path = served()
    answer = client.get(f"{path}/{name}")
    assert answer.status_code == 200
    assert answer.text == (folder / name).read_text("utf-8")
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_example_photos_lie_beside_them(folder):
    client, path = served()
    assert assets.examples() == ["somebody"]
    answer = client.get(f"/{assets.address('examples/somebody.jpg')}")
    assert answer.content == b"\xff\xd8"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(f"{path}/examples/notes.md").status_code == 404


def test_what_was_made_lies_beside_the_files_and_is_compressed_once(folder, monkeypatch):
    content, times = b"numbers" * 1000, []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *a, **b: times.append(1) or compress(*a, **b))
    made = []
    client, path = served({"vision/mini-1.bin": lambda: made.append(1) or content})
    assert made == []  # before anybody asks
    answers = [client.get(f"{path}/vision/mini-1.bin") for _ in range(3)]
    answers.append(client.get(f"{path}/vision/mini-1.bin", headers={"accept-encoding": "br"}))
    assert [answer.content for answer in answers] == [content] * 4
    encodings = [answer.headers.get("content-encoding") for answer in answers]
    assert encodings == ["gzip"] * 3 + [None]
    assert len(made) == len(times) == 1
    for answer in answers:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
    assert client.get(f"{path}/vision/mini-2.bin").status_code == 404


def test_an_example_without_a_small_picture_is_its_own(folder):
    client, _ = served()
    assert client.get(f"/{assets.thumbnail('somebody')}").content == b"\xff\xd8"
    (folder / "small").mkdir()
    (folder / "small" / "somebody.webp").write_bytes(b"RIFF")
    forget()
    assert served()[0].get(f"/{assets.thumbnail('somebody')}").content == b"RIFF"


@pytest.mark.parametrize(
    "name",
    [
        "secret.py",
        "../photo.py",
        "%2e%2e/photo.py",
        "../../photos/notes.md",
        "photo/photo.html",
        "shared/types.d.ts",
        "",
    ],
)
def test_what_is_no_part_of_the_page_is_not_served(folder, name):
    client, path = served()
    answer = client.get(f"{path}/{name}")
    assert answer.status_code == 404
    assert "TOKEN" not in answer.text


def test_any_change_gives_a_new_address_and_none_the_same(folder):
    seen = {served()[1]}
    forget()
    seen.add(served()[1])
    assert len(seen) == 1
    (folder / "photo" / "photo.css").write_text("b{}")
    forget()
    seen.add(served()[1])
    (folder / "photo" / "photo.css").rename(folder / "photo" / "other.css")
    forget()
    seen.add(served()[1])
    (folder.parent / "photos" / "somebody.jpg").write_bytes(b"\xff\xd8 another")
    forget()
    seen.add(served()[1])
    assert len(seen) == 4
    assert all(re.fullmatch(r"/page/[0-9a-f]{12}", path) for path in seen)


def test_every_link_and_every_panel_leads_to_a_file():
    client, path = served()
    linked = re.findall(r'href="(\S+?)"', assets.head())
    panels = [f"{name}/{name}.js" for name in ("photo", "live", "about")] + ["shared/page.js"]
    loaded = [json.loads(re.findall(r'URL\((".+?"),', assets.loader(each))[0]) for each in panels]
    assert len(linked) >= 2
    for address in [*linked, *loaded]:
        assert f"/{address}".startswith(path)
        assert client.get(f"/{address}").status_code == 200

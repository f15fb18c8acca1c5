"""The route that takes files: what it answers to which form, and what it leaves."""

from __future__ import annotations

import asyncio
import errno
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from mood.serving.forms import clean
from mood.serving.upload_folder import UploadFolder
from mood.serving.uploads import ROUTE, add_upload

PHOTO = b"\xff\xd8 pixels \r\n-- more"


class Served:
    """The route alone: files of 1 MB at most, 8 MB together, 2 MB for an address."""

    def __init__(self, path: Path) -> None:
        self.folder = UploadFolder(path, 8, file_mb=1)
        self.app = FastAPI()
        add_upload(self.app, self.folder, 1)
        self.http = TestClient(self.app)

    @property
    def left(self) -> list[Path]:
        return [path for path in self.folder.path.rglob("*") if path.is_file()]

    def post(self, *files: tuple[str, bytes], **more: object) -> httpx.Response:
        form = [("files", file) for file in files]
        return self.http.post(ROUTE, files=form, **more)  # type: ignore[arg-type]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "uploads")
    yield served
    assert not served.folder._taken or served.left, "room is taken for nothing"


def test_each_file_of_a_form_is_answered_with_its_path(served):
    names = ["first.jpg", "second.png"]
    answer = served.post(*[(name, PHOTO) for name in names], data={"more": "ignored"})
    assert answer.status_code == 200
    paths = [Path(path) for path in answer.json()]
    assert [path.name for path in paths] == names
    assert all(path.is_relative_to(served.folder.path) for path in paths)
    assert [path.read_bytes() for path in paths] == [PHOTO, PHOTO]


def test_a_number_for_its_progress_changes_nothing(served):
    answer = served.http.post(f"{ROUTE}?upload_id=abc", files={"files": ("a.jpg", PHOTO)})
    assert len(answer.json()) == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("photo.jpg", "photo.jpg"),
        ("C:\\photos\\summer.jpeg", "summer.jpeg"),
        ("../../etc/passwd", "passwd"),
        ("Grüße von 山田 (1).jpg", "Grüße von 山田 (1).jpg"),
        ("a" * 5_000 + ".jpg", "a" * 56 + ".jpg"),
        ("a." + "b" * 5_000, "a." + "b" * 9),
        ("new\nline\0and\x1b[31m.jpg", "newlineand31m.jpg"),
        ("..", "picture"),
        ("😀.jpg", "jpg"),
        ("\udcff.jpg", "jpg"),
    ],
)
def test_a_name_is_cut_and_cleaned_and_never_refused(given, wanted):
    assert clean(given) == wanted
    assert len(clean(given).encode(errors="surrogatepass")) <= 255


def test_a_file_with_a_long_name_is_kept_under_a_shorter_one(served):
    answer = served.post(("x" * 3_000 + ".jpg", PHOTO))
    assert Path(answer.json()[0]).name == "x" * 56 + ".jpg"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + (
        content + b"\r\n"
    )


WHOLE = part("files", PHOTO, "a.jpg")
FORM = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b""),
        (FORM, b"--b--\r\n"),
        (FORM, part("files", PHOTO) + b"--b--\r\n"),
        (FORM, part("files", b"", "") + b"--b--\r\n"),
        (FORM, part("picture", PHOTO, "a.jpg") + b"--b--\r\n"),
        (FORM, WHOLE + part("picture", PHOTO, "a.jpg") + b"--b--\r\n"),
        (FORM, WHOLE * 9 + b"--b--\r\n"),
        (FORM, WHOLE + part("more", b"x") * 9 + b"--b--\r\n"),
        (FORM, WHOLE + part("more", b"x" * 5_000) + b"--b--\r\n"),
        (FORM, WHOLE),
        (FORM, WHOLE + WHOLE[:60]),
        (FORM, b"no form at all"),
        (FORM, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        (FORM, b"--b\r\n" + b"x" * 100_000),
        (f"{FORM}; charset=undefined", WHOLE + b"--b--\r\n"),
        ("multipart/form-data", WHOLE + b"--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 5_000, WHOLE),
        ("application/json", b'{"files": []}'),
        ("application/x-www-form-urlencoded", b"files=a.jpg"),
        ("", WHOLE),
    ],
)
def test_what_is_no_form_with_files_gets_a_sentence_and_leaves_nothing(served, caplog, kind, body):
    answer = served.http.post(ROUTE, content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "end" in answer.json()["detail"], "it says what to do: send"
    assert "retry-after" not in answer.headers
    assert served.left == []
    assert len(caplog.records) <= 1
    assert all(record.exc_info is None for record in caplog.records)


def test_a_file_that_is_too_large_is_refused_whichever_it_is(served):
    for files in [[bytes(1_000_001)], [PHOTO, bytes(1_000_001)]]:
        answer = served.post(*[("a.jpg", content) for content in files])
        assert answer.status_code == 413
        assert answer.json()["detail"].startswith("A file may have 1 MB.")
        assert served.left == []
    assert served.post(("a.jpg", bytes(1_000_000))).status_code == 200


def test_what_is_announced_as_too_much_is_not_read(served):
    headers = {"content-type": FORM, "content-length": "9" * 5_000}
    assert served.http.post(ROUTE, content=WHOLE + b"--b--\r\n", headers=headers).status_code == 413
    assert served.left == []


def test_an_address_with_its_share_is_told_to_wait_and_others_are_not(served):
    for _ in range(2):
        assert served.post(("a.jpg", bytes(900_000))).status_code == 200
    refused = served.post(("a.jpg", bytes(900_000)))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "try again" in refused.json()["detail"]
    assert len(served.left) == 2
    other = TestClient(served.app, client=("203.0.113.7", 1))
    assert other.post(ROUTE, files={"files": ("a.jpg", PHOTO)}).status_code == 200


def test_a_full_folder_is_everybodys_trouble(served):
    for number in range(4):
        client = TestClient(served.app, client=(f"203.0.113.{number}", 1))
        for _ in range(2):
            client.post(ROUTE, files={"files": ("a.jpg", bytes(980_000))})
    refused = served.post(("a.jpg", bytes(500_000)))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
    assert len(served.left) == 8


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("where", ["spool", "folder"])
def test_a_disk_that_takes_nothing_is_a_sentence(served, monkeypatch, caplog, number, where):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "no path of the server")

    if where == "spool":
        monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    else:
        monkeypatch.setattr(Path, "mkdir", fail)
    refused = served.post(("a.jpg", bytes(500_000)))
    monkeypatch.undo()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
    assert "try again" in refused.json()["detail"]
    assert served.left == []
    (record,) = (each for each in caplog.records if each.levelno >= logging.WARNING)
    assert record.exc_info is None
    assert served.post(("a.jpg", PHOTO)).status_code == 200


def test_an_upload_that_breaks_off_leaves_nothing(served, caplog):
    """A real server's disconnect, as also a deadline that has passed looks."""

    async def main() -> None:
        body = WHOLE[:80] + bytes(300_000)
        messages = [
            {"type": "http.request", "body": body, "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive() -> dict:
            return messages.pop(0) if len(messages) > 1 else messages[0]

        async def send(message: dict) -> None:
            pass

        scope = {"type": "http", "method": "POST", "path": ROUTE, "query_string": b""}
        headers = [(b"content-type", FORM.encode())]
        for _ in range(20):
            await served.app({**scope, "headers": headers, "client": ("a", 1)}, receive, send)

    asyncio.run(main())
    assert served.left == []
    assert served.folder._taken.total() == 0
    assert caplog.records == []

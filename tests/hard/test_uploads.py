"""Files: floods, halves and leftovers fill no disk, and a full one is a sentence."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.hard import wire
from tests.hard.after import started_again
from tests.hard.beside import beside, visitor
from tests.hard.conftest import ENVIRON
from tests.small_host import host

MB = 1_000_000
UPLOAD = "/gradio_api/upload"
FORM = "multipart/form-data; boundary=b"
QUOTA_MB = 60
END = b"--b--\r\n"


def part(content: bytes, field: str = "files", name: str = "a.jpg") -> bytes:
    disposition = f'form-data; name="{field}"; filename="{name}"'
    return f"--b\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[host.Server]:
    """As the others' server, with little room for files."""
    environ = ENVIRON | {"MOOD_UPLOADS_MB": str(QUOTA_MB)}
    with host.serving(tmp_path_factory.mktemp("hard"), environ, processor=1.0) as running:
        running.wait()
        yield running
        assert running.alive, running.log.read_text()[-5000:]


def kept_mb(server: host.Server) -> float:
    """What lies in the folder of uploads."""
    files = (server.log.parent / "uploads").rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file()) / MB


def open_mb(server: host.Server) -> float:
    """What files without a name hold that the server has open."""
    sizes = []
    for link in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "deleted" in str(link.readlink()):
                sizes.append(link.stat().st_size)
    return sum(sizes) / MB


def flood(url: str, addresses: int) -> dict[int, int]:
    """Files of 15 MB, one after the other, as fast as they are taken."""
    body = part(bytes(15 * MB)) + END

    def send(number: int) -> int:
        sender = f"203.0.113.{number % addresses}"
        return wire.ask(url, UPLOAD, body, kind=FORM, sender=sender)[0]

    return wire.during(7.0, send)


def test_one_visitor_fills_a_quarter_and_is_told_to_wait(server):
    statuses = beside(server, flood, 1, seconds=12.0)
    assert statuses.get(200) == 1
    assert statuses.get(429, 0) > 5
    assert kept_mb(server) <= QUOTA_MB / 4
    with visitor(server.url, "203.0.113.200") as other:
        assert other.post(UPLOAD, files={"files": ("a.jpg", b"mine")}).status_code == 200
    with visitor(server.url, "203.0.113.0") as same:
        refused = same.post(UPLOAD, files={"files": ("a.jpg", bytes(8 * MB))})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert "try again" in refused.json()["detail"]


def test_many_visitors_fill_the_quota_and_no_more(server):
    statuses = beside(server, flood, 100, seconds=12.0)
    assert statuses.get(503, 0) > 5
    assert kept_mb(server) <= QUOTA_MB
    assert open_mb(server) < 1
    with visitor(server.url, "203.0.113.201") as other:
        refused = other.post(UPLOAD, files={"files": ("a.jpg", bytes(16 * MB))})
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0


def break_off(url: str) -> dict[int, int]:
    """Uploads that end in their middle, forms with wrong fields, forms without an end."""
    content = bytes(3 * MB)
    bodies = [
        (part(content), 10 * MB),  # announced, and never sent
        (part(content, field="picture") + END, None),
        (part(content), None),
        (part(content) + part(content)[: 2 * MB], None),
        (part(bytes(21 * MB)) + END, None),
    ]

    def send(number: int) -> int:
        body, length = bodies[number % len(bodies)]
        with wire.connect(url) as out, contextlib.suppress(OSError):
            sender = f"203.0.113.{number % 200}"
            out.sendall(wire.head(UPLOAD, kind=FORM, length=length or len(body), sender=sender))
            out.sendall(body)
            return 0 if length else wire.answer(out)[0]
        return 1

    return wire.during(7.0, send)


def test_what_breaks_off_or_fits_nothing_leaves_nothing(server):
    before, lines = kept_mb(server), wire.lines(server)
    statuses = beside(server, break_off, seconds=12.0)
    assert set(statuses) <= {0, 1, 400, 408, 413, 429, 503}
    assert statuses[400] > 0
    assert kept_mb(server) == before
    assert eventually(lambda: open_mb(server) < 1)
    assert "Traceback" not in server.log.read_text()
    assert wire.lines(server) - lines < 1_000


def eventually(condition) -> bool:
    return any(condition() or time.sleep(0.2) for _ in range(50))


def test_a_form_of_999_parts_that_stalls_holds_few_descriptors(server):
    def held() -> int:
        return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))

    before = held()
    body = b"".join(part(bytes(100_000), name=f"{number}.jpg") for number in range(150))
    with wire.connect(server.url) as out, contextlib.suppress(OSError):
        out.sendall(wire.head(UPLOAD, kind=FORM, sender="192.0.2.77"))
        for start in range(0, len(body), 100_000):
            piece = body[start : start + 100_000]
            out.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            assert held() - before < 16
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_leftovers_of_a_kill_go_and_a_stop_leaves_nothing(tmp_path):
    folder = tmp_path / "uploads"
    with host.serving(tmp_path, ENVIRON) as killed:
        killed.wait()
        left = Path(httpx.post(f"{killed.url}{UPLOAD}", files={"files": b"left"}).json()[0])
        killed.process.kill()
        killed.process.wait()
        assert left.exists()
        old = time.time() - 660
        own = next(folder.iterdir())
        (own / "of nobody").write_bytes(b"old")
        for path in (left, left.parent, own / "of nobody"):
            os.utime(path, (old, old))
        with started_again(killed, tmp_path, ENVIRON) as again:
            assert eventually(lambda: not left.exists())
            assert not (own / "of nobody").exists()
            assert httpx.post(f"{again.url}{UPLOAD}", files={"files": b"left"}).status_code == 200
            assert again.stop() == 0
        assert list(folder.rglob("*")) == []


@pytest.mark.parametrize("full", ["GRADIO_TEMP_DIR", "TMPDIR"])
def test_a_full_disk_is_a_sentence_and_leaves_no_half_of_a_file(tmp_path, small_disk, full):
    with host.serving(tmp_path, ENVIRON | {full: str(small_disk)}) as server:
        server.wait()
        with httpx.Client(base_url=server.url, timeout=30) as sender:
            for _ in range(3):
                refused = sender.post(UPLOAD, files={"files": ("a.jpg", bytes(15 * MB))})
                assert refused.status_code == 503
                assert int(refused.headers["retry-after"]) > 0
                assert "try again" in refused.json()["detail"]
            assert [path for path in small_disk.rglob("*") if path.is_file()] == []
            one = sender.post(UPLOAD, files={"files": ("a.jpg", bytes(3 * MB))})
            assert one.status_code == 200
        log = server.log.read_text()
        assert "Traceback" not in log
        assert str(small_disk) not in json.dumps(refused.json())
        assert server.alive


def test_a_caller_who_asks_about_each_upload_is_never_refused(tmp_path):
    environ = ENVIRON | {"MOOD_UPLOADS_MB": "8", "MOOD_MAX_UPLOAD_MB": "1"}
    photo = host.small_photo(tmp_path).read_bytes()
    with host.serving(tmp_path, environ) as server:
        server.wait()
        with httpx.Client(base_url=server.url, timeout=60) as caller:
            for _ in range(60):
                content = photo + os.urandom(200_000)
                answer = caller.post(UPLOAD, files={"files": ("a.jpg", content)})
                assert answer.status_code == 200, answer.text
                body = {"data": [{"path": answer.json()[0]}]}
                job = caller.post("/gradio_api/call/analyze", json=body).json()["event_id"]
                assert "faces" in caller.get(f"/gradio_api/call/analyze/{job}").text
        assert kept_mb(server) <= 2

"""After a hundred photos the running server has told nobody about them, and leaves none of them."""

from __future__ import annotations

import httpx

from tests.hard.conftest import ENVIRON
from tests.serving.marked import found
from tests.serving.test_privacy import send
from tests.small_host import host


def test_a_hundred_photos_are_neither_told_nor_kept(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME": str(home), "TMPDIR": str(home), "GRADIO_TEMP_DIR": str(home / "uploads")}
    with host.serving(tmp_path, ENVIRON | places, processor=1.0) as server:
        server.wait()
        with httpx.Client(base_url=server.url, timeout=60) as visitor:
            marks = send(visitor, 100)
            assert found(marks, visitor.get("/metrics").text) == []
            assert found(marks, visitor.get("/config").text) == []
        names = " ".join(str(path) for path in home.rglob("*"))
        assert found(marks, names), "uploads lie there for some minutes: the test sees them"
        assert server.alive
        assert server.stop() == 0
        assert found(marks, server.log.read_bytes()) == []
    left = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in left if found(marks, path.read_bytes())] == []
    assert found(marks, " ".join(map(str, home.rglob("*")))) == []

"""A tenth of a processor is told to stop while thirty photos wait."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import httpx
from PIL import Image

from tests.hard import wire
from tests.hard.beside import ask_panel, panel, photo, visitor
from tests.hard.conftest import ENVIRON
from tests.small_host import host

STOPPING = "The server is stopping. Please try again in a moment."
LIMIT_S = 8.0
PAGES = CALLERS = 15


class Asker(threading.Thread):
    """Sends a photo from an address of its own, by the page's way or by the API's."""

    def __init__(self, url: str, number: int, panel: int | None, picture: str) -> None:
        super().__init__(daemon=True)
        self.url, self.address = url, f"203.0.113.{number}"
        self.panel, self.picture = panel, picture
        self.waits = False
        self.answer: tuple[int, str] = (0, "")
        self.answered_at = 0.0

    def run(self) -> None:
        with visitor(self.url, self.address, timeout=120) as client:
            try:
                self.answer = self._ask(client)
            except httpx.HTTPError as error:
                self.answer = 0, repr(error)
            self.answered_at = time.monotonic()

    def _ask(self, client: httpx.Client) -> tuple[int, str]:
        if self.panel is not None:
            self.waits = True
            answer = ask_panel(client, self.panel, "read_photo", {"image": self.picture})
            return answer.status_code, answer.text
        address = "/gradio_api/call/analyze"
        asked = client.post(address, json={"data": [{"url": self.picture}]})
        event = asked.raise_for_status().json()["event_id"]
        with client.stream("GET", f"{address}/{event}") as stream:
            self.waits = True
            return stream.status_code, stream.read().decode()


def test_thirty_who_wait_are_told_at_once_and_it_ends_in_time(tmp_path: Path):
    large = tmp_path / "large.png"
    with Image.open(host.EXAMPLES / "mariachi.jpg") as whole:
        whole.resize((4800, 3600)).quantize(64).save(large)
    small = photo("astronaut", 640).url
    with host.serving(tmp_path, ENVIRON, processor=0.1) as server:
        server.wait()
        with visitor(server.url, "203.0.113.250") as browser:
            number = panel(browser, "photo")
        first = Asker(server.url, 249, number, host.data_url(large))
        first.start()
        until(lambda: server.figures()["mood_working"] == 1)
        askers = [
            Asker(server.url, each, number if each <= PAGES else None, small)
            for each in range(1, PAGES + CALLERS + 1)
        ]
        for asker in askers:
            asker.start()
        # Two that never end by themselves: a page that is open, an upload that has stalled.
        open_page = wire.connect(server.url)
        open_page.sendall(b"GET /gradio_api/heartbeat/page HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stalled = wire.connect(server.url)
        kind = "multipart/form-data; boundary=x"
        stalled.sendall(wire.head("/gradio_api/upload", kind=kind, length=1_000_000) + b"--x\r\n")
        until(lambda: all(each.waits for each in askers))
        until(lambda: server.figures()["mood_waiting"] >= PAGES - 3)
        waiting = [each for each in askers if not each.answered_at]
        assert len(waiting) >= 25, "nearly all wait"
        told_at = time.monotonic()
        server.process.terminate()
        assert server.process.wait(60) == 0
        took_s = time.monotonic() - told_at
        for asker in [first, *askers]:
            asker.join(10)
        print(f"ended after {took_s:.1f} s, {len(waiting)} waited")
        assert took_s <= LIMIT_S
        for asker in waiting:
            check(asker)
        refused = [each for each in waiting if STOPPING in each.answer[1]]
        assert len(refused) >= len(waiting) - 5
        assert max(each.answered_at for each in refused) - told_at <= LIMIT_S
        open_page.close()
        stalled.close()
        assert "Traceback" not in server.log.read_text()


def check(asker: Asker) -> None:
    """An answer that is right, or the sentence in the form that its asker reads."""
    status, text = asker.answer
    assert status == 200, asker.answer
    assert ".py" not in text, "no paths of files"
    if asker.panel is not None:
        answer = json.loads(text)
        told = [answer.get(key) for key in ("error", "message", "retry_after_s")]
        assert answer.get("faces") or told == ["busy", STOPPING, 10]
        return
    event, data = text.strip().split("\n\n")[-1].split("\n")
    assert event == "event: complete" or json.loads(data.removeprefix("data: "))["error"] == (
        STOPPING
    )


def until(happened) -> None:
    deadline = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.2)

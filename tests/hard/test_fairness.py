"""One visitor who takes all there is: the queue's turns, and the places for webcams."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator

import httpx
import pytest
from PIL import Image

from tests.hard import wire
from tests.hard.beside import ask_panel, beside, panel, photo, visitor
from tests.small_host.host import EXAMPLES, Server

MANY, NEWCOMER = "203.0.113.66", "198.51.100.9"
CROWD = 40  # more than may wait
PAUSE_S = 2.0  # of who is refused: many bodies at once are another attack
FRAME = {"width": 320, "height": 240}


@functools.cache
def slow_photo() -> str:
    """A data URL with 108 faces: 0.4 MB, and ten times the work of a portrait."""
    file, across, down, side = io.BytesIO(), 12, 9, 130
    with Image.open(EXAMPLES / "astronaut.jpg") as source:
        face = source.convert("RGB").crop((138, 22, 308, 215)).resize((side, side))
    canvas = Image.new("RGB", (across * side, down * side))
    for column, row in itertools.product(range(across), range(down)):
        canvas.paste(face, (column * side, row * side))
    canvas.save(file, "JPEG", quality=60)
    return f"data:image/jpeg;base64,{b64encode(file.getvalue()).decode()}"


def crowd(ask: Callable[[int], object]) -> None:
    """Calls `ask` with a number of its own in each of many threads, again and again, for ever."""

    def repeat(number: int) -> None:
        while True:
            try:
                ask(number)
            except (OSError, httpx.HTTPError):
                time.sleep(0.2)

    threads = [threading.Thread(target=repeat, args=(each,), daemon=True) for each in range(CROWD)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def slow_photos_by_the_page(url: str) -> None:
    """One address keeps the queue full; who is refused tries again."""
    with visitor(url, MANY) as browser:
        number = panel(browser, "photo")

    def ask(_: int) -> None:
        with visitor(url, MANY) as browser:
            for _ in range(100):
                answer = ask_panel(browser, number, "read_photo", {"image": slow_photo()})
                time.sleep(PAUSE_S if '"error"' in answer.text else 0)

    crowd(ask)


def slow_photos_by_the_api(url: str) -> None:
    """The same by the other door."""

    def ask(_: int) -> None:
        with visitor(url, MANY) as caller:
            for _ in range(100):
                body = {"data": [{"url": slow_photo()}]}
                asked = caller.post("/gradio_api/call/analyze", json=body)
                number = asked.json().get("event_id")
                answer = caller.get(f"/gradio_api/call/analyze/{number}")
                time.sleep(0 if "complete" in answer.text else PAUSE_S)

    crowd(ask)


def hung_up(url: str) -> None:
    """Asks by both doors, and leaves before the answer comes."""
    image = slow_photo()
    with visitor(url, MANY) as browser:
        number = panel(browser, "photo")
    asked = {"data": {"image": image}, "component_id": number, "fn_name": "read_photo"}
    page = json.dumps(asked | {"session_hash": "a page"}).encode()
    api = json.dumps({"data": [{"url": image}]}).encode()

    def ask(each: int) -> None:
        path, body = (
            ("/gradio_api/component_server", page)
            if each % 2
            else ("/gradio_api/call/analyze", api)
        )
        with wire.connect(url) as sender:
            sender.sendall(wire.head(path, length=len(body), sender=MANY) + body)
            time.sleep(0.3)
        time.sleep(PAUSE_S)

    crowd(ask)


@pytest.mark.parametrize("attack", [slow_photos_by_the_page, slow_photos_by_the_api, hung_up])
def test_who_keeps_the_queue_full_leaves_half_of_the_pace_to_others(server: Server, attack):
    beside(server, attack, seconds=12)


def test_photos_of_who_has_left_are_not_read(server: Server):
    with visitor(server.url, MANY) as browser:
        data = {"data": {"image": slow_photo()}, "component_id": panel(browser, "photo")}
    body = json.dumps({**data, "fn_name": "read_photo", "session_hash": "a page"}).encode()
    head = wire.head("/gradio_api/component_server", length=len(body), sender=MANY)
    read = 'mood_pictures_total{outcome="analysed"}'
    settled(server)
    before = server.figures()[read]
    with contextlib.ExitStack() as senders:
        for _ in range(12):
            senders.enter_context(wire.connect(server.url)).sendall(head + body)
        while server.figures()["mood_waiting"] < 5:
            time.sleep(0.05)
    settled(server)
    assert server.figures()[read] - before <= 8


def settled(server: Server) -> None:
    """Waits until nobody waits."""
    while server.figures()["mood_waiting"] + server.figures()["mood_working"]:
        time.sleep(0.2)


class Webcam:
    """Somebody in the live tab.

    Args:
        browser: Asks for it.
        name: What it calls itself.
    """

    def __init__(self, browser: httpx.Client, name: str) -> None:
        self._browser = browser
        self._name = name
        self._number = panel(browser, "live")

    def ask(self, image: str | None = None) -> str:
        """The state that the server answers with."""
        data = {"viewer": self._name, "image": image, "time_s": time.monotonic(), **FRAME}
        answer = ask_panel(self._browser, self._number, "live_frame", data)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])

    def leave(self) -> None:
        """Closes the tab."""
        ask_panel(self._browser, self._number, "live_leave", {"viewer": self._name})


@contextlib.contextmanager
def asking(server: Server, names: int, every_s: float) -> Iterator[None]:
    """While it holds, one address asks for places under many names, and sends no frame."""
    over = threading.Event()
    asked_once = threading.Event()

    def ask() -> None:
        with visitor(server.url, MANY) as browser:
            webcams = [Webcam(browser, f"many names {each:03}") for each in range(names)]
            while not over.is_set():
                for each in webcams:
                    each.ask()
                asked_once.set()
                over.wait(every_s)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        assert asked_once.wait(60)
        yield
    finally:
        over.set()
        thread.join(60)


@pytest.mark.parametrize(("names", "every_s"), [(4, 9), (250, 4)])
def test_names_that_only_ask_take_no_place_from_who_shows_himself(
    server: Server, names: int, every_s: float
):
    frame = photo("astronaut", 320).url
    with visitor(server.url, NEWCOMER) as browser, asking(server, names, every_s):
        webcam = Webcam(browser, f"newcomer beside {names}")
        end, states = time.monotonic() + 12, []
        while time.monotonic() < end:
            states.append(webcam.ask(frame))
            time.sleep(0.1 if states[-1] == "ok" else 1)
        webcam.leave()
        assert states[:2].count("ok") >= 1, "it has a place at once"
        assert set(states[2:]) == {"ok"}, "and keeps it"


def test_frames_of_many_names_leave_every_other_address_a_place(server: Server):
    """One address shows itself in as many tabs as there are places, and in some that wait."""
    frame = photo("astronaut", 320).url
    over = threading.Event()

    def show(name: str) -> None:
        with visitor(server.url, MANY) as browser:
            webcam = Webcam(browser, name)
            while not over.is_set():
                webcam.ask(frame)
                over.wait(0.1)

    tabs = [threading.Thread(target=show, args=(f"one of many {each}",)) for each in range(8)]
    for each in tabs:
        each.start()
    try:
        time.sleep(2)
        states: dict[str, list[str]] = {}
        for address in ("198.51.100.11", "198.51.100.12", "198.51.100.13"):
            with visitor(server.url, address) as browser:
                webcam = Webcam(browser, f"at {address}")
                states[address] = [webcam.ask(frame) for _ in range(5)]
        assert all(each == ["ok"] * 5 for each in states.values()), states
    finally:
        over.set()
        for each in tabs:
            each.join(60)

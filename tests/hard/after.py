"""What is asked after a fault, and what is right then."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests import hub_standin
from tests.hard.beside import ask_panel, panel, photo, visitor
from tests.hard.conftest import ENVIRON
from tests.hub_standin import Hub
from tests.small_host import host

NETWORK = hub_standin.ferplus_network(hidden=300)  # 5 MB; it calls every face surprised
SMALL = photo("astronaut", 320)
EMBEDDED, DOWNLOADED = ("mini", "happiness"), ("ferplus", "surprise")
_AUTO = {
    "MOOD_MODEL": "auto",
    "HF_HUB_OFFLINE": "0",
    "MOOD_HUB_RETRY_S": "1",
    "MOOD_HUB_WAIT_S": "15",  # so that a slow machine does not change what happens
}
_CAMERA = {"width": SMALL.right[0], "height": SMALL.right[1]}


def environ_of(hub: Hub, home: Path) -> dict[str, str]:
    """Settings of a server that takes the Hub's network where it can, into a cache in `home`."""
    return ENVIRON | _AUTO | {"HF_ENDPOINT": hub.url, "HF_HOME": str(home)}


def until(happened: Callable[[], Any]) -> None:
    """Returns when it has happened, which must not take a minute."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def told(server: host.Server, who: str = "203.0.113.9", **wish: str) -> tuple[str, str]:
    """What the page gets for a photo of one face: the network that answered, and the expression.

    Or the kind of error, and its sentence.
    """
    with visitor(server.url, who) as browser:
        data = wish if "path" in wish else {"image": SMALL.url} | wish
        asked = ask_panel(browser, panel(browser, "photo"), "read_photo", data)
    assert asked.status_code == 200, asked.text
    answer = asked.json()
    if "error" in answer:
        return answer["error"], answer["message"]
    assert (answer["width"], answer["height"]) == SMALL.right[:2]
    (face,) = answer["faces"]
    return answer["model"], face["top"]


def kept(home: Path) -> list[bytes]:
    """All that the cache has of networks."""
    return [path.read_bytes() for path in home.rglob("blobs/*")]


class Webcam:
    """Sends one frame after the other."""

    def __init__(self, server: host.Server) -> None:
        self.url, self.frames = server.url, 0

    def send(self, most: float = math.inf) -> None:
        """Sends so many frames, each of which must be read right."""
        with visitor(self.url, "203.0.113.77") as browser:
            number = panel(browser, "live")
            while self.frames < most:
                answer = self._ask(browser, number)
                assert [face["expression"] for face in answer["faces"]] == SMALL.right[2]
                self.frames += 1

    def told(self) -> tuple[str, str]:
        """The kind of error that a frame is answered with, and its sentence."""
        with visitor(self.url, "203.0.113.77") as browser:
            answer = self._ask(browser, panel(browser, "live"))
        return answer["error"], answer["message"]

    def _ask(self, browser: httpx.Client, number: int) -> dict[str, Any]:
        data = {"viewer": "a camera", "image": SMALL.url, "time_s": time.monotonic()}
        return dict(ask_panel(browser, number, "live_frame", data | _CAMERA).json())


@contextlib.contextmanager
def started_again(
    killed: host.Server,
    folder: Path,
    environ: Mapping[str, str],
    command: Sequence[str] = ("app.py",),
) -> Iterator[host.Server]:
    """A server in the place of one that is killed now: same port, same folders."""
    killed.process.kill()
    killed.process.wait()
    port = {"PORT": str(killed.port)}
    again = host.Server(killed.limits, folder, {**environ, **port}, command)
    again.port, again.url = killed.port, killed.url
    try:
        again.wait()
        yield again
    finally:
        again.stop()

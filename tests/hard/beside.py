"""Honest visitors beside an attack: they get right answers, and half of what they get alone.

One sends photos by the page's way, one by the API's, one asks /health; each has an address of its
own and does what it is told when it is refused. The attack runs in a process of its own with the
lowest priority, so that what the server loses, it loses by its own fault.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import json
import multiprocessing
import os
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from PIL import Image

from tests.small_host.host import EXAMPLES, Server

ALONE_S = 5.0
FRESH_S = 60.0
REST_S = 0.3  # between two photos of a visitor: a person is no loop
HEALTH_S = 4.0  # what must hold is 2 s; this machine may be busy
PEAK_MB = 480.0
_PAGE, _CALLER, _WATCHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
_WAIT = {"busy", "share"}


class Photo(NamedTuple):
    """A data URL, and what is right about it: width, height, and the expression of each face."""

    url: str
    right: tuple[int, int, list[str]]


@dataclasses.dataclass
class Tally:
    """What the honest ones got while they were watched."""

    page: int = 0
    api: int = 0
    refused: int = 0
    health_s: list[float] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)


def beside(
    server: Server,
    attack: Callable[..., Any],
    *arguments: Any,
    seconds: float = 6.0,
    pace: bool = True,
) -> Any:
    """Lets honest visitors ask alone and then beside an attack, and asserts what must hold.

    Args:
        server: Its peak of memory is counted from now on.
        attack: Called with the server's address and the arguments, in a process of its own; of a
            module, so that it can be named there. It may end early, or is ended after `seconds`.
        arguments: Numbers, texts and the like.
        seconds: How long it is watched.
        pace: False for a crowd, each with an address of its own: nobody can be told from them, so
            the honest ones may be refused as long as they are told when to come again.

    Returns:
        What the attack returned; None if it had to be ended.
    """
    alone = _alone(server)
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
    with attacking(attack, server.url, arguments) as answers:
        under = _watched(server, seconds)
        answer = answers.recv() if answers.poll() else None
    log = server.log.read_text()[-2000:]
    assert server.alive, f"killed {server.limits.killed()} times\n{log}"
    peak_mb = server.memory_mb("VmHWM")
    told = (
        f"alone {alone.page / ALONE_S:.2f} photos/s on the page and {alone.api / ALONE_S:.2f} "
        f"by the API, beside {under.page / seconds:.2f} and {under.api / seconds:.2f}, "
        f"{under.refused} refused; /health {max(under.health_s):.2f} s; peak {peak_mb:.0f} MB"
    )
    print(told)
    worst["slowest /health, s"] = max(worst["slowest /health, s"], *under.health_s)
    worst["highest peak, MB"] = max(worst["highest peak, MB"], peak_mb)
    assert not under.wrong, f"{told}\n{under.wrong}"
    assert max(under.health_s) <= HEALTH_S, told
    assert not pace or _has_half(under, alone, seconds) or _got_busy(server, under, seconds), told
    assert peak_mb <= PEAK_MB, told
    return answer


worst = {"slowest /health, s": 0.0, "highest peak, MB": 0.0}
"""Of all attacks so far."""

_known: dict[str, tuple[float, Tally]] = {}


def _alone(server: Server) -> Tally:
    """What they get alone; asked anew each minute, for the machine may have got busier."""
    measured, alone = _known.get(server.url, (-FRESH_S, Tally()))
    if time.monotonic() - measured > FRESH_S:
        alone = _watched(server, ALONE_S)
        assert not alone.wrong, alone.wrong
        _known[server.url] = time.monotonic(), alone
    return alone


def _has_half(under: Tally, alone: Tally, seconds: float) -> bool:
    pairs = (under.page, alone.page), (under.api, alone.api)
    return all(whole and some / seconds >= whole / ALONE_S / 2 for some, whole in pairs)


def _got_busy(server: Server, under: Tally, seconds: float) -> bool:
    """Whether it is the machine that has others to serve now: measured alone once more."""
    time.sleep(3)  # what the attack left is worked off
    _known.pop(server.url)
    alone = _alone(server)
    print(f"alone again {alone.page / ALONE_S:.2f} and {alone.api / ALONE_S:.2f}")
    return _has_half(under, alone, seconds)


@contextlib.contextmanager
def attacking(
    attack: Callable[..., Any], url: str, arguments: tuple[Any, ...]
) -> Iterator[Connection]:
    """While it holds, the attack runs; yields where its answer arrives."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_attack, args=(theirs, attack, url, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.recv() == "ready"
        yield ours
        assert process.exitcode in (None, 0), "the attack itself went wrong: see stderr"
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _attack(
    answers: Connection, attack: Callable[..., Any], url: str, arguments: tuple[Any, ...]
) -> None:
    os.nice(19)
    answers.send("ready")
    answers.send(attack(url, *arguments))


def _watched(server: Server, seconds: float) -> Tally:
    tally, over = Tally(), threading.Event()
    ways = (_by_page, _by_call, _watch_health)
    visitors = [
        threading.Thread(target=_visit, args=(way, server.url, tally, over)) for way in ways
    ]
    for each in visitors:
        each.start()
    time.sleep(seconds)
    over.set()
    for each in visitors:
        each.join()
    return tally


def _visit(
    way: Callable[[str, Tally, threading.Event], None],
    url: str,
    tally: Tally,
    over: threading.Event,
) -> None:
    try:
        way(url, tally, over)
    except Exception as error:  # noqa: BLE001 - whatever it is, an honest visitor met it
        tally.wrong.append(f"{way.__name__}: {error!r}")


def _by_page(url: str, tally: Tally, over: threading.Event) -> None:
    with visitor(url, _PAGE) as browser:
        number = panel(browser, "photo")
        for photo in _photos(320, over):
            answer = ask_panel(browser, number, "read_photo", {"image": photo.url})
            if answer.status_code != 200:
                tally.wrong.append(f"page: {answer.status_code} {answer.text[:200]}")
            elif answer.json().get("error") in _WAIT:
                _come_again(answer.json().get("retry_after_s"), tally, over)
            else:
                tally.page += _is_right("page", answer.json(), photo, tally, over)


def _by_call(url: str, tally: Tally, over: threading.Event) -> None:
    with visitor(url, _CALLER) as caller:
        for photo in _photos(360, over):
            asked = caller.post("/gradio_api/call/analyze", json={"data": [{"url": photo.url}]})
            if asked.status_code in (429, 503):
                _come_again(asked.headers.get("retry-after"), tally, over)
                continue
            if asked.status_code != 200:
                tally.wrong.append(f"API: {asked.status_code} {asked.text[:200]}")
                continue
            stream = caller.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text
            kind, answer = event(stream)
            if kind == "complete":
                tally.api += _is_right("API", answer[0], photo, tally, over)
            elif "waiting already" in str(answer.get("title")):
                _come_again(5, tally, over)
            else:
                tally.wrong.append(f"API: {stream[:200]}")


def _watch_health(url: str, tally: Tally, over: threading.Event) -> None:
    with visitor(url, _WATCHER) as watcher:
        while not over.is_set():
            start = time.monotonic()
            answer = watcher.get("/health")
            tally.health_s.append(time.monotonic() - start)
            if answer.status_code != 200:
                tally.wrong.append(f"/health: {answer.status_code}")
            over.wait(0.2)


def visitor(url: str, address: str, timeout: float = 60.0) -> httpx.Client:
    """Somebody who comes from `address`, as the proxy in front says."""
    return httpx.Client(base_url=url, timeout=timeout, headers={"X-Forwarded-For": address})


def panel(browser: httpx.Client, name: str) -> int:
    """The number of a panel of the page."""
    parts = browser.get("/config").json()["components"]
    (number,) = [each["id"] for each in parts if each["props"].get("elem_id") == name]
    return int(number)


def ask_panel(
    browser: httpx.Client, number: int, function: str, data: dict[str, Any], session: str = "a page"
) -> httpx.Response:
    """What the page does to ask one of its functions on the server."""
    body = {"data": data, "component_id": number, "fn_name": function, "session_hash": session}
    return browser.post("/gradio_api/component_server/", json=body)


def event(stream: str) -> tuple[str, Any]:
    """The last event of a call's stream: its kind and what it says."""
    kind, data = stream.strip().split("\n\n")[-1].split("\n")[:2]
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def _come_again(after_s: Any, tally: Tally, over: threading.Event) -> None:
    tally.refused += 1
    try:
        over.wait(float(after_s))
    except (TypeError, ValueError):
        tally.wrong.append(f"a refusal that does not say when to come again: {after_s!r}")
        over.wait(5)


def _is_right(
    way: str, answer: dict[str, Any], photo: Photo, tally: Tally, over: threading.Event
) -> bool:
    """Whether it counts: it is right, and in time."""
    told = answer.get("width"), answer.get("height"), [f["top"] for f in answer.get("faces", [])]
    if told != photo.right:
        tally.wrong.append(f"{way}: {told} or {str(answer)[:200]}, not {photo.right}")
        return False
    return not over.is_set()


def _photos(width: int, over: threading.Event) -> Iterator[Photo]:
    """Two in turn, each of a size that nobody else sends, with a rest between."""
    number = 0
    while not over.is_set():
        yield photo("astronaut", width) if number % 2 else photo("grace_hopper", width + 8)
        number += 1
        over.wait(REST_S)


_EXPRESSIONS = {"astronaut": "happiness", "grace_hopper": "neutral"}


@functools.cache
def photo(name: str, width: int) -> Photo:
    """One of the examples with one face, as wide as that."""
    with Image.open(EXAMPLES / f"{name}.jpg") as whole:
        height = whole.height * width // whole.width
        file = io.BytesIO()
        whole.convert("RGB").resize((width, height)).save(file, "JPEG", quality=90)
    url = f"data:image/jpeg;base64,{b64encode(file.getvalue()).decode()}"
    return Photo(url, (width, height, [_EXPRESSIONS[name]]))

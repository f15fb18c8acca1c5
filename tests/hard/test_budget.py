"""Bodies in flight, in line and in work, and answers: all of them together have one budget."""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from tests.hard import wire
from tests.hard.beside import beside, event, panel, photo, visitor
from tests.small_host.host import Server

MB = 1_000_000
PAGE = "/gradio_api/component_server/"
CALL = "/gradio_api/call/analyze"
JOIN = "/gradio_api/queue/join"
UPLOAD = "/gradio_api/upload"
FORM = "multipart/form-data; boundary=b"
ONE, CROWD = 1, 200  # addresses


def padded(url: str, size: int) -> str:
    """The picture of a data URL with so many bytes; no reader looks behind a picture's end."""
    head, _, text = url.partition(",")
    content = base64.b64decode(text)
    return f"{head},{base64.b64encode(content + bytes(size - len(content))).decode()}"


def heavy(size: int) -> str:
    """24 megapixels in so many bytes: 100 MB when it is decoded."""
    file = io.BytesIO()
    Image.new("RGB", (6000, 4000), (90, 80, 70)).save(file, "WEBP", lossless=True, quality=0)
    return padded(f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}", size)


def light(size: int) -> str:
    return padded(photo("astronaut", 400).url, size)


def body_for(url: str, path: str, image: str) -> bytes:
    """What the route wants to be asked about a picture."""
    if path == UPLOAD:
        return form_of(b'name="files"; filename="a.jpg"', image.encode())
    if path == CALL:
        return json.dumps({"data": [{"url": image}]}).encode()
    if path == JOIN:
        return json.dumps({"data": [image], "fn_index": 0, "session_hash": "s"}).encode()
    with visitor(url, "192.0.2.30") as client:
        number = panel(client, "photo")
    asked = {"data": {"image": image}, "component_id": number, "fn_name": "read_photo"}
    return json.dumps(asked | {"session_hash": "s"}).encode()


def form_of(disposition: bytes, content: bytes) -> bytes:
    start = b"--b\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n"
    return start + content + b"\r\n--b--\r\n"


def sender(number: int, addresses: int) -> str:
    return f"203.0.113.{number % addresses}"


def at_once(times: int, act: Callable[[int], object]) -> None:
    """Calls it from so many threads."""
    threads = [threading.Thread(target=act, args=(number,)) for number in range(times)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def stalled(url: str, path: str, addresses: int) -> None:
    """59 bodies of 7.9 MB whose last bytes do not come."""
    body = body_for(url, path, light(5_900_000))
    kind = FORM if path == UPLOAD else wire.JSON

    def send(number: int) -> None:
        with wire.connect(url) as out, contextlib.suppress(OSError):
            out.sendall(
                wire.head(path, kind=kind, length=len(body), sender=sender(number, addresses))
            )
            out.sendall(body[: -len(body) // 50])
            time.sleep(60)

    at_once(59, send)


def at_it(url: str, path: str, addresses: int, times: int, image: str) -> dict[int, int]:
    """So many at a time send a picture, again and again."""
    body = body_for(url, path, {"light": light, "heavy": heavy}[image](5_900_000))
    counts: dict[int, int] = {}

    def send(number: int) -> None:
        address = sender(number, addresses)
        seen = wire.during(10.0, lambda _: wire.ask(url, path, body, timeout=60, sender=address)[0])
        for status, count in seen.items():
            counts[status] = counts.get(status, 0) + count

    at_once(times, send)
    return counts


@pytest.mark.parametrize(
    ("path", "addresses"), [(PAGE, ONE), (CALL, CROWD), (UPLOAD, ONE), (UPLOAD, CROWD)]
)
def test_bodies_that_stall(server: Server, path: str, addresses: int):
    beside(server, stalled, path, addresses, pace=addresses == ONE)


@pytest.mark.parametrize(
    ("path", "addresses"), [(PAGE, ONE), (PAGE, CROWD), (CALL, CROWD), (JOIN, ONE)]
)
def test_sixty_readings_of_7_9_mb(server: Server, path: str, addresses: int):
    beside(server, at_it, path, addresses, 60, "light", seconds=10.0, pace=addresses == ONE)


@pytest.mark.parametrize("path", [PAGE, CALL])
def test_large_bodies_behind_large_pictures(server: Server, path: str):
    beside(server, at_it, path, CROWD, 27, "heavy", pace=False)


def fields(url: str) -> None:
    """Forms whose 20 MB are no file, and so would be held in memory."""
    body = form_of(b'name="files"', bytes(20 * MB))

    def send(_: int) -> None:
        wire.during(6.0, lambda _: wire.ask(url, UPLOAD, body, kind=FORM)[0])

    at_once(30, send)


def test_form_fields_of_20_mb(server: Server):
    beside(server, fields)


def unread(url: str) -> None:
    """110 bodies that are wrong, from senders that do not read what is wrong with them."""
    body = b'{"data": "' + b"x" * 7_900_000 + b'"}'

    def send(_: int) -> None:
        with wire.connect(url) as out, contextlib.suppress(OSError):
            out.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            out.sendall(wire.head(CALL, length=len(body)) + body)
            time.sleep(60)

    at_once(110, send)


def test_wrong_bodies_whose_answers_nobody_reads(server: Server):
    beside(server, unread)


@pytest.mark.parametrize("path", [CALL, JOIN, "/gradio_api/cancel", "/gradio_api/call/v2/analyze"])
def test_an_error_does_not_echo_what_was_sent(server: Server, path: str):
    for body in (b'{"data": "' + b"x" * 7_900_000 + b'"}', b'{"dat": "marked"}', b'["marked"]'):
        status, told = wire.ask(server.url, path, body)
        assert status in {400, 413, 422}
        assert len(told) <= 500
        assert b"xxx" not in told
        assert b"marked" not in told


def test_room_that_was_taken_is_given_back(server: Server):
    """Senders that hang up, in the middle or when all is sent, before they are answered."""
    for path in (PAGE, CALL, JOIN, UPLOAD):
        body = body_for(server.url, path, light(5_900_000))
        kind = FORM if path == UPLOAD else wire.JSON
        for number in range(40):
            start = wire.head(path, kind=kind, length=len(body), sender=sender(number, 7))
            with wire.connect(server.url) as out, contextlib.suppress(OSError):
                out.sendall(start + (body if number % 2 else body[:-100]))
    image = light(5_900_000)
    assert eventually(functools.partial(is_read, server.url, image))


def eventually(condition: Callable[[], bool]) -> bool:
    """The last of those who left may still be in work."""
    return any(condition() or time.sleep(1) for _ in range(20))


def is_read(url: str, image: str) -> bool:
    with visitor(url, "203.0.113.1") as caller:
        asked = caller.post(CALL, json={"data": [{"url": image}]})
        if asked.status_code in {429, 503}:
            return False
        kind, told = event(caller.get(f"{CALL}/{asked.json()['event_id']}").text)
        return kind == "complete" and len(told[0]["faces"]) == 1


def drips(server: Server, number: int) -> bool:
    """Sends two bytes a second; whether it is told to stop within 45 s."""
    path = (PAGE, CALL, UPLOAD)[number % 3]
    kind = FORM if path == UPLOAD else wire.JSON
    with wire.connect(server.url) as out, contextlib.suppress(ConnectionError):
        out.sendall(wire.head(path, kind=kind, length=100_000, sender=sender(number, 9)))
        out.settimeout(0.5)
        for _ in range(90):
            out.sendall(b" ")
            with contextlib.suppress(TimeoutError):
                out.recv(1_000)
                return True
        return False
    return True


def answer_to_a_slow_line(server: Server, path: str) -> tuple[int, bytes]:
    """What is said to a sender with three times the floor, who takes 25 s."""
    body = body_for(server.url, path, padded(photo("astronaut", 400).url, 112_000))
    kind = FORM if path == UPLOAD else wire.JSON
    with wire.connect(server.url, 60) as out:
        out.sendall(wire.head(path, kind=kind, length=len(body)))
        for start in range(0, len(body), 3_000):
            out.sendall(body[start : start + 3_000])
            time.sleep(0.5)
        return wire.answer(out)


def test_a_body_that_drips_has_a_deadline_and_a_slow_line_has_none(server: Server):
    with ThreadPoolExecutor(11) as senders:
        dripping = [senders.submit(drips, server, number) for number in range(9)]
        slow = [senders.submit(answer_to_a_slow_line, server, path) for path in (PAGE, UPLOAD)]
        assert [each.result() for each in dripping] == [True] * 9
        assert [each.result()[0] for each in slow] == [200] * 2, [each.result() for each in slow]

"""JSON that costs a hundred times its bytes once it is parsed."""

from __future__ import annotations

import threading

import pytest

from tests.hard import wire
from tests.hard.beside import beside
from tests.small_host.host import Server

ROUTES = [
    "/gradio_api/call/analyze",
    "/gradio_api/call/v2/analyze",
    "/gradio_api/queue/join",
    "/gradio_api/component_server",
    "/gradio_api/component_server/",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    # These end as the route of uploads does, and had its limit.
    "/gradio_api/call/upload",
    "/gradio_api/upload",
    "/gradio_api/upload/",
    "/gradio_api/component_server/upload",
]
MB = 1_000_000


def lists(size: int) -> str:
    return "[" + "[]," * (size // 3) + "[]]"


def objects(size: int) -> str:
    return "[" + '{"":0},' * (size // 7) + "0]"


def numbers(size: int) -> str:
    return "[" + "1," * (size // 2) + "1]"


def texts(size: int) -> str:
    return "[" + '"é",' * (size // 5) + '""]'


def keys(size: int) -> str:
    return "{" + ",".join(f'"{number:x}":0' for number in range(size // 10)) + "}"


def deep(size: int) -> str:
    return "[" * (size // 2) + "]" * (size // 2)


def unclosed(size: int) -> str:
    return '[{"":' * (size // 5)


def digits(size: int) -> str:
    return "9" * size


def spaces(size: int) -> str:
    return "[" + " " * size + "]"


def quotes(size: int) -> str:
    return '"' + '\\"' * (size // 2) + '"'


def backslashes(size: int) -> str:
    return '"' + "\\" * (size // 2 * 2) + '"'


def escapes(size: int) -> str:
    return wire.data_url("\\u00e9" * (size // 6))


def wide(size: int) -> str:
    """One letter beyond the plane, and Python holds four bytes for each of the others."""
    return wire.data_url("A" * size + "😀")


def pictures(size: int) -> str:
    return "[" + ",".join([wire.data_url("A" * 2_000)] * (size // 2_000)) + "]"


LONG = [quotes, backslashes, escapes, wide, pictures]  # long texts, which cost their length
KINDS = [lists, objects, numbers, texts, keys, deep, unclosed, digits, spaces, *LONG]


def all_kinds(url: str, route: str, size: int, seconds: float) -> dict[int, int]:
    bodies = [wire.question(route, kind(size)) for kind in KINDS]

    def send(number: int) -> int:
        return wire.ask(url, route, bodies[number % len(bodies)])[0]

    return wire.during(seconds, send)


@pytest.mark.parametrize(
    ("route", "size"),
    [
        ("/gradio_api/call/upload", 20 * MB),
        ("/gradio_api/component_server/", 7 * MB + 900_000),
        ("/gradio_api/call/analyze", 7 * MB + 900_000),
    ],
)
def test_json_of_millions_of_values_costs_others_little(server: Server, route: str, size: int):
    statuses = beside(server, all_kinds, route, size, 5.0, seconds=20.0)  # each waits for its haste
    assert set(statuses) <= {0, 200, 400, 404, 405, 413, 415, 422, 429, 503}, statuses


def two_at_once(url: str, seconds: float) -> None:
    body = wire.question("/gradio_api/component_server/", lists(7_900_000))
    senders = [
        threading.Thread(
            target=wire.during,
            args=(seconds, lambda _: wire.ask(url, "/gradio_api/component_server/", body)[0]),
        )
        for _ in range(2)
    ]
    for each in senders:
        each.start()
    for each in senders:
        each.join()


def test_two_at_once_of_7_9_mb_kill_nothing(server: Server):
    beside(server, two_at_once, 5.0)


def crumbs(url: str, seconds: float) -> None:
    """A body in chunks of one byte: six bytes on the wire, and a step of the parser, for each."""
    piece = b"1\r\n \r\n" * 10_000

    def send(_: int) -> int:
        with wire.connect(url) as sender:
            sender.sendall(wire.head("/gradio_api/call/analyze"))
            end = 800
            while end and sender.send(piece):
                end -= 1
        return 0

    wire.during(seconds, send)


def test_a_body_in_crumbs_costs_others_little(server: Server):
    beside(server, crumbs, 6.0)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_too_much_is_refused_in_one_sentence(server: Server, kind):
    wrong = []
    for route in ROUTES:
        before = wire.lines(server)
        status, told = wire.ask(server.url, route, wire.question(route, kind(200_000)))
        kindly = status == 200 and b'"error"' in told and "component_server" in route
        queued = status == 200 and b'"event_id"' in told and kind in LONG  # told by the stream
        refused = 400 <= status < 500 or kindly or queued
        if not refused or len(told) > 1_000 or wire.lines(server) > before + 1:
            wrong.append((route, status, told[:200], wire.lines(server) - before))
    assert not wrong, wrong

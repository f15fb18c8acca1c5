"""Names that senders choose: long ones are refused, short ones are not kept for ever."""

from __future__ import annotations

import contextlib
import functools
import json
import secrets
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest

from tests.hard import wire
from tests.hard.beside import ask_panel, beside, panel, photo, visitor
from tests.small_host.host import Server

PAGE = "/gradio_api/component_server"
JOIN = "/gradio_api/queue/join"
CALL = "/gradio_api/call/analyze"


def bodies(name: str, panel_number: int = 0) -> list[tuple[str, dict[str, object]]]:
    """Requests that name a session, an event or a viewer so."""
    asked = {"data": {}, "component_id": panel_number, "fn_name": "under_way"}
    named = {"session_hash": name}
    return [
        (PAGE, asked | named),
        (PAGE, asked | {"session_hash": "s", "data": {"viewer": name}, "fn_name": "live_leave"}),
        (PAGE, asked | {"session_hash": "s", "fn_name": name}),
        (JOIN, {"data": [{"url": "data:"}], "fn_index": 0} | named),
        (JOIN, {"data": [{"url": "data:"}], "fn_index": 0, "event_id": name, "session_hash": "s"}),
        (CALL, {"data": [{"url": "data:"}]} | named),
        ("/gradio_api/cancel", {"fn_index": 0, "event_id": "e"} | named),
        ("/gradio_api/cancel", {"fn_index": 0, "event_id": name, "session_hash": "s"}),
        ("/gradio_api/reset", {"event_id": name}),
    ]


def addresses(name: str) -> list[tuple[str, str]]:
    """The same in an address."""
    return [
        ("GET", f"/gradio_api/heartbeat/{name}"),
        ("GET", f"/gradio_api/queue/data?session_hash={name}"),
        ("GET", f"{CALL}/{name}"),
        ("GET", f"/gradio_api/call/v2/analyze/{name}"),
        ("GET", f"/gradio_api/upload_progress?upload_id={name}"),
        ("POST", f"/gradio_api/upload?upload_id={name}"),
        ("POST", f"/gradio_api/call/{name}"),
        ("GET", f"/config?{name}=1"),
        ("GET", f"/?__theme={name}"),
        ("GET", f"/gradio_api/info?all_endpoints={name}"),
    ]


def long_names(url: str, seconds: float) -> dict[int, int]:
    """Each of 5 MB, each another."""

    def send(number: int) -> int:
        name = secrets.token_hex(4) + "n" * 5_000_000
        named = bodies(name)
        path, body = named[number % len(named)]
        return wire.ask(url, path, json.dumps(body).encode())[0]

    return wire.during(seconds, send)


def test_long_names_are_not_kept(server: Server):
    with visitor(server.url, "192.0.2.24") as client:
        for _ in range(10):
            ask_panel(
                client, panel(client, "photo"), "read_photo", {"image": photo("astronaut", 400).url}
            )
    before_mb = server.memory_mb()
    beside(server, long_names, 8.0, seconds=8.0)
    assert server.memory_mb() - before_mb <= 25  # with what the API's first photos bring


def is_refusal(status: int, told: bytes, path: str) -> bool:
    return 400 <= status < 500 or (path == PAGE and status == 200 and b'"error"' in told)


@pytest.mark.parametrize("length", [65, 1_000, 60_000])
def test_long_names_are_refused(server: Server, length: int):
    before, wrong = wire.lines(server), []
    with visitor(server.url, "192.0.2.20") as client:
        number = panel(client, "photo")
    for path, body in bodies("n" * length, number):
        status, told = wire.ask(server.url, path, json.dumps(body).encode())
        if not is_refusal(status, told, path) or len(told) > 500:
            wrong.append((path, body.keys(), status, told[:100]))
    for method, address in addresses("n" * length):
        if length < 2_000 and address.startswith(("/?", "/config", "/gradio_api/info")):
            continue  # nothing that is kept
        status, told = wire.ask(server.url, address, method=method, timeout=3)
        if not 400 <= status < 500 or len(told) > 500:
            wrong.append((method, address[:50], status, told[:100]))
    assert not wrong, wrong
    assert wire.lines(server) - before <= 30


def test_names_of_64_letters_are_taken(server: Server):
    name = secrets.token_hex(32)
    with visitor(server.url, "192.0.2.21") as client:
        number = panel(client, "photo")
        for path, body in bodies(name, number):
            if "live_leave" not in body.values() and name != body.get("fn_name"):
                assert client.post(path, json=body).status_code == 200, (path, body)
        with client.stream("GET", f"/gradio_api/heartbeat/{name}") as beating:
            assert beating.status_code == 200


Ways = tuple[Callable[[httpx.Client, str], None], ...]
FORM = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'


def to_join(client: httpx.Client, name: str) -> None:
    """Asks, and never listens."""
    body = {"data": [{"url": "data:"}], "fn_index": 0, "session_hash": name}
    client.post(JOIN, json=body)


def to_call(client: httpx.Client, name: str) -> None:
    client.post(CALL, json={"data": [{"url": "data:"}], "session_hash": name})


def to_listen(client: httpx.Client, name: str) -> None:
    """Listens, and leaves."""
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={name}") as events:
        next(events.iter_raw(), None)


def to_live(client: httpx.Client, name: str) -> None:
    """Beats, and leaves."""
    with client.stream("GET", f"/gradio_api/heartbeat/{name}") as beating:
        next(beating.iter_raw(), None)


def to_upload(client: httpx.Client, name: str) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    client.post(f"/gradio_api/upload?upload_id={name}", content=FORM, headers=kind)


def to_cancel(client: httpx.Client, name: str) -> None:
    client.post("/gradio_api/cancel", json={"session_hash": name, "fn_index": 0, "event_id": name})


@functools.cache
def number_of(name: str, url: str) -> int:
    with visitor(url, "192.0.2.23") as client:
        return panel(client, name)


def to_page(client: httpx.Client, name: str) -> None:
    body = {"data": {}, "fn_name": "under_way", "session_hash": name}
    client.post(PAGE, json=body | {"component_id": number_of("photo", str(client.base_url))})


def to_camera(client: httpx.Client, name: str) -> None:
    ask_panel(client, number_of("live", str(client.base_url)), "live_frame", {"viewer": name})


def to_theme(client: httpx.Client, name: str) -> None:
    client.get(f"/?__theme={name}", headers={"X-Forwarded-Host": f"{name[:60]}.example.com"})


GROUPS = [
    (to_call, to_join),
    (to_live, to_listen),
    (to_upload,),
    (to_cancel, to_page, to_camera, to_theme),
]


def short_names(url: str, ways: Ways, times: int) -> None:
    """So many names of 64 letters, none twice, from four addresses."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(visitor(url, f"203.0.113.{end}")) for end in range(4)]
        for number in range(times):
            with contextlib.suppress(httpx.HTTPError):
                ways[number % len(ways)](clients[number % 4], secrets.token_hex(32))


@pytest.mark.parametrize("ways", GROUPS, ids=lambda ways: ways[0].__name__)
def test_short_names_are_not_kept_for_ever(server: Server, ways: Ways):
    short_names(server.url, ways, 800)  # what is kept of the last few has its size by then
    before_mb = server.memory_mb()
    short_names(server.url, ways, 1_200)
    assert server.memory_mb() - before_mb <= 3  # making pages moves the memory by two, up and down


NAMES = ["n" * 300 + ".jpg", "é" * 300 + ".jpg", "😀" * 200 + ".png", "n" * 3_000, "a/" * 500]
NAMES += ["..", "../../etc/passwd", "a\u202egpj.exe", " . ", "\u0001.jpg", "CON", ".jpg", "a:b?c*"]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_cut_never_refused(server: Server, name: str):
    with visitor(server.url, "192.0.2.22") as client:
        sent = client.post("/gradio_api/upload", files={"files": (name, b"no picture")})
        assert sent.status_code == 200, sent.text
        (path,) = sent.json()
        assert len(path.rpartition("/")[2].encode()) <= 255
        assert "/../" not in path
        asked = client.post(CALL, json={"data": [{"path": path}]})
        told = client.get(f"{CALL}/{asked.json()['event_id']}").text
        assert "not a picture" in told


def test_long_queries_are_refused(server: Server):
    for query in (
        "a=" + "b" * 2_100,
        "&".join(f"k{number}=v" for number in range(400)),
        "?" * 3_000,
    ):
        for path in ("/", "/config", "/gradio_api/info", "/health", "/gradio_api/queue/data"):
            status, told = wire.ask(server.url, f"{path}?{query}", method="GET")
            assert 400 <= status < 500, (path, query[:20])
            assert len(told) <= 300


def test_odd_queries_do_not_hurt(server: Server):
    for query in ("%", "%ff=%fe", "a=b=c", "&&&&", "=", "%00=%00", "session_hash", quote("é=ö")):
        for path in ("/", "/config", "/gradio_api/info", "/health", "/gradio_api/queue/data"):
            status, told = wire.ask(server.url, f"{path}?{query}", method="GET")
            assert 200 <= status < 500, (path, query, told[:200])

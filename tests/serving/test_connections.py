"""Sockets that let the server wait are closed, and the others are not."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from mood.serving.connection import Connection
from mood.serving.connections import Connections, Limits
from tests import fresh

LARGE = 8_000_000
ASK = b"GET /%s HTTP/1.1\r\nHost: here\r\n\r\n"


class Server(uvicorn.Server):
    """Serves `app` in a thread; sweeps ten times a second."""

    def __init__(self, limits: Limits) -> None:
        config = uvicorn.Config(
            self.answer,
            interface="asgi3",
            port=0,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
        )
        super().__init__(config)
        self.server_state = Connections(limits)
        self.may_end = threading.Event()
        self.heard: list[str] = []
        self.callers: list[socket.socket] = []
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()))
        self.thread.start()
        until(lambda: self.started)
        self.port = self.servers[0].sockets[0].getsockname()[1]

    async def on_tick(self, counter: int) -> bool:
        self.server_state.sweep()
        return await super().on_tick(counter)

    def open(self, sent: bytes = b"", receive_buffer: int = 0) -> socket.socket:
        caller = socket.socket()
        self.callers.append(caller)
        if receive_buffer:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        caller.settimeout(20)
        caller.connect(("127.0.0.1", self.port))
        caller.sendall(sent)
        return caller

    async def answer(self, scope, receive, send) -> None:
        headers = []
        if scope["path"] == "/body":
            while (message := await receive())["type"] == "http.request" and message["more_body"]:
                pass
            self.heard.append(message["type"])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/large":
            await send({"type": "http.response.body", "body": bytes(LARGE), "more_body": True})
        if scope["path"] in {"/slow", "/events"}:
            while not self.may_end.is_set():
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b"end"})


def until(happened) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def rest(caller: socket.socket, size: int = 65536) -> bytes:
    """All that comes until the other side closes or resets."""
    whole = bytearray()
    try:
        while part := caller.recv(size):
            whole += part
    except ConnectionError:
        pass
    return bytes(whole)


def reply(caller: socket.socket) -> bytes:
    """One answer, to its end."""
    whole = bytearray()
    while not whole.endswith(b"\r\n0\r\n\r\n"):
        part = caller.recv(65536)
        assert part, bytes(whole[:500])
        whole += part
    return bytes(whole)


@pytest.fixture
def serving(request: pytest.FixtureRequest) -> Iterator[Server]:
    limits: dict[str, float] = {"connections": 100, "head_s": 0.5, "slow_s": 0.5}
    server = Server(Limits(**{**limits, **getattr(request, "param", {})}))
    yield server
    for caller in server.callers:
        caller.close()
    server.may_end.set()
    server.should_exit = True
    server.thread.join(20)
    assert not server.thread.is_alive()


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", ASK % b"" + b"GET"])
def test_who_sends_no_whole_head_is_let_go(serving, sent):
    with serving.open(sent) as caller:
        assert rest(caller).count(b"200 OK") == (1 if b"Host" in sent else 0)


def test_a_head_that_drips_is_let_go(serving):
    caller = serving.open(b"GET / HTTP/1.1\r\n")

    def drip() -> None:
        for number in range(1_000):
            caller.sendall(b"X-%d: drip\r\n" % number)
            time.sleep(0.02)

    with pytest.raises(ConnectionError):
        drip()


def test_who_is_being_answered_stays_however_long_it_takes(serving):
    with serving.open(ASK % b"events") as caller:
        assert caller.recv(1000).startswith(b"HTTP/1.1 200 OK")
        time.sleep(1.2)
        serving.may_end.set()
        assert reply(caller).endswith(b"end\r\n0\r\n\r\n")


@pytest.mark.parametrize("reads", [0, 500])
def test_an_answer_that_is_hardly_read_is_dropped(serving, reads):
    with serving.open(ASK % b"large", receive_buffer=4096) as caller:
        until(lambda: serving.server_state.total_requests == 0 and serving.server_state.connections)
        deadline = time.monotonic() + 20
        while serving.server_state.connections and time.monotonic() < deadline:
            if reads:
                caller.recv(reads)
            time.sleep(0.1)
        assert not serving.server_state.connections
        assert len(rest(caller)) < LARGE


def test_who_reads_steadily_gets_all_of_it(serving):
    with serving.open(ASK % b"large", receive_buffer=4096) as caller:
        whole = 0
        for _ in range(30):
            whole += len(caller.recv(20_000))
            time.sleep(0.05)
        assert whole + len(reply(caller)) > LARGE


@pytest.mark.parametrize("serving", [{"unread_bytes": 2 * LARGE, "slow_s": 60}], indirect=True)
def test_too_much_unread_together_drops_some(serving):
    callers = [serving.open(ASK % b"large", receive_buffer=4096) for _ in range(5)]
    until(lambda: len(serving.server_state.connections) == 5)
    until(lambda: 1 <= len(serving.server_state.connections) <= 2)
    lengths = [len(rest(caller)) for caller in callers]
    assert sum(length > LARGE for length in lengths) in {1, 2}


@pytest.mark.parametrize("serving", [{"connections": 3, "head_s": 60}], indirect=True)
def test_a_newcomer_gets_the_place_of_who_asked_nothing_for_longest(serving):
    silent = [serving.open() for _ in range(3)]
    until(lambda: len(serving.server_state.connections) == 3)
    silent[0].sendall(ASK % b"")
    assert b"end" in reply(silent[0])
    with serving.open(ASK % b"") as newcomer:
        assert b"end" in reply(newcomer)
    assert rest(silent[1]) == b""
    silent[0].sendall(ASK % b"")
    assert b"end" in reply(silent[0]), "who has asked before stays longer"


@pytest.mark.parametrize("serving", [{"connections": 3, "head_s": 60}], indirect=True)
def test_where_all_are_busy_a_newcomer_is_closed_and_they_are_not(serving):
    busy = [serving.open(ASK % b"slow") for _ in range(3)]
    for caller in busy:
        assert caller.recv(1000).startswith(b"HTTP/1.1 200 OK")
    # It may be reset before it knows that it is connected.
    with contextlib.suppress(ConnectionResetError), serving.open() as newcomer:
        assert rest(newcomer) == b""
    serving.may_end.set()
    for caller in busy:
        assert b"end" in reply(caller)


@pytest.mark.parametrize(
    "odd",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\nX: " + b"x" * 20_000,
        b"POST /body HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /body HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1\r\n \r\n" * 300,
    ],
    ids=["no HTTP", "a long head", "odd chunks", "crumbs"],
)
def test_what_is_no_http_is_answered_400_without_a_trace(serving, odd, caplog):
    with serving.open(odd) as caller:
        assert rest(caller).startswith(b"HTTP/1.1 400 ")
    until(lambda: not serving.server_state.tasks)
    assert serving.heard == (["http.disconnect"] if b"/body" in odd else [])
    assert not [record for record in caplog.records if record.exc_info]
    assert [record.levelno for record in caplog.records if record.levelno > logging.INFO] == [
        logging.WARNING
    ]


def test_a_body_in_many_small_chunks_is_read(serving):
    head = b"POST /body HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving.open(head + (b"64\r\n" + bytes(100) + b"\r\n") * 1_000 + b"0\r\n\r\n") as caller:
        assert b"400" not in reply(caller)


def test_odd_chunks_after_the_answer_has_begun_end_it_without_a_trace(serving, caplog):
    head = b"POST /events HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving.open(head) as caller:
        assert caller.recv(1000).startswith(b"HTTP/1.1 200 OK")
        caller.sendall(b"zz\r\n")
        assert b"400" not in rest(caller)
    assert not [record for record in caplog.records if record.exc_info]


def test_who_asks_for_a_web_socket_is_answered_and_not_logged(serving, caplog):
    head = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with serving.open(head) as caller:
        assert b"end" in reply(caller)
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


@pytest.mark.parametrize("serving", [{"rest_bytes": 4_000_000, "head_s": 60}], indirect=True)
def test_a_body_that_was_not_asked_for_is_read_on_for_a_while_only(serving):
    head = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
    with serving.open(head % 3_000_000) as caller:
        caller.sendall(bytes(3_000_000))
        assert b"end" in reply(caller)
        caller.sendall(ASK % b"")
        assert b"end" in reply(caller), "the connection can still be used"
    with serving.open(head % 50_000_000) as caller, pytest.raises(ConnectionError):
        caller.sendall(bytes(50_000_000))


@pytest.mark.parametrize("serving", [{"rest_bytes_s": 1_000_000, "head_s": 60}], indirect=True)
def test_bodies_that_were_not_asked_for_share_one_slow_pace(serving):
    head = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 20000000\r\n\r\n"
    senders = [serving.open(head) for _ in range(4)]
    sent = 0
    end = time.monotonic() + 1.0
    for sender in senders:
        sender.setblocking(False)
    while time.monotonic() < end:
        for sender in senders:
            with contextlib.suppress(BlockingIOError):
                sent += sender.send(bytes(200_000))
    # Beside a second's worth, what the kernel's buffers take and one piece of each.
    room = sum(each.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) for each in senders)
    assert sent < 2_000_000 + 4 * 7_000_000 + room < 80_000_000


def test_as_many_descriptors_are_asked_for_as_are_useful():
    program = """
import resource
from mood.serving.connections import Limits, raise_descriptors
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))
print(raise_descriptors(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(Limits.of_this_process().connections)
"""
    found, allowed, connections = map(int, fresh.python(program).stdout.split())
    assert (found, allowed) == (1024, 1024)
    assert 500 < connections < 1024 - 64

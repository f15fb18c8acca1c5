"""Sockets that ask nothing, and answers that nobody reads."""

from __future__ import annotations

import contextlib
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.hard import wire
from tests.hard.beside import beside
from tests.hard.conftest import ENVIRON
from tests.small_host import host
from tests.small_host.host import Server

DESCRIPTORS = 1024
PAGES = 400  # asked for at once: more than the kernel keeps for who does not read
_START = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
os.execv(sys.executable, [sys.executable, "app.py"])
"""
_ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: %s\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """As everywhere here, with 1,024 descriptors and no more."""
    folder = tmp_path_factory.mktemp("hard")
    with host.serving(folder, ENVIRON, processor=1.0, command=("-c", _START)) as running:
        running.wait()
        yield running
        assert running.alive, running.log.read_text()[-5000:]


def descriptors(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def many(url: str, number: int, sent: bytes) -> None:
    """Keeps so many sockets open; who is closed comes again a second later."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    watched = selectors.DefaultSelector()
    while True:
        for _ in range(number - len(watched.get_map())):
            with contextlib.suppress(OSError):
                caller = wire.connect(url)
                caller.sendall(sent)
                watched.register(caller, selectors.EVENT_READ)
        time.sleep(1)
        for key, _ in watched.select(0):
            assert isinstance(key.fileobj, socket.socket)
            watched.unregister(key.fileobj)  # closed: nothing else is said to who asks nothing
            key.fileobj.close()


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n"], ids=["nothing", "half a head"])
def test_1300_silent_sockets_take_nobodys_place(server: Server, sent: bytes):
    logged = server.log.stat().st_size
    beside(server, many, 1_300, sent)
    assert descriptors(server) <= DESCRIPTORS - 64, "there are some left for files"
    told = server.log.read_text()[logged:]
    assert len([line for line in told.splitlines() if "found" not in line]) < 10, told[-2000:]


def unread(url: str, number: int, path: str, size: int) -> None:
    """Asks, with a body that is wrong, and reads no answer."""
    body = b'{"data": "' + b"x" * size + b'"}'
    callers = []
    for each in range(number):
        caller = wire.connect(url)
        caller.settimeout(2)
        callers.append(caller)
        with contextlib.suppress(OSError):
            head = wire.head(path, length=len(body), sender=f"203.0.113.{each}")
            caller.sendall(head + body)
    time.sleep(60)


def test_110_answers_that_echo_what_was_sent_and_are_not_read(server: Server):
    # Long enough that who is told once to come again in five seconds still gets half.
    beside(server, unread, 110, "/gradio_api/call/analyze", 7_900_000, seconds=15.0)


def test_who_does_not_read_is_dropped_and_who_reads_slowly_is_not(server: Server):
    at_rest = descriptors(server)
    idle = []
    for number in range(110):
        caller = socket.socket()
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.settimeout(20)
        caller.connect(("127.0.0.1", server.port))
        caller.sendall(_ASK % b"203.0.113.%d" % number * PAGES)
        idle.append(caller)
    reader = idle[0]
    read = 0
    deadline = time.monotonic() + 90
    while descriptors(server) < at_rest + 100:
        time.sleep(0.1)
    while descriptors(server) > at_rest + 10 and time.monotonic() < deadline:
        read += len(reader.recv(8192))
        time.sleep(0.2)
        assert server.status("/health", 4) == 200
    assert descriptors(server) <= at_rest + 10
    size = len(httpx.get(server.url, headers={"Accept-Encoding": "identity"}).content)
    with contextlib.suppress(TimeoutError):
        reader.settimeout(2)
        while part := reader.recv(1_000_000):
            read += len(part)
    assert read > PAGES * size, "this one got all that it asked for"
    for caller in idle:
        caller.close()

"""One socket: how long it rests, how fast its answers are read, and what of it is dropped."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from asyncio.trsock import TransportSocket
from typing import Any, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from mood.serving.connections import Connections

HEAD_BYTES = 16_384
"""Most that the head of a request may have."""

_SEND_BUFFER = 131_072  # bytes that the kernel keeps for one reader; by itself it goes up to 4 MB
_CRUMBS = 200  # pieces of a body, from which on they must have…
_CRUMB_BYTES = 64  # …so many bytes on the average; a piece costs a step, however small it is
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: on closing, what is not sent is forgotten


class Connection(H11Protocol):
    """uvicorn's connection, that can tell how long it rests and how fast it is read.

    Attributes:
        since: When it was opened or got its last answer, in the loop's time.
    """

    _written: _CountsWritten
    _socket: TransportSocket

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(server_state, Connections)
        self.conn = _Whole(h11.SERVER, HEAD_BYTES)
        self._all = server_state
        self._rest_bytes = 0
        self._window: tuple[float, int] | None = None  # time, and bytes that were read until then
        self.since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Is called by asyncio for a new socket."""
        self._written = _CountsWritten(transport)
        self._socket = transport.get_extra_info("socket")
        super().connection_made(cast(asyncio.Transport, self._written))
        self._set(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Linux: who reads nothing is given up by the kernel too, also after the closing.
            slow_ms = int(self._all.limits.slow_s * 1000)
            self._set(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, slow_ms)
        self._all.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Is called by asyncio when the socket has gone."""
        self._all.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Is called by asyncio with what has come."""
        if self._answered_early:
            # It is read on, or many clients would not see their answer; but not for ever, nor so
            # fast that others notice.
            self._rest_bytes += len(data)
            if self._rest_bytes > self._all.limits.rest_bytes:
                self._all.drop(self)
                return
            self.transport.pause_reading()
            self.loop.call_later(self._all.pause_s(len(data)), self._read_on)
        super().data_received(data)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def on_response_complete(self) -> None:
        """Is called by uvicorn when the app has given its whole answer."""
        self.since = self.loop.time()
        self._rest_bytes = 0
        self._all.rest(self)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answers to what is no HTTP, unless an answer is under way."""
        if self.asking:
            # Of its body: for the app the sender has gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state is h11.IDLE or (self.asking and not self.cycle.response_started):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: whoever asks for a web socket is answered by HTTP; uvicorn logs two lines."""

    @property
    def asking(self) -> bool:
        """Whether a request is under way."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def unread(self) -> int:
        """Bytes of answers that the kernel has not taken yet."""
        return self.transport.get_write_buffer_size()

    @property
    def _answered_early(self) -> bool:
        return (
            self.cycle is not None
            and self.cycle.response_complete
            and self.conn.their_state is h11.SEND_BODY
        )

    @property
    def _read(self) -> int:
        """Bytes of answers that have arrived at the other end."""
        return self._written.count - self.unread - self._in_kernel()

    def _in_kernel(self) -> int:
        # The kernel takes more only when a good part of its own has gone: up to 40 s at 2 kB/s.
        if sys.platform != "linux":
            return 0
        import fcntl
        import termios

        answer = fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(answer, sys.byteorder)

    def pace(self, now: float) -> float:
        """Bytes a second that were read since the window began."""
        if self._window is None:
            return 0.0
        began, read = self._window
        return (self._read - read) / max(now - began, 1e-3)

    def is_slow(self, now: float) -> bool:
        """Whether an answer was read too slowly for a whole window; call it once a second."""
        if not self.unread:
            self._window = None
        elif self._window is None:
            self._window = now, self._read
        elif now - self._window[0] >= self._all.limits.slow_s:
            if self.pace(now) < self._all.limits.slow_bytes_s:
                return True
            self._window = now, self._read
        return False

    def abort(self) -> None:
        """Closes it at once; neither asyncio nor the kernel keeps what is not sent."""
        self._set(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    def _set(self, level: int, option: int, value: int | bytes) -> None:
        with contextlib.suppress(OSError):  # it has gone meanwhile
            self._socket.setsockopt(level, option, value)


class _Whole(h11.Connection):
    """HTTP whose bodies do not come in crumbs: those of 10 MB would take the processor a minute."""

    _pieces = _bytes = 0

    def next_event(self) -> Any:
        """As h11's.

        Raises:
            h11.RemoteProtocolError: It is no HTTP, or comes in crumbs.
        """
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._pieces = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._pieces += 1
            self._bytes += len(event.data)
            if self._pieces > _CRUMBS and self._bytes < self._pieces * _CRUMB_BYTES:
                raise h11.RemoteProtocolError("a body in crumbs")
        return event


class _CountsWritten:
    """A transport that counts what is written to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.count = 0

    def write(self, data: bytes) -> None:
        self.count += len(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

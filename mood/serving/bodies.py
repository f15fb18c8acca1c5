"""What arrives in a body: measured before it is parsed, and received under a deadline.

A long text, such as a picture as a data URL, costs its length. A million small values cost a
hundred times theirs, and minutes. So the text of a JSON body is looked through without building
anything of it, and what is built is its outline: the same value, with the long texts cut.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, NoReturn

from starlette.types import Message, Receive

FLOOR_BYTES_S = 2_000
"""Who sends less than this, averaged over `WINDOW_S`, is not waited for."""

WINDOW_S = 20.0

LONG_BYTES = 1_024
"""A text of more is a picture, or nothing that a route knows."""

CUT = "\0"
"""What stands in an outline for a long text; no name and no identifier has a null byte."""

_SMALL_BYTES = 16_384  # of all that is not a long text
_MOST_STRINGS = 1_000
_MOST_QUOTES = 1_000  # inside a text
_MOST_VALUES = 1_000
_MOST_DEPTH = 16
_MOST_BACKSLASHES = 64
_LARGE_NUMBER = re.compile(rb"(?<![\d.])\d{17}|[eE]\+?\d{3}")  # a fraction may have as many digits


class OddBodyError(Exception):
    """A body cannot be what a route wants; the message is a sentence for its sender."""


class TooLargeError(Exception):
    """A body has more bytes than its route takes."""


class TooSlowError(Exception):
    """A body does not come."""


def outline(body: bytes) -> Any:
    """The value that a JSON text holds, with `CUT` for each text longer than `LONG_BYTES`.

    Reads the long texts as fast as memory can be searched, and allocates nothing for them.

    Raises:
        OddBodyError: It is no JSON, or has too many values, too deep, or too odd.
    """
    parts: list[bytes] = []
    small = at = 0
    while True:
        quote = body.find(b'"', at)
        end = len(body) if quote < 0 else quote
        small += end - at
        if small > _SMALL_BYTES:
            raise _odd("It holds too much besides the picture.")
        parts.append(body[at:end])
        if quote < 0:
            break
        if len(parts) > 2 * _MOST_STRINGS:
            raise _odd("It holds too many texts.")
        at = _end_of_text(body, quote) + 1
        if at - quote > LONG_BYTES:
            parts.append(b'"\\u0000"')
        else:
            parts.append(body[quote:at])
            small += at - quote
    _measure(parts[::2])
    return _parse(b"".join(parts))


def _end_of_text(body: bytes, start: int) -> int:
    """Where the text that begins with the quote at `start` has its last quote."""
    end = start
    for _ in range(_MOST_QUOTES):
        end = body.find(b'"', end + 1)
        if end < 0:
            raise _odd("A text in it does not end.")
        backslashes = 0
        while body[end - 1 - backslashes] == 0x5C:
            backslashes += 1
            if backslashes > _MOST_BACKSLASHES:
                raise _odd("A text in it is damaged.")
        if backslashes % 2 == 0:
            return end
    raise _odd("A text in it holds too many quotes.")


def _measure(between: list[bytes]) -> None:
    """Looks at what stands outside the texts: brackets, commas, numbers."""
    plain = b'""'.join(between)
    if sum(plain.count(mark) for mark in (b"[", b"{", b",")) > _MOST_VALUES:
        raise _odd("It holds too many values.")
    depth = 0
    for mark in re.findall(rb"[\[{\]}]", plain):
        depth += 1 if mark in b"[{" else -1
        if depth > _MOST_DEPTH:
            raise _odd("It is nested too deeply.")
    if _LARGE_NUMBER.search(plain):
        raise _odd("A number in it is too large.")


def _parse(text: bytes) -> Any:
    def odd(_: str) -> NoReturn:
        raise ValueError

    try:
        value = json.loads(text.decode(), parse_constant=odd)
        json.dumps(value, ensure_ascii=False).encode()  # half a letter cannot be answered
    except ValueError as error:  # of the grammar, and of letters
        raise OddBodyError("This is no JSON that can be read.") from error
    return value


def _odd(why: str) -> OddBodyError:
    return OddBodyError(f"This request cannot be read. {why}")


class Inflow:
    """The body of a request as it comes: no larger than it may be, and no slower.

    Args:
        receive: The server's.
        most: Bytes that the body may have.
        window_s: How long the pace is averaged.
    """

    def __init__(self, receive: Receive, most: int, window_s: float = WINDOW_S) -> None:
        self._receive = receive
        self._left = most
        self._window_s = window_s
        self._until = self._next_window()
        self._in_window = 0
        self._complete = False

    async def receive(self) -> Message:
        """The next message; behind the body, that the sender has left.

        Raises:
            TooLargeError: It has more bytes than it may have.
            TooSlowError: It comes too slowly.
        """
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise TooSlowError from error
        self._take_in(message)
        return message

    async def read(self) -> bytes | None:
        """All of it; None where the sender left before its end.

        Raises:
            TooLargeError: As `receive`.
            TooSlowError: As `receive`.
        """
        parts = []
        try:
            async with asyncio.timeout_at(self._until) as clock:
                while not self._complete:
                    message = await self._receive()
                    if message["type"] != "http.request":
                        return None
                    if self._take_in(message):
                        clock.reschedule(self._until)
                    parts.append(message.get("body", b""))
        except TimeoutError as error:
            raise TooSlowError from error
        return b"".join(parts)

    def _take_in(self, message: Message) -> bool:
        """Counts what came; whether a new window begins with it."""
        size = len(message.get("body", b""))
        self._left -= size
        if self._left < 0:
            raise TooLargeError
        self._complete = not message.get("more_body", False)
        self._in_window += size
        if self._in_window < FLOOR_BYTES_S * self._window_s:
            return False
        self._until, self._in_window = self._next_window(), 0
        return True

    def _next_window(self) -> float:
        return asyncio.get_running_loop().time() + self._window_s

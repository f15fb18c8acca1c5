"""Files as they come in a body: a form, or one picture as it is.

They are read into unnamed files, which go with their request whatever happens to it, and take room
in the folder of uploads meanwhile. Nothing here knows what a picture is.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from mood.serving.routes import FRAME_BYTES, PARTS
from mood.serving.upload_folder import UploadFolder

_IN_MEMORY = 64_000  # bytes of a file; the others are on the disk
_NAME = 60  # characters: 240 bytes at most, and file systems take 255

_NO_FORM = "Send the picture as a form, in a field called {field}: -F {field}=@photo.jpg"
_DAMAGED = f"The form is damaged, or has more than {PARTS} files. Please send it anew."

File = tuple[str, int, IO[bytes]]
"""A name that a file can have, the size in bytes, and the content."""


class _Parser(MultiPartParser):
    """Starlette's parser of forms, with a limit for each file.

    Attributes:
        most: Bytes of a file.
        field: What the fields with files are called.
        no_other: What is said of another field, by its name; empty lets them be.
        whole: Whether the form came to its end.
    """

    spool_max_size = _IN_MEMORY
    most: int = 0
    field = no_other = ""
    whole = False
    _received = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._received = 0

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        name = self._current_part.field_name
        if self.no_other and self._current_part.file is None and name != self.field:
            raise HTTPException(400, self.no_other.format(name=name))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._received += end - start
        if self._received > self.most:
            raise _too_large(self.most)
        super().on_part_data(data, start, end)

    def on_end(self) -> None:
        self.whole = True


@dataclass(slots=True)
class Room:
    """What a body takes of the folder's room, in bytes."""

    folder: UploadFolder
    who: str
    taken: int = 0

    async def take(self, size: int) -> None:
        """Takes more.

        Raises:
            BusyError: There is none.
        """
        await self.folder.take(self.who, size)
        self.taken += size

    def give_back(self) -> None:
        """Gives back all of it."""
        self.folder.give_back(self.who, self.taken)
        self.taken = 0


@contextlib.asynccontextmanager
async def files_of(
    request: Request, room: Room, most: int, field: str, no_other: str = ""
) -> AsyncIterator[list[File]]:
    """The files of a form, in their order, at least one; they are open until the end of the block.

    Args:
        request: Whose body holds the form.
        room: Where they take room, until the end or until it is given back.
        most: Bytes of a file.
        field: What the fields with files are called.
        no_other: What is said of a field without a file, for its ``{name}``; empty lets them be.

    Raises:
        HTTPException: It is no such form.
        BusyError: There is no room.
        ClientDisconnect: It ended too early.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and float(announced) > PARTS * most + FRAME_BYTES:
        raise _too_large(most)
    with _freed(room):
        async with contextlib.aclosing(_counted(request, room)) as body:
            form = await _parse(request, body, most, field, no_other)
        try:
            yield _files(form, field)
        finally:
            await form.close()


@contextlib.asynccontextmanager
async def body_of(request: Request, room: Room, most: int) -> AsyncIterator[list[File]]:
    """The whole body as one file, which is open until the end of the block.

    Args:
        request: Whose body.
        room: Where it takes room, until the end or until it is given back.
        most: Bytes that it may have.

    Raises:
        HTTPException: It is too large.
        BusyError: There is no room.
        ClientDisconnect: It ended too early.
    """
    with _freed(room):
        spooled = cast("Any", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
        file = UploadFile(spooled, size=0)
        try:
            async for chunk in _counted(request, room):
                await file.write(chunk)
                if room.taken > most:
                    raise _too_large(most)
            yield [("", room.taken, file.file)]
        finally:
            await file.close()


@contextlib.contextmanager
def _freed(room: Room) -> Any:
    try:
        yield
    finally:
        room.give_back()


async def _counted(request: Request, room: Room) -> AsyncGenerator[bytes, None]:
    async for chunk in request.stream():
        await room.take(len(chunk))
        yield chunk


async def _parse(
    request: Request, body: AsyncGenerator[bytes, None], most: int, field: str, no_other: str
) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400, _NO_FORM.format(field=field))

    async def to_its_end() -> AsyncGenerator[bytes, None]:
        async for chunk in body:
            yield chunk
        if not parser.whole:
            raise MultiPartException(_DAMAGED)  # the parser closes its files

    limits = {"max_files": PARTS, "max_fields": PARTS, "max_part_size": 1000}
    parser = _Parser(request.headers, to_its_end(), **limits)
    parser.most, parser.field, parser.no_other = most, field, no_other
    try:
        return await parser.parse()
    except (MultiPartException, ValueError) as error:  # ValueError: an encoding that fits nothing
        raise HTTPException(400, _DAMAGED) from error


def _files(form: FormData, field: str) -> list[File]:
    files: list[File] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name != field or not value.filename:
                raise HTTPException(400, _NO_FORM.format(field=field))
            files.append((clean(value.filename), value.size or 0, value.file))
    if not files:
        raise HTTPException(400, _NO_FORM.format(field=field))
    return files


def clean(name: str) -> str:
    """A name that a file can have: 60 characters at most, its ending kept; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(each for each in last if each.isalnum() or each in " ._-()")
    whole = Path(plain.strip(" ."))
    ending = whole.suffix[:10]
    return (whole.stem[: _NAME - len(ending)] or "picture") + ending


def _too_large(most: int) -> HTTPException:
    sentence = f"A file may have {most // 1_000_000} MB. Please send a smaller copy of the picture."
    return HTTPException(413, sentence)


async def let_finish(request: Request) -> None:
    """Takes in some of what is still coming: who is cut off while sending hears no answer."""
    # RuntimeError: all of it has come.
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(1):
            async for _ in request.stream():
                await asyncio.sleep(0.01)  # not so fast that others notice

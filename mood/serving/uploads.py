"""The one route that takes files, in the place of Gradio's, which all its clients know.

A form is read into unnamed files, which go with their request whatever happens to it; what is whole
is written into the folder of uploads. Nothing here knows what a picture is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import IO

from fastapi import FastAPI
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from mood.errors import STATUS, BusyError
from mood.resources.household import household
from mood.serving.upload_folder import UploadFolder

_log = logging.getLogger(__name__)

ROUTE = "/gradio_api/upload"

_FIELD = "files"
_PARTS = 8  # files of one form, and as many other fields
_FRAME = 100_000  # bytes of a form around its files
_NAME = 60  # characters: 240 bytes at most, and file systems take 255
_RETRY_S = "60"  # when the folder has been looked through

_NO_FORM = "Send the picture as a form, in a field called files: -F files=@photo.jpg"
_DAMAGED = f"The form is damaged, or has more than {_PARTS} files. Please send it anew."
_DISK = "The server has no room for files at the moment. Please try again in some minutes."


class _Parser(MultiPartParser):
    """Starlette's parser of forms, with a limit for each file.

    Attributes:
        most: Bytes of a file.
        whole: Whether the form came to its end.
    """

    spool_max_size = 64_000  # bytes of a file that are held in memory
    most: int = 0
    whole = False
    _received = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._received = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._received += end - start
        if self._received > self.most:
            raise _too_large(self.most)
        super().on_part_data(data, start, end)

    def on_end(self) -> None:
        self.whole = True


def add_upload(app: FastAPI, folder: UploadFolder, most_mb: int) -> None:
    """Adds the route; do it before Gradio is mounted.

    Args:
        app: Where to.
        folder: Takes the files.
        most_mb: Size of the largest file.
    """

    async def upload(request: Request) -> Response:
        who = household(request.client.host if request.client else "")
        try:
            return JSONResponse(await _receive(request, who, folder, most_mb))
        except BusyError as error:
            status, _ = STATUS[error.code]
            detail, headers = str(error), {"retry-after": _RETRY_S}
        except HTTPException as error:
            status, detail, headers = error.status_code, error.detail, {}
        except ClientDisconnect:  # there is nobody to be told
            return Response(status_code=400)
        except OSError as error:
            _log.warning("an upload cannot be kept: %s", error.strerror)
            status, detail, headers = 503, _DISK, {"retry-after": _RETRY_S}
        await _let_finish(request)
        return JSONResponse({"detail": detail}, status, headers)

    app.add_route(ROUTE, upload, methods=["POST"])


async def _receive(request: Request, who: str, folder: UploadFolder, most_mb: int) -> list[str]:
    """The paths of the files of a form, in their order.

    Raises:
        HTTPException: It is no such form.
        BusyError: There is no room.
        OSError: The disk does not take it.
        ClientDisconnect: It ended too early.
    """
    most = most_mb * 1_000_000
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and float(announced) > _PARTS * most + _FRAME:
        raise _too_large(most)
    taken = 0

    async def body() -> AsyncGenerator[bytes, None]:
        nonlocal taken
        async for chunk in request.stream():
            await folder.take(who, len(chunk))
            taken += len(chunk)
            yield chunk

    try:
        async with contextlib.aclosing(body()) as stream:
            form = await _parse(request, stream, most)
        try:
            files = _files(form)
            folder.give_back(who, taken)  # the files take their own room
            taken = 0
            return await folder.store(who, files)
        finally:
            await form.close()
    finally:
        folder.give_back(who, taken)


async def _parse(request: Request, body: AsyncGenerator[bytes, None], most: int) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400, _NO_FORM)

    async def to_its_end() -> AsyncGenerator[bytes, None]:
        async for chunk in body:
            yield chunk
        if not parser.whole:
            raise MultiPartException(_DAMAGED)  # the parser closes its files

    limits = {"max_files": _PARTS, "max_fields": _PARTS, "max_part_size": 1000}
    parser = _Parser(request.headers, to_its_end(), **limits)
    parser.most = most
    try:
        return await parser.parse()
    except (MultiPartException, ValueError) as error:  # ValueError: an encoding that fits nothing
        raise HTTPException(400, _DAMAGED) from error


def _files(form: FormData) -> list[tuple[str, int, IO[bytes]]]:
    files: list[tuple[str, int, IO[bytes]]] = []
    for field, value in form.multi_items():
        if isinstance(value, UploadFile):
            if field != _FIELD or not value.filename:
                raise HTTPException(400, _NO_FORM)
            files.append((clean(value.filename), value.size or 0, value.file))
    if not files:
        raise HTTPException(400, _NO_FORM)
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


async def _let_finish(request: Request) -> None:
    """Takes in some of what is still coming: who is cut off while sending hears no answer."""
    # RuntimeError: all of it has come.
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(1):
            async for _ in request.stream():
                await asyncio.sleep(0.01)  # not so fast that others notice

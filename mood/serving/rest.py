"""Our own API over HTTP, for programs: a picture in one request, JSON in its answer.

FastAPI makes it, and its description in OpenAPI, from the types of `mood.options` and
`mood.types`. It is imported and built when somebody asks for the first time.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast, get_type_hints

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from mood import __version__
from mood.analyzer import MoodAnalyzer, Reading
from mood.errors import (
    UNFORESEEN,
    MoodError,
    OptionsError,
    UnreadableImageError,
)
from mood.models.catalogue import CATALOGUE
from mood.options import Options
from mood.page import TITLE
from mood.page.visitor import address_of
from mood.report.draw import annotate as draw
from mood.report.draw import encoded
from mood.report.problem import PROBLEM, ProblemDict, problem, problem_of
from mood.serving import openapi
from mood.serving.forms import File, Room, body_of, files_of, let_finish
from mood.serving.openapi import Answer, ModelsDict
from mood.serving.upload_folder import UploadFolder
from mood.serving.uploads import DISK, RETRY_S
from mood.types import VERSION, AnalysisDict

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

_FIELD = "image"
_WANTED = (
    "Send the picture as a form (curl -F image=@photo.jpg), or as it is, with its type "
    "(curl -H 'Content-Type: image/jpeg' --data-binary @photo.jpg)."
)
_NO_CHOICE = (
    "“{name:.60}” came as a field of the form, which holds nothing but pictures. "
    "Put choices into the query of the address: ?{name:.60}=…"
)
_KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def _split(value: Any) -> Any:
    """Commas may stand between the values of a list, instead of its name before each."""
    if not isinstance(value, list):
        return value
    return [part for each in value for part in each.split(",")]


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def options(self) -> Options:
        return Options(**self.model_dump())


def _fields() -> dict[str, Any]:
    """Of a query: each field of `Options`, with its type, its bounds and what it is."""
    kinds, fields = get_type_hints(Options), dict[str, Any]()
    for field in dataclasses.fields(Options):
        kind, most = kinds[field.name], field.metadata["maximum"]
        if isinstance(field.default, tuple):
            kind = Annotated[kind, BeforeValidator(_split)]
        bounds: dict[str, Any] = {} if most is None else {"ge": 0, "le": most}
        described = Field(field.default, description=field.metadata["text"], **bounds)
        fields[field.name] = kind, described
    return fields


if TYPE_CHECKING:
    Choice = _Query
else:
    Choice = create_model("Choice", __base__=_Query, **_fields())


def create_api(analyzer: MoodAnalyzer, folder: UploadFolder) -> FastAPI:
    """The API by itself."""
    api = FastAPI(
        title=TITLE,
        version=__version__,
        description=openapi.TEXT,
        docs_url=None,
        redoc_url=None,
    )
    most = analyzer.settings.max_upload_mb * 1_000_000

    def received(request: Request) -> AbstractAsyncContextManager[list[File]]:
        room = Room(folder, address_of(request))
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            return files_of(request, room, most, _FIELD, _NO_CHOICE)
        if kind.startswith("image/") or kind == "application/octet-stream":
            return body_of(request, room, most)
        raise HTTPException(415, _WANTED)

    def read(
        request: Request, file: File, options: Options, then: Callable[[Reading], _T]
    ) -> Coroutine[Any, Any, _T]:
        _, size, content = file
        if not size:
            raise UnreadableImageError(f"The picture is empty. {_WANTED}")
        return analyzer.read_async(content, options, then, address_of(request))

    @api.post("/api/analyze", **openapi.ANALYZE)
    async def analyze(request: Request, choice: Annotated[Choice, Query()]) -> Response:
        options = choice.options()

        async def one(file: File) -> AnalysisDict:
            return await read(request, file, options, lambda reading: reading.analysis.to_dict())

        async def either(file: File) -> AnalysisDict | ProblemDict:
            try:
                return await one(file)
            except MoodError as error:
                return cast("ProblemDict", problem_of(error))

        async def all_of(files: list[File]) -> Answer:
            return (
                await one(files[0]) if len(files) == 1 else [await either(each) for each in files]
            )

        async with received(request) as files:
            return JSONResponse(await _unless_left(request, all_of(files)))

    @api.post("/api/annotate", **openapi.ANNOTATE)
    async def annotate(request: Request, choice: Annotated[Choice, Query()]) -> Response:
        options = choice.options()
        kind = _preferred(request.headers.get("accept", ""))

        def framed(reading: Reading) -> bytes:
            return encoded(draw(reading.picture.pixels, reading.analysis), _KINDS[kind])

        async with received(request) as files:
            if len(files) > 1:
                raise HTTPException(400, "One picture at a time. Please send each by itself.")
            work = read(request, files[0], options, framed)
            return Response(await _unless_left(request, work), media_type=kind)

    @api.get("/api/models", **openapi.MODELS)
    async def models() -> ModelsDict:
        return _models(analyzer)

    _answer_errors(api)
    return api


def _answer_errors(api: FastAPI) -> None:
    async def refused(request: Request, said: dict[str, Any]) -> Response:
        await let_finish(request)
        headers = {"retry-after": str(said["retry_after_s"])} if "retry_after_s" in said else None
        return JSONResponse(said, said["status"], headers, media_type=PROBLEM)

    @api.exception_handler(MoodError)
    async def ours(request: Request, error: MoodError) -> Response:
        return await refused(request, problem_of(error))

    @api.exception_handler(RequestValidationError)
    async def odd_choice(request: Request, error: RequestValidationError) -> Response:
        return await ours(request, OptionsError(_sentence(error.errors()[0])))

    @api.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> Response:
        return await refused(request, problem(error.status_code, error.detail))

    @api.exception_handler(OSError)
    async def of_disk(request: Request, error: OSError) -> Response:
        _log.warning("a picture cannot be kept: %s", error.strerror)
        return await refused(request, problem(503, DISK, retry=RETRY_S))

    @api.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:  # nobody hears it
        return Response(status_code=400)

    @api.exception_handler(Exception)  # Starlette raises it again, and the gate logs it
    async def unforeseen(_: Request, __: Exception) -> Response:
        return JSONResponse(problem(500, UNFORESEEN), 500, media_type=PROBLEM)


def _sentence(error: Mapping[str, Any]) -> str:
    """What is wrong with a choice, of an error of pydantic's."""
    known = {field.name: field.metadata["wanted"] for field in dataclasses.fields(Options)}
    name = str(error["loc"][1])
    if name in known:
        return f"{name} is {error['input']!r:.60}. It must be {known[name]}."
    return f"There is no choice “{name:.60}”. There are: {', '.join(known)}."


async def _unless_left(request: Request, work: Awaitable[_T]) -> _T:
    """What the work gives; it is given up when who asked has gone.

    Raises:
        ClientDisconnect: He has.
    """
    job = asyncio.ensure_future(work)
    left = asyncio.ensure_future(request.receive())  # all of the body has come
    try:
        await asyncio.wait({job, left}, return_when=asyncio.FIRST_COMPLETED)
        if not job.done():
            raise ClientDisconnect
        return job.result()
    finally:
        left.cancel()
        job.cancel()


def _preferred(accept: str) -> str:
    """Which kind of picture a header Accept likes best: JPEG, unless it names another."""
    best, kind = 0.0, "image/jpeg"
    for each in accept.split(","):
        name, _, rest = each.partition(";")
        quality = rest.partition("q=")[2].strip()
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if name.strip().lower() in _KINDS and weight > best:
            best, kind = weight, name.strip().lower()
    return kind


def _models(analyzer: MoodAnalyzer) -> ModelsDict:
    loaded = analyzer.pool.names
    return {
        "version": VERSION,
        "model": analyzer.settings.model,
        "detector": analyzer.settings.detector,
        "models": [
            {
                "name": spec.name,
                "task": str(spec.task),
                "title": spec.title,
                "licence": spec.licence,
                "docs": spec.docs,
                "embedded": spec.embedded,
                "loaded": spec.name in loaded,
            }
            for spec in CATALOGUE.values()
        ],
    }

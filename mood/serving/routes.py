"""The table of the routes that there are for the world; what is not in it is not found.

Gradio mounts many more: an open proxy, a door to ffmpeg, files, streams, a login. Those that the
page and Gradio's clients use stand here, each with what may be sent to it. A new route of ours gets
its line, or nobody reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from starlette.types import Scope

from mood.serving.bodies import CUT, OddBodyError

REST = "/api/"
"""Where our own API is, whose refusals are problem details."""

QUERY_BYTES = 2_000
PATH_BYTES = 2_000
NAME_LETTERS = 64
"""Most letters of a session, an upload, an event, a viewer."""

FRAME_BYTES = 100_000
"""Of a form, around its files."""

PARTS = 8
"""Files of one form, and as many other fields."""

_SMALL_BODY = 2_000
_NAME = r"[^/]{1,64}"
_FILE = r"[^/].{0,255}"


class Kind(Enum):
    """What a request costs, and so by which rule it is counted."""

    WATCHED = "watched"  # machines ask it all the time; always answered
    FILE = "file"
    STREAM = "stream"  # events, as long as a job or a page lasts
    WORK = "work"  # holds a picture until that is read
    UPLOAD = "upload"


class Gradio(Protocol):
    """What the gate has to know of the demo behind it."""

    functions: Mapping[int, frozenset[str]]
    """Components → the names of their server functions."""

    jobs: Mapping[int, int]
    """Numbers of the functions that its queue takes → how many values each is given."""

    endpoints: Mapping[str, tuple[str, ...]]
    """Names of those among them that programs call → of their parameters, the picture's first."""

    def knows_session(self, session: str) -> bool:
        """Whether events of a session wait to be fetched."""

    def knows_event(self, event: str) -> bool:
        """Whether there is such a job, or an answer of one."""


Check = Callable[[Any, Gradio, str], None]
"""Looks at the outline of a body for an endpoint; raises `OddBodyError`."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the world.

    Attributes:
        methods: What may be done there.
        path: Its path below the root, as a regular expression; named groups are looked at.
        kind: What a request costs.
        body_bytes: Most bytes of a body; 0 where none is read.
        check: Looks at a JSON body; None where the route reads no JSON.
        query: Keys of the query that are handed on; None hands on all of it as it is, to who knows
            what to make of it.
        page: Whether the page's own scripts call it, which drop every status but 200.
    """

    methods: tuple[str, ...]
    path: re.Pattern[str]
    kind: Kind
    body_bytes: int = 0
    check: Check | None = None
    query: tuple[str, ...] | None = ()
    page: bool = False

    @property
    def json(self) -> bool:
        """Whether it reads JSON."""
        return self.check is not None

    def endpoint(self, path: str) -> str:
        """The endpoint that a path of this route names, or an empty text."""
        match = self.path.fullmatch(path)
        return match.groupdict().get("endpoint", "") if match else ""

    def asked(self, query: bytes) -> dict[str, str]:
        """Those parts of a query that the route knows, the last of each name.

        Raises:
            OddBodyError: One of them is too long, or empty.
        """
        if not query or not self.query:
            return {}
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=20)
        known = {name: value for name, value in pairs if name in (self.query or ())}
        for name, value in known.items():
            _identifier(value, name)
        return known

    def query_string(self, asked: Mapping[str, str], query: bytes) -> bytes:
        """What is handed on of a query, of which the route knows what `asked` says."""
        return query if self.query is None else urlencode(asked).encode()


def table(max_upload_mb: float, *, mcp: bool = False) -> tuple[Route, ...]:
    """All routes, those that are asked most first.

    Args:
        max_upload_mb: Largest picture file, in MB; one that comes as a data URL has less.
        mcp: Whether there are tools for language models.
    """
    picture = int(min(max_upload_mb * 4 / 3, 8) * 1_000_000)
    file = int(max_upload_mb * 1_000_000)
    upload, pictures = file + FRAME_BYTES, file * PARTS + FRAME_BYTES
    api = "/gradio_api"

    def get(path: str, kind: Kind = Kind.FILE, **more: Any) -> Route:
        methods = ("GET",) if kind is Kind.STREAM else ("GET", "HEAD")
        return Route(methods, re.compile(path), kind, **more)

    def post(path: str, kind: Kind, size: int, check: Check | None, **more: Any) -> Route:
        return Route(("POST",), re.compile(path), kind, size, check, **more)

    tools = (post(f"{api}/mcp/?", Kind.WORK, picture, _message),) if mcp else ()
    return (
        *tools,
        get(r"/(health|ready|metrics)", Kind.WATCHED),
        post(f"{api}/component_server/?", Kind.WORK, picture, _panel_call, page=True),
        get(rf"/(assets|static|page)/{_FILE}"),
        get(r"/|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon"),
        get(rf"{api}/(info/?|theme\.css|startup-events)"),
        get(f"{api}/heartbeat/(?P<session>{_NAME})", Kind.STREAM),
        get(f"{api}/queue/data", Kind.STREAM, query=("session_hash",)),
        get(f"{api}/call/(v2/)?{_NAME}/(?P<event>{_NAME})", Kind.STREAM),
        post(f"{api}/queue/join", Kind.WORK, picture, _job),
        post(f"{api}/call/v2/(?P<endpoint>{_NAME})/?", Kind.WORK, picture, _named_call),
        post(f"{api}/call/(?P<endpoint>{_NAME})/?", Kind.WORK, picture, _call),
        post(f"{api}/upload", Kind.UPLOAD, upload, None, query=("upload_id",)),
        post(f"{api}/cancel", Kind.FILE, _SMALL_BODY, _cancel),
        post(f"{api}/reset/?", Kind.FILE, _SMALL_BODY, _reset),
        post(f"{REST}(analyze|annotate)", Kind.WORK, pictures, None, query=None),
        get(rf"{REST}models|/openapi\.json"),
        post("/warmup", Kind.FILE, 0, None),
    )


def below_root(scope: Scope) -> str:
    """The path below the root path of a proxy: what routes are compared with."""
    path: str = scope.get("path", "")
    below = path.removeprefix(scope.get("root_path", ""))
    return below if below.startswith("/") else path


def _panel_call(body: Any, gradio: Gradio, _: str) -> None:
    function = _field(body, "fn_name")
    if not isinstance(function, str) or function not in gradio.functions.get(
        _number(body, "component_id"), ()
    ):
        raise OddBodyError("There is no such function. Please reload the page.")
    _identifier(_field(body, "session_hash"), "session_hash")
    _field(body, "data")


def _job(body: Any, gradio: Gradio, _: str) -> None:
    _identifier(_field(body, "session_hash"), "session_hash")
    number = _number(body, "fn_index")
    if number not in gradio.jobs:
        raise OddBodyError("There is no such function. Please reload the page.")
    _data(body, gradio.jobs[number])


def _call(body: Any, gradio: Gradio, endpoint: str) -> None:
    _data(body, len(gradio.endpoints[endpoint]))


def _data(body: Any, most: int) -> None:
    data = _field(body, "data")
    if not isinstance(data, list) or not 1 <= len(data) <= most:
        choices = f", and at most {most - 1} choices behind it" if most > 1 else ""
        raise OddBodyError(f"“data” must be a list with one picture in it{choices}.")
    for name in ("session_hash", "event_id"):
        if body.get(name) is not None:
            _identifier(body[name], name)
    for name in ("trigger_id", "fn_index"):
        if body.get(name) is not None:
            _number(body, name)


def _named_call(body: Any, gradio: Gradio, endpoint: str) -> None:
    picture, *choices = gradio.endpoints[endpoint]
    if not isinstance(body, dict) or picture not in body or not {*body} <= {picture, *choices}:
        known = f"; it may have {', '.join(choices)}" if choices else ""
        raise OddBodyError(f"This call takes an object with the key “{picture}”{known}.")


def _cancel(body: Any, gradio: Gradio, _: str) -> None:
    _reset(body, gradio, "")
    _identifier(_field(body, "session_hash"), "session_hash")
    _number(body, "fn_index")


def _reset(body: Any, _: Gradio, __: str) -> None:
    _identifier(_field(body, "event_id"), "event_id")


def _message(body: Any, _: Gradio, __: str) -> None:
    _field(body, "jsonrpc")


def _field(body: Any, name: str) -> Any:
    if not isinstance(body, dict) or name not in body:
        raise OddBodyError(f"The request must be an object with the key “{name}”.")
    return body[name]


def _number(body: Any, name: str) -> int:
    value = _field(body, name)
    if type(value) is not int:
        raise OddBodyError(f"“{name}” must be a whole number.")
    return value


def _identifier(value: Any, name: str) -> None:
    text = value if isinstance(value, str) else ""
    if not 1 <= len(text) <= NAME_LETTERS or CUT in text or not text.isprintable():
        raise OddBodyError(f"“{name}” must be a text of 1 to {NAME_LETTERS} letters.")

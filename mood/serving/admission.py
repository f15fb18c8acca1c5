"""The gate: says what may arrive, from whom, and how much of it, before anything else looks.

A request has to be in the table of routes, from a page that may ask, with names and a body of the
size and form that its route takes. Its sender has a share, and its body has room, or waits for that
without being received. What holds a picture is counted until that has been read, not until the
request is answered: who reads it says so to the `Hold` of the request.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mood.errors import UNFORESEEN, BusyError, ImageTooLargeError
from mood.resources.household import household
from mood.resources.room import Room
from mood.serving.bodies import OddBodyError
from mood.serving.haste import Haste
from mood.serving.refusals import Answer, RefusedError
from mood.serving.relay import TOO_LARGE, relay_form, relay_json
from mood.serving.routes import (
    PATH_BYTES,
    QUERY_BYTES,
    REST,
    Gradio,
    Kind,
    Route,
    below_root,
    table,
)
from mood.serving.shares import HOLD, Hold, Shares
from mood.serving.visitors import HOST, Origins, Proxies
from mood.settings import Settings

_log = logging.getLogger(__name__)

_TIMES_IN_MEMORY = 3  # a body, the text in it, the picture in that
_STREAMED_BYTES = 2_000_000  # of a form: it goes to disk as it comes

_WITHOUT_PICTURE_BYTES = 2_000  # questions about downloads, places in the line, a file's name

_WORKS = "POST a picture here; docs/clients.md says how, in many languages."
_FOREIGN = "This web page may not ask here. The operator can let it, with MOOD_ORIGINS."


LineUp: TypeAlias = Callable[[str], Awaitable[None]]


class Gate:
    """Stands before the whole application.

    Args:
        app: What is behind it.
        settings: Shares, sizes, proxies, pages.
        gradio: What there is of Gradio's.
        room: For bodies.
        line_up: Returns when a picture of an address may come and wait, else raises `BusyError`:
            who would be refused behind the gate does not get that far.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        gradio: Gradio,
        room: Room,
        line_up: LineUp | None = None,
    ) -> None:
        self._app = app
        self._gradio = gradio
        self._room = room
        self._line_up = line_up
        self._routes = table(settings.max_upload_mb, mcp=bool(settings.mcp))
        self._proxies = Proxies(settings.trusted_proxies, settings.proxy_hops)
        self._origins = Origins(settings.origins)
        self._shares = Shares(settings.address_share)
        self._haste = Haste()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or hands it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = Answer(send)
        page = rest = False
        who, inflow = "", _Counted(receive)
        try:
            scope = self._proxies.resolve(scope)
            rest = below_root(scope).startswith(REST)
            who = household(scope["client"][0] if scope.get("client") else "")
            await self._slow_down(who)
            route, scope = self._admit(scope)
            page = route.page
            await self._hand_on(route, scope, inflow.receive, answer, who)
        except RefusedError as refusal:
            _log.info("a request is refused with %s", refusal.status)
            if not refusal.retry_after_s:  # it could never be answered
                self._haste.count_refused(who, max(inflow.received, _announced(scope) or 0))
            await answer.refuse(refusal, page, rest=rest)
        except Exception as error:  # noqa: BLE001 (the outermost edge: logged, and answered)
            # Without the message, which may hold what was sent.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}, line {place.lineno}"
            _log.error("a request failed: %s in %s", type(error).__name__, where)
            _log.debug("this is how", exc_info=True)
            await answer.refuse(RefusedError(500, UNFORESEEN), page=False, rest=rest)

    async def _slow_down(self, who: str) -> None:
        wait_s = self._haste.count(who)
        if wait_s:
            await asyncio.sleep(wait_s)

    def _admit(self, scope: Scope) -> tuple[Route, Scope]:
        """The route of a request, and the request without what the route does not know."""
        path = below_root(scope)
        if len(scope.get("raw_path") or path) > PATH_BYTES:
            raise RefusedError(414, "This address is too long.")
        if len(scope["query_string"]) > QUERY_BYTES:
            raise RefusedError(414, "What follows “?” in this address is too long.")
        for name, value in scope["headers"]:
            if name == b"host" and not HOST.fullmatch(value.decode("latin-1")):
                raise RefusedError(400, "The header Host is no name of a host.")
        route, named = self._find(path, scope["method"])
        if scope["method"] == "POST" and not self._origins.admits(scope):
            raise RefusedError(403, _FOREIGN)
        try:
            asked = route.asked(scope["query_string"])
            query = route.query_string(asked, scope["query_string"])
        except ValueError as error:
            raise RefusedError(400, "What follows “?” in this address is odd.") from error
        except OddBodyError as error:
            raise RefusedError(400, str(error)) from error
        self._check_names({**named, **asked})
        headers = [pair for pair in scope["headers"] if pair[0] != b"range"]
        return route, {**scope, "headers": headers, "query_string": query}

    def _find(self, path: str, method: str) -> tuple[Route, dict[str, str]]:
        others: list[Route] = []
        for route in self._routes:
            match = route.path.fullmatch(path)
            if match and method in route.methods:
                return route, match.groupdict()
            if match:
                others.append(route)
        if not others:
            raise RefusedError(404, "There is nothing here.")
        methods = tuple(each for route in others for each in route.methods)
        work = others[0].kind is Kind.WORK
        sentence = _WORKS if work else f"Use {' or '.join(methods)} here."
        raise RefusedError(405, sentence, methods=methods)

    def _check_names(self, names: dict[str, str]) -> None:
        session, event = names.get("session_hash"), names.get("event")
        if session is not None and not self._gradio.knows_session(session):
            raise RefusedError(404, "Nothing is under way in this session.")
        if event is not None and not self._gradio.knows_event(event):
            raise RefusedError(404, "There is no such call, or its answer has been fetched.")
        if names.get("endpoint", "") not in {"", *self._gradio.endpoints}:
            raise RefusedError(404, "There is no such function.")

    async def _hand_on(
        self, route: Route, scope: Scope, receive: Receive, answer: Answer, who: str
    ) -> None:
        if route.kind is Kind.WATCHED:
            await self._app(scope, receive, answer.send)
            return
        size = _announced(scope)
        if size is not None and route.body_bytes and size > route.body_bytes:
            raise RefusedError(413, TOO_LARGE, ImageTooLargeError.code)
        hold = await self._shares.take(route.kind, who)
        try:
            if route.kind is Kind.WORK and (size is None or size > _WITHOUT_PICTURE_BYTES):
                await self._find_line_open(who)
            if route.json:
                need = (route.body_bytes if size is None else size) * _TIMES_IN_MEMORY
                hold = await self._with_room(hold, need, who)
                scope = {**scope, HOLD: hold}
                await relay_json(self._app, self._gradio, route, scope, receive, answer)
            elif route.body_bytes:
                hold = await self._with_room(hold, _STREAMED_BYTES, who)
                await relay_form(self._app, route, {**scope, HOLD: hold}, receive, answer)
            else:
                await self._app({**scope, HOLD: hold}, receive, answer.send)
        finally:
            if not hold.kept:
                hold.release()

    async def _find_line_open(self, who: str) -> None:
        try:
            if self._line_up is not None:
                await self._line_up(who)
        except BusyError as error:
            raise RefusedError.of(error) from error

    async def _with_room(self, hold: Hold, size: int, who: str) -> Hold:
        try:
            await self._room.take(size, who)
        except BusyError as error:
            raise RefusedError.of(error) from error

        def give_back() -> None:
            self._room.give(size, who)
            hold.release()

        return Hold(give_back)


class _Counted:
    """What a request sends; `received` says how many bytes of it have come."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.received = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self.received += len(message.get("body", b""))
        return message


def _announced(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:15])
    return None

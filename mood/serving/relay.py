"""Hands a request on with its body: JSON once it is here and was looked at, a form as it comes."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope

from mood.errors import ImageTooLargeError
from mood.serving.bodies import Inflow, OddBodyError, TooLargeError, TooSlowError, outline
from mood.serving.refusals import Answer, RefusedError
from mood.serving.routes import Gradio, Route, below_root

TOO_LARGE = "This is too large. Please send a smaller copy of the picture."


async def relay_json(
    app: ASGIApp, gradio: Gradio, route: Route, scope: Scope, receive: Receive, answer: Answer
) -> None:
    """Receives a body of JSON, and hands it on if it is what its route takes.

    Raises:
        RefusedError: It is not, or it came too slowly.
    """
    if not _is_json(scope):
        raise RefusedError(415, "Send JSON, with the header Content-Type: application/json.")
    inflow = Inflow(receive, route.body_bytes)
    try:
        body = await inflow.read()
        if body is None:
            return
        assert route.check is not None
        route.check(outline(body), gradio, route.endpoint(below_root(scope)))
    except OddBodyError as error:
        raise RefusedError(400, str(error)) from error
    except TooLargeError as error:
        raise RefusedError(413, TOO_LARGE, ImageTooLargeError.code) from error
    except TooSlowError as error:
        raise RefusedError(408, "The request came too slowly. Please send it anew.") from error
    replay = _Replay(body, inflow.receive)
    del body
    if route.page:
        await _unless_left(app, scope, replay, answer)
    else:
        await app(scope, replay.receive, answer.send)


async def relay_form(
    app: ASGIApp, route: Route, scope: Scope, receive: Receive, answer: Answer
) -> None:
    """Hands a form on as it comes.

    Raises:
        RefusedError: It became too large, or came too slowly; the app's answer is kept back.
    """
    inflow = Inflow(receive, route.body_bytes)
    refusal: RefusedError | None = None

    async def watched() -> Message:
        nonlocal refusal
        try:
            return await inflow.receive()
        except TooLargeError:
            refusal = RefusedError(413, TOO_LARGE, ImageTooLargeError.code)
        except TooSlowError:
            refusal = RefusedError(408, "The upload came too slowly. Please send it anew.")
        return {"type": "http.disconnect"}

    async def unless_refused(message: Message) -> None:
        if refusal is None:
            await answer.send(message)

    try:
        await app(scope, watched, unless_refused)
    except Exception:
        if refusal is None:  # else it stumbled over the end that came too early
            raise
    if refusal is not None:
        raise refusal


class _Replay:
    """A body that has been received, for who receives it; it is handed out once and let go."""

    def __init__(self, body: bytes, then: Receive) -> None:
        self._parts = [body]
        self._then = then

    async def receive(self) -> Message:
        if self._parts:
            return {"type": "http.request", "body": self._parts.pop(), "more_body": False}
        return await self._then()


async def _unless_left(app: ASGIApp, scope: Scope, replay: _Replay, answer: Answer) -> None:
    """Lets the app answer, and stops it when the sender has gone."""
    first = await replay.receive()
    left = asyncio.ensure_future(replay.receive())

    async def receive() -> Message:
        nonlocal first
        if first:
            message, first = first, {}
            return message
        return await asyncio.shield(left)

    work = asyncio.ensure_future(app(scope, receive, answer.send))
    try:
        await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        left.cancel()
        if not work.done():
            work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        if not left.done():  # it is this request that is cancelled
            raise


def _is_json(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind: bytes = value.partition(b";")[0].strip().lower()
            return kind == b"application/json" or kind.endswith(b"+json")
    return False

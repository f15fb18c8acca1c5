"""What stands between the gate and those who answer: counts, apps for later."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class CountRequests:
    """Counts responses by the class of their status, such as ``2xx``, in `counts`."""

    def __init__(self, app: ASGIApp, counts: dict[str, int]) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
                self._counts[status] = self._counts.get(status, 0) + 1
            await send(message)

        await self._app(scope, receive, counted)


class Later:
    """An app that is built when the first request for it comes.

    Args:
        build: Makes it; called once.
    """

    def __init__(self, build: Callable[[], ASGIApp]) -> None:
        self._build = build
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if self._app is None:
            self._app = self._build()
        await self._app(scope, receive, send)

"""What is done with every response: browsers are told what they may, it is small, it is counted."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    # Spaces show the page in a frame; nobody else needs to.
    (
        b"content-security-policy",
        b"object-src 'none'; base-uri 'self'; "
        b"frame-ancestors 'self' https://huggingface.co https://*.hf.space",
    ),
]


class SecurityHeaders:
    """Adds the security headers to every response that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                names = {name.lower() for name, _ in own}
                added = [header for header in _HEADERS if header[0] not in names]
                message = {**message, "headers": own + added}
            await send(message)

        await self._app(scope, receive, with_headers)


class Compress:
    """Compresses the page and its files; what Gradio serves it compresses itself."""

    def __init__(self, app: ASGIApp) -> None:
        from starlette.middleware.gzip import GZipMiddleware  # the waking server does without

        self._app = app
        self._compressing = GZipMiddleware(app, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = scope.get("path", "")
        ours = scope["type"] == "http" and (path == "/" or path.startswith("/page/"))
        await (self._compressing if ours else self._app)(scope, receive, send)


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

"""What stands before every request: where it may go, how large it is."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UPLOAD = "/gradio_api/upload"
_CLOSED = (
    "/gradio_api/process_recording/",  # hands whatever is sent to ffmpeg
    "/gradio_api/deep_link/",  # writes what a session was asked last to a file
    "/gradio_api/dev/",  # streams that never end, for who writes the page
)
_OTHER_BODIES_MB = 8  # JSON is held in memory several times over; a picture in it may have 6 MB
_FORM_FRAME = 100_000  # bytes of a form around the file in it
_TOO_LARGE = "This is too large. Please send a smaller copy of the picture."


class Compress:
    """Compresses the page's files; what Gradio serves it compresses itself."""

    def __init__(self, app: ASGIApp) -> None:
        from starlette.middleware.gzip import GZipMiddleware  # the waking server does without

        self._app = app
        self._compressing = GZipMiddleware(app, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = scope.get("path", "")
        ours = scope["type"] == "http" and path.startswith("/page/") and not path.endswith(".jpg")
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


class ClosedRoutes:
    """Answers 404, whatever the method, where Gradio offers what this page does not need."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "http" and f"{_route(scope)}/".startswith(_CLOSED):
            await _refuse(send, 404, "Not Found")
        else:
            await self._app(scope, receive, send)


class BodyLimit:
    """Answers 413 to a body that is too large, before it is held in memory.

    What is sent to Gradio's upload may have the size of a picture file, all other bodies 8 MB at
    most.
    """

    def __init__(self, app: ASGIApp, upload_mb: int) -> None:
        self._app = app
        self._upload = upload_mb * 1_000_000 + _FORM_FRAME
        self._other = min(upload_mb, _OTHER_BODIES_MB) * 1_000_000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._upload if _route(scope) == _UPLOAD else self._other
        if _announced(scope) > most:
            await _refuse(send, 413, _TOO_LARGE)
            return
        received = 0
        answered = refused = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return {"type": "http.disconnect"} if received > most else message

        async def or_refusal(message: Message) -> None:
            nonlocal answered, refused
            if received > most and not answered:
                refused = True
                await _refuse(send, 413, _TOO_LARGE)
            answered = True
            if not refused:
                await send(message)

        try:
            await self._app(scope, counted, or_refusal)
        except Exception:
            # The app stumbled over the body that ended too early.
            if received <= most or answered:
                raise
        if received > most and not answered:
            await _refuse(send, 413, _TOO_LARGE)


def _route(scope: Scope) -> str:
    """The path below the root path of a proxy: what the app's routes are compared with."""
    path: str = scope["path"]
    below = path.removeprefix(scope.get("root_path", ""))
    return below if below.startswith("/") else path


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, status: int, detail: str) -> None:
    body = f'{{"detail":"{detail}"}}'.encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

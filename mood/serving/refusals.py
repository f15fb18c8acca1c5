"""How the gate says no: the right status, when to try again, and a sentence."""

from __future__ import annotations

import json
from typing import Any

from starlette.types import Message, Send

from mood.errors import STATUS, BusyError, MoodError


class RefusedError(Exception):
    """A request is answered by the gate.

    Attributes:
        status: Of HTTP.
        code: Of a `MoodError`, for the page.
        retry_after_s: When to try again; 0 where that does not help.
    """

    def __init__(self, status: int, sentence: str, code: str = "error", retry: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.code, self.retry_after_s = status, code, retry

    @classmethod
    def of(cls, error: MoodError) -> RefusedError:
        """The answer to an error of ours."""
        status, _ = STATUS[error.code]
        retry = error.retry_after_s if isinstance(error, BusyError) else 0
        return cls(status, str(error), error.code, retry)


class Answer:
    """Knows whether an answer has begun, so that there is never a second one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def send(self, message: Message) -> None:
        """Sends a part of it."""
        self.begun = self.begun or message["type"] == "http.response.start"
        await self._send(message)

    async def refuse(self, refusal: RefusedError, page: bool) -> None:
        """Answers with a refusal; to the page's own scripts with 200, the only status they see."""
        if self.begun:
            return
        status, retry = refusal.status, refusal.retry_after_s
        answer: dict[str, Any] = {"detail": str(refusal)}
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        if retry:
            headers.append((b"retry-after", str(retry).encode()))
        if page and refusal.code != "error":
            status = 200
            answer = {"error": refusal.code, "message": str(refusal), "retry_after_s": retry}
        else:
            headers.append((b"connection", b"close"))  # there may be a body that nobody reads
        body = json.dumps(answer).encode()
        headers.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

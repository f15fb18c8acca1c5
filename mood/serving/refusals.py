"""How the gate says no: the right status, when to try again, and a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.types import Message, Send

from mood.errors import STATUS, BusyError, MoodError
from mood.report.problem import PROBLEM, problem


class RefusedError(Exception):
    """A request is answered by the gate.

    Attributes:
        status: Of HTTP.
        code: Of a `MoodError`, for the page.
        retry_after_s: When to try again; 0 where that does not help.
        methods: Those that would be taken, where it is the method that is not.
    """

    def __init__(
        self,
        status: int,
        sentence: str,
        code: str = "error",
        retry: int = 0,
        methods: Sequence[str] = (),
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.retry_after_s = status, code, retry
        self.methods = methods

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

    async def refuse(
        self, refusal: RefusedError, page: bool, close: bool = True, rest: bool = False
    ) -> None:
        """Answers with a refusal; to the page's own scripts with 200, the only status they see.

        Args:
            refusal: What is said.
            page: Whether the page's own scripts ask.
            rest: Whether the question goes to our own API, which answers with problem details.
            close: Whether the connection ends with it, as there may be a body that nobody reads.
        """
        if self.begun:
            return
        retry = refusal.retry_after_s
        if page and refusal.code != "error":
            answer: dict[str, Any] = {"error": refusal.code, "message": str(refusal)}
            answer["retry_after_s"] = retry
            if retry:
                answer["state"] = "busy"  # as the live tab reads it
            await self.tell(200, json.dumps(answer).encode(), retry)
            return
        more = [(b"connection", b"close")] if close else []
        if refusal.methods:
            more.append((b"allow", ", ".join(refusal.methods).encode()))
        kind, said = "application/json", {"detail": str(refusal)}
        if rest:
            code = "" if refusal.code == MoodError.code else refusal.code
            kind, said = PROBLEM, problem(refusal.status, str(refusal), code, retry)
        await self.tell(refusal.status, json.dumps(said).encode(), retry, kind, more)

    async def tell(
        self,
        status: int,
        body: bytes,
        retry: int = 0,
        kind: str = "application/json",
        more: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        """Sends a whole answer, which nobody keeps."""
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *more,
        ]
        if retry:
            headers.append((b"retry-after", str(retry).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

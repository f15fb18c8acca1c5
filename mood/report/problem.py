"""What went wrong, for programs: problem details (RFC 9457), with the codes of our errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic wants this one where Python is older than 3.12

from mood.errors import (
    STATUS,
    BusyError,
    ImageTooLargeError,
    MoodError,
    ShareError,
    UnsupportedImageError,
)

PROBLEM = "application/problem+json"
"""The type of such an answer."""

_KINDS = (MoodError, ImageTooLargeError, UnsupportedImageError, ShareError, BusyError)
_CODES = {STATUS[kind.code][0]: kind.code for kind in _KINDS}


class ProblemDict(TypedDict):
    """What went wrong, as problem details (RFC 9457).

    ``detail`` is a sentence that says what to do; ``code`` is one word that stays the same between
    releases; ``retry_after_s`` is there where the same question may be answered so many seconds
    later.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    retry_after_s: NotRequired[int]


def problem(status: int, sentence: str, code: str = "", retry: int = 0) -> dict[str, Any]:
    """What is wrong, as a `ProblemDict`.

    Args:
        status: Of HTTP.
        sentence: What happened, and what to do.
        code: Of a `MoodError`; without one, the one that means this status, or else the status in
            words.
        retry: When to try again, in seconds; 0 where that does not help.
    """
    known = HTTPStatus(status)
    said: dict[str, Any] = {"type": "about:blank", "title": known.phrase, "status": status}
    said |= {"detail": sentence, "code": code or _CODES.get(status, known.name.lower())}
    return said | ({"retry_after_s": retry} if retry else {})


def problem_of(error: MoodError) -> dict[str, Any]:
    """The same of an error of ours."""
    status, _ = STATUS[error.code]
    retry = error.retry_after_s if isinstance(error, BusyError) else 0
    return problem(status, str(error), error.code, retry)

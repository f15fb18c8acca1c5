"""What the description of our own API says besides the types: words, forms, an example."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from typing_extensions import TypedDict

from mood.report.example import EXAMPLE
from mood.report.problem import PROBLEM, ProblemDict, problem
from mood.types import AnalysisDict

TEXT = """\
Finds the faces of a picture and says which expression each shows, with honest probabilities.

    curl -F image=@photo.jpg 'HOST/api/analyze?certainty=0.6'

Choices go into the query; as a field of the form they are refused.

Each answer has a `version`: it grows when something in it gets another meaning or goes. There may
always be more in an answer than is said here.
"""


class ModelDict(TypedDict):
    """A network: ``task`` is ``expression``, ``detection`` or ``quality``.

    ``licence`` is that of its weights; ``embedded`` ones come with the program; ``loaded`` ones
    need not be loaded any more.
    """

    name: str
    task: str
    title: str
    licence: str
    docs: str
    embedded: bool
    loaded: bool


class ModelsDict(TypedDict):
    """The networks there are; ``model`` and ``detector`` answer where nobody names others."""

    version: int
    model: str
    detector: str
    models: list[ModelDict]


Answer = AnalysisDict | list[AnalysisDict | ProblemDict]
"""Of one picture, or in their order of each of several."""

_BINARY = {"type": "string", "format": "binary"}
_REFERENCE = {"$ref": "#/components/schemas/ProblemDict"}
_TYPES = ("image/jpeg", "image/png", "image/webp")

_PROBLEMS = {
    400: ("options", "The query or the form is wrong."),
    403: ("forbidden", "Another web page asks, and the operator does not let it."),
    408: ("request_timeout", "The body came too slowly."),
    413: ("too_large", "The picture has too many bytes or pixels."),
    415: ("unsupported", "The format is not read here, or the body is no form and no picture."),
    422: ("unreadable", "The picture is damaged, empty or none."),
    429: ("share", "Too much of the sender's own is waiting already."),
    500: ("error", "Something went wrong here."),
    503: ("busy", "Too much of everybody's is waiting, or a network cannot be had."),
}


def _responses(good: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    said: dict[int | str, dict[str, Any]] = {200: {"description": "The answer.", **good}}
    for status, (code, text) in _PROBLEMS.items():
        content = {"schema": _REFERENCE, "example": problem(status, text, code)}
        said[status] = {"description": text, "content": {PROBLEM: content}}
        if status in {429, 503}:
            header = {"description": "Seconds until another try.", "schema": {"type": "integer"}}
            said[status]["headers"] = {"Retry-After": header}
    return said


def _body(image: dict[str, Any], text: str) -> dict[str, Any]:
    form = {
        "type": "object",
        "properties": {"image": image},
        "required": ["image"],
        "additionalProperties": False,  # choices are the query's
    }
    content: dict[str, Any] = {"multipart/form-data": {"schema": form}}
    content |= {kind: {"schema": _BINARY} for kind in (*_TYPES, "application/octet-stream")}
    return {"requestBody": {"description": text, "required": True, "content": content}}


ANALYZE: dict[str, Any] = {
    "response_model": Answer,
    "summary": "The faces of a picture, and their expressions",
    "description": "From two pictures on, the answer is a list: of each its result or its problem.",
    "responses": _responses({"content": {"application/json": {"example": EXAMPLE}}}),
    "openapi_extra": _body(
        {"type": "array", "items": _BINARY, "minItems": 1, "maxItems": 8},
        "One picture or several in the field image of a form, or one as it is.",
    ),
}

ANNOTATE: dict[str, Any] = {
    "response_class": Response,
    "summary": "The picture with a frame and a label for each face",
    "description": "A JPEG; a PNG or a WebP where the header Accept names it.",
    "responses": _responses({"content": {kind: {"schema": _BINARY} for kind in _TYPES}}),
    "openapi_extra": _body(_BINARY, "The picture in the field image of a form, or as it is."),
}

MODELS: dict[str, Any] = {"summary": "The networks there are"}

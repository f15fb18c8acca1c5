"""The API that other programs call, through Gradio.

The choices of `Options` are parameters of each call, under the same names, behind the picture.
"""

from __future__ import annotations

import dataclasses
import inspect
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import get_blocks_context
from gradio.events import api
from gradio_client.utils import json_schema_to_python_type

from mood.analyzer import MoodAnalyzer, Reading
from mood.errors import STATUS, UNFORESEEN, MoodError, OptionsError
from mood.options import Options
from mood.page.uploads import Encoded, from_request
from mood.page.visitor import address_of
from mood.report.draw import annotate, data_url
from mood.report.example import EXAMPLE
from mood.report.problem import ProblemDict, problem_of
from mood.types import AnalysisDict, Expression
from mood.vision.picture import READABLE

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

MOST_PICTURES = 8
"""Of one call of ``/analyze_batch``."""

_FILE_MARK = {"type": "object", "properties": {"_type": {"const": "gradio.FileData"}}}
_PICTURE: dict[str, Any] = {
    "anyOf": [
        {
            "type": "object",
            "properties": {
                "path": {"type": "string", "description": "what /gradio_api/upload answered"},
                "meta": _FILE_MARK,  # by which Gradio's clients know a file
            },
            "required": ["path"],
        },
        {"type": "string", "pattern": "^data:", "description": "data:image/jpeg;base64,…"},
    ]
}
"""The schema of a picture. Gradio would make one of the types: any object, any text."""

_TAKEN = (
    f"{READABLE}: an uploaded file (handle_file of a path, in Gradio's clients) or a data URL as "
    "text; addresses are not fetched."
)
_EXAMPLE_FILE = {"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}
_ANSWER = (
    "width and height of the picture in pixels; faces, each with bbox_xyxy in pixels (left, top, "
    "right, bottom; may reach over the border of the picture), verdict (certain, uncertain or "
    "unreadable), reason (why it is unreadable, else null), expression (null unless certain), and "
    "probabilities of all expressions; more_faces, how many smaller ones were not "
    "read; unseen_parts, how many parts of a long picture there was no time to look at closely; "
    "frame, which one of an animation was read; turned_deg, by how much it was turned clockwise to "
    "be read; model and detector that answered, and duration_ms"
)


def add_api(analyzer: MoodAnalyzer) -> None:
    """Adds the calls to the Blocks that are being built: analyze, analyze_batch and annotate."""
    most_mb = analyzer.settings.max_upload_mb

    async def read(
        source: Encoded | Path, options: Options, then: Callable[[Reading], _T], request: gr.Request
    ) -> _T:
        return await analyzer.read_async(source, options, then, address_of(request))

    async def analyze(image: Any, options: Options, request: gr.Request) -> AnalysisDict:
        return await read(_taken(image, most_mb), options, _answer, request)

    async def analyze_batch(
        images: Any, options: Options, request: gr.Request
    ) -> list[AnalysisDict | ProblemDict]:
        if not isinstance(images, list) or not 1 <= len(images) <= MOST_PICTURES:
            raise OptionsError(f"images must be a list of 1 to {MOST_PICTURES} pictures.")
        answers: list[Any] = []
        for image in images:
            try:
                answers.append(await analyze(image, options, request))
            except MoodError as error:
                answers.append(problem_of(error))
        return answers

    async def annotated(image: Any, options: Options, request: gr.Request) -> str:
        return await read(_taken(image, most_mb), options, _framed, request)

    one, several = {**_PICTURE, "description": _TAKEN}, {"type": "array", "items": _PICTURE}
    _add(
        analyze,
        "analyze",
        "Finds the faces of a picture and says which expression each shows.",
        ("image", one, _EXAMPLE_FILE),
        (AnalysisDict, _ANSWER, EXAMPLE),
    )
    _add(
        analyze_batch,
        "analyze_batch",
        f"Does so with up to {MOST_PICTURES} pictures, one after the other.",
        ("images", {**several, "description": f"A list. Of each: {_TAKEN}"}, [_EXAMPLE_FILE]),
        (
            list[AnalysisDict | ProblemDict],
            "of each picture what analyze answers, or its problem: status, code and detail",
            [EXAMPLE],
        ),
    )
    _add(
        annotated,
        "annotate",
        "Draws a frame and a label for each face of a picture.",
        ("image", one, _EXAMPLE_FILE),
        (str, "the picture as the data URL of a JPEG", "data:image/jpeg;base64,…"),
    )


def _add(
    function: Callable[[Any, Options, gr.Request], Awaitable[Any]],
    name: str,
    text: str,
    picture: tuple[str, dict[str, Any], Any],
    answer: tuple[Any, str, Any],
) -> None:
    """Adds a call.

    Args:
        function: Answers.
        name: What it is called.
        text: What it does.
        picture: Name, schema and example of the first parameter.
        answer: Type, description and example of what it returns.
    """
    choices, kinds = dataclasses.fields(Options), get_type_hints(Options)

    async def call(image: Any, request: gr.Request, *chosen: Any) -> Any:
        given = {field.name: value for field, value in zip(choices, chosen, strict=True)}
        try:
            return await function(image, Options.of(given), request)
        except MoodError as error:
            raise told(error) from error
        except Exception as error:  # the outermost edge: Gradio would say nothing
            # Without the message, which may hold what was sent.
            _log.error("a call failed: %s", type(error).__name__)
            _log.debug("this is how", exc_info=True)
            raise told(MoodError(UNFORESEEN)) from error

    # Gradio looks at the signature for names, types and defaults, and at the text for the rest.
    kind, returns, example = answer
    first, schema, file = picture
    parameters = [_parameter(first, Any), _parameter("request", gr.Request)]
    parameters += [
        _parameter(each.name, kinds[each.name], _plain(each.default)) for each in choices
    ]
    signature = inspect.Signature(parameters, return_annotation=kind)
    call.__name__ = name
    call.__dict__["__signature__"] = signature
    call.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": kind}
    texts = {first: schema["description"]} | {each.name: each.metadata["text"] for each in choices}
    lines = (f"    {each}: {words}" for each, words in texts.items())
    call.__doc__ = "\n".join([text, "", "Args:", *lines, "", "Returns:", f"    {returns}"])

    # Turns are taken in the analyzer's own queue, with all others who ask; here nobody waits.
    number = api(call, api_name=name, concurrency_limit=None)["id"]
    blocks = get_blocks_context()
    assert blocks is not None
    inputs, (output,) = blocks.fns[number].inputs, blocks.fns[number].outputs
    _describe(inputs[0], schema, first, texts[first], file)
    for part, field in zip(inputs[1:], choices, strict=True):
        schema = _schema(field, kinds[field.name])
        _describe(part, schema, field.name, texts[field.name], _plain(field.default))
    said = output._api_info if isinstance(output, Api) else {}
    _describe(output, {**said, "examples": [example]}, name, returns, example)


def _parameter(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, either, annotation=kind, default=default)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _schema(field: dataclasses.Field[Any], kind: Any) -> dict[str, Any]:
    """Of a choice, as JSON schema."""
    if isinstance(field.default, tuple):
        return {"type": "array", "items": {"type": "string", "enum": list(map(str, Expression))}}
    plain = {str: "string", float: "number", int: "integer", bool: "boolean"}
    most = field.metadata["maximum"]
    bounds = {} if most is None else {"minimum": 0, "maximum": most}
    return {"type": plain[kind], **bounds}


class _Described(dict[str, Any]):
    """What the description of the API says of a value; left out of the page's configuration."""

    example: Any = None


def _describe(part: Any, schema: dict[str, Any], label: str, text: str, example: Any) -> None:
    """Lets the description of the API say what a value is."""
    part.label = label
    part.told = told = _Described(schema, description=text)
    told.example = example
    part._api_info = {}


def explain(demo: gr.Blocks) -> None:
    """Lets the description of the API say what its values are; call it when all is built.

    Where Gradio keeps it, it stands in the page too, four times each. The page, which Gradio asks
    for by `page`, fetches it when somebody opens the drawer.
    """
    blocks: Any = demo
    describe = blocks.get_api_info

    def explained(all_endpoints: bool = False, page: str | None = None) -> Any:
        info = describe(all_endpoints, page)
        if page is not None:
            return info
        for job in blocks.fns.values():
            call = info["named_endpoints"].get(f"/{job.api_name}", {})
            values = [*call.get("parameters", ()), *call.get("returns", ())]
            for value, part in zip(values, [*job.inputs, *job.outputs], strict=False):
                kind = json_schema_to_python_type(part.told)
                value["python_type"] = {"type": kind, "description": part.told["description"]}
                value["type"], value["example_input"] = dict(part.told), part.told.example
        return info

    blocks.get_api_info = explained


def _taken(image: Any, most_mb: float) -> Encoded | Path:
    source = from_request(image, most_mb)
    if isinstance(image, dict):
        image.clear()  # the text of a picture is held once while it waits
    return source


def _answer(reading: Reading) -> AnalysisDict:
    return reading.analysis.to_dict()


def _framed(reading: Reading) -> str:
    return data_url(annotate(reading.picture.pixels, reading.analysis), "JPEG")


def told(error: MoodError) -> gr.Error:
    """What a caller is told: a sentence, and a title that says which kind of error it is."""
    _, title = STATUS[error.code]
    return gr.Error(str(error), title=title, print_exception=False)

"""The photo tab: the browser shows, and asks the server to read one photo at a time.

A photo travels as a data URL inside one JSON request, is decoded from memory and forgotten; the
answer holds all that the page shows. Only what a browser cannot open is uploaded as a file first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict, TypeVar

import gradio as gr
import numpy as np

from mood.analyzer import MoodAnalyzer, Reading
from mood.errors import BusyError, MoodError, OptionsError, UnreadableImageError
from mood.models.catalogue import CATALOGUE
from mood.models.specs import DetectorSpec, ExpressionSpec, ModelSpec
from mood.options import Options
from mood.page import assets
from mood.page.about import accuracy
from mood.page.networks import NetworkOffer, offers
from mood.page.uploads import Encoded, from_data_url, from_upload
from mood.page.visitor import address_of
from mood.report.draw import annotate, data_url
from mood.report.palette import looks
from mood.settings import Settings
from mood.types import AnalysisDict, Expression, FaceDict
from mood.vision.explain import COVER

_T = TypeVar("_T")
_MOST_PIXELS = 1_000_000  # of one side of a photo
_MOST_CAPTIONS = 1000
_LONGEST_CAPTION = 60  # characters


class PhotoFace(FaceDict):
    """A face with what the network saw of it: a PNG data URL, its width and height in pixels.

    ``crop_landmarks`` are those of the face in sides of the crop, or null; ``exact`` holds the
    probabilities in their order with all their digits, for the page to weigh them anew.
    """

    crop: str
    crop_wh: list[int]
    crop_landmarks: list[list[float]] | None
    exact: list[float]


class PhotoAnswer(AnalysisDict):
    """What was found; ``certainty`` is the probability from which on a face is certain."""

    certainty: float


class AnnotatedAnswer(TypedDict):
    """The photo with its frames, as a JPEG data URL."""

    picture: str


class MapAnswer(TypedDict):
    """Rows of how much each part of a face speaks for an expression.

    ``cover`` is the side of the patch that was moved over it, in sides of the crop.
    """

    map: list[list[float]]
    cover: float


class DownloadsAnswer(TypedDict):
    """Whether the wanted networks are loaded, and what is on its way: name, done, total bytes."""

    loaded: bool
    downloads: list[dict[str, Any]]


class Problem(TypedDict):
    """What went wrong: the code of a `MoodError`, and a sentence.

    ``retry_after_s`` is there where the same question may be answered so many seconds later.
    """

    error: str
    message: str
    retry_after_s: NotRequired[int]


def add_photo_tab(analyzer: MoodAnalyzer) -> None:
    """Adds the contents of the photo tab to the Blocks that are being built."""
    settings = analyzer.settings

    async def read(data: Any, then: Callable[[Reading], _T], request: gr.Request) -> _T | Problem:
        wish = _wish(data)
        try:
            picture, options, size_wh = _picture(wish, settings), Options.of(wish), _size(wish)
            return await analyzer.read_async(picture, options, then, address_of(request), size_wh)
        except MoodError as error:
            return _problem(error)

    async def read_photo(data: Any, request: gr.Request) -> PhotoAnswer | Problem:
        return await read(data, photo_answer, request)

    async def annotate_photo(data: Any, request: gr.Request) -> AnnotatedAnswer | Problem:
        wish = _wish(data)
        labels, key = wish.get("labels") is not False, wish.get("key") is True
        captions = _captions(wish)

        def annotated(reading: Reading) -> AnnotatedAnswer:
            pixels, analysis = reading.picture.pixels, reading.analysis
            picture = annotate(pixels, analysis, labels=labels, captions=captions, key=key)
            return {"picture": data_url(picture, "JPEG")}

        return await read(data, annotated, request)

    async def explain_face(data: Any, request: gr.Request) -> MapAnswer | Problem:
        try:
            wish = _wish(data)
            crop = from_data_url(wish.get("image"), settings.max_upload_mb)
            odds = await analyzer.explain_async(
                crop, _expression(wish), Options.of(wish), address_of(request)
            )
        except MoodError as error:
            return _problem(error)
        return {"map": np.round(odds, 4).tolist(), "cover": COVER}

    def under_way(data: Any) -> DownloadsAnswer | Problem:
        try:
            status = analyzer.pool.status(Options.of(_wish(data)))
        except MoodError as error:
            return _problem(error)
        downloads = [dataclasses.asdict(download) for download in status.downloads]
        return {"loaded": status.models is not None, "downloads": downloads}

    measured = accuracy()

    def networks(data: Any = None) -> list[NetworkOffer]:  # noqa: ARG001
        return offers(analyzer.pool, measured["accuracy"] if measured else None)

    gr.HTML(
        elem_id="photo",
        html_template=assets.markup("photo/photo.html"),
        js_on_load=assets.loader("photo/photo.js"),
        apply_default_css=False,
        server_functions=[read_photo, annotate_photo, explain_face, under_way, networks],
        examples=[
            {
                "name": name,
                "address": assets.address(f"examples/{name}.jpg"),
                "small": assets.thumbnail(name),
            }
            for name in assets.examples()
        ],
        palette=looks(),
        models=_choices(ExpressionSpec, settings.model),
        detectors=_choices(DetectorSpec, settings.detector),
        smallest_face=settings.smallest_face,
        max_mb=settings.max_upload_mb,
        max_side=settings.max_side,
    )


def _choices(kind: type[ModelSpec], chosen: str) -> list[str]:
    names = ["auto", *(name for name, spec in CATALOGUE.items() if isinstance(spec, kind))]
    return [chosen, *(name for name in names if name != chosen)]


def _wish(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _picture(wish: dict[str, Any], settings: Settings) -> Encoded | Path:
    """The photo of a request: a data URL in ``image``, else an uploaded file in ``path``.

    The text of a photo is taken out of the request: while it waits, it is held once.
    """
    if wish.get("image"):
        return from_data_url(wish.pop("image"), settings.max_upload_mb)
    if isinstance(wish.get("path"), str) and wish["path"]:
        return from_upload(wish["path"])
    raise UnreadableImageError("The request holds no picture. Please send one.")


def _size(wish: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height of the photo that was chosen, where the page sends a smaller copy of it."""
    size = wish.get("width"), wish.get("height")
    if size == (None, None):
        return None
    width, height = (each if type(each) is int else 0 for each in size)
    if not (1 <= width <= _MOST_PIXELS and 1 <= height <= _MOST_PIXELS):
        raise OptionsError("width and height must be whole numbers of pixels, or left out.")
    return width, height


def _captions(wish: Mapping[str, Any]) -> list[str]:
    """What to write at each face, in the visitor's language; none where the request is odd."""
    captions = wish.get("captions")
    if not isinstance(captions, list) or len(captions) > _MOST_CAPTIONS:
        return []
    if not all(isinstance(each, str) and len(each) <= _LONGEST_CAPTION for each in captions):
        return []
    return [" ".join(each.split()) for each in captions]


def _expression(wish: Mapping[str, Any]) -> Expression:
    try:
        return Expression(str(wish.get("expression")))
    except ValueError as error:
        known = ", ".join(Expression)
        raise OptionsError(f"The request names no expression. Choose one of: {known}.") from error


def photo_answer(reading: Reading) -> PhotoAnswer:
    """What the page is told of a reading."""
    analysis = reading.analysis
    answer = analysis.to_dict()
    faces: list[FaceDict] = [
        PhotoFace(
            **face,
            crop=data_url(crop, "PNG"),
            crop_wh=[crop.shape[1], crop.shape[0]],
            crop_landmarks=None if points is None else np.round(points, 3).tolist(),
            exact=[float(f"{each:.9g}") for each in found.probabilities.values()],
        )
        for face, found, crop, points in zip(
            answer["faces"], analysis.faces, reading.crops, reading.crop_landmarks, strict=True
        )
    ]
    return {**answer, "faces": faces, "certainty": analysis.certainty}


def _problem(error: MoodError) -> Problem:
    problem: Problem = {"error": error.code, "message": str(error)}
    if isinstance(error, BusyError):
        problem["retry_after_s"] = error.retry_after_s
    return problem

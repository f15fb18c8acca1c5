"""The photo tab: the browser shows, and asks the server to read one photo at a time.

A photo travels as a data URL inside one JSON request, is decoded from memory and forgotten; the
answer holds all that the page shows. Only what a browser cannot open is uploaded as a file first.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import threading
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from mood.analyzer import Models, MoodAnalyzer
from mood.errors import (
    BusyError,
    ImageTooLargeError,
    ModelError,
    MoodError,
    UnreadableImageError,
    UnsupportedImageError,
)
from mood.models.catalogue import CATALOGUE, Task, find
from mood.page import assets
from mood.page.safe_image import read_data_url, read_upload
from mood.report.draw import annotate
from mood.report.export import face_to_dict, to_dict
from mood.report.palette import COLOURS, SYMBOLS, UNCERTAIN_COLOUR, UNCERTAIN_SYMBOL, ink
from mood.settings import Settings
from mood.types import Analysis, Expression, RGBImage
from mood.vision.explain import occlusion
from mood.vision.picture import Picture

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

_MOST_NAME = 200  # characters of a file name that are kept
_KINDS: dict[type[MoodError], str] = {
    UnreadableImageError: "unreadable",
    UnsupportedImageError: "unsupported",
    ImageTooLargeError: "too_large",
    ModelError: "model",
    BusyError: "busy",
}


class Shelf:
    """The analyzer of this process, and one more with the networks that a visitor chose last.

    Args:
        analyzer: The one that the settings describe.
    """

    def __init__(self, analyzer: MoodAnalyzer) -> None:
        self.own = analyzer
        self._other: MoodAnalyzer | None = None
        self._lock = threading.Lock()
        analyzer.guard.unloads.append(self._unload_other)

    def pick(self, model: str, detector: str) -> MoodAnalyzer:
        """The analyzer with these networks; empty names mean those of the settings.

        Raises:
            UnknownModelError: One is neither ``auto`` nor in the catalogue.
        """
        settings = self.own.settings
        wish = model or settings.model, detector or settings.detector
        if wish == (settings.model, settings.detector):
            return self.own
        for name, given, task in zip(
            wish,
            (settings.model, settings.detector),
            (Task.EXPRESSION, Task.DETECTION),
            strict=True,
        ):
            if name not in {"auto", given}:  # a visitor may name no file and no repository
                find(name, task)
        with self._lock:
            other = self._other
            if other is None or wish != (other.settings.model, other.settings.detector):
                self._unload_other()
                wanted = dataclasses.replace(settings, model=wish[0], detector=wish[1])
                other = self._other = MoodAnalyzer(wanted)
                other.tally = self.own.tally
            return other

    def _unload_other(self) -> None:
        if self._other is not None:
            self._other.unload()


def add_photo_tab(analyzer: MoodAnalyzer, settings: Settings) -> None:
    """Adds the contents of the photo tab to the Blocks that are being built."""
    shelf = Shelf(analyzer)

    def read_photo(data: Any) -> dict[str, Any]:
        try:
            wish = Wish.of(data)
            chosen = shelf.pick(wish.model, wish.detector)
            with analyzer.turn():
                return _read(chosen, settings, wish)
        except MoodError as error:
            return _excuse(error)

    def annotate_photo(data: Any) -> dict[str, Any]:
        try:
            wish = Wish.of(data)
            chosen = shelf.pick(wish.model, wish.detector)
            with analyzer.turn():
                picture, analysis = _analyze(chosen, settings, wish)
                framed = annotate(picture.pixels, analysis, labels=wish.labels)
                return {"picture": _data_url(framed, "JPEG")}
        except MoodError as error:
            return _excuse(error)

    def explain_face(data: Any) -> dict[str, Any]:
        try:
            wish = Wish.of(data)
            chosen = shelf.pick(wish.model, wish.detector)
            with analyzer.turn():
                return _explain(chosen, settings, wish)
        except MoodError as error:
            return _excuse(error)

    def under_way(data: Any) -> dict[str, Any]:
        try:
            wish = Wish.of(data)
            status = shelf.pick(wish.model, wish.detector).status()
        except MoodError as error:
            return _excuse(error)
        downloads = [dataclasses.asdict(download) for download in status.downloads]
        return {"loaded": status.model is not None, "downloads": downloads}

    examples = sorted(EXAMPLES.glob("*.jpg"))
    gr.set_static_paths(examples)
    gr.HTML(
        elem_id="photo",
        html_template=assets.text("photo/photo.html"),
        js_on_load=assets.loader("photo/photo.js"),
        apply_default_css=False,
        server_functions=[read_photo, annotate_photo, explain_face, under_way],
        examples=[{"name": path.stem, "path": str(path)} for path in examples],
        palette=palette(),
        models=_choices(Task.EXPRESSION, settings.model),
        detectors=_choices(Task.DETECTION, settings.detector),
        smallest_face=settings.smallest_face,
        max_mb=settings.max_upload_mb,
        max_side=settings.max_side,
    )


def palette() -> dict[str, dict[str, str]]:
    """Colour, ink on it and symbol of each expression and of uncertainty, for scripts."""
    looks = {str(each): (COLOURS[each], SYMBOLS[each]) for each in Expression}
    looks["uncertain"] = (UNCERTAIN_COLOUR, UNCERTAIN_SYMBOL)
    return {
        name: {"colour": colour, "ink": ink(colour), "symbol": symbol}
        for name, (colour, symbol) in looks.items()
    }


def _choices(task: Task, chosen: str) -> list[str]:
    names = ["auto", *(name for name, spec in CATALOGUE.items() if spec.task is task)]
    return [chosen, *(name for name in names if name != chosen)]


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor asks for, checked.

    Attributes:
        image: The photo, or the crop of a face, as a data URL.
        path: The photo as a file that was uploaded.
        expression: The one to explain.
        model: Expression network; empty for that of the settings.
        detector: Face detector; the same.
        certainty: See `adjusted`.
        smallest_face: See `adjusted`.
        labels: Whether to write labels into the picture.
    """

    image: str = ""
    path: str = ""
    expression: str = ""
    model: str = ""
    detector: str = ""
    certainty: float = 0.0
    smallest_face: int = 0
    labels: bool = True

    @classmethod
    def of(cls, data: Any) -> Wish:
        """The wish that a request holds; whatever is missing or of another kind is left out."""
        given = data if isinstance(data, dict) else {}
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            value = given.get(field.name)
            kinds = (int, float) if isinstance(field.default, float) else (type(field.default),)
            if type(value) in kinds:
                values[field.name] = value
        return cls(**values)


def _read(analyzer: MoodAnalyzer, settings: Settings, wish: Wish) -> dict[str, Any]:
    picture, analysis = _analyze(analyzer, settings, wish)
    return {**to_dict(analysis), "faces": _faces(picture, analysis, analyzer.load())}


def _analyze(analyzer: MoodAnalyzer, settings: Settings, wish: Wish) -> tuple[Picture, Analysis]:
    if not wish.image and not wish.path:
        raise UnreadableImageError("The request holds no picture. Please send one.")
    picture = (
        read_data_url(wish.image, settings) if wish.image else read_upload(wish.path, settings)
    )
    found = analyzer.analyze_picture(picture)
    return picture, adjusted(found, wish.certainty, wish.smallest_face)


def _faces(picture: Picture, analysis: Analysis, models: Models) -> list[dict[str, Any]]:
    from mood.vision.crops import seen  # brings OpenCV in, which start-up does without

    preprocessing = models.classifier.spec.preprocessing
    assert preprocessing is not None
    rows, columns = picture.pixels.shape[:2]
    scale = columns / picture.size_wh[0], rows / picture.size_wh[1]
    return [
        {
            **face_to_dict(verdict),
            "crop": _data_url(
                seen(picture.pixels, verdict.face.scaled(*scale), preprocessing), "PNG"
            ),
            "crop_wh": [preprocessing.input_hw[1], preprocessing.input_hw[0]],
        }
        for verdict in analysis.faces
    ]


def _explain(analyzer: MoodAnalyzer, settings: Settings, wish: Wish) -> dict[str, Any]:
    if wish.expression not in set(Expression):
        raise UnreadableImageError("The request names no expression.")
    crop = read_data_url(wish.image, settings).pixels
    classifier = analyzer.load().classifier
    assert classifier.spec.preprocessing is not None
    if crop.shape[:2] != classifier.spec.preprocessing.input_hw:
        raise UnreadableImageError("This crop was made for another network. Read the photo again.")
    return {"map": np.round(occlusion(classifier, crop, Expression(wish.expression)), 4).tolist()}


def adjusted(analysis: Analysis, certainty: float, smallest_face: int) -> Analysis:
    """The analysis as a visitor wants it.

    Args:
        analysis: What was found.
        certainty: Top probability from which on a face is certain, 0 to 1; 0 leaves it as it is.
        smallest_face: Faces lower than so many pixels are left out.
    """
    faces = tuple(
        dataclasses.replace(face, certain=face.top_probability >= certainty)
        if 0 < certainty <= 1
        else face
        for face in analysis.faces
        if face.face.size_wh[1] >= smallest_face
    )
    return dataclasses.replace(analysis, faces=faces)


def _data_url(pixels: RGBImage, kind: str) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=88)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def _excuse(error: MoodError) -> dict[str, Any]:
    kind = next((name for leaf, name in _KINDS.items() if isinstance(error, leaf)), "unreadable")
    return {"error": kind, "message": str(error)}

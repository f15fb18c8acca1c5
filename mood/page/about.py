"""The about tab: what the program does and does not, which networks answer, how often rightly."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TypedDict

import gradio as gr

from mood.analyzer import MoodAnalyzer
from mood.models.specs import EMBEDDED_DIR
from mood.page import assets
from mood.page.browser import Inside
from mood.report.palette import looks
from mood.resources.pool import Models
from mood.types import Source


class LoadedModel(TypedDict):
    """A network that answers.

    Keys: ``task``, its name, a few words in English, where from, licence, a link or nothing, and
    whether its probabilities are calibrated; None for a network that gives none of expressions.
    """

    task: str
    name: str
    title: str
    source: str
    licence: str
    link: str
    calibrated: bool | None


def add_about_tab(analyzer: MoodAnalyzer, given: Inside) -> None:
    """Adds the contents of the about tab to the Blocks that are being built."""

    def loaded_models(data: Any = None) -> list[LoadedModel]:  # noqa: ARG001
        models = analyzer.pool.status().models
        return [] if models is None else described(models)

    gr.HTML(
        elem_id="about",
        html_template=assets.markup("about/about.html"),
        js_on_load=assets.loader("about/about.js"),
        apply_default_css=False,
        server_functions=[loaded_models],
        accuracy=accuracy(),
        licences=list(given.licences),
        palette=looks(),
    )


def described(models: Models) -> list[LoadedModel]:
    """What the tab says of the networks that are loaded."""
    expression, detector = models.classifier_weights, models.detector_weights
    calibrated = models.classifier.spec.calibrated
    return [
        {
            "task": str(spec.task),
            "name": spec.name,
            "title": spec.title,
            "source": str(source),
            "licence": spec.licence,
            "link": spec.docs if spec.docs.startswith("https://") else "",
            "calibrated": known,
        }
        for spec, source, known in (
            (expression.spec, expression.source, calibrated),
            (models.quality.spec, Source.EMBEDDED, None),
            (detector.spec, detector.source, None),
        )
    ]


def accuracy(folder: Path = EMBEDDED_DIR) -> dict[str, Any] | None:
    """What ``python -m mood.training.evaluate mini --json …`` measured of the embedded network.

    None where it left nothing, or measured another file than the one that is there.
    """
    measured, network = folder / "accuracy.json", folder / "mini.onnx"
    if not measured.is_file() or not network.is_file():
        return None
    figures: dict[str, Any] = json.loads(measured.read_text("utf-8"))
    same = hashlib.sha256(network.read_bytes()).hexdigest() == figures["sha256"]
    return figures if same else None

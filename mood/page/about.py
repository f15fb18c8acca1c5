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
from mood.report.palette import looks


class LoadedModel(TypedDict):
    """A network that answers: ``task``, a few words, where from, licence, and a link or nothing."""

    task: str
    title: str
    source: str
    licence: str
    link: str


def add_about_tab(analyzer: MoodAnalyzer) -> None:
    """Adds the contents of the about tab to the Blocks that are being built."""

    def loaded_models(data: Any = None) -> list[LoadedModel]:  # noqa: ARG001
        models = analyzer.pool.status().models
        if models is None:
            return []
        return [
            {
                "task": str(weights.spec.task),
                "title": weights.spec.title,
                "source": str(weights.source),
                "licence": weights.spec.licence,
                "link": weights.spec.docs if weights.spec.docs.startswith("https://") else "",
            }
            for weights in (models.classifier_weights, models.detector_weights)
        ]

    gr.HTML(
        elem_id="about",
        html_template=assets.text("about/about.html"),
        js_on_load=assets.loader("about/about.js"),
        apply_default_css=False,
        server_functions=[loaded_models],
        accuracy=accuracy(),
        palette=looks(),
    )


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

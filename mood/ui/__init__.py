"""The page: Gradio Blocks with thin handlers."""

from __future__ import annotations

from typing import Any

import gradio as gr

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.export import to_dict
from mood.settings import Settings
from mood.ui.live import add_live_tab

TITLE = "Mood detector"


def build(analyzer: MoodAnalyzer, settings: Settings) -> gr.Blocks:
    """The demo; nothing is loaded before its first picture."""

    def analyze(image: str) -> dict[str, Any]:
        """The faces of a picture and their expressions."""
        try:
            return to_dict(analyzer.analyze(image))
        except MoodError as error:
            raise gr.Error(str(error)) from error

    with gr.Blocks(title=TITLE) as demo:
        gr.Markdown(f"# {TITLE}")
        with gr.Tabs():
            with gr.Tab("Photo"):
                image = gr.Image(type="filepath", format="jpeg", sources=["upload", "clipboard"])
                result = gr.JSON()
                image.upload(
                    analyze,
                    image,
                    result,
                    api_name="analyze",
                    concurrency_limit=settings.concurrency,
                    concurrency_id="analyze",
                )
            with gr.Tab("Live"):
                add_live_tab(analyzer, settings)
    return demo


def mount_options() -> dict[str, Any]:
    """Keyword arguments for `gradio.mount_gradio_app`: how the page looks."""
    return {"theme": gr.themes.Base()}

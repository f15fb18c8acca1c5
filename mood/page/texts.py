"""The words of the page in all its languages: one `static/locales/LANGUAGE.json` for each."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import gradio as gr

LANGUAGES = ("en", "de", "es", "fr", "zh", "ar")

PAGE = Path(__file__).parent / "static"


@functools.cache
def translations() -> gr.I18n:
    """All texts; Gradio hands them to the browser, which picks by its language, else English.

    A text may hold ``{name}``, which the script of the page fills in.
    """
    return gr.I18n(**{language: texts(language) for language in LANGUAGES})


def texts(language: str) -> dict[str, str]:
    """The texts of one language by their keys, the same for all languages."""
    loaded: dict[str, str] = json.loads((PAGE / "locales" / f"{language}.json").read_text("utf-8"))
    return loaded

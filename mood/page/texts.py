"""The words of the page in all its languages: one `static/locales/LANGUAGE.json` for each."""

from __future__ import annotations

import functools
import json

import gradio as gr

from mood.page.assets import text

LANGUAGES = ("en", "de", "es", "fr", "zh", "ar")

_TABS = ("tab_photo", "tab_live", "tab_about")


@functools.cache
def translations() -> gr.I18n:
    """The words that Gradio writes; the browser picks by its language, else English.

    All others are fetched by the scripts of the page, in the one language that they need.
    """
    return gr.I18n(
        **{
            language: {key: text for key, text in texts(language).items() if key in _TABS}
            for language in LANGUAGES
        }
    )


def texts(language: str) -> dict[str, str]:
    """The texts of one language by their keys, the same for all languages.

    A text may hold ``{name}``, which the scripts of the page fill in.
    """
    loaded: dict[str, str] = json.loads(text(f"locales/{language}.json"))
    return loaded

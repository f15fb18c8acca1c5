"""The page: Gradio Blocks with thin handlers."""

from __future__ import annotations

from typing import Any

import gradio as gr

from mood.analyzer import MoodAnalyzer
from mood.page import assets
from mood.page.about import add_about_tab
from mood.page.api import add_api, explain
from mood.page.browser import Inside, inside
from mood.page.live import add_live_tab
from mood.page.photo import add_photo_tab
from mood.page.texts import translations

TITLE = "Mood detector"


def build(analyzer: MoodAnalyzer, given: Inside | None = None) -> gr.Blocks:
    """The demo; nothing is loaded before its first picture.

    Args:
        analyzer: Reads photos, and what browsers do not read themselves.
        given: What browsers are given, where that is known already; its files are to be served.
    """
    say = translations()
    given = given or inside(analyzer)
    demo = gr.Blocks(title=TITLE, fill_width=True)
    with demo:
        gr.HTML(
            assets.markup("shared/header.html"),
            elem_id="header",
            js_on_load=assets.loader("shared/page.js"),
        )
        with gr.Tabs():
            with gr.Tab(say("tab_photo"), id="photo"):
                add_photo_tab(analyzer)
            with gr.Tab(say("tab_live"), id="live"):
                add_live_tab(analyzer, given)
            with gr.Tab(say("tab_about"), id="about"):
                add_about_tab(analyzer, given)
        add_api(analyzer)
    explain(demo)
    # Mounting does not set this, and without it Gradio copies any file of the server that a
    # request names into the folder of uploads, whence it can be fetched.
    demo.has_launched = True
    return demo


def mount_options() -> dict[str, Any]:
    """Keyword arguments for `gradio.mount_gradio_app`: look, languages, what the footer shows."""
    return {
        "theme": _theme(),
        "i18n": translations(),
        "footer_links": [],
        "favicon_path": str(assets.STATIC / "app" / "logo.svg"),
    }


def _theme() -> gr.themes.Base:
    # The fonts of the visitor's system: nothing is fetched from anywhere.
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    theme = gr.themes.Base(
        primary_hue="indigo", neutral_hue="slate", radius_size="lg", font=fonts, font_mono=mono
    )
    return theme.set(
        body_background_fill="#f6f7f9",
        body_background_fill_dark="#0f1319",
        block_background_fill="#ffffff",
        block_background_fill_dark="#171c24",
        border_color_primary="#dfe3ea",
        border_color_primary_dark="#2b323d",
        body_text_color="#1b2230",
        body_text_color_dark="#e8ecf2",
        body_text_color_subdued="#556072",
        body_text_color_subdued_dark="#a3adbd",
    )

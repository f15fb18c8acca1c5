"""The page: Gradio Blocks with thin handlers, and the API that others call."""

from __future__ import annotations

from typing import Any

import gradio as gr

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.page import assets
from mood.page.about import add_about_tab
from mood.page.live import add_live_tab
from mood.page.photo import add_photo_tab
from mood.page.safe_image import SafeImage
from mood.page.texts import translations
from mood.report.export import to_dict
from mood.settings import Settings
from mood.vision.picture import Picture

TITLE = "Mood detector"


def build(analyzer: MoodAnalyzer, settings: Settings) -> gr.Blocks:
    """The demo; nothing is loaded before its first picture."""
    say = translations()
    # Uploads are looked through every five minutes, and go when they are ten minutes old.
    demo = gr.Blocks(title=TITLE, delete_cache=(300, 600), fill_width=True)
    with demo:
        gr.HTML(
            assets.text("shared/header.html"),
            elem_id="header",
            js_on_load=assets.loader("shared/page.js"),
        )
        with gr.Tabs():
            with gr.Tab(say("tab_photo"), id="photo"):
                add_photo_tab(analyzer, settings)
            with gr.Tab(say("tab_live"), id="live"):
                add_live_tab(analyzer, settings)
            with gr.Tab(say("tab_about"), id="about"):
                add_about_tab(analyzer)
        _add_api(analyzer, settings)
    # Mounting does not set this, and without it Gradio copies any file of the server that a
    # request names into the folder of uploads, whence it can be fetched.
    demo.has_launched = True
    return demo


def _add_api(analyzer: MoodAnalyzer, settings: Settings) -> None:
    def analyze(image: Picture) -> dict[str, Any]:
        """Finds the faces of a picture and says which expression each shows.

        Args:
            image: JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF: an uploaded file or a data URL.

        Returns:
            width and height of the picture in pixels; faces, each with bbox_xyxy in pixels,
            expression (null where uncertain), probabilities of all expressions, and certain; model
            and detector that answered, and duration_ms.
        """
        try:
            with analyzer.turn():
                return to_dict(analyzer.analyze_picture(image))
        except MoodError as error:
            raise gr.Error(str(error), print_exception=False) from error

    image = SafeImage(settings, label="image", visible=False)
    result = gr.JSON(label="analysis", visible=False)
    gr.Button(visible=False).click(
        analyze,
        image,
        result,
        api_name="analyze",
        concurrency_limit=settings.concurrency,
        concurrency_id="analyze",
        show_progress="hidden",
    )


def mount_options() -> dict[str, Any]:
    """Keyword arguments for `gradio.mount_gradio_app`: look, languages, what the footer shows."""
    return {
        "theme": _theme(),
        "head": assets.head(),
        "i18n": translations(),
        "footer_links": ["api"],
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

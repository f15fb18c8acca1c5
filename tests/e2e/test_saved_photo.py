"""The saved photo is what is on the screen: its frames, its words, a key where there is no room."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from mood.report.palette import COLOURS, rgb
from mood.types import Expression
from tests.e2e.conftest import EXAMPLES, press, without_read_back
from tests.e2e.test_photo import read, saved

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


def note_what_is_written(page) -> None:
    page.evaluate(
        """() => {
          window.written = [];
          const pen = CanvasRenderingContext2D.prototype;
          const { fillText } = pen;
          pen.fillText = function (text, x, y, ...rest) {
            window.written.push({ text, y, font: this.font, direction: this.direction });
            return fillText.call(this, text, x, y, ...rest);
          };
        }"""
    )


@pytest.mark.parametrize(
    ("locale", "words", "direction"),
    [("de-DE", "Freude", "ltr"), ("zh-CN", "高兴", "ltr"), ("ar-EG", "سعادة", "rtl")],
)
def test_the_saved_photo_says_what_the_page_says_in_its_font(open_page, locale, words, direction):
    page = open_page(locale=locale)
    read(page, EXAMPLES / "astronaut.jpg")
    note_what_is_written(page)
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    with Image.open(io.BytesIO(saved(page, "photo"))) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert not [each for each in asked if "component_server" in each], "it is drawn here"
    (written,) = page.evaluate("window.written")
    assert written["text"] == page.locator("#photo .hits .tag").inner_text()
    assert words in written["text"]
    assert written["direction"] == direction
    family = page.locator("#photo .photo").evaluate("(node) => getComputedStyle(node).fontFamily")
    assert family.split(",")[0].strip("\"'") in written["font"]
    box = page.locator("#photo .hits button").evaluate(
        """(hit) => {
          const { offsetWidth: width, offsetHeight: height } = hit.offsetParent;
          return [hit.offsetLeft / width, (hit.offsetTop + hit.offsetHeight / 2) / height];
        }"""
    )
    x, y = round(box[0] * pixels.shape[1]), round(box[1] * pixels.shape[0])
    near = np.abs(pixels[y, x - 8 : x + 9] - rgb(COLOURS[Expression.HAPPINESS])).sum(axis=1)
    assert near.min() < 60, "the frame is where it is on the screen"


def test_what_has_no_room_in_the_photo_stands_in_a_key_below_it(open_page):
    page = open_page()
    read(page, EXAMPLES / "musicians.jpg")
    note_what_is_written(page)
    page.evaluate(
        """() => {
          const pen = CanvasRenderingContext2D.prototype;
          const { measureText } = pen;
          pen.measureText = function (text) {
            const { width } = measureText.call(this, text);
            return { width: text.length > 3 ? 20 * width : width };
          };
        }"""
    )
    with page.expect_download() as waiting:
        press(page, "[data-save=photo]")
    with (
        Image.open(waiting.value.path()) as picture,
        Image.open(EXAMPLES / "musicians.jpg") as given,
    ):
        assert picture.height / picture.width > 1.05 * given.height / given.width
    texts = [each["text"] for each in page.evaluate("window.written")]
    numbers = [text for text in texts if re.fullmatch(r"\d", text)]
    rows = [text for text in texts if not re.fullmatch(r"\d", text)]
    assert len(numbers) >= 2
    key = [row.split(" · ")[0] for row in rows if row.split(" · ")[0] in numbers]
    assert key == sorted(numbers)
    for row in rows:
        number, _, said = row.partition(" · ")
        word = said.split(" ")[0]
        card = page.locator(f"#photo .card[data-face='{number}']")
        expect(card).to_contain_text(word)


def test_without_labels_nothing_is_written(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo .settings summary")
    page.uncheck("#photo [data-set=labels]")
    note_what_is_written(page)
    assert saved(page, "photo")
    assert page.evaluate("window.written") == []


def test_where_a_canvas_gives_back_noise_the_server_writes_the_words_of_the_page(open_page):
    page = open_page(locale="de-DE")
    read(page, EXAMPLES / "astronaut.jpg")
    without_read_back(page)
    asked = []
    page.on("request", lambda sent: asked.append(sent.post_data or ""))
    assert Image.open(io.BytesIO(saved(page, "photo"))).format == "JPEG"
    (question,) = [json.loads(each) for each in asked if "annotate_photo" in each]
    (caption,) = question["data"]["captions"]
    assert caption in page.locator("#photo .hits .tag").inner_text()
    assert caption.startswith("Freude")
    assert question["data"]["key"] is True


def test_a_framed_picture_that_cannot_be_had_is_said_and_can_be_asked_for_again(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    without_read_back(page)

    def fail(route) -> None:
        asked = route.request.post_data or ""
        route.abort() if "annotate_photo" in asked else route.continue_()

    page.route("**/component_server/**", fail)
    press(page, "[data-save=photo]")
    expect(page.locator("#photo .notice")).to_contain_text("does not answer")
    page.unroute("**/component_server/**")
    assert Image.open(io.BytesIO(saved(page, "photo"))).format == "JPEG"

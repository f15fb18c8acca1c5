"""A network that comes from the Hub, here its stand-in, as the page tells of it."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import EXAMPLES, WAIT_MS, serving
from tests.hub_standin import COMMIT, mobilefacenet_network, serve

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("onnx")
expect = playwright.expect

pytestmark = pytest.mark.browser

DESCRIPTION = {
    "labels": ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"],
    "input_hw": [112, 112],
    "colour": "rgb",
}


def test_a_download_is_shown_in_bytes_and_an_expression_that_it_lacks_is_named(browser, tmp_path):
    files = {"own.onnx": mobilefacenet_network(), "own.json": json.dumps(DESCRIPTION).encode()}
    with (
        serve(files) as hub,
        serving(
            tmp_path,
            MOOD_MODEL=f"hf://someone/faces/own.onnx@{COMMIT}",
            HF_ENDPOINT=hub.url,
            HF_HUB_OFFLINE="0",
            MOOD_HUB_WAIT_S="60",
            HF_HOME=str(tmp_path / "cache"),
        ) as server,
        browser.new_context(locale="en-GB") as context,
    ):
        hub.behaviour = "trickle"
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(server.url)
        page.set_input_files("#photo input[type=file]", EXAMPLES / "astronaut.jpg")
        expect(page.locator("#photo [data-part=busy]")).to_contain_text("Fetching own.onnx: ")
        expect(page.locator("#photo [data-part=busy]")).to_contain_text(" of 1.1 MB")
        expect(page.locator("#photo .verdict")).to_contain_text("sadness")
        answered = page.locator("#photo [data-part=answered]")
        expect(answered).to_contain_text("(from the Hugging Face Hub), faces found by")
        contempt = page.locator("#photo [data-expression=contempt]")
        expect(contempt).to_contain_text("not known to this model")
        page.get_by_role("tab").nth(2).click()
        about = page.locator("#about [data-part=models]")
        expect(about).to_contain_text("from the Hugging Face Hub")
        expect(about).to_contain_text("Nobody has measured its probabilities yet")

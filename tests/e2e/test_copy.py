"""Copying the code below a photo, where browsers give pages the clipboard and where they do not."""

from __future__ import annotations

import json
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import EXAMPLES, WAIT_MS, press
from tests.e2e.test_photo import read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


@pytest.fixture
def at_home(launch, server):
    """The page as a home network has it: by a name, on plain http."""
    browser = launch("--host-resolver-rules=MAP mood.home 127.0.0.1")
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(f"http://mood.home:{urlsplit(server.url).port}")
    page.locator("#photo .settings summary").wait_for()
    yield page
    browser.close()


def copy(page) -> str:
    """Presses the button, and returns the code that it is beside."""
    press(page, "[data-do=share]")
    code = page.locator(".code code")
    expect(code).to_contain_text("astronaut.jpg")
    page.click(".code [data-do=copy]")
    return str(code.inner_text())


def test_on_plain_http_the_code_is_copied_and_the_page_says_so(at_home):
    page = at_home
    assert not page.evaluate("isSecureContext")
    read(page, EXAMPLES / "astronaut.jpg")
    code = copy(page)
    expect(page.locator(".code [data-part=copied]")).to_have_text("Copied.")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.code")).to_be_hidden()
    page.evaluate("document.body.append(document.createElement('textarea'))")
    pasted = page.locator("body > textarea")
    pasted.focus()
    page.keyboard.press("Control+V")
    assert pasted.input_value().strip() == code.strip()
    assert "mood.home" in code


def test_a_browser_that_copies_nothing_for_pages_says_how_to_do_it_by_hand(at_home):
    page = at_home
    page.evaluate("document.execCommand = () => false")
    read(page, EXAMPLES / "astronaut.jpg")
    code = copy(page)
    expect(page.locator(".code [data-part=copied]")).to_contain_text("Ctrl+C")
    assert page.evaluate("String(getSelection())").strip() == code.strip()


def test_what_was_copied_is_not_said_of_other_code(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    read(page, EXAMPLES / "astronaut.jpg")
    code = copy(page)
    expect(page.locator(".code [data-part=copied]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == code
    page.click(".code [data-code='rest.py']")
    expect(page.locator(".code [data-part=copied]")).to_be_empty()


@pytest.mark.parametrize("client", ["rest.sh", "curl.sh"])
def test_the_code_asks_with_the_choices_of_the_page(open_page, tmp_path, client):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo .settings > summary")
    page.select_option("#photo [data-set=model]", "mini")
    page.locator("#photo [data-set=certainty]").fill("60")
    page.locator("#photo [data-part=counted] label:has([value=happiness])").click()
    page.keyboard.press("Escape")
    copy(page)
    page.click(f".code [data-code='{client}']")
    first = "rest.sh" if client == "rest.sh" else "gradio_api"
    expect(page.locator(".code code")).to_contain_text(first)
    script = tmp_path / client
    script.write_text(page.locator(".code code").inner_text())
    done = subprocess.run(["sh", script], cwd=EXAMPLES, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    [face] = (answer[0] if isinstance(answer, list) else answer)["faces"]
    assert face["probabilities"]["happiness"] == 0
    assert face["top"] != "happiness"

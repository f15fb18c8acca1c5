"""The document of the page: what is in it before any script has run."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re

import httpx
import pytest
from PIL import Image
from starlette.testclient import TestClient

from mood.page.assets import STATIC
from mood.page.document import language_of
from mood.page.texts import LANGUAGES, texts
from mood.settings import Settings
from mood.types import Expression
from tests.serving.apps import served, stand_in

EMOJI = re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(served(stand_in()), base_url="https://mood.example")


@pytest.fixture(scope="module")
def document(client) -> str:
    """As a browser gets it."""
    return str(client.get("/").text)


def meta(document: str, name: str) -> list[str]:
    return re.findall(rf'<meta (?:property|name)="{name}" content="([^"]*)"', document)


def test_there_is_a_symbol_for_each_mood(document):
    body = document[document.index("<body") :]
    symbols = re.findall(r'<symbol id="mood-(\w+)"[^>]*><path d="([^"]+)"', body)
    assert [name for name, _ in symbols] == [*Expression, "uncertain"]
    assert len({lines for _, lines in symbols}) == len(symbols)


def test_no_emoji_is_on_the_page(document):
    assert not EMOJI.findall(document)
    for path in [
        each for kind in ("js", "css", "html", "json") for each in STATIC.rglob(f"*.{kind}")
    ]:
        assert not EMOJI.findall(path.read_text("utf-8")), path


def test_what_the_first_tab_needs_is_fetched_before_a_script_runs(document):
    head = document[: document.index("</head>")]
    assert re.search(r'<link rel="modulepreload" href="page/[0-9a-f]{12}/photo/photo\.js">', head)


def test_a_link_shows_title_description_and_picture_of_ours(client, document):
    assert "gradio" not in document[: document.index("<style>")].lower()
    assert meta(document, "og:title") == ["Mood detector"]
    (about,) = meta(document, "og:description")
    assert about.startswith(texts("en")["tagline"])
    assert meta(document, "description") == [about]
    (address,) = meta(document, "og:image")
    assert address.startswith("https://mood.example/page/")
    picture = Image.open(io.BytesIO(client.get(address).content))
    assert picture.size == (1200, 630)


def test_it_can_be_installed(client, document):
    (address,) = re.findall(r'<link rel="manifest" href="([^"]+)"', document)
    manifest = client.get(f"/{address}").json()
    here = httpx.URL("https://mood.example/some/where/").join(address)
    assert str(here.join(manifest["start_url"])) == "https://mood.example/some/where/"
    sizes = []
    for icon in manifest["icons"]:
        answer = client.get(f"/{address.rpartition('/')[0]}/{icon['src']}")
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(answer.content)).size
            assert icon["sizes"] == f"{width}x{height}"
            sizes.append((width, icon.get("purpose", "any")))
    assert {(192, "any"), (512, "any"), (512, "maskable")} <= set(sizes)


def test_the_icon_is_the_logo_and_is_made_in_no_other_size(client):
    icon = client.get("/favicon.ico")
    assert icon.content == (STATIC / "app" / "logo.svg").read_bytes()
    assert client.get("/pwa_icon/100000").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_and_drop_area_are_there_in_the_language_of_the_browser(client, language):
    document = client.get("/", headers={"accept-language": f"{language}-XX,en;q=0.5"}).text
    body = html.unescape(document[document.index("<body") : document.index("<gradio-app")])
    for key in ("title", "promise", "drop_title", "drop_button", "sample"):
        assert texts(language)[key] in body
    assert texts(language)["drop_hint"].format(mb=Settings().max_upload_mb) in body
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in document


def test_the_language_is_the_first_one_of_the_browser_as_in_its_scripts():
    accepted = ("de-AT,de;q=0.9,en;q=0.8", "ZH", "ja,de", "", "*", "fr;q=0.5")
    assert [language_of(each) for each in accepted] == ["de", "zh", "en", "en", "en", "fr"]


def test_calls_that_nobody_sees_do_not_travel(document):
    assert "code_snippets" not in document
    assert '"/analyze_batch"' in document


def test_the_waking_page_runs_its_script_in_all_languages():
    page = (STATIC / "waking.html").read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = hashlib.sha256(script.encode()).digest()
    assert f"script-src 'sha256-{base64.b64encode(digest).decode()}'" in page
    assert {"en", *re.findall(r"^  (\w+): \[", script, re.M)} == set(LANGUAGES)

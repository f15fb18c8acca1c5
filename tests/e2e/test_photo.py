"""The photo tab in a real Chromium, against a real server with the embedded networks."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from mood.types import Expression
from tests.e2e.conftest import EXAMPLES, press

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def choose(page, *photos: Path) -> None:
    page.set_input_files("#photo input[type=file]", list(photos))


def read(page, *photos: Path) -> None:
    choose(page, *photos)
    expect(page.locator("#photo .detail")).to_be_visible(timeout=60_000)
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)


@pytest.mark.parametrize("example", ["mariachi", "musicians"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_label_lies_on_another_or_leaves_the_picture(open_page, viewport, example):
    page = open_page(viewport=viewport)
    read(page, EXAMPLES / f"{example}.jpg")
    tags, picture = page.evaluate(
        """() => {
          const box = (each) => each.getBoundingClientRect().toJSON();
          const tags = [...document.querySelectorAll("#photo .hits .tag")].map(box);
          return [tags.filter((tag) => tag.width), box(document.querySelector("#photo .picture"))];
        }"""
    )
    cards = page.locator("#photo .card").count()
    assert 2 <= cards - 1 <= len(tags) <= cards
    for at, tag in enumerate(tags):
        assert picture["top"] <= tag["top"]
        assert tag["bottom"] <= picture["bottom"]
        for other in tags[:at]:
            beside = tag["right"] <= other["left"] or other["right"] <= tag["left"]
            assert beside or tag["bottom"] <= other["top"] or other["bottom"] <= tag["top"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_photo_is_read(open_page, viewport):
    page = open_page(viewport=viewport)
    read(page, EXAMPLES / "astronaut.jpg")
    card = page.locator("#photo .card")
    expect(card).to_have_count(1)
    expect(card.locator(".verdict")).to_contain_text("happiness")
    rows = card.locator(".bars li")
    expect(rows.first).to_contain_text("happiness> 99%")
    expect(rows.last).to_have_text("others, each under 1%")
    assert 2 <= rows.count() < len(Expression)
    expect(page.locator("#photo")).not_to_contain_text("100%")
    expect(page.locator("#photo .picture img")).to_have_attribute("alt", re.compile("happiness"))
    expect(page.locator("#photo [role=status]").first).to_contain_text("happiness")
    expect(page.locator("#photo")).to_contain_text("Read by mini (built in)")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_example_is_read_by_a_click(open_page):
    page = open_page()
    page.click("[data-example=grace_hopper]")
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")


def test_frames_lie_around_the_faces(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    frame, picture = page.evaluate(
        """() => ["#photo .hits button", "#photo .picture img"].map((selector) => {
          const box = document.querySelector(selector).getBoundingClientRect();
          return [box.left, box.top, box.right, box.bottom];
        })"""
    )
    scale = 512 / (picture[2] - picture[0])
    box = [(frame[side] - picture[side % 2]) * scale for side in range(4)]
    assert box == pytest.approx([178, 62, 268, 175], abs=15)
    expect(page.locator("#photo .hits .tag")).to_contain_text("happiness")
    page.click("#photo .settings summary")
    page.uncheck("#photo [data-set=labels]")
    expect(page.locator("#photo .hits .tag")).to_be_hidden()


def test_a_format_that_no_browser_opens_is_read_and_shown(open_page, tmp_path):
    photo = tmp_path / "scan.tiff"
    Image.open(EXAMPLES / "astronaut.jpg").save(photo)
    page = open_page()
    read(page, photo)
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    expect(page.locator("#photo .picture")).to_have_class(re.compile("drawn"))
    image = page.locator("#photo .picture img")
    page.wait_for_function("(node) => node.naturalWidth >= 512", arg=image.element_handle())


def test_a_face_is_chosen_by_a_click_on_it(open_page):
    page = open_page()
    read(page, EXAMPLES / "mariachi.jpg")
    hits = page.locator("#photo .hits button:not(.unreadable)")
    assert hits.count() == page.locator("#photo .card").count() >= 3
    last = hits.count() - 1
    hits.nth(last).click()
    expect(page.locator("#photo .card").nth(last)).to_have_class(re.compile("chosen"))
    expect(page.locator("#photo .card.chosen")).to_have_count(1)
    page.locator("#photo .card .head").first.click()
    expect(hits.first).to_have_attribute("aria-pressed", "true")


def test_a_wall_is_no_error(open_page, tmp_path):
    wall = tmp_path / "wall.jpg"
    Image.new("RGB", (320, 240), "white").save(wall)
    page = open_page()
    read(page, wall)
    expect(page.locator("#photo .notice")).to_contain_text("No face was found")
    expect(page.locator("#photo .card")).to_have_count(0)


def test_what_is_no_picture_gets_a_sentence_and_the_next_photo_works(open_page, tmp_path):
    notes = tmp_path / "notes.jpg"
    notes.write_text("no picture at all")
    page = open_page()
    read(page, notes)
    expect(page.locator("#photo .notice")).to_contain_text("not a picture")
    expect(page.locator("#photo .notice")).to_contain_text("Please send JPEG, PNG")
    read(page, EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


def test_the_page_counts_the_photos_while_it_reads_them(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          window.told = [];
          const told = document.querySelector("#photo [data-part=busy]");
          new MutationObserver(() => window.told.push(told.textContent))
            .observe(told, { childList: true });
        }"""
    )
    read(page, EXAMPLES / "astronaut.jpg", EXAMPLES / "mona_lisa.jpg")
    told = page.evaluate("window.told")
    assert [each for each in told if "photo" in each and "of" in each] == [
        "Reading photo 1 of 2 …",
        "Reading photo 2 of 2 …",
    ]


def test_a_file_name_is_shown_as_text(open_page, tmp_path):
    page = open_page()
    photo = tmp_path / "<img src=x onerror=alert(1)>.jpg"
    photo.write_bytes((EXAMPLES / "astronaut.jpg").read_bytes())
    read(page, photo, EXAMPLES / "mona_lisa.jpg")
    expect(page.locator("#photo .gallery")).to_contain_text("<img src=x onerror=alert(1)>.jpg")


def test_several_photos_make_a_room(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg", EXAMPLES / "grace_hopper.jpg")
    expect(page.locator("#photo .gallery .open")).to_have_count(2)
    room = page.locator("#photo .room")
    expect(room.get_by_role("heading")).to_have_text("What the faces show")
    expect(room).to_contain_text("2 photos · 2 faces")
    expect(room.locator("[data-mood=happiness]")).to_have_text(re.compile("happiness 1$"))
    expect(room.locator("[data-mood=neutral]")).to_have_text(re.compile("neutral 1$"))
    page.locator("#photo .gallery .open").nth(1).click()
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")
    press(page, "[data-do=clear]")
    expect(page.locator("#photo .gallery")).to_be_hidden()
    expect(page.locator("#photo .detail")).to_be_hidden()


def saved(page, kind: str) -> bytes:
    with page.expect_download() as waiting:
        press(page, f"[data-save={kind}]")
    assert waiting.value.suggested_filename.startswith("astronaut-mood.")
    return Path(waiting.value.path()).read_bytes()


def test_the_result_is_saved_as_jpeg_json_and_csv(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    picture = Image.open(io.BytesIO(saved(page, "photo")))
    assert picture.format == "JPEG"
    result = json.loads(saved(page, "json"))
    assert [face["expression"] for face in result["faces"]] == ["happiness"]
    assert "crop" not in result["faces"][0]
    (row,) = csv.DictReader(io.StringIO(saved(page, "csv").decode()))
    assert (row["verdict"], row["expression"]) == ("certain", "happiness")
    assert sum(float(row[each]) for each in Expression) == pytest.approx(1, abs=0.001)


def test_where_numbers_have_a_comma_the_table_is_one_for_excel_unless_another_is_chosen(open_page):
    page = open_page(locale="de-DE")
    read(page, EXAMPLES / "astronaut.jpg")
    (row,) = csv.DictReader(io.StringIO(saved(page, "csv").decode()), delimiter=";")
    assert 0.5 < float(row["happiness"].replace(",", ".")) < 1
    page.click("#photo .settings summary")
    page.select_option("[data-set=table]", "comma")
    (row,) = csv.DictReader(io.StringIO(saved(page, "csv").decode()))
    assert 0.5 < float(row["happiness"]) < 1
    expect(page.locator("#photo [data-do=again]")).to_be_hidden()


def test_certainty_can_be_raised(open_page):
    page = open_page()
    read(page, EXAMPLES / "grace_hopper.jpg")
    probability = page.locator("#photo .share-of").inner_text()
    assert int(probability.rstrip("%")) < 95
    page.click("#photo .settings summary")
    page.locator("[data-set=certainty]").fill("95")
    expect(page.locator("#photo .card .verdict")).to_contain_text("uncertain")


def test_small_faces_can_be_left_out(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo .settings summary")
    page.locator("#photo [data-set=smallest]").fill("200")
    expect(page.locator("#photo .notice")).to_contain_text("No face was found")
    page.get_by_role("tab").nth(1).click()
    expect(page.locator(".live [data-set=smallest]")).to_have_value("200")


@pytest.mark.parametrize("kind", sorted(path.name for path in EXAMPLES.glob("clients/*")))
def test_the_code_names_this_server_and_photo(open_page, server, kind):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    press(page, "[data-do=share]")
    page.click(f".code [data-code='{kind}']")
    code = page.locator(".code code")
    lines = (EXAMPLES / "clients" / kind).read_text().splitlines()
    expect(code).to_contain_text(next(line for line in lines if len(line) > 20))
    assert re.search(f"[\"']{server.url}[\"']", code.inner_text())
    assert re.search("[\"']astronaut.jpg[\"']", code.inner_text())


def test_the_keyboard_is_enough(open_page):
    page = open_page()
    page.locator("[data-example=astronaut]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#photo .card")).to_have_count(1)
    page.locator("#photo [data-do=why]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#photo .reason")).not_to_be_empty(timeout=30_000)


@pytest.mark.parametrize(
    ("locale", "word", "direction"),
    [
        ("de-AT", "Freude", "ltr"),
        ("es-MX", "alegría", "ltr"),
        ("fr-FR", "joie", "ltr"),
        ("zh-CN", "高兴", "ltr"),
        ("ar-EG", "سعادة", "rtl"),
        ("ja-JP", "happiness", "ltr"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(open_page, locale, word, direction):
    page = open_page(locale=locale)
    read(page, EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .card .verdict")).to_contain_text(word)
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == direction


def test_about_says_what_answers_and_how_often_it_is_right(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.get_by_role("tab").nth(2).click()
    networks = page.locator("#about [data-part=models]")
    expect(networks).to_contain_text("libfacedetection")
    expect(networks.locator("dd")).to_have_count(3)
    expect(networks).to_contain_text("built in")
    expect(networks).not_to_contain_text("Nobody has measured")
    rows = page.locator("#about tbody tr")
    expect(rows).to_have_count(len(Expression))
    expect(rows.first).to_be_visible()
    expect(rows.first).to_contain_text("%")


def test_nothing_is_written_to_disk(open_page, server):
    before = set(server.uploads.rglob("*"))
    page = open_page()
    read(page, EXAMPLES / "mona_lisa.jpg")
    assert set(server.uploads.rglob("*")) == before

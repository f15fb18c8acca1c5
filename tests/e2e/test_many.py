"""Many faces and many photos: what one can still find, sort and take away."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES, press
from tests.e2e.test_album import failing
from tests.e2e.test_photo import PHONE, read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

DIM = re.compile(r"\bdim\b")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture with the people of three examples, each twice."""
    picture = Image.new("RGB", (1600, 1100), "white")
    for at, name in enumerate(("three_people", "mariachi", "opera") * 2):
        with Image.open(EXAMPLES / f"{name}.jpg") as photo:
            photo.thumbnail((530, 520))
            picture.paste(photo, (at % 3 * 535, at // 3 * 540))
    path = tmp_path_factory.mktemp("crowd") / "crowd.jpg"
    picture.save(path, quality=95)
    return path


def lit(nodes) -> list[bool]:
    return nodes.evaluate_all("(all) => all.map((node) => !node.classList.contains('dim'))")


def test_what_is_pressed_in_the_legend_is_lit_in_the_photo_and_among_the_cards(open_page):
    page = open_page()
    read(page, EXAMPLES / "mariachi.jpg")
    legend = page.locator("#photo .shows .legend")
    happy = legend.locator("[data-kind=happiness]")
    unread = legend.locator("[data-kind=unreadable]")
    count = int(happy.locator("b").inner_text())
    cards, frames = page.locator("#photo .card"), page.locator("#photo .hits > button")
    assert 0 < count < cards.count()
    happy.click()
    expect(happy).to_have_attribute("aria-pressed", "true")
    assert sum(lit(cards)) == sum(lit(frames)) == count
    for card in cards.all():
        said = "happiness" in card.locator(".verdict").inner_text()
        assert said is not bool(DIM.search(card.get_attribute("class") or ""))
    unread.click()
    assert sum(lit(frames)) == count + int(unread.locator("b").inner_text())
    assert all(lit(page.locator("#photo .unread li")))
    legend.locator("[data-do=all]").click()
    assert all(lit(frames))
    assert all(lit(cards))
    expect(happy).to_have_attribute("aria-pressed", "false")


def test_one_face_has_no_legend(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .shows")).to_be_hidden()


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_the_cards_of_a_crowd_are_a_grid_that_can_be_sorted(open_page, crowd, viewport):
    page = open_page(viewport=viewport) if viewport else open_page()
    read(page, crowd)
    cards = page.locator("#photo .card")
    assert cards.count() > 7
    lefts = {card.bounding_box()["x"] for card in cards.all()}
    assert len(lefts) > 1
    numbers = cards.evaluate_all("(all) => all.map((card) => Number(card.dataset.face))")
    assert numbers == sorted(numbers)
    page.select_option("[data-set=order]", "certainty")
    shares = [
        int(re.sub(r"\D", "", text)) + (">" in text)
        for text in page.locator("#photo .card .share-of").all_inner_texts()
    ]
    assert shares == sorted(shares, reverse=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_all_photos_are_saved_as_one_table_and_one_json_with_their_names(open_page, tmp_path):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg", EXAMPLES / "mariachi.jpg", failing(tmp_path))

    def saved(kind: str) -> str:
        with page.expect_download() as waiting:
            press(page, f"[data-all={kind}]")
        assert waiting.value.suggested_filename == f"photos-mood.{kind}"
        return Path(waiting.value.path()).read_text("utf-8")

    *rows, last = csv.DictReader(io.StringIO(saved("csv")))
    assert {row["photo"] for row in rows} == {"astronaut.jpg", "mariachi.jpg"}
    assert (last["photo"], last["reason"], last["face"]) == ("notes.jpg", "unreadable", "")
    assert rows[0]["expression"] == "happiness"
    answer = json.loads(saved("json"))
    assert [len(each["faces"]) for each in answer["photos"]] == [1, len(rows) - 1]
    assert answer["failed"] == [{"photo": "notes.jpg", "error": "unreadable"}]


def test_settings_act_at_once_and_what_is_saved_follows(open_page):
    page = open_page()
    read(page, EXAMPLES / "mariachi.jpg")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    cards = page.locator("#photo .card")
    before = cards.count()
    page.click("#photo .settings summary")
    page.locator("[data-set=smallest]").fill("148")
    expect(cards).to_have_count(1)
    assert before > 1
    page.uncheck("[data-set=unreadable]")
    page.locator("#photo [data-part=counted]").get_by_label("happiness").uncheck()
    expect(cards.locator(".verdict")).not_to_contain_text("happiness")
    page.locator("[data-set=certainty]").fill("95")
    expect(cards.locator(".verdict")).to_contain_text("uncertain")
    with page.expect_download() as waiting:
        press(page, "[data-save=json]")
    saved = json.loads(Path(waiting.value.path()).read_text("utf-8"))
    assert [face["verdict"] for face in saved["faces"]] == ["uncertain"]
    assert saved["certainty"] == 0.95
    assert saved["faces"][0]["probabilities"]["happiness"] == 0
    page.click("#photo .settings summary")
    page.locator("[data-set=smallest]").fill("16")
    page.locator("#photo [data-part=counted]").get_by_label("happiness").check()
    page.locator("[data-set=certainty]").fill("0")
    expect(cards).to_have_count(before)
    assert not [each for each in asked if '"image"' in each], "nothing was read again"


def test_faces_lower_than_those_that_were_looked_for_are_looked_for_by_itself(open_page):
    page = open_page()
    page.click("#photo .settings summary")
    page.locator("[data-set=smallest]").fill("148")
    read(page, EXAMPLES / "mariachi.jpg")
    cards = page.locator("#photo .card")
    expect(cards).to_have_count(1)
    page.click("#photo .settings summary")
    page.locator("[data-set=smallest]").fill("16")
    expect(cards).to_have_count(3)


def test_at_least_two_expressions_count(open_page):
    page = open_page()
    page.click("#photo .settings summary")
    boxes = page.locator("#photo [data-part=counted] input")
    for box in boxes.all()[2:]:
        box.uncheck()
    expect(boxes.nth(0)).to_be_disabled()
    boxes.nth(2).check()
    expect(boxes.nth(0)).to_be_enabled()


def test_networks_are_told_to_people_and_those_that_cannot_be_had_say_why(open_page):
    page = open_page()
    page.click("#photo .settings summary")
    note = page.locator("#photo [data-part=model-note]")
    expect(note).to_contain_text("1.4 MB · right about")
    expect(note).to_contain_text("ready")
    choices = page.locator("#photo [data-set=model]")
    expect(choices).to_contain_text("Mini (built in) · ready")
    ferplus = choices.locator("[value=ferplus]")
    expect(ferplus).to_be_disabled()
    expect(ferplus).to_have_text("FER+ (large) · not here, and this server may not fetch it")

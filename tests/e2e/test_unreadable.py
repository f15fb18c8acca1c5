"""What the page shows of faces that cannot be read, in a real Chromium.

The server's answers are changed on their way, so that which faces these are does not hang on the
networks.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from mood.types import Expression, Reason
from tests.e2e.conftest import EXAMPLES, press

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

MARIACHI = EXAMPLES / "mariachi.jpg"
SERVER = "**/component_server/**"
WHY = {0: "too_small", 2: "not_a_face", 4: "turned_away"}
"""The place of a face among those of a photo → why it cannot be read."""


def say_unreadable(face: dict, reason: str | None) -> None:
    verdict = "unreadable" if reason else face["verdict"]
    if verdict == "unreadable" and not reason:
        verdict, reason = "uncertain", None
    expression = face["expression"] if verdict == "certain" else None
    face |= {"verdict": verdict, "reason": reason, "expression": expression}


def make_unreadable(page, reasons: dict[int, str], name: str = "read_photo") -> None:
    """Has the server say of these faces, and of no others, that they cannot be read."""

    def answer(route) -> None:
        if name not in (route.request.post_data or ""):
            route.continue_()
            return
        response = route.fetch()
        content = response.json()
        for at, face in enumerate(content.get("faces", [])):
            say_unreadable(face, reasons.get(at))
        route.fulfill(response=response, json=content)

    page.route(SERVER, answer)


def read(page, *photos: Path) -> None:
    page.set_input_files("#photo input[type=file]", list(photos))
    expect(page.locator("#photo .detail")).to_be_visible(timeout=60_000)
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)


def test_they_have_an_outline_and_a_row_that_says_why_but_no_mood(open_page):
    page = open_page()
    make_unreadable(page, WHY)
    read(page, MARIACHI)
    faces = page.locator("#photo .hits button").count()
    outlines = page.locator("#photo .hits .unreadable")
    expect(outlines).to_have_count(3)
    assert outlines.locator(".tag").count() == 0
    assert [each.inner_text() for each in outlines.all()] == ["", "", ""]
    width = "(hit) => getComputedStyle(hit, '::before').borderTopWidth"
    assert outlines.first.evaluate(width) == "1px"
    expect(outlines.first).to_have_attribute("aria-label", "Face 1: cannot be read: too small")

    expect(page.locator("#photo .card")).to_have_count(faces - 3)
    fold = page.locator("#photo .unread summary")
    expect(fold).to_have_text("3 more that cannot be read")
    rows = page.locator("#photo .unread li")
    expect(rows.first).to_be_hidden()
    fold.click()
    told = [" ".join(each.inner_text().split()) for each in rows.all()]
    assert told == ["Face 1 too small", "Face 3 probably no human face", "Face 5 turned away"]
    assert rows.locator("button").count() == 0, "there is nothing to explain"
    for word in (*Expression, "%"):
        assert word not in page.locator("#photo .unread").inner_text()


def test_they_stand_in_no_sum_and_the_sum_says_how_many_there_are(open_page):
    page = open_page()
    make_unreadable(page, WHY)
    read(page, MARIACHI, EXAMPLES / "astronaut.jpg")
    all_faces = 8
    expect(page.locator("#photo .gallery .open")).to_have_count(2)
    page.locator("#photo .gallery .open").first.click()
    read_faces = page.locator("#photo .card").count()
    assert read_faces + 3 <= all_faces
    sum_of_photo = f"{read_faces} faces · 3 more that cannot be read"
    expect(page.locator("#photo [data-part=faces]")).to_have_text(sum_of_photo)
    expect(page.locator("#photo .gallery .open").first).to_contain_text("3 more")
    alt = page.locator("#photo .picture img").get_attribute("alt")
    assert len(re.findall("%|uncertain", alt)) == read_faces
    # the face of the astronaut, the first of its photo, cannot be read either
    note = f"2 photos · {read_faces} faces · 4 more that cannot be read"
    expect(page.locator("#photo [data-part=room-note]")).to_have_text(note)
    expect(page.locator("#photo .gallery .open").nth(1)).to_contain_text("no readable face")


def test_the_best_face_that_can_be_read_opens_first(open_page):
    page = open_page()
    read(page, MARIACHI)
    largest = page.locator("#photo .card.chosen").get_attribute("data-face")
    press(page, "[data-do=clear]")
    make_unreadable(page, {int(largest) - 1: "turned_away"})
    read(page, MARIACHI)
    chosen = page.locator("#photo .card.chosen")
    expect(chosen).to_have_count(1)
    assert chosen.get_attribute("data-face") != largest
    expect(chosen.locator(".share-of")).to_contain_text("%")


def test_a_click_on_the_outline_shows_why(open_page):
    page = open_page()
    make_unreadable(page, WHY)
    read(page, MARIACHI)
    page.locator("#photo .hits .unreadable").nth(1).click(force=True)
    row = page.locator("#photo .unread li.chosen")
    expect(row).to_be_visible()
    expect(row).to_contain_text("Face 3")
    expect(page.locator("#photo .card.chosen")).to_have_count(0)


def test_where_no_face_can_be_read_the_page_says_so_kindly(open_page):
    page = open_page()
    make_unreadable(page, {0: "too_blurred"})
    read(page, EXAMPLES / "astronaut.jpg")
    notice = page.locator("#photo .notice")
    expect(notice).to_contain_text("cannot be read honestly")
    expect(notice).not_to_have_class(re.compile("bad"))
    expect(page.locator("#photo .card")).to_have_count(0)
    expect(page.locator("#photo .unread summary")).to_have_text("1 that cannot be read")
    expect(page.locator("#photo .unread li")).to_be_visible()
    expect(page.locator("#photo [role=status]").first).to_contain_text("1 that cannot be read")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_is_saved_says_why_as_well(open_page, kind):
    page = open_page()
    make_unreadable(page, {0: "cut_off"})
    read(page, EXAMPLES / "astronaut.jpg")
    with page.expect_download() as waiting:
        press(page, f"[data-save={kind}]")
    text = Path(waiting.value.path()).read_text()
    rows = csv.DictReader(io.StringIO(text)) if kind == "csv" else json.loads(text)["faces"]
    (face,) = rows
    assert (face["verdict"], face["reason"]) == ("unreadable", "cut_off")
    assert not face["expression"]


def test_they_can_be_left_out(open_page):
    page = open_page()
    asked: list[bool] = []

    def note(request) -> None:
        if "read_photo" in (request.post_data or ""):
            asked.append('"show_unreadable":true' in request.post_data.replace(" ", ""))

    page.on("request", note)
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo .settings summary")
    page.uncheck("[data-set=unreadable]")
    expect(page.locator("#photo [data-do=again]")).to_be_hidden()
    assert asked == [True], "nothing is read again for it"
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


@pytest.mark.parametrize("locale", ["de-AT", "es-MX", "fr-FR", "zh-CN", "ar-EG"])
def test_the_reasons_are_told_in_the_language_of_the_browser(open_page, locale):
    page = open_page(locale=locale, viewport={"width": 360, "height": 740})
    make_unreadable(page, dict(enumerate(Reason)))
    read(page, MARIACHI)
    page.click("#photo .unread summary")
    told = page.locator("#photo .unread li").all_inner_texts()
    assert len(set(told)) == len(Reason)
    assert not re.search("[a-z]+_[a-z]+|small|undefined", " ".join(told))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_who_cannot_see_well(open_page, scheme):
    axe_package = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_page(color_scheme=scheme)
    make_unreadable(page, WHY)
    read(page, MARIACHI, EXAMPLES / "astronaut.jpg")
    page.click("#photo .unread summary")
    found = axe_package.Axe().run(page).response["violations"]
    assert [each for each in found if each["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize(
    "place",
    [(0.533, 0.515), (0.455, 0.365), (0.607, 0.418)],
    ids=["a hand", "a blob", "another blob"],
)
def test_what_is_no_face_in_the_example_gets_no_mood(open_page, place):
    """No answer is changed on its way here."""
    page = open_page()
    read(page, MARIACHI)
    over = page.evaluate(
        """([x, y]) => {
          const picture = document.querySelector("#photo .picture").getBoundingClientRect();
          const [at, down] = [picture.left + x * picture.width, picture.top + y * picture.height];
          return [...document.querySelectorAll("#photo .hits button")].filter((hit) => {
            const box = hit.getBoundingClientRect();
            return box.left < at && at < box.right && box.top < down && down < box.bottom;
          }).map((hit) => hit.textContent);
        }""",
        list(place),
    )
    assert "".join(over) == ""
    assert page.locator("#photo .card .share-of").count() >= 3

"""Faces in two places: frames and cards share numbers and light, and keys walk."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES, press
from tests.e2e.crowd import FACES, draw_crowd
from tests.e2e.scene import SCENE, touch, wait_for_zoom
from tests.e2e.test_access import serious_faults
from tests.e2e.test_photo import DESKTOP, read
from tests.e2e.test_saved_photo import note_what_is_written
from tests.e2e.test_unreadable import make_unreadable

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
WINDOWS = [PHONE, {"width": 820, "height": 1180}, {"width": 1440, "height": 900}]
MARIACHI = EXAMPLES / "mariachi.jpg"
MUSICIANS = EXAMPLES / "musicians.jpg"


def focused(page) -> str | None:
    return page.evaluate("document.activeElement.closest('[data-face]')?.dataset.face ?? null")


@pytest.mark.parametrize("viewport", WINDOWS, ids=["phone", "tablet", "desktop"])
def test_sixty_faces_have_labels_that_lie_on_no_face_and_on_no_label(open_page, tmp_path, viewport):
    page = open_page(viewport=viewport)
    read(page, draw_crowd(tmp_path / "crowd.jpg"))
    page.wait_for_function("document.querySelectorAll('.hits .tag[data-kind]').length >= 60")
    scene = page.evaluate(SCENE)
    assert len(scene["faces"]) == FACES
    readable = page.locator("#photo .card").count()
    assert len(scene["labels"]) == readable > FACES - 6, "a label or a dot for each"
    for at, label in enumerate(scene["labels"]):
        box = label["box"]
        assert touch(box, scene["picture"])
        assert not any(touch(box, other["box"]) for other in scene["labels"][:at])
        covered = [face for face, room in enumerate(scene["faces"], 1) if touch(box, room)]
        assert not covered, (label, covered)
        if label["kind"] != "dot":
            assert label["text"].split(" · ")[0] == str(label["face"])
            assert min(box[2] - box[0], box[3] - box[1]) >= 24
    for left, top, right, bottom in scene["targets"]:
        assert min(right - left, bottom - top) >= 24
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_each_of_sixty_faces_is_chosen_by_a_click_in_its_middle(open_page, tmp_path):
    page = open_page(viewport=PHONE, reduced_motion="reduce")  # where nothing scrolls for a while
    read(page, draw_crowd(tmp_path / "crowd.jpg"))
    for at in (0, 17, 31, 44, 59):
        face = page.locator("#photo .hits button").nth(at)
        face.click(force=True)
        expect(face).to_have_attribute("aria-pressed", "true")
        wait_for_zoom(page, "> 1")
        box = page.evaluate(SCENE)["faces"][at]
        assert box[3] - box[1] >= 90, "a tiny face that is chosen is large"
        page.keyboard.press("Escape")
        wait_for_zoom(page, "== 1")


def test_a_dot_opens(open_page, tmp_path):
    page = open_page(viewport=PHONE, reduced_motion="reduce")
    read(page, draw_crowd(tmp_path / "crowd.jpg"))
    dot = page.locator("#photo .tag[data-kind=dot]").first
    face = dot.get_attribute("data-face")
    assert dot.inner_text() == ""
    dot.hover()
    expect(page.locator(f"#photo .tag[data-face='{face}']")).to_have_text(
        re.compile(rf"^{face} · .*(%|uncertain)$")
    )
    page.mouse.move(0, 0)
    assert dot.inner_text() == ""
    dot.click()
    expect(page.locator(f"#photo .card[data-face='{face}']")).to_have_class(re.compile("chosen"))


def test_nothing_in_a_crowd_is_in_the_way_of_who_cannot_see_well(open_page, tmp_path):
    page = open_page(viewport=PHONE, has_touch=True)
    read(page, draw_crowd(tmp_path / "crowd.jpg"))
    page.locator("#photo .hits button").nth(30).click(force=True)
    wait_for_zoom(page, "> 1")
    assert serious_faults(page) == []


def test_frames_carry_the_numbers_of_their_cards_in_the_visitors_figures(open_page):
    page = open_page(locale="ar-EG", viewport=DESKTOP)
    read(page, MUSICIANS)
    for tag in page.locator("#photo .tag").all():
        number = tag.inner_text().split(" · ")[0]
        card = page.locator(f"#photo .card[data-face='{tag.get_attribute('data-face')}']")
        assert number in card.locator(".head").inner_text().split("\n")[0]


def test_who_points_at_a_card_lights_its_frame_and_the_other_way_round(open_page):
    page = open_page(viewport={"width": 1440, "height": 1400})
    read(page, MUSICIANS)
    lit = page.locator("#photo .lit")
    frames, cards = page.locator("#photo .hits button"), page.locator("#photo .card")
    for node, other in ((cards, frames), (frames, cards)):
        node.nth(1).hover()
        expect(node.nth(1)).to_have_class(re.compile("lit"))
        expect(other.nth(1)).to_have_class(re.compile("lit"))
        page.mouse.move(0, 0)
        expect(lit).to_have_count(0)
    cards.nth(2).locator(".head").focus()
    expect(frames.nth(2)).to_have_class(re.compile("lit"))
    frames.nth(3).focus()
    expect(cards.nth(3)).to_have_class(re.compile("lit"))
    expect(frames.nth(2)).not_to_have_class(re.compile("lit"))


def test_arrow_keys_walk_through_the_faces(open_page):
    page = open_page(viewport=DESKTOP)
    read(page, MARIACHI)
    frames = page.locator("#photo .hits button")
    expect(page.locator("#photo .hits [tabindex='0']")).to_have_count(1)
    chosen = page.locator("#photo .hits [aria-pressed=true]")
    chosen.focus()
    page.keyboard.press("Home")
    for key, face in (("ArrowRight", "2"), ("ArrowDown", "3"), ("ArrowLeft", "2"), ("End", "8")):
        page.keyboard.press(key)
        assert focused(page) == face
        expect(chosen).to_have_attribute("data-face", face)
    expect(frames.last).to_have_attribute("tabindex", "0")
    expect(page.locator("#photo .hits [tabindex='0']")).to_have_count(1)

    heads = page.locator("#photo .card .head")
    heads.first.focus()
    page.keyboard.press("ArrowDown")
    expect(heads.nth(1)).to_be_focused()
    expect(page.locator("#photo .card").nth(1)).to_have_class(re.compile("chosen"))


def test_without_a_focus_the_arrows_walk_and_up_and_down_scroll(open_page):
    page = open_page(viewport=DESKTOP)
    read(page, MUSICIANS)
    page.evaluate("document.activeElement.blur()")
    first = page.locator("#photo .hits [aria-pressed=true]").get_attribute("data-face")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#photo .hits [aria-pressed=true]")
    expect(chosen).to_have_attribute("data-face", first)
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_attribute("data-face", str(int(first) - 1))


@pytest.mark.parametrize(
    ("locale", "onward", "back"),
    [("en-GB", "ArrowRight", "ArrowLeft"), ("ar-EG", "ArrowLeft", "ArrowRight")],
)
def test_with_shift_they_walk_through_the_photos(open_page, locale, onward, back):
    page = open_page(locale=locale, viewport=DESKTOP)
    read(page, EXAMPLES / "astronaut.jpg", MUSICIANS)
    photos = page.locator("#photo .gallery .open")
    photos.first.click()
    page.locator("#photo .hits button").focus()
    page.keyboard.press(f"Shift+{onward}")
    expect(photos.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#photo .hits button[tabindex='0']")).to_be_focused()
    page.keyboard.press(f"Shift+{onward}")
    expect(photos.nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(f"Shift+{back}")
    expect(photos.first).to_have_attribute("aria-pressed", "true")


def test_the_face_that_can_be_read_best_opens_first(open_page):
    page = open_page()

    def answer(route) -> None:
        if "read_photo" not in (route.request.post_data or ""):
            route.continue_()
            return
        response = route.fetch()
        content = response.json()
        for at, face in enumerate(content.get("faces", [])):
            face["readable"] = 0.99 if at == 2 else 0.5
        route.fulfill(response=response, json=content)

    page.route("**/component_server/**", answer)
    read(page, MUSICIANS)
    expect(page.locator("#photo .card.chosen")).to_have_attribute("data-face", "3")


def test_the_saved_photo_has_the_labels_of_the_screen(open_page):
    page = open_page(viewport={"width": 1440, "height": 900})
    make_unreadable(page, {})
    read(page, MUSICIANS)
    note_what_is_written(page)
    with page.expect_download() as waiting:
        press(page, "[data-save=photo]")
    assert Image.open(io.BytesIO(waiting.value.path().read_bytes())).format == "JPEG"
    written = [each["text"] for each in page.evaluate("window.written")]
    shown = [label["text"] for label in page.evaluate(SCENE)["labels"]]
    assert len(shown) == 4
    assert sorted(written) == sorted(shown)

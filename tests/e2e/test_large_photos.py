"""Photos that the page makes smaller before it sends them: all it says is of the photo itself."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from tests.e2e.conftest import EXAMPLES, without_read_back
from tests.e2e.test_photo import read, saved

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

SENT_AS_IS = 1_000_000  # bytes
WIDTH, HEIGHT = 2048, 2400
TURNED = 6  # in EXIF: to be turned clockwise


def large_photo(folder: Path, turned: bool) -> Path:
    """A portrait of more bytes than are sent as they are; on its side, with EXIF, if `turned`."""
    portrait = Image.open(EXAMPLES / "astronaut.jpg").convert("RGB").resize((1800, 1800))
    pixels = np.full((HEIGHT, WIDTH, 3), 128, dtype=np.int16)
    pixels[500:2300, 100:1900] = np.asarray(portrait)
    pixels += np.random.default_rng(0).integers(-12, 13, pixels.shape, dtype=np.int16)
    photo = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    exif = Image.Exif()
    if turned:
        photo = photo.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = TURNED
    path = folder / "astronaut.jpg"
    photo.save(path, quality=90, exif=exif)
    assert path.stat().st_size > SENT_AS_IS
    return path


@pytest.mark.parametrize("turned", [False, True], ids=["upright", "turned"])
def test_boxes_belong_to_the_photo_that_was_chosen(open_page, tmp_path, turned):
    photo = large_photo(tmp_path, turned)
    page = open_page()
    read(page, photo)
    answer = json.loads(saved(page, "json"))
    (row,) = csv.DictReader(io.StringIO(saved(page, "csv").decode()))
    settings = Settings(model="mini", detector="libfacedetection")
    (face,) = MoodAnalyzer(settings).analyze(photo).to_dict()["faces"]
    assert (answer["width"], answer["height"]) == (WIDTH, HEIGHT)
    assert (row["width"], row["height"]) == (str(WIDTH), str(HEIGHT))
    assert answer["faces"][0]["bbox_xyxy"] == pytest.approx(face["bbox_xyxy"], abs=12)
    sides = ("left", "top", "right", "bottom")
    assert [float(row[side]) for side in sides] == answer["faces"][0]["bbox_xyxy"]

    frame, shown = page.evaluate(
        """() => ["#photo .hits button", "#photo .picture img"].map((selector) => {
          const box = document.querySelector(selector).getBoundingClientRect();
          return [box.left, box.top, box.right, box.bottom];
        })"""
    )
    scale = WIDTH / (shown[2] - shown[0])
    drawn = [(frame[side] - shown[side % 2]) * scale for side in range(4)]
    assert drawn == pytest.approx(face["bbox_xyxy"], abs=20)
    framed = Image.open(io.BytesIO(saved(page, "photo")))
    assert framed.width / framed.height == pytest.approx(WIDTH / HEIGHT, abs=0.01)


def test_the_smallest_face_is_told_in_pixels_of_the_photo(open_page, tmp_path):
    photo = large_photo(tmp_path, turned=False)
    page = open_page()
    read(page, photo)
    height = (
        page.locator("#photo .hits button").evaluate(
            "(hit) => hit.offsetHeight / hit.offsetParent.offsetHeight"
        )
        * HEIGHT
    )
    assert height > 220, "more than the setting goes up to, so it is widened here"
    page.click("#photo .settings summary")
    smallest = page.locator("[data-set=smallest]")
    smallest.evaluate("(slider) => { slider.max = 2000; slider.step = 1; }")
    copied = height * 1600 / HEIGHT
    smallest.fill(str(round((height + copied) / 2)))
    expect(page.locator("#photo .card")).to_have_count(1)
    smallest.fill(str(round(height + 30)))
    expect(page.locator("#photo .notice")).to_contain_text("No face was found")


def test_where_a_canvas_gives_back_noise_the_photo_itself_is_sent(open_page, tmp_path):
    photo = large_photo(tmp_path, turned=True)
    page = open_page()
    without_read_back(page)
    uploaded = []
    page.on("request", lambda sent: uploaded.append(sent.url) if "/upload" in sent.url else None)
    read(page, photo)
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    assert uploaded
    answer = json.loads(saved(page, "json"))
    assert (answer["width"], answer["height"]) == (WIDTH, HEIGHT)

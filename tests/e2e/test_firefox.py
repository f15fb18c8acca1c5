"""What browsers do each in their own way, in Debian's Firefox: sizes, causes, files, albums."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES, Server, serving
from tests.e2e.test_large_photos import HEIGHT, WIDTH, large_photo

pytest.importorskip("websockets", reason="websockets is not installed")

from tests.e2e.firefox import FirefoxPage, firefox, program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(program() is None, reason="no Firefox on this machine"),
]

CHOOSER = "#photo input[type=file]"
SUSPICIOUS = {"privacy__resistFingerprinting": True}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[FirefoxPage]:
    with firefox(tmp_path / "firefox") as page:
        yield page


@pytest.fixture
def suspicious_page(tmp_path: Path) -> Iterator[FirefoxPage]:
    """A Firefox that resists fingerprinting: what is read back from a canvas is noise."""
    with firefox(tmp_path / "firefox", **SUSPICIOUS) as page:
        yield page


def show(page: FirefoxPage, server: Server) -> None:
    page.size(1280, 900)
    page.open(server.url)
    page.wait("document.querySelector('#photo .settings summary')?.checkVisibility()")


def read(page: FirefoxPage, photo: Path) -> None:
    page.choose(CHOOSER, photo)
    page.wait("document.querySelector('#photo .card')")
    page.wait("document.querySelector('#photo .busy').hidden")


def saved(page: FirefoxPage, folder: Path, kind: str, ending: str) -> bytes:
    page.click("#photo .more > summary")
    page.click(f"#photo .more [data-save={kind}]")
    deadline = time.monotonic() + 60
    while not (files := list((folder / "firefox" / "downloads").glob(f"*.{ending}"))):
        assert time.monotonic() < deadline, f"no {ending} was saved"
        time.sleep(0.1)
    time.sleep(0.5)  # it is written
    return files[0].read_bytes()


def test_a_large_photo_is_made_smaller_and_its_boxes_belong_to_it(page, server, tmp_path):
    show(page, server)
    read(page, large_photo(tmp_path, turned=True))
    page.says("#photo .card .verdict", "happiness")
    answer = json.loads(saved(page, tmp_path, "json", "json"))
    assert (answer["width"], answer["height"]) == (WIDTH, HEIGHT)
    left, top, right, bottom = answer["faces"][0]["bbox_xyxy"]
    assert 700 < left < right < 1400
    assert 700 < top < bottom < 1400


def test_the_photo_is_saved_with_its_frames(page, server, tmp_path):
    show(page, server)
    read(page, EXAMPLES / "astronaut.jpg")
    assert looks_like(saved(page, tmp_path, "photo", "jpg"), EXAMPLES / "astronaut.jpg")


def test_noise_from_a_canvas_is_never_read_nor_saved(suspicious_page, server, tmp_path):
    page = suspicious_page
    show(page, server)
    photo = large_photo(tmp_path, turned=False)
    read(page, photo)
    page.says("#photo .card .verdict", "happiness")
    answer = json.loads(saved(page, tmp_path, "json", "json"))
    assert (answer["width"], answer["height"]) == (WIDTH, HEIGHT)
    assert looks_like(saved(page, tmp_path, "photo", "jpg"), photo)


def looks_like(picture: bytes, photo: Path) -> bool:
    """Whether a picture is a photo with some frames on it."""
    small = [
        np.asarray(Image.open(each).convert("L").resize((32, 32)), dtype=np.float32)
        for each in (io.BytesIO(picture), photo)
    ]
    return bool(np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1] > 0.9)


def test_what_is_no_picture_gets_a_sentence_and_the_next_photo_is_read(page, server, tmp_path):
    (tmp_path / "letter.jpg").write_text("Dear friend,")
    show(page, server)
    page.choose(CHOOSER, tmp_path / "letter.jpg")
    page.says("#photo .notice", "not a picture")
    page.choose(CHOOSER, EXAMPLES / "astronaut.jpg")
    page.says("#photo .card .verdict", "happiness")


def test_a_file_that_is_gone_is_said_to_be(page, server, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes((EXAMPLES / "astronaut.jpg").read_bytes())
    show(page, server)
    read(page, photo)
    photo.unlink()
    page.run("document.querySelector('#photo [data-do=again]').click()")
    page.says("#photo .notice", "cannot be read any more: it was moved, deleted or changed")


def test_photos_wait_for_a_server_that_starts_anew(page, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    with serving(first) as server:
        show(page, server)
        read(page, EXAMPLES / "astronaut.jpg")
    page.choose(CHOOSER, EXAMPLES / "mona_lisa.jpg")
    page.says("#photo .busy", "The server does not answer. Your photos wait")
    with serving(second, PORT=str(urlsplit(server.url).port)):
        page.wait("document.querySelector('#photo .busy').hidden")
        page.says("#photo .card .verdict", "neutral")


def in_order(page: FirefoxPage, *photos: str) -> None:
    """Waits until these photos, and no others, have thumbnails in this order."""
    thumbnails = "[...document.querySelectorAll('#photo .gallery .open')]"
    names = f"{thumbnails}.map((open) => open.querySelector('.name').textContent)"
    page.wait(f"{names}.join() === {json.dumps(','.join(photos))}")


def test_photos_are_added_taken_away_and_put_back(page, server):
    show(page, server)
    read(page, EXAMPLES / "astronaut.jpg")
    read(page, EXAMPLES / "grace_hopper.jpg")
    read(page, EXAMPLES / "mona_lisa.jpg")
    in_order(page, "astronaut.jpg", "grace_hopper.jpg", "mona_lisa.jpg")
    page.wait("document.querySelectorAll('#photo .gallery .open')[2].ariaPressed === 'true'")
    page.click("#photo .gallery li:nth-child(2) .remove")
    in_order(page, "astronaut.jpg", "mona_lisa.jpg")
    page.says("#photo .toast", "grace_hopper.jpg was removed")
    page.click("#photo .toast [data-do=undo]")
    in_order(page, "astronaut.jpg", "grace_hopper.jpg", "mona_lisa.jpg")
    page.wait("document.querySelector('#photo .toast').hidden")
    page.click("#photo .more > summary")
    page.click("#photo .more [data-do=clear]")
    page.wait("document.querySelector('#photo .detail').hidden")
    page.click("#photo .toast [data-do=undo]")
    in_order(page, "astronaut.jpg", "grace_hopper.jpg", "mona_lisa.jpg")


def test_the_legend_lights_what_it_names_and_dims_the_rest(page, server):
    show(page, server)
    read(page, EXAMPLES / "mariachi.jpg")
    happy = "#photo .shows .legend [data-kind=happiness]"
    count = int(page.text(f"{happy} b"))
    lit = "document.querySelectorAll('#photo .hits > button:not(.dim)').length"
    every = page.run(lit)
    assert 0 < count < every
    page.click(happy)
    page.wait(f"{lit} === {count}")
    page.wait("document.querySelectorAll('#photo .card:not(.dim)').length === " + str(count))
    page.click("#photo .shows [data-do=all]")
    page.wait(f"{lit} === {every}")

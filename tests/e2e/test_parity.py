"""Browsers read as Python reads: faces of FER+, the examples, and generated frames."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mood.errors import ModelError
from tests.e2e import firefox, parity

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def analyzer():
    made = parity.embedded()
    try:
        made.pool.get()
    except ModelError as error:
        pytest.skip(str(error))
    return made


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def reader(request, analyzer, tmp_path_factory) -> Iterator[parity.Reader]:
    with parity.served(analyzer) as (url, files):
        if request.param == "chromium":
            page = request.getfixturevalue("browser").new_page()
            page.goto(url)
            yield parity.Reader(page.evaluate, files)
            page.close()
        elif firefox.program() is None:
            pytest.skip("Firefox is not installed")
        else:
            with firefox.firefox(tmp_path_factory.mktemp("firefox")) as page:
                page.open(url)
                yield parity.Reader(page.run, files)


@pytest.mark.skipif(not parity.FER.is_file(), reason="FER+ is not in ../shared/data")
def test_faces_show_the_same_expression(reader):
    """Every third of the test faces; ``python -m tests.e2e.parity`` reads all."""
    alike = reader.faces(parity.faces(3))
    assert alike.same >= 0.999
    assert alike.there == pytest.approx(alike.here, abs=0.001)


def test_the_examples_are_read_alike(reader, analyzer):
    alike = reader.frames(parity.photos(), analyzer)
    assert alike.faces >= 10
    assert alike.boxes == 1
    assert alike.verdicts == 1


def test_generated_frames_are_read_alike(reader, analyzer):
    alike = reader.frames(parity.frames(), analyzer)
    assert alike.faces >= 100
    assert alike.boxes >= 0.99
    assert alike.verdicts >= 0.99

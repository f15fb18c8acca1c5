"""The page that the README compares with does the same work, and is as short as it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio_client import handle_file

from tests.small_host import host, networks
from tests.small_host.limits import why_not

_REASON = why_not()


@pytest.mark.small_host
@pytest.mark.skipif(_REASON is not None, reason=str(_REASON))
@pytest.mark.usefixtures("yunet_file")
def test_the_page_written_plainly_finds_the_face_and_reads_it(tmp_path: Path):
    networks.large_models(tmp_path)
    with host.serving(tmp_path, {}, command=networks.seed(tmp_path)) as server:
        server.wait()
        photo = handle_file(host.small_photo(tmp_path))
        (face,) = server.client().predict(photo, api_name="/analyze")["faces"]
        left, top, width, height = face["box"]
        assert (left + width / 2, top + height / 2) == pytest.approx((288, 112), abs=10)
        assert len(face["probabilities"]) == 8
        assert sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        assert server.alive, server.log.read_text()


def test_the_page_written_plainly_has_at_most_60_lines():
    assert len(Path(__file__).with_name("seed.py").read_text().splitlines()) <= 60

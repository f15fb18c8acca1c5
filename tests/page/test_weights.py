"""What a browser's engine gets: the numbers of the networks' own files, in its order."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from mood.errors import ModelError
from mood.models import flat, onnx_file
from mood.models.arrays import detector_arrays
from mood.models.catalogue import LIBFACEDETECTION, MINI, READABLE, YUNET
from mood.models.store import WeightsStore
from mood.page import weights
from mood.resources.pool import ModelPool
from mood.settings import Settings


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def pool():
    return ModelPool(Settings())


@pytest.mark.parametrize("spec", [MINI, READABLE])
def test_an_onnx_file_is_read_as_onnx_reads_it(spec):
    onnx = pytest.importorskip("onnx")
    content = spec.origin.path.read_bytes()
    found, graph = onnx_file.read(content), onnx.load_from_string(content).graph
    assert [(node.op_type, list(node.input), list(node.output)) for node in graph.node] == [
        tuple(node) for node in found.nodes
    ]
    assert len(graph.initializer) == len(found.arrays)
    for each in graph.initializer:
        wanted, array = onnx.numpy_helper.to_array(each), found.arrays[each.name]
        assert array.dtype == wanted.dtype
        assert np.array_equal(array, wanted)


def test_what_is_served_is_named_and_hashed(pool):
    try:
        WeightsStore(Settings()).weights(LIBFACEDETECTION)
    except ModelError as error:
        pytest.skip(str(error))
    found = weights.files(pool)
    assert found is not None
    assert list(found) == ["detector", "mini", "readable"]
    assert [found[name].spec for name in ("mini", "readable")] == [MINI, READABLE]
    for served in found.values():
        assert served.sha256 == hashlib.sha256(served.make()).hexdigest()
    assert sum(len(served.make()) for served in found.values()) < 1_800_000
    named = weights.files(pool, "libfacedetection")
    assert named is not None
    assert named["detector"].spec == LIBFACEDETECTION


def test_without_a_detector_there_is_nothing(pool, monkeypatch):
    monkeypatch.setattr(pool._store, "is_here", lambda spec: spec in (MINI, READABLE))
    assert weights.files(pool) is None


def test_yunet_goes_first_where_it_is_here(pool, monkeypatch, yunet_file):
    own = pool.file_of
    monkeypatch.setattr(pool, "file_of", lambda spec: yunet_file if spec == YUNET else own(spec))
    found = weights.files(pool)
    assert found is not None
    assert found["detector"].spec == YUNET
    assert found["detector"].make() == flat.detector(detector_arrays("yunet", yunet_file))

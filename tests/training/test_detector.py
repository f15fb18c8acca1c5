"""The detector's graph and the tables of its weights, written anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import onnx

from mood.models.arrays import GRAPH, detector_arrays, places_of, to_json
from mood.models.catalogue import LIBFACEDETECTION
from mood.models.store import WeightsStore
from mood.settings import Settings
from mood.training import detector

ROOT = Path(__file__).parents[2]


def test_the_graph_is_what_the_command_writes_and_holds_no_weights():
    assert onnx.load(GRAPH, load_external_data=False) == detector.graph()
    assert GRAPH.stat().st_size < 20_000


def test_the_tables_are_what_the_command_writes(yunet_file):
    library = WeightsStore(Settings()).weights(LIBFACEDETECTION).path
    for name, places in (
        ("libfacedetection", detector.places_in_library(library)),
        ("yunet", detector.places_in_yunet(yunet_file)),
    ):
        assert places_of(name) == places
        assert (GRAPH.parent / f"{name}.json").read_text() == to_json(places)


def test_both_sets_of_weights_have_the_same_arrays(yunet_file):
    library = WeightsStore(Settings()).weights(LIBFACEDETECTION).path
    ours = detector_arrays("libfacedetection", library)
    theirs = detector_arrays("yunet", yunet_file)
    shapes = {name: array.shape for name, array in ours.items()}
    assert shapes == {name: array.shape for name, array in theirs.items()}
    # 106 arrays, of which the head's four of each stride are one.
    assert len(shapes) == 106 - 3 * 3 * 4


def test_the_command_writes_into_a_folder(tmp_path):
    command = [sys.executable, "-m", "mood.training.detector", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    written = {path.name for path in tmp_path.iterdir()}
    assert {"detector.onnx", "libfacedetection.json"} <= written, done.stderr

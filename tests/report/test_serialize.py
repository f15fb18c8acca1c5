from __future__ import annotations

import csv
import dataclasses
import io
import json

import numpy as np
import pytest

from mood.report.draw import label_of
from mood.report.serialize import CSV_COLUMNS, SIZE_COLUMNS, to_csv
from mood.types import (
    Analysis,
    Expression,
    Face,
    FaceExpression,
    Quality,
    Reason,
    Source,
    Verdict,
    cut,
)

SURE = dict.fromkeys(Expression, 0.02) | {Expression.SADNESS: 0.86}
UNSURE = dict.fromkeys(Expression, 0.125)
LANDMARKS = np.arange(10, dtype=np.float32).reshape(5, 2)
ANALYSIS = Analysis(
    faces=(
        FaceExpression(Face(np.float32([1, 2, 31.25, 42]), 0.91, LANDMARKS), SURE, Verdict.CERTAIN),
        FaceExpression(
            Face(np.float32([50, 2, 70, 30]), 0.6),
            UNSURE,
            Verdict.UNCERTAIN,
            frozenset({Expression.CONTEMPT}),
        ),
        FaceExpression(
            Face(np.float32([80, 2, 96, 18]), 0.8),
            SURE,
            Verdict.UNREADABLE,
            quality=Quality(0.21, Reason.TOO_SMALL),
        ),
    ),
    size_wh=(640, 480),
    model="mini",
    detector="yunet",
    source=Source.EMBEDDED,
    detector_source=Source.HUB,
    duration_ms=12.34,
    certainty=0.5,
)


def test_json_survives_the_journey():
    result = json.loads(json.dumps(ANALYSIS.to_dict()))
    assert result["model"] == "mini"
    assert (result["source"], result["detector_source"]) == ("embedded", "hub")
    assert (result["width"], result["height"]) == (640, 480)
    first, second, third = result["faces"]
    assert first["bbox_xyxy"] == [1, 2, 31.2, 42]
    assert first["landmarks"][4] == [8, 9]
    assert first["expression"] == "sadness"
    assert first["probabilities"]["sadness"] == 0.86
    assert set(first["probabilities"]) == {str(expression) for expression in Expression}
    assert second["expression"] is None  # uncertain: never a confident label
    assert second["certain"] is False
    assert second["unknown"] == ["contempt"]
    assert second["landmarks"] is None
    assert [face["verdict"] for face in result["faces"]] == ["certain", "uncertain", "unreadable"]
    assert [face["reason"] for face in result["faces"]] == [None, None, "too_small"]
    assert third["expression"] is None
    assert (third["readable"], first["readable"]) == (0.21, 0.9999)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.57, 0.57), (0.12349, 0.1234), (0.99999, 0.9999), (1.0, 0.9999), (0.00001, 0.0)],
)
def test_a_probability_is_never_rounded_up(probability, shown):
    assert cut(probability) == shown


def test_the_photo_and_the_card_say_the_same_of_a_face():
    odds = dict.fromkeys(Expression, 0.0) | {Expression.HAPPINESS: 0.99996}
    sure = FaceExpression(Face(np.float32([1, 2, 31, 42]), 0.99996), odds, Verdict.CERTAIN)
    answer = dataclasses.replace(ANALYSIS, faces=(sure,)).to_dict()
    assert answer["faces"][0]["probability"] == answer["faces"][0]["confidence"] == 0.9999
    assert label_of(sure) == "happiness > 99 %"


def test_an_analysis_of_numpys_numbers_is_json_all_the_same():
    odds = {name: np.float32(value) for name, value in SURE.items()}
    seen = Face(np.float32([1, 2, 31, 42]), np.float32(0.91), LANDMARKS.astype(np.float64))
    analysis = dataclasses.replace(
        ANALYSIS,
        faces=(FaceExpression(seen, odds, Verdict.CERTAIN),),
        size_wh=(np.int64(640), np.int32(480)),
        duration_ms=np.float32(12.34),
        more_faces=np.int64(3),
    )
    answer = json.loads(json.dumps(analysis.to_dict()))
    assert answer["duration_ms"] == 12.3
    assert answer["faces"][0]["probabilities"]["sadness"] == 0.86
    assert answer["faces"][0] == analysis.faces[0].to_dict()


def test_boxes_can_be_had_inside_the_picture():
    over = Face(np.float32([-8.5, -3, 650, 481]), 0.9, LANDMARKS - 5)
    beyond = Face(np.float32([-9, 100, -2, 120]), 0.9)
    faces = tuple(FaceExpression(each, SURE, Verdict.CERTAIN) for each in (over, beyond))
    analysis = dataclasses.replace(ANALYSIS, faces=faces)
    inside = analysis.clipped()
    boxes = [each["bbox_xyxy"] for each in inside.to_dict()["faces"]]
    assert boxes == [[0, 0, 640, 480], [0, 100, 0, 120]]
    assert inside.faces[0].face.bbox_xyxy.dtype == np.float32
    assert np.array_equal(inside.faces[0].face.landmarks, over.landmarks)
    assert analysis.faces[0].face.bbox_xyxy[0] == -8.5, "what is frozen stays as it was"
    assert inside.size_wh == analysis.size_wh


def test_csv_has_a_row_for_each_face():
    rows = list(csv.DictReader(io.StringIO(to_csv(ANALYSIS))))
    names = "face left top right bottom confidence verdict reason expression probability"
    assert list(rows[0]) == [*names.split(), *Expression, "width", "height"]
    assert [row["face"] for row in rows] == ["1", "2", "3"]
    assert {(row["width"], row["height"]) for row in rows} == {("640", "480")}
    assert [row["verdict"] for row in rows] == ["certain", "uncertain", "unreadable"]
    assert [row["reason"] for row in rows] == ["", "", "too_small"]
    assert [row["expression"] for row in rows] == ["sadness", "", ""]
    assert {rows[2][each] for each in ("probability", *Expression)} == {""}
    assert rows[0]["sadness"] == "0.86"
    assert rows[1]["right"] == "70.0"


def test_csv_of_no_face_is_its_header():
    empty = Analysis((), (1, 1), "mini", "yunet", Source.HUB, Source.HUB, 0.0, 0.5)
    assert to_csv(empty).splitlines() == [",".join([*CSV_COLUMNS, *Expression, *SIZE_COLUMNS])]

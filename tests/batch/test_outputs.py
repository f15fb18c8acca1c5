"""What a file holds, whatever ended the process that wrote it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from mood.batch.outputs import FileOutput, mark_of
from mood.batch.resume import held_by
from mood.batch.rows import COLUMNS, Item, failed_record, moment_record, photo_record
from mood.errors import OptionsError, UnreadableImageError
from mood.types import (
    Analysis,
    Expression,
    FaceExpression,
    Quality,
    Reason,
    Source,
    Verdict,
)
from mood.video.films import FilmMoment
from tests.fakes import face

FORMATS = pytest.mark.parametrize("table", [False, True], ids=["jsonl", "csv"])
ODD = 'we\nird "ßtraße", \udce9.jpg'


def item(name: str = "a.jpg") -> Item:
    return Item(Path(name), 1234, 1_700_000_000_123_456_789)


def analysis(*verdicts: Verdict) -> Analysis:
    shares = {each: float(each is Expression.HAPPINESS) for each in Expression}
    faces = tuple(
        FaceExpression(
            face(1, 2, 31, 42),
            shares,
            verdict,
            quality=Quality(0.1, Reason.TOO_DARK) if verdict is Verdict.UNREADABLE else Quality(),
        )
        for verdict in verdicts
    )
    source = Source.EMBEDDED
    return Analysis(faces, (640, 480), "mini", "libfacedetection", source, source, 1.0, 0.5)


CERTAIN = analysis(Verdict.CERTAIN)
FAILED = UnreadableImageError("This is not a picture.")


def write(path: Path, table: bool, *records: dict) -> None:
    output = FileOutput(path, table)
    for record in records:
        output.write([record])
    output.close()


def photos(path: Path, table: bool) -> list[str]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        if table:
            return [row["photo"] for row in csv.DictReader(file)]
        return [json.loads(line)["photo"] for line in file]


def test_a_table_has_a_row_for_each_face_and_one_for_what_has_none(tmp_path):
    path = tmp_path / "moods.csv"
    records = [
        photo_record(item("two.jpg"), analysis(Verdict.CERTAIN, Verdict.UNREADABLE)),
        photo_record(item("none.jpg"), analysis()),
        failed_record(item("broken.jpg"), FAILED),
    ]
    write(path, True, *records)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["photo"], row["face"], row["reason"]) for row in rows] == [
        ("two.jpg", "1", ""),
        ("two.jpg", "2", "too_dark"),
        ("none.jpg", "", "no_face"),
        ("broken.jpg", "", "unreadable"),
    ]
    assert (rows[0]["happiness"], rows[0]["right"], rows[0]["width"]) == ("0.9999", "31.0", "640")
    assert rows[1]["happiness"] == rows[1]["expression"] == ""
    assert rows[3]["error"] == "This is not a picture."


@FORMATS
def test_what_is_held_is_known_by_path_size_and_time(tmp_path, table):
    path = tmp_path / "moods"
    write(path, table, photo_record(item(ODD), CERTAIN), photo_record(item(), analysis()))
    before = path.read_bytes()
    held = held_by(path, table)
    assert (item() in held, item(ODD) in held) == (True, True)
    assert Item(Path("a.jpg"), 1235, item().changed_ns) not in held
    assert Item(Path("a.jpg"), 1234, 1) not in held
    assert path.read_bytes() == before


@FORMATS
def test_failures_are_taken_out_to_be_tried_again(tmp_path, table):
    path = tmp_path / "moods"
    records = [
        failed_record(item("one.jpg"), FAILED),
        photo_record(item(ODD), analysis(*[Verdict.CERTAIN] * 2)),
        failed_record(item(ODD + "x"), FAILED),
        photo_record(item("last.jpg"), CERTAIN),
    ]
    write(path, table, *records)
    held = held_by(path, table)
    assert item("one.jpg") not in held
    assert photos(path, table) == [ODD] * (2 if table else 1) + ["last.jpg"]
    write(path, table, photo_record(item("one.jpg"), CERTAIN))
    assert photos(path, table)[-1] == "one.jpg"
    assert [each.name for each in tmp_path.iterdir()] == ["moods"]


@FORMATS
def test_a_line_that_was_cut_off_is_no_line(tmp_path, table):
    path = tmp_path / "moods"
    write(path, table, photo_record(item(), CERTAIN), photo_record(item("cut.jpg"), CERTAIN))
    path.write_bytes(path.read_bytes()[:-9])
    held = held_by(path, table)
    assert (item() in held, item("cut.jpg") in held) == (True, False)
    assert photos(path, table) == ["a.jpg"]


@FORMATS
def test_half_a_film_is_none(tmp_path, table):
    path = tmp_path / "moods"
    write(path, table, photo_record(item(), CERTAIN))
    output = FileOutput(path, table)

    def moments():
        yield from (moment_record(item("film.mp4"), FilmMoment(t, t, (), CERTAIN)) for t in (0, 1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        output.write(moments(), long=True)
    output.close()
    with path.open("a") as file:  # what had come so far, where the process was killed
        file.writelines(path.read_text().splitlines(keepends=True)[-1:])
    assert mark_of(path).exists()
    assert item("film.mp4") not in held_by(path, table)
    assert photos(path, table) == ["a.jpg"]


@FORMATS
def test_a_film_of_which_a_stretch_is_missing_is_held(tmp_path, table):
    path = tmp_path / "moods"
    records = [
        moment_record(item("film.mp4"), FilmMoment(0.5, 5, (), CERTAIN)),
        moment_record(item("film.mp4"), FilmMoment(1.0, 10, until_s=4.0)),
    ]
    write(path, table, *records)
    assert item("film.mp4") in held_by(path, table)
    assert len(photos(path, table)) == 2


@FORMATS
@pytest.mark.parametrize("content", ["dear to somebody\nand long", "dear to somebody"])
def test_another_file_is_left_alone(tmp_path, table, content):
    path = tmp_path / "precious"
    path.write_text(content)
    with pytest.raises(OptionsError, match="something else"):
        held_by(path, table)
    assert path.read_text() == content

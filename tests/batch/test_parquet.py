from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mood.batch import parquet
from mood.batch.parquet import ParquetOutput, part_of
from mood.batch.rows import COLUMNS, failed_record, moment_record, photo_record
from mood.cli import main
from mood.errors import OptionsError
from mood.types import Verdict
from mood.video.films import FilmMoment
from tests.batch.test_outputs import CERTAIN, FAILED, ODD, analysis, item

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
tables = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples"


def photos(path: Path) -> list[str]:
    return tables.read_table(path).column("photo").to_pylist()


def killed(output: ParquetOutput) -> None:
    """What a killed process leaves: what it has handed to the system."""
    output._file.close()


def write_three(path: Path) -> None:
    output = ParquetOutput(path, resume=False)
    output.write(photo_record(item(name), CERTAIN) for name in "abc")
    output.close()


def test_a_table_tells_units_and_version(tmp_path):
    path = tmp_path / "moods.parquet"
    output = ParquetOutput(path, resume=False)
    output.write([photo_record(item(ODD), analysis(Verdict.CERTAIN, Verdict.UNREADABLE))])
    output.write([failed_record(item("broken.jpg"), FAILED)])
    output.close()
    table = tables.read_table(path)
    assert table.column_names == list(COLUMNS)
    assert table.schema.metadata[b"mood.version"] == b"1"
    assert table.schema.field("time_s").metadata[b"unit"].startswith(b"of films: seconds")
    first, second, broken = table.to_pylist()
    assert (first["face"], first["happiness"], first["right"]) == (1, 0.9999, 31.0)
    assert (second["reason"], second["happiness"]) == ("too_dark", None)
    assert (broken["reason"], broken["face"]) == ("unreadable", None)
    assert [each.name for each in tmp_path.iterdir()] == ["moods.parquet"]


def test_the_next_run_goes_on_with_a_finished_file(tmp_path):
    path = tmp_path / "moods.parquet"
    output = ParquetOutput(path, resume=False)
    output.write([photo_record(item(ODD), CERTAIN)])
    output.write([failed_record(item("broken.jpg"), FAILED)])
    output.close()
    output = ParquetOutput(path, resume=True)
    assert (item(ODD) in output.held, item("broken.jpg") in output.held) == (True, False)
    output.write([photo_record(item("broken.jpg"), CERTAIN)])
    output.close()
    assert photos(path)[1:] == ["broken.jpg"]


def test_what_a_killed_run_wrote_is_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 2)
    path = tmp_path / "moods.parquet"
    for names in (["a", "b", "c"], ["d", "e", "f"]):
        output = ParquetOutput(path, resume=True)
        for name in names:
            output.write([photo_record(item(name), CERTAIN)])
        killed(output)
    assert not path.exists()
    output = ParquetOutput(path, resume=True)
    assert [item(name) in output.held for name in "abcdef"] == [True, True, False] * 2
    output.close()
    assert photos(path) == ["a", "b", "d", "e"]


def test_a_stream_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 1)
    path = tmp_path / "moods.parquet"
    output = ParquetOutput(path, resume=False)
    for name in "abc":
        output.write([photo_record(item(name), CERTAIN)])
    killed(output)
    part_of(path).write_bytes(part_of(path).read_bytes()[:-50])
    output = ParquetOutput(path, resume=True)
    output.close()
    assert photos(path) == ["a", "b"]


def test_a_run_that_is_killed_while_it_takes_over_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1)
    path = tmp_path / "moods.parquet"
    write_three(path)
    done = ParquetOutput._done

    def dies(output: ParquetOutput, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        if part_of(path).exists() and batch.column("photo")[0].as_py() == "b":
            raise KeyboardInterrupt
        return done(output, batch)

    for _ in range(2):
        output = ParquetOutput(path, resume=True)
        output.write([photo_record(item("d"), CERTAIN)])
        with monkeypatch.context() as patch:
            patch.setattr(ParquetOutput, "_done", dies)
            with pytest.raises(KeyboardInterrupt):
                output.close()
        killed(output)
    output = ParquetOutput(path, resume=True)
    assert all(item(name) in output.held for name in "abc")
    output.close()
    assert photos(path) == ["a", "b", "c"]
    assert [each.name for each in tmp_path.iterdir()] == ["moods.parquet"]


def test_a_disk_that_is_full_while_it_takes_over_doubles_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1)
    path = tmp_path / "moods.parquet"
    write_three(path)
    output = ParquetOutput(path, resume=True)
    output.write([photo_record(item("d"), CERTAIN)])
    batches = ParquetOutput._batches

    def full(*given: object) -> Iterator[pyarrow.RecordBatch]:
        yield next(batches(*given))
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(ParquetOutput, "_batches", full)
        with pytest.raises(OSError):  # noqa: PT011 - ours
            output.close()
    output.close()
    assert photos(path) == ["a", "b", "c", "d"]


def test_a_finished_file_to_which_nothing_comes_is_left_alone(tmp_path):
    path = tmp_path / "moods.parquet"
    output = ParquetOutput(path, resume=False)
    output.write([photo_record(item("a"), CERTAIN)])
    output.close()
    before = path.stat()
    output = ParquetOutput(path, resume=True)
    assert item("a") in output.held
    output.close()
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [each.name for each in tmp_path.iterdir()] == ["moods.parquet"]


def test_a_failure_that_is_not_tried_again_is_taken_out(tmp_path):
    path = tmp_path / "moods.parquet"
    output = ParquetOutput(path, resume=False)
    output.write([photo_record(item("a"), CERTAIN)])
    output.write([failed_record(item("broken.jpg"), FAILED)])
    output.close()
    ParquetOutput(path, resume=True).close()
    assert photos(path) == ["a"]


def test_half_a_film_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 2)
    path = tmp_path / "moods.parquet"
    output = ParquetOutput(path, resume=False)
    output.write([photo_record(item("a"), CERTAIN)])

    def moments():
        yield from (moment_record(item("film"), FilmMoment(t, t, (), CERTAIN)) for t in range(5))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        output.write(moments(), long=True)
    killed(output)
    output = ParquetOutput(path, resume=True)
    assert (item("a") in output.held, item("film") in output.held) == (True, False)
    output.close()
    assert photos(path) == ["a"]


@pytest.mark.parametrize("table", [True, False])
def test_another_file_is_left_alone(tmp_path, table):
    path = tmp_path / "precious.parquet"
    path.write_text("dear to somebody")
    if table:
        tables.write_table(pyarrow.table({"dear": [1]}), path)
    before = path.read_bytes()
    with pytest.raises(OptionsError, match="something else"):
        ParquetOutput(path, resume=True)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["precious.parquet"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_is_full_at_the_end_costs_nothing_that_was_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    path = tmp_path / "moods.parquet"
    call = ["analyze", str(EXAMPLES / "astronaut.jpg"), "--output", str(path), "--resume"]
    (tmp_path / "moods.parquet.new").symlink_to("/dev/full")
    with pytest.raises(BrokenPipeError):  # the program ends with 1 then
        main(call)
    told = capsys.readouterr().err
    assert told.startswith(f"{path} cannot be finished: ")
    (tmp_path / "moods.parquet.new").unlink()
    assert main([*call, "--summary"]) == 0
    assert "1 were done before" in capsys.readouterr().err
    assert len(photos(path)) == 1


def test_the_name_of_the_file_is_enough(tmp_path, monkeypatch):
    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    path = tmp_path / "moods.parquet"
    assert main(["analyze", str(EXAMPLES / "astronaut.jpg"), "--output", str(path)]) == 0
    (row,) = tables.read_table(path).to_pylist()
    assert row["expression"] == "happiness"

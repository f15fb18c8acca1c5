"""Whole runs of the shell's command, as people start them, and as they end them."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from mood.cli import main
from tests.video.films import face, film

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"

unix = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of Unix")


@pytest.fixture(autouse=True)
def _embedded(monkeypatch):
    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")


def album(folder: Path, count: int = 6) -> Path:
    """So many small photos of the astronaut, and one that is none."""
    folder.mkdir()
    with Image.open(EXAMPLES / "astronaut.jpg") as photo:
        small = photo.crop((128, 32, 320, 224))
    for index in range(count):
        small.save(folder / f"{index:03}.jpg")
    (folder / "broken.png").write_bytes(b"nothing")
    return folder


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def names(path: Path) -> Counter[str]:
    return Counter(Path(each["photo"]).name for each in lines(path))


@contextlib.contextmanager
def running(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "mood", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until_written(path: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() or path.stat().st_size == 0:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_folder_becomes_a_table_and_what_failed_is_told_at_the_end(tmp_path, capsys):
    photos, table = album(tmp_path / "in", 2), tmp_path / "moods.csv"
    assert main(["analyze", str(photos), "--output", str(table), "--summary"]) == 1
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(Path(row["photo"]).name, row["expression"], row["reason"]) for row in rows] == [
        ("000.jpg", "happiness", ""),
        ("001.jpg", "happiness", ""),
        ("broken.png", "", "unreadable"),
    ]
    output, told = capsys.readouterr()
    assert output == ""
    first, second, *summary = told.splitlines()
    assert first == "1 thing could not be done:"
    assert re.fullmatch(r"  \S+broken\.png  This is not a picture.*", second)
    assert summary[0] == "2 photos, 0 films, 2 faces"
    assert "  happiness          2  100.0%" in summary
    assert summary[-1] == "1 failure"


def test_workers_find_what_one_process_finds(tmp_path):
    photos = album(tmp_path / "in")
    for count in (1, 2):
        output = tmp_path / f"{count}.jsonl"
        assert main(["analyze", str(photos), "--output", str(output), "--workers", f"{count}"]) == 1
    alone, together = (
        sorted(
            (each | {"duration_ms": 0} for each in lines(tmp_path / f"{count}.jsonl")),
            key=lambda each: each["photo"],
        )
        for count in (1, 2)
    )
    assert together == alone
    assert len(alone) == 7


def test_the_next_run_reads_what_is_new_and_what_failed(tmp_path, capsys):
    photos, output = album(tmp_path / "in", 2), tmp_path / "moods.jsonl"
    call = ["analyze", str(photos), "--output", str(output), "--resume", "--summary"]
    assert main(call) == 1
    before = lines(output)[:2]
    (photos / "000.jpg").rename(photos / "002.jpg")
    (photos / "001.jpg").replace(photos / "broken.png")
    capsys.readouterr()
    assert main(call) == 0
    assert names(output) == {"000.jpg": 1, "001.jpg": 1, "002.jpg": 1, "broken.png": 1}
    assert lines(output)[:2] == before
    assert main(call) == 0
    assert "2 were done before, and are not counted" in capsys.readouterr().err
    assert len(lines(output)) == 4


def test_a_file_that_is_there_is_not_replaced_unless_told_to(tmp_path, capsys):
    photo, output = EXAMPLES / "astronaut.jpg", tmp_path / "moods.csv"
    output.write_text("dear to somebody")
    call = ["analyze", str(photo), "--output", str(output)]
    assert main(call) == 2
    assert "--resume" in capsys.readouterr().err
    assert main([*call, "--overwrite"]) == 2
    assert "something else than results" in capsys.readouterr().err
    assert output.read_text() == "dear to somebody"
    output.write_text("photo,bytes,of an earlier run")
    assert main([*call, "--overwrite"]) == 0
    assert "astronaut.jpg" in output.read_text()


@pytest.mark.parametrize("how", ["--resume", "--overwrite"])
def test_two_runs_at_once_do_not_write_one_output(tmp_path, capsys, how):
    photo, output = EXAMPLES / "astronaut.jpg", tmp_path / "moods.csv"
    command = [sys.executable, "-m", "mood", "analyze", "-", "--output", str(output)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stderr=pipe, text=True) as first:
        until_written(output, first)
        second = ["analyze", str(photo), "--output", str(output), how]
        assert main(second) == 2
        assert "moods.csv is being written by another run. Wait for it" in capsys.readouterr().err
        first.communicate(f"{photo}\n", timeout=60)
        assert first.returncode == 0
    assert len(output.read_text().splitlines()) == 2
    assert main(second) == 0
    assert len(output.read_text().splitlines()) == 2


def test_a_folder_as_output_is_told_to_be_none(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["analyze", str(EXAMPLES / "astronaut.jpg"), "--output", f"{tmp_path}/moods/"])
    assert ended.value.code == 2
    assert "names a folder: name a file, such as" in capsys.readouterr().err
    assert not (tmp_path / "moods").exists()


def test_results_never_replace_a_photo_that_is_read(tmp_path):
    photo = tmp_path / "photo.jpg"
    shutil.copy(EXAMPLES / "astronaut.jpg", photo)
    assert main(["analyze", str(photo), "--output", str(photo), "--overwrite"]) == 2
    assert photo.read_bytes() == (EXAMPLES / "astronaut.jpg").read_bytes()


@pytest.mark.parametrize("choice", [["--resume"], ["--format", "parquet"]])
def test_what_needs_a_file_says_so(choice, capsys):
    assert main(["analyze", str(EXAMPLES / "astronaut.jpg"), *choice]) == 2
    assert "--output" in capsys.readouterr().err


def test_workers_frame_photos_too(tmp_path):
    photos, framed = album(tmp_path / "in", 3), tmp_path / "in" / "framed"
    call = ["analyze", str(photos), "--annotate", str(framed), "--workers", "2"]
    for _ in range(2):  # what was framed is no photo to read
        assert main([*call, "--format", "csv", "--overwrite"]) == 1
    assert sorted(each.name for each in framed.iterdir()) == ["000.jpg", "001.jpg", "002.jpg"]


def test_a_film_is_a_row_for_each_face_and_moment(tmp_path):
    path = film(tmp_path / "film.mp4", [face()] * 8, rate=4)
    output = tmp_path / "moods.csv"
    assert main(["analyze", str(tmp_path), "--output", str(output), "--every", "1"]) == 0
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["photo"], row["time_s"], row["frame"], row["face"]) for row in rows] == [
        (str(path), "0.0", "0", "1"),
        (str(path), "1.0", "4", "1"),
    ]
    assert {row["expression"] for row in rows} == {"happiness"}


@unix
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_keeps_what_was_done_and_the_next_run_goes_on(tmp_path, workers):
    photos, output = album(tmp_path / "in", 150), tmp_path / "moods.jsonl"
    call = [photos, "--output", output, "--workers", workers, "--resume"]
    with running(*call) as process:
        until_written(output, process)
        os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (130, "")
    done = lines(output)
    assert 0 < len(done) < 150
    with running(*call) as process:
        process.communicate(timeout=100)
    assert lines(output)[: len(done)] == done
    assert names(output) == {f"{index:03}.jpg": 1 for index in range(150)} | {"broken.png": 1}


@unix
def test_whoever_is_killed_loses_no_photo_and_leaves_no_process(tmp_path):
    photos, output = album(tmp_path / "in", 100), tmp_path / "moods.jsonl"
    call = [photos, "--output", output, "--workers", "2", "--resume"]
    with running(*call) as process:
        until_written(output, process)
        process.kill()
        # The workers hold this pipe as well: it ends when the last of them has.
        process.communicate(timeout=30)
    assert 0 < len(names(output)) < 100
    with running(*call) as process:
        process.communicate(timeout=100)
    assert names(output) == {f"{index:03}.jpg": 1 for index in range(100)} | {"broken.png": 1}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    with running(EXAMPLES / "astronaut.jpg", "--output", "/dev/full") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "No space left on device" in errors
    assert "Traceback" not in errors


def test_on_a_terminal_a_bar_shows_how_far_it_is(tmp_path):
    termios = pytest.importorskip("termios", reason="needs a terminal of Unix")
    photos = album(tmp_path / "in", 3)
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    command = [sys.executable, "-m", "mood", str(photos), "--output", str(tmp_path / "moods.csv")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux's word for the end of a terminal
            while part := os.read(ours, 65536):
                shown += part
    os.close(ours)
    assert b"4/4" in shown
    assert b"photos/s" in shown

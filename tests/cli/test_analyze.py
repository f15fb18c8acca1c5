from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.batch import reading
from mood.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def start(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
    environment = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
    environment |= variables
    command = [sys.executable, "-m", "mood", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)


def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    with start(*arguments, **variables) as process:
        output, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def test_one_json_line_for_each_photo():
    photos = sorted(EXAMPLES.glob("*.jpg"))
    done = run(*photos)
    assert done.returncode == 0
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["photo"] for line in lines] == [str(photo) for photo in photos]
    verdicts = {Path(line["photo"]).stem: line["faces"][0]["expression"] for line in lines}
    assert verdicts["astronaut"] == "happiness"
    assert verdicts["grace_hopper"] == "neutral"
    moods = {
        Path(line["photo"]).stem: [face["expression"] for face in line["faces"]] for line in lines
    }
    # A blob, another one, and a hand on a trumpet: faces to the detector alone.
    assert [moods["mariachi"][index] for index in (2, 3, 7)] == [None, None, None]
    assert [moods["mariachi"][index] for index in (0, 1, 6)] == [
        "happiness",
        "neutral",
        "happiness",
    ]
    assert moods["mona_lisa"] == ["neutral"]
    assert moods["musicians"][0::2] == ["neutral", "neutral"]  # the others lie at the threshold


def test_choices_are_options(tmp_path):
    photo, cut = EXAMPLES / "astronaut.jpg", tmp_path / "face.png"
    Image.open(photo).crop((178, 63, 268, 176)).save(cut)
    done = run(cut, "--expressions", "fear,anger", "--certainty", "0.1", "--detector", "none")
    answer = json.loads(done.stdout)
    assert (answer["detector"], len(answer["faces"])) == ("none", 1)
    assert answer["faces"][0]["expression"] in {"fear", "anger"}
    assert json.loads(run(photo, "--smallest-face", "300").stdout)["faces"] == []
    for choice in (["--certainty", "2"], ["--expressions", "joy,fear"], ["--smallest-face", "x"]):
        wrong = run(photo, *choice)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert choice[1].split(",")[0] in wrong.stderr


def test_faces_that_cannot_be_read_say_why_or_are_left_out():
    photo = EXAMPLES / "mariachi.jpg"
    told, hidden = (
        json.loads(run(*options, photo).stdout)["faces"]
        for options in ([], ["--no-show-unreadable"])
    )
    unreadable = [face for face in told if face["verdict"] == "unreadable"]
    assert unreadable
    assert all(face["reason"] and face["expression"] is None for face in unreadable)
    assert hidden == [face for face in told if face["verdict"] != "unreadable"]


@pytest.mark.parametrize("arguments", [["examples/astronaut.jpg"], ["models"]])
def test_a_reader_that_has_seen_enough_is_no_error_to_complain_of(arguments):
    with start(*arguments) as process:
        process.stdout.close()
        assert process.stderr.read() == ""


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    done = run(broken, tmp_path / "none.png", EXAMPLES / "astronaut.jpg")
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{broken}: This is not a picture")
    assert second.startswith(f"{tmp_path / 'none.png'}: The file cannot be opened: No such file")
    assert len(done.stdout.splitlines()) == 1


# What Windows' consoles, old systems and containers without a locale offer.
ENCODINGS = ["ascii", "cp1252", "latin-1:strict", "utf-16", "utf-8:strict", "utf-8"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_name_that_the_output_cannot_tell_costs_no_photo(tmp_path, encoding):
    names = [os.fsdecode(name) for name in (b"stra\xc3\x9fe \xe5\xb7\x9d.png", b"caf\xe9.png")]
    photos = [tmp_path / name for name in names]
    for photo in photos:
        Image.new("RGB", (64, 64)).save(photo)
    broken = tmp_path / ("no " + names[1])
    command = [sys.executable, "-m", "mood", broken, *photos]
    variables = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
    variables |= {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True)
    output, errors = (each.decode(encoding.split(":")[0]) for each in (done.stdout, done.stderr))
    assert [json.loads(line)["photo"] for line in output.splitlines()] == list(map(str, photos))
    assert len(errors.splitlines()) == 1
    assert "No such file" in errors
    assert done.returncode == 1
    assert output.isascii() or encoding.startswith("utf-8")


@pytest.mark.parametrize("command", [["--help"], ["models"]])
def test_a_terminal_without_unicode_shows_help_and_networks(command):
    done = run(*command, PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_photo_that_fails_as_nobody_foresaw_costs_no_other(monkeypatch, capsys):
    class Odd(MoodAnalyzer):
        def read(self, source, *given):
            if source.stem == "grace_hopper":
                raise TypeError("decoders raise whatever they like")
            return super().read(source, *given)

    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    monkeypatch.setattr(reading, "MoodAnalyzer", Odd)
    photos = [EXAMPLES / f"{name}.jpg" for name in ("grace_hopper", "astronaut")]
    assert main(["analyze", *map(str, photos)]) == 1
    output, errors = capsys.readouterr()
    assert json.loads(output)["photo"] == str(photos[1])
    assert errors.startswith(f"{photos[0]}: Something unforeseen went wrong: TypeError")


def test_annotated_pictures_are_written_without_overwriting_each_other(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "astronaut.jpg").write_bytes((EXAMPLES / "astronaut.jpg").read_bytes())
    done = run(EXAMPLES / "astronaut.jpg", other / "astronaut.jpg", "--annotate", tmp_path / "out")
    assert done.returncode == 0
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == ["astronaut-2.jpg", "astronaut.jpg"]
    with Image.open(written[0]) as image:
        assert image.size == (512, 512)


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")


@needs_full
def test_a_full_disk_costs_the_framed_picture_and_nothing_else(tmp_path):
    photos = [EXAMPLES / f"{name}.jpg" for name in ("astronaut", "grace_hopper")]
    (tmp_path / "astronaut.jpg").symlink_to("/dev/full")
    done = run(*photos, "--annotate", tmp_path, "--overwrite")
    assert [json.loads(line)["photo"] for line in done.stdout.splitlines()] == list(
        map(str, photos)
    )
    assert done.stderr.splitlines() == [
        f"{photos[0]}: The framed picture cannot be written: No space left on device."
    ]
    assert done.returncode == 1
    with Image.open(tmp_path / "grace_hopper.jpg") as image:
        assert image.format == "JPEG"


def test_a_framed_picture_for_which_there_is_no_room_leaves_no_file(monkeypatch, tmp_path):
    def full(path: Path, _: bytes) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["analyze", str(EXAMPLES / "astronaut.jpg"), "--annotate", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(("closed", "lines"), [("<&-", 1), ("2>&-", 1), (">&-", 0)])
def test_standard_streams_may_be_closed(closed, lines):
    command = f'"$0" -m mood analyze --model mini "$1" {closed}'
    photo = EXAMPLES / "astronaut.jpg"
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, photo], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, len(done.stdout.splitlines())) == (0, lines), done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_found_is_printed_before_its_picture_is_drawn(monkeypatch, capsys, tmp_path):
    def fails(*_):
        raise ValueError("fonts do whatever they like")

    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    monkeypatch.setattr(reading, "annotate", fails)
    photo = EXAMPLES / "astronaut.jpg"
    assert main(["analyze", str(photo), "--annotate", str(tmp_path)]) == 1
    output, errors = capsys.readouterr()
    assert json.loads(output)["photo"] == str(photo)
    assert errors.startswith(f"{photo}: Something unforeseen went wrong: ValueError")


def test_a_folder_that_cannot_be_made_is_said_before_anything_is_read(tmp_path):
    (tmp_path / "file").write_text("no folder")
    done = run(EXAMPLES / "astronaut.jpg", "--annotate", tmp_path / "file" / "framed")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"The folder .*framed cannot be made: .*--annotate\.\n", done.stderr)


@needs_full
def test_an_output_that_takes_nothing_more_ends_with_a_sentence():
    command = [sys.executable, "-m", "mood", EXAMPLES / "astronaut.jpg", EXAMPLES / "musicians.jpg"]
    variables = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=ROOT, env=variables, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr == f"{command[3]}: The line cannot be printed: No space left on device.\n"


@pytest.mark.parametrize("size", [(120_000, 34), (34, 120_000), (1, 60_000)])
def test_a_strip_costs_no_other_photo(tmp_path, size):
    strip = tmp_path / "strip.png"
    Image.new("RGB", size, (200, 120, 90)).save(strip, compress_level=1)
    done = run(strip, EXAMPLES / "astronaut.jpg")
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(each["faces"]) for each in found] == [0, 1]
    assert (found[0]["width"], found[0]["height"]) == size


@pytest.mark.parametrize(
    "arguments", [(), ("--nonsense", "a.jpg"), ("",), ("a.jpg", "--output", "")]
)
def test_a_wrong_call_shows_how(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage: python -m mood" in done.stderr


@pytest.mark.parametrize("choice", ["--model", "--detector"])
def test_a_network_that_there_is_not_is_a_wrong_call(choice):
    done = run(EXAMPLES / "astronaut.jpg", choice, "nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("There is no") == 1
    assert "Choose one of: auto, " in done.stderr


def test_a_setting_that_cannot_be_used_is_named():
    command = [sys.executable, "-m", "mood", str(EXAMPLES / "astronaut.jpg")]
    environment = os.environ | {"MOOD_THREADS": "many"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip() == "MOOD_THREADS is “many”. It must be a whole number."


def photo_in(folder: Path, name: str, example: str = "astronaut.jpg") -> Path:
    copy = folder / name
    with Image.open(EXAMPLES / example) as image:
        image.save(copy)
    return copy


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_framed_pictures_never_replace_a_photo_that_is_read(tmp_path, options):
    photos = [photo_in(tmp_path, name) for name in ("one.jpg", "two.jpg")]
    (tmp_path / "framed").mkdir()
    (tmp_path / "framed" / "one.jpg").symlink_to(photos[0])
    before = [photo.read_bytes() for photo in photos]
    for folder in (tmp_path, tmp_path / "framed"):
        assert run(*photos, "--annotate", folder, *options).returncode == 0
        assert [photo.read_bytes() for photo in photos] == before
    assert {"one-2.jpg", "two-2.jpg"} <= {path.name for path in tmp_path.iterdir()}
    assert {"one-2.jpg", "two.jpg"} <= {path.name for path in (tmp_path / "framed").iterdir()}


@pytest.mark.parametrize("overwrite", [False, True])
def test_framed_pictures_replace_another_file_only_when_told_to(tmp_path, overwrite):
    photo = photo_in(tmp_path, "x.png")
    unrelated = tmp_path / "x.jpg"
    unrelated.write_bytes(b"dear to somebody")
    options = ["--overwrite"] if overwrite else []
    assert run(photo, "--annotate", tmp_path, *options).returncode == 0
    assert (unrelated.read_bytes() == b"dear to somebody") is not overwrite
    assert (tmp_path / "x-2.jpg").exists() is not overwrite

"""Ray Data around our reading: on a real cluster of this machine, by the documented example."""

from __future__ import annotations

import io
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pyarrow import Table
from pyarrow import parquet as tables

from mood.batch.parquet import schema
from mood.batch.ray import Moods
from mood.cli import main
from mood.settings import Settings
from tests import fresh

ROOT = Path(__file__).parents[2]
SETTINGS = Settings(model="mini", detector="libfacedetection")
COUNT = 2000
NOWHERE = "http://127.0.0.1:9"


def kinds() -> dict[str, tuple[bytes, list[str]]]:
    """Name of a kind of picture → a file, and what its rows tell."""
    faces = {}
    boxes = {"astronaut": (80, 0, 380, 300), "grace_hopper": (77, 36, 458, 417)}
    for name, box in boxes.items():
        with Image.open(ROOT / "examples" / f"{name}.jpg") as photo:
            faces[name] = np.asarray(photo.convert("RGB").crop(box).resize((120, 120)))
    happy, calm = faces["astronaut"], faces["grace_hopper"]
    return {
        "happy": (jpeg(happy), ["happiness"]),
        "calm": (jpeg(calm), ["neutral"]),
        "both": (jpeg(np.hstack([happy, calm])), ["happiness", "neutral"]),
        "empty": (jpeg(np.full((120, 160, 3), 90, np.uint8)), ["no_face"]),
        "damaged": (b"no picture", ["unreadable"]),
    }


def jpeg(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92)
    return file.getvalue()


def album(count: int) -> dict[str, tuple[bytes, list[str]]]:
    """So many files, no two the same, by their names."""
    each = list(kinds().items())
    made = {}
    for index in range(count):
        kind, (content, told) = each[index % len(each)]
        made[f"{index:05}-{kind}.jpg"] = (content + b"%05d" % index, told)
    return made


def told(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Last part of each name → what its rows tell, sorted."""
    found = defaultdict(list)
    for row in rows:
        found[Path(row["photo"]).name].append(row["expression"] or row["reason"])
    return {name: sorted(each) for name, each in found.items()}


def expected(photos: dict[str, tuple[bytes, list[str]]]) -> dict[str, list[str]]:
    return {name: sorted(each) for name, (_, each) in photos.items()}


def batch(photos: dict[str, tuple[bytes, list[str]]]) -> dict[str, np.ndarray]:
    contents = np.array([content for content, _ in photos.values()], object)
    return {"path": np.array(list(photos), object), "bytes": contents}


# In this process


def test_a_batch_has_the_rows_that_the_command_line_writes(tmp_path, monkeypatch):
    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    photos = album(10)
    monkeypatch.chdir(tmp_path)
    for name, (content, _) in photos.items():
        Path(name).write_bytes(content)
    assert main(["analyze", *photos, "--output", "moods.parquet"]) == 1  # two are damaged
    theirs = tables.read_table("moods.parquet")
    ours = Moods()(batch(photos))
    assert ours.schema.equals(theirs.schema, check_metadata=True)
    assert told(ours.to_pylist()) == expected(photos)
    assert without(ours, "changed_ns").equals(without(theirs, "changed_ns"))


def without(table: Table, column: str) -> Table:
    return table.drop_columns([column])


def test_a_worker_loads_the_networks_once(caplog):
    caplog.set_level("INFO")
    moods = Moods(SETTINGS)
    for _ in range(2):
        moods(batch(album(5)))
    assert sum("loaded" in record.getMessage() for record in caplog.records) == 1


def test_columns_may_have_other_names_and_pictures_none():
    given = {"jpeg": batch(album(1))["bytes"], "url": np.array(["s3://bucket/a//b.jpg"], object)}
    (row,) = Moods(SETTINGS, pictures="jpeg", names="url")(given).to_pylist()
    assert (row["photo"], row["expression"]) == ("s3://bucket/a//b.jpg", "happiness")
    (row,) = Moods(SETTINGS, pictures="jpeg", names="name")(given).to_pylist()
    assert (row["photo"], row["expression"]) == (None, "happiness")


def test_what_is_null_or_called_like_a_film_costs_no_other_picture():
    given = batch(album(3))
    given["bytes"][0] = None
    given["path"][1] = "calm.mp4"
    rows = Moods(SETTINGS)(given).to_pylist()
    assert [row["expression"] or row["reason"] for row in rows[:2]] == ["unreadable", "neutral"]
    assert len(rows) == 4


def test_a_batch_of_nothing_has_the_same_columns():
    table = Moods(SETTINGS)({"bytes": np.array([], object), "path": np.array([], object)})
    assert (table.num_rows, table.schema) == (0, schema())


def test_ray_is_told_to_send_no_usage_reports():
    asked = (
        "import mood.batch.ray; from ray._common.usage import usage_lib; "
        "print(usage_lib.usage_stats_enabled())"
    )
    environ = {name: each for name, each in os.environ.items() if not name.startswith("RAY_")}
    assert fresh.python(asked, environ).stdout.split() == ["False"]

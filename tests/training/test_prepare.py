"""The file of faces is made from the two public files; these here are small ones of their form."""

from __future__ import annotations

import csv
import sys

import numpy as np
import pytest

from mood.training import prepare
from mood.training.data import load
from mood.types import Expression

VOTES = [*map(str, Expression), "unknown", "NF"]
HAPPY = [0, 10, 0, 0, 0, 0, 0, 0, 0, 0]
SAD = [1, 0, 0, 9, 0, 0, 0, 0, 0, 0]
NO_FACE = [0, 0, 0, 0, 0, 0, 0, 0, 0, 10]


def write(folder, rows):
    """rows: (usage, grey of all pixels, name, votes)."""
    pictures, votes = folder / "fer2013.csv", folder / "fer2013new.csv"
    with pictures.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["emotion", "pixels", "Usage"])
        table.writerows([3, " ".join([str(grey)] * 2304), usage] for usage, grey, _, _ in rows)
    with votes.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Usage", "Image name", *VOTES])
        table.writerows([usage, name, *counts] for usage, _, name, counts in rows)
    return pictures, votes


def test_the_file_that_training_reads(tmp_path, monkeypatch, capsys):
    rows = [
        ("Training", 10, "fer0000000.png", HAPPY),
        ("Training", 20, "", NO_FACE),
        ("Training", 30, "fer0000002.png", SAD),
        ("PublicTest", 30, "fer0000003.png", SAD),
        ("PrivateTest", 40, "fer0000004.png", HAPPY),
    ]
    out = tmp_path / "data" / "ferplus.npz"
    command = ["prepare", *map(str, write(tmp_path, rows)), str(out)]
    monkeypatch.setattr(sys, "argv", command)
    assert prepare.main() == 0
    assert capsys.readouterr().out == f"{out}: 4 faces\n"
    with np.load(out) as file:
        assert file["fer_index"].tolist() == [0, 2, 3, 4]
        assert file["images"].dtype == np.uint8
        assert file["images"].shape == (4, 48, 48)
    train, validation = load(out, "train"), load(out, "validation")
    assert train.labels.tolist() == [1, 3]
    assert train.images[:, 0, 0].tolist() == [10, 30]
    assert not train.duplicate.any()
    assert validation.duplicate.tolist() == [True]
    assert load(out, "test").labels.tolist() == [1]


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    pictures, votes = write(tmp_path, [("Training", 10, "a.png", HAPPY)] * 2)
    votes.write_text(votes.read_text().replace("Training,a", "PublicTest,a", 1))
    with pytest.raises(ValueError, match="Row 0 of the two files"):
        prepare.prepare(pictures, votes)
    pictures, votes = write(tmp_path, [("Training", 10, "a.png", HAPPY)] * 2)
    votes.write_text("\n".join(votes.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(ValueError, match="Row 1 of the two files"):
        prepare.prepare(pictures, votes)

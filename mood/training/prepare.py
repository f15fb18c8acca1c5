"""Makes the file that training and measuring read from the two public ones.

    python -m mood.training.prepare fer2013.csv fer2013new.csv data/ferplus.npz

``fer2013.csv`` are the pictures (Kaggle, *Challenges in Representation Learning: Facial Expression
Recognition Challenge*), ``fer2013new.csv`` the votes (github.com/microsoft/FERPlus), row for row.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mood.types import Expression

_SIDE = 48
_SPLITS = {"Training": 0, "PublicTest": 1, "PrivateTest": 2}
_VOTES = [*map(str, Expression), "unknown", "NF"]


def prepare(pictures: Path, votes: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the file.

    ``images`` (N, 48, 48) uint8 grey; ``votes`` (N, 10) uint8, for each `Expression`, then
    *unknown* and *no face*; ``split`` (N,) uint8, 0 for training, 1 for validation, 2 for test;
    ``fer_index`` (N,) int32, the row in the files; ``duplicate_of_earlier_split`` (N,) bool,
    whether the same pixels stand in an earlier split too. Rows without a picture's name, which
    FER+ took out, are left out.

    Args:
        pictures: FER2013's CSV.
        votes: FER+'s CSV.

    Raises:
        ValueError: The files do not belong together.
    """
    images, counts, splits, rows = [], [], [], []
    for row, (picture, vote) in enumerate(_pairs(pictures, votes)):
        if not vote["Image name"].strip():
            continue
        images.append(np.array(picture["pixels"].split(), dtype=np.uint8).reshape(_SIDE, _SIDE))
        counts.append([int(vote[name]) for name in _VOTES])
        splits.append(_SPLITS[picture["Usage"]])
        rows.append(row)
    return {
        "images": np.array(images),
        "votes": np.array(counts, dtype=np.uint8),
        "split": np.array(splits, dtype=np.uint8),
        "fer_index": np.array(rows, dtype=np.int32),
        "duplicate_of_earlier_split": np.array(_duplicates(images, splits)),
    }


def _pairs(pictures: Path, votes: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    with pictures.open(newline="") as first, votes.open(newline="") as second:
        rows = zip_longest(csv.DictReader(first), csv.DictReader(second))
        for number, (picture, vote) in enumerate(rows):
            if picture is None or vote is None or picture["Usage"] != vote["Usage"]:
                raise ValueError(f"Row {number} of the two files is not about the same picture.")
            yield picture, vote


def _duplicates(images: list[npt.NDArray[np.uint8]], splits: list[int]) -> list[bool]:
    earliest: dict[bytes, int] = {}
    for image, split in zip(images, splits, strict=True):
        key = image.tobytes()
        earliest[key] = min(split, earliest.get(key, split))
    return [earliest[image.tobytes()] < split for image, split in zip(images, splits, strict=True)]


def main() -> int:
    """Runs the command line and returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pictures", type=Path, help="fer2013.csv")
    parser.add_argument("votes", type=Path, help="fer2013new.csv")
    parser.add_argument("out", type=Path, help="the .npz to write")
    options = parser.parse_args()
    arrays = prepare(options.pictures, options.votes)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.out, allow_pickle=False, **arrays)
    print(f"{options.out}: {len(arrays['images'])} faces")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The FER+ set: pictures, vote distributions, and the protocol by which it is measured.

Pictures: FER2013 (Goodfellow et al., 2013). Labels: FER+ (Barsoum et al., ICMI 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from mood.types import Expression

CLASSES = len(Expression)
DEFAULT_DATA = Path("data/ferplus.npz")
"""Made by `mood.training.prepare` from the public files."""
Split = Literal["train", "validation", "test"]
_SPLITS: dict[str, int] = {"train": 0, "validation": 1, "test": 2}


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """Faces with the votes of ten annotators.

    Attributes:
        images: (N, 48, 48) uint8 grey.
        distributions: (N, 8) float32, share of the votes for each `Expression`; rows sum to 1.
        labels: (N,) int64, the majority.
        duplicate: (N,) bool, whether the same pixels stand in an earlier split too.
    """

    images: npt.NDArray[np.uint8]
    distributions: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    duplicate: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.images)

    def where(self, chosen: npt.NDArray[np.bool_]) -> FaceSet:
        """The rows for which `chosen` (N,) is true."""
        return FaceSet(
            self.images[chosen],
            self.distributions[chosen],
            self.labels[chosen],
            self.duplicate[chosen],
        )


def load(path: Path, split: Split, *, ties: bool = False) -> FaceSet:
    """One split of FER+ by the usual protocol.

    Single votes are dropped as outliers, then rows whose majority is *unknown* or *not a face*,
    and, unless `ties`, rows in which two classes share the majority.

    Args:
        path: An ``.npz`` with ``images``, ``votes`` (N, 10), ``split`` and
            ``duplicate_of_earlier_split``.
        split: Which one.
        ties: Whether to keep rows without one majority; useful for training on distributions.
    """
    with np.load(path) as archive:
        rows = archive["split"] == _SPLITS[split]
        images = archive["images"][rows]
        votes = archive["votes"][rows].astype(np.float32)
        duplicate = archive["duplicate_of_earlier_split"][rows].astype(bool)
    votes = np.where(votes > 1, votes, 0)
    most = votes.max(axis=1)
    winners = votes == most[:, None]
    keep = (most > 0) & winners[:, :CLASSES].any(axis=1) & ~winners[:, CLASSES:].any(axis=1)
    if not ties:
        keep &= winners.sum(axis=1) == 1
    shares = votes[keep, :CLASSES]
    return FaceSet(
        images[keep],
        shares / shares.sum(axis=1, keepdims=True),
        shares.argmax(axis=1),
        duplicate[keep],
    )

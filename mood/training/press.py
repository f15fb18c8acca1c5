"""Faces of press photos with one label each, another set than FER+: pictures, labels, persons.

The file is not part of this project, nor is what makes it: faces of muxspace/facial_expressions,
cut out along the boxes of a detector; `load_press` says what it holds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from mood.models.catalogue import MINI
from mood.training.data import CLASSES, FaceSet
from mood.vision.boxes import square_crop_xyxy
from mood.vision.crops import cut_out, resize

DEFAULT_PRESS = Path("data/press-photos.npz")
BADLY_LABELLED = ("jhamski",)
"""Annotators whose labels are no use: the embedded network agrees with 42 % of them, and with 89 %
of the others'."""

VALIDATION_SHARE = 0.15
"""Of the persons."""


def load_press(
    path: Path, *, all_annotators: bool = False
) -> tuple[FaceSet, npt.NDArray[np.int64]]:
    """The faces as the program cuts them out, and who they show.

    Args:
        path: An ``.npz`` with ``images``, ``label``, ``box_xyxy``, ``person`` and ``annotator``.
        all_annotators: Whether to take those of `BADLY_LABELLED` too.

    Returns:
        N faces, each with all of its votes for one label, and (N,) numbers of persons.
    """
    with np.load(path) as archive:
        rows = np.arange(len(archive["label"]))
        if not all_annotators:
            rows = rows[~np.isin(archive["annotator"], BADLY_LABELLED)]
        labels = archive["label"][rows].astype(np.int64)
        persons = archive["person"][rows].astype(np.int64)
        faces = zip(archive["images"][rows], archive["box_xyxy"][rows], strict=True)
        images = np.stack([_as_seen(image, box) for image, box in faces])
    votes = np.eye(CLASSES, dtype=np.float32)[labels]
    return FaceSet(images, votes, labels, np.zeros(len(labels), dtype=bool)), persons


def for_validation(persons: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the faces of `persons` (N,) are kept from training: all of a person, or none."""
    people = np.random.default_rng(0).permutation(np.unique(persons))
    return np.isin(persons, people[: round(VALIDATION_SHARE * len(people))])


def _as_seen(image: npt.NDArray[np.uint8], box: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """What the embedded network sees of a face: its square, at the size of the input."""
    shape = MINI.preprocessing
    square = square_crop_xyxy(box, shape.crop_scale, shape.crop_shift_y)
    grey = cut_out(image[..., None], square)[..., 0]
    return resize(np.ascontiguousarray(grey), (shape.input_hw[1], shape.input_hw[0]))

"""What the network ``readable`` learns from, cut as `mini` sees faces.

Two files in one folder: ``ferplus.npz`` (FER2013 and FER+, for research) and ``press-photos.npz``
(muxspace/facial_expressions, Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mood.models.catalogue import MINI
from mood.types import Face, RGBImage
from mood.vision.crops import crop_face

DOUBTS = 3
MOST_TURNED = 0.35
"""Press faces whose nose is further from the middle between the eyes, in distances of the eyes, are
left out: whether they can be read is open."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pictures (N, 1, 48, 48) uint8 grey.

    Attributes:
        fer: Faces of FER+ that can be read.
        press: Faces of press pictures that can be read.
        nothing: Pictures of FER+ that are no face.
    """

    fer: Tensor
    press: Tensor
    nothing: Tensor


def load_faces(folder: Path) -> Pictures:
    """Faces of FER+'s training split and of the press.

    Left out are faces of FER+ of which three or more annotators knew no expression or saw no face,
    and film stills, whose labels are poor.
    """
    with np.load(folder / "ferplus.npz") as archive:
        train = archive["split"] == 0
        images, votes = archive["images"][train], archive["votes"][train].astype(int)
    doubtful = votes[:, 8] + votes[:, 9] >= DOUBTS
    nothing = votes[:, 9] >= 4
    return Pictures(_tensor(images[~doubtful]), _tensor(_press(folder)), _tensor(images[nothing]))


def _press(folder: Path) -> npt.NDArray[np.uint8]:
    with np.load(folder / "press-photos.npz") as archive:
        eyes, nose = archive["landmarks"][:, :2], archive["landmarks"][:, 2]
        across = eyes[:, 1] - eyes[:, 0]
        along = ((nose - eyes[:, 0]) * across).sum(axis=1) / (across**2).sum(axis=1)
        keep = (archive["annotator"] != "jhamski") & (np.abs(along - 0.5) <= MOST_TURNED)
        images = np.repeat(archive["images"][keep][..., None], 3, axis=3)
        return cut(images, archive["box_xyxy"][keep], archive["landmarks"][keep])


def cut(
    images: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float32], points: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    """(N, 48, 48) grey: what `mini` sees of each face of (N, H, W, 3) pictures."""
    return np.stack(
        [
            _grey(crop_face(image, Face(box, 1.0, landmarks), MINI.preprocessing))
            for image, box, landmarks in zip(images, boxes, points, strict=True)
        ]
    )


def _grey(crop: RGBImage) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _tensor(images: npt.NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(images))[:, None]

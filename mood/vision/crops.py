"""What a network sees of a face: cutting it out, turning it level, aligning it."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from mood.models.specs import Preprocessing
from mood.types import Face, FloatArray, RGBImage
from mood.vision.boxes import similarity_transform, square_crop_xyxy, turned_corners


def crop_face(image: RGBImage, face: Face, preprocessing: Preprocessing) -> RGBImage:
    """The pixels (h, w, 3) that the network sees of a face, still in colour.

    Networks with a template of landmarks get the face aligned to it where the detector gave
    landmarks; all others the square around its box, turned where the eyes are far from level. Of
    a picture that had to be turned, both see the face upright.
    """
    if face.turned_deg:
        size_wh = image.shape[1], image.shape[0]
        upright = face.turned(face.turned_deg, size_wh)
        return crop_face(turned(image, face.turned_deg), upright, preprocessing)
    height, width = preprocessing.input_hw
    is_aligned = face.landmarks is not None and preprocessing.template is not None
    if is_aligned or _slant(face, preprocessing):
        return align(image, *_points(face, preprocessing), (height, width))
    return resize(cut_out(image, _square(face, preprocessing)), (width, height))


def landmarks_in_crop(
    face: Face, preprocessing: Preprocessing, size_wh: tuple[int, int]
) -> FloatArray | None:
    """Where the landmarks lie in what `crop_face` gives, (5, 2) x, y in sides of the crop.

    Args:
        face: In a picture of the size `size_wh`.
        preprocessing: Of the network that sees the crop.
        size_wh: Width and height of the picture.
    """
    if face.landmarks is None:
        return None
    if face.turned_deg:
        return landmarks_in_crop(face.turned(face.turned_deg, size_wh), preprocessing, size_wh)
    if preprocessing.template is None and not _slant(face, preprocessing):  # most: a plain square
        left, top, right, _ = _square(face, preprocessing)
        corner = np.array([left, top])
        return np.asarray((face.landmarks + 0.5 - corner) / (right - left), dtype=np.float32)
    matrix = similarity_transform(*_points(face, preprocessing))
    inside = face.landmarks @ matrix[:, :2].T + matrix[:, 2]
    height, width = preprocessing.input_hw
    return np.asarray((inside + 0.5) / np.array([width, height]), dtype=np.float32)


def _points(face: Face, preprocessing: Preprocessing) -> tuple[FloatArray, FloatArray]:
    """Points of the picture, and those of the crop that they come to lie on."""
    if face.landmarks is not None and preprocessing.template is not None:
        return face.landmarks, np.array(preprocessing.template, dtype=np.float32)
    height, width = preprocessing.input_hw
    frame = turned_corners(np.array([0, 0, width, height], dtype=np.float32), 0.0)
    corners = turned_corners(_square(face, preprocessing), _slant(face, preprocessing))
    return corners - 0.5, frame - 0.5


def _square(face: Face, preprocessing: Preprocessing) -> FloatArray:
    shift_y = preprocessing.crop_shift_y
    return square_crop_xyxy(face.bbox_xyxy, preprocessing.crop_scale, shift_y)


def _slant(face: Face, preprocessing: Preprocessing) -> float:
    """Angle of the line through the eyes in radians, clockwise; 0 is level, or nearly so."""
    if face.landmarks is None:
        return 0.0
    x, y = face.landmarks[1] - face.landmarks[0]  # from the eye on the left to the other one
    slant = math.atan2(y, x)
    return 0.0 if abs(slant) < math.radians(preprocessing.level_from_deg) else slant


def side_of(face: Face, preprocessing: Preprocessing) -> float:
    """How many pixels a side of the face's square has in the picture that it was found in."""
    left, _, right, _ = square_crop_xyxy(face.bbox_xyxy, preprocessing.crop_scale, 0.0)
    return float(right - left)


def seen(image: RGBImage, face: Face, preprocessing: Preprocessing) -> RGBImage:
    """What the network saw of a face, (h, w, 3) uint8 RGB: its crop, grey where that is all."""
    crop = crop_face(image, face, preprocessing)
    if preprocessing.colour != "grey":
        return crop
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    return np.repeat(grey[:, :, None], 3, axis=2)


def resize(image: npt.NDArray[np.uint8], size_wh: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """`image` (H, W) or (H, W, 3) at the new size: by area when it shrinks, else bilinear."""
    if (image.shape[1], image.shape[0]) == size_wh:
        return np.ascontiguousarray(image)
    shrinks = size_wh[0] * size_wh[1] < image.shape[0] * image.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, size_wh, interpolation=method).astype(np.uint8, copy=False)


def turned(image: RGBImage, degrees: int) -> RGBImage:
    """A view of a picture (H, W, 3), turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.rot90(image, -degrees // 90)


def cut_out(image: RGBImage, box_xyxy: FloatArray) -> RGBImage:
    """The pixels (h, w, 3) of `image` inside `box_xyxy`; the edge is repeated beyond the border.

    The result has at least one pixel, wherever the box lies.
    """
    height, width = image.shape[:2]
    left, top = (int(np.floor(value + 0.5)) for value in box_xyxy[:2])
    right, bottom = (int(np.floor(value + 0.5)) for value in box_xyxy[2:])
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return image[top:bottom, left:right]
    rows = np.clip(np.arange(top, bottom), 0, height - 1)
    columns = np.clip(np.arange(left, right), 0, width - 1)
    return image[rows[:, None], columns[None, :]]


def align(
    image: RGBImage, landmarks: FloatArray, template: FloatArray, hw: tuple[int, int]
) -> RGBImage:
    """The face (h, w, 3), warped so that its `landmarks` lie closest to those of the `template`.

    Args:
        image: (H, W, 3).
        landmarks: (N, 2) pixels in `image`, whole numbers being the middles of pixels.
        template: (N, 2) pixels in the result.
        hw: Height and width of the result.
    """
    size_wh = (hw[1], hw[0])
    matrix = similarity_transform(landmarks, template)
    step = int(1 / np.hypot(matrix[0, 0], matrix[1, 0]))
    if step > 1:  # the warp looks at four pixels only: what is larger is averaged first
        height, width = image.shape[:2]
        shrunk_wh = (max(1, round(width / step)), max(1, round(height / step)))
        scale_xy = np.array([shrunk_wh[0] / width, shrunk_wh[1] / height], dtype=np.float32)
        image = resize(image, shrunk_wh)
        shrunk = ((landmarks + 0.5) * scale_xy - 0.5).astype(np.float32)
        matrix = similarity_transform(shrunk, template)
    warped = cv2.warpAffine(
        image, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return warped.astype(np.uint8, copy=False)

"""The picture with each face framed and labelled."""

from __future__ import annotations

import base64
import functools
import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mood.report.palette import COLOURS, UNCERTAIN_COLOUR, ink
from mood.types import Analysis, FaceExpression, RGBImage, Verdict

_Box = tuple[float, float, float, float]
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_MIN_SIDE = 480  # pixels: smaller pictures are enlarged, so that the labels can be read


def encoded(pixels: RGBImage, kind: str) -> bytes:
    """A picture (H, W, 3) uint8 RGB as a file; `kind` is JPEG, PNG or WEBP."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=88)
    return file.getvalue()


def data_url(pixels: RGBImage, kind: str) -> str:
    """The same as a data URL."""
    return f"data:image/{kind.lower()};base64,{base64.b64encode(encoded(pixels, kind)).decode()}"


def annotate(
    pixels: RGBImage,
    analysis: Analysis,
    *,
    labels: bool = True,
    captions: Sequence[str] = (),
    key: bool = False,
) -> RGBImage:
    """A copy of the picture with a frame around each face and, above or below it, a label.

    What cannot be read has a thin grey outline, and no label.

    Frames are coloured lines between dark ones, labels lie on plates: both can be seen on any
    background. Where the plates of a crowd would hide each other, a face gets its number only.

    Args:
        pixels: (H, W, 3) uint8 RGB, the analysed picture at any scale.
        analysis: What was found in it.
        labels: Whether to write labels.
        captions: What they say, one for each face; English where they are not as many, or where
            one has letters that the font lacks.
        key: Whether the labels that had to become numbers stand below the picture.

    Returns:
        (H', W', 3) uint8 RGB; larger than `pixels` where these are smaller than 480 pixels, and
        higher where there is a key.
    """
    image = Image.fromarray(pixels)
    grow = max(1.0, _MIN_SIDE / max(image.size))
    if grow > 1:
        size_wh = round(image.width * grow), round(image.height * grow)
        image = image.resize(size_wh, Image.Resampling.BICUBIC)
    scale_x = image.width / analysis.size_wh[0]
    scale_y = image.height / analysis.size_wh[1]
    boxes: list[_Box] = [
        tuple((face.face.bbox_xyxy * [scale_x, scale_y, scale_x, scale_y]).tolist())
        for face in analysis.faces
    ]
    pen = ImageDraw.Draw(image)
    unit = max(image.size) / 400
    for face, box in zip(analysis.faces, boxes, strict=True):
        if face.verdict is Verdict.UNREADABLE:
            _outline(pen, box, max(1, round(unit / 2)))
        else:
            _frame(pen, box, colour_of(face), max(1, round(min(unit, (box[2] - box[0]) / 12))))
    if not labels:
        return np.asarray(image)
    fit = len(captions) == len(analysis.faces) and all(map(_can_write, captions))
    texts = list(captions) if fit else [label_of(face) for face in analysis.faces]
    numbered = _write_labels(pen, image.size, analysis.faces, boxes, texts)
    if key and numbered:
        rows = [(f"{i + 1} · {texts[i]}", colour_of(analysis.faces[i])) for i in numbered]
        image = _with_key(image, rows)
    return np.asarray(image)


def colour_of(face: FaceExpression) -> str:
    """The colour of a face's frame: its expression's, or that of uncertainty."""
    return UNCERTAIN_COLOUR if face.expression is None else COLOURS[face.expression]


def label_of(face: FaceExpression) -> str:
    """A few words: ``happiness 97 %`` or ``uncertain``; of what cannot be read, nothing."""
    if face.expression is None:
        return "" if face.verdict is Verdict.UNREADABLE else str(Verdict.UNCERTAIN)
    return f"{face.expression} {percent(face.top_probability)}"


def percent(probability: float) -> str:
    """``0.974`` as ``97 %``; what would be rounded to 100 is ``> 99 %``."""
    value = round(probability * 100)
    return "> 99 %" if value == 100 else f"{value} %"


def _outline(pen: ImageDraw.ImageDraw, box: _Box, width: int) -> None:
    pen.rounded_rectangle(box, (box[2] - box[0]) / 12, outline=UNCERTAIN_COLOUR, width=width)


def _frame(pen: ImageDraw.ImageDraw, box: _Box, colour: str, width: int) -> None:
    left, top, right, bottom = box
    radius = (right - left) / 12
    for grow, line, thickness in ((width, "#000000", width * 3), (0, colour, width)):
        pen.rounded_rectangle(
            (left - grow, top - grow, right + grow, bottom + grow),
            radius,
            outline=line,
            width=thickness,
        )


def _write_labels(
    pen: ImageDraw.ImageDraw,
    size_wh: tuple[int, int],
    faces: Sequence[FaceExpression],
    boxes: Sequence[_Box],
    texts: Sequence[str],
) -> list[int]:
    """Writes a label at each face that can be read; which of them got a number only, in order."""
    font = _font_for(size_wh)
    taken: list[_Box] = []
    numbered: list[int] = []
    told = [i for i, face in enumerate(faces) if face.verdict is not Verdict.UNREADABLE]
    largest_first = sorted(told, key=lambda i: boxes[i][1] - boxes[i][3])
    for index in largest_first:
        box, colour = boxes[index], colour_of(faces[index])
        number = str(index + 1)
        text = f"{number} · {texts[index]}" if len(faces) > 1 else texts[index]
        others = [*taken, *(other for other in boxes if other is not box)]
        free = _free(_places(pen, font, text, box, size_wh), others)
        if not free and len(faces) > 1:
            text = number
            numbered.append(index)
            plates = _places(pen, font, text, box, size_wh)
            free = _free(plates, others) or plates
        plate = (free or _places(pen, font, text, box, size_wh))[0]
        taken.append(plate)
        pen.rounded_rectangle(plate, (plate[3] - plate[1]) / 4, fill=colour, outline="#000000")
        pen.text(
            ((plate[0] + plate[2]) / 2, (plate[1] + plate[3]) / 2),
            text,
            font=font,
            fill=ink(colour),
            anchor="mm",
        )
    return sorted(numbered)


def _with_key(image: Image.Image, rows: Sequence[tuple[str, str]]) -> Image.Image:
    """The picture with rows of words and colours below it, in as many columns as fit."""
    font = _font_for(image.size)
    line = round(1.6 * getattr(font, "size", 13))
    margin = line // 2
    widest = max(ImageDraw.Draw(image).textlength(text, font=font) for text, _ in rows) + line
    columns = max(1, min(len(rows), int((image.width - margin) // (widest + margin))))
    height = 2 * margin + line * math.ceil(len(rows) / columns)
    sheet = Image.new("RGB", (image.width, image.height + height), "#FFFFFF")
    sheet.paste(image)
    pen = ImageDraw.Draw(sheet)
    for at, (text, colour) in enumerate(rows):
        left = margin + (image.width - margin) // columns * (at % columns)
        middle = image.height + margin + line * (at // columns) + line // 2
        half = line // 4
        square = (left, middle - half, left + 2 * half, middle + half)
        pen.rounded_rectangle(square, half / 2, fill=colour, outline="#000000")
        pen.text((left + line, middle), text, font=font, fill="#000000", anchor="lm")
    return sheet


def _places(
    pen: ImageDraw.ImageDraw, font: _Font, text: str, box: _Box, size_wh: tuple[int, int]
) -> list[_Box]:
    """Where a label may stand: above its face, below it, inside it; within the picture."""
    height = 1.25 * getattr(font, "size", 13)
    width = pen.textlength(text, font=font) + height * 0.7
    left = min(max((box[0] + box[2] - width) / 2, 0), max(size_wh[0] - width - 1, 0))
    gap = height / 4
    tops = [box[1] - height - gap, box[3] + gap, box[1] + gap]
    inside = [top for top in tops if 0 <= top <= size_wh[1] - height - 1]
    if not inside:
        inside = [min(max(tops[2], 0), max(size_wh[1] - height - 1, 0))]
    return [(left, top, left + width, top + height) for top in inside]


def _free(plates: Sequence[_Box], others: Sequence[_Box]) -> list[_Box]:
    return [plate for plate in plates if not any(_touch(plate, other) for other in others)]


def _touch(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _font_for(size_wh: tuple[int, int]) -> _Font:
    return _font(max(13, round(max(size_wh) / 48)))


def _can_write(text: str) -> bool:
    """Whether the font has all letters of a text; of what it lacks it draws a box."""
    font = _font(16)
    missing = bytes(font.getmask("\uffff"))
    return all(each.isspace() or bytes(font.getmask(each)) != missing for each in text)


@functools.lru_cache(maxsize=8)
def _font(size: int) -> _Font:
    return ImageFont.load_default(size)

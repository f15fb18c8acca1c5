"""A picture of sixty people, made of the faces of the examples."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.e2e.conftest import EXAMPLES

ROWS, COLUMNS = 6, 10
FACES = ROWS * COLUMNS
_CELL = (64, 72)
_HEADS = {
    "astronaut": (136, 0, 310, 208),
    "grace_hopper": (110, 40, 430, 420),
    "mona_lisa": (90, 40, 290, 270),
    "three_people": (50, 0, 205, 190),
}
"""Example → where the head is in it: left, top, right, bottom in pixels."""


def draw_crowd(path: Path) -> Path:
    """Writes 60 heads, close together some higher, as a JPEG of 640 × 464 pixels."""
    heads = []
    for name, box in _HEADS.items():
        with Image.open(EXAMPLES / f"{name}.jpg") as example:
            heads.append(example.convert("RGB").crop(box))
    width, height = _CELL
    crowd = Image.new("RGB", (width * COLUMNS, height * ROWS + 32), "#776655")
    for at in range(FACES):
        row, column = divmod(at, COLUMNS)
        head = heads[(at + row) % len(heads)].resize(_CELL)
        crowd.paste(head, (width * column, height * row + 11 * (at % 4)))
    crowd.save(path, quality=92)
    return path

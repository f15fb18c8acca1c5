"""A film for Chromium's fake camera, made of the example photos: two people come, change, go."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"
SIZE_WH = (640, 480)
FPS = 30  # Chromium plays .mjpeg files at this rate, in a loop

SCENES: list[tuple[float, dict[str, str]]] = [
    (4.0, {"left": "smiling"}),
    (4.0, {"left": "smiling", "right": "calm"}),
    (4.0, {"left": "calm", "right": "calm"}),
    (3.0, {}),
]
"""(seconds, side → who)"""

PEOPLE = {
    "smiling": ("astronaut.jpg", (178, 62, 268, 175)),
    "calm": ("mona_lisa.jpg", (139, 94, 238, 214)),
}
"""Who → photo and the box of its face, as any good detector finds it within a few pixels."""

MIDDLE_XY = {"left": (170, 220), "right": (470, 260)}
HEIGHT = 150  # of each face in the film


def face_box(side: str, who: str) -> tuple[float, float, float, float]:
    """Where the face is in the film: left, top, right, bottom in pixels."""
    left, top, right, bottom = PEOPLE[who][1]
    scale = HEIGHT / (bottom - top)
    x, y = MIDDLE_XY[side]
    width = (right - left) * scale
    return x - width / 2, y - HEIGHT / 2, x + width / 2, y + HEIGHT / 2


def still(people: dict[str, str]) -> Image.Image:
    """One picture of the film."""
    frame = Image.new("RGB", SIZE_WH, (120, 126, 132))
    half = SIZE_WH[0] // 2
    for side, who in people.items():
        name, (left, top, _, bottom) = PEOPLE[who]
        scale = HEIGHT / (bottom - top)
        photo = Image.open(EXAMPLES / name).convert("RGB")
        photo = photo.resize((round(photo.width * scale), round(photo.height * scale)))
        box = face_box(side, who)
        patch = Image.new("RGB", (half, SIZE_WH[1]), (120, 126, 132))
        offset = 0 if side == "left" else half
        patch.paste(photo, (round(box[0] - left * scale) - offset, round(box[1] - top * scale)))
        frame.paste(patch, (offset, 0))
    return frame


def write_film(path: Path, scenes: list[tuple[float, dict[str, str]]] = SCENES) -> Path:
    """Writes the scenes as motion JPEG, which is one JPEG after the other."""
    with path.open("wb") as film:
        for seconds, people in scenes:
            picture = io.BytesIO()
            still(people).save(picture, "JPEG", quality=85)
            film.write(picture.getvalue() * round(seconds * FPS))
    return path

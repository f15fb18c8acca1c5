"""Where the live tab draws its frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.fake_camera import SIZE_WH

if TYPE_CHECKING:
    from playwright.sync_api import Page


def drawn_boxes(page: Page) -> dict[str, list[float]]:
    """Number of each face → left, top, right, bottom of its frame in pixels of the film."""
    return page.evaluate(
        """([width, height]) => {
          const stage = document.querySelector(".live video").getBoundingClientRect();
          const x = (value) => ((value - stage.left) / stage.width) * width;
          const y = (value) => ((value - stage.top) / stage.height) * height;
          return Object.fromEntries([...document.querySelectorAll(".live .box")].map((box) => {
            const at = box.getBoundingClientRect();
            return [box.dataset.face, [x(at.left), y(at.top), x(at.right), y(at.bottom)]];
          }));
        }""",
        list(SIZE_WH),
    )


def mirrored(box):
    return SIZE_WH[0] - box[2], box[1], SIZE_WH[0] - box[0], box[3]


def overlap(a, b) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area - width * height)

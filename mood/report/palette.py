"""One colour for each expression, the same everywhere.

The colours are the eight of Okabe and Ito (2008), which people with any kind of colour blindness
can tell apart, with grey in place of black; the word always stands beside them, and on the page a
symbol.
"""

from __future__ import annotations

from typing import TypedDict

from mood.types import Expression

COLOURS: dict[Expression, str] = {
    Expression.NEUTRAL: "#9AA3AF",
    Expression.HAPPINESS: "#F0E442",
    Expression.SURPRISE: "#56B4E9",
    Expression.SADNESS: "#0072B2",
    Expression.ANGER: "#D55E00",
    Expression.DISGUST: "#009E73",
    Expression.FEAR: "#CC79A7",
    Expression.CONTEMPT: "#E69F00",
}
"""sRGB as ``#RRGGBB``."""

UNCERTAIN_COLOUR = "#F5F5F5"


class Look(TypedDict):
    """How an expression is shown: ``colour`` and ``ink`` on it as ``#RRGGBB``."""

    colour: str
    ink: str


def looks() -> dict[str, Look]:
    """The look of each expression and of ``uncertain``, for scripts."""
    colours = {str(each): COLOURS[each] for each in Expression} | {"uncertain": UNCERTAIN_COLOUR}
    return {name: {"colour": colour, "ink": ink(colour)} for name, colour in colours.items()}


def rgb(colour: str) -> tuple[int, int, int]:
    """``#RRGGBB`` as three numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ink(colour: str) -> str:
    """Black or white, whichever is easier to read on `colour` (WCAG 2 relative luminance)."""
    linear = [(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in _unit(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#FFFFFF"


def _unit(colour: str) -> list[float]:
    return [value / 255 for value in rgb(colour)]

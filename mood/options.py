"""What a caller may choose for one picture; what an operator sets stands in `mood.settings`."""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mood.errors import OptionsError
from mood.types import Expression

_EXPRESSIONS = ", ".join(Expression)
_NUMBERS: dict[type, type] = {int: numbers.Integral, float: numbers.Real}  # NumPy's, too


def _choice(default: Any, text: str, wanted: str, maximum: float | None = None) -> Any:
    """A field of `Options`.

    Args:
        default: Leaves the choice to the settings.
        text: What it is, for all who describe it: shell, REST, Gradio's API.
        wanted: What it must be, for who gave something else.
        maximum: The largest number, 0 being the smallest.
    """
    metadata = {"text": text, "wanted": wanted, "maximum": maximum}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Options:
    """What is wanted of one picture; the defaults leave everything to the operator's settings.

    Attributes:
        model: Name of the expression network; empty takes that of the settings.
        detector: Name of the face detector; the same.
        certainty: Probability from which on a verdict is certain, 0 to 1; 0 takes the threshold of
            the settings or else of the network.
        smallest_face: Faces lower than so many pixels of the picture are left out.
        expressions: The expressions to consider, at least two, each once; their probabilities then
            sum to 1. Empty takes all.
        quick: Prefer speed over small faces, for video.
        show_unreadable: Whether faces that cannot be read are shown as such, or left out.

    Raises:
        OptionsError: A value is of another type or out of range.
    """

    model: str = _choice(
        "",
        "Name of the expression network; empty leaves it to the settings.",
        "the name of an expression network",
    )
    detector: str = _choice(
        "",
        "Name of the face detector; empty leaves it to the settings; none takes the whole picture "
        "for one face, which somebody has cut out.",
        "the name of a face detector",
    )
    certainty: float = _choice(
        0.0,
        "Probability from which on a verdict is certain; 0 takes the network's own threshold.",
        "a number from 0 to 1",
        maximum=1,
    )
    smallest_face: int = _choice(
        0,
        "Faces lower than so many pixels of the picture are left out.",
        "a whole number of pixels",
        maximum=10_000,
    )
    expressions: tuple[Expression, ...] = _choice(
        (),
        "The expressions to consider, at least two: their probabilities then sum to 1. None means "
        f"all: {_EXPRESSIONS}.",
        "a list of expressions",
    )
    quick: bool = _choice(False, "Prefer speed over small faces, as for video.", "true or false")
    show_unreadable: bool = _choice(
        True,
        "Whether faces that cannot be read are shown as such, or left out.",
        "true or false",
    )

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value, most = getattr(self, field.name), field.metadata["maximum"]
            if isinstance(field.default, tuple):
                object.__setattr__(self, field.name, _expressions(value))
            elif not _fits(value, type(field.default)):
                wanted = field.metadata["wanted"]
                raise OptionsError(f"{field.name} is {value!r:.60}. It must be {wanted}.")
            elif most is not None and not 0 <= value <= most:
                raise OptionsError(f"{field.name} is {value}. It must lie between 0 and {most}.")
        if len(set(self.expressions)) != len(self.expressions) or len(self.expressions) == 1:
            raise OptionsError("expressions must name at least two, each once, or none at all.")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Options:
        """The options that a request holds under the names of the attributes; others are ignored.

        Raises:
            OptionsError: A value is of another type or out of range.
        """
        named = {field.name: values.get(field.name) for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in named.items() if value is not None})


def _fits(value: object, kind: type) -> bool:
    """Whether a value is of a kind; true is no number, and a whole number is one."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, _NUMBERS.get(kind, kind))


def _expressions(value: object) -> tuple[Expression, ...]:
    if not isinstance(value, list | tuple):
        raise OptionsError("expressions must be a list of expressions.")
    try:
        return tuple(Expression(each) for each in value)
    except ValueError as error:
        odd = next(each for each in value if each not in list(Expression))
        raise OptionsError(f"{odd!r:.60} is none. expressions may hold: {_EXPRESSIONS}.") from error

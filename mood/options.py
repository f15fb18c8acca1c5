"""What a caller may choose for one picture; what an operator sets stands in `mood.settings`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mood.errors import OptionsError
from mood.types import Expression

_LARGEST_FACE = 10_000


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
        OptionsError: A value is out of range.
    """

    model: str = ""
    detector: str = ""
    certainty: float = 0.0
    smallest_face: int = 0
    expressions: tuple[Expression, ...] = ()
    quick: bool = False
    show_unreadable: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.certainty <= 1:
            raise OptionsError(f"certainty is {self.certainty}. It must lie between 0 and 1.")
        if not 0 <= self.smallest_face <= _LARGEST_FACE:
            raise OptionsError(
                f"smallest_face is {self.smallest_face}. It must lie between 0 and {_LARGEST_FACE}."
            )
        if len(set(self.expressions)) != len(self.expressions) or len(self.expressions) == 1:
            raise OptionsError("expressions must name at least two, each once, or none at all.")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Options:
        """The options that a request holds under the names of the attributes; others are ignored.

        Raises:
            OptionsError: A value is of another type or out of range.
        """
        given: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            value = values.get(field.name)
            if value is None:
                continue
            if field.name == "expressions":
                given[field.name] = _expressions(value)
            elif not isinstance(value, _KINDS[field.name]) or (
                isinstance(value, bool) and bool not in _KINDS[field.name]
            ):
                raise OptionsError(
                    f"{field.name} is {value!r:.60}. It must be {_WANTED[field.name]}."
                )
            else:
                given[field.name] = value
        return cls(**given)


_KINDS: dict[str, tuple[type, ...]] = {
    "model": (str,),
    "detector": (str,),
    "certainty": (int, float),
    "smallest_face": (int,),
    "quick": (bool,),
    "show_unreadable": (bool,),
}
_WANTED = {
    "model": "the name of an expression network",
    "detector": "the name of a face detector",
    "certainty": "a number from 0 to 1",
    "smallest_face": "a whole number of pixels",
    "quick": "true or false",
    "show_unreadable": "true or false",
}


def _expressions(value: object) -> tuple[Expression, ...]:
    if not isinstance(value, list | tuple):
        raise OptionsError("expressions must be a list of expressions.")
    try:
        return tuple(Expression(each) for each in value)
    except ValueError as error:
        known = ", ".join(Expression)
        odd = next(each for each in value if each not in list(Expression))
        raise OptionsError(f"{odd!r:.60} is none. expressions may hold: {known}.") from error

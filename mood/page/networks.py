"""What the settings of the photo tab say of the networks that can be chosen."""

from __future__ import annotations

from typing import TypedDict

from mood.models.catalogue import CATALOGUE, MINI
from mood.models.specs import QualitySpec
from mood.resources.pool import ModelPool


class NetworkOffer(TypedDict):
    """A network of the catalogue.

    Keys: its name; the length of its file in bytes, or None; the share of test pictures that it is
    right about, or None where nobody measured it; and its `Standing`.
    """

    name: str
    size_bytes: int | None
    accuracy: float | None
    standing: str


def offers(pool: ModelPool, accuracy: float | None) -> list[NetworkOffer]:
    """The networks that a visitor may choose; nothing is loaded or fetched to say it.

    Args:
        pool: Knows which are here.
        accuracy: Of the embedded network, 0 to 1; None where it was not measured.
    """
    return [
        {
            "name": name,
            "size_bytes": spec.origin.size_bytes,
            "accuracy": accuracy if spec == MINI else None,
            "standing": str(pool.standing(spec)),
        }
        for name, spec in CATALOGUE.items()
        if not isinstance(spec, QualitySpec)
    ]

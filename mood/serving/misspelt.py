"""Variables of the environment that look like settings and are none."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from mood.settings import Settings


def misspelt(environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that begins as ours do; with what may be meant."""
    known = [field.metadata["env"] for field in dataclasses.fields(Settings)]
    for name in sorted(environ):
        if name.startswith("MOOD_") and name not in known:
            yield f"{name} is no setting, and changes nothing.{_meant(name, known)}"


def _meant(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # a start without faults does not pay for it

    return "".join(f" Did you mean {close}?" for close in get_close_matches(name, known, 1, 0.75))

"""Another distribution that is imported as ``mood``, and installs its files over ours.

Imports nothing of ours, which may not be there any more.
"""

from __future__ import annotations

from importlib import metadata

_OURS = "mood-detector"


def in_the_way() -> str | None:
    """Which one is installed beside this program, as a sentence; None where there is none."""
    names = sorted(set(metadata.packages_distributions().get("mood", [])) - {_OURS})
    if not names:
        return None
    return (
        f"The package {names[0]} is imported as mood, too, and has replaced files of {_OURS}. "
        f"Run pip uninstall {names[0]}, and install {_OURS} again."
    )

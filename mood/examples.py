"""Where the example photos lie."""

from __future__ import annotations

import sysconfig
from pathlib import Path

_CHECKOUT = Path(__file__).parents[1] / "examples"
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "mood-detector" / "examples"

EXAMPLES = _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED
"""Beside the package in a checkout; where pip puts the data of a wheel otherwise."""

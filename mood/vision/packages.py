"""The compiled packages behind the networks: what is said where one cannot be imported.

Importing this module imports none of them.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from importlib import metadata

from mood import forks
from mood.errors import ModelLoadError
from mood.models.hub_environment import causes

NEEDED = {"cv2": "opencv-python-headless", "onnxruntime": "onnxruntime"}
"""Modules that no picture is read without → what pip calls them."""

_TWINS = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
_LETTERS = 200  # of what a library says, which may be a page

_ADAPTERS = {"onnxruntime": "mood.vision.session"}  # which lets it send no telemetry
_imported: set[str] = set()
_faults: dict[str, str] = {}


def need(*modules: str) -> None:
    """Imports modules; one that failed is not tried again, for OpenCV would say something else.

    Raises:
        ModelLoadError: One cannot be imported; the sentence says what to do.
    """
    for module in modules:
        if module not in _imported:
            with forks.undivided():  # one after the other
                _import(module)


def fault(module: str) -> str | None:
    """What is known to be wrong with a module, as a sentence; imports nothing."""
    if module in _faults or sys.modules.get(module) is not None:
        return _faults.get(module)
    if importlib.util.find_spec(module) is None:
        return f"The package {NEEDED[module]} is not installed. Run pip install {NEEDED[module]}."
    return None


def failure() -> str | None:
    """Why the first of those that are needed cannot be imported; None where all can."""
    try:
        need(*NEEDED)
    except ModelLoadError as error:
        return str(error)
    return None


def _import(module: str) -> None:
    known = fault(module)
    if known is not None:
        raise ModelLoadError(known)
    try:
        importlib.import_module(_ADAPTERS.get(module, module))
    except (ImportError, AttributeError, OSError, RuntimeError) as error:
        for cause in causes(error):
            if isinstance(cause, KeyboardInterrupt):
                raise cause from None
        _faults[module] = _sentence(module, error)
        raise ModelLoadError(_faults[module]) from error
    _imported.add(module)


def _sentence(module: str, error: Exception) -> str:
    package = NEEDED[module]
    why = next((line.strip() for line in str(error).splitlines() if line.strip()), repr(error))
    # Folders are nobody's business, and visitors read this too.
    why = re.sub(r"[^\s'\"(]*[/\\]", "", why)[:_LETTERS].rstrip(".")
    beside = [name for name in _TWINS if module == "cv2" and _is_installed(name)]
    if beside:
        return (
            f"The package {package} cannot be imported beside {' and '.join(beside)}: {why}. "
            f"Run pip uninstall -y {' '.join([*beside, package])}, then pip install {package}."
        )
    return (
        f"The package {package} cannot be imported: {why}. "
        f"Run pip install --force-reinstall {package}."
    )


def _is_installed(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True

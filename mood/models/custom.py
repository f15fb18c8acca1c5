"""Expression networks of the user's own: an ONNX file and a small JSON file that describes it.

``MOOD_MODEL`` names the ONNX file by its path or as ``hf://owner/repo/file.onnx@revision``; the
description has the same name with the ending ``.json``::

    {
      "labels": ["angry", "happy", "neutral"],
      "input_hw": [112, 112],
      "colour": "rgb",
      "mean": 127.5,
      "std": 127.5
    }

``labels`` names what each output means, in order; common synonyms are understood. ``mean`` and
``std`` are one number, or a list with one for each channel in the order of ``colour``. The other
keys are those of `Preprocessing`, of `ExpressionSpec`: ``temperature``, ``logit_bias``,
``small_faces``, ``fixed_batch``, ``certainty_threshold``, ``title``, ``licence``, and of its file:
``sha256``, ``size_bytes``. All but ``labels`` and ``input_hw`` may be left out;
`mood.models.description` checks each. How many faces the network takes at once, whether its numbers
are float16, float32 or float64, and whether channels come first or last, the network itself says.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from mood.errors import ModelLoadError
from mood.models import hub
from mood.models.specs import HubFile


def is_user_model(name: str) -> bool:
    """Whether a value of ``MOOD_MODEL`` names a file and not an entry of the catalogue."""
    return name.startswith("hf://") or name.endswith(".onnx")


def hub_address(name: str) -> HubFile:
    """The file that ``hf://owner/repo/file.onnx@revision`` names.

    Raises:
        ModelLoadError: It has not that form.
    """
    address, at, revision = name.removeprefix("hf://").partition("@")
    parts = PurePosixPath(address).parts
    repo, filename = "/".join(parts[:2]), "/".join(parts[2:])
    fits = (
        len(parts) > 2
        and filename.endswith(".onnx")
        and name.isprintable()
        and not {"..", "/"} & {*parts, *PurePosixPath(revision).parts}
        and (revision or not at)
        and hub.may_be_repo(repo)
    )
    if not fits:
        shown = "".join(each if each.isprintable() else "?" for each in name)
        raise ModelLoadError(
            f"“{shown}” is no address of a network. Write hf://owner/repo/file.onnx@revision."
        )
    return HubFile(repo, filename, revision or "main")


def description_of(network: HubFile) -> HubFile:
    """The file that describes a network of the Hub, beside its ONNX file."""
    filename = network.filename.removesuffix(".onnx") + ".json"
    return HubFile(network.repo, filename, network.revision)

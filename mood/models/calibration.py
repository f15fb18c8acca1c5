"""What somebody measured of a network that comes without it: a small JSON file.

``python -m mood.training.evaluate ferplus --fit --write calibration.json`` writes it, and
``MOOD_CALIBRATION=calibration.json`` has it used, for the network of that name and file::

    {
      "network": "ferplus",
      "sha256": "a2a2ba6a…",
      "temperature": 0.8,
      "logit_bias": [0.0, 0.1, 0.3, 0.3, 0.4, 1.0, 0.8, 1.1],
      "certainty_threshold": 0.5,
      "small_faces": [0.3, 15.0]
    }

The last four are those of `ExpressionSpec`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

from mood.errors import ModelLoadError
from mood.models import fields
from mood.models.specs import ExpressionSpec

_FIELDS = {
    "network": fields.title,
    "sha256": fields.sha256,
    "temperature": fields.number(0.01, 100),
    "logit_bias": fields.numbers(),
    "certainty_threshold": fields.number(0, 1),
    "small_faces": fields.small_faces,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Calibration:
    """A network's corrections.

    Attributes:
        network: Its name.
        sha256: Hash of the file that was measured, in hexadecimal; None for whichever there is.
        temperature: As in `ExpressionSpec`.
        logit_bias: As in `ExpressionSpec`.
        certainty_threshold: As in `ExpressionSpec`.
        small_faces: As in `ExpressionSpec`.
    """

    network: str
    sha256: str | None
    temperature: float
    logit_bias: tuple[float, ...]
    certainty_threshold: float
    small_faces: tuple[float, float] | None = None

    def write(self, path: Path) -> None:
        """Writes the file that `read` reads."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n", "utf-8")


def read(path: Path) -> Calibration:
    """What a file says.

    Raises:
        ModelLoadError: It is not there, or says something that cannot be used.
    """
    missing = f"There is no file {path.name} where it should be. Correct MOOD_CALIBRATION."
    values = fields.read(path, _FIELDS, missing)
    absent = [
        key
        for key in ("network", "temperature", "logit_bias", "certainty_threshold")
        if key not in values
    ]
    if absent:
        raise ModelLoadError(f"{path.name}: {absent[0]} is missing. Measure the network anew.")
    return Calibration(**{"sha256": None, **values})


def applied(calibration: Calibration, spec: ExpressionSpec, file: Path) -> ExpressionSpec:
    """The spec of a network with what was measured of it; as it is where another was measured.

    Args:
        calibration: What was measured.
        spec: The network.
        file: Its verified file.

    Raises:
        ModelLoadError: It was measured on another file of that name, or has other labels.
    """
    if spec.name != calibration.network:
        return spec
    known = spec.origin.sha256 or hashlib.sha256(file.read_bytes()).hexdigest()
    if calibration.sha256 not in (None, known):
        raise ModelLoadError(
            f"MOOD_CALIBRATION was measured on another file of {spec.name}. Measure this one: "
            f"python -m mood.training.evaluate {spec.name} --fit --write calibration.json."
        )
    if len(calibration.logit_bias) not in (0, len(spec.labels)):
        raise ModelLoadError(
            f"MOOD_CALIBRATION: logit_bias must hold one number for each of the "
            f"{len(spec.labels)} labels of {spec.name}. Correct it."
        )
    return dataclasses.replace(
        spec,
        temperature=calibration.temperature,
        logit_bias=calibration.logit_bias,
        certainty_threshold=calibration.certainty_threshold,
        small_faces=calibration.small_faces,
    )

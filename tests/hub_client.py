"""Run by the tests of the Hub in a process of its own: analyses a photo, says what happened.

Arguments: a JSON object with ``files`` (name → size and hash to put into the catalogue),
``settings``, ``photos`` (how many times at most), ``pause`` seconds between them, ``until``, the
network whose answer is the last, ``choices``, which take turns from photo to photo. Prints a JSON
line for each photo.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
import time
from pathlib import Path

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.models.catalogue import CATALOGUE, HUB_DEFAULT
from mood.models.specs import Pair
from mood.models.store import WeightsStore
from mood.options import Options
from mood.resources.pool import ModelPool
from mood.settings import Settings

PHOTO = Path(__file__).parent.parent / "examples" / "astronaut.jpg"


def main() -> None:
    order = json.loads(sys.argv[1])
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    catalogue = dict(CATALOGUE)
    for name, changes in order["files"].items():
        origin = dataclasses.replace(catalogue[name].origin, **changes)
        catalogue[name] = dataclasses.replace(catalogue[name], origin=origin)
    default = Pair(*(catalogue[spec.name] for spec in HUB_DEFAULT))
    settings = Settings(**order["settings"])
    analyzer = MoodAnalyzer(
        settings, pool=ModelPool(settings, WeightsStore(settings, catalogue, default))
    )
    choices = order.get("choices") or [{}]
    for number in range(order.get("photos", 1)):
        if number:
            time.sleep(order.get("pause", 0))
        start = time.monotonic()
        try:
            analysis = analyzer.analyze(PHOTO, Options(**choices[number % len(choices)]))
        except MoodError as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        else:
            (face,) = analysis.faces
            answer = {
                "model": analysis.model,
                "detector": analysis.detector,
                "source": analysis.source,
                "detector_source": analysis.detector_source,
                "top": face.top,
                "unknown": sorted(face.unknown),
            }
        answer["seconds"] = time.monotonic() - start
        answer["failure"] = analyzer.pool.status().failure
        print(json.dumps(answer), flush=True)
        if answer.get("model") == order.get("until"):
            break


if __name__ == "__main__":
    main()

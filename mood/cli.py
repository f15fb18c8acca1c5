"""``python -m mood PHOTO…`` prints one JSON line per photo."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.report.draw import annotate
from mood.report.export import to_dict
from mood.settings import Settings

_DESCRIPTION = """\
Find the faces in photos and say which expression each shows.
Prints one JSON line per photo; what cannot be read is named on stderr, and the exit code is then 1.
"""
_MODELS = "The networks: python -m mood models [list | pull | check]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code.

    0: all went well; 1: at least one photo could not be analysed; 2: the call itself is wrong.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["models"]:
        from mood.modelscli import main as models

        return models(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="python -m mood",
        description=_DESCRIPTION,
        epilog=_MODELS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a picture file")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="also write the framed pictures there, as JPEG"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log to stderr what is done")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        analyzer = MoodAnalyzer(Settings.from_env())
        if options.annotate:
            options.annotate.mkdir(parents=True, exist_ok=True)
    except (MoodError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    failures = 0
    written: set[Path] = set()
    for photo in options.photos:
        framed = (
            _unused(options.annotate / f"{photo.stem}.jpg", written) if options.annotate else None
        )
        failures += not _one(analyzer, photo, framed)
    return 1 if failures else 0


def _unused(path: Path, written: set[Path]) -> Path:
    """`path`, numbered where a photo of the same name came before."""
    free, number = path, 1
    while free in written:
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    written.add(free)
    return free


def _one(analyzer: MoodAnalyzer, photo: Path, framed: Path | None) -> bool:
    """Analyses one photo, writes it with frames to `framed`; whether that worked."""
    try:
        picture = analyzer.read(photo)
        analysis = analyzer.analyze_picture(picture)
        if framed:
            Image.fromarray(annotate(picture.pixels, analysis)).save(framed, quality=90)
    except (MoodError, OSError) as error:
        print(f"{photo}: {error}", file=sys.stderr)
        return False
    print(json.dumps({"photo": str(photo), **to_dict(analysis)}, ensure_ascii=False), flush=True)
    return True

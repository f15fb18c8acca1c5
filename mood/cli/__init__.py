"""The command line: ``mood-detector``, or ``python -m mood``."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import mood

_DESCRIPTION = """\
Find the faces in photos and say which expression each shows.
The command analyze may be left out: python -m mood PHOTO… does the same.
"""
_ANALYZE = """\
Prints one JSON line per photo; what cannot be read is named on stderr, and the exit code is then 1.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code.

    0: all went well; 1: at least one photo could not be analysed, or one network could not be had
    or is wrong; 2: the call itself is wrong.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    commands = {"analyze": _analyze, "serve": _serve, "models": _models}
    if arguments and arguments[0] not in {*commands, "-h", "--help", "--version"}:
        arguments = ["analyze", *arguments]
    parser, analyze = _parser()
    if arguments[:1] == ["analyze"]:
        _add_choices(analyze)
    options = parser.parse_args(arguments)
    return commands[options.command](options)


# Each command is imported when it is called: serve is to open its port at once.


def _analyze(options: argparse.Namespace) -> int:
    from mood.cli.analyze import run

    return run(options)


def _serve(_options: argparse.Namespace) -> int:
    from mood.serving import serve

    return serve()


def _models(options: argparse.Namespace) -> int:
    from mood.cli.models import run

    return run(options)


def _add_choices(parser: argparse.ArgumentParser) -> None:
    """Each field of `mood.options.Options`, under its name."""
    from mood.options import Options  # serve does without numpy until its port is open

    for field in dataclasses.fields(Options):
        name, text = f"--{field.name.replace('_', '-')}", field.metadata["text"]
        if isinstance(field.default, bool):
            parser.add_argument(name, action=argparse.BooleanOptionalAction, help=text)
        elif isinstance(field.default, tuple):
            parser.add_argument(name, type=_listed, metavar="A,B,…", help=text)
        else:
            parser.add_argument(name, type=type(field.default), help=text)


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


def _parser() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """The whole, and the part that is for analyze."""
    parser = argparse.ArgumentParser(
        prog="python -m mood" if sys.argv[0].endswith("__main__.py") else "mood-detector",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=mood.__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    analyze = commands.add_parser("analyze", help="read photos", description=_ANALYZE)
    analyze.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a picture file")
    analyze.add_argument(
        "--annotate", type=Path, metavar="DIR", help="also write the framed pictures there, as JPEG"
    )
    analyze.add_argument(
        "--overwrite",
        action="store_true",
        help="let framed pictures replace files of the same name, though never a photo that is "
        "read; without it they are numbered",
    )
    analyze.add_argument("-v", "--verbose", action="store_true", help="log to stderr what is done")

    commands.add_parser("serve", help="serve the page and the API on $PORT, as app.py does")

    models = commands.add_parser("models", help="which networks there are, and whether they work")
    tasks = models.add_subparsers(dest="task")
    tasks.add_parser("list", help="the networks, their licences, and whether they are here")
    pull = tasks.add_parser("pull", help="fetch networks from the Hugging Face Hub")
    pull.add_argument("names", nargs="*", metavar="NAME", help="by default those that auto takes")
    pull.add_argument(
        "--optional", action="store_true", help="end with 0 even if the Hub cannot be reached"
    )
    check = tasks.add_parser(
        "check", help="run networks on the example photos and compare with golden values"
    )
    check.add_argument("names", nargs="*", metavar="NAME", help="by default all that can be had")
    check.add_argument(
        "--write", action="store_true", help="take what they say as the golden values from now on"
    )
    return parser, analyze

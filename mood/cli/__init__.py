"""The command line: ``mood-detector``, or ``python -m mood``."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import mood

_DESCRIPTION = """\
Find the faces in photos and films and say which expression each shows.
The command analyze may be left out: python -m mood PATH… does the same.
"""
_ANALYZE = """\
Prints one JSON line per photo, or writes a file; what cannot be read is named on stderr, and the
exit code is then 1.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code.

    0: all went well; 1: at least one photo could not be analysed, or one network could not be had
    or is wrong; 2: the call itself is wrong; 130: Ctrl-C came.
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


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 256:
        raise argparse.ArgumentTypeError("It must be a whole number from 1 to 256.")
    return count


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("It must be a number above 0.")
    return number


def _path(text: str) -> Path:
    if not text:  # an unset variable, and no wish for the folder one is in
        raise argparse.ArgumentTypeError("The path is empty.")
    return Path(text)


def _file(text: str) -> Path:
    """The path of a file; the end of a text tells a folder, a path does not."""
    if text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(
            f"“{text}” names a folder: name a file, such as {text}moods.jsonl"
        )
    return _path(text)


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

    analyze = commands.add_parser("analyze", help="read photos and films", description=_ANALYZE)
    analyze.add_argument(
        "photos",
        nargs="+",
        type=_path,
        metavar="PATH",
        help="a photo, a film, a folder with them, a pattern, or - for names on stdin, one a line",
    )
    analyze.add_argument(
        "--output", type=_file, metavar="FILE", help="write there instead of to stdout"
    )
    analyze.add_argument(
        "--format",
        choices=("jsonl", "csv", "parquet"),
        help="a line of JSON a photo, or a row a face; by default what FILE ends with, or jsonl",
    )
    analyze.add_argument(
        "--resume",
        action="store_true",
        help="go on with FILE: what it holds is skipped, what failed is tried again",
    )
    analyze.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes that read side by side"
    )
    analyze.add_argument(
        "--summary", action="store_true", help="tell at the end how many faces show what"
    )
    often = analyze.add_mutually_exclusive_group()
    often.add_argument(
        "--every",
        type=_positive,
        metavar="SECONDS",
        help="how often a film is looked at; 0.5 by default. With it GIFs are films, too",
    )
    often.add_argument("--fps", type=_positive, metavar="N", help="the same, in times a second")
    analyze.add_argument(
        "--annotate",
        type=_path,
        metavar="DIR",
        help="also write the framed pictures there, as JPEG",
    )
    analyze.add_argument(
        "--overwrite",
        action="store_true",
        help="let FILE and framed pictures replace files of the same name, though never a photo "
        "that is read; without it framed pictures are numbered",
    )
    analyze.add_argument("-v", "--verbose", action="store_true", help="log to stderr what is done")

    commands.add_parser("serve", help="serve the page and the API on $PORT, as app.py does")

    models = commands.add_parser("models", help="which networks there are, and whether they work")
    tasks = models.add_subparsers(dest="task")
    tasks.add_parser("list", help="the networks and whether they are here, as without a task")
    pull = tasks.add_parser("pull", help="fetch networks, most from the Hugging Face Hub")
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

"""``mood-detector analyze``: reads photos and films, and writes what they show."""

from __future__ import annotations

import argparse
import logging
import sys

from mood.analyzer import MoodAnalyzer
from mood.batch.reading import Job
from mood.batch.run import FORMATS, Plan, Run, WritingError
from mood.errors import MoodError, of_system
from mood.options import Options
from mood.settings import Settings
from mood.video.films import EVERY_S


def run(options: argparse.Namespace) -> int:
    """Reads all that was named and returns the exit code."""
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        settings = Settings.from_env()
        job = Job(settings, Options.of(vars(options)), _every_s(options), _gifs(options))
        MoodAnalyzer(settings).pool.check(job.options)
    except MoodError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if options.annotate:
            options.annotate.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"The folder {options.annotate} cannot be made: {of_system(error)}."
        print(f"{why} Choose another one for --annotate.", file=sys.stderr)
        return 2
    plan = _plan(options, job)
    plain = plan.output is None and plan.format == "jsonl" and not plan.bar
    return _done(Run(plan, telling=plain), options.summary)


def _plan(options: argparse.Namespace, job: Job) -> Plan:
    ending = options.output.suffix.lower()[1:] if options.output else ""
    onto_terminal = options.output is None and sys.stdout.isatty()
    return Plan(
        paths=options.photos,
        job=job,
        format=options.format or (ending if ending in FORMATS else FORMATS[0]),
        output=options.output,
        resume=options.resume,
        overwrite=options.overwrite,
        annotate=options.annotate,
        workers=options.workers,
        bar=sys.stderr.isatty() and not onto_terminal,
    )


def _done(work: Run, summary: bool) -> int:
    """Does the work, and tells at the end what came of it, also where Ctrl-C ended it."""
    try:
        work.go()
    except MoodError as error:
        print(error, file=sys.stderr)
        return 2
    except WritingError as error:
        print(error, file=sys.stderr)
        raise BrokenPipeError from error  # nothing more is printed on what takes nothing
    finally:
        if work.tally.failures:
            print(*work.tally.table(), sep="\n", file=sys.stderr)
        if summary:
            print(*work.tally.summary(), sep="\n", file=sys.stderr)
    return 1 if work.tally.failed else 0


def _every_s(options: argparse.Namespace) -> float:
    if options.fps:
        return 1 / float(options.fps)
    return EVERY_S if options.every is None else float(options.every)


def _gifs(options: argparse.Namespace) -> bool:
    """A GIF is a photo unless somebody says how often to look at a film."""
    return options.every is not None or options.fps is not None

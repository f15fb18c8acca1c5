"""``python -m mood`` is the same as ``mood-detector``."""

import io
import os
import sys

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def run() -> int:
    """Runs the command line; ends quietly when its reader has gone, and at Ctrl-C.

    Returns:
        The exit code; 130 after Ctrl-C.
    """
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        # A letter that a terminal lacks, in a name for one, is escaped instead of ending all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from mood.cli import main

        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # who reads, head for one, has seen enough
        _close_output()
        code = 1
    except KeyboardInterrupt:
        _close_output()
        code = INTERRUPTED
    except (ImportError, AttributeError) as error:
        from mood.models.hub_environment import causes

        # Compiled modules hand on as an ImportError what came while they were imported.
        if any(isinstance(each, KeyboardInterrupt) for each in causes(error)):
            return INTERRUPTED
        from mood.namesake import in_the_way

        why = in_the_way()
        if why is None:
            raise
        sys.stderr.write(f"{why}\n")
        code = 2
    return code


def _open_streams() -> None:
    """Standard streams that are closed lead nowhere, as for a service without a terminal."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _close_output() -> None:
    """What is left is dropped: nobody reads it, and the flush at the exit would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(run())

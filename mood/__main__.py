"""``python -m mood`` is the same as ``mood-detector``."""

import io
import os
import sys


def run() -> int:
    """Runs the command line; ends quietly when its reader has gone. Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A letter that a terminal lacks, in a name for one, is escaped instead of ending all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from mood.cli import main

        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # who reads, head for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the exit
        code = 1
    except (ImportError, AttributeError):
        from mood.namesake import in_the_way

        why = in_the_way()
        if why is None:
            raise
        sys.stderr.write(f"{why}\n")
        code = 2
    return code


if __name__ == "__main__":
    sys.exit(run())

"""``python -m mood`` is the same as ``mood-detector``."""

import os
import sys


def run() -> int:
    """Runs the command line; ends quietly when its reader has gone. Returns the exit code."""
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

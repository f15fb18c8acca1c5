"""``python -m mood``."""

import os
import sys

from mood.cli import main

try:
    code = main()
    sys.stdout.flush()
except BrokenPipeError:  # who reads, head for one, has seen enough
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the exit
    code = 1
sys.exit(code)

"""``python -m mood``."""

import sys

from mood.cli import main

sys.exit(main())

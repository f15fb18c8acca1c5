"""The entry point: ``python app.py`` is the same as ``mood-detector serve``."""

import sys

from mood.serving import serve

if __name__ == "__main__":
    sys.exit(serve())

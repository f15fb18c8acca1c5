"""The entry point: ``python app.py`` serves the page and the API on ``$PORT``.

Only what answers the first requests is imported here; the page itself, with all of Gradio, is
built behind the open port (`mood.server`), and the models load on the first picture.
"""

from __future__ import annotations

import logging
import sys

from mood.errors import SettingsError
from mood.settings import Settings


def main() -> int:
    """Serves until told to stop; returns the exit code."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )

    from mood.server import serve

    return serve(settings)


if __name__ == "__main__":
    sys.exit(main())

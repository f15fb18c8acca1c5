"""The HTTP server."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


def serve() -> int:
    """Serves the page and the API on ``$PORT`` until told to stop; returns the exit code.

    The port answers at once; what is slow to import comes behind it (`mood.serving.startup`), and
    the models come with the first picture.
    """
    try:
        return _serve()
    except KeyboardInterrupt:  # Ctrl-C before the port was open; from then on it is the server's
        from mood.serving.leaving import leave

        leave(130)


def _serve() -> int:
    from mood.serving import environment

    environment.give_memory_back()
    environment.quiet_libraries()
    from mood import namesake
    from mood.errors import SettingsError
    from mood.serving import imports, leaving, mcp, quiet, server, upload_folder, visitors
    from mood.serving.misspelt import misspelt
    from mood.settings import Settings

    # Of FastAPI's own models, when the first request comes: nothing that an operator can mend.
    warnings.filterwarnings("ignore", message="The 'alias' attribute with value 'body'")
    try:
        settings = visitors.behind_known_proxies(Settings.from_env(), os.environ)
        mcp.check(settings)
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        quiet.install()
        folder = upload_folder.choose_folder(settings.port)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for sentence in misspelt(os.environ):
        logging.getLogger(__name__).warning(sentence)
    leaving.at_the_end(lambda: upload_folder.remove(folder))

    def load() -> Starlette:
        with imports.quick_import(mcp=bool(settings.mcp)):
            try:
                from mood.serving.app import create_analyzer, create_app
            except ImportError as error:
                why = namesake.in_the_way()
                if why is None:
                    raise
                raise ImportError(why) from error

            app = create_app(create_analyzer(settings))
        imports.freeze_garbage()
        return app

    async def warm_up(app: Starlette) -> None:
        from mood.serving.app import warm_up

        await warm_up(app)

    def turn_away(app: Starlette, working: bool) -> None:
        from mood.serving.app import turn_away

        turn_away(app, working)

    return server.serve(load, warm_up, turn_away, settings.host, settings.port)

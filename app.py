"""The entry point: ``python app.py`` serves the page and the API on ``$PORT``, 7860 by default.

The port answers at once; what is slow to import comes behind it
(`mood.serving.startup`), and the models come with the first picture.
"""

from __future__ import annotations

import logging
import sys
import warnings

from mood.serving import environment, gradio_app, imports


def main() -> int:
    """Serves until told to stop; returns the exit code."""
    environment.start_again_with_allocator()
    environment.quiet_libraries()
    # Here, not above: what replaces itself at once need not import the server first.
    from mood.errors import SettingsError
    from mood.serving import startup as door
    from mood.settings import Settings

    # Of FastAPI's own models, when the first request comes: nothing that an operator can mend.
    warnings.filterwarnings("ignore", message="The 'alias' attribute with value 'body'")
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )

    def load() -> door.App:
        with imports.quick_import():
            from mood.analyzer import MoodAnalyzer
            from mood.page import build, mount_options
            from mood.serving.app import create_app

            analyzer = MoodAnalyzer(settings)
            analyzer.guard.start()
            with gradio_app.without_spare_apps():
                demo = build(analyzer, settings)
            app = create_app(analyzer, settings, demo, mount_options())
        imports.freeze_garbage()
        return app

    async def rehearse(app: door.App) -> None:
        from mood.serving.app import rehearse

        await rehearse(app)

    return door.serve(load, rehearse, settings.host, settings.port)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.vision.fuzzing FOLDER``: damaged pictures, led by what they make the code do.

Keeps in the folder what reaches new lines of the decoders and of Pillow, and stops at the first
file that brings about anything but a picture or an `ImageError`, or takes more than ten seconds. By
hand, as it has no end; needs ``pip install atheris``. Further arguments are libFuzzer's:
``-max_total_time=600``, or a file, to try that one alone.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mood.vision", "PIL"]):
    from mood.errors import ImageError
    from mood.settings import Settings
    from mood.vision.picture import read_image

from tests.vision.mutations import sources

SETTINGS = Settings(max_side=320)


def one(content: bytes) -> None:
    """Reads a file; what gets out of here is a finding."""
    with contextlib.suppress(ImageError):
        read_image(content, SETTINGS)


def main() -> None:
    """The command line; see the module."""
    logging.disable()
    folder, *others = [each for each in sys.argv[1:] if not each.startswith("-")] or ["fuzzing"]
    if not Path(folder).is_file():
        Path(folder).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(sources()):
            (Path(folder) / f"whole-{number:02}").write_bytes(content)
    flags = [each for each in sys.argv[1:] if each.startswith("-")]
    limits = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=60000"]
    atheris.Setup([sys.argv[0], folder, *others, *limits, *flags], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

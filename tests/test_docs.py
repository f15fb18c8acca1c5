"""The documents say what is: links lead somewhere; figures, names and tables are the program's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mood.errors import STATUS
from mood.resources.counters import Counts
from mood.resources.memory import MemoryGuard, Step
from mood.serving.metrics import Figures, prometheus_text
from mood.types import AnalysisDict, FaceDict
from mood.vision.budget import Budget, budget
from mood.vision.formats.parts import Parts
from tests.benchmarks.dependencies import EXTRAS, REASONS, direct, extras

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
GUIDES = [README, ROOT / ".github" / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS]
OTHERS = ["CHANGELOG.md", "examples/PROVENANCE.md", "mood/models/mini/README.md"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """What may stand behind the # in a link to a document, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table(path: Path, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    _, _, below = path.read_text().partition(f"\n{heading}\n")
    rows = re.split(r"\n\|[-|]+\|\n", below)[1].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]


@pytest.mark.parametrize("path", [*GUIDES, *(ROOT / other for other in OTHERS)], ids=name)
def test_links_lead_somewhere(path):
    text = path.read_text()
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in links:
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", GUIDES, ids=name)
def test_files_that_are_named_exist(path):
    text = path.read_text()
    files = r"(?<![\w/.])(?:mood|tests|examples|docs)/"
    named = re.findall(rf"{files}[\w/.-]+\.\w+", text) + re.findall(rf"`({files}[\w/-]+)`", text)
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_the_readme_is_short():
    body = README.read_text().split("---\n", 2)[2]
    assert len([word for word in body.split() if re.search(r"\w", word)]) <= 1000


def test_the_readme_leads_to_every_document():
    text = README.read_text()
    assert [name(path) for path in [*GUIDES[1:]] if f"({name(path)})" not in text] == []


def test_each_figure_of_the_readme_has_its_command_and_stands_with_the_measurements():
    rows = table(README, "## What to expect")
    assert len(rows) == 6
    measured = (ROOT / "docs" / "measurements.md").read_text()
    for _, figure, command in rows:
        value = figure.partition(",")[0]
        assert f" {value}" in measured
        assert re.match(r"`python .*`$|the same$", command)
        if command != "the same":
            module = re.search(r"-m ([\w.]+)", command)
            script = module[1].replace(".", "/") + ".py" if module else command.split()[1]
            assert (ROOT / script).is_file()


@pytest.mark.parametrize("path", [README, ROOT / "docs" / "clients.md"], ids=name)
def test_the_python_that_needs_no_server_runs(path, tmp_path):
    (program,) = re.findall(r"```python\n(import mood\n.*?)```", path.read_text(), re.DOTALL)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "examples" / "astronaut.jpg", tmp_path / "photo.jpg")
    embedded = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | embedded | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("happiness ")


def test_the_rooms_stand_in_the_order_of_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(each["layers"] for each in contracts["contracts"] if each["id"] == "house")
    rows = [re.split(r"\s*\|\s*", layer) for layer in layers]
    path = ROOT / "docs" / "architecture.md"
    told = [
        (int(number), room)
        for number, rooms, _ in table(path, "## The rooms")
        for room in re.findall(r"\[`(\w+)`\]", rooms)
    ]
    assert told == [(number, room) for number, row in enumerate(rows, 1) for room in row]
    (picture,) = re.findall(r"```mermaid\n(flowchart.*?)```", path.read_text(), re.DOTALL)
    drawn = re.findall(r'^  (\w+)\["<b>\1</b>', picture, re.MULTILINE)
    assert drawn == [room for _, room in told]


def test_every_library_with_one_door_is_named():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    text = (ROOT / "docs" / "architecture.md").read_text()
    for contract in contracts["contracts"]:
        for library in contract.get("protected_modules", []):
            assert f"`{library}`" in text


def test_every_dependency_has_its_reason_in_a_table():
    path = ROOT / "docs" / "dependencies.md"
    needed = table(path, "## With the program")
    assert {name: (told, instead) for name, told, *_, instead in needed} == REASONS
    assert [name for name, *_ in needed] == direct()
    extra = table(path, "## With an extra")
    assert {name: (told, instead) for name, _, told, _, instead in extra} == EXTRAS
    assert {name: re.findall(r"`(\w+)`", told) for name, told, *_ in extra} == extras()


def test_every_key_of_an_answer_is_explained():
    text = (ROOT / "docs" / "clients.md").read_text()
    for key in (*AnalysisDict.__annotations__, *FaceDict.__annotations__):
        assert f"`{key}`" in text


def test_every_code_of_an_error_is_explained():
    rows = table(ROOT / "docs" / "clients.md", "## Errors")
    told = {code.strip("`"): title for code, _, title, _ in rows}
    assert told == {code: title for code, (_, title) in STATUS.items()}


def test_every_attack_that_is_tried_is_told():
    rows = table(ROOT / "SECURITY.md", "## What is tried")
    told = {where.strip("`") for _, where in rows}
    assert told == {name(path) for path in (ROOT / "tests" / "hard").glob("test_*.py")}


def test_the_figures_to_watch_are_those_of_metrics():
    figures = Figures(Counts(), dict.fromkeys(Step, 0), 1.0, 2.0, ("mini",), {"2xx": 1})
    served = prometheus_text(figures).decode()
    named = re.findall(r"`(mood_\w+)", (ROOT / "docs" / "operating.md").read_text())
    assert len(named) > 8
    assert [each for each in named if f"\n{each}" not in served] == []


def test_the_changelog_keeps_to_its_form():
    text = (ROOT / "CHANGELOG.md").read_text()
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert versions[0].startswith("[Unreleased]\n")
    for version in versions[1:]:
        assert re.match(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d\n", version)
    for version in versions:
        kinds = re.findall(r"^### (.*)$", version, re.MULTILINE)
        order = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
        assert kinds == [kind for kind in order if kind in kinds]
        for entries in re.split(r"^### .*\n", version, flags=re.MULTILINE)[1:]:
            assert re.match(r"\n- \S", entries), "no heading without entries"


LARGE_PICTURES = {
    "AVIF": ("AVIF", "RGB", "", 0),
    "AVIF, colours at full size": ("AVIF", "RGB", "full", 0),
    "AVIF, transparency": ("AVIF", "RGBA", "", 0),
    "AVIF, both": ("AVIF", "RGBA", "full", 0),
    "AVIF, 10 bits": ("AVIF", "RGB", "deep", 0),
    "AVIF, 10 bits, transparency": ("AVIF", "RGBA", "deep", 0),
    "AVIF, 10 bits, colours at full size": ("AVIF", "RGB", "deep full", 0),
    "AVIF, 10 bits, both": ("AVIF", "RGBA", "deep full", 0),
    "WebP, lossless": ("WEBP", "RGB", "lossless", 0),
    "WebP, transparency": ("WEBP", "RGBA", "", 0),
    "JPEG, progressive, colours at full size": ("JPEG", "RGB", "progressive", 6),
    "JPEG, progressive, CMYK": ("JPEG", "CMYK", "progressive", 8),
    "TIFF, compressed in one strip": ("TIFF", "RGBA", "", 4),
}  # kind → format, mode, kind, bytes a pixel that are held beside its pixels


def test_the_table_of_large_pictures_is_that_of_the_budget():
    guard = MemoryGuard(512 * 2**20 / 1e6, lambda: None)

    def needed(kind: str, side: int, halved: int) -> Budget:
        form, mode, how, beside = LARGE_PICTURES[kind]
        decoded = (side // halved,) * 2 if form == "JPEG" else (side, side)
        parts = Parts(b"", buffers=beside * side**2, kind=how)
        return budget(form, mode, (side, side), decoded, (1600, 1600), parts)

    rows = []
    for kind in LARGE_PICTURES:
        most = needed(kind, 7000, 4).most_megapixels(guard.largest_mb() or 0)
        rows.append([kind, f"{needed(kind, 5000, 2).total_mb:.0f}", str(int(most))])
    assert table(ROOT / "docs" / "operating.md", "### Large pictures") == rows

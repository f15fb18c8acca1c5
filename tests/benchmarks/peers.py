"""``python tests/benchmarks/peers.py``: this project beside what one would otherwise install.

Each peer gets an environment of its own, from PyPI or npm, and reads the same photos there, on one
core of the processor. Prints a table in Markdown; the line of a peer whose packages or weights
cannot be had says why. Needs Linux, Node, npm, and 7 GB of disk for the largest environment, which
goes when its peer was measured; ``--keep FOLDER`` leaves all there for the next time, in twice as
much. ``--only`` chooses.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.small_host.host import EXAMPLES, small_photo  # noqa: E402
from tests.vision.test_both_detectors import KNOWN  # noqa: E402

Box = Sequence[float]

PROBES = Path(__file__).parent / "probes"
FACES: dict[str, list[Box]] = {
    **KNOWN,
    "mariachi": [
        (137, 126, 190, 196),
        (373, 133, 434, 215),
        (458, 236, 477, 260),
        (610, 273, 630, 297),
        (641, 273, 705, 365),
        (726, 274, 802, 391),
        (815, 259, 977, 449),
    ],
}
_CELL = 320  # pixels: four times three of them are 1280 × 960
_CUTS = {
    "astronaut": [(122, 20, 322, 220), (92, 0, 352, 260)],
    "grace_hopper": [(98, 56, 438, 396), (56, 40, 476, 460)],
    "mona_lisa": [(88, 54, 288, 254), (58, 30, 318, 290)],
}
_LIMIT_S = 600
_FRONT = "opencv-contrib-python==4.13.0.92"  # 4, since OpenCV 5 has its cascade elsewhere
_TENSORFLOW = (
    "tensorflow-cpu==2.21.0",
    "setuptools<81",  # fer imports pkg_resources, which later ones lack
    *("matplotlib", "pandas", "requests", "tqdm", "pillow"),
)
_WASM = ("@tensorflow/tfjs-backend-wasm@4.22.0", "sharp@0.35.5")


@dataclass(frozen=True)
class Peer:
    """One line of the table.

    Attributes:
        name: What stands in the table.
        environment: The name of its folder; peers may share one.
        probe: The file in `PROBES`, then its arguments.
        packages: What is installed, in the form of pip or npm.
        bare: What is installed after that with pip, without what it asks for.
    """

    name: str
    environment: str
    probe: tuple[str, ...]
    packages: tuple[str, ...]
    bare: tuple[str, ...] = ()

    @property
    def is_node(self) -> bool:
        return self.probe[0].endswith(".mjs")


OURS = Peer("this project", "mood", ("mood_probe.py",), ())
PEERS = (
    OURS,
    # Without what its other detector, which is not measured, would bring: PyTorch with CUDA.
    Peer(
        "fer 25.10.3, OpenCV's cascade",
        "fer",
        ("fer_probe.py",),
        (*_TENSORFLOW, _FRONT, "moviepy<2", "ffmpeg-python"),
        ("fer==25.10.3",),
    ),
    # The last release whose MTCNN is TensorFlow's.
    Peer(
        "fer 22.4.0, MTCNN",
        "fer-mtcnn",
        ("fer_probe.py", "--mtcnn"),
        (*_TENSORFLOW, _FRONT),
        ("fer==22.4.0", "mtcnn==0.1.1"),
    ),
    *(
        Peer(
            f"@vladmandic/face-api 1.7.15, {detector}",
            "face-api",
            ("face_api_probe.mjs", *arguments),
            ("@vladmandic/face-api@1.7.15", "@tensorflow/tfjs@4.22.0", *_WASM),
        )
        for detector, arguments in (("SSD MobileNet", ()), ("its tiny detector", ("--tiny",)))
    ),
    Peer(
        "@vladmandic/human 3.3.6",
        "human",
        ("human_probe.mjs",),
        (
            "@vladmandic/human@3.3.6",
            *("@tensorflow/tfjs-core@4.22.0", "@tensorflow/tfjs-converter@4.22.0"),
            *_WASM,
        ),
    ),
    Peer(
        "deepface 0.0.103",
        "deepface",
        ("deepface_probe.py",),
        # It imports flask without asking for it, and wants the cascade of OpenCV 4.
        ("deepface==0.0.103", "flask", "opencv-contrib-python-headless==4.13.0.92"),
    ),
    Peer(
        "uniface 4.2.1",
        "uniface",
        ("uniface_probe.py",),
        ("uniface[cpu]==4.2.1", "torch==2.13.0"),
    ),
    Peer(
        "EmotiEffLib 1.1.1",
        "emotiefflib",
        ("emotiefflib_probe.py",),
        ("emotiefflib==1.1.1", "opencv-python==4.13.0.92"),
    ),
    Peer("py-feat 2.1.5", "py-feat", ("py_feat_probe.py",), ("py-feat==2.1.5",)),
)


def install(peer: Peer, environment: Path) -> None:
    """Makes the environment of a peer, where it is not there already.

    Raises:
        RuntimeError: It cannot be installed; the message is the last line of pip or npm.
    """
    note, wanted = environment / "peer.txt", "\n".join(peer.packages + peer.bare)
    if not note.exists() or note.read_text() != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        environment.mkdir(parents=True)
        if peer.is_node:
            (environment / "package.json").write_text('{"private": true}')
            quiet = ("--no-audit", "--no-fund", "--loglevel=error")
            _run(["npm", "install", *quiet, *peer.packages], environment)
        else:
            venv.create(environment)
            for options, packages in (((), peer.packages), (("--no-deps",), peer.bare)):
                if packages:
                    _pip(environment, *options, *packages)
        note.write_text(wanted)
    if peer is OURS:  # again each time, as it stands here
        with tempfile.TemporaryDirectory() as source:  # a copy: building leaves folders behind
            for name in ("mood", "examples"):
                shutil.copytree(ROOT / name, Path(source) / name)
            for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
                shutil.copy(ROOT / name, source)
            _pip(environment, source)


def _pip(environment: Path, *what: str) -> None:
    python = str(environment / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-cache-dir"]
    _run([*pip, *what], environment)


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(_last_line(done.stderr))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def size_mb(environment: Path) -> float:
    """What the files of an environment take, in MB (10^6 bytes); pip is not among them."""
    return sum(path.lstat().st_size for path in environment.rglob("*")) / 1e6


def probed(peer: Peer, environment: Path, photos: Sequence[Path]) -> dict[str, Any]:
    """What the probe of a peer found out, on the last core that this process may use."""
    core = max(os.sched_getaffinity(0))
    program = "node" if peer.is_node else str(environment / "bin" / "python")
    variables = {**os.environ, "HOME": str(environment), "OMP_NUM_THREADS": "1"}
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        variables.pop(name, None)
    command = ["taskset", "--cpu-list", str(core), program, str(PROBES / peer.probe[0])]
    command += [*peer.probe[1:], *map(str, photos)]
    try:
        done = subprocess.run(
            command,
            cwd=environment,
            env=variables,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return {"why": f"no answer within {_LIMIT_S} seconds"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(json.loads(lines[-1])) if lines else {"why": _last_line(done.stderr)}


def twelve_faces(folder: Path) -> tuple[Path, list[Box]]:
    """1280×960 with twelve faces of three people, near and far, mirrored and not; and where."""
    canvas, faces = Image.new("RGB", (4 * _CELL, 3 * _CELL)), list[Box]()
    cuts = [(name, cut, mirror) for name in _CUTS for cut in _CUTS[name] for mirror in (0, 1)]
    for number, (name, cut, mirror) in enumerate(cuts):
        cell = Image.open(EXAMPLES / f"{name}.jpg").convert("RGB").crop(cut)
        cell = cell.resize((_CELL, _CELL))
        x, y = number % 4 * _CELL, number // 4 * _CELL
        canvas.paste(ImageOps.mirror(cell) if mirror else cell, (x, y))
        scale = _CELL / (cut[2] - cut[0])
        left, top, right, bottom = (
            (side - cut[axis % 2]) * scale for axis, side in enumerate(KNOWN[name][0])
        )
        if mirror:
            left, right = _CELL - right, _CELL - left
        faces.append((x + left, y + top, x + right, y + bottom))
    path = folder / "twelve.jpg"
    canvas.save(path, quality=90)
    return path, faces


def hits(boxes: Sequence[Box], faces: Sequence[Box]) -> int:
    """How many of the faces have a box of their own: around their middle, and of about their size.

    What a detector calls a face differs: some go from the brows to the chin, some around the hair.
    """
    left, count = list(boxes), 0
    for face in faces:
        x, y = (face[0] + face[2]) / 2, (face[1] + face[3]) / 2
        for box in left:
            inside = box[0] < x < box[2] and box[1] < y < box[3]
            if inside and 1 / 4 < _area(box) / _area(face) < 6:
                left.remove(box)
                count += 1
                break
    return count


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def row(name: str, found: dict[str, Any], faces: list[list[Box]]) -> str:
    """One line of the table; `faces` are those of each photo whose boxes the probe gives."""
    cells = [name, f"{found['size_mb']:.0f}" if "size_mb" in found else "–", "–"]
    if "import_s" in found:
        cells[2] = f"{found['import_s']:.1f} ({found['import_wall_s']:.1f})"
    if "why" in found:
        plain = found["why"].encode("ascii", "ignore").decode()
        plain = plain.replace("|", "/").replace("`", "'")
        why = textwrap.shorten(plain, 120, placeholder=" …")
        return f"| {' | '.join([*cells, *['–'] * 5, f'not measured: `{why}`'])} |"
    counts = [hits(boxes, true) for boxes, true in zip(found["boxes"], faces, strict=True)]
    false = sum(map(len, found["boxes"][1:])) - sum(counts[1:])
    one, twelve = found["ms"]
    cells += [f"{found['first_s']:.1f}", f"{found['resident_mb']:.0f}"]
    cells += [f"{one:.0f}", f"{twelve:.0f}", f"{counts[0]}", f"{sum(counts[1:])}, {false} false"]
    return f"| {' | '.join(cells)} |"


def processor() -> str:
    """The name of the processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "an unknown processor"


def measured(peer: Peer, folder: Path, photos: Sequence[Path]) -> dict[str, Any]:
    """What its probe found out, and ``size_mb``; or only why it cannot be installed."""
    environment = folder / peer.environment
    try:
        install(peer, environment)
    except RuntimeError as error:
        return {"why": str(error)}
    found = probed(peer, environment, photos)
    return {**found, "size_mb": size_mb(environment)}


def compare(peers: Sequence[Peer], keep: Path | None) -> None:
    """Prints the table, each line as soon as it is measured."""
    examples = sorted(EXAMPLES / f"{name}.jpg" for name in FACES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        twelve, twelve_at = twelve_faces(folder)
        photos = [small_photo(folder), twelve, *examples]
        faces = [twelve_at, *(FACES[path.stem] for path in examples)]
        print(f"{dt.date.today()}, {processor()}, one core, Python {sys.version.split()[0]}\n")
        print(
            "| | installed MB | import s (clock) | first photo after s | resident MB | one face ms "
            "| twelve faces ms | found of the twelve "
            f"| found of {sum(map(len, faces[1:]))} in the examples |\n{'|---' * 9}|"
        )
        for peer in peers:
            with tempfile.TemporaryDirectory() as passing:
                found = measured(peer, keep or Path(passing), photos)
            print(row(peer.name, found, faces), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of the environments")
    parser.add_argument("--only", nargs="+", choices=sorted({p.environment for p in PEERS}))
    options = parser.parse_args()
    chosen = [p for p in PEERS if not options.only or p.environment in options.only]
    compare(chosen, options.keep and options.keep.absolute())


if __name__ == "__main__":
    main()

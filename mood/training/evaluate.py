"""How good, how honest, how robust and how fast a network is: ``python -m mood.training.evaluate``.

Takes a name of the catalogue, or an ONNX file together with ``--as NAME``, the entry of the
catalogue whose labels and preprocessing it follows. Prints Markdown. With ``--fit`` it chooses what
makes the network's probabilities honest instead, and ``--write FILE`` keeps that for
``MOOD_CALIBRATION``, which counts here too.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from mood.errors import MoodError
from mood.models import calibration
from mood.models.catalogue import CATALOGUE, find
from mood.models.specs import Choice, ExpressionSpec, LocalFile
from mood.settings import Settings
from mood.training import metrics
from mood.training.calibrate import MEAN_RECALL, ORDER, by_side, fit, through
from mood.training.data import DEFAULT_DATA, FaceSet, load
from mood.training.press import for_validation, load_press
from mood.training.subject import BOX_VIEWS, LIGHT_VIEWS, Network, View
from mood.vision.session import OnnxSession


def main() -> None:
    """The command line; see the module."""
    options = _options()
    try:
        network = _network(options.model, options.described_by, plain=options.fit)
    except MoodError as error:
        sys.exit(str(error))
    if options.press:
        press(network, options.press)
        return
    validation = load(options.data, "validation")
    validation = validation.where(~validation.duplicate)
    if options.fit:
        chosen = fit(network, validation)
        if options.write and chosen is not None:
            chosen.write(options.write)
        return
    test = load(options.data, "test")
    report(network, validation, test, options.float32)
    if options.json:
        options.json.write_text(json.dumps(summary(network, test), indent=1) + "\n")
    if options.plots:
        from mood.training.plots import write_plots

        probabilities = network.probabilities(test.images)
        write_plots(options.plots, probabilities, test.labels, options.logs)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure an expression network on FER+.")
    parser.add_argument("model", help="a name of the catalogue, or an ONNX file")
    parser.add_argument(
        "--as", dest="described_by", default="mini", help="entry that describes an ONNX file"
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the FER+ .npz")
    parser.add_argument("--fit", action="store_true", help="choose temperature and prior instead")
    parser.add_argument("--write", type=Path, help="file for what --fit chose: MOOD_CALIBRATION")
    parser.add_argument("--press", type=Path, help="measure on this .npz of press photos instead")
    parser.add_argument("--float32", type=Path, help="float32 export to compare the speed with")
    parser.add_argument("--json", type=Path, help="file for the accuracy that the page shows")
    parser.add_argument("--plots", type=Path, help="folder for the pictures of the model card")
    parser.add_argument(
        "--logs", type=Path, nargs="+", default=[], help="logs of the training, for its picture"
    )
    return parser.parse_args()


def _network(model: str, described_by: str, *, plain: bool) -> Network:
    """The network that is measured; `plain` leaves out what ``MOOD_CALIBRATION`` says of it."""
    settings = Settings.from_env()
    if model in CATALOGUE:
        from mood.models.store import WeightsStore

        weights = WeightsStore(settings).resolve(Choice("libfacedetection", model)).model
        spec, path = weights.spec, weights.path
    else:
        path = Path(model)
        origin = LocalFile(path)
        spec = dataclasses.replace(find(described_by, ExpressionSpec), origin=origin)
    if settings.calibration and not plain:
        known = calibration.read(Path(settings.calibration).expanduser())
        spec = calibration.applied(known, spec, path)
    return Network(spec, OnnxSession(path), path)


def press(network: Network, path: Path) -> None:
    """Prints how often the network agrees with the annotators of press photos."""
    everything, _ = load_press(path, all_annotators=True)
    faces, persons = load_press(path)
    columns = {
        "all": everything,
        "without the badly labelled": faces,
        "persons kept for validation": faces.where(for_validation(persons)),
    }
    cells = {name: _press_cells(network, part) for name, part in columns.items()}
    print("| press photos | " + " | ".join(columns) + " |\n|---" + "|---" * len(columns) + "|")
    for row in cells["all"]:
        print(f"| {row} | " + " | ".join(part[row] for part in cells.values()) + " |")


def _press_cells(network: Network, faces: FaceSet) -> dict[str, str]:
    probabilities = network.probabilities(faces.images)
    table = metrics.confusion(probabilities, faces.labels)
    recalls = zip(ORDER, metrics.recalls(table), table.sum(axis=1), strict=True)
    return {
        "faces": str(len(faces)),
        "accuracy": _percent(metrics.accuracy(probabilities, faces.labels)),
        "mean recall": _percent(metrics.mean_recall(probabilities, faces.labels)),
        "ECE": _percent(metrics.calibration_error(probabilities, faces.labels)),
        **{f"recall of {name}": f"{_percent(share)} of {count}" for name, share, count in recalls},
    }


def report(network: Network, validation: FaceSet, test: FaceSet, float32: Path | None) -> None:
    """Prints all that is promised of the network, measured on the test split."""
    labels = test.labels
    probabilities = network.probabilities(test.images)
    whole = metrics.accuracy(probabilities, labels)
    table = metrics.confusion(probabilities, labels)
    recall = metrics.recalls(table)
    fresh = ~test.duplicate
    plain = dataclasses.replace(
        network, spec=dataclasses.replace(network.spec, logit_bias=(), temperature=1.0)
    ).probabilities(test.images)
    bare = metrics.accuracy(plain, labels)
    boxes = _drops(network, test, BOX_VIEWS, whole)
    light = _drops(network, test, LIGHT_VIEWS, whole)

    print(f"# {network.spec.name}: {network.path.name}\n")
    print("| FER+ test split | target | measured |")
    print("|---|---|---|")
    print(f"| accuracy, majority label | ≥ 86.0 % | {_percent(whole)} |")
    print(f"| the same, without the prior's adjustment | | {_percent(bare)} |")
    print(f"| mean recall | ≥ {100 * MEAN_RECALL:.0f} % | {_percent(float(np.nanmean(recall)))} |")
    print(f"| file | ≤ 1.5 MB | {network.path.stat().st_size / 1e6:.2f} MB |")
    own, *other = _milliseconds(network.path, *([float32] if float32 else []))
    print(f"| one face, one thread | ≤ 2 ms | {own:.2f} ms |")
    for value in other:
        print(f"| the same, float32 export | not faster | {value:.2f} ms |")
    error = metrics.calibration_error(probabilities, labels)
    print(f"| expected calibration error, 15 bins | ≤ 2 % | {_percent(error)} |")
    print(f"| drop when the box is off, mean | ≤ 1.5 points | {_points(boxes)} |")
    print(f"| drop on poor pictures, mean | ≤ 4 points | {_points(light)} |")
    accuracy_error = metrics.standard_error(np.array([whole]), np.array([len(test)]))
    recall_error = metrics.standard_error(recall, table.sum(axis=1))
    print(
        "\nOther faces of the same kind would give other figures. Standard error of the accuracy: "
        f"{100 * accuracy_error:.1f} points; of the mean recall: {100 * recall_error:.1f} points."
    )
    print("\n| drop of accuracy | points |\n|---|---|")
    for name, drop in (boxes | light).items():
        print(f"| {name} | {100 * drop:.1f} |")

    print("\n| faces | accuracy | mean recall | ECE |\n|---|---|---|---|")
    for name, rows, values in (
        (f"all {len(test)}", np.ones(len(test), dtype=bool), probabilities),
        (f"{fresh.sum()} without duplicates of earlier splits", fresh, probabilities),
        ("all, without prior adjustment and temperature", np.ones(len(test), dtype=bool), plain),
    ):
        part, truth = values[rows], labels[rows]
        print(
            f"| {name} | {_percent(metrics.accuracy(part, truth))} "
            f"| {_percent(metrics.mean_recall(part, truth))} "
            f"| {_percent(metrics.calibration_error(part, truth))} |"
        )

    print("\n| expression | faces | recall | precision |\n|---|---|---|---|")
    for row, name in enumerate(ORDER):
        precision = metrics.precisions(table)[row]
        print(f"| {name} | {table[row].sum()} | {_percent(recall[row])} | {_percent(precision)} |")
    print("\n| label \\ verdict | " + " | ".join(ORDER) + " |")
    print("|---|" + "---|" * len(ORDER))
    for name, counts in zip(ORDER, table, strict=True):
        print(f"| {name} | " + " | ".join(str(count) for count in counts) + " |")

    print("\n| a face's side in pixels | temperature | accuracy | mean recall | ECE |")
    print("|---|---|---|---|---|")
    for side, temperature, right, known, off in by_side(network, test):
        print(
            f"| {side} | {temperature:.3f} | {_percent(right)} | {_percent(known)} "
            f"| {_percent(off)} |"
        )

    print("\n| certain from | validation: faces kept | accuracy | test: faces kept | accuracy |")
    print("|---|---|---|---|---|")
    thresholds = np.arange(0.3, 0.91, 0.1)
    ours = metrics.coverage_curve(
        network.probabilities(validation.images), validation.labels, thresholds
    )
    theirs = metrics.coverage_curve(probabilities, labels, thresholds)
    for (threshold, *first), (_, *second) in zip(ours, theirs, strict=True):
        cells = " | ".join(_percent(value) for value in (*first, *second))
        print(f"| {threshold:.2f} | {cells} |")


def summary(network: Network, test: FaceSet) -> dict[str, Any]:
    """What the page says of the network, on test faces that stand in no other split.

    Keys: ``sha256`` of its file, ``pictures``, ``accuracy`` 0 to 1, and ``expressions``, each with
    ``name``, ``recall`` 0 to 1 and ``pictures``.
    """
    fresh = test.where(~test.duplicate)
    probabilities = network.probabilities(fresh.images)
    table = metrics.confusion(probabilities, fresh.labels)
    recalls = metrics.recalls(table)
    return {
        "sha256": hashlib.sha256(network.path.read_bytes()).hexdigest(),
        "pictures": len(fresh),
        "accuracy": round(float(metrics.accuracy(probabilities, fresh.labels)), 4),
        "expressions": [
            {"name": str(name), "recall": round(float(recall), 4), "pictures": int(row.sum())}
            for name, recall, row in zip(ORDER, recalls, table, strict=True)
        ],
    }


def _drops(
    network: Network, faces: FaceSet, views: dict[str, View], whole: float
) -> dict[str, float]:
    drops = {}
    for name, view in views.items():
        probabilities = network.probabilities(through(view, faces.images))
        drops[name] = whole - metrics.accuracy(probabilities, faces.labels)
    return drops


def _milliseconds(*paths: Path) -> list[float]:
    """Median processor time of one face on one thread for each file; they take turns to lead."""
    sessions = [OnnxSession(path) for path in paths]
    shape = [1, *(size or 1 for size in sessions[0].input_shape[1:])]
    face = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
    times = np.zeros((300, len(sessions)))
    order = list(range(len(sessions)))
    for row in times:
        order.reverse()
        for column in order:
            start = time.process_time()
            sessions[column].run(face)
            row[column] = time.process_time() - start
    return [float(value) for value in np.median(times[20:], axis=0) * 1000]


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.1f} %"


def _points(drops: dict[str, float]) -> str:
    mean = 100 * float(np.mean(list(drops.values())))
    worst = 100 * max(drops.values())
    return f"{mean:.1f} points (worst {worst:.1f})"


if __name__ == "__main__":
    main()

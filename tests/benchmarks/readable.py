"""What is taken for a face that can be read, and why not: the numbers in `mood.vision.weighing`.

    python tests/benchmarks/readable.py [--quick]

Finds in 500 everyday photos, labelled by eye, are judged in five folds by photo: the network saw
none of the photos, and regression and threshold are fitted on the other folds. Then: what each
measure is worth, the numbers fitted on all photos, the faces of FER+ that are lost, from where on
`mini` contradicts itself (the thresholds of the reasons), and the costs in time and memory.
Needs ``../shared/data``; ``--quick`` leaves out FER+.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.models.catalogue import MINI, READABLE
from mood.types import Face
from mood.vision.expression import ExpressionClassifier
from mood.vision.quality import measured
from mood.vision.session import OnnxSession
from mood.vision.weighing import WEIGHING, Grey, Measures, Weighing, features_of
from tests import detectors
from tests.benchmarks.crop_margin import SHARED
from tests.benchmarks.readable_costs import costs
from tests.benchmarks.readable_faces import lost_faces, reasons

DATA = SHARED / "data"
FOLDS = 5
DEALS = 10
DETECTORS = ("yunet", "libfacedetection")
FEATURES = ("network", "confidence", "size", "turned", "sharpness")
KEPT = 0.9625
"""Share of the readable finds (label 1) that a threshold must keep."""
SHRINKAGE = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Finds:
    """(N,) arrays and lists of N."""

    label: np.ndarray
    photo: np.ndarray
    certain: np.ndarray  # whether mini would be
    measures: list[Measures]
    crops: list[Grey]
    confidence: dict[str, np.ndarray]

    def features(self, detector: str) -> np.ndarray:
        """(N, 5), nan where the detector did not find it."""
        confidence = self.confidence[detector]
        rows = [
            features_of(dataclasses.replace(each, confidence=float(sure)))
            for each, sure in zip(self.measures, confidence, strict=True)
        ]
        return np.where(np.isnan(confidence)[:, None], np.nan, np.array(rows))


def load_finds() -> Finds:
    data = np.load(DATA / "not-faces.npz")
    photo = np.unique(data["picture"], return_inverse=True)[1]
    classifier = ExpressionClassifier(MINI, OnnxSession(MINI.origin.path))
    network = detectors.judge()
    measures, crops, tops = [], [], []
    boxes = np.sqrt(np.prod(data["box_xyxy"][:, 2:] - data["box_xyxy"][:, :2], axis=1))
    for image, box, points, side in zip(
        data["images"], data["crop_box_xyxy"], data["landmarks"], boxes, strict=True
    ):
        (crop,) = classifier.crops(image, [Face(box, 1.0, points)])
        tops.append(classifier.probabilities([crop], [side * MINI.preprocessing.crop_scale]).max())
        (logit,) = network.logits([crop[:, :, 0]])
        crops.append(crop[:, :, 0])
        found = measured(Face(box, 1.0, points), crop[:, :, 0], logit)
        measures.append(dataclasses.replace(found, side_px=float(side)))
    return Finds(
        data["label"].astype(int),
        photo,
        np.array(tops) >= MINI.certainty_threshold,
        measures,
        crops,
        {name: data[f"confidence_{name}"] for name in DETECTORS},
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Fit:
    """A logistic regression on some of the features, and a threshold."""

    used: tuple[int, ...]
    weights: np.ndarray  # the last is the bias
    threshold: float = 0.0

    def probability(self, features: np.ndarray) -> np.ndarray:
        total = features[:, self.used] @ self.weights[:-1] + self.weights[-1]
        return 1 / (1 + np.exp(-total))


def fit(features: np.ndarray, readable: np.ndarray, used: Sequence[int]) -> Fit:
    """Ridge, both classes weighing the same; the threshold keeps `KEPT` of the readable."""
    known = ~np.isnan(features).any(axis=1)
    x, y = features[known][:, used], readable[known].astype(float)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    z = np.column_stack([(x - mean) / deviation, np.ones(len(x))])
    weigh = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    ridge = np.diag([*[SHRINKAGE] * len(used), 0.0])
    beta = np.zeros(z.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ beta))
        gradient = z.T @ (weigh * (p - y)) + ridge @ beta
        beta -= np.linalg.solve((z * (weigh * p * (1 - p))[:, None]).T @ z + ridge, gradient)
    scaled = beta[:-1] / deviation
    found = Fit(tuple(used), np.array([*scaled, beta[-1] - scaled @ mean]))
    kept = np.sort(found.probability(features[known][y > 0]))
    lost = int((1 - KEPT) * len(kept))
    return dataclasses.replace(found, threshold=float((kept[lost] + kept[max(lost - 1, 0)]) / 2))


def both(finds: Finds, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features and whether readable, as both detectors see the rows."""
    features = [finds.features(name)[rows] for name in DETECTORS]
    return np.concatenate(features), np.tile(finds.label[rows] == 1, len(DETECTORS))


def five_folds(finds: Finds, used: Sequence[int], deal: int) -> dict[str, np.ndarray]:
    """For each detector whether each find is called readable, (N,) bool."""
    said = {name: np.zeros(len(finds.label), dtype=bool) for name in DETECTORS}
    dealt = np.random.default_rng(deal).permutation(finds.photo.max() + 1) % FOLDS
    fold_of = dealt[finds.photo]
    for fold in range(FOLDS):
        inside = fold_of != fold
        model = fit(*both(finds, inside & (finds.label != 3)), used)
        for name in DETECTORS:
            features = finds.features(name)
            with np.errstate(invalid="ignore"):
                passes = model.probability(features) >= model.threshold
            said[name] |= passes & ~inside
    return said


def counts(finds: Finds, said: dict[str, np.ndarray]) -> np.ndarray:
    """(detectors, labels): how many of each are readable and certain."""
    of_label = finds.label == np.arange(4)[:, None]
    return np.array([(said[name] & finds.certain & of_label).sum(axis=1) for name in DETECTORS])


def folds_table(finds: Finds) -> None:
    kinds = ("no face", "readable", "unreadable", "painted")
    head = [f"{kind} ({(finds.label == label).sum()})" for label, kind in enumerate(kinds)]
    print(
        f"\nCalled certain, YuNet / libfacedetection; five folds by photo, mean of {DEALS} deals:\n"
    )
    print("| judged by | " + " | ".join(head) + " |\n" + "|---" * 5 + "|")
    everything = tuple(range(len(FEATURES)))
    ways = {"all": everything}
    ways |= {f"{FEATURES[i]} alone": (i,) for i in everything}
    ways |= {f"all but {FEATURES[i]}": tuple(j for j in everything if j != i) for i in everything}
    found = {name: ~np.isnan(finds.confidence[name]) for name in DETECTORS}
    _row("nothing", counts(finds, found))
    sure = {name: np.nan_to_num(finds.confidence[name]) >= 0.85 for name in DETECTORS}
    _row("confidence 0.85, as before", counts(finds, sure))
    for name, used in ways.items():
        deals = [counts(finds, five_folds(finds, used, deal)) for deal in range(DEALS)]
        _row(name, np.mean(deals, axis=0))


def _row(name: str, table: np.ndarray) -> None:
    cells = [
        " / ".join(f"{value:.1f}".removesuffix(".0") for value in column) for column in table.T
    ]
    print(f"| {name} | " + " | ".join(cells) + " |")


def fitted(finds: Finds) -> Weighing:
    """The numbers that all photos give."""
    model = fit(*both(finds, finds.label != 3), range(len(FEATURES)))
    logit, confidence, side, turned, sharpness, bias = (round(float(w), 3) for w in model.weights)
    found = dataclasses.replace(
        WEIGHING,
        bias=bias,
        logit=logit,
        confidence=confidence,
        side=side,
        turned=turned,
        sharpness=sharpness,
        readable_from=round(model.threshold, 3),
    )
    print(f"\nFitted on all photos:\n{found}\nin the code:\n{WEIGHING}")
    return found


def reason_thresholds(finds: Finds) -> None:
    """Prints what of the reasons the finds tell."""
    label, confidence = finds.label, finds.confidence["yunet"]
    side, turned = (
        np.array([getattr(m, name) for m in finds.measures]) for name in ("side_px", "turned")
    )
    human = (label == 1) | (label == 2)
    small = next(
        s for s in range(16, 64) if _readable_near(s, side[human], label[human] == 1) >= 0.5
    )
    print("\nReasons, by the finds:")
    print(f"too_small below {small} px: of the human finds about as large most are unreadable")
    print(f"not_a_face below a confidence of {_best(confidence, label == 2, label == 0):.2f}")
    print(f"turned_away from {_best(turned, label == 2, label == 1):.2f} on")


def _readable_near(side: float, sides: np.ndarray, readable: np.ndarray) -> float:
    """Share of readable finds among those that are up to a quarter larger or smaller."""
    return float(readable[(sides >= side / 1.25) & (sides <= side * 1.25)].mean())


def _best(values: np.ndarray, above: np.ndarray, below: np.ndarray) -> float:
    """The value that tells the two kinds apart best (Youden's index)."""
    return float(
        max(
            np.unique(values),
            key=lambda v: (values[above] >= v).mean() - (values[below] >= v).mean(),
        )
    )


def reasons_table(finds: Finds) -> None:
    print("\nReasons of what is unreadable (YuNet), with the numbers in the code:\n")
    for label in range(4):
        said: dict[str, int] = {}
        for each, crop, sure, kind in zip(
            finds.measures, finds.crops, finds.confidence["yunet"], finds.label, strict=True
        ):
            full = dataclasses.replace(each, confidence=float(sure))
            if kind == label:
                can = WEIGHING.readable(full) >= WEIGHING.readable_from
                word = "readable" if can else str(WEIGHING.reason(full, crop))
                said[word] = said.get(word, 0) + 1
        print(f"label {label}: " + ", ".join(f"{k} {v}" for k, v in sorted(said.items())))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out FER+")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is not here, and nothing can be measured without it.")
        return 1
    finds = load_finds()
    folds_table(finds)
    fitted(finds)
    reason_thresholds(finds)
    reasons_table(finds)
    if not options.quick:
        lost_faces(DATA)
        reasons(DATA)
    costs(READABLE.origin.path)
    return 0


if __name__ == "__main__":
    sys.exit(main())

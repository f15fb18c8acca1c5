"""Records what the embedded network says of faces in a shaky, noisy video, frame by frame.

    python tests/benchmarks/recording.py

Writes ``tests/data/recording.csv``, which `tests/video/test_steady.py` plays: seconds, scene, and
the probability of each expression. Each scene shows one face of the example photos for six seconds
at about 15 frames a second; the box trembles, light changes, and the sensor is noisy, as those of
webcams do.
"""

from __future__ import annotations

import csv
import itertools
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.types import Expression, Face
from mood.vision.crops import crop_face
from mood.vision.picture import read_image

ROOT = Path(__file__).parents[2]
SCENES = (
    ("grace_hopper", 0),
    ("astronaut", 0),
    ("mona_lisa", 0),
    ("mariachi", 0),
    ("grace_hopper", 0),
    ("astronaut", 0),
)
SCENE_S = 6.0
TREMBLE = 0.08  # of the face's size, standard deviation
NOISE = 30.0  # grey levels, standard deviation


def main() -> None:
    settings = Settings(model="mini", detector="libfacedetection")
    analyzer = MoodAnalyzer(settings)
    rng = np.random.default_rng(5)
    rows, time_s = [], 0.0
    for scene, (name, number) in enumerate(SCENES):
        picture = read_image(ROOT / "examples" / f"{name}.jpg", settings)
        box = analyzer.analyze(picture.pixels).faces[number].face.bbox_xyxy
        classifier = analyzer.pool.get().classifier
        while time_s < (scene + 1) * SCENE_S:
            size = box[2] - box[0]
            shaken = box + rng.normal(0, TREMBLE * size, 4)
            crop = crop_face(
                picture.pixels, Face(shaken.astype(np.float32), 1.0), classifier.spec.preprocessing
            ).astype(np.float32)
            crop = crop * rng.uniform(0.6, 1.2) + rng.normal(0, NOISE, crop.shape)
            seen = np.clip(crop, 0, 255).astype(np.uint8)
            rows.append([round(time_s, 3), scene, *classifier.probabilities([seen])[0].round(4)])
            time_s += float(rng.uniform(0.5, 1.5)) / 15
    with (ROOT / "tests" / "data" / "recording.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time_s", "scene", *Expression])
        writer.writerows(rows)
    tops = [list(Expression)[int(np.argmax(row[2:]))] for row in rows]
    print(len(rows), "frames,", sum(a != b for a, b in itertools.pairwise(tops)), "flips")
    for scene in range(len(SCENES)):
        mean = np.mean([row[2:] for row in rows if row[1] == scene], axis=0)
        print(SCENES[scene][0], list(Expression)[int(mean.argmax())], mean.round(2))


if __name__ == "__main__":
    main()

"""An answer as an example: of ``examples/astronaut.jpg``, by the embedded networks."""

from __future__ import annotations

from mood.types import AnalysisDict

EXAMPLE: AnalysisDict = {
    "version": 1,
    "model": "mini",
    "detector": "libfacedetection",
    "source": "embedded",
    "detector_source": "embedded",
    "width": 512,
    "height": 512,
    "duration_ms": 26.7,
    "faces": [
        {
            "bbox_xyxy": [178.1, 63.0, 268.5, 176.1],
            "confidence": 0.9324,
            "landmarks": [
                [200.0, 101.5],
                [247.4, 102.3],
                [220.3, 124.2],
                [198.5, 143.0],
                [239.9, 143.4],
            ],
            "verdict": "certain",
            "reason": None,
            "readable": 0.9789,
            "expression": "happiness",
            "top": "happiness",
            "probability": 0.9999,
            "certain": True,
            "probabilities": {
                "neutral": 0.0,
                "happiness": 0.9999,
                "surprise": 0.0,
                "sadness": 0.0,
                "anger": 0.0,
                "disgust": 0.0,
                "fear": 0.0,
                "contempt": 0.0,
            },
            "unknown": [],
        }
    ],
    "more_faces": 0,
    "unseen_parts": 0,
    "frame": 0,
    "turned_deg": 0,
}

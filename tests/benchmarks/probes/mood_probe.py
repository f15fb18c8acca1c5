"""This project, with the networks it ships."""

from __future__ import annotations

from measuring import measure


def imported():
    from mood.analyzer import MoodAnalyzer
    from mood.settings import Settings

    return MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))


def reader(analyzer):
    return lambda path: [face.face.bbox_xyxy for face in analyzer.analyze(path).faces]


measure(imported, reader)

"""The page, before an analyzer that finds two faces in whatever it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import gradio as gr
import pytest

from mood.analyzer import MoodAnalyzer
from mood.page import build
from mood.types import Expression
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for


def analyzer() -> MoodAnalyzer:
    detector = FakeDetector([face(10, 10, 60, 60), face(70, 10, 90, 30)])
    session = FakeSession(logits_for(Expression.HAPPINESS, Expression.FEAR))
    return fakes.analyzer(detector, session)


@pytest.fixture(scope="module")
def demo() -> Iterator[gr.Blocks]:
    async def made() -> gr.Blocks:
        return build(analyzer())

    with asyncio.Runner() as runner:  # outside of one, Gradio leaves a loop open
        yield runner.run(made())

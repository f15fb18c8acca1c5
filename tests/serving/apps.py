"""The application in this process, with stand-ins for the networks."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI

from mood.analyzer import MoodAnalyzer
from mood.resources.memory import MemoryGuard
from mood.resources.pool import Models
from mood.serving import app
from mood.settings import Settings
from mood.types import Expression
from tests import fakes

EMBEDDED = Settings(model="mini", detector="libfacedetection")


def fake_models(detector: object | None = None) -> Models:
    session = fakes.FakeSession(fakes.logits_for(Expression.HAPPINESS))
    return fakes.models(detector or fakes.FakeDetector(), session)


def stand_in(
    settings: Settings = EMBEDDED, detector: object | None = None, **parts: Any
) -> MoodAnalyzer:
    """An analyzer for strangers whose networks are stand-ins."""
    pool = fakes.FakePool(settings, fake_models(detector), public=True)
    return MoodAnalyzer(settings, pool=pool, guard=MemoryGuard(None, pool.unload), **parts)


def served(analyzer: MoodAnalyzer) -> FastAPI:
    """The whole application; Gradio wants to be built in a loop."""

    async def make() -> FastAPI:
        return app.create_app(analyzer)

    return asyncio.run(make())

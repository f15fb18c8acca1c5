"""The one way from a picture to its `Analysis`."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias, TypeVar

from mood.errors import BusyError, MoodError, UnreadableImageError
from mood.options import Options
from mood.resources.counters import Counters
from mood.resources.memory import MemoryGuard
from mood.resources.patience import a_moment
from mood.resources.pool import ModelPool, Models
from mood.resources.queue import Queue
from mood.settings import Settings
from mood.types import Analysis, Expression, Face, FloatArray, RGBImage
from mood.vision.explain import occlusion
from mood.vision.picture import ImageInput, Picture, RoomFor, read_image
from mood.vision.verdict import judged

_log = logging.getLogger(__name__)

Source: TypeAlias = ImageInput | Callable[[], ImageInput]
"""A picture, or what makes one when its turn has come."""

_T = TypeVar("_T")
_DEFAULT = Options()
_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A picture and what was read in it.

    Attributes:
        picture: The decoded picture.
        analysis: What was found in it.
        crops: Of each face of the analysis, (h, w, 3) uint8 RGB: what the network saw of it.
        crop_landmarks: Where the face's landmarks lie there, (5, 2) x, y in sides of the crop.
    """

    picture: Picture
    analysis: Analysis
    crops: tuple[RGBImage, ...]
    crop_landmarks: tuple[FloatArray | None, ...]


class MoodAnalyzer:
    """Finds the faces of a picture and reads their expressions.

    Nothing is loaded before the first picture. Pictures take turns; everything from decoding to
    the crops happens inside the turn, whoever asks. By default all callers wait until theirs comes,
    and nobody watches the memory: it is the caller's. A server hands in limits and a guard.

    Attributes:
        settings: How it works.
        pool: The networks.
        guard: Is asked before each picture, and told after it.
        counters: What it did.

    Args:
        settings: How to work; by default what the environment says.
        pool: The networks.
        queue: Who may wait, and how long.
        guard: Watches the memory.
        counters: Where the work is counted.
        most_faces: How many faces of a picture are read at most, the largest; None reads all.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        pool: ModelPool | None = None,
        queue: Queue | None = None,
        guard: MemoryGuard | None = None,
        counters: Counters | None = None,
        most_faces: int | None = None,
    ) -> None:
        self.settings = settings or Settings.from_env()
        self.counters = counters or Counters()
        self.pool = pool or ModelPool(self.settings, counters=self.counters)
        self._queue = queue or Queue(self.settings.concurrency, counters=self.counters)
        self.guard = guard
        self._most_faces = most_faces

    def analyze(self, source: ImageInput, options: Options = _DEFAULT) -> Analysis:
        """The faces of a picture and their expressions; see `read`."""
        return self.read(source, options).analysis

    def read(self, source: ImageInput, options: Options = _DEFAULT, who: str = "") -> Reading:
        """Decodes a picture, finds its faces, and reads their expressions.

        Args:
            source: A path of any kind, the bytes of a file, an open binary file, a PIL image or an
                array (H, W, 3) uint8 RGB.
            options: What is wanted of it.
            who: The address of who asks: turns go round among addresses.

        Raises:
            ImageError: The picture cannot be read.
            ModelError: A network cannot be had or cannot be run.
            OptionsError: The network knows none of the expressions that are to be considered.
            BusyError: Too many pictures wait already, or there is no room for one.
        """
        with self._queue.turn(who):
            return self._work(partial(self._read, source, options))

    async def read_async(
        self,
        source: Source,
        options: Options,
        then: Callable[[Reading], _T],
        who: str = "",
        size_wh: tuple[int, int] | None = None,
    ) -> _T:
        """What `then` makes of a reading, for coroutines: a picture that waits holds no thread.

        `then` is called in the turn, in the thread that works.

        Args:
            source: See `read`.
            options: See `read`.
            then: Makes the answer.
            who: See `read`.
            size_wh: Where the picture is a smaller copy, width and height of the upright one that
                it was made of: all pixels are those of that one.

        Raises:
            MoodError: As `read` does.
        """
        return await self._soon(lambda: then(self._read(source, options, size_wh)), who)

    async def explain_async(
        self, crop: Source, expression: Expression, options: Options, who: str = ""
    ) -> FloatArray:
        """How much the odds of `expression` fall when a part of a face is covered.

        Args:
            crop: What the network saw of the face: one of `Reading.crops`.
            expression: Whose odds are watched.
            options: Those of the reading.
            who: See `read`.

        Returns:
            (n, n) float32; see `mood.vision.explain.occlusion`.

        Raises:
            UnreadableImageError: The crop was made for another network.
            MoodError: As `read` does.
        """
        return await self._soon(lambda: self._explain(_made(crop), expression, options), who)

    async def line_up(self, who: str = "") -> None:
        """Returns when a picture of this address may come and wait; waits 3 s for that.

        Who waits here has sent nothing yet, and costs less than who is refused and comes again.
        Most clients that are programs wait 5 s for an answer.

        Raises:
            BusyError: Too many wait already.
        """
        refusal = self._queue.promise(who)

        def is_over() -> bool:
            nonlocal refusal
            refusal = self._queue.promise(who)
            return type(refusal) is not BusyError

        if type(refusal) is BusyError:  # of its kinds, the one that passes by itself
            await a_moment(is_over, _PATIENCE_S)
        if refusal is not None:
            self.counters.add(refusals=1)
            raise refusal

    def close(self) -> None:
        """Takes in no more pictures, and refuses those that wait; the one in work goes on."""
        self._queue.close()

    async def load_async(self, who: str = "") -> Models:
        """Loads the networks of the settings unless they are, in a turn as a picture's.

        Raises:
            MoodError: As `read` does.
        """
        return await self._soon(self.pool.get, who)

    async def _soon(self, job: Callable[[], _T], who: str) -> _T:
        await self._queue.enter(who)
        work = asyncio.get_running_loop().run_in_executor(None, self._work, job)
        # The place is free when the work is done, and not when its caller goes away before.
        work.add_done_callback(partial(self._done, who))
        try:
            return await asyncio.shield(work)
        finally:
            del work, job  # an error would keep this frame, and so the picture, for a while

    def _done(self, who: str, work: asyncio.Future[Any]) -> None:
        self._queue.leave(who)
        work.exception()  # looked at, or asyncio complains where the caller is gone

    def _work(self, job: Callable[[], _T]) -> _T:
        """Does a job in its turn, between the questions of the guard."""
        try:
            if self.guard is not None:
                self.guard.admit()
            return job()
        except BusyError:
            self.counters.add(refusals=1)
            raise
        except MoodError:
            self.counters.add(failures=1)
            raise
        finally:
            if self.guard is not None:
                self.guard.finish()

    @property
    def _room(self) -> RoomFor | None:
        return None if self.guard is None else self.guard.room_for

    def _read(
        self, source: Source, options: Options, size_wh: tuple[int, int] | None = None
    ) -> Reading:
        picture = read_image(_made(source), self.settings, self._room)
        if size_wh is not None:
            picture = replace(picture, size_wh=size_wh)
        models = self.pool.get(options)
        start = time.perf_counter()
        unseen: list[int] = []
        detected = models.detector.detect(picture.pixels, quick=options.quick, unseen=unseen.append)
        found = [
            face
            for face in detected
            if picture.to_original(face).size_wh[1] >= options.smallest_face
        ]
        faces = _largest(found, self._most_faces)
        more_faces = len(found) - len(faces)
        crops = models.classifier.crops(picture.pixels, faces)
        same = models.classifier.spec.preprocessing == models.quality.spec.preprocessing
        qualities = models.quality.judge(picture.pixels, faces, crops if same else None)
        if not options.show_unreadable:
            kept = [index for index, quality in enumerate(qualities) if quality.reason is None]
            faces, crops = [faces[index] for index in kept], [crops[index] for index in kept]
            qualities = [qualities[index] for index in kept]
        probabilities = models.classifier.probabilities(crops, models.classifier.sides(faces))
        spec = models.classifier.spec
        certainty = options.certainty or self.settings.certainty or spec.certainty_threshold
        duration_ms = (time.perf_counter() - start) * 1000
        level = logging.DEBUG if options.quick else logging.INFO  # a webcam would fill the log
        _log.log(level, "found %d face(s) in %.0f ms", len(faces), duration_ms)
        self.counters.add(pictures=1, faces=len(faces), inference_s=duration_ms / 1000)
        original = [picture.to_original(face) for face in faces]
        analysis = Analysis(
            faces=judged(original, qualities, probabilities, spec, certainty, options.expressions),
            size_wh=picture.size_wh,
            model=spec.name,
            detector=models.detector_weights.spec.name,
            source=models.classifier_weights.source,
            detector_source=models.detector_weights.source,
            duration_ms=duration_ms,
            certainty=certainty,
            more_faces=more_faces,
            unseen_parts=max(unseen, default=0),
            frame=picture.frame,
            turned_deg=found[0].turned_deg if found else 0,
        )
        shape_wh = picture.pixels.shape[1], picture.pixels.shape[0]
        points = models.classifier.landmarks(faces, shape_wh)
        return Reading(picture, analysis, tuple(crops), tuple(points))

    def _explain(self, crop: ImageInput, expression: Expression, options: Options) -> FloatArray:
        pixels = read_image(crop, self.settings, self._room).pixels
        classifier = self.pool.get(options).classifier
        if pixels.shape[:2] != classifier.spec.preprocessing.input_hw:
            raise UnreadableImageError(
                "This crop was made for another network. Read the photo again."
            )
        return occlusion(classifier, pixels, expression)


def _largest(faces: list[Face], most: int | None) -> list[Face]:
    """At most so many of the faces, those with the largest boxes, in the order they stand in."""
    by_size = sorted(range(len(faces)), key=lambda index: -math.prod(faces[index].size_wh))
    return [faces[index] for index in sorted(by_size[:most])]


def _made(source: Source) -> ImageInput:
    return source() if callable(source) else source

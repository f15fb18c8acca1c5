"""Those who visit in ``tests/benchmarks/load.py``: classes for locust, in a process of its own.

Each visitor has an address and photos of its own, knows the right answer to each, and comes again
when it is told to. It has lost a photo that is not answered within two minutes, as long as the page
insists, or answered with what is no refusal. An answer is wrong where it is not the photo's, and
mixed up where it is that of somebody else's photo.
"""

from __future__ import annotations

import itertools
import json
import random
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from gevent import sleep
from locust import FastHttpUser, events, task
from locust.contrib.fasthttp import FastResponse
from locust.env import Environment

from mood.types import Expression

PATIENCE_S = 120.0
LINE_S = 1.5  # as the page asks for a place in the live tab
USUAL_S = 5.0  # where a stream has no header to say when
EXPRESSIONS = [str(each) for each in Expression]
PANELS = "/gradio_api/component_server/"
CALL = "/gradio_api/call/analyze"
ANSWER = dict[str, Any]

photos: list[ANSWER] = []
numbers = itertools.count()
outcomes: Counter[str] = Counter()  # right, refused, lost, wrong, mixed up
took_s: dict[str, list[float]] = {}  # way → seconds of each right answer, from the first question
troubles: list[str] = []
counting = {"since": 0.0, "until": 0.0}


class RefusedError(Exception):
    """Told to come again so many seconds later."""


class LostError(Exception):
    """No answer, or one that should not be."""


class Visitor(FastHttpUser):
    """Asks about its two photos in turn, by the way of its class."""

    abstract = True
    network_timeout = connection_timeout = PATIENCE_S
    turns = 2
    quick = False

    def __init__(self, environment: Environment) -> None:
        self.number = next(numbers)
        self.default_headers = {"X-Forwarded-For": f"198.51.100.{self.number + 1}"}
        super().__init__(environment)
        self.own = photos[2 * self.number :][: self.turns]

    def wait_time(self) -> float:
        """A person is no loop."""
        assert self.environment.parsed_options is not None
        rest_s: float = self.environment.parsed_options.rest
        return rest_s * random.uniform(0.5, 1.5)

    @task
    def photo(self) -> None:
        """Sends one until it is answered."""
        way, photo = type(self).__name__, self.own[0]
        self.own = [*self.own[1:], photo]
        began, said = time.monotonic(), ""
        try:
            told = self.insist(photo, began)
            if told is None:
                return
            outcome, said = verdict(told, photo, self.quick), str(told)
        except LostError as lost:
            outcome, said = "lost", str(lost)
        elapsed_s = time.monotonic() - began
        outcomes[outcome] += 1
        if outcome != "right":
            troubles.append(f"{way}, {outcome} after {elapsed_s:.1f} s: {said[:300]}")
        elif counting["since"] and not counting["until"]:
            took_s.setdefault(way, []).append(elapsed_s)
        events.request.fire(
            request_type=way,
            name="a photo",
            response_time=elapsed_s * 1000,
            response_length=0,
            exception=None if outcome == "right" else LostError(f"{outcome}: {said[:300]}"),
            context={},
        )

    def insist(self, photo: ANSWER, began: float) -> list[Any] | None:
        """What is told about a photo in the end; None where one waits for a place."""
        while True:
            try:
                return self.ask(photo)
            except RefusedError as refusal:
                outcomes["refused"] += 1
                (after_s,) = refusal.args
                if time.monotonic() + after_s - began > PATIENCE_S:
                    raise LostError("refused for two minutes") from refusal
                sleep(after_s * random.uniform(1, 1.25))  # as the page does

    def ask(self, photo: ANSWER) -> list[Any] | None:
        """Width, height and faces that it is told; raises what else there is."""
        raise NotImplementedError

    def send(self, method: str, path: str, **more: Any) -> FastResponse:
        """Asks; at once anew, as browsers do, where the connection was closed while it rested."""
        began = time.monotonic()
        told = self.client.request(method, path, **more)
        if told.status_code == 0 and time.monotonic() - began < 1:
            told = self.client.request(method, path, **more)
        return told

    def post(self, path: str, body: ANSWER) -> ANSWER:
        """The answer to a question; a refusal by status is raised."""
        told = self.send("POST", path, json=body)
        if told.status_code in (429, 503) and "retry-after" in told.headers:
            raise RefusedError(float(told.headers["retry-after"]))
        answer: ANSWER = json.loads(text_of(told))
        return answer

    def panel(self, name: str, function: str, data: ANSWER) -> ANSWER:
        """What a function of the page answers."""
        body = {"data": data, "component_id": self.panels[name], "fn_name": function}
        told = self.post(PANELS, body | {"session_hash": f"page {self.number}"})
        if told.get("error") in ("busy", "share") or told.get("state") == "busy":
            raise RefusedError(float(told["retry_after_s"]))
        return told

    def open_page(self) -> None:
        """Loads the page, and what it is made of."""
        self.client.get("/")
        parts = self.client.get("/config").json()["components"]
        self.panels = {part["props"].get("elem_id"): part["id"] for part in parts}


class Page(Visitor):
    """Somebody who drops photos into the page."""

    weight = 5

    def on_start(self) -> None:
        self.open_page()

    def ask(self, photo: ANSWER) -> list[Any]:
        return whole(self.panel("photo", "read_photo", {"image": photo["url"]}))


class Caller(Visitor):
    """A program that speaks with Gradio's API."""

    weight = 3

    def ask(self, photo: ANSWER) -> list[Any]:
        event = self.post(CALL, {"data": [{"url": photo["url"]}]})["event_id"]
        stream = self.send("GET", f"{CALL}/{event}", name=f"{CALL}/…")
        kind, data = text_of(stream).strip().split("\n\n")[-1].split("\n")[:2]
        answer = json.loads(data.removeprefix("data: "))
        if kind == "event: complete":
            return whole(answer[0])
        if "waiting already" in str((answer or {}).get("title")):
            raise RefusedError(USUAL_S)
        raise LostError(f"{kind} {data}")


class Webcam(Visitor):
    """Somebody in the live tab, who sits still: each frame is the same."""

    weight = 2
    turns = 1
    quick = True

    def on_start(self) -> None:
        self.open_page()
        self.waits = False

    def ask(self, photo: ANSWER) -> list[Any] | None:
        size = {"width": photo["width"], "height": photo["height"]}
        data = {"viewer": f"visitor {self.number:03}", "time_s": time.monotonic(), **size}
        image = None if self.waits else photo["url"]
        told = self.panel("live", "live_frame", {**data, "image": image})
        self.waits = told.get("state") == "wait"
        if told.get("state") in ("wait", "ready"):
            sleep(LINE_S * min(told["position"], 4) if self.waits else 0)
            return None
        if told.get("state") != "ok":
            raise LostError(str(told))
        faces = [[*face["box"], likeliest(face["shares"])] for face in told["faces"]]
        return [*size.values(), faces]


def text_of(told: FastResponse) -> str:
    """The text of an answer that should be one."""
    if told.status_code != 200:
        raise LostError(f"{told.status_code} {getattr(told, 'error', None) or told.text}")
    return str(told.text)


def whole(answer: ANSWER) -> list[Any]:
    """What is told about a photo, in the form of what is right."""
    if "faces" not in answer:
        raise LostError(str(answer))
    faces = [[*face["bbox_xyxy"], face["top"]] for face in answer["faces"]]
    return [answer["width"], answer["height"], faces]


def likeliest(shares: list[float]) -> str:
    """The expression with the largest share."""
    return EXPRESSIONS[shares.index(max(shares))]


def verdict(told: list[Any], photo: ANSWER, quick: bool) -> str:
    """Whether an answer is right, wrong or somebody else's."""
    if is_about(told, photo, quick):
        return "right"
    return "mixed up" if any(is_about(told, other, quick) for other in photos) else "wrong"


def is_about(told: list[Any], photo: ANSWER, quick: bool) -> bool:
    """Whether faces are where a photo has them, to the pixel, and show the same."""
    faces = photo["quick" if quick else "whole"]
    pairs = list(zip(told[2], faces, strict=False))
    return (
        (quick or told[:2] == [photo["width"], photo["height"]])
        and len(told[2]) == len(faces)
        and all(
            seen[4] == right[4]
            and all(abs(a - b) < 1 for a, b in zip(seen[:4], right[:4], strict=True))
            for seen, right in pairs
        )
    )


@events.init_command_line_parser.add_listener
def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--photos", help="a JSON file with two for each visitor")
    parser.add_argument("--answers", help="where the JSON file with the outcome goes")
    parser.add_argument("--rest", type=float, default=0.3, help="seconds between two photos")


@events.test_start.add_listener
def _read(environment: Environment) -> None:
    assert environment.parsed_options is not None
    photos.extend(json.loads(Path(environment.parsed_options.photos).read_text()))


@events.spawning_complete.add_listener
def _count(user_count: int) -> None:
    counting["since"] = counting["since"] or time.monotonic()


@events.test_stopping.add_listener
def _count_no_more(environment: Environment) -> None:
    counting["until"] = time.monotonic()


@events.quitting.add_listener
def _write(environment: Environment) -> None:
    assert environment.parsed_options is not None
    found = {
        "seconds": counting["until"] - counting["since"],
        "outcomes": outcomes,
        "took_s": took_s,
        "troubles": troubles,
    }
    Path(environment.parsed_options.answers).write_text(json.dumps(found))

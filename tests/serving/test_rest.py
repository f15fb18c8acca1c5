"""Our own API over HTTP, in process, with stand-ins for the networks."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import threading
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from mood.errors import BusyError, MoodError, ShareError, WeightsUnavailableError
from mood.models.catalogue import CATALOGUE
from mood.options import Options
from mood.resources.queue import Queue
from mood.settings import Settings
from mood.types import Expression
from tests import fakes
from tests.serving import apps

ANALYZE, ANNOTATE = "/api/analyze", "/api/annotate"


def picture(kind: str = "JPEG", size_wh: tuple[int, int] = (640, 480)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size_wh, "white").save(file, kind)
    return file.getvalue()


class Served:
    """The whole app around a face that is happy, with a probability of 0.98."""

    def __init__(self, detector: Any = None, **parts: Any) -> None:
        detector = detector or fakes.FakeDetector([fakes.face(100, 100, 200, 220)])
        session = fakes.FakeSession(fakes.logits_for(Expression.HAPPINESS))
        settings = Settings(max_upload_mb=1, detector="libfacedetection", model="mini")
        self.analyzer = fakes.analyzer(detector, session, settings, **parts)
        self.client = TestClient(apps.served(self.analyzer))

    def post(self, *pictures: bytes, to: str = ANALYZE, **more: Any) -> httpx.Response:
        files = [("image", (f"{number}.jpg", each)) for number, each in enumerate(pictures)]
        return self.client.post(to, files=files, **more)


@pytest.fixture(scope="module")
def served() -> Served:
    return Served()


def test_a_picture_in_a_form_is_answered_with_its_faces(served: Served):
    answer = served.post(picture())
    assert answer.status_code == 200
    said = answer.json()
    assert (said["version"], said["width"], said["height"], said["model"]) == (1, 640, 480, "mini")
    (face,) = said["faces"]
    assert face["expression"] == "happiness"
    assert face["bbox_xyxy"] == [100, 100, 200, 220]


@pytest.mark.parametrize(
    "kind", ["image/jpeg", "image/png", "IMAGE/x-odd", "application/octet-stream"]
)
def test_a_picture_may_be_the_whole_body(served: Served, kind: str):
    answer = served.client.post(ANALYZE, content=picture(), headers={"content-type": kind})
    assert [face["expression"] for face in answer.json()["faces"]] == ["happiness"]


def test_of_several_pictures_each_has_its_result_or_its_problem(served: Served):
    answer = served.post(picture(), b"no picture at all", picture(size_wh=(320, 240)))
    assert answer.status_code == 200
    first, second, third = answer.json()
    assert (first["width"], third["width"]) == (640, 320)
    assert (second["status"], second["code"]) == (422, "unreadable")
    assert "not a picture" in second["detail"]


def test_what_is_chosen_in_the_query_counts(served: Served):
    def face(query: str) -> dict[str, Any]:
        return served.post(picture(), to=f"{ANALYZE}?{query}").json()["faces"][0]

    assert face("certainty=0.5")["expression"] == "happiness"
    assert face("certainty=0.9999")["expression"] is None
    for query in ("expressions=fear,anger", "expressions=fear&expressions=anger"):
        shares = face(query)["probabilities"]
        assert {name for name, share in shares.items() if share > 0} == {"fear", "anger"}
    assert served.post(picture(), to=f"{ANALYZE}?smallest_face=300").json()["faces"] == []
    assert served.post(picture(), to=f"{ANALYZE}?quick=true&model=mini").status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("certainty=2", "certainty is '2'. It must be a number from 0 to 1."),
        ("certainty=nan", "certainty is 'nan'. It must be a number from 0 to 1."),
        ("smallest_face=x", "smallest_face is 'x'. It must be a whole number of pixels."),
        ("quick=perhaps", "quick is 'perhaps'. It must be true or false."),
        ("expressions=joy,fear", "expressions is 'joy'. It must be a list of expressions."),
        ("expressions=fear", "expressions must name at least two, each once, or none at all."),
        ("model=x", "There is no expression network “x”."),
        ("certainti=1", "There is no choice “certainti”. There are: model, detector, certainty"),
    ],
)
def test_a_choice_that_there_is_not_is_named(served: Served, query: str, sentence: str):
    for path in (ANALYZE, ANNOTATE):
        answer = served.post(picture(), to=f"{path}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "options")
        assert answer.json()["detail"].startswith(sentence)


FORM = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("image/jpeg", b"", 422, "unreadable"),
        ("image/jpeg", b"no picture", 422, "unreadable"),
        ("image/jpeg", picture() + bytes(1_000_000), 413, "too_large"),
        ("image/jpeg", b"<svg></svg>", 415, "unsupported"),
        (None, picture(), 415, "unsupported"),
        ("application/x-www-form-urlencoded", picture(), 415, "unsupported"),
        ("application/json", b"{}", 415, "unsupported"),
        (FORM, b"", 400, "bad_request"),
        (FORM, b"no form", 400, "bad_request"),
        ("multipart/form-data", b"--b--", 400, "bad_request"),
    ],
)
def test_what_is_no_picture_gets_a_problem(
    served: Served, kind: str | None, body: bytes, status: int, code: str
):
    headers = {"content-type": kind} if kind else {}
    for path in (ANALYZE, ANNOTATE):
        answer = served.client.post(path, content=body, headers=headers)
        said = answer.json()
        assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert said["type"] == "about:blank"
        assert said["detail"].endswith((".", ")"))
        assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", ANALYZE, 405, "method_not_allowed"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("POST", f"{ANALYZE}?x={'x' * 3_000}", 414, None),
    ],
)
def test_the_gate_says_no_in_the_same_form(
    served: Served, method: str, path: str, status: int, code: str | None
):
    answer = served.client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert code in {None, answer.json()["code"]}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [ANALYZE, ANNOTATE])
def test_who_asks_by_another_method_is_told_the_right_one(served: Served, method: str, path: str):
    answer = served.client.request(method, path)
    assert answer.status_code == 405
    assert method == "HEAD" or answer.json()["detail"].startswith("POST a picture here")


def test_who_posts_what_can_only_be_fetched_is_told_so(served: Served):
    answer = served.client.post("/api/models")
    assert (answer.status_code, answer.json()["detail"]) == (405, "Use GET or HEAD here.")


def test_a_field_of_another_name_is_told_the_right_one(served: Served):
    answer = served.client.post(ANALYZE, files={"picture": ("a.jpg", picture())})
    assert answer.status_code == 400
    assert "-F image=@photo.jpg" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["model", "certainty", "certainti", "model" * 500])
@pytest.mark.parametrize("first", [True, False])
def test_a_choice_in_the_form_is_told_that_its_place_is_the_query(
    served: Served, name: str, first: bool
):
    parts: list[Any] = [("image", ("a.jpg", picture())), (name, (None, "0.5"))]
    for path in (ANALYZE, ANNOTATE):
        answer = served.client.post(path, files=parts[::-1] if first else parts)
        said = answer.json()
        assert (answer.status_code, said["code"]) == (400, "bad_request")
        assert said["detail"].startswith(f"“{name[:60]}” came as a field of the form")
        assert said["detail"].endswith(f"into the query of the address: ?{name[:60]}=…")


class Failing:
    """A detector that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def detect(self, *_: Any, **__: Any) -> list[Any]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "code", "retry"),
    [
        (BusyError("Full."), 503, "busy", "5"),
        (ShareError("Yours."), 429, "share", "5"),
        (WeightsUnavailableError("Gone."), 503, "model", None),
        (MoodError("Odd."), 500, "error", None),
        (ZeroDivisionError("secret"), 500, "error", None),
    ],
)
def test_whatever_fails_is_a_problem_with_a_code(
    error: Exception, status: int, code: str, retry: str | None
):
    answer = Served(Failing(error)).post(picture())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers.get("retry-after") == retry
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "JPEG"),
        ("*/*", "JPEG"),
        ("image/png", "PNG"),
        ("text/html, image/webp;q=0.9, image/*;q=0.8", "WEBP"),
        ("image/png;q=0.2,image/jpeg", "JPEG"),
        ("image/png;q=odd", "JPEG"),
    ],
)
def test_the_framed_picture_comes_in_the_kind_that_is_liked_best(
    served: Served, accept: str | None, kind: str
):
    answer = served.post(picture(), to=ANNOTATE, headers={"accept": accept} if accept else {})
    assert answer.headers["content-type"] == Image.MIME[kind]
    framed = Image.open(io.BytesIO(answer.content))
    assert (framed.format, framed.size) == (kind, (640, 480))
    assert framed.convert("RGB").getpixel((100, 160)) != (255, 255, 255), "a frame"


def test_one_picture_at_a_time_is_framed(served: Served):
    answer = served.post(picture(), picture(), to=ANNOTATE)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_all_networks_are_listed(served: Served):
    said = served.client.get("/api/models").json()
    assert (said["model"], said["detector"]) == ("mini", "libfacedetection")
    assert [each["name"] for each in said["models"]] == list(CATALOGUE)
    assert {each["task"] for each in said["models"]} == {"expression", "detection", "quality"}


def test_the_description_names_each_choice_with_its_bounds(served: Served):
    said = served.client.get("/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    for path in (ANALYZE, ANNOTATE):
        query = {each["name"]: each for each in said["paths"][path]["post"]["parameters"]}
        assert list(query) == [field.name for field in dataclasses.fields(Options)]
        for field in dataclasses.fields(Options):
            assert query[field.name]["description"] == field.metadata["text"]
        assert query["certainty"]["schema"]["maximum"] == 1
        assert query["quick"]["schema"]["type"] == "boolean"
    assert said["components"]["schemas"]["Expression"]["enum"] == list(Expression)


def test_the_description_lets_a_form_hold_nothing_but_pictures(served: Served):
    said = served.client.get("/openapi.json").json()
    for path in (ANALYZE, ANNOTATE):
        form = said["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]
        assert list(form["schema"]["properties"]) == ["image"]
        assert form["schema"]["additionalProperties"] is False


def test_the_description_names_the_path_of_a_proxy():
    served = Served()
    asked = served.client.get("/mood/openapi.json")
    assert asked.status_code == 404
    below = TestClient(served.client.app, root_path="/mood")
    assert below.get("/openapi.json").json()["servers"] == [{"url": "/mood"}]
    assert below.post(ANALYZE, files={"image": ("a.jpg", picture())}).status_code == 200


def test_who_hangs_up_while_he_waits_gives_his_place_away():
    detector = fakes.SlowDetector()
    queue = Queue(1, 1, 60.0)
    served = Served(detector, queue=queue)
    first = threading.Thread(target=served.post, args=(picture(),))
    first.start()
    assert detector.began.wait(30)

    async def hang_up() -> None:
        parts = [{"type": "http.request", "body": picture(), "more_body": False}]
        waits = asyncio.Event()

        async def receive() -> Any:
            if parts:
                return parts.pop()
            waits.set()
            await asyncio.sleep(0.1)
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            pass

        headers = [(b"content-type", b"image/jpeg"), (b"host", b"testserver")]
        scope = {"type": "http", "method": "POST", "path": ANALYZE, "query_string": b""}
        await served.client.app(
            {**scope, "headers": headers, "client": ("192.0.2.9", 1)}, receive, send
        )
        assert waits.is_set()

    try:
        asyncio.run(asyncio.wait_for(hang_up(), 30))
        assert queue.promise("192.0.2.10") is None, "there is a place again"
    finally:
        detector.may_end.set()
        first.join()


def test_when_it_is_answered_nothing_of_a_body_takes_room(served: Served):
    before = served.analyzer.counters.counts.pictures
    assert served.post(picture(), picture(), b"no picture").status_code == 200
    assert served.analyzer.counters.counts.pictures == before + 2
    assert served.client.app.state.room.taken == 0

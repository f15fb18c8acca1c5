"""What is promised in /openapi.json is what comes, through each door."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

from mood.report.example import EXAMPLE
from mood.types import VERSION
from tests.e2e.conftest import EXAMPLES, ROOT, Server

# gradio_client leaves the files that it uploads open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

PHOTO = EXAMPLES / "mariachi.jpg"
ASTRONAUT = EXAMPLES / "astronaut.jpg"


@pytest.fixture(scope="module")
def described(server: Server) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{server.url}/openapi.json", timeout=60).json()
    return answer


def fits(described: dict[str, Any], value: Any, name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def by_rest(server: Server) -> Any:
    files = {"image": PHOTO.read_bytes()}
    return httpx.post(f"{server.url}/api/analyze", files=files, timeout=60).json()


def by_gradio(server: Server) -> Any:
    client = Client(server.url, verbose=False, analytics_enabled=False)
    return client.predict(handle_file(PHOTO), api_name="/analyze")


def by_shell(_: Server) -> Any:
    choices = ["--model", "mini", "--detector", "libfacedetection"]
    command = [sys.executable, "-m", "mood", "analyze", str(PHOTO), *choices]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("door", [by_rest, by_gradio, by_shell])
def test_each_door_answers_with_the_same(server: Server, described: dict[str, Any], door: Any):
    answer, same = door(server), by_rest(server)
    fits(described, answer, "AnalysisDict")
    known = set(described["components"]["schemas"]["AnalysisDict"]["properties"])
    assert set(answer) - {"photo", "bytes", "changed_ns"} == known  # the shell names the file
    assert answer["version"] == VERSION
    assert answer["faces"] == same["faces"]


def test_what_goes_wrong_fits_too(server: Server, described: dict[str, Any]):
    files = [("image", ("a.jpg", PHOTO.read_bytes())), ("image", ("b.jpg", b"no picture"))]
    one, other = httpx.post(f"{server.url}/api/analyze", files=files, timeout=60).json()
    fits(described, one, "AnalysisDict")
    fits(described, other, "ProblemDict")
    for path in ("/api/analyze?certainty=7", "/api/nothing"):
        fits(described, httpx.post(f"{server.url}{path}").json(), "ProblemDict")
    fits(described, httpx.get(f"{server.url}/api/models").json(), "ModelsDict")


def test_the_example_is_what_is_answered(server: Server, described: dict[str, Any]):
    files = {"image": ASTRONAUT.read_bytes()}
    answer = httpx.post(f"{server.url}/api/analyze", files=files, timeout=60).json()
    fits(described, EXAMPLE, "AnalysisDict")
    (face,), (shown,) = answer["faces"], EXAMPLE["faces"]
    assert shown["bbox_xyxy"] == pytest.approx(face["bbox_xyxy"], abs=1)
    assert shown["probabilities"] == pytest.approx(face["probabilities"], abs=0.01)
    others = {"duration_ms", "faces"}
    assert {name: EXAMPLE[name] for name in EXAMPLE if name not in others} == {
        name: answer[name] for name in answer if name not in others
    }


def test_whatever_is_asked_nothing_breaks(server: Server, described: dict[str, Any]):
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=server.url)
    ways = [operation.ok() for operation in schema.get_all_operations()]
    assert len(ways) == 3
    asked = []

    @seed(32)
    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(*[way.as_strategy() for way in ways]))
    def ask(case: Any) -> None:
        answer = case.call(timeout=60)
        asked.append(answer.status_code)
        assert answer.status_code not in {500, 502, 504}, answer.text
        if answer.status_code >= 400 and case.path.startswith("/api/"):
            fits(described, answer.json(), "ProblemDict")

    ask()
    assert len(set(asked)) >= 3, "it was asked in many ways"
    assert "Traceback" not in server.log.read_text()

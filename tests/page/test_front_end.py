"""The scripts and sheets of the page: types, lint, format, what they compute, how long they are.

What is checked here is JavaScript; the tests beside this file ending in ``.test.js`` say what it
must do.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from mood.page.assets import STATIC
from mood.report.serialize import to_csv
from mood.types import Analysis, Expression, FaceExpression, Quality, Reason, Source, Verdict
from tests.fakes import face

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
TOOLS = ROOT / "node_modules" / ".bin"

needs_node = pytest.mark.skipif(not NODE, reason="node is not installed (apt install nodejs npm)")
needs_tools = pytest.mark.skipif(
    not NODE or not TOOLS.is_dir(), reason="the tools are not installed (npm ci)"
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@needs_tools
@pytest.mark.parametrize("command", ["tsc -p tests/page", "biome check --error-on-warnings"])
def test_types_lint_and_format(command):
    name, *options = command.split()
    done = run(TOOLS / name, *options)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_node
def test_what_needs_no_browser_computes_what_it_must():
    files = sorted(Path(__file__).parent.rglob("*.test.js"))
    assert len(files) > 10
    done = run(NODE, "--test", *files)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_node
def test_the_table_of_the_page_is_that_of_the_program():
    fear = dict.fromkeys(Expression, 0.1) | {Expression.FEAR: 0.3}
    dark = Quality(0.1, Reason.TOO_DARK)
    analysis = Analysis(
        (
            FaceExpression(face(0.12, 3, 50, 50.55), fear, Verdict.CERTAIN),
            FaceExpression(face(60, 0, 75, 20), fear, Verdict.UNCERTAIN),
            FaceExpression(face(80, 0, 95, 20), fear, Verdict.UNREADABLE, quality=dark),
        ),
        (100, 80),
        "mini",
        "yunet",
        Source.FILE,
        Source.HUB,
        1.0,
        0.5,
    )
    script = f"""
import {{ toCsv }} from {json.dumps((STATIC / "photo" / "save.js").as_uri())};
const expressions = {json.dumps(list(Expression))};
process.stdout.write(toCsv({json.dumps(analysis.to_dict())}, expressions));
"""
    done = run(NODE, "--input-type=module", "--eval", script)
    assert done.returncode == 0, done.stderr
    assert table(done.stdout) == table(to_csv(analysis))


def table(text: str) -> list[dict[str, float | str]]:
    words = {"verdict", "reason", "expression", ""}
    return [
        {name: value if {name, value} & words else float(value) for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]


@pytest.mark.parametrize(("ending", "most"), [("js", 200), ("css", 350)])
def test_no_file_is_too_long_to_be_read_at_once(ending, most):
    files = [*STATIC.rglob(f"*.{ending}"), *Path(__file__).parent.rglob(f"*.{ending}")]
    assert files
    assert [path.name for path in files if path.read_text("utf-8").count("\n") > most] == []

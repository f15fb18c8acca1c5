"""A setting whose name is misspelt is told, not passed over."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mood.serving.misspelt import misspelt
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


def test_the_log_says_which_setting_may_be_meant() -> None:
    environment = {"MOOD_MODLE": "mini", "PORT": str(free_port())}
    with subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        first = process.stderr.readline()
        process.terminate()
        process.communicate()
    assert "MOOD_MODLE is no setting, and changes nothing. Did you mean MOOD_MODEL?" in first


def test_what_is_a_setting_or_belongs_to_others_is_not_told() -> None:
    assert list(misspelt({"MOOD_MODEL": "mini", "PORT": "1", "MOODLE": "2"})) == []
    assert list(misspelt({"MOOD_OF_TODAY": "fine"})) == [
        "MOOD_OF_TODAY is no setting, and changes nothing."
    ]

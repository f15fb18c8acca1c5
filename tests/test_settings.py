from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mood.errors import SettingsError
from mood.settings import Settings

OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"


def test_an_empty_environment_means_the_defaults():
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({"PORT": "  "}).port == 7860


def test_the_environment_wins():
    settings = Settings.from_env({"PORT": "10000", "MOOD_CERTAINTY": "0.7", "MOOD_MODEL": "mini"})
    assert (settings.port, settings.certainty, settings.model) == (10000, 0.7, "mini")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORT", "eighty", "whole number"),
        ("PORT", "70000", "between 1 and 65535"),
        ("PORT", "80.5", "whole number"),
        ("MOOD_CERTAINTY", "1.5", "between 0 and 1"),
        ("MOOD_CERTAINTY", "nan", "between 0 and 1"),
        ("MOOD_LOG_LEVEL", "LOUD", "DEBUG, INFO"),
        ("MOOD_LIVE", "both", "auto, browser or server"),
        ("MOOD_ORIGINS", "https://a.example, b.example", "origins such as https://example.org"),
        ("MOOD_ORIGINS", "https://a.example/page", "origins such as https://example.org"),
        *(
            ("MOOD_FRAME_ANCESTORS", odd, "origins such as https://example.org")
            for odd in (",", "example.org", "https://a.example/page", "https://a; script-src *")
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable, value, words):
    with pytest.raises(SettingsError, match=words) as caught:
        Settings.from_env({variable: value})
    assert variable in str(caught.value)


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def default(field: dataclasses.Field[str]) -> str:
    return "–" if field.default == "" else f"`{field.default}`"


def test_the_documented_settings_are_those_there_are():
    _, _, text = OPERATING.read_text().partition("\n## Settings\n")
    _, _, rows = text.partition("|---|---|---|\n")
    documented = rows.partition("\n\n")[0].splitlines()
    assert documented == [
        f"| `{field.metadata['env']}` | {default(field)} | {field.metadata['text']} |"
        for field in dataclasses.fields(Settings)
    ]

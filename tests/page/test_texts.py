"""The words of the page, in all its languages."""

from __future__ import annotations

import re

import pytest

from mood.models.catalogue import CATALOGUE
from mood.page.assets import STATIC
from mood.page.texts import LANGUAGES, texts
from mood.types import Expression, Reason, Source

FORM = re.compile("_(one|two|few|many)$")
"""How the key of a plural form ends; which ones there are is up to each language."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_in_any_language(language):
    english, other = texts("en"), texts(language)
    assert [key for key in other if key in english] == list(english)
    for key, text in other.items():
        said = english[key if key in english else FORM.sub("", key)]
        assert text.strip(), key
        missing = set(re.findall(r"\{\w+\}", said)) ^ set(re.findall(r"\{\w+\}", text))
        spoken = {"{n}"} if re.search("_(one|two)$", key) else set()  # “a face” needs no digit
        assert missing <= spoken, key


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_translation_is_one(language):
    english, other = texts("en"), texts(language)
    same = {key for key in english if english[key] == other[key] and len(english[key]) > 12}
    assert not same - {"title", "example_grace_hopper"}


def test_the_page_asks_for_no_word_that_is_not_there():
    asked: set[str] = set()
    for path in [*STATIC.rglob("*.html"), *STATIC.rglob("*.js")]:
        source = path.read_text("utf-8")
        asked |= set(re.findall(r'data-(?:text|label)="(\w+)"', source))
        asked |= set(re.findall(r'\bsay\("(\w+)"\s*[,)]', source))
    assert len(asked) > 60
    assert asked <= set(texts("en"))


def test_every_expression_reason_and_source_has_a_word():
    reasons = {f"reason_{each}" for each in Reason}
    sources = {f"source_{each}" for each in Source}
    assert {*Expression, "uncertain"} | reasons | sources <= set(texts("en"))


def test_what_is_counted_has_words_for_one_and_for_several():
    asked: set[str] = set()
    for path in STATIC.rglob("*.js"):
        asked |= set(re.findall(r'"(unreadable_\w+)"', path.read_text("utf-8")))
        asked |= set(re.findall(r'\bcount\("(\w+)"', path.read_text("utf-8")))
    assert len(asked) > 6
    several = asked - {"no_face"}  # which has one number of pixels, and never a single one
    for language in LANGUAGES:
        assert asked | {f"{each}_one" for each in several} <= set(texts(language))


def test_numbers_in_sentences_are_counted_as_the_language_counts():
    for language in LANGUAGES:
        said = texts(language)
        for key in ("faces", "photos", "set_pixels"):
            assert (said[key] != said[f"{key}_one"]) is (
                language != "zh" and (language, key) != ("de", "set_pixels")
            ), (language, key)
    few = {key for key in texts("ar") if key.endswith("_few")}
    assert {"faces_few", "photos_few", "failed_some_few", "no_face_few", "live_rate_few"} <= few


def test_every_network_of_the_catalogue_has_a_title_in_all_languages():
    for language in LANGUAGES:
        assert {f"title_{name}" for name in CATALOGUE} <= set(texts(language))
    assert {name: texts("en")[f"title_{name}"] for name in CATALOGUE} == {
        name: spec.title for name, spec in CATALOGUE.items()
    }

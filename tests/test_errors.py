from __future__ import annotations

import inspect
import re

from mood import errors


def test_the_tree_in_the_docstring_is_the_tree_in_the_code():
    drawn: list[tuple[int, str]] = [
        (match.start(), match.group())
        for line in (errors.__doc__ or "").splitlines()
        if (match := re.search(r"[A-Z]\w+Error\b", line)) and not line.startswith("Every")
    ]
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    assert sorted(name for _, name in drawn) == sorted(c.__name__ for c in classes)
    for depth, name in drawn[1:]:
        kind = getattr(errors, name)
        above = drawn[: [n for _, n in drawn].index(name)]
        parent = next(other for d, other in reversed(above) if d < depth)
        assert kind.__base__.__name__ == parent


def test_every_code_has_a_status_and_words():
    codes = {kind.code for _, kind in inspect.getmembers(errors, inspect.isclass)}
    assert codes == set(errors.STATUS)
    for status, words in errors.STATUS.values():
        assert 400 <= status < 600
        assert words

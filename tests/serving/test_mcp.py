"""Whether tools for language models can be had; `tests/e2e/test_mcp.py` says that they work."""

from __future__ import annotations

import importlib
import importlib.util
import sys

import pytest

from mood.errors import SettingsError
from mood.serving import imports, mcp
from mood.settings import Settings


def test_who_wants_tools_without_the_package_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mcp" else name)
    mcp.check(Settings())
    with pytest.raises(SettingsError, match=r"pip install 'mcp>=1\.21,<2'"):
        mcp.check(Settings(mcp=1))


def test_the_package_is_not_imported_for_nothing(monkeypatch):
    for name in [each for each in sys.modules if each.partition(".")[0] == "mcp"]:
        monkeypatch.delitem(sys.modules, name)  # another test has imported it
    with imports.without_unused_modules(), pytest.raises(ImportError):
        importlib.import_module("mcp")
    assert "mcp" not in sys.modules
    with imports.without_unused_modules(mcp=True):
        assert "mcp" not in sys.modules, "whoever wants it gets it"

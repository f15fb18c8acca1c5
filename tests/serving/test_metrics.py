from __future__ import annotations

import pytest

from mood.resources.counters import Counts
from mood.serving.metrics import Figures, prometheus_text


def test_prometheus_reads_the_figures():
    from prometheus_client.parser import text_string_to_metric_families

    counts = Counts(pictures=7, failures=1, refusals=2, faces=9, inference_s=0.5, loads=1)
    steps = {"trim": 3, "unload": 1, "refuse": 0}
    figures = Figures(counts, steps, 180.0, 536.9, ("mini",), {"2xx": 12, "5xx": 1})
    families = text_string_to_metric_families(prometheus_text(figures).decode())
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }
    assert samples["mood_pictures_total", "analysed"] == 7
    assert samples["mood_pictures_total", "refused"] == 2
    assert samples["mood_faces_total",] == 9
    assert samples["mood_inference_seconds_total",] == 0.5
    assert samples["mood_memory_steps_total", "unload"] == 1
    assert samples["mood_resident_bytes",] == pytest.approx(180e6)
    assert samples["mood_memory_limit_bytes",] == pytest.approx(536.9e6)
    assert samples["mood_models_loaded", "mini"] == 1
    assert samples["mood_http_requests_total", "5xx"] == 1


def test_an_unknown_limit_is_not_told():
    text = prometheus_text(Figures(Counts(), {}, 100.0, None, (), {})).decode()
    assert "mood_resident_bytes" in text
    assert "mood_memory_limit_bytes" not in text

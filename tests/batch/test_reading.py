"""What one process, or each of several, is told to do."""

from __future__ import annotations

from mood.batch.reading import Job, settled
from mood.options import Options
from mood.settings import Settings
from tests import fresh

ASKED = """
from mood.batch.reading import Job, settled
from mood.settings import Settings
options = settled(Job(Settings())).options
print(options.detector, options.model)
"""


def test_all_processes_read_with_the_networks_that_the_first_one_got(tmp_path):
    done = fresh.python(ASKED, {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)})
    assert done.stdout.split() == ["libfacedetection", "mini"]


def test_networks_that_are_named_stay_and_cost_nothing():
    job = Job(Settings(detector="auto", model="auto"), Options(detector="none", model="nowhere"))
    assert settled(job) is job

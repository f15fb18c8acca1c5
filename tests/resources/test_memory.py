from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError
from mood.resources.limits import container_limit_mb, memory_limit_mb
from mood.resources.memory import MemoryGuard, Step
from mood.settings import Settings
from tests import fresh
from tests.resources.process import Process


def steps(guard: MemoryGuard) -> tuple[int, int, int]:
    return guard.steps[Step.TRIM], guard.steps[Step.UNLOAD], guard.steps[Step.REFUSE]


def test_a_calm_process_is_left_alone():
    process = Process(models=80)
    guard = process.guard()
    for process.now in range(100):
        guard.look()
    assert steps(guard) == (0, 0, 0)
    assert process.models == 80


def test_after_a_burst_memory_is_given_back_once_work_has_ended():
    process = Process()
    guard = process.guard()
    guard.admit()
    process.free, process.now = 150, 1
    guard.look()
    assert process.free == 150, "the next picture could need it"
    process.now = 5
    guard.look()
    assert process.free == 0
    process.now = 10
    guard.look()
    assert steps(guard) == (1, 0, 0)


def test_only_what_gave_memory_back_is_told(caplog):
    process = Process()
    guard = process.guard()
    with caplog.at_level(logging.INFO, logger="mood"):
        guard.look()
        process.lost, process.now = 130, 5  # grown, and nothing of it is free
        guard.look()
        assert caplog.messages == []
        process.free, process.now = 100, 10
        guard.look()
    assert caplog.messages == ["memory: trim, 230 → 130 MB, limit 500"]
    assert steps(guard) == (2, 0, 0)


def test_it_works_where_nobody_knows_a_limit():
    process = Process()
    guard = process.guard(limit_mb=None)
    guard.admit()
    process.free, process.now = 5000, 5
    guard.look()
    guard.admit()
    assert steps(guard) == (1, 0, 0)
    assert process.resident() == 100


def test_under_pressure_free_memory_goes_first():
    process = Process(models=80)
    guard = process.guard()
    guard.look()
    process.free = 300
    guard.admit()
    assert steps(guard) == (1, 0, 0)
    assert process.models == 80


def test_then_the_models_go_before_anything_fails(caplog):
    process = Process(models=80)
    guard = process.guard()
    guard.look()
    process.models = 320
    with caplog.at_level(logging.INFO, logger="mood"):
        guard.admit()
    assert process.models == 0
    assert steps(guard) == (1, 1, 0)
    assert "memory: unload, 420 → 100 MB, limit 500" in caplog.messages


def test_models_are_not_dropped_for_every_picture():
    process = Process(lost=390)
    guard = process.guard()
    for process.now in range(60):
        guard.admit()
        guard.finish()
    assert len(process.unloads) == 3


def test_models_that_a_picture_in_work_holds_are_dropped_after_it():
    process = Process(models=80)
    in_work = True
    guard = MemoryGuard(
        500,
        lambda: None if in_work else process.unload(),
        resident=process.resident,
        give_back=process.give_back,
        clock=lambda: process.now,
    )
    guard.admit()
    process.models, process.now = 320, 1
    guard.look()
    assert process.models == 320
    in_work, process.now = False, 2
    guard.finish()
    assert process.models == 0


def test_pictures_are_refused_only_when_nothing_else_helps_and_taken_again_later():
    process = Process(models=80, lost=450)
    guard = process.guard()
    with pytest.raises(BusyError, match="try again"):
        guard.admit()
    assert process.models == 0
    process.lost = 300
    guard.admit()
    assert guard.steps[Step.REFUSE] == 1


def test_a_limit_of_cgroup_v2(tmp_path: Path):
    groups, own = tmp_path / "groups", tmp_path / "own"
    (groups / "app" / "web").mkdir(parents=True)
    (groups / "app" / "web" / "memory.max").write_text("max\n")
    (groups / "app" / "memory.max").write_text("536870912\n")
    own.write_text("0::/app/web\n")
    assert container_limit_mb(groups, own) == pytest.approx(536.87, abs=0.01)


def test_a_limit_of_cgroup_v1(tmp_path: Path):
    groups, own = tmp_path / "groups", tmp_path / "own"
    (groups / "memory" / "docker" / "abc").mkdir(parents=True)
    (groups / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    (groups / "memory" / "docker" / "abc" / "memory.limit_in_bytes").write_text("512000000\n")
    own.write_text("5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n")
    assert container_limit_mb(groups, own) == 512.0


def test_inside_a_container_the_root_is_the_group(tmp_path: Path):
    groups, own = tmp_path / "groups", tmp_path / "own"
    (groups / "memory").mkdir(parents=True)
    (groups / "memory" / "memory.limit_in_bytes").write_text("512000000\n")
    own.write_text("4:memory:/a/name/of/the/host\n")
    assert container_limit_mb(groups, own) == 512.0


def test_no_limit(tmp_path: Path):
    assert container_limit_mb(tmp_path, tmp_path / "missing") is None
    (tmp_path / "memory.max").write_text("max\n")
    assert container_limit_mb(tmp_path, tmp_path / "missing") is None


def test_the_setting_wins_over_the_container():
    assert memory_limit_mb(Settings(memory_limit_mb=300)) == 300


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_resident_memory_is_that_of_this_process():
    """In a process of its own: what other tests freed or still hold would be seen, too."""
    code = """
from mood.resources.limits import resident_mb
from mood.resources.memory import trim

before = resident_mb()
held = bytearray(b"x") * 50_000_000
grown = resident_mb() - before
del held
trim()
print(grown, resident_mb() - before)
"""
    grown, left = map(float, fresh.python(code).stdout.split())
    assert 45 < grown < 60
    assert left < 10


def test_the_analyzer_asks_its_guard_before_it_works():
    guard = MemoryGuard(10, lambda: None)
    analyzer = MoodAnalyzer(Settings(), guard=guard)
    with pytest.raises(BusyError, match="memory"):
        analyzer.read(b"no picture: nothing may be decoded")
    assert guard.steps[Step.REFUSE] == 1
    assert analyzer.counters.counts.refusals == 1
    assert analyzer.counters.counts.failures == 0

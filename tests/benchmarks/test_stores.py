"""Stores to measure: what is missing is left out with a word, and loads that run at once are one."""

from __future__ import annotations

import os

import pytest
from otp_bench.cores import pinned
from otp_bench.cost import Cost
from otp_bench.kept import KINDS, wanting
from otp_bench.parts.stores import FLEETS, MEMORY, ONE
from otp_bench.wrk import Report, summed_up


def test_a_redis_that_is_not_installed_is_left_out_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert wanting("redis") == "redis-server is not installed"


def test_the_measure_of_all_stores_is_that_in_memory() -> None:
    """And that of several replicas is one of them."""
    assert {kind for kind, _ in FLEETS.values()} == set(KINDS)
    assert (FLEETS[MEMORY], FLEETS[ONE]) == (("memory", 1), ("redis", 1))


def test_loads_that_ran_at_once_are_one() -> None:
    both = summed_up([Report(1000, 4.0, 1, 5, 9), Report(3000, 4.1, 2, 4, 8)])

    assert both == Report(4000, 4.1, 2, 5, 9)
    assert Cost(2.0, both, beside=0.4).microseconds == pytest.approx(500)
    assert Cost(2.0, both, beside=0.4).beside_microseconds == pytest.approx(100)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores are named by Linux")
def test_replicas_have_the_cores_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2, 5})
    monkeypatch.setattr("shutil.which", lambda _: "taskset")

    assert [pinned(each)[-1] for each in (0, 1, 2, "server", "load")] == ["2", "5", "2", "2", "5"]

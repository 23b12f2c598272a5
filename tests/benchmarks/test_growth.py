"""How levels are planned, and what is made of what was measured."""

from __future__ import annotations

import pytest
from otp_bench.parts import growth, lanes
from otp_bench.scale import FULL, QUICK, Scale


@pytest.mark.parametrize("scale", [FULL, QUICK], ids=["full", "quick"])
def test_a_level_is_the_middle_of_what_is_sent(scale: Scale) -> None:
    """Never more requests than codes: half of them come before the level is reached."""
    for codes in scale.codes:
        plan = growth.planned(codes, scale)
        assert 0 < plan.requests * plan.loads <= codes
        assert plan.requests <= scale.window


def test_a_small_level_is_taken_often() -> None:
    assert growth.planned(1_000, FULL).fills == 2 * FULL.rounds
    assert growth.planned(10_000, FULL).fills == 3
    assert growth.planned(1_000_000, FULL) == growth.Plan(fills=1, loads=FULL.rounds, requests=FULL.window)


def test_growth_is_that_of_the_ratio() -> None:
    """A machine that got slower between the levels makes no growth."""
    levels = [
        growth.Level(1_000, bare=[30], ours=[100], live=1_500, resident=50_000_000),
        growth.Level(10_000, bare=[60], ours=[220], live=15_000, resident=63_500_000),
    ]

    result = growth.summed_up(levels)

    assert result["growth by codes"] == pytest.approx(0.1, abs=0.002)
    assert result["bytes a live code"] == 1000
    assert list(result["codes"]) == ["1000", "10000"]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 99, 9_999])
def test_every_lane_is_in_one_part(count: int) -> None:
    assert [number for part in lanes.parts(count) for number in part] == list(range(count))


def test_the_lanes_have_the_credentials_that_the_load_counts_up() -> None:
    assert lanes.lane(7)["credentials"] == {"esms": {"ApiKey": "BENCH-KEY-7", "SecretKey": "BENCH-SECRET-7"}}

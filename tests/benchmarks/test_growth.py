"""What grows is seen beside what does not, in short turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from otp_bench import turns
from otp_bench.cost import Cost, Phones
from otp_bench.parts import growth, lanes
from otp_bench.servers import Server
from otp_bench.wrk import Report

SMALL, LARGE = Server(pid=1, port=1), Server(pid=2, port=2, beside=3)


def took(microseconds: float, requests: int = 1000, beside: float = 0) -> Cost:
    return Cost(microseconds * requests / 1e6, Report(requests, 1, 0, 0, 0), beside=beside * requests / 1e6)


class Machine:
    """A machine on which each request of a server costs so many seconds, half of them after its turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, costs: dict[int, float]) -> None:
        self.costs = costs
        self.spent = dict.fromkeys((1, 2, 3), 0.0)
        self.owed = dict.fromkeys((1, 2, 3), 0.0)
        self.asked: list[tuple[str, int, tuple[int | str, ...]]] = []
        monkeypatch.setattr(turns, "cpu_seconds", self.spent.__getitem__)
        monkeypatch.setattr(turns.wrk, "load", self.load)
        monkeypatch.setattr(turns.time, "sleep", lambda _: self.pay())

    def pay(self) -> None:
        for pid, owed in self.owed.items():
            self.spent[pid] += owed
            self.owed[pid] = 0

    def load(self, url: str, _: str, first: int, *more: int | str, seconds: int) -> Report:
        self.pay()  # what others have set going
        self.asked.append((url, first, more))
        for pid in (1,) if url == SMALL.url else (2, 3):
            self.spent[pid] += 10 * self.costs[pid] / 2
            self.owed[pid] += 10 * self.costs[pid] / 2
        return Report(10, seconds, 0, 0, 0)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch, {1: 2, 2: 3, 3: 1})


def in_turns(count: int, phones: Callable[[], Phones] = Phones) -> dict[str, list[Cost]]:
    asked = {"small": turns.Asked(SMALL, phones(), (7,)), "large": turns.Asked(LARGE, phones())}
    return {name: [*each] for name, each in turns.in_turns("gencode", asked, turns=count, seconds=1, tail=2).items()}


def test_a_turn_costs_what_it_sets_going_as_well(machine: Machine) -> None:
    """Up to the next turn of the same server, or the tail after the last."""
    for runs, ours, beside in zip(in_turns(3).values(), (20, 30), (0, 10), strict=True):
        assert [round(each.cpu, 6) for each in runs] == [ours] * 3
        assert [round(each.beside, 6) for each in runs] == [beside] * 3


def test_one_is_asked_after_the_other_and_no_number_comes_twice(machine: Machine) -> None:
    in_turns(3)

    assert [url for url, _, _ in machine.asked] == [SMALL.url, LARGE.url] * 3
    assert [(first, more) for url, first, more in machine.asked if url == SMALL.url] == [
        (0, (7,)),
        (1010, (7,)),
        (2020, (7,)),
    ]


def test_growth_is_that_of_all_turns_together_with_what_is_beside() -> None:
    """A short turn counts for less."""
    level = growth.Level(
        10_000,
        small=[took(100, beside=20), took(100, beside=20)],
        large=[took(110, beside=34), took(500, 1, beside=34)],
    )

    assert growth.growth(level) == pytest.approx(0.2, abs=0.004)


def test_each_level_is_told_beside_the_fewest() -> None:
    """And the growth is that of the last."""
    levels = [
        growth.Level(1_000, small=[took(100)], large=[took(100)]),
        growth.Level(10_000, small=[took(200)], large=[took(220)]),
    ]

    told = growth.summed_up("codes", levels)

    assert told["growth by codes"] == 0.1
    assert list(told["codes"]) == ["1000", "10000"]
    assert told["codes"]["10000"]["us"]["median"] == 220
    assert told["codes"]["10000"]["ratio"]["median"] == 0.909
    assert "beside_us" not in told["codes"]["10000"]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 99, 9_999])
def test_every_lane_is_in_one_part(count: int) -> None:
    assert [number for part in lanes.parts(count) for number in part] == list(range(count))


def test_the_lanes_have_the_credentials_that_the_load_counts_up() -> None:
    assert lanes.lane(7)["credentials"] == {"esms": {"ApiKey": "BENCH-KEY-7", "SecretKey": "BENCH-SECRET-7"}}

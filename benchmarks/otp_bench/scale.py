"""How much is measured: a full run, and a quick one that only shows that everything works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of a run.

    Args:
        name: what the result calls it.
        rounds: how often each figure is taken; the median counts.
        seconds: length of a load.
        tail: seconds after it that are counted too.
        live: live codes beside which latency is measured.
        codes: numbers of live codes for the growth.
        lanes: numbers of lanes for the growth, `default` among them.
        turns: how often two sandboxes are asked in turns for a second, to see what grows.
        journal: requests after which a journal keeps no more.
        starts: how often the sandbox is started.
    """

    name: str
    rounds: int
    seconds: int
    tail: float
    live: int
    codes: tuple[int, ...]
    lanes: tuple[int, ...]
    turns: int
    journal: int
    starts: int


FULL = Scale(
    name="full",
    rounds=5,
    seconds=4,
    tail=2.0,
    live=100_000,
    codes=(1_000, 10_000, 100_000, 1_000_000),
    lanes=(1, 100, 10_000),
    turns=20,
    journal=120_000,
    starts=9,
)
QUICK = Scale(
    name="quick",
    rounds=1,
    seconds=1,
    tail=1.5,
    live=10_000,
    codes=(1_000, 10_000),
    lanes=(1, 100),
    turns=3,
    journal=12_000,
    starts=3,
)

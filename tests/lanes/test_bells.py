"""Timers of lanes share those of the loop."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from otp_sandbox.lanes import bells as bells_module
from otp_sandbox.lanes.bells import Bells
from otp_sandbox.lanes.lane import Lane


def lanes(count: int) -> list[Lane]:
    """Make what is known by being itself, as a lane is."""
    return [cast("Lane", object()) for _ in range(count)]


class Loop:
    """A loop whose timers ring when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.later: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []
        self.soon: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        monkeypatch.setattr(bells_module, "asyncio", SimpleNamespace(get_running_loop=lambda: self))

    def time(self) -> float:
        return self.now

    def call_at(self, at: float, call: Callable[..., None], *given: Any) -> None:
        self.later.append((at, call, given))

    def call_soon(self, call: Callable[..., None], *given: Any) -> None:
        self.soon.append((call, given))

    def ring(self) -> float:
        """Let the next timer ring. Tells when that was."""
        self.later.sort(key=lambda each: each[0])
        self.now, call, given = self.later.pop(0)
        call(*given)
        return self.now

    def turn(self) -> None:
        """Do what is to be done next."""
        call, given = self.soon.pop(0)
        call(*given)


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    return Loop(monkeypatch)


@pytest.fixture
def rung() -> list[Lane]:
    return []


@pytest.fixture
def bells(rung: list[Lane]) -> Bells:
    return Bells(rung.append)


@pytest.mark.parametrize("seconds", [0, 0.001, 0.02, 1, 1.013, 59.99])
def test_a_bell_rings_after_its_time_and_within_a_breath(
    loop: Loop, bells: Bells, rung: list[Lane], seconds: float
) -> None:
    """Never before: what it rings for would not be due."""
    (lane,) = lanes(1)
    bell = bells.set(lane, seconds)

    at = loop.ring()

    assert rung == [lane]
    assert at == bell.when()
    assert seconds - 1e-9 <= at - 1000 <= seconds + 0.02 + 1e-9


def test_lanes_of_one_moment_share_a_timer(loop: Loop, bells: Bells, rung: list[Lane]) -> None:
    """Each of them is rung for."""
    many = lanes(50)
    for number, lane in enumerate(many):
        bells.set(lane, 1.001 + number / 10_000)

    assert len(loop.later) == 1
    loop.ring()
    assert set(rung) == set(many)
    assert len(rung) == 50


def test_another_moment_has_another_timer(loop: Loop, bells: Bells, rung: list[Lane]) -> None:
    """The earlier one rings first."""
    late, early = lanes(2)
    bells.set(late, 2)
    bells.set(early, 1)

    loop.ring()

    assert rung == [early]
    loop.ring()
    assert rung == [early, late]


def test_a_bell_that_is_cancelled_does_not_ring(loop: Loop, bells: Bells, rung: list[Lane]) -> None:
    """The others of its moment do; to cancel it again does nothing."""
    one, other = lanes(2)
    bell, rings = bells.set(one, 1), bells.set(other, 1)

    for _ in range(2):
        bell.cancel()

    assert (bell.cancelled(), rings.cancelled()) == (True, False)
    loop.ring()
    assert rung == [other]
    assert rings.cancelled()


def test_a_lane_may_be_set_anew_while_it_is_rung_for(loop: Loop) -> None:
    """As a schedule does for what comes next. It waits for the next moment, so nobody is rung for without end."""
    rung: list[Lane] = []

    def ring(lane: Lane) -> None:
        rung.append(lane)
        bells.set(lane, 0)

    bells = Bells(ring)
    (lane,) = lanes(1)
    bells.set(lane, 0)

    loop.ring()
    loop.now += 0.001

    assert (rung, len(loop.later)) == ([lane], 1)


def test_one_that_is_rung_for_may_cancel_all_others(loop: Loop) -> None:
    """As one does that ends the sandbox."""
    rung: list[Lane] = []
    set_bells: list[Any] = []

    def ring(lane: Lane) -> None:
        rung.append(lane)
        for bell in set_bells:
            bell.cancel()

    bells = Bells(ring)
    set_bells += [bells.set(lane, 1) for lane in lanes(5)]

    loop.ring()

    assert (len(rung), loop.soon) == (1, [])


def test_very_many_are_rung_for_in_several_goes(loop: Loop, bells: Bells, rung: list[Lane]) -> None:
    """Requests get their turn in between."""
    many = lanes(250)
    for lane in many:
        bells.set(lane, 1)

    loop.ring()

    assert len(rung) == 100
    loop.turn()
    loop.turn()
    assert set(rung) == set(many)
    assert (len(rung), loop.soon) == (250, [])

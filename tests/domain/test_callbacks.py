"""A callback is tried until it is accepted or no retry is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback, after_attempt, call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=30)


def callback(retries: int = 0) -> Callback:
    return Callback(
        id="cb-1",
        provider="thuesim",
        event="done",
        url="http://127.0.0.1/",
        method="POST",
        headers={},
        body="{}",
        timeout=timedelta(seconds=5),
        retries=retries,
        retry_after=PAUSE,
    )


def attempt(status: int | None, at: datetime = NOW) -> Attempt:
    return Attempt(at, status, None if status is not None else "refused", 1.5, "")


def test_a_callback_goes_out_at_once() -> None:
    """It is logged, and its first attempt is due now."""
    change: Change[None] = Change(None)

    call_back(change, callback(), NOW)

    assert change.writes == {(CALLBACKS, "cb-1"): callback()}
    assert change.due == [Event(NOW, "callback", "thuesim", "cb-1")]


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "done"), (204, "done"), (299, "done"), (199, "failed"), (300, "failed"), (404, "failed"), (None, "failed")],
)
def test_any_2xx_accepts_a_callback(status: int | None, state: str) -> None:
    """Everything else fails it when no retry is left."""
    tried = callback().after(attempt(status))

    assert tried.state == state
    assert tried.attempts == (attempt(status),)


@pytest.mark.parametrize(
    ("status", "retry_answers", "state"),
    [
        (None, False, "pending"),
        (500, False, "failed"),
        (404, False, "failed"),
        (500, True, "pending"),
        (204, False, "done"),
    ],
)
def test_some_customers_are_asked_again_only_when_they_do_not_answer(
    status: int | None,
    retry_answers: bool,  # noqa: FBT001  (a column of the table)
    state: str,
) -> None:
    """An answer other than 2xx ends a callback whose policy counts on silence alone."""
    held = replace(callback(retries=2), retry_answers=retry_answers)

    assert held.after(attempt(status)).state == state


def test_a_callback_fails_with_its_last_retry() -> None:
    """With two retries there are three attempts."""
    held = callback(retries=2)
    states = []

    for _ in range(3):
        held = held.after(attempt(500))
        states.append(held.state)

    assert states == ["pending", "pending", "failed"]
    assert len(held.attempts) == 3


def test_a_retry_may_succeed() -> None:
    """Then no other one follows."""
    tried = callback(retries=2).after(attempt(None)).after(attempt(200))

    assert tried.state == "done"


def test_a_retry_falls_due_after_its_pause() -> None:
    """Counted from the attempt, on the lane's clock."""
    change = after_attempt(callback(retries=1), attempt(500, NOW + PAUSE))

    assert change.verdict.state == "pending"
    assert change.writes == {(CALLBACKS, "cb-1"): change.verdict}
    assert change.due == [Event(NOW + 2 * PAUSE, "callback", "thuesim", "cb-1")]


@pytest.mark.parametrize(
    "held", [callback(), replace(callback(retries=1), attempts=(attempt(500),))], ids=["no retries", "none left"]
)
def test_nothing_falls_due_after_the_last_attempt(held: Callback) -> None:
    """A callback that failed rests."""
    change = after_attempt(held, attempt(500))

    assert (change.verdict.state, change.due) == ("failed", [])


def test_nothing_falls_due_after_success() -> None:
    """A callback that was accepted rests."""
    change = after_attempt(callback(retries=5), attempt(200))

    assert (change.verdict.state, change.due) == ("done", [])

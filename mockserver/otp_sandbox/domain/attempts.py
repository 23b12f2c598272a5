"""Attempts at callbacks that have begun and have no result yet.

An attempt is noted before its request goes out, and the note goes when its result is recorded. A note that nobody
answers for any more tells of a process that ended in between: whether the customer got the request is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback, after_attempt
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Event, Key, State, Table

GRACE: Final = timedelta(seconds=10)
"""What a process may take beside the request's own time: to begin with it, and to record its result."""
NO_RESULT: Final = "no result: the process that sent it ended, or could not record it"


class Lease(Record):
    """One attempt: which process makes it, since when on the lane's clock, and until when in real time it may take."""

    by: str
    at: datetime
    until: datetime


class Underway(Record):
    """The attempts at one callback: there are several when one is asked for meanwhile."""

    id: str
    leases: tuple[Lease, ...]


UNDERWAY: Final = Table("attempts_underway", Underway, log=True)
"""By the id of the callback."""


def keys_of(callback_id: str) -> tuple[Key, ...]:
    """Name what the decisions below read."""
    return ((CALLBACKS, callback_id), (UNDERWAY, callback_id))


def begin(
    state: State, callback_id: str, by: str, at: datetime, real_now: datetime, *, asked: bool = False
) -> Change[Lease | None]:
    """Note that an attempt begins; there is none at a callback that is gone, or at rest and not asked for.

    Args:
        state: of the lane.
        callback_id: which callback.
        by: the process that makes it.
        at: the lane's time.
        real_now: the real time.
        asked: whether somebody wants it, whatever became of the callback.
    """
    callback = state.get(CALLBACKS, callback_id)
    if callback is None or (callback.state != "pending" and not asked):
        return Change(None)
    lease = Lease(by, at, real_now + callback.timeout + GRACE)
    held = state.get(UNDERWAY, callback_id)
    leases = (*held.leases, lease) if held is not None else (lease,)
    return Change(lease, {(UNDERWAY, callback_id): Underway(callback_id, leases)})


def end(
    state: State, callback_id: str, by: str, attempt: Attempt | None, *, again: bool = False
) -> Change[Callback | None]:
    """Record how an attempt went; its note goes in the same step.

    Args:
        state: of the lane.
        callback_id: which callback.
        by: the process that made it. Without a note others took it for lost: then they see to what comes next.
        attempt: how it went; None if it was not made after all.
        again: whether it may be recorded already, as the store could not say so.
    """
    callback, held = state.get(CALLBACKS, callback_id), state.get(UNDERWAY, callback_id)
    if again and callback is not None and attempt in callback.attempts:
        return Change(callback)
    own = [each for each in held.leases if each.by == by] if held is not None else []
    change: Change[Callback | None] = Change(callback)
    if callback is not None and attempt is not None:
        if own:
            change = after_attempt(callback, attempt)
        else:
            late = callback.after_late(attempt)
            change = Change(late, {(CALLBACKS, callback_id): late})
    if held is not None and own:
        # Which of them ends makes no difference but for the time: those that remain have at least theirs.
        ended = min(own, key=lambda each: each.until)
        _keep(change, held, lambda each: each is not ended)
    return change


def doubt(state: State, callback_id: str, is_lost: Callable[[Lease], bool], now: datetime) -> Change[bool]:
    """Record attempts that nobody makes any more as doubtful, and let the callback fall due at once.

    That is also done when no retry is left: its last attempt may never have been made. A callback that the customer
    took before rests. Says whether there were any.
    """
    callback, held = state.get(CALLBACKS, callback_id), state.get(UNDERWAY, callback_id)
    lost = [each for each in held.leases if is_lost(each)] if held is not None else []
    if held is None or not lost:
        return Change(verdict=False)
    change = Change(verdict=True)
    _keep(change, held, lambda each: each not in lost)
    if callback is not None:
        for each in lost:
            callback = callback.after_lost(Attempt(each.at, None, NO_RESULT, 0.0, None, doubtful=True))
        change.writes[CALLBACKS, callback_id] = callback
        if callback.state == "pending":
            change.due.append(Event(now, "callback", callback.provider, callback_id))
    return change


def again(callback: Callback, held: Underway) -> Event:
    """Give the event with which an attempt that is under way began."""
    return Event(held.leases[0].at, "callback", callback.provider, callback.id)


def _keep(change: Change[object], held: Underway, is_kept: Callable[[Lease], bool]) -> None:
    leases = tuple(filter(is_kept, held.leases))
    change.writes[UNDERWAY, held.id] = replace(held, leases=leases) if leases else None

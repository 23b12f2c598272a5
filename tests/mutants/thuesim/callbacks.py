"""Mistakes that somebody could make in the result callback of thuesim."""

from __future__ import annotations

import re
from typing import Final

from mutants.kit import Mistake, arrivals, both, events, written
from mutants.thuesim import made
from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import CALLBACKS, Callback, call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State


def called_back(pattern: str, other: str) -> Mistake:
    """Write the body of a callback otherwise."""

    def spoil(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
        for key in written(change, CALLBACKS):
            held: Callback = change.writes[key]
            change.writes[key] = replace(held, body=re.sub(pattern, other, held.body))
        return change

    return both(arrivals(spoil), events("expiry", spoil))


def twice(event: Event, _: State, __: EventContext, change: Change[bool]) -> Change[bool]:
    for key in written(change, CALLBACKS):
        held: Callback = change.writes[key]
        call_back(change, replace(held, id=f"{held.id}-again"), event.at)
    return change


WRITTEN: Final = (
    made("callback-bare-id", "requestId has no server", called_back(r'"requestId":"(\d+)\.\d\d"', r'"requestId":"\1"')),
    made("callback-sound-boolean", "isSound is a boolean", called_back(r'"isSound":"(true|false)"', r'"isSound":\1')),
    made("callback-twice", "a result is posted twice", both(arrivals(twice), events("expiry", twice))),
)

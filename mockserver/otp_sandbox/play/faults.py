"""Faults of a lane: which calls they meet, which one fires, and what the answer becomes. No HTTP here.

What needs a connection, or time, is left to whoever answers: it stands in the fault of what was played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from otp_sandbox.contract import Call, Reply
from otp_sandbox.domain import faults
from otp_sandbox.domain.faults import FAULT_COUNTS, HELD, LATER, Count, Fate, Fault
from otp_sandbox.domain.misdelivery import bend, destined
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.seeds import draw_bytes
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes import durations
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route

_TELLS_ALL: Final = frozenset({"outcome", "delay", *LATER})
"""Actions after which the answer is the whole truth of the journal: what was answered is a row."""
_DRAWN: Final = 6
"""Bytes of what is drawn that count: a float tells no more apart."""


class Faulty:
    """The decision about a call in a lane with faults: pure, so that a store may run it again.

    Every fault that a call fits counts it. The oldest one that applies fires, and no other.

    Args:
        judged: decides about the call itself.
        meant: the faults that are for the operation, and for these phones.
        phones: whom the call is for, where a fault asks for it.
        route: the operation.
        now: the lane's time.
        seed: of the lane.
    """

    __slots__ = ("_faults", "_fired", "_judged", "_now", "_phones", "_reorders", "_route", "_seed")

    def __init__(
        self, judged: Any, meant: Meant, phones: Sequence[str], route: Route, *, now: datetime, seed: int
    ) -> None:
        self._judged = judged
        self._faults = meant.faults
        self._reorders = meant.reorders
        self._phones = phones
        self._route = route
        self._now = now
        self._seed = seed
        self._fired: Fault | None = None

    @property
    def call(self) -> Call:
        """The call as it was decided about."""
        call: Call = self._judged.call
        return call

    def keys(self) -> Sequence[Key]:
        """Name the keys that it will read."""
        keys = [*self._judged.keys(), *((FAULT_COUNTS, each.key) for each in self._faults)]
        return keys + [(HELD, phone) for phone in self._phones] if self._reorders else keys

    def __call__(self, state: State) -> Change[Verdict]:
        """Judge the call in a state, and let one fault fire."""
        change: Change[Verdict] = self._judged(state)
        fired: Fault | None = None
        doomed: Mapping[Key, Any] = {}
        counts: dict[Key, Count] = {}
        for fault in self._faults:
            count = state.get(FAULT_COUNTS, fault.key) or Count()
            if faults.is_over(fault, count, self._now):
                continue
            found = self._destined(change, fault)
            if found is None:
                continue
            fires = fired is None and is_due(fault, count.met + 1, self._seed)
            counts[FAULT_COUNTS, fault.key] = Count(count.met + 1, count.fired + fires)
            if fires:
                fired, doomed = fault, found
        self._fired = fired
        if fired is not None:
            change = self._changed(change, state, fired)
            if fired.when == "before":  # then nothing was sent that others could have met
                for fault in self._faults:
                    if fault.action.kind in LATER:
                        counts.pop((FAULT_COUNTS, fault.key), None)
        if doomed or self._reorders:
            change.writes.update(doomed)
            bend(change, state, self._now, self._seed)
        change.writes.update(counts)
        return change

    def _destined(self, change: Change[Verdict], fault: Fault) -> Mapping[Key, Any] | None:
        """Give what a fault dooms, None if there is nothing: then it does not meet the call at all."""
        action = fault.action
        if action.kind not in LATER:
            return {}
        fate = Fate(action.delivery, action.callback, action.length)
        return destined(change, fate, self.call.request_id, self._now, self._seed) or None

    def _changed(self, change: Change[Verdict], state: State, fault: Fault) -> Change[Verdict]:
        """Give what happens under a fault: before the call nothing does, whatever would have been answered."""
        if fault.action.kind == "outcome":
            truth = change.verdict.cause if fault.when == "after" else ""
            verdict = self._lie(state, fault, truth)
        else:
            verdict = change.verdict
        if fault.when == "before":
            return Change(verdict)
        change.verdict = verdict
        return change

    def _lie(self, state: State, fault: Fault, truth: str) -> Verdict:
        """Give the verdict of a row that is asked for by its name."""
        call, handler = self.call, self._route.handler
        outcomes = self._route.provider.spec.outcomes
        name = next(each for each in fault.action.outcomes if each in outcomes)
        verdict = Verdict(name, magic=True)  # so that its row is found by its name
        if not call.invalid:  # what the provider tells with it, and nothing that it would keep
            verdict = handler.refuse(call, state, verdict).verdict
        reason = f"fault {fault.name} asks for {name}" + (f"; in truth {truth}" if truth else "; nothing happened")
        return replace(verdict, reason=reason)

    def told(self, played: Any) -> Any:
        """Give a call as the fault that fired wants it to be answered; one without a fault stays as it is."""
        fault = self._fired
        if fault is None:
            return played
        action, reply = fault.action, played.reply
        if action.kind == "outcome":
            played = replace(played, verdict=replace(played.verdict, magic=False))
        elif action.kind == "http":
            reply = Reply(action.body.encode(), action.content_type, action.status, server=reply.server)
        elif action.kind == "malformed":
            reply = replace(reply, body=malformed(reply.body))
        happened = fault.when == "after" or action.kind in _TELLS_ALL - {"delay"}
        return replace(played, reply=reply, fault=fault, happened=happened)


def under_faults(judged: Any, lane: Lane, route: Route, request: Request, now: datetime) -> Faulty | None:
    """Put a decision about a call under the faults of its lane; None where none is for it."""
    meant = _of_route(lane, route)
    phones: Sequence[str] = ()
    if meant.asks_phones:
        phones = route.provider.phones.recipients(request.fields)
        meant = meant._replace(faults=tuple([each for each in meant.faults if _is_for(each, phones)]))
    if not meant.faults and not meant.reorders:
        return None
    return Faulty(judged, meant, phones, route, now=now, seed=lane.seed)


class Meant(NamedTuple):
    """The faults of a lane that are for an operation; whether phones must be known, and whether any fault reorders."""

    faults: tuple[Fault, ...]
    asks_phones: bool
    reorders: bool


def _of_route(lane: Lane, route: Route) -> Meant:
    """Find the faults that are for an operation; once, until the lane is changed."""
    place = (route.provider.name, route.operation.id)
    found: Meant | None = lane.faults_by_operation.get(place)
    if found is None:
        meant = tuple(each for each in lane.faults if _means(each, route))
        reorders = any(each.action.delivery == "reordered" for each in lane.faults)
        asks = reorders or any(each.match.phones for each in meant)
        found = lane.faults_by_operation[place] = Meant(meant, asks, reorders)
    return found


def _means(fault: Fault, route: Route) -> bool:
    match, operation, spec = fault.match, route.operation, route.provider.spec
    if match.provider not in (None, route.provider.name):
        return False
    if match.operation not in (None, operation.name, operation.id):
        return False
    if fault.action.kind != "outcome":
        return True
    rows = [each for each in fault.action.outcomes if each in spec.outcomes]
    if not rows or match.operation is not None:
        return bool(rows)
    # Where no operation is named, those that give such an answer by themselves are meant, all if none does.
    giving = [other for other in spec.operations if any(each.outcome in rows for each in other.answers)]
    return not giving or operation in giving


def _is_for(fault: Fault, phones: Sequence[str]) -> bool:
    wanted = fault.match.phones
    return not wanted or any(each in wanted for each in phones)


def is_due(fault: Fault, met: int, seed: int) -> bool:
    """Say whether a fault fires at a call; `met` says which one of those that it meets, counted from 1."""
    match = fault.match
    return (
        (match.first is None or met >= match.first)
        and (match.last is None or met <= match.last)
        and (match.every is None or met % match.every == 0)
        and (match.p is None or _chance(seed, fault.name, met) < match.p)
    )


def _chance(seed: int, name: str, met: int) -> float:
    """Draw from 0 up to 1."""
    return int.from_bytes(draw_bytes(seed, "fault", name, met)[:_DRAWN]) / 256**_DRAWN


def malformed(body: bytes) -> bytes:
    """Break the body of an answer so that nobody reads it as JSON or XML: the end is missing."""
    kept = body[: len(body) // 2]
    return kept if kept[:1] in (b"{", b"[", b"<") else kept + b'{"'


def truncated(body: bytes, length: int) -> bytes:
    """Cut the body of an answer; at least its last byte is missing."""
    return body[: min(length, max(len(body) - 1, 0))]


@lru_cache(maxsize=faults.FAULTS_MOST)
def tell(fault: Fault) -> str:
    """Tell what a fault does, for the people who read the journal."""
    shown = orjson.dumps(faults.describe(fault), default=durations.spell).decode()
    return f"fault {fault.name} fired {fault.when} the call: {shown[:_TOLD_MOST]}"


_TOLD_MOST: Final = 1_000


def entered(entry: Any, fault: Fault, *, happened: bool) -> Any:
    """Give the journal entry of a call as a fault has left it. Where nothing happened, no row was answered."""
    changes: dict[str, Any] = {}
    if not happened:
        told = entry.fault_told
        changes = {"outcome": None, "cause": None, "code": None, "success": False, "reason": told, "remedy": ""}
    if fault.action.kind == "reset":
        changes |= {"status": 0, "response": b""}
    elif fault.action.kind == "truncate":
        changes["response"] = truncated(entry.response, fault.action.number)
    return replace(entry, **changes) if changes else entry

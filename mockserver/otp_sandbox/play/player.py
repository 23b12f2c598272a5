"""The way of a call: due events, checks and action as one decision, the row that answers, the bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from otp_sandbox.contract import Call, Reply
from otp_sandbox.domain.faults import Fault
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Key, State, Store
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes.bells import BREATH
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route
from otp_specs import Outcome


class Played(Record):
    """How a call ended: the row of the table that answers it, why, and the answer itself.

    `fault` is the one that fired. What needs a connection or time is still to be done then: a delay, a broken answer.
    Where nothing has `happened`, row, verdict and answer are what would have been.
    """

    call: Call
    row: Outcome
    verdict: Verdict
    reply: Reply
    warnings: tuple[str, ...]
    fault: Fault | None = None
    happened: bool = True


REQUEST_COUNT: Final = "requests"


class Player:
    """Plays calls, one at a time in one lane.

    Args:
        store: where the lanes keep what happened.
        schedule: fires what falls due.
        real_now: the real time.
    """

    def __init__(self, store: Store, schedule: Schedule, real_now: Callable[[], datetime]) -> None:
        self._store = store
        self._schedule = schedule
        self._real_now = real_now

    async def play(self, lane: Lane, route: Route, request: Request, held: Played | None = None) -> Played:
        """Play a call. It gets its number first: refused or not, every call has one.

        `held` is what was played when a fault held the call up: it goes on, and no fault meets it again.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile; nothing has happened.
        """
        store, key = self._store, lane.key
        request_id = f"req-{await store.count(key, REQUEST_COUNT)}" if held is None else held.call.request_id
        lane.used_at = self._real_now()
        now = lane.clock.now(lane.used_at)
        judgement: Any = self.judgement(lane, route, request, request_id, now)
        faulty = None
        if lane.faults and held is None:
            faulty = _faulty()(judgement, lane, route, request, now)
            judgement = faulty or judgement
        settled = now - BREATH if lane.clock.runs else now  # the timer fires what fell due just now, many in one go
        while (change := await store.decide(key, judgement, judgement.keys, settled=settled)) is None:
            await self._schedule.settle(lane)
        due = change.next_due
        if due is not None:
            # A message to a rented number arrives before the send is answered.
            if due <= now and any(each.at <= now for each in change.due):
                await self._schedule.settle_and_arm(lane)
            else:
                self._schedule.arm(lane, due)
        verdict, call = change.verdict, judgement.call
        # A magic value names a row of the table itself, whatever the choices and the causes of the operation are.
        if verdict.magic:
            row = route.provider.spec.outcomes[verdict.cause]
        else:
            row = call.dialect.row(route.operation, verdict.cause)
        reply = route.provider.wire.render(route.handler, call, row, verdict)
        warnings = (*request.warnings, *change.warnings) if request.warnings or change.warnings else ()
        played = Played(call, row, verdict, reply, warnings)
        if held is not None:
            return replace(played, fault=held.fault)
        return played if faulty is None else faulty.told(played)

    async def succeeds(self, lane: Lane, route: Route, request: Request) -> bool:
        """Say whether a call would succeed in a lane. Nothing happens there."""
        judgement = self.judgement(lane, route, request, "", lane.now())
        change = await self._store.decide(lane.key, lambda state: Change(judgement(state).verdict), judgement.keys)
        return judgement.call.dialect.row(route.operation, change.verdict.cause).success

    def judgement(self, lane: Lane, route: Route, request: Request, request_id: str, now: datetime) -> Judgement:
        """Make the decision about a call."""
        return Judgement(lane, route, request, request_id, now)


@cache
def _faulty() -> Any:
    from otp_sandbox.play.faults import under_faults  # noqa: PLC0415  (most lanes never have one)

    return under_faults


class Judgement:
    """The decision about a call: pure, so that a store may run it again. `call` is the call as it was decided about."""

    __slots__ = ("_invalid", "_lane", "_magic", "_now", "_request", "_request_id", "_route", "_values", "call")

    def __init__(self, lane: Lane, route: Route, request: Request, request_id: str, now: datetime) -> None:
        self._lane = lane
        self._route = route
        self._request = request
        self._request_id = request_id
        self._now = now
        self._magic = route.magic(request.fields)
        self._values, self._invalid = route.checklist.read(request.fields)

    def __call__(self, state: State) -> Change[Verdict]:
        """Judge the call in a state."""
        self.call = call = self._call(state)
        return self._route.checklist.judge(self._route.handler, call, state, self._magic)

    def keys(self) -> Sequence[Key]:
        """Name the keys that it will read."""
        return self._route.checklist.keys(self._route.handler, self.unjudged())

    def unjudged(self) -> Call:
        """Give the call before anything is known of its account."""
        return self._call(None)

    def _call(self, state: State | None) -> Call:
        lane, route, request = self._lane, self._route, self._request
        name = route.provider.name
        return Call(
            route.operation,
            request.fields,
            self._values,
            self._invalid,
            request.headers,
            lane.credentials[name],
            lane.seed,
            self._now,
            lane.dialect(name),
            self._request_id,
            request.source,
            request.unreadable,
            state.get(*route.checklist.account) if state is not None else None,
        )

"""The endpoints of a lane's clock: get, set, advance."""

from __future__ import annotations

from datetime import datetime, timedelta

from otp_sandbox.domain.clock import TEN_YEARS, Clock
from otp_sandbox.domain.clock_log import note_clock
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.reading import ClockWanted, Instant, Model, ShortDuration, in_calendar, later
from otp_sandbox.web.control.schemas import AdvanceShape, ClockShape
from otp_sandbox.web.control.views import clock_view, fired_view
from otp_sandbox.web.problems import wrong


class AdvanceBody(Model):
    """How far: `by` a length, or `to` an instant; ten years at most."""

    by: ShortDuration | None = None
    to: Instant | None = None


async def set_clock(control: Control, lane: Lane, clock: Clock) -> None:
    """Let a lane's clock go otherwise, and keep that it does.

    Raises:
        LaneGone: the lane was deleted or reset meanwhile.
    """
    await control.registry.change(lane, clock=clock)
    await note_clock(control.store, lane.key, lane.now())


async def _get(request: ControlRequest) -> ClockShape:
    return clock_view(request.lane, await request.control.store.next_due(request.lane.key))


async def _put(request: ControlRequest) -> ClockShape:
    body: ClockWanted = request.body
    lane, schedule = request.lane, request.control.schedule
    async with lane.moves():
        clock = body.clock(lane.now(), request.control.real_now())
        await set_clock(request.control, lane, clock)
    await schedule.settle_and_arm(lane)
    return await _get(request)


async def _advance(request: ControlRequest) -> AdvanceShape:
    body: AdvanceBody = request.body
    until = _until(request.lane.now(), body)
    # A length is counted from where the clock stands when its turn comes, so that lengths add up.
    advanced = await request.control.schedule.advance(
        request.lane, until if body.by is None else body.by, wanted=request.is_wanted
    )
    clock = await _get(request)
    return {
        "now": clock["now"],
        "mode": clock["mode"],
        "offset": clock["offset"],
        "fired": fired_view(advanced.fired),
        "more": advanced.more,
        "next_due": clock["next_due"],
    }


def _until(now: datetime, body: AdvanceBody) -> datetime:
    if (body.by is None) == (body.to is None):
        raise wrong("by" if body.to is None else "to", "give either by or to")
    if body.to is not None:
        if body.to < now:
            raise wrong("to", f"is before the lane's time, {now.isoformat()}")
        if body.to - now > TEN_YEARS:
            raise wrong("to", f"is more than ten years, {TEN_YEARS.days}d, after the lane's time, {now.isoformat()}")
        return in_calendar("to", body.to)
    return later("by", now, body.by or timedelta(0))


ENDPOINTS = [
    ControlEndpoint("GET", "/clock", "The lane's time", _get, ClockShape),
    ControlEndpoint(
        "PUT", "/clock", "Let the clock run, run with an offset, or stand still", _put, ClockShape, body=ClockWanted
    ),
    ControlEndpoint(
        "POST",
        "/clock/advance",
        "Move the clock on and fire what falls due on the way, callbacks included",
        _advance,
        AdvanceShape,
        body=AdvanceBody,
        long=True,
        settles=False,  # what was due before is told among what fired
    ),
]

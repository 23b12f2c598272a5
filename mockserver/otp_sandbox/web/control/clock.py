"""The lane's clock: shown, set, advanced."""

from __future__ import annotations

from datetime import datetime, timedelta

from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.reading import ClockWanted, Duration, Instant, Model, in_calendar, later
from otp_sandbox.web.control.schemas import AdvanceShape, ClockShape
from otp_sandbox.web.control.views import clock_shape, fired_shape
from otp_sandbox.web.problems import wrong


class AdvanceBody(Model):
    """How far: `by` a length, or `to` an instant."""

    by: Duration | None = None
    to: Instant | None = None


async def _get(asked: ControlRequest) -> ClockShape:
    return clock_shape(asked.lane, await asked.control.store.next_due(asked.lane.id))


async def _put(asked: ControlRequest) -> ClockShape:
    body: ClockWanted = asked.body
    lane, schedule = asked.lane, asked.control.schedule
    async with lane.moving:
        lane.clock = body.clock(lane.now(), asked.control.real_now())
    await schedule.settle(lane)
    schedule.arm(lane, await asked.control.store.next_due(lane.id))
    return await _get(asked)


async def _advance(asked: ControlRequest) -> AdvanceShape:
    body: AdvanceBody = asked.body
    until = _until(asked.lane.now(), body)
    # A length is counted from where the clock stands when its turn comes, so that lengths add up.
    fired = await asked.control.schedule.advance(asked.lane, until if body.by is None else body.by)
    clock = await _get(asked)
    return {
        "now": clock["now"],
        "mode": clock["mode"],
        "offset": clock["offset"],
        "fired": fired_shape(fired),
        "next_due": clock["next_due"],
    }


def _until(now: datetime, body: AdvanceBody) -> datetime:
    if (body.by is None) == (body.to is None):
        raise wrong("by" if body.to is None else "to", "give either by or to")
    if body.to is not None:
        if body.to < now:
            raise wrong("to", f"is before the lane's time, {now.isoformat()}")
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
    ),
]

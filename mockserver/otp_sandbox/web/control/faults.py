"""The endpoints of faults: make, list, replace and take back what goes wrong in a lane."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from otp_sandbox.domain import faults
from otp_sandbox.domain.faults import FAULT_COUNTS, FAULTS_MOST, HELD, Count, Fault, Match
from otp_sandbox.domain.record import replace
from otp_sandbox.lanes import durations
from otp_sandbox.lanes.lane import Lane, LaneRecord
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.fault_fields import FaultBody, read_fault
from otp_sandbox.web.control.paging import cut, limit_of
from otp_sandbox.web.control.reading import Page
from otp_sandbox.web.control.schemas import FaultShape, FaultsShape
from otp_sandbox.web.problems import Problem, wrong


async def _create(request: ControlRequest) -> FaultShape:
    body: FaultBody = request.body
    control, lane = request.control, request.lane
    read_fault(control, lane, body, body.name or "", 0)  # so that what is wrong takes no number
    number = await control.store.count(lane.key, "faults")
    fault = read_fault(control, lane, body, body.name or f"{body.preset or 'fault'}-{number}", number)

    def added(held: LaneRecord) -> LaneRecord:
        if any(each.name == fault.name for each in held.faults):
            raise Problem(409, f"fault {fault.name} exists", [("name", "is taken by another fault of the lane")])
        if len(held.faults) >= FAULTS_MOST:
            raise Problem(409, f"the lane has {FAULTS_MOST} faults already; delete some")
        return replace(held, faults=(*held.faults, fault), faulted=True)

    await control.registry.revise(lane, added)
    return await _view(request, fault)


async def _replace(request: ControlRequest) -> FaultShape:
    body: FaultBody = request.body
    control, lane, name = request.control, request.lane, request.path["name"]
    _find(request)
    if body.name not in (None, name):
        raise wrong("name", f"is another one than in the path, {name}")
    read_fault(control, lane, body, name, 0)
    fault = read_fault(control, lane, body, name, await control.store.count(lane.key, "faults"))

    def revised(held: LaneRecord) -> LaneRecord:
        if not any(each.name == name for each in held.faults):
            raise _unknown(lane, name)
        return replace(held, faults=tuple(fault if each.name == name else each for each in held.faults), faulted=True)

    await control.registry.revise(lane, revised)
    return await _view(request, fault)


def _find(request: ControlRequest) -> Fault:
    name = request.path["name"]
    found = next((each for each in request.lane.faults if each.name == name), None)
    if found is None:
        raise _unknown(request.lane, name)
    return found


def _unknown(lane: Lane, name: str) -> Problem:
    return Problem(404, f"fault {name} does not exist in lane {lane.id}")


async def _list(request: ControlRequest) -> FaultsShape:
    query: Page = request.query
    held = request.lane.faults
    newer = [each for each in held if query.after is None or each.number > query.after]
    shown, more = cut(sorted(newer, key=lambda each: each.number), limit_of(query), query.after)
    end = shown[-1].number if shown else query.after or 0
    return {"faults": [await _view(request, each) for each in shown], "cursor": str(end), "more": more}


async def _get(request: ControlRequest) -> FaultShape:
    return await _view(request, _find(request))


async def _delete(request: ControlRequest) -> None:
    name = _find(request).name
    await request.control.registry.revise(
        request.lane, lambda held: replace(held, faults=tuple(each for each in held.faults if each.name != name))
    )


async def _clear(request: ControlRequest) -> None:
    await clear_faults(request.control, request.lane)


async def clear_faults(control: Control, lane: Lane) -> None:
    """Take all faults of a lane back. What they have doomed already stays as it is."""
    await control.registry.change(lane, faults=())
    await control.store.clear(lane.key, TABLES)


TABLES: Final = (FAULT_COUNTS.name, HELD.name)


async def _view(request: ControlRequest, fault: Fault) -> FaultShape:
    """Show a fault, with what has come of it."""
    count = await request.control.store.get(request.lane.key, FAULT_COUNTS, fault.key) or Count()
    action: Any = {
        name: durations.spell(value) if isinstance(value, timedelta) else value
        for name, value in faults.describe(fault).items()
    }
    return {
        "name": fault.name,
        "match": _view_match(fault.match),
        "when": fault.when,
        "action": action,
        "uses_left": faults.uses_left(fault, count),
        "expires_at": fault.expires_at,
        "fired": count.fired,
    }


def _view_match(match: Match) -> Any:
    calls = None
    if match.first is not None:
        calls = f"{match.first}.." if match.last is None else f"{match.first}..{match.last}"
    shown = {
        "provider": match.provider,
        "operation": match.operation,
        "phone": match.phone,
        "calls": calls,
        "every": match.every,
        "p": match.p,
    }
    return {name: value for name, value in shown.items() if value is not None}


ENDPOINTS = [
    ControlEndpoint("GET", "/faults", "List faults, newest last", _list, FaultsShape, query=Page),
    ControlEndpoint(
        "POST", "/faults", "Let something go wrong", _create, FaultShape, status=201, body=FaultBody, problems=(409,)
    ),
    ControlEndpoint("DELETE", "/faults", "Take all faults back", _clear, status=204),
    ControlEndpoint("GET", "/faults/{name}", "Get a fault", _get, FaultShape, problems=(404,)),
    ControlEndpoint(
        "PUT",
        "/faults/{name}",
        "Replace a fault; it counts anew",
        _replace,
        FaultShape,
        body=FaultBody,
        problems=(404,),
    ),
    ControlEndpoint("DELETE", "/faults/{name}", "Take a fault back", _delete, status=204, problems=(404,)),
]

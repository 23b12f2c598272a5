"""The endpoints of faults: make, list, replace and take back what goes wrong in a lane."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from otp_sandbox.domain import faults
from otp_sandbox.domain.faults import FAULT_COUNTS, FAULTS_MOST, HELD, LATER, Count, Fault, Match
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change
from otp_sandbox.lanes import durations
from otp_sandbox.lanes.lane import Lane, LaneRecord
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.fault_fields import FaultBody, read_fault
from otp_sandbox.web.control.fault_shapes import FaultShape, FaultsShape
from otp_sandbox.web.control.paging import cut, limit_of
from otp_sandbox.web.control.reading import Page
from otp_sandbox.web.problems import Problem, wrong


async def _create(request: ControlRequest) -> FaultShape:
    body: FaultBody = request.body
    lane = request.lane
    wanted = read_fault(request.control, lane, body)

    def added(held: LaneRecord) -> LaneRecord:
        number = held.last_fault + 1
        name = body.name or f"{body.preset or 'fault'}-{number}"
        if any(each.name == name for each in held.faults):
            raise Problem(409, f"fault {name} exists", [("name", "is taken by another fault of the lane")])
        if len(held.faults) >= FAULTS_MOST:
            raise Problem(409, f"the lane has {FAULTS_MOST} faults already; delete some")
        fault = replace(wanted, name=name, number=number)
        return _with_faults(held, (*held.faults, fault), number)

    record = await request.control.registry.revise(lane, added)
    return await _view(request, record.faults[-1])


def _with_faults(held: LaneRecord, its: tuple[Fault, ...], last: int) -> LaneRecord:
    dooms = held.dooms or any(each.action.kind in LATER for each in its)
    return replace(held, faults=its, dooms=dooms, last_fault=last)


async def _replace(request: ControlRequest) -> FaultShape:
    body: FaultBody = request.body
    old = _find(request)
    lane, name = request.lane, old.name
    if body.name not in (None, name):
        raise wrong("name", f"is another one than in the path, {name}")
    wanted = read_fault(request.control, lane, body)

    def revised(held: LaneRecord) -> LaneRecord:
        if not any(each.name == name for each in held.faults):
            raise _unknown(lane, name)
        number = held.last_fault + 1
        fault = replace(wanted, name=name, number=number)
        faults = tuple(fault if each.name == name else each for each in held.faults)
        return _with_faults(held, faults, number)

    record = await request.control.registry.revise(lane, revised)
    await _forget(request, old)
    return await _view(request, next(each for each in record.faults if each.name == name))


async def _forget(request: ControlRequest, fault: Fault) -> None:
    """Forget what was counted of a fault that is no more."""
    await request.control.store.decide(request.lane.key, lambda _: Change(None, {(FAULT_COUNTS, fault.key): None}))


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
    held = request.lane.record
    newer = [each for each in held.faults if query.after is None or each.number > query.after]
    if query.after is not None:  # one that took another's place is as old as that one, and new all the same
        newer.sort(key=lambda each: each.number)
    shown, more = cut(newer, limit_of(query), query.after)
    end = held.last_fault if query.after is None else shown[-1].number if shown else query.after
    return {"faults": [await _view(request, each) for each in shown], "cursor": str(end), "more": more}


async def _get(request: ControlRequest) -> FaultShape:
    return await _view(request, _find(request))


async def _delete(request: ControlRequest) -> None:
    fault = _find(request)
    await request.control.registry.revise(
        request.lane,
        lambda held: replace(held, faults=tuple(each for each in held.faults if each.name != fault.name)),
    )
    await _forget(request, fault)


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

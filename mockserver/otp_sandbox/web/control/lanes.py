"""The endpoints of lanes: make, list, change, reset, delete."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field

from otp_sandbox.domain import attempts, callbacks, challenges, duplicates, faults, inbox, messages, rentals
from otp_sandbox.domain.store import Change, State
from otp_sandbox.lanes.lane import DEFAULT, Lane
from otp_sandbox.lanes.registry import CREDENTIAL_MOST, LaneConflict, NewLane, Registry
from otp_sandbox.lanes.tables import ALL_LANES, LANES
from otp_sandbox.play.journal import REQUESTS
from otp_sandbox.web.control.accounts import merge_account, patch_accounts
from otp_sandbox.web.control.choices import NAMES_MOST, Choices, change_choices, merge_choices
from otp_sandbox.web.control.clock import set_clock
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest, Json, find_provider
from otp_sandbox.web.control.faults import clear_faults
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import ClockWanted, Model, Page, ShortDuration
from otp_sandbox.web.control.schemas import LaneShape, LanesShape
from otp_sandbox.web.control.views import lane_view
from otp_sandbox.web.problems import Problem, wrong

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")

What = Literal[
    "messages", "codes", "rentals", "accounts", "callbacks", "requests", "faults", "clock", "choices", "limits"
]
_TABLES: Mapping[str, tuple[str, ...]] = {
    "messages": (messages.MESSAGES.name, messages.REFUSED.name, inbox.INBOX.name, faults.HELD.name),
    "codes": (challenges.CODES.name, challenges.RECIPIENTS.name, challenges.ENDED.name, challenges.PINS.name),
    "rentals": (rentals.RENTALS.name, messages.RENTED.name),
    "callbacks": (callbacks.CALLBACKS.name, attempts.UNDERWAY.name),
    "requests": (REQUESTS.name,),
    "limits": (duplicates.ACCEPTED.name, duplicates.REPEATS.name),
}


class LaneWanted(Model):
    """What a new lane is to be; everything may be left out. The same fields stand in TOML under [lanes.NAME]."""

    id: str | None = None
    seed: Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)] | None = None
    clock: ClockWanted | None = None
    choices: Choices = Field(default_factory=dict)
    ttl: ShortDuration | None = None
    accounts: dict[str, Json] = Field(default_factory=dict)
    credentials: dict[str, Annotated[dict[str, str], Field(max_length=NAMES_MOST)]] = Field(default_factory=dict)
    any_sender: Annotated[bool, Field(strict=True)] | None = None


class LanePatch(Model):
    """What can be changed of a lane."""

    clock: ClockWanted | None = None
    choices: Choices = Field(default_factory=dict)
    accounts: dict[str, Json] = Field(default_factory=dict)


class ResetBody(Model):
    """What is to be as it was at the creation of the lane; everything, if nothing is named."""

    what: Annotated[list[What], Field(max_length=100)] | None = None


def read_new_lane(registry: Registry, body: LaneWanted) -> NewLane:
    """Check what a new lane is to be; a frozen clock without `now` stands at the real time.

    Raises:
        Problem: a field is wrong; it is named.
    """
    providers, now = registry.providers, registry.real_now()
    if body.id is not None and not _ID.fullmatch(body.id):
        raise wrong("id", "takes 1 to 100 letters, digits and . _ ~ -")
    if body.ttl is not None and body.ttl.total_seconds() <= 0:
        raise wrong("ttl", "is not longer than 0s")
    errors: list[tuple[str, str]] = []
    accounts = {}
    for name, patch in body.accounts.items():
        provider = find_provider(providers, f"accounts.{name}", name)
        account = registry.first_account(provider, any_sender=body.any_sender)
        accounts[name] = merge_account(account, patch, f"accounts.{name}.", errors)
    for name, credentials in body.credentials.items():
        known = find_provider(providers, f"credentials.{name}", name).identity.fields
        for key, value in credentials.items():
            if key not in known:
                errors.append((f"credentials.{name}.{key}", f"is none of {', '.join(known)}"))
            elif not value:
                errors.append((f"credentials.{name}.{key}", "is empty"))
            elif len(value) > CREDENTIAL_MOST:
                errors.append((f"credentials.{name}.{key}", f"is longer than {CREDENTIAL_MOST} characters"))
    if errors:
        raise Problem(422, "the lane is not valid", errors)
    return NewLane(
        id=body.id,
        seed=body.seed,
        clock=body.clock.clock(now, now, "clock.") if body.clock is not None else None,
        choices=merge_choices(providers, {}, body.choices, "choices."),
        ttl=body.ttl,
        accounts=accounts,
        credentials=body.credentials,
        any_sender=body.any_sender,
    )


async def _create(request: ControlRequest) -> LaneShape:
    try:
        lane = await request.control.registry.create(read_new_lane(request.control.registry, request.body))
    except LaneConflict as taken:
        raise Problem(409, taken.detail, [(taken.field, taken.detail)]) from taken
    return lane_view(lane, request.base_url)


async def _list(request: ControlRequest) -> LanesShape:
    records, cursor, more = await page(request, LANES, removable=True, within=ALL_LANES)
    return {"lanes": [lane_view(each, request.base_url) for each in records], "cursor": cursor, "more": more}


async def _get(request: ControlRequest) -> LaneShape:
    return lane_view(request.lane, request.base_url)


async def _patch(request: ControlRequest) -> LaneShape:
    body: LanePatch = request.body
    lane, control = request.lane, request.control
    merge_choices(control.providers, lane.choices, body.choices, "choices.")  # before anything is changed
    clock = body.clock.clock(lane.now(), control.real_now(), "clock.") if body.clock is not None else None
    for name in body.accounts:
        find_provider(control.providers, f"accounts.{name}", name)
    await patch_accounts(control, lane, body.accounts, "accounts.{}.")
    await change_choices(control, lane, body.choices)
    if clock is not None:
        async with lane.moves():
            await set_clock(control, lane, clock)
        await control.schedule.settle_and_arm(lane)
    return lane_view(lane, request.base_url)


async def _delete(request: ControlRequest) -> None:
    if request.lane.id == DEFAULT:
        raise Problem(409, "the lane default always exists; reset it instead")
    await request.control.registry.delete(request.lane)


async def _reset(request: ControlRequest) -> LaneShape:
    body: ResetBody = request.body
    if body.what is None:
        await request.control.registry.reset(request.lane)
    else:
        async with request.lane.moves():  # an advance that is going on would move the clock afterwards
            await _bring_back(request.control, request.lane, body.what)
    return lane_view(request.lane, request.base_url)


async def _bring_back(control: Control, lane: Lane, what: Collection[What]) -> None:
    await control.store.clear(lane.key, [table for each in what for table in _TABLES.get(each, ())])
    if "accounts" in what:
        await control.registry.reset_accounts(lane)
    if "rentals" in what or "limits" in what:
        await _free(control, lane, numbers="rentals" in what, pauses="limits" in what)
    if "clock" in what:
        await set_clock(control, lane, lane.origin.clock)
        control.schedule.arm(lane, await control.store.next_due(lane.key))
    if "faults" in what:
        await clear_faults(control, lane)
    if "choices" in what:
        await control.registry.change(lane, choices=lane.origin.choices)


async def _free(control: Control, lane: Lane, *, numbers: bool, pauses: bool) -> None:
    keys = tuple((rentals.RENTAL_BOOKS, name) for name in control.providers)

    def decide(state: State) -> Change[None]:
        change = Change(None)
        for key in keys:
            book = state.get(*key)
            if book is not None:
                change.writes[key] = rentals.RentalBook(
                    book.taken, None if pauses else book.last_taken, () if numbers else book.waiting
                )
        return change

    await control.store.decide(lane.key, decide, lambda: keys)


ENDPOINTS = [
    ControlEndpoint("GET", "/lanes", "List lanes, newest last", _list, LanesShape, query=Page, lane=False),
    ControlEndpoint(
        "POST",
        "/lanes",
        "Make a lane",
        _create,
        LaneShape,
        status=201,
        body=LaneWanted,
        lane=False,
        problems=(409,),
    ),
    ControlEndpoint("GET", "/lanes/{lane}", "Get a lane", _get, LaneShape, lane=False, problems=(404,)),
    ControlEndpoint(
        "PATCH",
        "/lanes/{lane}",
        "Change choices, clock or accounts of a lane",
        _patch,
        LaneShape,
        body=LanePatch,
        lane=False,
        problems=(404,),
    ),
    ControlEndpoint("DELETE", "/lanes/{lane}", "Delete a lane", _delete, status=204, lane=False, problems=(404, 409)),
    ControlEndpoint(
        "POST", "/reset", "Bring a lane, or parts of it, back to its creation", _reset, LaneShape, body=ResetBody
    ),
]

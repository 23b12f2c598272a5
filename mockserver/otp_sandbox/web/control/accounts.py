"""The endpoints of accounts: get one, change it by a JSON merge patch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.store import Change, State
from otp_sandbox.lanes.accounts import Invalid, patch_account, show_account
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest, Json
from otp_sandbox.web.problems import Problem


async def patch_accounts(control: Control, lane: Lane, patches: Mapping[str, Json], place: str = "") -> None:
    """Apply JSON merge patches to a lane's accounts: all of them, or none. A provider may tell its customer of it.

    Args:
        control: what there is to work with.
        lane: whose accounts.
        patches: by provider.
        place: what stands before the fields in a problem; `{}` is the provider.

    Raises:
        Problem: what would come out is no account; the fields are named.
    """
    keys = tuple((ACCOUNTS, provider) for provider in patches)
    now = lane.now()

    def decide(state: State) -> Change[None]:
        errors: list[tuple[str, str]] = []
        change = Change(None)
        for key in keys:
            provider, before = key[1], state.get(*key)
            change.writes[key] = after = merge_account(before, patches[provider], place.format(provider), errors)
            tell = control.providers[provider].accounts.tell
            for callback in tell(before, after, lane.context(provider), now) if tell is not None else ():
                call_back(change, callback, now)
        if errors:
            raise Problem(422, "the account is not valid", errors)
        return change

    if (await control.store.decide(lane.key, decide, lambda: keys)).due:
        await control.schedule.settle_and_arm(lane)


def merge_account(account: Any, patch: Json, place: str, errors: list[tuple[str, str]]) -> Any:
    """Apply a JSON merge patch to an account; what is wrong with it is added to `errors`."""
    try:
        return patch_account(account, patch)
    except Invalid as error:
        errors += [(f"{place}{field}", detail) for field, detail in error.errors]
        return account


async def _get(request: ControlRequest) -> Json:
    provider = request.control.provider(request.path["provider"])
    account: Json = show_account(await request.control.store.get(request.lane.key, ACCOUNTS, provider.name))
    return account


async def _patch(request: ControlRequest) -> Json:
    provider = request.control.provider(request.path["provider"])
    await patch_accounts(request.control, request.lane, {provider.name: request.body})
    return await _get(request)


ENDPOINTS = [
    ControlEndpoint("GET", "/accounts/{provider}", "Get an account", _get, Json, problems=(404,)),
    ControlEndpoint(
        "PATCH",
        "/accounts/{provider}",
        "Change an account (JSON merge patch; null is the value null)",
        _patch,
        Json,
        body=Json,
        problems=(404,),
    ),
]

"""Accounts: shown and patched."""

from __future__ import annotations

from typing import Any

from mockserver.domain.accounts import ACCOUNTS
from mockserver.domain.store import Change, State
from mockserver.lanes.accounts import Invalid, patched, shown
from mockserver.lanes.lane import Lane
from mockserver.web.control.table import Asked, Control, ControlEndpoint, Json
from mockserver.web.problems import Problem


async def patch_account(control: Control, lane: Lane, provider: str, patch: Json, place: str = "") -> Any:
    """Apply a JSON merge patch to a lane's account.

    Raises:
        Problem: what would come out is no account; the fields are named.
    """
    key = (ACCOUNTS, provider)

    def decide(state: State) -> Change[Any]:
        account = patched(state.get(*key), patch)
        return Change(account, {key: account})

    try:
        return await control.store.decide(lane.id, (key,), decide)
    except Invalid as error:
        errors = [(place + field, detail) for field, detail in error.errors]
        raise Problem(422, "the account is not valid", errors) from error


async def _get(asked: Asked) -> Json:
    provider = asked.control.provider(asked.path["provider"])
    account: Json = shown(await asked.control.store.get(asked.lane.id, ACCOUNTS, provider.name))
    return account


async def _patch(asked: Asked) -> Json:
    provider = asked.control.provider(asked.path["provider"])
    account: Json = shown(await patch_account(asked.control, asked.lane, provider.name, asked.body))
    return account


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

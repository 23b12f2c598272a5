"""The endpoint of limits: how much is used of each, and when it frees up."""

from __future__ import annotations

from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.store import Change, State
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.schemas import LimitsShape
from otp_sandbox.web.control.views import limit_view


async def _get(request: ControlRequest) -> LimitsShape:
    found: list[Limit] = []
    for provider in request.control.providers.values():
        found += await _limits_of(request, provider)
    return {
        "limits": [limit_view(each) for each in found],
        "cursor": str(len(found)),
        "more": False,
    }


async def _limits_of(request: ControlRequest, provider: Provider) -> list[Limit]:
    own, account, now = provider.accounts, (ACCOUNTS, provider.name), request.lane.now()

    def decide(state: State) -> Change[list[Limit]]:
        return Change(list(own.limits(state.get(*account), state, now)))

    change = await request.control.store.decide(request.lane.key, decide, lambda: (account, *own.limit_keys))
    return change.verdict


ENDPOINTS = [
    ControlEndpoint("GET", "/limits", "Limits: how much is used, and when it frees up", _get, LimitsShape),
]

"""The endpoint of limits: how much is used of each, and when it frees up."""

from __future__ import annotations

from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.store import Change, State
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.schemas import LimitsShape
from otp_sandbox.web.control.views import limit_view


async def _get(request: ControlRequest) -> LimitsShape:
    found: list[Limit] = []
    now = request.lane.now()
    for provider in request.control.providers.values():
        key = (ACCOUNTS, provider.name)

        def decide(state: State, provider=provider, key=key) -> Change[list[Limit]]:  # type: ignore[no-untyped-def]  # noqa: ANN001  (bound per turn of the loop)
            return Change(list(provider.limits(state.get(*key), state, now)))

        found += await request.control.store.decide(request.lane.id, (key, *provider.limit_keys), decide)
    return {
        "limits": [limit_view(each) for each in found],
        "cursor": str(len(found)),
    }


ENDPOINTS = [
    ControlEndpoint("GET", "/limits", "Limits: how much is used, and when it frees up", _get, LimitsShape),
]

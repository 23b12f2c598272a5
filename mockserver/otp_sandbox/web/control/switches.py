"""Choices between contested behaviours, and limits."""

from __future__ import annotations

from collections.abc import Mapping

from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.store import Change, State
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.schemas import LimitsShape
from otp_sandbox.web.problems import Problem


def checked_choices(
    providers: Mapping[str, Provider], held: Mapping[str, str], patch: Mapping[str, str | None], place: str = ""
) -> dict[str, str]:
    """Apply a patch to choices; null returns to the default.

    Raises:
        Problem: a choice or an option does not exist; all are named.
    """
    known = {choice.id: choice for provider in providers.values() for choice in provider.spec.choices.values()}
    errors = []
    choices = dict(held)
    for name, option in patch.items():
        if name not in known:
            errors.append((place + name, f"is no choice; there are {', '.join(known)}"))
        elif option is None:
            choices.pop(name, None)
        elif option not in (known[name].options or {}):
            errors.append((place + name, f"{option!r} is none of {', '.join(known[name].options or {})}"))
        else:
            choices[name] = option
    if errors:
        raise Problem(422, "a choice is not valid", errors)
    return choices


def _in_force(asked: ControlRequest) -> dict[str, str]:
    return {
        choice.id: asked.lane.choices.get(choice.id, choice.default or "")
        for provider in asked.control.providers.values()
        for choice in provider.spec.choices.values()
    }


async def _choices(asked: ControlRequest) -> dict[str, str]:
    return _in_force(asked)


async def _choose(asked: ControlRequest) -> dict[str, str]:
    asked.lane.choose(checked_choices(asked.control.providers, asked.lane.choices, asked.body))
    return _in_force(asked)


async def _limits(asked: ControlRequest) -> LimitsShape:
    found: list[Limit] = []
    now = asked.lane.now()
    for provider in asked.control.providers.values():
        key = (ACCOUNTS, provider.name)

        def decide(state: State, provider=provider, key=key) -> Change[list[Limit]]:  # type: ignore[no-untyped-def]  # noqa: ANN001  (bound per turn of the loop)
            return Change(list(provider.limits(state.get(*key), state, now)))

        found += await asked.control.store.decide(asked.lane.id, (key, *provider.limit_keys), decide)
    return {
        "limits": [
            {
                "provider": limit.provider,
                "name": limit.name,
                "key": limit.key,
                "used": limit.used,
                "limit": limit.limit,
                "frees_at": limit.frees_at,
            }
            for limit in found
        ],
        "cursor": str(len(found)),
    }


Choices = dict[str, str | None]

ENDPOINTS = [
    ControlEndpoint("GET", "/choices", "How contested behaviours are played", _choices, dict[str, str]),
    ControlEndpoint(
        "PATCH", "/choices", "Choose otherwise; null returns to the default", _choose, dict[str, str], body=Choices
    ),
    ControlEndpoint("GET", "/limits", "Limits: how much is used, and when it frees up", _limits, LimitsShape),
]

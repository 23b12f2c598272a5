"""The endpoints of choices: which contested behaviours are played in a lane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from otp_sandbox.contract import Provider
from otp_sandbox.domain.record import replace
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.problems import Problem

NAMES_MOST: Final = 1_000
"""Members of an object that names things which there are: each that there is not is told with all that there are."""
Choices: TypeAlias = Annotated[dict[str, str | None], Field(max_length=NAMES_MOST)]


def merge_choices(
    providers: Mapping[str, Provider], held: Mapping[str, str], patch: Mapping[str, str | None], place: str = ""
) -> dict[str, str]:
    """Apply a patch to choices; null returns to the default.

    Raises:
        Problem: a choice or an option does not exist; all are named.
    """
    if not patch:
        return dict(held)
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


async def change_choices(control: Control, lane: Lane, patch: Mapping[str, str | None]) -> None:
    """Apply a patch to the choices of a lane, whatever they are by then.

    Raises:
        Problem: a choice or an option does not exist.
        LaneGone: the lane was deleted or reset meanwhile.
    """
    await control.registry.revise(
        lane, lambda held: replace(held, choices=merge_choices(control.providers, held.choices, patch))
    )


async def _get(request: ControlRequest) -> dict[str, str]:
    return {
        choice.id: request.lane.choices.get(choice.id, choice.default or "")
        for provider in request.control.providers.values()
        for choice in provider.spec.choices.values()
    }


async def _patch(request: ControlRequest) -> dict[str, str]:
    await change_choices(request.control, request.lane, request.body)
    return await _get(request)


ENDPOINTS = [
    ControlEndpoint("GET", "/choices", "How contested behaviours are played", _get, dict[str, str]),
    ControlEndpoint(
        "PATCH", "/choices", "Choose otherwise; null returns to the default", _patch, dict[str, str], body=Choices
    ),
]

"""A registry and an endpoint that know mutants: lanes called `mutant.NAME.anything` play with the mistake NAME."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from mutants.found import MUTANTS
from mutants.kit import Mutant
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry
from otp_sandbox.serve import serve
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json
from otp_sandbox.web.endpoint import Endpoint
from otp_sandbox.web.fields import Read
from otp_sandbox.web.routes import Route
from otp_sandbox.web.routes import route as spoilt_route

PREFIX = "mutant."


def named(lane_id: str) -> str | None:
    """Read the mutant's name out of a lane's id."""
    if not lane_id.startswith(PREFIX):
        return None
    return lane_id.removeprefix(PREFIX).rpartition(".")[0]


class MutantRegistry(Registry):
    """Makes lanes with a mistake. While one lives, it also answers credentials that nobody has."""

    def __init__(self, *parts: Any, **named_parts: Any) -> None:
        super().__init__(*parts, **named_parts)
        self._of_strangers: Lane | None = None

    @property
    def default(self) -> Lane:
        """The lane that strangers meet."""
        return self._of_strangers or super().default

    async def delete(self, lane: Lane) -> None:
        """Forget a lane."""
        if lane is self._of_strangers:
            self._of_strangers = None
        await super().delete(lane)

    async def create(self, wanted: NewLane) -> Lane:
        """Make a lane; its id may name a mutant.

        Raises:
            LaneConflict: the id is taken, or names a mutant that does not exist.
        """
        name = named(wanted.id or "")
        if name is not None and name not in MUTANTS:
            raise LaneConflict("id", f"there is no mutant {name}")
        lane = await super().create(wanted)
        if name is not None:
            mutant = MUTANTS[name]
            provider = name.partition(".")[0]
            lane.providers = {**lane.providers, provider: mutant.mistake(lane.providers[provider])}
            lane.choose({**lane.choices, **mutant.forced})
            self._of_strangers = lane
        return lane


class MutantEndpoint(Endpoint):
    """Hands a request to the operation with the mistake, if its lane has one."""

    def __init__(self, *parts: Any, **named_parts: Any) -> None:
        super().__init__(*parts, **named_parts)
        self._spoilt: dict[tuple[str, str], Route] = {}

    async def _operate(
        self, request: web.BaseRequest, route: Route, lane: Lane, sent: Read, started: float
    ) -> web.Response:
        name = named(lane.id)
        if name is not None and name.partition(".")[0] == route.provider.name:
            key = (name, route.operation.id)
            if key not in self._spoilt:
                spoilt = lane.providers[route.provider.name]
                (operation,) = [each for each in spoilt.spec.operations if each.id == route.operation.id]
                self._spoilt[key] = spoilt_route(spoilt, operation)
            route = self._spoilt[key]
        return await super()._operate(request, route, lane, sent, started)


def _shown(mutant: Mutant) -> Json:
    return {"name": mutant.name, "group": mutant.group, "text": mutant.text}


async def _mutants(asked: ControlRequest) -> Json:
    return {"mutants": [_shown(each) for each in MUTANTS.values()], "cursor": str(len(MUTANTS))}


def main() -> int:
    """Serve on a free port; the first line says where."""
    parts = {"registry_type": MutantRegistry, "endpoint_type": MutantEndpoint, "more_control": ENDPOINTS}
    return serve({"port": "0"}, **parts)


ENDPOINTS = [
    ControlEndpoint("GET", "/mutants", "The mistakes that a lane may be made with", _mutants, Json, lane=False)
]

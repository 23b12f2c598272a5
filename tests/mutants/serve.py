"""A registry and a player that know mutants: lanes called `mutant.MARK.anything` play with a mistake."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from mutants.found import MUTANTS
from mutants.kit import Altered, Mutant
from mutants.living import reason_of
from mutants.marks import PREFIX, mark
from otp_sandbox.contract import Call, Dialect
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.lanes.lane import DEFAULT, Lane, LaneRecord
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry
from otp_sandbox.play.player import Judgement, Played, Player
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route, make_route
from otp_sandbox.serve import serve
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json

T = TypeVar("T")
MET: Final[set[str]] = set()
BROKEN: Final[set[str]] = set()
"""The mutants that went wrong in a line of their own, which is no mistake of a provider."""
_OURS: Final = str(Path(__file__).parent)
_KNOWN: Final[Mapping[str, Mutant]] = {**MUTANTS, **{mark(name): each for name, each in MUTANTS.items()}}


def mutant_of(lane_id: str) -> Mutant | None:
    """Find the mutant that a lane's id asks for.

    Raises:
        KeyError: there is no such mutant.
    """
    if not lane_id.startswith(PREFIX):
        return None
    return _KNOWN[lane_id.removeprefix(PREFIX).rpartition(".")[0]]


class MutantRegistry(Registry):
    """Makes lanes with a mistake. While one lives, it also answers credentials that nobody has."""

    def __init__(self, *parts: Any, **named_parts: Any) -> None:
        super().__init__(*parts, **named_parts)
        self._of_strangers: Lane | None = None

    @property
    def default(self) -> Lane:
        """The lane that strangers meet."""
        return self._of_strangers or super().default

    def get(self, lane_id: str) -> Lane | None:
        """Find a lane by its id; the lane `default` is the one that strangers meet."""
        return self._of_strangers if self._of_strangers and lane_id == DEFAULT else super().get(lane_id)

    async def revise(self, lane: Lane, revised: Callable[[LaneRecord], LaneRecord]) -> LaneRecord:
        """Change what is known of a lane, but not the choices that its mutant forces."""
        mutant = mutant_of(lane.id)
        if mutant is None:
            return await super().revise(lane, revised)

        def forced(held: LaneRecord) -> LaneRecord:
            record = revised(held)
            return replace(record, choices={**record.choices, **mutant.forced})

        return await super().revise(lane, forced)

    async def delete(self, lane: Lane, life: str | None = None) -> None:
        """Forget a lane."""
        if lane is self._of_strangers:
            self._of_strangers = None
        await super().delete(lane, life)

    async def create(self, wanted: NewLane) -> Lane:
        """Make a lane; its id may name a mutant.

        Raises:
            LaneConflict: the id is taken, or names a mutant that does not exist.
        """
        try:
            mutant = mutant_of(wanted.id or "")
        except KeyError:
            raise LaneConflict("id", "there is no such mutant") from None
        lane = await super().create(wanted)
        if mutant is not None:
            lane.providers = {**lane.providers, mutant.provider: mutant.mistake(lane.providers[mutant.provider])}
            await self.change(lane, choices=lane.choices)
            self._of_strangers = lane
        return lane


class MutantJudgement(Judgement):
    """Decides about the call that the spoilt operation sees."""

    __slots__ = ()

    def _call(self, state: State | None) -> Call:
        call, handler = super()._call(state), self._route.handler
        return handler.call(call) if isinstance(handler, Altered) else call


class MutantPlayer(Player):
    """Plays the operation with the mistake, if the lane has one."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._spoilt: dict[tuple[str, str], Route] = {}

    async def play(self, lane: Lane, route: Route, request: Request, held: Played | None = None) -> Played:
        """Play a call as the lane's mutant does."""
        try:
            played = await super().play(lane, self._of_lane(lane, route), request, held)
        except Exception as error:
            mutant = mutant_of(lane.id)
            if mutant is not None and traceback.extract_tb(error.__traceback__)[-1].filename.startswith(_OURS):
                BROKEN.add(mutant.name)
            raise
        name = route.operation.name
        MET.update((name, f"{name} {played.verdict.cause}", f"row {played.row.name}"))
        return played

    async def succeeds(self, lane: Lane, route: Route, request: Request) -> bool:
        """Say whether the lane's mutant would let a call succeed."""
        return await super().succeeds(lane, self._of_lane(lane, route), request)

    def judgement(self, lane: Lane, route: Route, request: Request, request_id: str, now: datetime) -> Judgement:
        """Make the decision about a call."""
        return MutantJudgement(lane, route, request, request_id, now)

    def _of_lane(self, lane: Lane, route: Route) -> Route:
        mutant = mutant_of(lane.id)
        if mutant is None or mutant.provider != route.provider.name:
            return route
        key = (mutant.name, route.operation.id)
        if key not in self._spoilt:
            provider = lane.providers[mutant.provider]
            (operation,) = [each for each in provider.spec.operations if each.id == route.operation.id]
            self._spoilt[key] = mutant.spoilt(make_route(provider, operation))
        return self._spoilt[key]


def _shown(mutant: Mutant) -> Json:
    return {
        "name": mutant.name,
        "kind": mutant.kind,
        "text": mutant.text,
        "meets": sorted(mutant.meets),
        "living": reason_of(mutant.name),
    }


async def _mutants(_: ControlRequest) -> Json:
    return {"mutants": [_shown(each) for each in MUTANTS.values()], "cursor": str(len(MUTANTS))}


async def _met(_: ControlRequest) -> Json:
    met = sorted(MET)
    MET.clear()
    return {"met": met, "broken": sorted(BROKEN)}


def _noted(kind: str, read: Callable[[Dialect, str], T]) -> Callable[[Dialect, str], T]:
    def noting(dialect: Dialect, name: str) -> T:
        MET.add(f"{kind} {name}")
        return read(dialect, name)

    return noting


def main() -> int:
    """Serve on a free port; the first line says where."""
    # Nobody else knows which numbers and options count.
    Dialect.policy = _noted("policy", Dialect.policy)  # type: ignore[assignment,method-assign]
    Dialect.option = _noted("option", Dialect.option)  # type: ignore[assignment,method-assign]
    parts: dict[str, Any] = {"registry_type": MutantRegistry, "player_type": MutantPlayer, "more_control": ENDPOINTS}
    return serve({"port": "0", "log_requests": "false"}, **parts)


ENDPOINTS = [
    ControlEndpoint("GET", "/mutants", "The mistakes that a lane may be made with", _mutants, Json, lane=False),
    ControlEndpoint("GET", "/met", "What was met since this was asked", _met, Json, lane=False),
]

"""Which lanes there are, and which one a credential belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from otp_sandbox.contract import Credentials, Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Store
from otp_sandbox.lanes.lane import DEFAULT, Lane, LaneOrigin

IDLE = timedelta(hours=24)
MOST = 10_000


class LaneConflict(Exception):
    """A lane id, a credential, or the last free place is taken. `field` names the field that asked for it."""

    def __init__(self, field_name: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field_name
        self.detail = detail


@dataclass(frozen=True, slots=True)
class NewLane:
    """What a new lane is to be; whatever is None is made."""

    id: str | None = None
    seed: int | None = None
    clock: Clock | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    ttl: timedelta | None = None
    accounts: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, Credentials] = field(default_factory=dict)


class Registry:
    """All lanes of this server."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        seed: int,
        real_now: Callable[[], datetime],
        *,
        most: int = MOST,
        idle: timedelta = IDLE,
    ) -> None:
        self.store = store
        self.providers = providers
        self.seed = seed
        self.real_now = real_now
        self._most = most
        self._idle = idle
        self._lanes: dict[str, Lane] = {}
        self._owners: dict[tuple[str, str], Lane] = {}
        self._secrets: Counter[str] = Counter()
        self._unnamed = 0

    def __iter__(self) -> Iterator[Lane]:
        return iter(list(self._lanes.values()))

    def get(self, lane_id: str) -> Lane | None:
        """Find a lane by its id."""
        return self._lanes.get(lane_id)

    def is_secret(self, text: str) -> bool:
        """Whether a text is a credential of any lane."""
        return text in self._secrets

    @property
    def default(self) -> Lane:
        """The lane that always exists."""
        return self._lanes[DEFAULT]

    def locate(self, provider: str, candidates: Iterable[str]) -> Lane | None:
        """Find the lane that one of these credentials belongs to."""
        for candidate in candidates:
            lane = self._owners.get((provider, candidate))
            if lane is not None:
                return lane
        return None

    async def create(self, wanted: NewLane) -> Lane:
        """Make a lane.

        Raises:
            LaneConflict: its id or a credential belongs to another lane, or there are as many lanes as there may be.
        """
        lane_id = wanted.id or self._next_id()
        if lane_id in self._lanes:
            raise LaneConflict("id", f"lane {lane_id} exists")
        if len(self._lanes) >= self._most:
            await self.sweep()
            if len(self._lanes) >= self._most:
                raise LaneConflict("id", f"there are {self._most} lanes already; delete some")
        now = self.real_now()
        origin = LaneOrigin(
            seed=wanted.seed if wanted.seed is not None else draw(self.seed, "lane", lane_id) % 2**53,
            credentials=self._credentials(lane_id, wanted),
            accounts={name: each.new_account() for name, each in self.providers.items()} | dict(wanted.accounts),
            clock=wanted.clock or Clock(),
            choices=dict(wanted.choices),
            ttl=wanted.ttl or self._idle,
        )
        lane = Lane(lane_id, origin, self.providers, self.real_now, origin.clock, origin.choices, now, used_at=now)
        self._lanes[lane_id] = lane
        for owned in self._owned(origin.credentials):
            self._owners[owned] = lane
        self._secrets.update(_values(origin.credentials))
        await self.give_accounts(lane)
        return lane

    async def give_accounts(self, lane: Lane) -> None:
        """Put the lane's accounts back to what it was made with."""
        writes = {(ACCOUNTS, name): account for name, account in lane.origin.accounts.items()}
        await self.store.decide(lane.id, (), lambda _: Change(verdict=None, writes=dict(writes)))

    async def delete(self, lane: Lane) -> None:
        """Forget a lane and free its credentials."""
        if lane.timer is not None:
            lane.timer.cancel()
        self._lanes.pop(lane.id, None)
        for owned in self._owned(lane.origin.credentials):
            self._owners.pop(owned, None)
        self._secrets -= Counter(_values(lane.origin.credentials))
        await self.store.forget(lane.id)

    async def sweep(self) -> None:
        """Delete the lanes that nobody has used for their time to live."""
        now = self.real_now()
        for lane in list(self._lanes.values()):
            if lane.id != DEFAULT and now - lane.used_at >= lane.origin.ttl:
                await self.delete(lane)

    def _next_id(self) -> str:
        while True:
            self._unnamed += 1
            lane_id = f"lane-{self._unnamed}"
            if lane_id not in self._lanes:
                return lane_id

    def _credentials(self, lane_id: str, wanted: NewLane) -> dict[str, Credentials]:
        made: dict[str, Credentials] = {}
        for name, provider in self.providers.items():
            identity = provider.identity
            fresh = identity.default if lane_id == DEFAULT else identity.mint(draw(self.seed, "lane", lane_id, name))
            made[name] = {**fresh, **wanted.credentials.get(name, {})}
        for name, value in self._owned(made):
            if (name, value) in self._owners:
                locator = next(key for key in self.providers[name].identity.locators if made[name].get(key) == value)
                raise LaneConflict(f"credentials.{name}.{locator}", "this credential belongs to another lane")
        return made

    def _owned(self, credentials: Mapping[str, Credentials]) -> Iterable[tuple[str, str]]:
        for name, held in credentials.items():
            for locator in self.providers[name].identity.locators:
                if held.get(locator):
                    yield name, held[locator]


def _values(credentials: Mapping[str, Credentials]) -> list[str]:
    return [value for each in credentials.values() for value in each.values()]

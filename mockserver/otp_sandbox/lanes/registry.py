"""Which lanes there are, and which one a credential belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from otp_sandbox.contract import Credentials, Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Key, State, Store, Table
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.lanes.lane import BEGINNING, DEFAULT, Beginning, Lane, LaneOrigin, LaneRecord
from otp_sandbox.lanes.owners import Owners
from otp_sandbox.lanes.secrets import Secrets

IDLE = timedelta(hours=24)
MOST = 10_000
CREDENTIAL_MOST: Final = 200
"""Characters of a credential: no provider gives longer ones, and requests have to carry them."""

ALL_LANES: Final = "*"
"""The name in the store of what is known of all lanes. No lane can have it."""
LANES: Final = Table("lanes", LaneRecord, log=True, most=1_000_000)
OWNERS: Final = Table("owners", str)
"""The id of the lane that a credential belongs to, by `provider credential`."""
ORIGINS: Final = Table[Any]("origins", None)
"""In each lane: the accounts that it was made with, by provider."""


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
    any_sender: bool | None = None


class Registry:
    """All lanes of this server. The store has them; here are the handles, and an index of the credentials."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        seed: int,
        real_now: Callable[[], datetime],
        *,
        most: int = MOST,
        idle: timedelta = IDLE,
        any_sender: bool = False,
    ) -> None:
        self.store = store
        self.providers = providers
        self.seed = seed
        self.real_now = real_now
        self._most = most
        self._idle = idle
        self._any_sender = any_sender
        self._lanes: dict[str, Lane] = {}
        self.secrets = Secrets()
        self._owners = Owners(providers, self.secrets)
        self.locate, self.marked = self._owners.locate, self._owners.marked  # every request asks: one call less

    async def open(self) -> None:
        """Find the lanes that the store has from before."""
        await self.store.open()
        await self.store.begin(ALL_LANES)
        for placed in await self.store.entries(ALL_LANES, LANES):
            self._know(Lane(placed.entry, self.providers, self.real_now))

    def __iter__(self) -> Iterator[Lane]:
        return iter(list(self._lanes.values()))

    def __len__(self) -> int:
        return len(self._lanes)

    def get(self, lane_id: str) -> Lane | None:
        """Find a lane by its id."""
        return self._lanes.get(lane_id)

    @property
    def default(self) -> Lane:
        """The lane that always exists."""
        return self._lanes[DEFAULT]

    async def create(self, wanted: NewLane) -> Lane:
        """Make a lane.

        Raises:
            LaneConflict: its id or a credential belongs to another lane, or there are as many lanes as there may be.
        """
        lane_id = wanted.id or await self._next_id()
        if len(self._lanes) >= self._most and lane_id not in self._lanes:
            await self.sweep()
            if len(self._lanes) >= self._most:
                raise LaneConflict("id", f"there are {self._most} lanes already; delete some")
        clock, choices = wanted.clock or Clock(), dict(wanted.choices)
        origin = LaneOrigin(
            seed=wanted.seed if wanted.seed is not None else draw(self.seed, "lane", lane_id) % 2**53,
            credentials=self._credentials(lane_id, wanted),
            clock=clock,
            choices=choices,
            ttl=wanted.ttl or self._idle,
        )
        generation = await self.store.count(ALL_LANES, "generations")
        record = LaneRecord(lane_id, generation, origin, clock, choices, self.real_now())
        accounts = {
            name: wanted.accounts.get(name) or self.first_account(each, any_sender=wanted.any_sender)
            for name, each in self.providers.items()
        }
        # It is whole before anybody can find it.
        await self.store.begin(record.key)
        await self._give_accounts(record.key, accounts)
        change = await self.store.decide(
            ALL_LANES, lambda state: self._enter(state, record), lambda: self._keys_of(record)
        )
        if change.verdict is not None:
            await self.store.forget(record.key)
            raise LaneConflict(*change.verdict)
        lane = Lane(record, self.providers, self.real_now)
        self._know(lane)
        return lane

    def first_account(self, provider: Provider, *, any_sender: bool | None) -> Any:
        """Give the account that a lane starts with; None leaves it to the server whether it knows every sender."""
        return provider.accounts.first(any_sender=self._any_sender if any_sender is None else any_sender)

    async def change(self, lane: Lane, **changes: Any) -> None:
        """Change what is known of a lane: its clock, its choices. As `revise`, whatever is known so far."""
        await self.revise(lane, lambda held: replace(held, **changes))

    async def revise(self, lane: Lane, revised: Callable[[LaneRecord], LaneRecord]) -> LaneRecord:
        """Change what is known of a lane, by what is known. `revised` may run again, and may refuse by an error.

        Returns: what is known of it now.

        Raises:
            LaneGone: it was deleted meanwhile.
        """
        life, key = lane.key, (LANES, lane.id)

        def decide(state: State) -> Change[LaneRecord]:
            held = state.get(*key)
            if held is None or held.key != life:
                raise LaneGone(life)
            record = revised(held)
            return Change(record, {key: record})

        lane.record = (await self.store.decide(ALL_LANES, decide, lambda: (key,))).verdict
        return lane.record

    async def reset(self, lane: Lane) -> None:
        """Bring a lane back to its beginning: a new life under the same name; cursors and ids go on.

        Nobody is waited for: what still goes on in the old life finds out that it is over.
        """
        async with lane.resetting:
            accounts, origin = await self._origin_accounts(lane), lane.origin
            record = LaneRecord(lane.id, 0, origin, origin.clock, origin.choices, lane.created_at)

            async def begin(life: str) -> None:
                taken = await self.store.content(life, ())
                beginning = {BEGINNING: Beginning(taken.place, taken.counts)}
                await self.store.decide(life, lambda _: Change(None, dict(beginning)))
                await self._give_accounts(life, accounts)

            await self._begin_anew(lane, record, begin)

    async def restore(self, lane: Lane, record: LaneRecord, content: Content) -> None:
        """Give a lane another content, all or nothing: a new life under the same name, with the same credentials.

        Args:
            lane: stays who it is.
            record: its seed, clock, choices and what else is known of it.
            content: what is in it. Cursors and ids go on from where they were the furthest.
        """
        async with lane.resetting:
            own = lane.origin
            origin = replace(record.origin, credentials=own.credentials, ttl=own.ttl)
            record = replace(record, id=lane.id, origin=origin, created_at=lane.created_at)
            await self._begin_anew(lane, record, lambda life: self._load(life, content))

    async def _load(self, life: str, content: Content) -> None:
        """Put content into a new life. The numbers that it passes over were given to nothing in it: it begins later."""
        taken = (await self.store.content(life, ())).counts
        await self.store.load(life, content)
        passed = {name: more for name, last in taken.items() if (more := last - content.counts.get(name, 0)) > 0}
        if passed:
            began = await self.store.get(life, *BEGINNING) or Beginning(0, {})
            passed |= {name: number + passed.get(name, 0) for name, number in began.counts.items()}
            await self.store.decide(life, lambda _: Change(None, {BEGINNING: replace(began, counts=passed)}))

    async def _begin_anew(self, lane: Lane, record: LaneRecord, fill: Callable[[str], Awaitable[None]]) -> None:
        """Begin another life of a lane. It is whole before anybody can find it."""
        lane.stop_timer()
        old, seed = lane.key, lane.seed
        new = replace(record, generation=await self.store.count(ALL_LANES, "generations"))
        await self.store.begin(new.key, after=old)
        try:
            await fill(new.key)
            await self.change(lane, **{name: getattr(new, name) for name in new.__struct_fields__})
        except BaseException:
            await self.store.forget(new.key)
            raise
        self._owners.mark_anew(lane, seed)
        lane.moving = asyncio.Lock()  # whoever holds the old one may wait for a customer's answer
        await self.store.forget(old)

    async def reset_accounts(self, lane: Lane) -> None:
        """Put the lane's accounts back to what it was made with."""
        await self._give_accounts(lane.key, await self._origin_accounts(lane))

    async def delete(self, lane: Lane) -> None:
        """Forget a lane and free its credentials."""
        lane.stop_timer()
        if self._lanes.get(lane.id) is not lane:
            return
        writes: dict[Key, None] = dict.fromkeys(self._keys_of(lane.record))
        await self.store.decide(ALL_LANES, lambda _: Change(None, dict(writes)))
        self._unknow(lane)
        lane.end()
        await self.store.forget(lane.key)

    async def sweep(self) -> None:
        """Delete the lanes that nobody has used for their time to live."""
        now = self.real_now()
        for lane in list(self._lanes.values()):
            if lane.id != DEFAULT and now - lane.used_at >= lane.origin.ttl:
                await self.delete(lane)
                await asyncio.sleep(0)  # many may be idle at once

    def _keys_of(self, record: LaneRecord) -> tuple[Key, ...]:
        """Name what all lanes together know of one."""
        owned = self._owners.owned(record.origin.credentials)
        return ((LANES, record.id), *((OWNERS, f"{name} {value}") for name, value in owned))

    def _enter(self, state: State, record: LaneRecord) -> Change[tuple[str, str] | None]:
        """Take a lane in, if its id and its credentials are free; else tell which field is not, and why."""
        if state.get(LANES, record.id) is not None:
            return Change(("id", f"lane {record.id} exists"))
        change: Change[tuple[str, str] | None] = Change(None, {(LANES, record.id): record})
        for name, value in self._owners.owned(record.origin.credentials):
            key = f"{name} {value}"
            if state.get(OWNERS, key) is not None:
                own = record.origin.credentials[name]
                locator = next(each for each in self.providers[name].identity.locators if own.get(each) == value)
                return Change((f"credentials.{name}.{locator}", "this credential belongs to another lane"))
            change.writes[OWNERS, key] = record.id
        return change

    async def _give_accounts(self, key: str, accounts: Mapping[str, Any]) -> None:
        writes = {(table, name): held for name, held in accounts.items() for table in (ORIGINS, ACCOUNTS)}
        await self.store.decide(key, lambda _: Change(None, dict(writes)))

    async def _origin_accounts(self, lane: Lane) -> dict[str, Any]:
        return {name: await self.store.get(lane.key, ORIGINS, name) for name in self.providers}

    def _know(self, lane: Lane) -> None:
        self._lanes[lane.id] = lane
        self._owners.add(lane)

    def _unknow(self, lane: Lane) -> None:
        self._lanes.pop(lane.id, None)
        self._owners.discard(lane)

    async def _next_id(self) -> str:
        while True:
            lane_id = f"lane-{await self.store.count(ALL_LANES, 'lanes')}"
            if lane_id not in self._lanes:
                return lane_id

    def _credentials(self, lane_id: str, wanted: NewLane) -> dict[str, Credentials]:
        made: dict[str, Credentials] = {}
        for name, provider in self.providers.items():
            identity = provider.identity
            fresh = identity.default if lane_id == DEFAULT else identity.mint(draw(self.seed, "lane", lane_id, name))
            made[name] = {**fresh, **wanted.credentials.get(name, {})}
        return made

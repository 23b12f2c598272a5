"""Which lanes there are, and which one a credential belongs to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, TypeVar

from otp_sandbox.contract import Credentials, Provider
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Key, State, Store
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.entries import Entries
from otp_sandbox.lanes.following import Follower
from otp_sandbox.lanes.known import KnownLanes
from otp_sandbox.lanes.lane import DEFAULT, Lane, LaneOrigin, LaneRecord, nobody_else
from otp_sandbox.lanes.lives import begin_as_made, give_accounts, load, origin_accounts
from otp_sandbox.lanes.secrets import Secrets
from otp_sandbox.lanes.sweeping import Sweeper
from otp_sandbox.lanes.tables import ALL_LANES, LANES

V = TypeVar("V")

IDLE = timedelta(hours=24)
MOST = 10_000
CREDENTIAL_MOST: Final = 200
"""Characters of a credential: no provider gives longer ones, and requests have to carry them."""


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
    """All lanes of this server. The store has them, and here is decided about them as a whole.

    Where other processes share the store, `bring_up_to_date` comes before a look at what is known here.
    """

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
        self.shared = store.shared
        self.secrets = Secrets()
        self._known = KnownLanes(providers, self.secrets, real_now, self._alone if self.shared else nobody_else)
        self._lanes, self._owners = self._known.lanes, self._known.owners
        self.locate, self.marked = self._owners.locate, self._owners.marked  # every request asks: one call less
        self._entries = Entries(providers, shared=self.shared)
        self.follower = Follower(store, self._known)
        self._sweeper = Sweeper(self)

    async def open(self) -> None:
        """Find the lanes that the store has from before."""
        await self.store.open()
        await self.store.begin(ALL_LANES)
        await self.follower.compare()
        if not self.shared:
            await self._sweeper.forget_nameless(at_once=True)

    async def sweep(self) -> None:
        """Delete lanes that are idle, and forget what was left over.

        Raises:
            StoreTrouble: the store can delete nothing.
        """
        if self.shared:
            await self.follower.compare()  # should anything have been missed
        await self._sweeper.delete_idle()
        await self._sweeper.forget_nameless()

    async def bring_up_to_date(self) -> None:
        """Know what other processes have done to the lanes by now.

        Raises:
            StoreTrouble: the store cannot say.
        """
        if self.shared:
            await self.follower.bring_up_to_date()

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        async with self.store.lock(name):
            await self.follower.ask()
            yield

    def __iter__(self) -> Iterator[Lane]:
        return iter(sorted(self._lanes.values(), key=attrgetter("created_at")))

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
            await self._sweeper.delete_idle()
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
        await give_accounts(self.store, record.key, accounts)
        conflict = await self._decide(lambda state: self._entries.enter(state, record), self._entries.keys_of(record))
        if conflict is not None:
            await self.store.forget(record.key)
            if wanted.id is None and conflict[0] == "id":  # another process has given it that name just now
                return await self.create(wanted)
            raise LaneConflict(*conflict)
        if not self.shared:
            return self._known.take_in(record)
        lane = self._lanes.get(lane_id)
        if lane is None or lane.created_at != record.created_at:  # another process was fast to delete it
            lane = Lane(record, self.providers, self.real_now)
            lane.end()
        return lane

    async def _decide(self, decision: Callable[[State], Change[V]], keys: Sequence[Key]) -> V:
        """Decide about all lanes together. Where others do that too, what is decided is known from the store."""
        try:
            change = await self.store.decide(ALL_LANES, decision, lambda: keys)
        except StoreTrouble:
            with suppress(StoreTrouble, LaneGone):
                await self.follower.compare()  # it may have been decided all the same
            raise
        if self.shared:
            await self.follower.ask()
        return change.verdict

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
        life, lane_id = lane.key, lane.id
        record = await self._decide(
            lambda state: self._entries.revise(state, lane_id, life, revised), ((LANES, lane_id),)
        )
        if not self.shared:
            self._known.change(lane, record)
        return record

    async def reset(self, lane: Lane) -> None:
        """Bring a lane back to its beginning: a new life under the same name; cursors and ids go on.

        Nobody is waited for: what still goes on in the old life finds out that it is over.
        """
        async with lane.begins_anew():
            accounts, origin = await origin_accounts(self.store, lane.key, self.providers), lane.origin
            record = LaneRecord(lane.id, 0, origin, origin.clock, origin.choices, lane.created_at)
            await self._begin_anew(lane, record, lambda life: begin_as_made(self.store, life, accounts))

    async def restore(self, lane: Lane, record: LaneRecord, content: Content) -> None:
        """Give a lane another content, all or nothing: a new life under the same name, with the same credentials.

        Args:
            lane: stays who it is.
            record: its seed, clock, choices and what else is known of it.
            content: what is in it. Cursors and ids go on from where they were the furthest.
        """
        async with lane.begins_anew():
            own = lane.origin
            origin = replace(record.origin, credentials=own.credentials, ttl=own.ttl)
            record = replace(record, id=lane.id, origin=origin, created_at=lane.created_at)
            await self._begin_anew(lane, record, lambda life: load(self.store, life, content))

    async def _begin_anew(self, lane: Lane, record: LaneRecord, fill: Callable[[str], Awaitable[None]]) -> None:
        """Begin another life of a lane. It is whole before anybody can find it."""
        lane.stop_timer()
        old = lane.key
        new = replace(record, generation=await self.store.count(ALL_LANES, "generations"))
        await self.store.begin(new.key, after=old)
        try:
            await fill(new.key)
            await self.change(lane, **{name: getattr(new, name) for name in new.__struct_fields__})
        except StoreTrouble:
            raise  # it may have begun all the same; if not, a sweep forgets it
        except Exception:
            await self.store.forget(new.key)
            raise
        await self.store.forget(old)

    async def reset_accounts(self, lane: Lane) -> None:
        """Put the lane's accounts back to what it was made with."""
        await give_accounts(self.store, lane.key, await origin_accounts(self.store, lane.key, self.providers))

    async def delete(self, lane: Lane, life: str | None = None) -> None:
        """Forget a lane and free its credentials; with `life` only as long as that one goes on."""
        if self._lanes.get(lane.id) is not lane:
            lane.stop_timer()
            return
        record = lane.record
        gone = await self._decide(
            lambda state: self._entries.take_out(state, record, life), self._entries.keys_of(record)
        )
        if gone is None:
            return
        if not self.shared:
            self._known.drop(lane)
        await self.store.forget(gone)

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

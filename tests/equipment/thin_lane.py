"""A lane of one provider without a server: calls go through the player, over a strict store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, cast

from equipment.strict import StrictStore
from otp_sandbox.contract import Dialect, EventContext, EventHandler, Provider
from otp_sandbox.domain.callbacks import CALLBACKS, Callback
from otp_sandbox.domain.challenges import CODES, PINS, Challenge, Pin
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.faults import Fault
from otp_sandbox.domain.messages import MESSAGES, Message, MessageState, force_report
from otp_sandbox.domain.store import Change, Event, Key, State, no_keys
from otp_sandbox.lanes.common_events import COMMON
from otp_sandbox.lanes.lane import Lane, LaneOrigin, LaneRecord
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.play.player import Judgement, Played, Player
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route, make_route

KEY = "lane"
"""The lane's name in its store."""


class Source(NamedTuple):
    """Where a call comes from."""

    scheme: str = "http"
    host: str = "127.0.0.1:6877"
    remote: str | None = "127.0.0.1"


class _Still(StrictStore):
    """Nothing falls due before a test says so."""

    async def decide(
        self,
        lane: str,
        decision: Callable[[State], Change[Any]],
        keys: Callable[[], Sequence[Key]] = no_keys,
        *,
        settled: datetime | None = None,
    ) -> Any:
        await self.begin(lane)
        return await super().decide(lane, decision, keys)


class _NoSchedule:
    async def settle_and_arm(self, lane: Lane) -> None:
        pass

    def arm(self, lane: Lane, due: datetime | None) -> None:
        pass


class ThinLane:
    """What a test may turn, and what it can see afterwards."""

    provider: ClassVar[Provider]
    start: ClassVar[datetime]

    def __init__(self) -> None:
        self.store = _Still()
        self.choices: dict[str, str] = {}
        self.faults: tuple[Fault, ...] = ()
        self.seed = 7
        self.now = self.start
        self.requests = 0
        self.warnings: list[str] = []
        self.played: Played
        self.player = Player(self.store, cast("Schedule", _NoSchedule()), lambda: self.now)

    @property
    def dialect(self) -> Dialect:
        """The spec under the choices of the lane."""
        return Dialect(self.provider.spec, self.choices)

    @property
    def credentials(self) -> Mapping[str, str]:
        """What lets a caller in."""
        return self.provider.identity.default

    def wait(self, **length: float) -> None:
        """Move the clock; what falls due on the way waits."""
        self.now += timedelta(**length)

    def choose(self, **choices: str) -> None:
        """Set choices; `_` stands for the dash."""
        self.choices |= {f"{self.provider.name}.{name.replace('_', '-')}": option for name, option in choices.items()}

    def handle(self) -> Lane:
        """Make a handle on the lane as it is now."""
        name = self.provider.name
        clock = Clock("frozen", frozen_at=self.now)
        origin = LaneOrigin(self.seed, {name: self.credentials}, clock, self.choices, timedelta(hours=1))
        record = LaneRecord(KEY, 1, origin, clock, self.choices, self.now, self.faults, dooms=True)
        lane = Lane(record, {name: self.provider}, lambda: self.now)
        lane.key = KEY
        return lane

    def route(self, name: str) -> Route:
        """Give the route of an operation, by its name or its id."""
        spec = self.provider.spec
        found = next((each for each in spec.operations if each.id == name), None)
        found = found or next(each for each in spec.operations if each.name == name)
        return make_route(self.provider, found)

    def judgement(
        self,
        name: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        source: Source | None = None,
    ) -> Judgement:
        """Make the decision about a call, which knows the call."""
        self.requests += 1
        request = Request("GET", "/", fields, headers or {}, source or Source())
        return self.player.judgement(self.handle(), self.route(name), request, f"req-{self.requests}", self.now)

    async def play(
        self,
        name: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        source: Source | None = None,
    ) -> Played:
        """Make a call with exactly these fields."""
        await self.store.begin(KEY)
        request = Request("GET", "/", fields, headers or {}, source or Source())
        self.played = await self.player.play(self.handle(), self.route(name), request)
        self.warnings = list(self.played.warnings)
        return self.played

    async def decide(self, handler: EventHandler, event: Event) -> bool:
        """Let one event happen."""
        context = EventContext(self.seed, self.dialect)
        change = await self.store.decide(KEY, lambda state: handler(event, state, context), lambda: handler.keys(event))
        return bool(change.verdict)

    async def fire(self, until: datetime | None = None) -> list[tuple[Event, bool]]:
        """Let fall due what does, and say of each event whether anything happened.

        Callbacks are not sent, and what reaches rented numbers of others is theirs.
        """
        context = EventContext(self.seed, self.dialect)
        fired = []
        handlers = {**COMMON, **self.provider.events}
        nothing = COMMON["callback"]

        def decide(event: Event, state: State) -> Change[bool]:
            return handlers.get(event.kind, nothing)(event, state, context)

        await self.store.begin(KEY)
        while (
            each := await self.store.fire(
                KEY, until or self.now, decide, lambda event: handlers.get(event.kind, nothing).keys(event)
            )
        ) is not None:
            fired.append((each.event, each.happened))
        return fired

    async def due(self) -> list[Event]:
        """Take all that would fall due within a year; nothing of it happens."""
        await self.store.begin(KEY)
        found = []
        until = self.now + timedelta(days=365)
        while (each := await self.store.fire(KEY, until, lambda *_: Change(verdict=False), lambda _: ())) is not None:
            found.append(each.event)
        return found

    async def write(self, writes: Mapping[Key, Any]) -> None:
        """Put records into the store."""
        await self.store.decide(KEY, lambda _: Change(None, dict(writes)))

    async def keep(self, *messages: Message) -> None:
        """Put messages at the end of the log, in whatever state they are."""
        writes: dict[Key, Any] = {(MESSAGES, each.id): each for each in messages}
        await self.store.decide(KEY, lambda _: Change(None, writes, moved=set(writes)))

    async def report(self, message: Message, state: MessageState) -> None:
        """Let a delivery report fall due now, as the control API does."""
        await self.store.decide(KEY, lambda _: Change(None, due=[force_report(message, state, self.now)]))

    async def get(self, key: Key) -> Any:
        """Read a record."""
        await self.store.begin(KEY)
        return await self.store.get(KEY, *key)

    async def pin(self, phone: str, code: str, times: int = 1) -> None:
        """Say which code the next message to a phone has."""
        await self.write({(PINS, phone): Pin(code, times)})

    async def pinned(self, phone: str) -> Pin | None:
        """Give what is pinned for a phone."""
        pin: Pin | None = await self.get((PINS, phone))
        return pin

    async def messages(self) -> list[Message]:
        """List what was sent."""
        await self.store.begin(KEY)
        return [each.entry for each in await self.store.entries(KEY, MESSAGES)]

    async def codes(self) -> list[Challenge]:
        """List the codes."""
        await self.store.begin(KEY)
        return [each.entry for each in await self.store.entries(KEY, CODES)]

    async def callbacks(self) -> list[Callback]:
        """List the callbacks."""
        await self.store.begin(KEY)
        return [each.entry for each in await self.store.entries(KEY, CALLBACKS)]

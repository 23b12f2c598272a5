"""A tiny world for thuesim: a store, a clock that stands until it is moved, and calls as the web would make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

import otp_specs
from otp_sandbox.checks import checked, checklist
from otp_sandbox.contract import MISSING, Call, Dialect, EventHandler, Provider, Reply
from otp_sandbox.contract import EventContext as EventWorld
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.callbacks import CALLBACKS, Callback
from otp_sandbox.domain.challenges import PINS, Pin
from otp_sandbox.domain.messages import Message, keys_of_sending, send
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, Event
from otp_sandbox.providers.thuesim import provider
from otp_sandbox.providers.thuesim.account import Account, Service
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.endpoint import rows_by_code
from otp_specs import Operation

TOKEN = "SANDBOX-TOKEN"
NOON = datetime(2026, 3, 1, 5, 0, 0, tzinfo=UTC)
"""Noon in Vietnam."""


@dataclass(frozen=True)
class Caller:
    """Where a request comes from."""

    scheme: str = "http"
    host: str = "127.0.0.1:6877"
    remote: str | None = "127.0.0.1"


@dataclass
class EventContext:
    """One lane that has only thuesim. Nothing falls due before `fire` says so."""

    provider: Provider
    lane: str = "lane"
    seed: int = 7
    now: datetime = NOON
    choices: dict[str, str] = field(default_factory=dict)
    origin: str = "http://127.0.0.1:6877"
    cause: str = ""
    magic: bool = False
    warnings: list[str] = field(default_factory=list)
    store: MemoryStore = field(default_factory=lambda: MemoryStore(strict=True))

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.provider.spec, self.choices)

    def wait(self, seconds: float) -> None:
        """Move the clock; what falls due on the way waits for `fire`."""
        self.now += timedelta(seconds=seconds)

    def made(self, operation: Operation, fields: Mapping[str, str]) -> Call:
        """Read a call as the web does."""
        readers = self.provider.handlers[operation.name].readers
        values = {name: self._value(readers.get(name), fields.get(name)) for name in operation.fields}
        return Call(
            operation=operation,
            fields=fields,
            values=values,
            invalid=frozenset(filter(None, (self._invalid(operation, name, values[name]) for name in values))),
            headers={},
            credentials={"token": TOKEN},
            seed=self.seed,
            now=self.now,
            dialect=self.dialect,
            request_id="req-1",
            source=Caller(*self.origin.split("://")),
        )

    async def reply(self, operation: str, fields: Mapping[str, str]) -> Reply:
        """Make a call and give the whole reply."""
        wanted = next(each for each in self.provider.spec.operations if each.name == operation)
        handler, call = self.provider.handlers[operation], self.made(wanted, fields)
        code = self.provider.magic.code_of(fields.get("serviceId", ""))
        row = rows_by_code(self.provider).get(code) if code and "serviceId" in wanted.fields else None
        steps = checklist(self.provider, wanted)
        verdict = await self.store.decide(
            self.lane, steps.keys(handler, call), lambda state: steps.decide(handler, call, state, row)
        )
        self.cause, self.magic, self.warnings = verdict.cause, verdict.magic, call.warnings
        return self.provider.render(call, self.dialect.row(wanted, verdict.cause), verdict)

    async def call(self, operation: str, **fields: str) -> str:
        """Make a call with the token and give the body; `token=""` leaves it out."""
        sent = {"token": TOKEN} | fields
        reply = await self.reply(operation, {name: value for name, value in sent.items() if value or name != "token"})
        return reply.body.decode()

    async def rent(self, service: str = "01.4", **filters: str) -> Rental:
        """Rent a number and give the rental."""
        body = await self.call("register_service", serviceId=service, **filters)
        assert self.cause == "rented", body
        return await self.newest()

    async def fire(self, until: datetime | None = None) -> list[str]:
        """Let fall due what does, callbacks aside; gives the kinds of what happened."""
        happened = []
        while (event := await self.store.take_due(self.lane, until or self.now)) is not None:
            handler = self.provider.events.get(event.kind)
            if handler is not None and await self.decide(handler, event):
                happened.append(event.kind)
        return happened

    async def decide(self, handler: EventHandler, event: Event) -> bool:
        """Let one event happen."""
        world = EventWorld(self.seed, self.dialect)
        return await self.store.decide(self.lane, handler.keys(event), lambda state: handler(event, state, world))

    async def arrive(self, rental: Rental, text: str, code: str | None = None, *, is_call: bool = False) -> bool:
        """Let an SMS or a call arrive, as the control API does."""
        assert self.provider.arrival is not None
        event = Event(self.now, "arrival", "thuesim", rental.id)
        return await self.decide(self.provider.arrival(text, code, is_call), event)

    async def somebody_sends(self, to: str, text: str, code: str | None) -> None:
        """Send a message from another provider of the same lane."""
        now = self.now
        message = Message("a1b2", "esms", "send", to, "Sandbox", text, code, 0, "sent", now, "req-0", (("sent", now),))

        def decide(state: Any) -> Change[None]:
            change = Change(None)
            send(change, message, state, now)
            return change

        await self.store.decide(self.lane, keys_of_sending(to), decide)

    async def pin(self, phone: str, code: str, times: int = 1) -> None:
        """Say which code the next message to a phone has."""
        await self.store.decide(self.lane, (), lambda _: Change(None, {(PINS, phone): Pin(code, times)}))

    async def pinned(self, phone: str) -> Pin | None:
        return await self.store.get(self.lane, PINS, phone)

    async def account(self) -> Account:
        found: Account = await self.store.get(self.lane, ACCOUNTS, "thuesim")
        return found

    async def change(self, **changes: Any) -> None:
        """Change the account."""
        account = replace(await self.account(), **changes)
        await self.store.decide(self.lane, (), lambda _: Change(None, {(ACCOUNTS, "thuesim"): account}))

    async def put(self, *rentals: Rental) -> None:
        """Put rentals into the log, as if they had been rented before."""
        await self.store.decide(self.lane, (), lambda _: Change(None, {(RENTALS, each.id): each for each in rentals}))

    async def newest(self) -> Rental:
        return (await self.store.entries(self.lane, RENTALS))[-1].entry

    async def rental(self, rental_id: str) -> Rental:
        found = await self.store.get(self.lane, RENTALS, rental_id)
        assert found is not None
        return found

    async def callbacks(self) -> list[Callback]:
        return [each.entry for each in await self.store.entries(self.lane, CALLBACKS)]

    def _invalid(self, operation: Operation, name: str, value: Any) -> str | None:
        if value is MISSING:
            return operation.fields[name].missing
        return operation.fields[name].malformed if value is None else None

    def _value(self, reader: Any, text: str | None) -> Any:
        if not text:
            return MISSING
        return text if reader is None else reader(text)


@pytest.fixture(scope="session")
def thuesim() -> Provider:
    """The provider under its spec, which it fits."""
    offered = provider(otp_specs.load("thuesim"))
    checked(offered)
    return offered


@pytest.fixture
async def world(thuesim: Provider) -> EventContext:
    """A lane with the account that every lane starts with, but without the pause between two rents."""
    made = EventContext(thuesim)
    account = replace(thuesim.new_account(), min_interval=timedelta(0))
    await made.store.decide(made.lane, (), lambda _: Change(None, {(ACCOUNTS, "thuesim"): account}))
    return made


def value(body: str) -> Any:
    """Read a JSON body."""
    return orjson.loads(body)


@pytest.fixture
def limited_service() -> Service:
    """A service with a single number left."""
    return Service(4, "01", "Yahoo", 470, "300", stock=1)

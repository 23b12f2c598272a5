"""A lane of thuesim alone: calls are judged without any web server, over a strict store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

import otp_specs
from equipment.messages import message
from equipment.thin_lane import KEY as LANE
from equipment.thin_lane import Source, ThinLane
from otp_sandbox.checks import check_provider
from otp_sandbox.contract import Provider, Reply
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.messages import keys_of_sending, send
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, Event
from otp_sandbox.providers.thuesim import provider
from otp_sandbox.providers.thuesim.account import Account, Service

TOKEN = "SANDBOX-TOKEN"
NOON = datetime(2026, 3, 1, 5, 0, 0, tzinfo=UTC)
"""Noon in Vietnam."""
THUESIM: Provider = provider(otp_specs.load("thuesim"))


class World(ThinLane):
    """A lane of thuesim. Nothing falls due before `fire` says so."""

    provider = THUESIM
    start = NOON
    lane = LANE

    def __init__(self) -> None:
        super().__init__()
        self.origin = "http://127.0.0.1:6877"
        self.cause = ""
        self.magic = False
        self.warnings: tuple[str, ...] = ()

    def pause(self, seconds: float) -> None:
        """Move the clock; what falls due on the way waits for `fire`."""
        self.wait(seconds=seconds)

    async def reply(self, operation: str, fields: Mapping[str, str]) -> Reply:
        """Make a call and give the whole reply."""
        played = await self.play(operation, fields, source=Source(*self.origin.split("://")))
        self.cause, self.magic, self.warnings = played.verdict.cause, played.verdict.magic, played.warnings
        return played.reply

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

    async def fired(self, until: datetime | None = None) -> list[str]:
        """Let fall due what does; gives the kinds of what happened."""
        return [event.kind for event, happened in await self.fire(until) if happened and event.provider == "thuesim"]

    async def arrive(self, rental: Rental, text: str, code: str | None = None, *, is_call: bool = False) -> bool:
        """Let an SMS or a call arrive, as the control API does."""
        assert self.provider.inbound.arrival is not None
        event = Event(self.now, "arrival", "thuesim", rental.id)
        return await self.decide(self.provider.inbound.arrival(text, code, is_call), event)

    async def somebody_sends(self, to: str, text: str, code: str | None) -> None:
        """Send a message from another provider of the same lane."""
        now = self.now
        sent = message(("sent", now), id="a1b2", provider="esms", to=to, text=text, code=code)

        def decide(state: Any) -> Change[None]:
            change = Change(None)
            send(change, sent, state, now)
            return change

        await self.store.decide(LANE, decide, lambda: keys_of_sending(to))

    async def account(self) -> Account:
        found: Account = await self.get((ACCOUNTS, "thuesim"))
        return found

    async def change(self, **changes: Any) -> None:
        """Change the account."""
        await self.write({(ACCOUNTS, "thuesim"): replace(await self.account(), **changes)})

    async def put(self, *rentals: Rental) -> None:
        """Put rentals into the log, as if they had been rented before."""
        await self.write({(RENTALS, each.id): each for each in rentals})

    async def newest(self) -> Rental:
        return (await self.store.entries(LANE, RENTALS))[-1].entry

    async def rental(self, rental_id: str) -> Rental:
        found = await self.store.get(LANE, RENTALS, rental_id)
        assert found is not None
        return found


@pytest.fixture(scope="session")
def thuesim() -> Provider:
    """The provider under its spec, which it fits."""
    check_provider(THUESIM)
    return THUESIM


@pytest.fixture
async def world(thuesim: Provider) -> World:
    """A lane with the account that every lane starts with, but without the pause between two rents."""
    made = World()
    account = replace(thuesim.accounts.new(), min_interval=timedelta(0))
    await made.write({(ACCOUNTS, "thuesim"): account})
    return made


def value(body: str) -> Any:
    """Read a JSON body."""
    return orjson.loads(body)


@pytest.fixture
def limited_service() -> Service:
    """A service with a single number left."""
    return Service(4, "01", "Yahoo", 470, "300", stock=1)

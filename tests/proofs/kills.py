"""Rentals and sends while sandboxes and the store's server are killed at random."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from proofs.calls import ACCEPTED, CONTROL, checkcode, codes_of, gencode, quick_otp, rent
from proofs.places import Place
from proofs.replicas import Sandboxes
from proofs.whole import ARRIVES, EXPIRES, Whole, whole

CLIENTS: Final = 16
PAUSE: Final = 0.05
GIVE_UP: Final = 120


@dataclass(slots=True)
class Known:
    """What clients were told, each with the moment, in seconds of this process's clock."""

    messages: dict[str, float] = field(default_factory=dict)
    rentals: dict[str, float] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    twice: dict[str, float] = field(default_factory=dict)
    """Messages whose code was accepted a second time, with the moment of the first."""

    @property
    def number(self) -> int:
        """How many rentals and sends were acknowledged."""
        return len(self.messages) + len(self.rentals)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Args:
        known: what clients were told.
        found: what there was in the end.
        lost: of what clients were told: messages, rentals and uses of codes that are not there, or were forgotten.
        killed: from when to when the store was away each time.
        seconds: how long it took.
    """

    known: Known
    found: Whole
    lost: dict[str, float]
    killed: list[tuple[float, float]]
    seconds: float

    def judge(self, place: Place) -> None:
        """Hold it to what must be true; that nothing is half done was seen when it was found."""
        assert not self.found.open, "something fell due, and did not happen"
        for name, at in self.lost.items():
            assert any(place.forgets and before - place.forgets <= at <= after for before, after in self.killed), (
                name,
                at,
                self.killed,
            )


async def run(all_of_them: Sandboxes, number: int, kills: int) -> Outcome:
    """Rent and send until so many are acknowledged; kill at so many moments that chance names.

    After each kill of the store the state is looked at, while clients go on.
    """
    known, begin = Known(), time.monotonic()
    killed: list[tuple[float, float]] = []
    moments = sorted(all_of_them.dice.randrange(number) for _ in range(kills))
    phones = count(10_000_000)
    clients = [asyncio.create_task(_client(all_of_them, known, number, phones)) for _ in range(CLIENTS)]
    for moment in moments:
        await _reached(known, moment, clients)
        store = all_of_them.place.shared and all_of_them.dice.random() < 0.5
        hits_store = store or not all_of_them.place.shared
        before = time.monotonic()
        await all_of_them.kill(store=store)
        if hits_store:
            killed.append((before, time.monotonic()))
            await look(all_of_them)
    await asyncio.gather(*clients)
    found = await _settled(all_of_them)
    here = {"message": found.messages, "rental": found.rentals, "use": found.used}
    told = {"message": known.messages, "rental": known.rentals, "use": known.used}
    lost = {
        f"{kind} {name}": at for kind, names in told.items() for name, at in names.items() if name not in here[kind]
    }
    lost |= {f"first use {name}": at for name, at in known.twice.items()}
    return Outcome(known, found, lost, killed, time.monotonic() - begin)


async def look(all_of_them: Sandboxes) -> Whole:
    """Take a snapshot, and see that it is whole."""
    return whole(await all_of_them.ask(f"{CONTROL}/snapshot"))


async def _settled(all_of_them: Sandboxes) -> Whole:
    """Wait until all that is under way is through."""
    async with asyncio.timeout(GIVE_UP):
        while True:
            found = await look(all_of_them)
            if not found.open:
                return found
            await asyncio.sleep(PAUSE)


async def _reached(known: Known, moment: int, clients: Sequence[asyncio.Task[None]]) -> None:
    """Wait until so many are acknowledged, or no client is there any more."""
    while True:
        if known.number >= moment or all(each.done() for each in clients):
            return
        await asyncio.sleep(PAUSE / 10)


async def _client(all_of_them: Sandboxes, known: Known, number: int, phones: Iterator[int]) -> None:
    deeds: list[Callable[[Sandboxes, Known, int], Awaitable[None]]] = [_send, _send_and_check, _other_send]
    deeds += [_rented(ARRIVES), _rented(EXPIRES)]
    while known.number < number:
        await all_of_them.dice.choice(deeds)(all_of_them, known, next(phones))


async def _send(all_of_them: Sandboxes, known: Known, phone: int) -> None:
    known.messages[await gencode(all_of_them, f"09{phone}")] = time.monotonic()


async def _send_and_check(all_of_them: Sandboxes, known: Known, phone: int) -> None:
    """Have a code sent, and use it twice; the second time, it is used."""
    message = await gencode(all_of_them, f"09{phone}")
    known.messages[message] = time.monotonic()
    codes = await codes_of(all_of_them, f"09{phone}")
    if not codes:
        return  # the store was killed, and keeps what happened a little later
    code, message = codes[-1]["code"], codes[-1]["id"].removeprefix("code-")
    for _ in range(2):
        if await checkcode(all_of_them, f"09{phone}", code) == ACCEPTED:
            if message in known.used:
                known.twice[message] = known.used[message]
            known.used[message] = time.monotonic()


async def _other_send(all_of_them: Sandboxes, known: Known, phone: int) -> None:
    known.messages[await quick_otp(all_of_them, f"91{phone}")] = time.monotonic()


def _rented(service: str) -> Callable[[Sandboxes, Known, int], Awaitable[None]]:
    async def rented(all_of_them: Sandboxes, known: Known, _: int) -> None:
        known.rentals[await rent(all_of_them, service)] = time.monotonic()

    return rented

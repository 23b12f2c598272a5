"""Many clients of one lane at once: what they do is drawn from a seed, and all calls are recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from equipment.caller import Caller
from equipment.linearizability import EACH, Call, History, check
from equipment.replicas import Replicas
from equipment.sequential import BALANCE, COUNTER, Life, Numbers, renting
from equipment.sequential import codes as codes_that_live

LANE: Final = "crowded"
_PREFIX: Final = "/_sandbox/v1"
_GENCODE: Final = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
_CHECKCODE: Final = "/MainService.svc/json/CheckCodeGen_V4_get"
_PRICE: Final = 850
_SEGMENT: Final = 1_000
_MINUTES: Final = 2
_PAUSE: Final = 5
_WAITING: Final = 3
_MONEY: Final = 20_000


class Gate:
    """Keeps those who move a clock apart from those to whom the time of their call matters.

    A call takes the lane's time when it begins. Where a store has to wait, a send whose clock is moved meanwhile is
    still one of the time before, though others who began later may be faster.
    """

    def __init__(self) -> None:
        self._calls = 0
        self._moving = False
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def calls(self) -> AsyncIterator[None]:
        """While any number of calls is made, nobody moves the clock."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._moving)
            self._calls += 1
        yield
        async with self._changed:
            self._calls -= 1
            self._changed.notify_all()

    @asynccontextmanager
    async def moves(self) -> AsyncIterator[None]:
        """While one moves the clock, no such call is made."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._moving)
            self._moving = True
            await self._changed.wait_for(lambda: not self._calls)
        yield
        async with self._changed:
            self._moving = False
            self._changed.notify_all()


@dataclass
class Crowd:
    """The clients of a lane, and what they know.

    Args:
        replicas: what they call; each client has a connection of its own, to one replica after the other.
        seed: all that they do is drawn from it.
        clients: how many there are.
        calls: how many each makes.
    """

    replicas: Replicas
    seed: int
    clients: int
    calls: int
    history: History = field(default_factory=History)
    gate: Gate = field(default_factory=Gate)

    async def begin(self, **accounts: Any) -> None:
        """Make the lane."""
        self.draw = Random(self.seed)
        self.callers = [self.replicas.caller(number) for number in range(self.clients)]
        lane = {"id": LANE, "seed": self.seed, "clock": {"mode": "frozen"}, "accounts": accounts}
        made = await self.callers[0].send("POST", f"{_PREFIX}/lanes", lane)
        assert made.status == 201, made.json
        for caller in self.callers[: len(self.replicas.sandboxes)]:  # each has heard of it
            assert (await self.control(caller, "GET", "")).status == 200
        held = made.json["credentials"]
        self.esms, self.amoot, self.thuesim = held["esms"], {"Token": held["amoot"]["Token"]}, held["thuesim"]

    async def all(self, client: Callable[[Caller], Awaitable[None]]) -> None:
        """Let all clients do what one does, one call after the other, all at once."""

        async def calls(caller: Caller) -> None:
            for _ in range(self.calls):
                await client(caller)

        await asyncio.gather(*map(calls, self.callers))

    async def control(self, caller: Caller, method: str, path: str, body: Any = None) -> Any:
        """Call the control API about the lane; gives the status and the values."""
        return await caller.send(method, f"{_PREFIX}/lanes/{LANE}{path}", body)

    async def gencode(self, caller: Caller, phone: str, text: str = "{OTP}") -> Any:
        """Send a code."""
        fields = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "NumCharOfCode": "20", "message": text}
        fields["TimeAlive"] = str(_MINUTES)
        return await caller.get(_GENCODE, **self.esms, **fields)

    async def check(self, caller: Caller, phone: str, code: str) -> Any:
        """Check a code."""
        return await caller.get(_CHECKCODE, **self.esms, Phone=phone, Code=code)


def _accepted(told: Mapping[str, Any]) -> bool:
    return bool(told["CodeResult"] == "100")


async def codes(crowd: Crowd) -> None:
    """Codes of two phones are sent, are checked again and again, and expire. They are named by their messages' ids."""
    phones = ["0901888484", "0901888485"]
    sent: dict[str, list[tuple[str, str]]] = {phone: [] for phone in phones}
    await crowd.begin(esms={"balance": 10**9})

    async def client(caller: Caller) -> None:
        phone, number = crowd.draw.choice(phones), crowd.draw.random()
        if number < 1 / 16:
            work = crowd.control(caller, "POST", "/clock/advance", {"by": "1m"})
            async with crowd.gate.moves():
                await crowd.history.note(EACH, ("advance", 60), work, lambda told: told.status)
        elif not sent[phone] or number < 1 / 4:
            work = crowd.gencode(caller, phone)
            async with crowd.gate.calls():
                told = await crowd.history.note(phone, ("send",), work, lambda told: told["SMSID"])
            message = await crowd.control(caller, "GET", f"/messages/{told['SMSID']}")
            sent[phone].append((told["SMSID"], message.json["code"]))
        else:
            name, code = crowd.draw.choice(sent[phone][-3:])
            work = crowd.check(caller, phone, code)
            await crowd.history.note(phone, ("check", name), work, _accepted)

    await crowd.all(client)
    check(crowd.history.calls, lambda _: Life(), codes_that_live(60 * _MINUTES))


async def balances(crowd: Crowd) -> None:
    """Two accounts are charged until they are empty, read, and filled again."""
    await crowd.begin(esms={"balance": _MONEY, "price": _PRICE}, amoot={"credit": _MONEY, "price": _SEGMENT})
    held = {"esms": "balance", "amoot": "credit"}

    async def client(caller: Caller) -> None:
        name, number = crowd.draw.choice(["esms", "amoot"]), crowd.draw.random()
        note = crowd.history.note
        if number < 1 / 32:
            work = crowd.control(caller, "PATCH", f"/accounts/{name}", {held[name]: _MONEY})
            await note(name, ("set", _MONEY), work, lambda told: told.status)
        elif number < 1 / 4 and name == "esms":
            work = caller.send("POST", "/MainService.svc/json/GetBalance_json", crowd.esms)
            await note(name, ("read",), work, lambda told: told.json["Balance"])
        elif number < 1 / 4:
            work = caller.get("/rest/AccountStatus", **crowd.amoot)
            await note(name, ("read",), work, lambda told: told["RemaindCredit"])
        elif name == "esms":
            parts, phone = crowd.draw.choice([1, 2]), f"09018884{crowd.draw.randrange(100):02}"
            work = crowd.gencode(caller, phone, "x" * 150 * (parts - 1) + "{OTP}")
            await note(name, ("charge", parts * _PRICE), work, _accepted)
        else:
            fields = {"SMSMessageText": "Test", "LineNumber": "public", "Mobile": "9121234567", "CodeLength": "4"}
            work = caller.get("/rest/SendOTP", **crowd.amoot, **fields)
            await note(name, ("charge", _SEGMENT), work, lambda told: told["Status"] == "Success")

    await crowd.all(client)
    check(crowd.history.calls, lambda _: _MONEY, BALANCE)


async def rentals(crowd: Crowd) -> None:
    """Numbers are rented, get their SMS, and the time passes."""
    services = [{"ID": 4, "SV": "01", "SERVICE_NAME": "Yahoo", "PRICE": 1, "Time": "100000"}]
    account = {"services": services, "arrival": "manual", "min_interval": f"{_PAUSE}s", "waiting_limit": _WAITING}
    await crowd.begin(thuesim=account)
    rented: list[str] = []

    def told_of(told: Mapping[str, Any]) -> str:
        if told["ResponseCode"] == 1:
            return f"{told['RequestLog']['ID']:.2f}"
        return "full" if told["Message"].startswith("Limit") else "too soon"

    async def client(caller: Caller) -> None:
        number = crowd.draw.random()
        if number < 1 / 6:
            seconds = crowd.draw.choice([1, _PAUSE])
            work = crowd.control(caller, "POST", "/clock/advance", {"by": f"{seconds}s"})
            async with crowd.gate.moves():
                await crowd.history.note("", ("advance", seconds), work, lambda told: told.status)
        elif number < 1 / 2 and rented:
            rental_id = crowd.draw.choice(rented[-4:])
            work = crowd.control(caller, "POST", f"/rentals/{rental_id}/sms", {"text": "your code is 246810"})
            await crowd.history.note("", ("arrive", rental_id), work, lambda told: told.status == 200)
        else:
            work = caller.get("/api/register-service/", **crowd.thuesim, serviceId="01.4")
            async with crowd.gate.calls():
                told = await crowd.history.note("", ("rent",), work, told_of)
            if told["ResponseCode"] == 1:
                rented.append(told_of(told))

    await crowd.all(client)
    check(crowd.history.calls, lambda _: Numbers(0), renting(_PAUSE, _WAITING))


async def numbers(crowd: Crowd) -> None:
    """The stores themselves count, whoever asks."""
    await crowd.begin()
    stores = [(each.store, each.registry) for each in crowd.replicas.sandboxes]

    async def client(caller: Caller) -> None:
        store, registry = stores[crowd.callers.index(caller) % len(stores)]
        lane = registry.get(LANE)
        assert lane is not None
        for name in ("one", "other"):
            await crowd.history.note(name, "next", store.count(lane.key, name), int)

    await crowd.all(client)
    check(crowd.history.calls, lambda _: 0, COUNTER)


CROWDS: Final[Mapping[str, Callable[[Crowd], Awaitable[None]]]] = {
    "codes": codes,
    "balances": balances,
    "rentals": rentals,
    "numbers": numbers,
}
"""What a crowd may do. Each raises `NotLinearizable` if no order explains what was answered."""


def overlap(calls: list[Call]) -> int:
    """Tell how many calls were under way at once, at most."""
    times = sorted([(each.began, 1) for each in calls] + [(each.ended, -1) for each in calls])
    under_way = most = 0
    for _, by in times:
        under_way += by
        most = max(most, under_way)
    return most

"""The life of a lane, drawn at random, over every store: each call is answered, and all is kept, as a plain model says.

The usual run is short and the same each time. A long one, which draws other lives each time:
`OTP_SANDBOX_TEST_LIVES=2000 pytest -n 0 tests/model/test_life.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from equipment.caller import Caller
from equipment.lane_model import AMOOT, ESMS, KNOWN_PARTS, SECOND, START, THUESIM, LaneModel, Rules
from equipment.replicas import ANY_STORE, Replicas
from equipment.stores import LIVES, TICK, lasts
from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.challenges import CODES, PINS, RECIPIENTS, Challenge, Pin, Recipient, recipient_key
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Store, Table
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.play.journal import REQUESTS, Entry
from otp_sandbox.web.control.endpoint import PREFIX
from otp_sandbox.web.routes import Routes

T = TypeVar("T")

SHORT: Final = 25
SHORTER: Final = 4
"""Lives over the plain store in memory, and over any other: there they take longer, and the rules are the same."""
GENCODE: Final = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE: Final = "/MainService.svc/json/CheckCodeGen_V4_get"
VIETNAM: Final = {"0901888484": "+84901888484", "0901888485": "+84901888485"}
NATIONAL: Final = {to: spelled for spelled, to in VIETNAM.items()}
IRAN: Final = {"9121234567": "+989121234567"}
TEXTS: Final = ("{OTP}", "x" * 155 + "{OTP}")
"""With a code of five characters, the second is just one SMS."""
_POLICY: Final = ESMS.policy
LENGTHS: Final = st.sampled_from(
    [None, 0, _POLICY["code_length_min"], 5, 6, _POLICY["code_length_max"], _POLICY["code_length_max"] + 1]
)
MINUTES: Final = st.sampled_from(
    [
        None,
        *(_POLICY["lifetime_minutes_min"] + by for by in (-1, 0)),
        *(_POLICY["lifetime_minutes_max"] + by for by in (0, 1)),
    ]
)
OTP_LENGTHS: Final = st.sampled_from(
    [AMOOT.policy["code_length_min"] + by for by in (-1, 0)] + [AMOOT.policy["code_length_max"] + by for by in (0, 1)]
)
INDEX: Final = st.integers(0, 5)
TRIES: Final = st.sampled_from([_POLICY["wrong_tries_max"], 0, _POLICY["wrong_tries_max"] - 1])
WHEN: Final = st.sampled_from([None, timedelta(0), -TICK, TICK])
"""Beside the instant at which something becomes different; None is now, wherever that is."""
PINNED: Final = st.sampled_from(["7", "13579", "135790", "A1"])


class World:
    """The sandboxes, and the loop that all lives of one test share.

    Args:
        loop: is run by turns.
        make: makes sandboxes over a store that is empty; they have not been started.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, make: Callable[[], Replicas]) -> None:
        """Start the first ones."""
        self._loop = loop
        self._make = make
        self.lanes = count(1)
        self.replicas = make()
        self.run(self.replicas.start())
        self.connect()

    def mend(self) -> None:
        """Start others if these do not live any more, so that one life is not to blame for another one's end."""
        if not self.replicas.sandboxes:
            self.replicas = self._make()
            self.run(self.replicas.start())
            self.connect()

    def run(self, work: Awaitable[T]) -> T:
        """Do something to its end."""
        return self._loop.run_until_complete(work)

    def connect(self) -> None:
        """Have a client of each sandbox; the calls of a life go to one after the other."""
        self.callers = [self.replicas.caller(number) for number in range(len(self.replicas.sandboxes))]
        self._turn = count()

    def restart(self) -> None:
        """Stop all sandboxes and start them again."""
        self.run(self.replicas.restart())
        self.connect()

    def caller(self) -> Caller:
        """Give the client whose turn it is."""
        return self.callers[next(self._turn) % len(self.callers)]

    async def handle(self, lane: str) -> tuple[Store, Lane]:
        """Give the store of the sandbox whose turn it is, and its handle on a lane."""
        turn = next(self._turn) % len(self.callers)
        if len(self.callers) > 1:  # it looks whether others have changed the lane when it is asked about it
            await self.callers[turn].send("GET", f"{PREFIX}/lanes/{lane}")
        sandbox = self.replicas.sandboxes[turn]
        held = sandbox.registry.get(lane)
        assert held is not None
        return sandbox.store, held


@dataclass(frozen=True)
class Seen:
    """What the store has of a lane."""

    accounts: Mapping[str, Any]
    codes: list[Challenge]
    recipients: Mapping[str, Recipient | Challenge | None]
    pins: Mapping[str, Pin | None]
    messages: list[Message]
    rentals: list[Rental]
    requests: list[Entry]


class Life(RuleBasedStateMachine):
    """One lane, and the model of it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.mend()
        self.lane = f"life-{next(world.lanes)}"
        self.known: list[tuple[str, str]] = []
        """Ids and numbers of all rentals there ever were."""

    @initialize(keep_all=st.booleans(), lock_out=st.booleans(), automatic=st.booleans(), waiting=st.integers(1, 3))
    def begin(self, *, keep_all: bool, lock_out: bool, automatic: bool, waiting: int) -> None:
        """Make the lane."""
        self.model = LaneModel(Rules(keep_all, lock_out, automatic, waiting))
        self.make_lane()

    def make_lane(self) -> None:
        """Make the lane as the rules say."""
        rules = self.model.rules
        services = [
            {
                "ID": int(each.key[3:]),
                "SV": each.key[:2],
                "SERVICE_NAME": each.key,
                "PRICE": each.price,
                "Time": f"{each.lives / SECOND:.0f}",
                "stock": each.stock,
            }
            for each in rules.services
        ]
        made = self.control(
            "POST",
            "/lanes",
            {
                "id": self.lane,
                "seed": 7,
                "clock": {"mode": "frozen", "now": START.isoformat()},
                "choices": {
                    "esms.second-code": "keep-all" if rules.keep_all else "replace",
                    "esms.wrong-tries": "lock-out" if rules.lock_out else "unlimited",
                },
                "accounts": {
                    "esms": {"balance": rules.esms, "price": rules.price},
                    "amoot": {"credit": rules.amoot, "price": rules.segment},
                    "thuesim": {
                        "balance": rules.thuesim,
                        "services": services,
                        "waiting_limit": rules.waiting,
                        "min_interval": f"{rules.pause / SECOND:.0f}s",
                        "arrival": "auto" if rules.automatic else "manual",
                        "arrival_delay": f"{rules.arrives / SECOND:.0f}s",
                    },
                },
            },
            prefix="",
        )
        assert made.status == 201, made.json
        held = made.json["credentials"]
        self.esms, self.amoot, self.thuesim = held["esms"], {"Token": held["amoot"]["Token"]}, held["thuesim"]

    def control(self, method: str, path: str, body: Any = None, prefix: str | None = None) -> Any:
        """Call the control API about the lane."""
        before = f"/lanes/{self.lane}" if prefix is None else prefix
        return self.world.run(self.world.caller().send(method, f"{PREFIX}{before}{path}", body))

    def call(self, path: str, credentials: Mapping[str, str], **fields: object) -> Any:
        """Call a provider."""
        self.model.calls += 1
        self.model.noted += 1
        given = {name: each for name, each in fields.items() if each is not None}
        return self.world.run(self.world.caller().get(path, **credentials, **given))

    # Codes

    @rule(phone=st.sampled_from([*VIETNAM]), length=LENGTHS, minutes=MINUTES, text=st.sampled_from(TEXTS))
    def gencode(self, phone: str, length: int | None, minutes: int | None, text: str) -> None:
        self.gencode_to(phone, VIETNAM[phone], length, minutes, text)

    @precondition(lambda self: self.known)
    @rule(index=INDEX)
    def gencode_to_a_rented_number(self, index: int) -> None:
        _, phone = self.known[index % len(self.known)]
        self.gencode_to(f"0{phone[3:]}", phone, None, None, TEXTS[0])

    def gencode_to(self, spelled: str, phone: str, length: int | None, minutes: int | None, text: str) -> None:
        model, row = self.model, self.model.gencode(phone, length, text)

        told = self.call(
            GENCODE,
            self.esms,
            Phone=spelled,
            NumCharOfCode=length,
            TimeAlive=minutes,
            Brandname="Sandbox",
            Type=2,
            message=text,
        )

        assert told["CodeResult"] == ESMS.outcomes[row].code, told
        if row == "accepted":
            sent = self.control("GET", "/messages/latest").json
            assert (sent["id"], sent["to"]) == (told["SMSID"], phone)
            assert sent["text"] == text.replace("{OTP}", sent["code"])
            model.gencode_sent(phone, length, minutes, text, sent["code"])

    @rule(phone=st.sampled_from([*VIETNAM]), code=st.sampled_from(["wrong", "135790", "7"]))
    def check_a_code_that_is_made_up(self, phone: str, code: str) -> None:
        self.check(phone, VIETNAM[phone], code)

    @precondition(lambda self: self.model.codes)
    @rule(index=INDEX, when=WHEN)
    def check_a_code(self, index: int, when: timedelta | None) -> None:
        """One of the last ones, whatever became of it: now, or about when it ends."""
        code = self.model.codes[-1 - index % len(self.model.codes)]
        if code.to not in NATIONAL:
            return
        self.move_about(code.ends, when)
        self.check(NATIONAL[code.to], code.to, code.code)

    @precondition(lambda self: any(map(self.model.alive, NATIONAL)))
    @rule(index=INDEX, times=st.integers(1, 2), wrong=TRIES)
    def check_a_code_that_is_good(self, index: int, times: int, wrong: int) -> None:
        """Once or twice, at once or after some wrong ones."""
        alive = [code for phone in NATIONAL for code in self.model.alive(phone)]
        code = alive[index % len(alive)]
        for each in ["wrong"] * wrong + [code.code] * times:
            self.check(NATIONAL[code.to], code.to, each)

    @precondition(lambda self: self.model.codes)
    @rule(phone=st.sampled_from([*VIETNAM]))
    def check_the_newest_code_at_any_phone(self, phone: str) -> None:
        self.check(phone, VIETNAM[phone], self.model.codes[-1].code)

    def check(self, spelled: str, phone: str, code: str) -> None:
        row = self.model.check(phone, code)

        told = self.call(CHECKCODE, self.esms, Phone=spelled, Code=code)

        assert told["CodeResult"] == ESMS.outcomes[row].code, told

    @rule(phone=st.sampled_from([*IRAN]), length=OTP_LENGTHS)
    def send_otp(self, phone: str, length: int) -> None:
        row = self.model.send_otp(length)

        told = self.call(
            "/rest/SendOTP", self.amoot, SMSMessageText="Test", LineNumber="public", Mobile=phone, CodeLength=length
        )

        assert told["Status"] == AMOOT.outcomes[row].message, told
        if row == "success":
            self.model.otp_sent(IRAN[phone], length, told["Data"]["Code"])

    @rule(phone=st.sampled_from([*VIETNAM, *(f"0{each}" for each in IRAN)]), code=PINNED, times=st.integers(1, 2))
    def pin(self, phone: str, code: str, times: int) -> None:
        self.pin_at(phone, VIETNAM.get(phone) or IRAN[phone[1:]], code, times)

    @precondition(lambda self: self.known)
    @rule(index=INDEX, code=PINNED)
    def pin_a_rented_number(self, index: int, code: str) -> None:
        _, phone = self.known[index % len(self.known)]
        self.pin_at(f"0{phone[3:]}", phone, code, 1)

    def pin_at(self, spelled: str, phone: str, code: str, times: int) -> None:
        assert self.control("PUT", f"/codes/{spelled}", {"code": code, "times": times}).status == 200
        self.model.pin(phone, code, times)

    # Rented numbers

    @rule(index=st.integers(0, 1), when=WHEN)
    def rent_one(self, index: int, when: timedelta | None) -> None:
        """Now, or about when that is allowed again."""
        self.rent(index, when)

    def rent(self, index: int, when: timedelta | None) -> None:
        service = self.model.rules.services[index]
        self.move_about(self.model.taken and self.model.taken + self.model.rules.pause, when)
        row = self.model.rent(service)

        told = self.call("/api/register-service/", self.thuesim, serviceId=service.key)

        self.see_rent(told, row, service.key)

    @rule(index=st.integers(0, 1))
    def rent_until_no_more_may_wait(self, index: int) -> None:
        """And once more."""
        for _ in range(self.model.rules.waiting + 1):
            self.rent(index, timedelta(0))

    @precondition(lambda self: self.known)
    @rule(index=INDEX, when=WHEN)
    def rent_again(self, index: int, when: timedelta | None) -> None:
        """Now, or about when that is allowed again."""
        rental_id, phone = self.known[-1 - index % len(self.known)]
        self.move_about(self.model.taken and self.model.taken + self.model.rules.pause, when)
        row = self.model.rent_again(rental_id, phone)
        rental = self.model.rental(rental_id)
        key = rental.service.key if rental is not None else "01.4"

        told = self.call("/api/rephone/", self.thuesim, phone=f"0{phone[3:]}", serviceId=key[3:], thuesim1=rental_id)

        self.see_rent(told, row, key)

    def see_rent(self, told: Any, row: str, key: str) -> None:
        assert told["ResponseCode"] == THUESIM.outcomes[row].code, told
        if row == "rented":
            rental_id = f"{told['RequestLog']['ID']:.2f}"
            phone = f"+84{told['RequestLog']['Phone'].strip()[1:]}"
            (service,) = (each for each in self.model.rules.services if each.key == key)
            self.model.rented(rental_id, phone, service)
            self.known.append((rental_id, phone))
            assert told["Balance"] == self.model.thuesim.left

    @precondition(lambda self: self.known)
    @rule(index=INDEX, when=WHEN)
    def read(self, index: int, when: timedelta | None) -> None:
        """Now, or about when the number ends."""
        rental_id, _ = self.known[-1 - index % len(self.known)]
        rental = self.model.rental(rental_id)
        self.move_about(rental and rental.ends, when)
        row = self.model.read(rental_id)

        told = self.call("/api/", self.thuesim, show="code", ID=rental_id)

        assert told["ResponseCode"] == THUESIM.outcomes[row].code, told
        if row == "code_received":
            rental = self.model.rental(rental_id)
            assert rental is not None
            assert rental.code in (None, told["Result"]["Code"])
            rental.code = told["Result"]["Code"]

    @precondition(lambda self: self.known)
    @rule(index=INDEX, when=WHEN)
    def arrive(self, index: int, when: timedelta | None) -> None:
        """Now, or about when the number ends."""
        rental_id, _ = self.known[-1 - index % len(self.known)]
        rental = self.model.rental(rental_id)
        self.move_about(rental and rental.ends, when)
        status = self.model.arrive(rental_id, "246810")

        told = self.control("POST", f"/rentals/{rental_id}/sms", {"text": "your code is 246810"})

        assert told.status == status, told.json

    # Accounts

    @rule()
    def ask_for_balances(self) -> None:
        model = self.model
        told = self.call("/api/", self.thuesim, show="balance")["data"]["balance"]
        assert told == model.thuesim.left

    @rule(esms=st.sampled_from([0, 849, 850, 1699, 1700, 3_000]))
    def put_money_at_esms(self, esms: int) -> None:
        assert self.control("PATCH", "/accounts/esms", {"balance": esms}).status == 200
        self.model.esms = type(self.model.esms)(esms)

    @rule(amoot=st.sampled_from([999, 1_000, 3_000]), thuesim=st.sampled_from([6_000, 470, 469, 1_450, 1_449]))
    def put_money_elsewhere(self, amoot: int, thuesim: int) -> None:
        assert self.control("PATCH", "/accounts/amoot", {"credit": amoot}).status == 200
        assert self.control("PATCH", "/accounts/thuesim", {"balance": thuesim}).status == 200
        self.model.amoot = type(self.model.amoot)(amoot)
        self.model.thuesim = type(self.model.thuesim)(thuesim)

    # Time, and beginning anew

    @rule(index=INDEX, beside=st.sampled_from([-TICK, timedelta(0), TICK]))
    def move_to_an_edge(self, index: int, beside: timedelta) -> None:
        edges = self.model.edges()
        to = edges[index % len(edges)] + beside if edges else self.model.now + SECOND
        self.move(max(to, self.model.now))

    @rule(seconds=st.sampled_from([0, 1, 5, 60, 601]))
    def move_on(self, seconds: int) -> None:
        self.move(self.model.now + seconds * SECOND)

    def move_about(self, edge: datetime | None, beside: timedelta | None) -> None:
        """Move to an instant, or beside it, if it is still to come; None is no move."""
        if edge is not None and beside is not None and edge + beside > self.model.now:
            self.move(edge + beside)

    def move(self, to: datetime) -> None:
        told = self.control("POST", "/clock/advance", {"to": to.isoformat()})

        assert (told.status, datetime.fromisoformat(told.json["now"])) == (200, to)
        self.model.move(to)

    @rule(seconds=st.sampled_from([1, 5, 120]))
    def set_the_clock_back(self, seconds: int) -> None:
        to = self.model.now - seconds * SECOND
        assert self.control("PUT", "/clock", {"mode": "frozen", "now": to.isoformat()}).status == 200
        self.model.set_back(to)

    @precondition(lambda self: self.model.calls > 12)
    @rule(what=st.sampled_from([*KNOWN_PARTS]))
    def reset_a_part(self, what: str) -> None:
        assert self.control("POST", "/reset", {"what": [what]}).status == 200
        self.model.reset_part(what)

    @precondition(lambda self: self.model.calls > 16)
    @rule()
    def reset(self) -> None:
        assert self.control("POST", "/reset", {}).status == 200
        self.model.reset()

    @precondition(lambda self: lasts(self.world.replicas.store) or self.model.calls > 20)
    @rule()
    def restart(self) -> None:
        """Everything survives, but where nothing can."""
        self.world.restart()
        there = self.control("GET", "").status
        assert there == (200 if lasts(self.world.replicas.store) else 404)
        if there == 404:
            self.model = LaneModel(self.model.rules)
            self.make_lane()

    # What holds after each step

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        """Looked up in the store of a sandbox, each time in another one."""
        seen = self.world.run(self.look())
        self.money_adds_up(seen)
        self.codes_are_kept(seen)
        self.no_code_is_without_its_message(seen)
        self.numbers_are_kept(seen)
        self.calls_are_noted(seen)

    async def look(self) -> Seen:
        """Look everything up."""
        store, lane = await self.world.handle(self.lane)
        key, phones = lane.key, [*VIETNAM.values(), *IRAN.values(), *dict(self.known).values()]

        async def entries(table: Table[T]) -> list[T]:
            return [each.entry for each in await store.entries(key, table)]

        async def records(table: Table[T], names: Mapping[str, str]) -> dict[str, T | None]:
            found = await asyncio.gather(*(store.get(key, table, each) for each in names.values()))
            return dict(zip(names, found, strict=True))

        return Seen(
            *await asyncio.gather(
                records(ACCOUNTS, {name: name for name in ("esms", "amoot", "thuesim")}),
                entries(CODES),
                records(RECIPIENTS, {each: recipient_key("esms", each) for each in phones}),
                records(PINS, {each: each for each in phones}),
                entries(MESSAGES),
                entries(RENTALS),
                entries(REQUESTS),
            )
        )

    def money_adds_up(self, seen: Seen) -> None:
        """What was put there, less what was sent and rented, and what came back."""
        model, held = self.model, seen.accounts
        assert held["esms"].balance == model.esms.left
        assert held["amoot"].credit == model.amoot.left
        assert held["thuesim"].balance == model.thuesim.left
        assert {each.key: each.stock for each in held["thuesim"].services} == model.stock

    def codes_are_kept(self, seen: Seen) -> None:
        """In the state that each has come to; as many are alive as the rule says: one at most, or all."""
        model = self.model
        kept = [(each.provider, each.to, each.code, each.expires_at, each.state(model.now)) for each in seen.codes]
        assert kept == [(each.provider, each.to, each.code, each.ends, each.state) for each in model.codes]
        for phone, held in seen.recipients.items():
            live = held.live if isinstance(held, Recipient) else (held,) if held is not None else ()
            alive = [each.code for each in live if each.alive(model.now)]
            assert alive == [each.code for each in model.alive(phone)]
            assert model.rules.keep_all or len(alive) <= 1

    def no_code_is_without_its_message(self, seen: Seen) -> None:
        """And no message without its code, until one of them was cleared."""
        model = self.model
        kept = [(each.provider, each.to, each.code, each.price, each.created_at) for each in seen.messages]
        assert kept == [(each.provider, each.to, each.code, each.price, each.at) for each in model.messages]
        arrived = [each.state == "delivered" for each in seen.messages]
        assert arrived == [each.reported for each in model.messages]
        if model.paired:
            assert [f"code-{each.id}" for each in seen.messages] == [each.id for each in seen.codes]

    def numbers_are_kept(self, seen: Seen) -> None:
        """Rentals in their states, pins with what is left of them."""
        kept = [(each.id, each.phone, each.state, each.expires_at) for each in seen.rentals]
        assert kept == [(each.id, each.to, each.state, each.ends) for each in self.model.rentals]
        pins = {phone: (each.code, each.times) for phone, each in seen.pins.items() if each is not None}
        assert pins == self.model.pins

    def calls_are_noted(self, seen: Seen) -> None:
        """Each once, with a number of its own, in their order."""
        numbers = [int(each.id.removeprefix("req-")) for each in seen.requests]
        last = self.model.calls
        assert numbers == [*range(last - self.model.noted + 1, last + 1)]

    def teardown(self) -> None:
        """The lane goes."""
        if hasattr(self, "model") and self.world.replicas.sandboxes:
            assert self.control("DELETE", "").status == 204


@pytest.mark.parametrize("store", ANY_STORE)
def test_a_lane_lives_as_its_model(store: str, tmp_path: Path, providers: dict[str, Provider], routes: Routes) -> None:
    """Codes, rented numbers, accounts, the clock, resets, and restarts of the sandbox."""
    with asyncio.Runner() as runner:
        world = World(runner.get_loop(), lambda: Replicas(ANY_STORE[store](tmp_path), providers, routes))
        usual = SHORT if store == "memory" else SHORTER
        drawn = settings(
            max_examples=LIVES or usual,
            stateful_step_count=50,
            derandomize=not LIVES,
            database=None,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        )
        try:
            run_state_machine_as_test(lambda: Life(world), settings=drawn)
        finally:
            runner.run(world.replicas.stop())

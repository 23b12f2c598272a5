"""A lane of Amoot alone: calls are judged without any web server, over a strict store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest

import otp_specs
from otp_sandbox.checks import Checklist, checklist
from otp_sandbox.contract import Call, Dialect, Provider, Reply
from otp_sandbox.domain.challenges import CODES, PINS, Challenge, Pin
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Change, Event, Key
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes.accounts import patch_account
from otp_sandbox.providers.amoot import provider
from otp_sandbox.providers.amoot.account import KEY, Account, new_account
from otp_sandbox.stores.memory import MemoryStore
from otp_specs import Operation

AMOOT: Provider = provider(otp_specs.load("amoot"))
OPERATIONS: Mapping[str, Operation] = {each.id: each for each in AMOOT.spec.operations}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "SendOTP": {"SMSMessageText": "Test", "LineNumber": "public", "Mobile": "9120000000", "CodeLength": "4"},
    "SendQuickOTP": {"Mobile": "9120000000", "CodeLength": "4"},
    "SendSimple": {"SMSMessageText": "Test", "LineNumber": "public", "Mobiles": "9120000000,9150000000"},
    "SendWithPattern": {"Mobile": "9120000000", "PatternCodeID": "1001", "PatternValues": "4821"},
    "SendWithPatternOWN": {
        "LineNumber": "public",
        "Mobile": "9120000000",
        "PatternCodeID": "1001",
        "PatternValues": "4821",
    },
    "SendPeerToPeer": {"LineNumber": "public", "Input": '[{"Number":"09150000000","MessageText":"Test"}]'},
    "GetDelivery": {"MessageID": "600000001"},
    "GetDeliveries": {"ListMessageID": "600000001,600000002"},
    "GetMessage": {"MessageID": "600000001"},
    "GetMessages": {"FromDateTime": "2025-10-21 00:00:00", "ToDateTime": "2025-10-22 00:00:00"},
    "RecieveMessages": {"FromDateTime": "2025-10-21 00:00:00", "ToDateTime": "2025-10-22 00:00:00"},
    "RecieveNewMessages": {"Count": "10"},
    "PatternCodeCreate": {"MessageText": "سلام %name%، کد: %code%"},
}
"""A good call of each operation, besides its token."""


@cache
def plan_of(name: str) -> Checklist:
    """Give the plan of an operation."""
    return checklist(AMOOT, OPERATIONS[name])


class Source(NamedTuple):
    """Where a call comes from."""

    scheme: str
    host: str
    remote: str | None


class Lane:
    """What a test may turn, and what it can see afterwards."""

    def __init__(self) -> None:
        self.store = MemoryStore(strict=True)
        self.account = new_account()
        self.choices: dict[str, str] = {}
        self.seed = 7
        self.now = datetime(2025, 10, 21, 9, 0, tzinfo=UTC)
        self.requests = 0

    def patch(self, *patches: Mapping[str, Any]) -> None:
        """Change the account as the control API does."""
        for each in patches:
            self.account = patch_account(self.account, dict(each))

    def call(
        self,
        name: str = "SendOTP",
        /,
        *,
        headers: Mapping[str, str] | None = None,
        scheme: str = "https",
        remote: str = "127.0.0.1",
        **changes: str | None,
    ) -> Call:
        """Build a good call, but for the fields that are given; None leaves one out."""
        self.requests += 1
        good = {"Token": "SANDBOX-TOKEN", **FIELDS.get(name, {})}
        fields = {field: text for field, text in {**good, **changes}.items() if text is not None}
        values, invalid = plan_of(name).read(fields)
        return Call(
            operation=OPERATIONS[name],
            fields=fields,
            values=values,
            invalid=invalid,
            headers=headers or {},
            credentials=AMOOT.identity.default,
            seed=self.seed,
            now=self.now,
            dialect=Dialect(AMOOT.spec, self.choices),
            request_id=f"req-{self.requests}",
            source=Source(scheme, "127.0.0.1:6877", remote),
        )

    async def judge(self, call: Call, magic: str | None = None) -> Verdict:
        """Decide about a call; the account stays as it comes out."""
        await self.write({KEY: self.account})
        own, handler = plan_of(call.operation.name), AMOOT.handlers[call.operation.name]
        verdict = await self.store.decide(
            "lane", own.keys(handler, call), lambda state: own.decide(handler, call, state, magic)
        )
        account = await self.store.get("lane", *KEY)
        assert isinstance(account, Account)
        self.account = account
        return verdict

    async def send(self, name: str = "SendOTP", /, **changes: Any) -> Verdict:
        """Build a call and decide about it."""
        return await self.judge(self.call(name, **changes))

    async def answer(self, name: str = "SendOTP", /, **changes: Any) -> Reply:
        """Build a call, decide about it and render the answer."""
        call = self.call(name, **changes)
        verdict = await self.judge(call)
        return AMOOT.render(call, call.dialect.row(call.operation, verdict.cause), verdict)

    async def write(self, writes: Mapping[Key, Any]) -> None:
        await self.store.decide("lane", (), lambda _: Change(None, dict(writes)))

    async def pin(self, phone: str, code: str, times: int = 1) -> None:
        await self.write({(PINS, phone): Pin(code, times)})

    async def messages(self) -> list[Message]:
        return [each.entry for each in await self.store.entries("lane", MESSAGES)]

    async def codes(self) -> list[Challenge]:
        return [each.entry for each in await self.store.entries("lane", CODES)]

    async def due(self) -> list[Event]:
        """Take all that would fall due within a year."""
        found = []
        while (event := await self.store.take_due("lane", self.now + timedelta(days=365))) is not None:
            found.append(event)
        return found


@pytest.fixture
def lane() -> Lane:
    return Lane()

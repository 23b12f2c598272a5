"""A lane of eSMS alone: calls are judged without any web server, over a strict store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import pytest

import otp_specs
from otp_sandbox.checks import checklist
from otp_sandbox.contract import Call, Dialect, EventContext, Provider, Reply
from otp_sandbox.domain.callbacks import CALLBACKS, Callback
from otp_sandbox.domain.challenges import CODES, PINS, Challenge, Pin
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Change, Event, Key
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes.accounts import patch_account
from otp_sandbox.lanes.schedule import COMMON
from otp_sandbox.providers.esms import provider
from otp_sandbox.providers.esms.account import KEY, Account, new_account
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.endpoint import rows_by_code
from otp_specs import Operation

ESMS: Provider = provider(otp_specs.load("esms"))
GENCODE = "SendMessageAutoGenCode_V4_get"
CHECKCODE = "CheckCodeGen_V4_get"
OPERATIONS: Mapping[str, Operation] = {each.name: each for each in ESMS.spec.operations}
PLANS = {name: checklist(ESMS, operation) for name, operation in OPERATIONS.items()}
MAGIC_ROWS = rows_by_code(ESMS)
JSON_SEND = "SendMultipleMessage_V4_post_json"
GET_SEND = "SendMultipleMessage_V4_get"
FORM_SEND = "SendMultipleMessage_V4_post"
XML_SEND = "SendMultipleMessage_V4"
TRANSPORTS = (JSON_SEND, GET_SEND, FORM_SEND, XML_SEND)
GENCODE_V5 = "SendMessageAutoGenCode_V5"
MULTI_CHANNEL = "MultiChannelMessage"
KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
SEND = {
    **KEYS,
    "Phone": "0901888484",
    "Content": "686868 la ma xac minh dang ky Baotrixemay cua ban",
    "SmsType": "2",
    "Brandname": "Baotrixemay",
}
FIELDS: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(TRANSPORTS, SEND),
    GENCODE_V5: {**KEYS, "Phone": "0901888484", "MultiChannelTempId": "22575", "TypeId": "2"},
    GENCODE: {**KEYS, "Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"},
    CHECKCODE: {**KEYS, "Phone": "0901888484", "Code": "1NTTJ6"},
    "GetBalance_json": KEYS,
    "GetSendStatus": {**KEYS, "RefId": "82b0bb8aed914a0aab8deba567c9b8c2"},
    "GetSmsReceiverStatus_get": {**KEYS, "RefId": "82b0bb8aed914a0aab8deba567c9b8c2"},
    "GetSmsSentData_V2": {
        **KEYS,
        "SmsType": "2",
        "From": "2026-03-01 12:00:00",
        "To": "2026-03-01 13:00:00",
        "Page": "1",
        "PageSize": "500",
    },
    "GetListBrandname": KEYS,
    "GetTemplate": {**KEYS, "SmsType": "2", "Brandname": "Baotrixemay"},
}
INVALID_REQUEST = '{"error":"Invalid request"}'


class Source(NamedTuple):
    """Where a call comes from."""

    scheme: str = "http"
    host: str = "127.0.0.1:6877"
    remote: str | None = "127.0.0.1"


class Lane:
    """What a test may turn, and what it can see afterwards."""

    def __init__(self) -> None:
        self.store = MemoryStore(strict=True)
        self.account = new_account()
        self.choices: dict[str, str] = {}
        self.seed = 7
        self.now = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
        self.remote: str | None = "127.0.0.1"
        self.requests = 0
        self.verdict = Verdict("")
        self.warnings: list[str] = []

    def patch(self, **patch: Any) -> None:
        """Change the account as the control API does."""
        self.account = patch_account(self.account, patch)

    def choose(self, **choices: str) -> None:
        """Set choices; `_` stands for the dash."""
        self.choices |= {f"esms.{name.replace('_', '-')}": option for name, option in choices.items()}

    def wait(self, **length: float) -> None:
        """Move the clock."""
        self.now += timedelta(**length)

    async def reply(self, name: str, fields: Mapping[str, str]) -> Reply:
        """Make a call with exactly these fields and give the whole answer."""
        self.requests += 1
        operation, steps, handler = OPERATIONS[name], PLANS[name], ESMS.handlers[name]
        values, invalid = steps.read(fields)
        call = Call(
            operation=operation,
            fields=fields,
            values=values,
            invalid=invalid,
            headers={},
            credentials=ESMS.identity.default,
            seed=self.seed,
            now=self.now,
            dialect=Dialect(ESMS.spec, self.choices),
            request_id=f"req-{self.requests}",
            source=Source(remote=self.remote),
        )
        code = ESMS.magic.code_of(fields.get("Phone", ""))
        row = MAGIC_ROWS.get(code) if code is not None else None
        await self.write({KEY: self.account})
        self.verdict = await self.store.decide(
            "lane", steps.keys(handler, call), lambda state: steps.decide(handler, call, state, row)
        )
        account = await self.store.get("lane", *KEY)
        assert isinstance(account, Account)
        self.account, self.warnings = account, call.warnings
        if self.verdict.magic:  # the row that was asked for, whatever the operation makes of a cause of that name
            return ESMS.render(call, ESMS.spec.outcomes[self.verdict.cause], self.verdict)
        return ESMS.render(call, call.dialect.row(operation, self.verdict.cause), self.verdict)

    async def call(self, name: str, **changes: str | None) -> str:
        """Make a good call, but for the fields that are given, and give its body; None leaves one out."""
        fields = {field: text for field, text in {**FIELDS[name], **changes}.items() if text is not None}
        return (await self.reply(name, fields)).body.decode()

    async def gencode(self, **changes: str | None) -> str:
        return await self.call(GENCODE, **changes)

    async def checkcode(self, code: str | None, **changes: str | None) -> str:
        return await self.call(CHECKCODE, Code=code, **changes)

    async def sent(self, **changes: str | None) -> Message:
        """Send, and give the message."""
        body = await self.gencode(**changes)
        assert self.verdict.cause == "accepted", body
        return (await self.messages())[-1]

    async def code(self, **changes: str | None) -> str:
        """Send, and give the code."""
        code = (await self.sent(**changes)).code
        assert code is not None
        return code

    async def write(self, writes: Mapping[Key, Any]) -> None:
        await self.store.decide("lane", (), lambda _: Change(None, dict(writes)))

    async def pin(self, phone: str, code: str, times: int = 1) -> None:
        await self.write({(PINS, phone): Pin(code, times)})

    async def pinned(self, phone: str) -> Pin | None:
        return await self.store.get("lane", PINS, phone)

    async def messages(self) -> list[Message]:
        return [each.entry for each in await self.store.entries("lane", MESSAGES)]

    async def codes(self) -> list[Challenge]:
        return [each.entry for each in await self.store.entries("lane", CODES)]

    async def callbacks(self) -> list[Callback]:
        return [each.entry for each in await self.store.entries("lane", CALLBACKS)]

    async def settle(self, **length: float) -> list[Event]:
        """Move the clock, let everything happen that falls due on the way, and give it.

        Callbacks are not sent, and what reaches rented numbers is another provider's.
        """
        self.wait(**length)
        world = EventContext(self.seed, Dialect(ESMS.spec, self.choices))
        fired = []
        while (event := await self.store.take_due("lane", self.now)) is not None:
            fired.append(event)
            handler = ESMS.events.get(event.kind) or COMMON.get(event.kind)
            if handler is not None:
                await self.write({KEY: self.account})
                decision = partial(handler, event, world=world)
                await self.store.decide("lane", handler.keys(event), decision)
                account = await self.store.get("lane", *KEY)
                assert isinstance(account, Account)
                self.account = account
        return fired

    async def due(self) -> list[Event]:
        """Take all that would fall due within a year."""
        found = []
        while (event := await self.store.take_due("lane", self.now + timedelta(days=365))) is not None:
            found.append(event)
        return found


@pytest.fixture
def lane() -> Lane:
    return Lane()


def refusal(code: int, text: str) -> str:
    """Write a refusal without SMSID."""
    return f'{{"CodeResult":"{code}","CountRegenerate":0,"ErrorMessage":"{text}"}}'


def code_refused(code: str = "1NTTJ6", phone: str = "0901888484") -> str:
    """Write the refusal of a code."""
    return refusal(117, f"{phone}, Content: {code} Code Invalid")


def code_accepted(phone: str = "0901888484") -> str:
    """Write what is said of a good code."""
    return refusal(100, f"{phone}, Content: Success!")

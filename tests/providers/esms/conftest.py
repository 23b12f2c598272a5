"""A lane of eSMS alone: calls are judged without any web server, over a strict store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import otp_specs
from equipment.thin_lane import Source, ThinLane
from otp_sandbox.contract import Provider, Reply
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.store import Event
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes.accounts import patch_account
from otp_sandbox.providers.esms import provider
from otp_sandbox.providers.esms.account import KEY, new_account
from otp_specs import Operation

ESMS: Provider = provider(otp_specs.load("esms"))
GENCODE = "SendMessageAutoGenCode_V4_get"
CHECKCODE = "CheckCodeGen_V4_get"
OPERATIONS: Mapping[str, Operation] = {each.name: each for each in ESMS.spec.operations}
JSON_SEND = "SendMultipleMessage_V4_post_json"
GET_SEND = "SendMultipleMessage_V4_get"
FORM_SEND = "SendMultipleMessage_V4_post"
XML_SEND = "SendMultipleMessage_V4"
TRANSPORTS = (JSON_SEND, GET_SEND, FORM_SEND, XML_SEND)
XML_TWIN = "SendMultipleMessage_V4_xml"
VOICE_OTP = "VoiceOTP"
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
    XML_TWIN: SEND,
    VOICE_OTP: {**KEYS, "Phone": "0901888484", "Code": "686868", "Speed": "-1", "Voice": "hatieumai"},
    GENCODE_V5: {**KEYS, "Phone": "0901888484", "MultiChannelTempId": "22575", "TypeId": "2"},
    GENCODE: {**KEYS, "Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"},
    CHECKCODE: {**KEYS, "Phone": "0901888484", "Code": "1NTTJ6"},
    "GetBalance_json": KEYS,
    "GetBalance": KEYS,
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
    "GetSmsStatus": {**KEYS, "SMSID": "82b0bb8aed914a0aab8deba567c9b8c2"},
    "GetListBrandname": KEYS,
    "GetListBrandnameV2": KEYS,
    "GetTemplate": {**KEYS, "SmsType": "2", "Brandname": "Baotrixemay"},
    **dict.fromkeys(
        ("GetListZOA", "GetFollowers", "QueryListUID", "GetRating", "GetZnsTemplateInfo", "RegisOAPackageJson"), KEYS
    ),
    "RegisZNSTemplateJson": KEYS,
}
INVALID_REQUEST = '{"error":"Invalid request"}'


class Lane(ThinLane):
    """A lane of eSMS."""

    provider = ESMS
    start = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)

    def __init__(self) -> None:
        super().__init__()
        self.account = new_account()
        self.remote: str | None = "127.0.0.1"
        self.verdict = Verdict("")

    def patch(self, **patch: Any) -> None:
        """Change the account as the control API does."""
        self.account = patch_account(self.account, patch)

    async def reply(self, name: str, fields: Mapping[str, str]) -> Reply:
        """Make a call with exactly these fields and give the whole answer."""
        await self.write({KEY: self.account})
        played = await self.play(name, fields, source=Source(remote=self.remote))
        self.verdict = played.verdict
        self.account = await self.get(KEY)
        return played.reply

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

    async def settle(self, **length: float) -> list[Event]:
        """Move the clock, let everything happen that falls due on the way, and give it."""
        self.wait(**length)
        await self.write({KEY: self.account})
        fired = await self.fire()
        self.account = await self.get(KEY)
        return [event for event, _ in fired]


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

"""A lane of Amoot alone: calls are judged without any web server, over a strict store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import otp_specs
from equipment.thin_lane import Source, ThinLane
from otp_sandbox.contract import Call, Provider, Reply
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.lanes.accounts import patch_account
from otp_sandbox.providers.amoot import provider
from otp_sandbox.providers.amoot.account import KEY, new_account
from otp_specs import Operation

AMOOT: Provider = provider(otp_specs.load("amoot"))
OPERATIONS: Mapping[str, Operation] = {each.id: each for each in AMOOT.spec.operations}
_BANK: Mapping[str, str] = {
    "SMSMessageText": "Test",
    "LineNumber": "public",
    "BankID": "3111",
    "Random": "false",
    "FromRow": "0",
    "Count": "2",
}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "SendOTP": {"SMSMessageText": "Test", "LineNumber": "public", "Mobile": "9120000000", "CodeLength": "4"},
    "SendQuickOTP": {"Mobile": "9120000000", "CodeLength": "4"},
    "SendSimple": {"SMSMessageText": "Test", "LineNumber": "public", "Mobiles": "9120000000,9150000000"},
    "SendSimple_REST": {"SMSMessageText": "Test", "LineNumber": "public", "Mobiles": "9120000000,9150000000"},
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
    "GetDeliveriesByCampaignID": {"CampaignID": "12345678"},
    "GetMessage": {"MessageID": "600000001"},
    "GetMessages": {"FromDateTime": "2025-10-21 00:00:00", "ToDateTime": "2025-10-22 00:00:00"},
    "RecieveMessages": {"FromDateTime": "2025-10-21 00:00:00", "ToDateTime": "2025-10-22 00:00:00"},
    "RecieveNewMessages": {"Count": "10"},
    "SendWithBackupLine": {
        "SMSMessageText": "Test",
        "LineNumber": "public",
        "BackupLineNumber": "98",
        "Mobiles": "9120000000,9150000000",
    },
    "SendBank": _BANK,
    "SendBankWithBackupLine": {**_BANK, "BackupLineNumber": "98"},
    "CalculateMessagePrice": {"SMSMessageText": "Test", "LineNumber": "public", "Mobiles": "9120000000"},
    "CalculatePatternMessagePrice": {"Mobile": "9120000000", "PatternCodeID": "1001", "PatternValues": "4821"},
    "IsBlackList_ByCancelation": {"Mobile": "9120000000", "LineNumber": "public"},
    "RelayMessageDeliveryCreate": {"URLAddress": "http://127.0.0.1:9/relay"},
    "RelayMessageDeliverySetActive": {"RelayMessageDeliveryID": "1", "Active": "false"},
    "RelayRecieveMessageCreate": {"URLAddress": "http://127.0.0.1:9/relay"},
    "RelayRecieveMessageSetActive": {"RelayRecieveMessageID": "1", "Active": "false"},
    "PatternCodeCreate": {"MessageText": "سلام %name%، کد: %code%"},
    "ContactCreate": {"Mobile": "9120000000", "FName": "A"},
    "ContactEdit": {"Mobile": "9120000000", "FName": "A"},
    "CourseCreateSimple": {
        "CourseGroupID": "1",
        "CourseType": "Daily",
        "CourseDateTime": "2025-10-22 09:00",
        "Title": "T",
        "Mobile": "9120000000",
        "SMSMessageText": "Test",
        "LineNumber": "public",
    },
}
"""A good call of each operation, besides its token."""


class Lane(ThinLane):
    """A lane of Amoot."""

    provider = AMOOT
    start = datetime(2025, 10, 21, 9, 0, tzinfo=UTC)

    def __init__(self) -> None:
        super().__init__()
        self.account = new_account()

    def patch(self, *patches: Mapping[str, Any]) -> None:
        """Change the account as the control API does."""
        for each in patches:
            self.account = patch_account(self.account, dict(each))

    def fields(self, name: str, changes: Mapping[str, str | None]) -> dict[str, str]:
        """Give the fields of a good call, but for those that are given; None leaves one out."""
        good = {"Token": "SANDBOX-TOKEN", **FIELDS.get(name, {})}
        return {field: text for field, text in {**good, **changes}.items() if text is not None}

    def call(self, name: str = "SendOTP", /, **changes: str | None) -> Call:
        """Build a good call, but for the fields that are given."""
        return self.judgement(name, self.fields(name, changes)).unjudged()

    async def answer(
        self,
        name: str = "SendOTP",
        /,
        *,
        headers: Mapping[str, str] | None = None,
        scheme: str = "https",
        remote: str = "127.0.0.1",
        **changes: str | None,
    ) -> Reply:
        """Make a good call, but for the fields that are given; None leaves one out. `account` goes along."""
        await self.write({KEY: self.account})
        played = await self.play(name, self.fields(name, changes), headers, Source(scheme, remote=remote))
        self.account = await self.get(KEY)
        return played.reply

    async def send(self, name: str = "SendOTP", /, **changes: Any) -> Verdict:
        """Make a call and give the verdict."""
        await self.answer(name, **changes)
        return self.played.verdict


@pytest.fixture
def lane() -> Lane:
    return Lane()

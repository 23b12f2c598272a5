"""Amoot, as the suite sees it."""

from __future__ import annotations

from typing import Final

from otp_conformance.providers.amoot.coverage import COVERAGE
from otp_conformance.providers.amoot.faults import FAULTS, MALFORMED
from otp_conformance.providers.amoot.names import CONTACT, LABEL, PHONE
from otp_conformance.providers.amoot.ready import CHANGING, READY
from otp_conformance.rooms import Calls, Credentials, Live, Numbers, Room, Samples
from otp_conformance.wires import Wire

_BANK: Final = {
    "SendDateTime": "",
    "SMSMessageText": "Test",
    "LineNumber": "public",
    "BankID": "3111",
    "Random": "false",
    "FromRow": "0",
    "Count": "2",
}

ROOM: Final = Room(
    wire=Wire(
        codes=("Status",),
        name_is_code=True,
        number_under=("amoot.status-format", "number"),
        bare=True,
        amounts=frozenset({"CalculateMessagePrice", "CalculatePatternMessagePrice"}),
        told_code=("Data", "Code"),
        server="Microsoft-IIS/10.0",
    ),
    credentials=Credentials(
        sent=("Token",),
        defaults={"Token": "SANDBOX-TOKEN", "UserName": "sandbox", "Password": "sandbox"},
    ),
    calls=Calls(
        phone=PHONE,
        faults=FAULTS,
        malformed=MALFORMED,
        ready=READY,
        remembered=frozenset(
            {
                "PatternCodeCreate.MessageText",
                "RelayMessageDeliveryCreate.URLAddress",
                "RelayRecieveMessageCreate.URLAddress",
            }
        ),
        changing=CHANGING,
        good={
            "SendOTP": {
                "SendDateTime": "",
                "SMSMessageText": "Test",
                "LineNumber": "public",
                "Mobile": PHONE,
                "CodeLength": "4",
            },
            "SendQuickOTP": {"Mobile": PHONE, "CodeLength": "4", "OptionalCode": ""},
            "SendSimple": {
                "SendDateTime": "",
                "SMSMessageText": "Test",
                "LineNumber": "public",
                "Mobiles": PHONE,
            },
            "SendSimple_REST": {
                "SendDateTime": "",
                "SMSMessageText": "Test",
                "LineNumber": "public",
                "Mobiles": PHONE,
            },
            "SendWithPattern": {"Mobile": PHONE, "PatternCodeID": "1001", "PatternValues": "4821"},
            "SendWithPatternOWN": {
                "LineNumber": "public",
                "Mobile": PHONE,
                "PatternCodeID": "1001",
                "PatternValues": "4821",
            },
            "SendWithBackupLine": {
                "SendDateTime": "",
                "SMSMessageText": "Test",
                "LineNumber": "public",
                "BackupLineNumber": "98",
                "Mobiles": PHONE,
            },
            "SendBank": _BANK,
            "SendBankWithBackupLine": {**_BANK, "BackupLineNumber": "98"},
            "CalculateMessagePrice": {"SMSMessageText": "Test", "LineNumber": "public", "Mobiles": PHONE},
            "CalculatePatternMessagePrice": {"Mobile": PHONE, "PatternCodeID": "1001", "PatternValues": "4821"},
            "IsBlackList_ByCancelation": {"Mobile": PHONE, "LineNumber": "public"},
            "SendPeerToPeer": {
                "SendDateTime": "",
                "LineNumber": "public",
                "Input": [{"Number": PHONE, "MessageText": "Test"}],
            },
            "GetDelivery": {"MessageID": "600000001"},
            "GetDeliveries": {"ListMessageID": "600000001,600000002"},
            "GetMessage": {"MessageID": "600000001"},
            "GetMessages": {"FromDateTime": "2000-01-01 00:00:00", "ToDateTime": "2099-12-31 23:59:59"},
            "RecieveMessages": {"FromDateTime": "2000-01-01 00:00:00", "ToDateTime": "2099-12-31 23:59:59"},
            "PatternCodeCreate": {"MessageText": "سلام %name%، کد: %code%"},
            "ContactCreate": CONTACT,
            "ContactEdit": {"ContactID": "12345678", **CONTACT},
            "ContactList": {"ContactGroupID": "0"},
            "ContactListUpdates": {"ContactGroupID": "0"},
            "ContactSearch": CONTACT,
            "ContactChangeLabel": {"FromLabel": LABEL, "ToLabel": "همکاران"},
        },
    ),
    live=Live(host="https://portal.amootsms.com", numbers=Numbers("98"), about_codes=("code", "quick code", "answer")),
    samples=Samples(choices={"amoot.status-format": "name"}, own=frozenset({"MessageID", "Code", "ID"})),
    coverage=COVERAGE,
)

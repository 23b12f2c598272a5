"""What the suite knows about Amoot: how it writes, and good calls that the spec's examples do not give."""

from __future__ import annotations

from typing import Final

from otp_conformance.dialects import Dialect

DIALECT: Final = Dialect(
    credentials=("Token",),
    codes=("Status",),
    texts=(),
    phone="9120000000",
    name_is_code=True,
    good={
        "SendOTP": {
            "SendDateTime": "",
            "SMSMessageText": "Test",
            "LineNumber": "public",
            "Mobile": "9120000000",
            "CodeLength": "4",
        },
        "SendQuickOTP": {"Mobile": "9120000000", "CodeLength": "4", "OptionalCode": ""},
        "SendSimple": {
            "SendDateTime": "",
            "SMSMessageText": "Test",
            "LineNumber": "public",
            "Mobiles": "9120000000",
        },
        "SendWithPattern": {"Mobile": "9120000000", "PatternCodeID": "1001", "PatternValues": "4821"},
        "SendWithPatternOWN": {
            "LineNumber": "public",
            "Mobile": "9120000000",
            "PatternCodeID": "1001",
            "PatternValues": "4821",
        },
        "SendPeerToPeer": {
            "SendDateTime": "",
            "LineNumber": "public",
            "Input": [{"Number": "9120000000", "MessageText": "Test"}],
        },
        "GetDelivery": {"MessageID": "600000001"},
        "GetDeliveries": {"ListMessageID": "600000001,600000002"},
        "GetMessage": {"MessageID": "600000001"},
        "GetMessages": {"FromDateTime": "2000-01-01 00:00:00", "ToDateTime": "2099-12-31 23:59:59"},
        "RecieveMessages": {"FromDateTime": "2000-01-01 00:00:00", "ToDateTime": "2099-12-31 23:59:59"},
        "PatternCodeCreate": {"MessageText": "سلام %name%، کد: %code%"},
    },
)

"""eSMS, as the suite sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from otp_conformance.providers.esms.coverage import COVERAGE
from otp_conformance.providers.esms.faults import FAULTS, MALFORMED
from otp_conformance.providers.esms.names import (
    ADVERT,
    ADVERTISING,
    ADVERTISING_SUMMARY,
    BULK,
    BY_SMS_ID,
    CALL_STATUS,
    GENCODE_V5,
    JSON_ADVERT,
    MESSAGE,
    MULTI_CHANNEL,
    OA,
    PHONE,
    RECORD_CALL,
    REGISTER,
    STORED,
    TEMPLATE_CALL,
    TEXT,
    TRANSPORTS,
    VIBER,
    VOICE_OTP,
    XML_ADVERT,
    XML_ADVERTISING,
    XML_TWIN,
    ZALO_SUMMARY,
    ZNS,
    ZNS_IN_ORDER,
    ZNS_LIST,
    ZNS_TEMPLATE,
)
from otp_conformance.providers.esms.ready import CHANGING, READY
from otp_conformance.rooms import Calls, Credentials, Live, Numbers, Room, Samples
from otp_conformance.wires import Wire


def write_xml(fields: Mapping[str, Any]) -> str:
    """Write fields as the text of XML that SendMultipleMessage_V4 takes (`esms.xml-names`)."""
    parts = {name.upper(): escape(str(value)) for name, value in fields.items() if name != "Phone"}
    texts = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    phones = str(fields["Phone"]).split(",") if "Phone" in fields else []
    customers = "".join(f"<CUSTOMER><PHONE>{escape(each)}</PHONE></CUSTOMER>" for each in phones)
    return f"<RQST>{texts}{f'<CONTACTS>{customers}</CONTACTS>' if phones else ''}</RQST>"


_TO_PHONE: Final = {"Phone": PHONE, "OAID": OA, "TempID": ZNS_TEMPLATE}

ROOM: Final = Room(
    wire=Wire(
        codes=("CodeResult", "CodeResponse", "Code"),
        texts=("ErrorMessage", "error", "Message"),
        without_code=frozenset({"invalid_request", "invalid_request_ok", "period_invalid", "zns_template_told"}),
        told_text=("message", "{OTP}"),
        server="Microsoft-IIS/10.0",
        xml=write_xml,
        numbers=frozenset({"Code"}),
    ),
    credentials=Credentials(
        sent=("ApiKey", "SecretKey"),
        defaults={"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"},
        needed=("ApiKey", "SecretKey"),
    ),
    calls=Calls(
        phone=PHONE,
        faults=FAULTS,
        malformed=MALFORMED,
        ready=READY,
        changing=CHANGING,
        remembered=frozenset({"RequestId", f"{REGISTER}.Content", "RegisZNSTemplateJson.Content"}),
        good={
            **dict.fromkeys((*TRANSPORTS, XML_TWIN), MESSAGE),
            GENCODE_V5: {"Phone": PHONE, "MultiChannelTempId": "22575", "TypeId": "2"},
            MULTI_CHANNEL: {
                "Phone": PHONE,
                "Channels": ["zalo", "sms"],
                "Data": [
                    {"TempID": ZNS_TEMPLATE, "Params": ["686868"], "OAID": OA},
                    {"Content": TEXT, "SmsType": "2", "Brandname": "Baotrixemay"},
                ],
            },
            ZNS: {**_TO_PHONE, "TempData": {"otp": "686868"}},
            ZNS_LIST: {**_TO_PHONE, "TempData": [{"key": "otp", "value": "686868"}]},
            ZNS_IN_ORDER: {**_TO_PHONE, "Params": ["686868"]},
            BULK: {"OAID": OA, "TempID": ZNS_TEMPLATE, "Data": [{"Phone": PHONE, "Params": ["686868"]}]},
            ZALO_SUMMARY: {**_TO_PHONE, "Params": ["686868"]},
            BY_SMS_ID: {"SmsId": "59e0c764219c49119063db4468f257fb221", "SmsType": "25"},
            "GetSmsSentData_V2": {
                "SmsType": "2",
                "From": "2000-01-01 00:00:00",
                "To": "2099-12-31 23:59:59",
                "Page": 1,
                "PageSize": 500,
            },
            ADVERTISING: JSON_ADVERT,
            **dict.fromkeys((XML_ADVERTISING, ADVERTISING_SUMMARY), XML_ADVERT),
            VIBER: {"Content": ADVERT, "SmsType": "23", "Brandname": "BAT DONG SAN GIA TOT", "Phones": [PHONE]},
            "GetSmsStatus": {"SMSID": "434a124c-7818-4f45-bdf2-7f7b07fff210100"},
            "GetTemplate": {"SmsType": "2", "Brandname": "Baotrixemay"},
        },
    ),
    live=Live(
        host="https://rest.esms.vn",
        elsewhere={
            **dict.fromkeys((VOICE_OTP, TEMPLATE_CALL, RECORD_CALL, CALL_STATUS), "https://voiceapi.esms.vn"),
            STORED: "https://status-sms.esms.vn",
        },
        numbers=Numbers("84", trunk="0"),
        about_codes=("one-time use", "supersede", "binding", "refusal", "code", "lifetime", "gencode v5", "answer"),
    ),
    samples=Samples(own=frozenset({"SMSID", "UserID", "Balance", "ServicePreviewId"})),
    coverage=COVERAGE,
)

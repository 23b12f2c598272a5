"""How what the spec of eSMS says about wrong calls comes about."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from otp_conformance.driver import JSON
from otp_conformance.providers.esms.names import (
    ADVERTISING,
    ADVERTISING_SUMMARY,
    ALL_ZNS,
    BULK,
    CALL_STATUS,
    CHECKCODE,
    FORM_SEND,
    GENCODE,
    GENCODE_V5,
    JSON_SEND,
    MULTI_CHANNEL,
    OA,
    PHONE,
    PHONES,
    RECORD_CALL,
    REGISTER,
    STORED,
    SUMMARY,
    TEMPLATE_CALL,
    TRANSPORTS,
    VIBER,
    VOICE_OTP,
    XML_ADVERTISING,
    XML_SEND,
    XML_STATUS,
    XML_TWIN,
    ZALO_SUMMARY,
    ZNS_IN_ORDER,
    ZNS_TO_UID,
    many_phones,
)
from otp_conformance.providers.esms.ready import (
    CODE_REPLACED,
    CODE_SENT,
    CODE_USED,
    MONTH_AGO,
    PACKAGE_BOUGHT,
    REGISTERED_TEXT,
    SENT,
    TEMPLATE_REGISTERED,
    USED_ID,
    WITH_USED_ID,
)
from otp_conformance.rooms import Fault

_PAIR: Final = {
    "id": "22575",
    "official_account": OA,
    "zns_template": "205644",
    "brandname": "Baotrixemay",
    "text": "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
}
"""What the account has for GENCODE V5."""
_WORD: Final = "minh"
"""Stands in every text that is sent here, so that it can be forbidden besides."""


WITH_MODE: Final = tuple(name for name in ALL_ZNS if name != ZNS_TO_UID)
"""Those that can be sent over the quota."""


def _pair(**changes: str) -> Fault:
    return Fault(account={"multi_channel_templates": [{**_PAIR, **changes}]})


def _accounts(*accounts: Mapping[str, Any]) -> Fault:
    return Fault(account={"official_accounts": list(accounts)})


def _unrecorded(name: str, template: str) -> Fault:
    return Fault(account={name: [{"id": template, "recorded": False}]})


FAULTS: Final = {
    # What cannot be read does not say whose it is.
    "body_unreadable": Fault(body=(JSON, '{"ApiKey":'), by_stranger=True),
    f"{FORM_SEND} body_unreadable": Fault(body=("application/octet-stream", "x"), by_stranger=True),
    **{
        f"{name} body_unreadable": Fault(body=("text/plain", "<RQST><APIKEY>"), by_stranger=True)
        for name in (XML_SEND, XML_TWIN, XML_STATUS, XML_ADVERTISING, ADVERTISING_SUMMARY)
    },
    "authorize_failed": Fault({"SecretKey": "x"}),
    "account_locked": Fault(account={"blocked": True}),
    "ip_not_allowed": Fault(account={"allowed_ips": ["192.0.2.1"]}),
    "phone_blocked": Fault(account={"blocked_phones": [PHONE]}),
    "brandname_unknown": Fault({"Brandname": "x"}),
    "brandname_missing": Fault({"Brandname": None}),
    "no_price_list": Fault(account={"price": None}),
    "not_enough_balance": Fault(account={"balance": -1}),  # even where nothing costs anything
    f"{VOICE_OTP} not_enough_balance": Fault(account={"balance": 849}),
    "keyword_blocked": Fault(account={"blocked_words": [_WORD]}),
    "carrier_not_registered": Fault(
        account={"brandnames": [{"name": each, "carriers": ["Viettel"]} for each in ("Baotrixemay", "Sandbox")]}
    ),
    # GENCODE
    "length_out_of_range": Fault({"NumCharOfCode": "21"}, choices={"esms.code-length": "strict"}),
    "lifetime_out_of_range": Fault({"TimeAlive": "16"}, choices={"esms.lifetime-range": "strict"}),
    f"{GENCODE} template_mismatch": Fault({"message": f"{{OTP}} {_WORD}"}),
    # A sender name that takes any text shows that these are looked at by themselves.
    "message_missing": Fault({"Brandname": "Sandbox", "message": None}),
    "placeholder_missing": Fault({"Brandname": "Sandbox", "message": _WORD}),
    f"{CHECKCODE} never_issued": Fault(),
    "code_wrong": Fault({"Code": "WRONG0"}, before=(CODE_SENT,)),
    "code_used": Fault(before=(CODE_USED,)),
    "code_expired": Fault(before=(CODE_SENT, MONTH_AGO)),
    "code_superseded": Fault(before=(CODE_REPLACED,), choices={"esms.second-code": "replace"}),
    # GENCODE V5
    "template_not_configured": Fault({"MultiChannelTempId": "1"}),
    f"{GENCODE_V5} brandname_unknown": _pair(brandname="x"),
    f"{GENCODE_V5} oa_unknown": _accounts(),
    f"{GENCODE_V5} oa_inactive": _accounts({"id": OA, "active": False}),
    f"{GENCODE_V5} zns_template_wrong": _accounts({"id": OA}),
    f"{GENCODE_V5} template_mismatch": _pair(text=f"{{OTP}} {_WORD}"),
    # Messages
    "several_phones": Fault({"Phone": f"{PHONE},0918238965"}),
    "duplicate_request": Fault({"RequestId": USED_ID}, before=(WITH_USED_ID,)),
    **{f"{name} template_mismatch": Fault({"Content": _WORD}) for name in (*TRANSPORTS, XML_TWIN)},
    "content_missing": Fault({"Brandname": "Sandbox", "Content": None}),
    # Messages over two channels
    "channels_invalid": Fault({"Channels": ["sms"]}),
    f"{MULTI_CHANNEL} type_missing": Fault({"Data.1.SmsType": None}),
    f"{MULTI_CHANNEL} type_not_supported": Fault({"Data.1.SmsType": "8"}),
    f"{MULTI_CHANNEL} brandname_unknown": Fault({"Data.1.Brandname": "x"}),
    f"{MULTI_CHANNEL} brandname_missing": Fault({"Data.1.Brandname": None}),
    f"{MULTI_CHANNEL} oa_or_template_missing": Fault({"Data.0.TempID": None}),
    f"{MULTI_CHANNEL} oa_unknown": Fault({"Data.0.OAID": "1"}),
    f"{MULTI_CHANNEL} oa_inactive": _accounts({"id": OA, "active": False}),
    f"{MULTI_CHANNEL} template_not_configured": Fault({"Data.0.TempID": "1"}),
    "params_invalid": Fault({"Data.0.Params": []}),
    "over_quota_not_allowed": Fault({"Data.0.SendingMode": "3"}),
    f"{MULTI_CHANNEL} duplicate_request": Fault({"Data.0.RequestId": USED_ID}, before=(WITH_USED_ID,)),
    f"{MULTI_CHANNEL} template_mismatch": Fault({"Data.1.Content": _WORD}),
    f"{MULTI_CHANNEL} content_missing": Fault({"Data.1.Brandname": "Sandbox", "Data.1.Content": None}),
    # Lists of phones
    f"{ADVERTISING} phones_invalid": Fault({"Phones": [*PHONES, "12"]}, choices={"esms.advertising-phones": "refused"}),
    f"{XML_ADVERTISING} phones_invalid": Fault(
        {"Phone": ",".join((*PHONES, "12"))}, choices={"esms.advertising-phones": "refused"}
    ),
    f"{VIBER} phones_invalid": Fault({"Phones": [PHONE, "12"]}),
    f"{ADVERTISING} too_few_recipients": Fault({"Phones": list(PHONES[1:])}),
    f"{XML_ADVERTISING} too_few_recipients": Fault({"Phone": ",".join(PHONES[1:])}),
    **{f"{name} too_many_recipients": Fault({"Phones": many_phones(5_001)}) for name in (ADVERTISING, VIBER)},
    f"{XML_ADVERTISING} too_many_recipients": Fault({"Phone": ",".join(many_phones(5_001))}),
    **{
        f"{name} content_missing": Fault({"Content": None})
        for name in (ADVERTISING, XML_ADVERTISING, VIBER, SUMMARY, ADVERTISING_SUMMARY, REGISTER)
    },
    f"{SUMMARY} brandname_unknown": Fault({"BrandName": "x"}),
    f"{SUMMARY} brandname_missing": Fault({"BrandName": None}),
    # Calls and registrations
    "call_template_unknown": Fault({"TemplateId": "x"}),
    f"{TEMPLATE_CALL} recording_not_found": _unrecorded("call_templates", "4201"),
    f"{RECORD_CALL} recording_not_found": _unrecorded("recordings", "5301"),
    **{f"{name} not_enough_balance": Fault(account={"balance": 849}) for name in (TEMPLATE_CALL, RECORD_CALL)},
    "request_in_progress": Fault(before=(REGISTERED_TEXT,)),
    f"{CALL_STATUS} message_not_found": Fault({"ReferenceId": "505139D7-54F8-48A9-88FA-9460A78731DD"}),
    # Zalo
    "oa_unknown": Fault({"OAID": "1"}),
    "oa_inactive": _accounts({"id": OA, "active": False}),
    "GetZnsTemplateInfo oa_unknown": Fault({"OAId": "1"}),
    "GetZnsTemplateInfo template_not_configured": Fault({"TemplateId": "1"}),
    "GetRating template_not_configured": Fault({"TemplateID": "1"}),
    "GetTemplate oa_or_template_missing": Fault({"SmsType": "24"}),
    "GetTemplate oa_unknown": Fault({"SmsType": "24", "OAId": "1"}),
    "GetTemplate oa_inactive": Fault(
        {"SmsType": "24", "OAId": OA}, {"official_accounts": [{"id": OA, "active": False}]}
    ),
    "GetFollowers count_invalid": Fault({"Count": None}),
    "RegisOAPackageJson request_in_progress": Fault(before=(PACKAGE_BOUGHT,)),
    "RegisZNSTemplateJson request_in_progress": Fault(before=(TEMPLATE_REGISTERED,)),
    # ZNS
    "oa_or_template_missing": Fault({"TempID": None}),
    **{f"{name} template_not_configured": Fault({"TempID": "1"}) for name in (*ALL_ZNS, BULK, ZALO_SUMMARY)},
    **{f"{name} params_invalid": Fault({"TempData": {"ten": "An"}}) for name in ALL_ZNS},
    **{f"{name} params_invalid": Fault({"Params": ["686868", "An"]}) for name in (ZNS_IN_ORDER, ZALO_SUMMARY)},
    "over_quota_scheduled": Fault({"SendingMode": "3", "SendDate": "2099-01-01 00:00:00"}),
    **{f"{name} over_quota_not_allowed": Fault({"SendingMode": "3"}) for name in (*WITH_MODE, BULK)},
    "hash_of_other_form": Fault({"HashPhone": sha256(PHONE.encode()).hexdigest()}),
    "order_missing": Fault({"IsJourney": True}),
    "list_too_long": Fault({"Data": [{"Phone": PHONE, "Params": ["686868"]}] * 501}),
    # Messages to followers
    "content_too_long": Fault({"Content": "x" * 2_001}),
    "payload_wrong": Fault({"Payload.message.attachment.type": "photo"}),
    # Whole texts by Zalo
    **{
        f"{name} {cause}": Fault({"SmsType": "25", **changes}, account)
        for name in (JSON_SEND, FORM_SEND)
        for cause, changes, account in (
            ("oa_or_template_missing", {}, {}),
            ("oa_unknown", {"OAID": "1"}, {}),
            ("oa_inactive", {"OAID": OA}, {"official_accounts": [{"id": OA, "active": False}]}),
            ("template_not_configured", {"OAID": OA}, {}),
        )
    },
    # Queries
    f"{STORED} oa_unknown": Fault({"OAId": "1"}),
    "no_data": Fault({"SmsId": "434a124c-7818-4f45-bdf2-7f7b07fff210100"}),
    "message_not_found": Fault({"RefId": "434a124c-7818-4f45-bdf2-7f7b07fff210100"}),
    f"{XML_STATUS} message_not_found": Fault({"SMSID": "434a124c-7818-4f45-bdf2-7f7b07fff210100"}),
    "too_early": Fault(before=(SENT,), choices={"esms.status-delay": "some"}),
    "too_old": Fault(before=(SENT, MONTH_AGO)),
    "nothing_sent": Fault({"SmsType": "2"}, choices={"esms.nothing-sent": "not-found"}),
}
MALFORMED: Final = {
    "type_not_supported": "27",
    "phone_invalid": "12",
    "from_invalid": "today",
    "to_invalid": "today",
    "service_type_unsupported": "3",
    "zalo_uid_invalid": "1" * 21,
    "hash_phone_invalid": "12",
    "user_malformed": "a b",
    "data_malformed": "12",
    "payload_malformed": "12",
}

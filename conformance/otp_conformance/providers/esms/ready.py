"""What good calls of eSMS need before them, and what makes its queries answer otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.callbacks import NOBODY_LISTENS
from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.providers.esms.names import (
    ADVERTISING_SUMMARY,
    BY_SMS_ID,
    BY_ZALO_ID,
    CALL_STATUS,
    CHECKCODE,
    GENCODE,
    JSON_SEND,
    OA,
    PHONE,
    REGISTER,
    STORED,
    SUMMARY,
    TEMPLATE_CALL,
    ZALO_SUMMARY,
    ZNS,
    ZNS_TEMPLATE,
)
from otp_conformance.rooms import Step


async def _send(esms: Driver) -> Mapping[str, Any]:
    sms_id = expect(await esms.call(GENCODE), "accepted").json["SMSID"]
    return {"RefId": sms_id, "SMSID": sms_id}


async def _use_request_id(esms: Driver) -> Mapping[str, Any]:
    expect(await esms.call(JSON_SEND, RequestId=USED_ID), "accepted")
    return {}


async def _send_code(esms: Driver) -> Mapping[str, Any]:
    await _send(esms)
    return {"Code": await esms.code_sent_to(PHONE)}


async def _use_code(esms: Driver) -> Mapping[str, Any]:
    fields = await _send_code(esms)
    expect(await esms.call(CHECKCODE, **fields), "code_valid")
    return fields


async def _send_two_codes(esms: Driver) -> Mapping[str, Any]:
    first = await _send_code(esms)
    await _send_code(esms)
    return first


async def _wait_a_month(esms: Driver) -> Mapping[str, Any]:
    await esms.advance("720h")
    return {}


async def _let_fail(esms: Driver) -> Mapping[str, Any]:
    await esms.bring_into("failed", (await esms.messages())[-1]["id"])
    return {}


async def _stop_clock(esms: Driver) -> Mapping[str, Any]:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    return {}


async def _let_arrive(esms: Driver) -> Mapping[str, Any]:
    await esms.advance("5s")
    return {}


async def _register(esms: Driver) -> Mapping[str, Any]:
    templates = ["{P1,8} la ma xac minh", "{P1,8} la ma dang ky"]
    await esms.account(brandnames=[{"name": name, "templates": templates} for name in ("Baotrixemay", "New")])
    return {}


async def _call(esms: Driver) -> Mapping[str, Any]:
    return {"ReferenceId": expect(await esms.call(TEMPLATE_CALL), "call_accepted").json["SMSID"]}


async def _register_text(esms: Driver) -> Mapping[str, Any]:
    text = f"{{ma:8}} la ma {esms.mark}"
    expect(await esms.call(REGISTER, Content=text), "registration_received")
    return {"Content": text}


async def _raise_price(esms: Driver) -> Mapping[str, Any]:
    await esms.account(price=(await esms.account_now())["price"] + 1)
    return {}


async def _know_users(esms: Driver) -> Mapping[str, Any]:
    user = {"official_account": OA, "uid": "7406454492343693107", "last_interaction": "2024-09-02T00:00:00Z"}
    rating = {"official_account": OA, "template": ZNS_TEMPLATE, "message_id": "5dcf84fe1fd8bd85e4ca", "rate": 5}
    await esms.account(followers=[user], ratings=[{**rating, "submitted_at": "2022-08-06T01:44:36.218Z"}])
    return {}


async def _change_zalo(esms: Driver) -> Mapping[str, Any]:
    template = {"id": ZNS_TEMPLATE, "text": "<otp>", "status": "disabled"}
    oa = {"id": OA, "name": "New", "quota": {"daily": 7}, "quality": "LOW", "templates": [template]}
    await esms.account(official_accounts=[oa], followers=[], ratings=[])
    return {}


async def _choose_length(esms: Driver) -> Mapping[str, Any]:
    """Choose how long a package is to be good for, so that it is another one than those before."""
    return {"Duaration": str(int(esms.mark[:7], 16) + 1)}


async def _buy_package(esms: Driver) -> Mapping[str, Any]:
    length = await _choose_length(esms)
    expect(await esms.call("RegisOAPackageJson", **length), "registration_taken")
    return length


async def _register_template(esms: Driver) -> Mapping[str, Any]:
    content = {"Content": f"Xin chao <name> {esms.mark}"}
    expect(await esms.call("RegisZNSTemplateJson", **content), "registration_taken")
    return content


async def _send_zns(esms: Driver) -> Mapping[str, Any]:
    sms_id = expect(await esms.call(ZNS, CallbackUrl=NOBODY_LISTENS), "accepted").json["SMSID"]
    told = expect(await esms.call(BY_SMS_ID, SmsId=sms_id), "zns_status_told").json["Data"]
    return {"SmsId": sms_id, "MessageId": told["ZaloMsgId"], "ListRefid": [sms_id]}


_CODE: Final = frozenset({Feature.READ_CODE})
_CLOCK: Final = frozenset({Feature.CLOCK})
ZNS_SENT: Final = Step(_send_zns)
USED_ID: Final = "used"
SENT: Final = Step(_send)
WITH_USED_ID: Final = Step(_use_request_id)
CODE_SENT: Final = Step(_send_code, _CODE)
CODE_USED: Final = Step(_use_code, _CODE)
CODE_REPLACED: Final = Step(_send_two_codes, _CODE, sends=2)
MONTH_AGO: Final = Step(_wait_a_month, _CLOCK, sends=0)
CALLED: Final = Step(_call)
REGISTERED_TEXT: Final = Step(_register_text)
_DEARER: Final = Step(_raise_price, frozenset({Feature.ACCOUNTS}), sends=0)
_STOPPED: Final = Step(_stop_clock, _CLOCK, sends=0)
_ARRIVED: Final = Step(_let_arrive, _CLOCK, sends=0)
_FAILED: Final = Step(_let_fail, frozenset({Feature.MESSAGES}), sends=0)
_PRICED: Final = Step(_raise_price, frozenset({Feature.ACCOUNTS}), sends=0)
_REGISTERED: Final = Step(_register, frozenset({Feature.ACCOUNTS}), sends=0)
_WITH_USERS: Final = Step(_know_users, frozenset({Feature.ACCOUNTS}), sends=0)
_ZALO_CHANGED: Final = Step(_change_zalo, frozenset({Feature.ACCOUNTS}), sends=0)
_NEW_PACKAGE: Final = Step(_choose_length, sends=0)
PACKAGE_BOUGHT: Final = Step(_buy_package)
TEMPLATE_REGISTERED: Final = Step(_register_template)

READY: Final = {
    CALL_STATUS: CALLED,
    CHECKCODE: CODE_SENT,
    "GetSendStatus": SENT,
    "GetSmsReceiverStatus_get": SENT,
    "GetSmsSentData_V2": SENT,
    "GetSmsStatus": SENT,
    "GetRating": _WITH_USERS,
    "QueryListUID": _WITH_USERS,
    "RegisOAPackageJson": _NEW_PACKAGE,
    BY_ZALO_ID: ZNS_SENT,
    BY_SMS_ID: ZNS_SENT,
    STORED: ZNS_SENT,
}
CHANGING: Final = {
    SUMMARY: (_DEARER,),
    ADVERTISING_SUMMARY: (_DEARER,),
    CALL_STATUS: (CALLED, _FAILED),
    "GetBalance_json": (SENT,),
    "GetBalance": (SENT,),
    "GetListBrandname": (_REGISTERED,),
    "GetListBrandnameV2": (_REGISTERED,),
    "GetSmsStatus": (SENT, _FAILED),
    "GetTemplate": (_REGISTERED,),
    "GetSendStatus": (SENT, _FAILED),
    "GetSmsReceiverStatus_get": (_STOPPED, SENT, _ARRIVED),
    "GetSmsSentData_V2": (SENT,),
    "GetListZOA": (_ZALO_CHANGED,),
    "GetQuota": (_ZALO_CHANGED,),
    "GetQuality": (_ZALO_CHANGED,),
    "GetFollowers": (_ZALO_CHANGED,),
    "GetZnsTemplateInfo": (_ZALO_CHANGED,),
    "QueryListUID": (_WITH_USERS, _ZALO_CHANGED),
    "GetRating": (_WITH_USERS, _ZALO_CHANGED),
    BY_ZALO_ID: (_STOPPED, ZNS_SENT, _ARRIVED),
    BY_SMS_ID: (_STOPPED, ZNS_SENT, _ARRIVED),
    STORED: (_STOPPED, ZNS_SENT, _ARRIVED),
    ZALO_SUMMARY: (_PRICED,),
}

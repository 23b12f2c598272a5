"""ZNS of eSMS: by phone, by Zalo id and by hashed phone, with values by name, as a list and in their order."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.esms.names import (
    ALL_ZNS,
    OA,
    PHONE,
    UID,
    ZNS,
    ZNS_IN_ORDER,
    ZNS_LIST,
    ZNS_TEMPLATE,
    ZNS_TO_HASH,
    ZNS_TO_UID,
)
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MESSAGES,
    MOVED,
    SMS_ID,
    fields_of,
    is_duplicate,
    read_balance,
    read_message,
    send_message,
)

zns_case = partial(case, "esms", "zns")

EACH = {name: (name,) for name in ALL_ZNS}
TEXT = "Ma xac minh cua ban la 686868. Khong chia se ma nay cho bat ky ai."
WITH_MODE = {name: (name,) for name in ALL_ZNS if name != ZNS_TO_UID}
STRANGER = "1234567890123456789"
"""No user of the Official Account."""
PARAMETERS = [
    {"name": "otp", "max_length": 6, "min_length": 4},
    {"name": "so", "type": "number", "max_length": 12},
    {"name": "ngay", "type": "date", "max_length": 10},
]
GOOD = {"otp": "686868", "so": "123456789012", "ngay": "29/02/2028"}
ORDER = ["RequestId", "TypeId", "telcoid", "phonenumber", "error_info", "oaid", "tempid", "partnerids"]


def official_account(template: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """Write the Official Account with a template: the one that it has, with other members."""
    usual = {"id": ZNS_TEMPLATE, "text": "Ma <otp>"}
    return {"official_accounts": [{"id": OA, "templates": [{**usual, **(template or {})}], **members}]}


@zns_case(
    rule="An accepted ZNS answers CodeResult 100, CountRegenerate 0 and an SMSID; its text stands in its template.",
    needs=MESSAGES,
    covers=["esms:accepted", "esms.zns-text", "esms.zns-object", "esms.zns-template"],
    kills=["esms.zns-as-sms", "esms.zns-without-code"],
    rows=EACH,
)
async def zns_sent(esms: Driver, name: str) -> None:
    answer = expect(await esms.call(name), "accepted")

    matches(answer.text, rf'\{{"CodeResult":"100","CountRegenerate":0,"SMSID":"{SMS_ID}"\}}', "body")
    held = await read_message(esms, answer.json["SMSID"])
    equal((held["text"], held["code"]), (TEXT, "686868"), "text and code")
    equal((held["channel"], held["sender"], held["to"]), ("zalo", OA, "+84901888484"), "channel, sender and phone")


@zns_case(
    rule="Each value must have its type and length; there is one for each variable, and no other.",
    needs=ACCOUNTS,
    covers=["esms.zns-values", "esms:zns_template_wrong", "esms:accepted"],
    rows={
        "good": ({}, "accepted"),
        "shortest": ({"otp": "6868"}, "accepted"),
        "too-short": ({"otp": "686"}, "zns_template_wrong"),
        "too-long": ({"otp": "6868686"}, "zns_template_wrong"),
        "empty": ({"otp": ""}, "zns_template_wrong"),
        "no-number": ({"so": "12a"}, "zns_template_wrong"),
        "number-too-long": ({"so": "1234567890123"}, "zns_template_wrong"),
        "no-date": ({"ngay": "29/02/2027"}, "zns_template_wrong"),
        "other-date": ({"ngay": "2028-02-29"}, "zns_template_wrong"),
        "missing": ({"otp": None}, "zns_template_wrong"),
        "one-more": ({"ten": "An"}, "zns_template_wrong"),
    },
)
async def values_fit(esms: Driver, changes: dict[str, Any], outcome: str) -> None:
    template = {"text": "<otp> <so> <ngay>", "parameters": PARAMETERS}
    await esms.account(**official_account(template))
    data = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}

    expect(await esms.call(ZNS, TempData=data), outcome)
    expect(await esms.call(ZNS_LIST, TempData=[{"key": name, "value": data[name]} for name in data]), outcome)
    if len(data) == len(GOOD):
        expect(await esms.call(ZNS_IN_ORDER, Params=[data[name] for name in GOOD]), outcome)


@zns_case(
    rule="V6 takes an object; V5 takes an object and a list; what is neither has no values.",
    level=Level.SHOULD,
    covers=["esms.zns-object", "esms:zns_template_wrong"],
    rows={
        "v6-list": (ZNS, [{"key": "otp", "value": "1"}], "zns_template_wrong"),
        "v5-object": (ZNS_LIST, {"otp": "1"}, "accepted"),
        "v5-number": (ZNS_LIST, [{"key": "otp", "value": 1}], "accepted"),
        "v5-no-value": (ZNS_LIST, [{"key": "otp"}], "zns_template_wrong"),
        "text": (ZNS, "686868", "zns_template_wrong"),
        "object-in-object": (ZNS, {"otp": {}}, "zns_template_wrong"),
        "left-out": (ZNS, None, "zns_template_wrong"),
        "list-in-list": (ZNS_IN_ORDER, [["1"]], "zns_template_wrong"),
        "comma": (ZNS_IN_ORDER, ["6,8"], "accepted"),
    },
)
async def forms_of_values(esms: Driver, name: str, data: Any, outcome: str) -> None:
    expect(await esms.call(name, **{"Params" if name == ZNS_IN_ORDER else "TempData": data}), outcome)


@zns_case(
    rule="A template that waits for its approval, or was rejected, is not set up.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=["esms.zns-pending-template", "esms:template_not_configured"],
    kills=["esms.zns-any-status"],
    rows={status: (status,) for status in ("pending", "rejected", "disabled", "deleted")},
)
async def template_status(esms: Driver, status: str) -> None:
    await esms.account(**official_account({"status": status}))

    for name in (ZNS, ZNS_IN_ORDER):
        expect(await esms.call(name), "template_not_configured")


@zns_case(
    rule="Each ZNS takes one of the quota; beyond it a ZNS fails, unless it may go over it. It is back tomorrow.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS],
    sends=5,
    covers=["esms.zns-quota"],
    kills=["esms.zns-quota-ignored"],
)
async def quota(esms: Driver) -> None:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    await esms.account(**official_account(over_quota=True, quota={"daily": 2}))
    sent = [await send_message(esms, name) for name in (ZNS, ZNS_TO_UID, ZNS_LIST)]
    sent.append(await send_message(esms, ZNS, SendingMode="3"))
    await esms.advance("24h")
    sent.append(await send_message(esms, ZNS))
    await esms.advance("5s")

    states = [(await read_message(esms, each))["state"] for each in sent]
    equal(states, ["delivered", "delivered", "failed", "delivered", "delivered"], "states")


@zns_case(
    rule="SendingMode 3 goes with no SendDate, and is for an Official Account that may.",
    needs=ACCOUNTS,
    covers=["esms.zns-over-quota", "esms:over_quota_scheduled", "esms:over_quota_not_allowed", "esms:accepted"],
    rows=WITH_MODE,
)
async def over_quota(esms: Driver, name: str) -> None:
    expect(await esms.call(name, SendingMode="3"), "over_quota_not_allowed")
    await esms.account(**official_account(over_quota=True))
    for date in ("2099-01-01 00:00:00", "2001-01-01 00:00:00"):
        expect(await esms.call(name, SendingMode="3", SendDate=date), "over_quota_scheduled")
    expect(await esms.call(name, SendingMode="3"), "accepted")


@zns_case(
    rule="A ZNS costs what its template costs, or the account's price; a balance below that is refused.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["esms.zns-price", "esms:not_enough_balance"],
    kills=["esms.zns-free"],
    rows=EACH,
)
async def price(esms: Driver, name: str) -> None:
    await esms.account(balance=660, **official_account({"price": 330}))
    balances = []
    for _ in range(2):
        expect(await esms.call(name), "accepted")
        balances.append(await read_balance(esms))

    equal(balances, [330, 0], "balances")
    expect(await esms.call(name), "not_enough_balance")


@zns_case(
    rule="What Zalo does not reach, and a user whom it does not know, fails and costs nothing.",
    needs=[*MOVED, Feature.ACCOUNTS],
    covers=["esms.zns-without-zalo", "esms.zalo-unknown-user"],
    rows={**{name: (name, {}) for name in ALL_ZNS}, "unknown-user": (ZNS_TO_UID, {"ZaloUid": STRANGER})},
)
async def out_of_reach(esms: Driver, name: str, changes: dict[str, str]) -> None:
    if not changes:
        await esms.account(without_zalo=[PHONE])
    before = await read_balance(esms)
    sms_id = await send_message(esms, name, **changes)
    await esms.advance("2s")

    equal((await read_message(esms, sms_id))["state"], "failed", "state")
    equal(await read_balance(esms), before, "balance")


@zns_case(
    rule="A Zalo id has 20 characters at most; a hash 64 hexadecimal digits, in either case.",
    covers=["esms.zns-uid", "esms.hash-phone", "esms:zalo_uid_invalid", "esms:zalo_uid_missing"],
    tier=Tier.SENDS,
    rows={
        "uid-at": (ZNS_TO_UID, {"ZaloUid": "1" * 20}, "accepted"),
        "uid-above": (ZNS_TO_UID, {"ZaloUid": "1" * 21}, "zalo_uid_invalid"),
        "uid-blank": (ZNS_TO_UID, {"ZaloUid": "1 2"}, "zalo_uid_invalid"),
        "uid-missing": (ZNS_TO_UID, {"ZaloUid": None}, "zalo_uid_missing"),
        "hash-capitals": (ZNS_TO_HASH, {"HashPhone": sha256(b"84901888484").hexdigest().upper()}, "accepted"),
        "hash-of-any": (ZNS_TO_HASH, {"HashPhone": "0" * 64}, "accepted"),
        "hash-short": (ZNS_TO_HASH, {"HashPhone": "0" * 63}, "hash_phone_invalid"),
        "hash-long": (ZNS_TO_HASH, {"HashPhone": "0" * 65}, "hash_phone_invalid"),
        "hash-phone": (ZNS_TO_HASH, {"HashPhone": PHONE}, "hash_phone_invalid"),
    },
)
async def who_is_meant(esms: Driver, name: str, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(name, **changes), outcome)


@zns_case(
    rule="The hash of a known phone in its form with 0 or +84 in front is refused.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.hash-phone-form", "esms:hash_phone_invalid", "esms.hash-phone-form=115"],
    choices={"esms.hash-phone-form": "115"},
    rows={form: (form,) for form in ("0", "+84")},
)
async def other_form_is_hashed(esms: Driver, form: str) -> None:
    digits = sha256(f"{form}{PHONE[1:]}".encode()).hexdigest()

    expect(await esms.call(ZNS_TO_HASH, HashPhone=digits), "hash_phone_invalid")


@zns_case(
    rule="RequestId, SendDate, campaignid and Sandbox are what they are of other messages.",
    needs=[*MOVED, Feature.ACCOUNTS],
    sends=5,
    covers=["esms.zns-like-sends", "esms:duplicate_request"],
    kills=["esms.zns-date-ignored"],
    rows=EACH,
)
async def like_other_sends(esms: Driver, name: str) -> None:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    before = await read_balance(esms)
    await send_message(esms, name, Sandbox="1", RequestId="try")
    equal((await esms.messages(), await read_balance(esms)), ([], before), "messages and balance after a try")

    sms_id = await send_message(esms, name, RequestId="a", SendDate="2031-05-02 12:00:10", campaignid="c")
    equal([await is_duplicate(esms, each) for each in ("a", "b")], [True, False], "duplicates")
    expect(await esms.call(name, RequestId="b"), "duplicate_request")
    equal((await read_message(esms, sms_id))["state"], "queued", "state before its time")
    await esms.advance("15s")
    equal((await read_message(esms, sms_id))["state"], "delivered", "state after its time")


@zns_case(
    rule="The callback of a ZNS by id or by hash has carrier 9, the id or hash as the phone, and its own order.",
    needs=[*MOVED, Feature.CALLBACKS],
    covers=["esms.callback-uid"],
    kills=["esms.callback-uid-phone"],
    rows={
        "uid": (ZNS_TO_UID, UID),
        "hash": (ZNS_TO_HASH, sha256(b"84901888484").hexdigest()),
    },
)
async def told_by_uid(esms: Driver, name: str, who: str) -> None:
    await send_message(esms, name, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")

    (callback,) = await list_callbacks(esms)
    found = fields_of(callback)
    held = dict(found)
    equal([name for name, _ in found][7:], ORDER, "fields")
    equal((held["TypeId"], held["telcoid"], held["phonenumber"]), ("25", "9", who), "type, carrier and phone")
    begin = '{"error":0,"message":"Success","data":{"delivery_time":null,"message":"The message was delivered'
    true(held["error_info"].startswith(begin), "what Zalo says", held["error_info"])
    matches(held["partnerids"], "[0-9a-f]{20}", "Zalo's id")


@zns_case(
    rule="A message of a journey needs its OrderId; its callback has the type 27.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.CALLBACKS],
    covers=["esms.zns-journey", "esms:zns_template_wrong"],
    kills=["esms.zns-journey-ordinary"],
    rows={"journey": (True, "27"), "text": ("true", "27"), "none": (False, "25")},
)
async def journey(esms: Driver, is_journey: Any, kind: str) -> None:
    await send_message(esms, ZNS_IN_ORDER, IsJourney=is_journey, OrderId="1", CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")

    (callback,) = await list_callbacks(esms)
    equal(dict(fields_of(callback))["TypeId"], kind, "TypeId")
    outcome = "zns_template_wrong" if kind == "27" else "accepted"
    expect(await esms.call(ZNS_IN_ORDER, IsJourney=is_journey), outcome)

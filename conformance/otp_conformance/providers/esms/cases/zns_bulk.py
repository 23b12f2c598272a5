"""ZNS of eSMS to many, what a ZNS would cost, and whole texts by Zalo."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.esms.names import BULK, FORM_SEND, JSON_SEND, OA, PHONE, ZALO_SUMMARY, ZNS, ZNS_TEMPLATE
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MESSAGES,
    MOVED,
    fields_of,
    is_duplicate,
    read_balance,
    read_message,
    send_message,
)

bulk_case = partial(case, "esms", "zns bulk")

TEXT = "Ma xac minh cua ban la 686868. Khong chia se ma nay cho bat ky ai."
OTHER = "0918238965"


def row(phone: str = PHONE, value: str = "686868", **members: Any) -> dict[str, Any]:
    """Write a row."""
    return {"Phone": phone, "Params": [value], **members}


async def send(esms: Driver, *rows: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """Send rows, and give what became of each."""
    answer = expect(await esms.call(BULK, Data=list(rows), **changes), "bulk_taken").json
    detail: list[dict[str, Any]] = answer["detail"]
    taken = sum("SMSID" in each for each in detail)
    equal((answer["TotalSuccess"], answer["TotalFail"]), (taken, len(rows) - taken), "rows taken and refused")
    return detail


async def codes(esms: Driver, *rows: dict[str, Any], **changes: Any) -> list[str]:
    """Send rows, and give the code of each."""
    return [each["CodeResult"] for each in await send(esms, *rows, **changes)]


@bulk_case(
    rule="Each row is sent with its own values under its own SMSID; a wrong one is refused in its place.",
    needs=MESSAGES,
    sends=2,
    covers=["esms.bulk-rows", "esms.bulk-answer", "esms:bulk_taken"],
    kills=["esms.bulk-first-values", "esms.bulk-one-id"],
)
async def each_row(esms: Driver) -> None:
    detail = await send(esms, row(), row("12"), row(OTHER, "123456"), row(PHONE, "1"), row(value="x" * 11), row(""))

    equal([each["CodeResult"] for each in detail], ["100", "108", "100", "100", "790", "108"], "codes")
    equal(detail[1]["Phone"], "12", "phone as it was sent")
    equal([*detail[0]], ["CodeResult", "Phone", "SMSID"], "members of what was taken")
    equal([*detail[1]], ["CodeResult", "Phone", "ErrorMessage"], "members of what was refused")
    true(isinstance(detail[1]["ErrorMessage"], str), "a text", detail[1])
    held = [await read_message(esms, detail[place]["SMSID"]) for place in (0, 2, 3)]
    equal([each["code"] for each in held], ["686868", "123456", "1"], "codes of messages")
    equal([each["to"] for each in held], ["+84901888484", "+84918238965", "+84901888484"], "phones")


@bulk_case(
    rule="A refusal of the whole is like that of a send.",
    tier=Tier.NOTHING,
    covers=["esms.bulk-answer", "esms:authorize_failed", "esms:template_not_configured"],
    rows={
        "keys": ({"SecretKey": "x"}, "101", "Authorize Failed"),
        "template": ({"TempID": "1"}, "789", "TemplateId is not config"),
    },
)
async def refused_as_a_whole(esms: Driver, changes: dict[str, str], code: str, text: str) -> None:
    answer = await esms.call(BULK, **changes)

    equal(answer.text, f'{{"CodeResult":"{code}","CountRegenerate":0,"ErrorMessage":"{text}"}}', "body")


@bulk_case(
    rule="A RequestId is that of its row, and counts within the request too; a row without money is refused.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    sends=4,
    covers=["esms.bulk-rows", "esms.bulk-row-order"],
    kills=["esms.bulk-charged-once"],
)
async def rows_in_order(esms: Driver) -> None:
    await esms.account(balance=2 * 850, blocked_phones=[OTHER])
    rows = (row(RequestId="a"), row(RequestId="a"), row(OTHER), row(RequestId="b"), row(RequestId="c"), row("12"))

    equal(await codes(esms, *rows), ["100", "124", "99", "100", "103", "108"], "codes")
    equal(await read_balance(esms), 0, "balance")
    await esms.account(balance=850)
    equal([await is_duplicate(esms, each) for each in ("b", "c")], [True, False], "duplicates")


@bulk_case(
    rule="There are 500 rows at most, in a list of objects.",
    covers=["esms.bulk-most", "esms:list_too_long", "esms:data_invalid"],
    rows={
        "at": ([row("12")] * 500, "bulk_taken"),
        "above": ([row("12")] * 501, "list_too_long"),
        "empty": ([], "data_invalid"),
        "texts": ([PHONE], "data_invalid"),
        "object": (row(), "data_invalid"),
        "text": ("x", "data_invalid"),
        "left-out": (None, "data_invalid"),
    },
)
async def data(esms: Driver, given: Any, outcome: str) -> None:
    expect(await esms.call(BULK, Data=given), outcome)


@bulk_case(
    rule="A magic phone has its row refused, and no other.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.bulk-rows"],
)
async def magic_rows(esms: Driver) -> None:
    equal(await codes(esms, row("0900000103"), row("0900000789"), row("12")), ["103", "789", "108"], "codes")


@bulk_case(
    rule="Sandbox, SendDate, campaign, address and sending mode are those of all rows.",
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CALLBACKS],
    sends=4,
    covers=["esms.bulk-like-zns", "esms:over_quota_scheduled", "esms:over_quota_not_allowed"],
    kills=["esms.bulk-try-sent"],
)
async def for_all_rows(esms: Driver) -> None:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    before = await read_balance(esms)
    await send(esms, row(), row(OTHER), Sandbox="1", CallbackUrl=NOBODY_LISTENS)
    equal((await esms.messages(), await read_balance(esms)), ([], before), "messages and balance after a try")
    expect(await esms.call(BULK, SendingMode="3"), "over_quota_not_allowed")
    templates = [{"id": ZNS_TEMPLATE, "text": "<otp>"}]
    account = {"id": OA, "over_quota": True, "quota": {"daily": 1}, "templates": templates}
    await esms.account(official_accounts=[account])
    date = "2031-05-02 12:00:10"
    expect(await esms.call(BULK, SendingMode="3", SendDate=date), "over_quota_scheduled")

    detail = await send(esms, row(), row(OTHER), SendDate=date, CallbackUrl=NOBODY_LISTENS, campaignid="c")
    detail += await send(esms, row(), SendingMode="3")
    await esms.advance("5s")
    states = [(await read_message(esms, each["SMSID"]))["state"] for each in detail]
    equal(states, ["queued", "queued", "delivered"], "states before the time")
    await esms.advance("15s")
    states = [(await read_message(esms, each["SMSID"]))["state"] for each in detail]
    equal(states, ["delivered", "failed", "delivered"], "states after it: the quota was for one")
    told = sorted(dict(fields_of(each))["phonenumber"] for each in await list_callbacks(esms))
    equal(told, [PHONE, OTHER], "phones of callbacks")


@bulk_case(
    rule="The price is that of the template, else the account's; nothing is sent, charged or taken of the quota.",
    needs=[*MESSAGES, Feature.ACCOUNTS],
    tier=Tier.READS,
    covers=["esms.zns-summary", "esms:zns_price_told"],
    rows={"template": (330,), "account": (None,)},
)
async def summary(esms: Driver, price: int | None) -> None:
    template = {"id": ZNS_TEMPLATE, "text": "<otp>", "price": price}
    await esms.account(official_accounts=[{"id": OA, "templates": [template], "quota": {"daily": 5}}], balance=0)
    before = await esms.account_now()
    told = expect(await esms.call(ZALO_SUMMARY), "zns_price_told").json

    equal((told["TotalPrice"], told["TotalReceiver"]), (price or 850, 1), "price and receivers")
    equal((await esms.account_now(), await esms.messages()), (before, []), "account and messages")


@bulk_case(
    rule="A whole text by Zalo fits a template of the Official Account; its type is told.",
    needs=[*MOVED, Feature.ACCOUNTS],
    sends=2,
    covers=["esms.full-content", "esms:template_not_configured", "esms:accepted"],
    kills=["esms.full-content-any-text", "esms.full-content-as-sms"],
    rows={f"{name}-{kind}": (name, kind) for name in (JSON_SEND, FORM_SEND) for kind in ("24", "25")},
)
async def full_content(esms: Driver, name: str, kind: str) -> None:
    fields = {"SmsType": kind, "OAID": OA, "Brandname": None}
    for text in (f"{TEXT} ", TEXT.replace("686868", "6" * 10)):
        sms_id = await send_message(esms, name, **fields, Content=text)
        held = await read_message(esms, sms_id)
        equal((held["channel"], held["sender"], held["text"]), ("zalo", OA, text), "channel, sender and text")
    equal(held["code"], "6" * 10, "code")
    for wrong in (TEXT.replace("686868", "6" * 11), TEXT[1:], "x", None):
        expect(await esms.call(name, **fields, Content=wrong), "template_not_configured")
    status = await esms.call("QueryZnsStatus", SmsId=sms_id, SmsType=kind)
    equal(expect(status, "zns_status_told").json["Data"]["SMSID"], sms_id, "SMSID of its type")


@bulk_case(
    rule="Where the quota is used up, a whole text fails too; SendDate, RequestId and Sandbox are those of messages.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CALLBACKS],
    sends=3,
    covers=["esms.full-content", "esms.zns-quota"],
)
async def full_content_like_sends(esms: Driver) -> None:
    fields = {"SmsType": "25", "OAID": OA, "Content": "686868"}
    templates = [{"id": ZNS_TEMPLATE, "text": "<otp>", "price": 330}]
    await esms.account(official_accounts=[{"id": OA, "templates": templates, "quota": {"daily": 1}}])
    before = await read_balance(esms)
    await send_message(esms, **fields, Sandbox="1")
    sent = [await send_message(esms, **fields, CallbackUrl=NOBODY_LISTENS, RequestId=each) for each in ("a", "b")]
    expect(await esms.call(JSON_SEND, **fields, RequestId="a"), "duplicate_request")
    await esms.advance("5s")

    equal([(await read_message(esms, each))["state"] for each in sent], ["delivered", "failed"], "states")
    equal(before - await read_balance(esms), 330, "price")
    told = {dict(fields_of(each))["TypeId"] for each in await list_callbacks(esms)}
    equal(told, {"25"}, "TypeId")
    await esms.account(official_accounts=[{"id": OA, "templates": [{**templates[0], "status": "pending"}]}])
    expect(await esms.call(JSON_SEND, **fields), "template_not_configured")
    expect(await esms.call(ZNS), "template_not_configured")

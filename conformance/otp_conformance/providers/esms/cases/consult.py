"""Consult and transaction messages of eSMS to followers."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import CONSULT, OA, PAYLOAD, UID
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MOVED,
    fields_of,
    is_duplicate,
    read_balance,
    read_message,
    send_message,
)

consult_case = partial(case, "esms", "consult")

BUTTON = {"title": "Xem", "type": "oa.open.url", "payload": {"url": "https://esms.vn"}}
ROW = {"key": "Mã đơn hàng", "value": "F-01"}
HEADER = {"type": "header", "content": "Trạng thái đơn hàng", "align": "left"}
TABLE = {"type": "table", "content": [ROW]}
NAMES = ["SMSID", "SendFailed", "SendStatus", "SendSuccess", "TotalPrice", "TotalReceiver", "TotalSent"]
NAMES += ["RequestId", "TypeId", "phonenumber", "error_info", "oaid", "partnerids"]


def payload(content: Any, text: str | None = "Chao ban", uid: Any = UID) -> dict[str, Any]:
    """Write a payload with the content of its attachment."""
    message = {"attachment": {"type": "template", "payload": content}}
    return {"recipient": {"user_id": uid}, "message": message if text is None else {"text": text, **message}}


def buttons(*changes: dict[str, Any], text: str | None = "Chao ban") -> dict[str, Any]:
    """Write a payload with buttons."""
    return payload({"buttons": [{**BUTTON, **each} for each in changes]}, text)


def photo(**changes: Any) -> dict[str, Any]:
    """Write a payload with a photo."""
    element = {"media_type": "image", "url": "https://esms.vn/a.png", **changes}
    return payload({"template_type": "media", "elements": [element]})


def request(**changes: Any) -> dict[str, Any]:
    """Write a payload that asks for the user's data."""
    element = {"title": "Xin thong tin", "subtitle": "De phuc vu", "image_url": "https://esms.vn/a.png", **changes}
    return payload({"template_type": "request_user_info", "elements": [element]}, None)


def transaction(*elements: dict[str, Any], kind: str = "transaction_order", **members: Any) -> dict[str, Any]:
    """Write a payload of a transaction."""
    return payload({"template_type": kind, "elements": list(elements or (HEADER, TABLE)), **members}, None)


def table(*rows: dict[str, Any]) -> dict[str, Any]:
    """Write a payload of a transaction with rows."""
    return transaction({"type": "table", "content": list(rows)})


GOOD = {
    "button": (buttons({}), "Chao ban"),
    "query": (buttons({"type": "oa.query.show", "payload": "x" * 1000}), "Chao ban"),
    "hidden-query": (buttons({"type": "oa.query.hide", "payload": "#a"}), "Chao ban"),
    "sms": (
        buttons({"type": "oa.open.sms", "payload": {"content": "x" * 160, "phone_code": "84901888484"}}),
        "Chao ban",
    ),
    "phone": (buttons({"type": "oa.open.phone", "payload": {"phone_code": "84901888484"}}), "Chao ban"),
    "long-title": (buttons({"title": "x" * 100}), "Chao ban"),
    "long-text": (buttons({}, text="x" * 2000), "x" * 2000),
    "photo": (photo(), "Chao ban"),
    "gif": (photo(media_type="gif"), "Chao ban"),
    "request": (request(), "Xin thong tin\nDe phuc vu"),
    "long-request": (request(title="x" * 100, subtitle="y" * 500), f"{'x' * 100}\n{'y' * 500}"),
    "transaction": (transaction(), "Trạng thái đơn hàng\nMã đơn hàng: F-01"),
    "english": (
        transaction({"type": "table", "content": [{"key": "Order Code", "value": "1"}]}, language="EN"),
        "Order Code: 1",
    ),
    "customer": (table({"key": "Tên khách hàng", "value": "An"}), "Tên khách hàng: An"),
    "six-rows": (table(*[ROW] * 6), "\n".join(["Mã đơn hàng: F-01"] * 6)),
    "long-sms-row": (table({"key": "Mã " + "x" * 22, "value": "y" * 100}), f"Mã {'x' * 22}: {'y' * 100}"),
    "long-header": (transaction({**HEADER, "content": "x" * 100}, TABLE), f"{'x' * 100}\nMã đơn hàng: F-01"),
    "paragraphs": (transaction(*[{"type": "text", "content": "x" * 250}] * 2), "\n".join(["x" * 250] * 2)),
    "style": (table(ROW, {"key": "Status", "value": "ok", "style": "green"}), "Mã đơn hàng: F-01\nStatus: ok"),
    "four-buttons": (
        transaction(buttons=[{**BUTTON, "title": "x" * 35}] * 4),
        "Trạng thái đơn hàng\nMã đơn hàng: F-01",
    ),
}
WRONG = {
    "no-user": payload({"buttons": [BUTTON]}, uid=""),
    "blank-user": payload({"buttons": [BUTTON]}, uid="a b"),
    "user-too-long": payload({"buttons": [BUTTON]}, uid="1" * 65),
    "no-recipient": {"message": buttons({})["message"]},
    "no-message": {"recipient": {"user_id": UID}},
    "no-attachment": {"recipient": {"user_id": UID}, "message": {"text": "a"}},
    "no-text": buttons({}, text=None),
    "text-too-long": buttons({}, text="x" * 2001),
    "no-buttons": payload({"buttons": []}),
    "title-too-long": buttons({"title": "x" * 101}),
    "button-of-no-type": buttons({"type": "oa.open.door"}),
    "button-without-url": buttons({"payload": {}}),
    "query-too-long": buttons({"type": "oa.query.show", "payload": "x" * 1001}),
    "query-object": buttons({"type": "oa.query.show"}),
    "url-text": buttons({"payload": "https://esms.vn"}),
    "sms-too-long": buttons({"type": "oa.open.sms", "payload": {"content": "x" * 161, "phone_code": "1"}}),
    "sms-without-phone": buttons({"type": "oa.open.sms", "payload": {"content": "x"}}),
    "phone-without-phone": buttons({"type": "oa.open.phone", "payload": {}}),
    "unknown-template": payload({"template_type": "list", "elements": []}),
    "video": photo(media_type="video"),
    "photo-without-url": photo(url=""),
    "two-photos": payload(
        {"template_type": "media", "elements": photo()["message"]["attachment"]["payload"]["elements"] * 2}
    ),
    "request-title-too-long": request(title="x" * 101),
    "subtitle-too-long": request(subtitle="x" * 501),
    "request-without-image": request(image_url=None),
    "request-of-nothing": payload({"template_type": "request_user_info", "elements": []}),
    "other-language": transaction(language="FR"),
    "element-of-no-type": transaction({"type": "video"}),
    "no-elements": payload({"template_type": "transaction_order", "elements": []}, None),
    "header-too-long": transaction({**HEADER, "content": "x" * 101}, TABLE),
    "paragraph-too-long": transaction({"type": "text", "content": "x" * 251}),
    "three-paragraphs": transaction(*[{"type": "text", "content": "x"}] * 3),
    "banner-without-image": transaction({"type": "banner"}),
    "align": transaction({**HEADER, "align": "up"}),
    "nameless-table": table({"key": "Gia", "value": "1"}),
    "key-too-long": table({"key": "Mã " + "x" * 23, "value": "1"}),
    "value-too-long": table({**ROW, "value": "x" * 101}),
    "seven-rows": table(*[ROW] * 7),
    "style-of-another": table({**ROW, "style": "green"}),
    "no-colour": table(ROW, {"key": "Status", "value": "1", "style": "pink"}),
    "five-buttons": transaction(buttons=[BUTTON] * 5),
}


@consult_case(
    rule="The user gets the text, 2,000 characters at most; the message goes to the phone where that is known.",
    needs=MOVED,
    covers=["esms.consult-text", "esms:accepted", "esms:payload_invalid"],
    kills=["esms.consult-as-sms"],
    sends=2,
)
async def text(esms: Driver) -> None:
    sms_id = await send_message(esms, CONSULT, Content="Ma cua ban la 686868")
    held = await read_message(esms, sms_id)
    equal((held["channel"], held["sender"], held["to"]), ("zalo", OA, "+84901888484"), "channel, sender and phone")
    equal((held["text"], held["code"]), ("Ma cua ban la 686868", "686868"), "text and code")

    expect(await esms.call(CONSULT, Content="x" * 2000), "accepted")
    expect(await esms.call(CONSULT, Content="x" * 2001), "payload_invalid")


@consult_case(
    rule="What the payload shows is the text of the message.",
    needs=MOVED,
    covers=["esms.consult-payload", "esms:accepted"],
    choices={"esms.transaction-title": "35"},
    rows=GOOD,
)
async def payloads(esms: Driver, given: dict[str, Any], text: str) -> None:
    sms_id = await send_message(esms, PAYLOAD, Payload=given)

    equal((await read_message(esms, sms_id))["text"], text, "text")


@consult_case(
    rule="A payload that is not as prescribed is refused.",
    tier=Tier.NOTHING,
    covers=["esms.consult-payload", "esms:payload_invalid"],
    rows={name: (given,) for name, given in WRONG.items()},
)
async def wrong_payloads(esms: Driver, given: dict[str, Any]) -> None:
    expect(await esms.call(PAYLOAD, Payload=given), "payload_invalid")


@consult_case(
    rule="The title of a button below a transaction has 35 characters at most, by choice 100.",
    needs=[Feature.CHOICES],
    covers=["esms.transaction-title", "esms.transaction-title=35", "esms.transaction-title=100"],
    rows={"35": ("35", 35), "100": ("100", 100)},
)
async def transaction_titles(esms: Driver, option: str, most: int) -> None:
    await esms.choose(transaction_title=option)
    given = [transaction(buttons=[{**BUTTON, "title": "x" * length}]) for length in (most, most + 1)]

    expect(await esms.call(PAYLOAD, Payload=given[0]), "accepted")
    expect(await esms.call(PAYLOAD, Payload=given[1]), "payload_invalid")


@consult_case(
    rule="An Official Account that is not active is refused like an unknown one.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=["esms.consult-oa", "esms:oa_unknown"],
    rows={name: (name,) for name in (CONSULT, PAYLOAD)},
)
async def official_accounts(esms: Driver, name: str) -> None:
    for missing in (None, "1"):
        expect(await esms.call(name, OAID=missing), "oa_unknown")
    await esms.account(official_accounts=[{"id": OA, "active": False}])
    expect(await esms.call(name), "oa_unknown")


@consult_case(
    rule="Who does not follow the Official Account gets nothing, and it costs nothing.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS],
    sends=3,
    covers=["esms.consult-follower", "esms.consult-price"],
    kills=["esms.consult-anybody"],
    rows={name: (name,) for name in (CONSULT, PAYLOAD)},
)
async def followers(esms: Driver, name: str) -> None:
    left = {"official_account": OA, "uid": "2", "follows": False}
    stays = {"official_account": OA, "uid": "1"}
    quota = {"id": OA, "quota": {"daily": 0}}
    await esms.account(followers=[stays, left], balance=2 * 850, official_accounts=[quota])
    sent = []
    for uid in ("1", "2", "3"):
        changes = {"User_id": uid} if name == CONSULT else {"Payload": payload({"buttons": [BUTTON]}, uid=uid)}
        sent.append(await send_message(esms, name, **changes))
        await esms.advance("2s")

    equal([(await read_message(esms, each))["state"] for each in sent], ["delivered", "failed", "failed"], "states")
    equal(await read_balance(esms), 850, "balance")


@consult_case(
    rule="RequestId is what it is of other messages, and SendDate and Sandbox where they are fields.",
    needs=[*MOVED, Feature.ACCOUNTS],
    sends=4,
    covers=["esms.consult-like-sends", "esms:duplicate_request"],
    kills=["esms.consult-try-sent"],
)
async def like_other_sends(esms: Driver) -> None:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    before = await read_balance(esms)
    await send_message(esms, PAYLOAD, Sandbox=1)
    equal((await esms.messages(), await read_balance(esms)), ([], before), "messages and balance after a try")
    sms_id = await send_message(esms, PAYLOAD, RequestId="a", SendDate="2031-05-02 12:00:10")
    await send_message(esms, CONSULT, RequestId="b", SendDate="2031-05-02 12:00:10")
    equal([await is_duplicate(esms, each) for each in ("a", "b")], [True, True], "duplicates")
    expect(await esms.call(CONSULT, RequestId="b"), "duplicate_request")
    await esms.advance("5s")
    states = [each["state"] for each in await esms.messages()]
    equal(sorted(states), ["delivered", "queued"], "states: the text has no SendDate")
    await esms.advance("15s")
    equal((await read_message(esms, sms_id))["state"], "delivered", "state after its time")


@consult_case(
    rule="Its callback has the type 26, the user's id as the phone, and what Zalo says encoded once more.",
    needs=[*MOVED, Feature.CALLBACKS, Feature.ACCOUNTS],
    covers=["esms.callback-consult"],
    kills=["esms.callback-consult-carrier"],
    rows={name: (name,) for name in (CONSULT, PAYLOAD)},
)
async def told(esms: Driver, name: str) -> None:
    await esms.stop_clock("2024-04-24T09:58:00Z")
    await send_message(esms, name, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")
    await esms.account(followers=[])
    await send_message(esms, name, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("2s")

    success, failure = [fields_of(each) for each in await list_callbacks(esms)]
    equal([name for name, _ in success], NAMES, "fields")
    held = dict(success)
    equal((held["TypeId"], held["phonenumber"], held["oaid"]), ("26", UID, OA), "type, user and account")
    matches(held["partnerids"], "[0-9a-f]{20}", "Zalo's id")
    begin = f"%7B%22data%22:%7B%22message_id%22:%22{held['partnerids']}%22,%22user_id%22:%22{UID}%22%7D,"
    end = "%22error%22:0,%22message%22:%22Success%22%7D____24/04/2024%2016:58:01"
    equal(held["error_info"], begin + end, "what Zalo says")
    equal(dict(failure)["SendFailed"], "1", "failures of the second")

"""SendSimple: the answer, its rows, lists of recipients, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.amoot.steps import MESSAGES

text_to_many_case = partial(case, "amoot", "text to many")

SIMPLE = "SendSimple"
KEYS = ["MessageText", "SMSPagesCount", "CampaignID", "Price", "Status", "Data"]
ONE, TWO, THREE = 9120000000, 9150000000, 9190000000


def join_mobiles(*mobiles: object) -> str:
    """Write a list of recipients in one text."""
    return ",".join(map(str, mobiles))


@text_to_many_case(
    rule="The answer has six keys in their order and a row with three; CampaignID has eight digits.",
    sources=["AM O2, CampaignID at the top", "D, sample of SendSimple", "W"],
    covers=[
        "amoot:success",
        "amoot.simple-shape",
        "amoot.envelope",
        "amoot.rows-shape",
        "amoot.campaign-id",
        "amoot.mobile-echo-number",
        "amoot.message-id-number",
        "amoot.http-200",
    ],
    kills=["amoot.simple-campaign-is-message"],
)
async def shape(amoot: Driver) -> None:
    answer = expect(await amoot.call(SIMPLE), "success")

    body = answer.json
    equal(list(body), KEYS, "keys")
    matches(str(body["CampaignID"]), "[0-9]{8}", "CampaignID")
    (row,) = body["Data"]
    equal(list(row), ["Mobile", "MessageID", "Status"], "keys of the row")
    equal((row["Mobile"], row["Status"]), (ONE, body["Status"]), "the row")
    true(type(row["MessageID"]) is int and row["MessageID"] > 0, "a positive MessageID", row)
    equal((body["MessageText"], body["SMSPagesCount"]), ("Test", 1), "text and parts")


@text_to_many_case(
    rule="On a refusal the six keys are there: no text, one page, zeros and an empty array.",
    sources=["D, error sample of SendSimple"],
    tier=Tier.NOTHING,
    covers=["amoot.simple-refusal", "amoot.refusal-shape", "amoot:sms_message_text_empty"],
    kills=["amoot.simple-refusal-no-page", "amoot.simple-refusal-short"],
    rows={"text": ({"SMSMessageText": None}, "sms_message_text_empty"), "token": ({"Token": "x"}, "token_invalid")},
)
async def refusal_shape(amoot: Driver, changes: Mapping[str, Any], outcome: str) -> None:
    body = expect(await amoot.call(SIMPLE, **changes), outcome).json

    equal(list(body), KEYS, "keys")
    equal([body[key] for key in KEYS if key != "Status"], [None, 1, 0, 0, []], "values")


@text_to_many_case(
    rule="There is one row for each entry of the list, in its order; one that stands twice has two messages.",
    level=Level.SHOULD,
    sends=1,
    covers=["amoot.rows-order", "amoot.message-id-meaning", "amoot.rows-status"],
    kills=["amoot.simple-rows-sorted", "amoot.simple-duplicates-dropped", "amoot.simple-one-id"],
)
async def rows_in_order(amoot: Driver) -> None:
    sent = expect(await amoot.call(SIMPLE, Mobiles=join_mobiles(THREE, ONE, TWO, ONE)), "success")

    rows = sent.json["Data"]
    equal([row["Mobile"] for row in rows], [THREE, ONE, TWO, ONE], "recipients")
    equal(len({row["MessageID"] for row in rows}), 4, "different numbers")
    equal({row["Status"] for row in rows}, {sent.json["Status"]}, "statuses")


@text_to_many_case(
    rule="A recipient that is no mobile number has the row Mobile_Invalid with two zeros; the call is a Success.",
    level=Level.SHOULD,
    covers=["amoot.rows-invalid", "amoot.rows-status"],
    kills=[
        "amoot.simple-one-bad-fails-all",
        "amoot.simple-bad-row-dropped",
        "amoot.simple-bad-row-success",
        "amoot.simple-charged-for-all",
    ],
)
async def bad_row(amoot: Driver) -> None:
    sent = expect(await amoot.call(SIMPLE, Mobiles=join_mobiles("02188776655", ONE)), "success")

    bad, good = sent.json["Data"]
    name = sent.spec.outcomes["mobile_invalid"]
    written = name.code if sent.option("amoot.status-format") == "number" else name.message
    equal(bad, {"Mobile": 0, "MessageID": 0, "Status": written}, "the row of the bad one")
    true(good["MessageID"] > 0, "the good one was sent to", good)
    equal(sent.json["Price"], expect(await amoot.call(SIMPLE), "success").json["Price"], "the price of one")


@text_to_many_case(
    rule="When no recipient can be sent to, the answer is Mobiles_Invalid; an empty list is Mobiles_Empty.",
    sources=["S, status table, 17 and 102"],
    tier=Tier.NOTHING,
    covers=["amoot:mobiles_empty", "amoot:mobiles_invalid", "amoot.mobiles-empty", "amoot.mobiles-none-left"],
    rows={
        "missing": (None, "mobiles_empty"),
        "empty": ("", "mobiles_empty"),
        "separators": (" ,;| ", "mobiles_empty"),
        "one-bad": ("912000000", "mobiles_invalid"),
        "all-bad": ("x,02188776655", "mobiles_invalid"),
    },
)
async def nobody(amoot: Driver, mobiles: str | None, outcome: str) -> None:
    expect(await amoot.call(SIMPLE, Mobiles=mobiles), outcome)


@text_to_many_case(
    rule="A list is split at commas, semicolons, bars and ends of lines; blanks and empty entries do not count.",
    sources=["D, ContactSearch"],
    level=Level.SHOULD,
    covers=["amoot.list-separators", "amoot.mobile-folding", "amoot.mobile-leading-zero"],
    kills=["amoot.simple-comma-only"],
    rows={
        "comma": (f"{ONE},{TWO}",),
        "semicolon": (f"{ONE};{TWO}",),
        "bar": (f"{ONE}|{TWO}",),
        "newline": (f"{ONE}\n{TWO}",),
        "windows": (f"{ONE}\r\n{TWO}\r\n",),
        "blanks": (f" 0{ONE} ,, +98{TWO} ;",),
    },
)
async def separators(amoot: Driver, mobiles: str) -> None:
    sent = expect(await amoot.call(SIMPLE, Mobiles=mobiles), "success")

    equal([row["Mobile"] for row in sent.json["Data"]], [ONE, TWO], "recipients")


@text_to_many_case(
    rule="A list may be a JSON array of texts or numbers, or a field that is given several times.",
    sources=["D, samples of SendSimple"],
    covers=["amoot.list-several", "amoot.numbers-as-text", "amoot.json-body", "amoot.form-body"],
    kills=["amoot.simple-first-only"],
    rows={
        "json-texts": ([f"0{ONE}", str(TWO)], None),
        "json-numbers": ([ONE, TWO], None),
        "json-text": (f"{ONE},{TWO}", None),
        "repeated": (None, f"&Mobiles={ONE}&Mobiles={TWO}"),
    },
)
async def several(amoot: Driver, value: Any, more: str | None) -> None:
    fields = amoot.fields(SIMPLE, {"Mobiles": value})
    if more is None:
        answer = await amoot.request(SIMPLE, fields, body_as=JSON)
    else:
        text = "&".join(f"{name}={each}" for name, each in fields.items())
        answer = await amoot.request(
            SIMPLE, {}, raw_body=text + more, query="", headers={"Content-Type": FORM}, method="POST"
        )

    equal([row["Mobile"] for row in expect(answer, "success").json["Data"]], [ONE, TWO], "recipients")


@text_to_many_case(
    rule="Each recipient gets the text as it is, over the line that was named; the messages are those of the rows.",
    needs=MESSAGES,
    covers=["amoot.simple-text-plain", "amoot.utf8-text", "amoot.message-id-meaning", "amoot.line-case"],
    kills=["amoot.simple-text-as-template", "amoot.simple-one-id"],
)
async def messages(amoot: Driver) -> None:
    text = "کد 4821 %code%"
    sent = expect(
        await amoot.call(SIMPLE, SMSMessageText=text, Mobiles=join_mobiles(ONE, TWO), LineNumber="SERVICE"), "success"
    )

    held = await amoot.messages(provider="amoot")
    equal([each["to"] for each in held], [f"+98{ONE}", f"+98{TWO}"], "recipients")
    equal([each["id"] for each in held], [str(row["MessageID"]) for row in sent.json["Data"]], "ids")
    equal({(each["text"], each["code"], each["sender"]) for each in held}, {(text, "4821", "SERVICE")}, "messages")


@text_to_many_case(
    rule="With a SendDateTime in the future all messages are queued until then; they are charged at once.",
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.CLOCK, *MESSAGES],
    covers=["amoot.send-time-future", "amoot.rows-charge"],
    kills=["amoot.simple-never-queued"],
    rows={SIMPLE: (SIMPLE, {"Mobiles": join_mobiles(ONE, TWO)}), "SendPeerToPeer": ("SendPeerToPeer", {})},
)
async def queued(amoot: Driver, name: str, changes: Mapping[str, Any]) -> None:
    credit = (await amoot.account_now())["credit"]
    sent = expect(await amoot.call(name, SendDateTime="2099-01-01 00:00:00", **changes), "success")

    del sent
    held = await amoot.messages()
    equal({each["state"] for each in held}, {"queued"}, "states")
    equal((await amoot.account_now())["credit"], credit - sum(each["price"] for each in held), "credit")


@text_to_many_case(
    rule="Without SendDateTime the text is sent at once; fields that the method does not know change nothing.",
    sources=["AM O2"],
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["amoot.send-time-optional", "amoot.unknown-parameters"],
    rows={"bare": ({},), "extras": ({"SMSText": "x", "MobileNumbers": "1", "account_token": ""},)},
)
async def without_time(amoot: Driver, more: Mapping[str, str]) -> None:
    expect(await amoot.call(SIMPLE, SendDateTime=None, **more), "success")

    (message,) = await amoot.messages()
    equal((message["state"], message["text"]), ("sent", "Test"), "state and text")


@text_to_many_case(
    rule="Of two things that are wrong the one that is checked first is told.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.simple-order", "amoot.line-empty", "amoot.line-unknown", "amoot:line_number_empty"],
    rows={
        "text-before-line": ({"SMSMessageText": None, "LineNumber": None}, "sms_message_text_empty"),
        "line-before-list": ({"LineNumber": None, "Mobiles": None}, "line_number_empty"),
        "list-before-line-exists": ({"Mobiles": ",", "LineNumber": "x"}, "mobiles_empty"),
        "line-exists-before-valid": ({"LineNumber": "x", "Mobiles": "1"}, "line_number_not_exist"),
    },
)
async def order(amoot: Driver, changes: Mapping[str, str | None], outcome: str) -> None:
    expect(await amoot.call(SIMPLE, **changes), outcome)

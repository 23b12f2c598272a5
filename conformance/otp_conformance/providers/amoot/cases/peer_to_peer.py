"""SendPeerToPeer: the answer, campaigns, pairs that fail, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.amoot.cases.send_simple import ONE, THREE, TWO
from otp_conformance.providers.amoot.steps import MESSAGES, PEERS

peers_case = partial(case, "amoot", "peers")


def pairs(*each: tuple[object, object]) -> list[dict[str, object]]:
    """Write the pairs of number and text as the call wants them."""
    return [{"Number": number, "MessageText": text} for number, text in each]


@peers_case(
    rule="Data comes before Status, all keys in their order; numbers are numbers, a campaign has eight digits.",
    sources=["D, sample of SendPeerToPeer"],
    covers=["amoot:success", "amoot.peer-json", "amoot.peer-shape", "amoot.peer-number", "amoot.mobile-echo-national"],
    kills=["amoot.peer-number-as-text", "amoot.peer-ids-swapped"],
)
async def shape(amoot: Driver) -> None:
    body = expect(await amoot.call(PEERS), "success").json

    equal(list(body), ["Data", "Status"], "keys")
    data = body["Data"]
    equal(list(data), ["CampaignsCreated", "TotalCampaignNumbersCreated", "FailedCount", "Campaigns"], "keys of Data")
    equal([data[key] for key in list(data)[:3]], [1, 1, 0], "counts")
    (campaign,) = data["Campaigns"]
    equal(list(campaign), ["Numbers", "Status", "MessageText", "ID", "SMSPagesCount"], "keys of a campaign")
    equal([campaign[key] for key in ("Status", "MessageText", "SMSPagesCount")], [body["Status"], "Test", 1], "values")
    (number,) = campaign["Numbers"]
    equal((list(number), number["Number"]), (["ID", "Number"], ONE), "the number")
    matches(str(campaign["ID"]), "[0-9]{8}", "ID of the campaign")
    matches(str(number["ID"]), "[0-9]{9}", "ID of the message")


@peers_case(
    rule="On a refusal Data is null and comes first.",
    sources=["D, error sample of SendPeerToPeer"],
    tier=Tier.NOTHING,
    covers=["amoot.peer-shape", "amoot.refusal-shape", "amoot:line_number_empty"],
    kills=["amoot.peer-refusal-empty"],
)
async def refusal(amoot: Driver) -> None:
    body = expect(await amoot.call(PEERS, LineNumber=None), "line_number_empty").json

    equal((list(body), body["Data"]), (["Data", "Status"], None), "keys and Data")


@peers_case(
    rule="Pairs with the same text make one campaign; campaigns come in the order of their first pair.",
    level=Level.SHOULD,
    covers=["amoot.peer-campaigns", "amoot.parts", "amoot.campaign-id"],
    kills=["amoot.peer-campaign-each", "amoot.peer-one-campaign"],
)
async def campaigns(amoot: Driver) -> None:
    given = pairs((ONE, "b"), (f"0{TWO}", "م" * 71), (f"+98{THREE}", "b"), (ONE, "b"))

    data = expect(await amoot.call(PEERS, Input=given), "success").json["Data"]

    equal((data["CampaignsCreated"], data["TotalCampaignNumbersCreated"], data["FailedCount"]), (2, 4, 0), "counts")
    equal([each["MessageText"] for each in data["Campaigns"]], ["b", "م" * 71], "texts")
    equal([each["SMSPagesCount"] for each in data["Campaigns"]], [1, 2], "parts")
    found = [[number["Number"] for number in each["Numbers"]] for each in data["Campaigns"]]
    equal(found, [[ONE, THREE, ONE], [TWO]], "numbers")
    ids = [number["ID"] for each in data["Campaigns"] for number in each["Numbers"]]
    equal((len(set(ids)), len({each["ID"] for each in data["Campaigns"]})), (4, 2), "different numbers")


@peers_case(
    rule="Each recipient gets the text of its pair; the ID of a number is the MessageID of its message.",
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["amoot.peer-ids", "amoot.message-id-meaning"],
    kills=["amoot.peer-ids-swapped", "amoot.peer-texts-mixed"],
)
async def messages(amoot: Driver) -> None:
    sent = expect(await amoot.call(PEERS, Input=pairs((ONE, "code 4821"), (TWO, "کد"))), "success")

    told = [
        (str(number["ID"]), f"+98{number['Number']}", each["MessageText"])
        for each in sent.json["Data"]["Campaigns"]
        for number in each["Numbers"]
    ]
    held = [(each["id"], each["to"], each["text"]) for each in await amoot.messages()]
    equal(sorted(held), sorted(told), "messages")
    equal({text for _, to, text in held if to == f"+98{ONE}"}, {"code 4821"}, "text")


@peers_case(
    rule="A pair without a valid number or without a text is counted as failed and is in no campaign.",
    level=Level.SHOULD,
    covers=["amoot.peer-failed-count"],
    kills=["amoot.peer-failed-not-counted", "amoot.peer-one-bad-fails-all"],
)
async def failed(amoot: Driver) -> None:
    given = [*pairs((ONE, "a"), ("x", "a"), ("", "b"), (TWO, ""), (TWO, None)), {"MessageText": "c"}, {"Number": "1"}]

    data = expect(await amoot.call(PEERS, Input=given), "success").json["Data"]

    equal((data["CampaignsCreated"], data["TotalCampaignNumbersCreated"], data["FailedCount"]), (1, 1, 6), "counts")
    equal([each["MessageText"] for each in data["Campaigns"]], ["a"], "texts")


@peers_case(
    rule="A missing Input is Mobiles_Empty, one without texts SMSMessageText_Empty, any other bad one Mobiles_Invalid.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=[
        "amoot:mobiles_empty",
        "amoot:mobiles_invalid",
        "amoot:sms_message_text_empty",
        "amoot.peer-empty",
        "amoot.peer-texts-empty",
        "amoot.peer-malformed",
        "amoot.mobiles-none-left",
    ],
    rows={
        "missing": (None, "mobiles_empty"),
        "empty": ([], "mobiles_empty"),
        "no-texts": (pairs((ONE, ""), (TWO, None)), "sms_message_text_empty"),
        "no-texts-at-all": ([{"Number": str(ONE)}], "sms_message_text_empty"),
        "no-numbers": (pairs(("x", "a"), ("1", "b")), "mobiles_invalid"),
        "half-pairs": (pairs(("x", "a"), (ONE, "")), "mobiles_invalid"),
        "object": ({"Number": str(ONE), "MessageText": "a"}, "mobiles_invalid"),
        "text": (str(ONE), "mobiles_invalid"),
        "numbers-only": ([ONE, TWO], "mobiles_invalid"),
    },
)
async def bad_input(amoot: Driver, given: Any, outcome: str) -> None:
    expect(await amoot.call(PEERS, Input=given), outcome)


@peers_case(
    rule="GET is not taken.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.peer-get"],
)
async def get(amoot: Driver) -> None:
    equal((await amoot.request(PEERS, amoot.fields(PEERS, {"Input": "[]"}), method="GET")).status, 405, "HTTP status")


@peers_case(
    rule="Of two things that are wrong the one that is checked first is told.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.peer-order", "amoot:line_number_not_exist", "amoot.line-unknown"],
    rows={
        "line-before-input": ({"LineNumber": None, "Input": []}, "line_number_empty"),
        "input-before-line-exists": ({"LineNumber": "x", "Input": []}, "mobiles_empty"),
        "texts-before-line-exists": ({"LineNumber": "x", "Input": pairs((ONE, ""))}, "sms_message_text_empty"),
        "line-exists-before-valid": ({"LineNumber": "x", "Input": pairs(("x", "a"))}, "line_number_not_exist"),
    },
)
async def order(amoot: Driver, changes: Mapping[str, Any], outcome: str) -> None:
    expect(await amoot.call(PEERS, **changes), outcome)

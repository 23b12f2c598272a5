"""SendOTP: what comes back."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, matches, says_json
from otp_conformance.providers.amoot.steps import IN_CLEAR, MESSAGES, SEND, latest_message

answer_case = partial(case, "amoot", "answer")


@answer_case(
    rule="Success: Status by name, Data one object of Mobile, MessageID, Code and Status, in this order, nothing else.",
    sources=["UK O2, the name", "S", "W"],
    choices={"amoot.status-format": "name", **IN_CLEAR},
    covers=[
        "amoot:success",
        "amoot.status-format=name",
        "amoot.status-names",
        "amoot.no-explanation",
        "amoot.no-wrapper",
        "amoot.data-object",
        "amoot.data-order",
        "amoot.data-status",
        "amoot.no-extras",
        "amoot.message-id-number",
        "amoot.message-id-size",
        "amoot.message-id-meaning",
        "amoot.content-type",
        "amoot.http-200",
    ],
    kills=["amoot.data-as-list", "amoot.wrapped"],
)
async def success_body(amoot: Driver) -> None:
    sent = await amoot.call(SEND)

    matches(
        sent.text,
        r'\{"Status":"Success","Data":\{"Mobile":9120000000,"MessageID":[1-9][0-9]{8},"Code":"[1-9][0-9]{3}","Status":"Success"\}\}',
        "body",
    )
    says_json(sent)
    equal(sent.status, 200, "HTTP status")


@answer_case(
    rule="A refusal has its status by name and Data null, with HTTP 200.",
    sources=["AM O2, HTTP 200", "D"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.data-null", "amoot.http-200", "amoot:mobile_invalid"],
    kills=["amoot.data-missing", "amoot.data-empty-list"],
)
async def refusal_body(amoot: Driver) -> None:
    refused = await amoot.call(SEND, Mobile="1")

    equal(refused.text, '{"Status":"Mobile_Invalid","Data":null}', "body")
    equal(refused.status, 200, "HTTP status")


@answer_case(
    rule="By choice the answer has an asterisk for each character of the code; the message has the code.",
    sources=["AM O2, a sample like the provider's"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES, *MESSAGES],
    choices={"amoot.code-returned": "masked"},
    covers=["amoot.code-returned=masked"],
    rows={SEND: (SEND,), "SendQuickOTP": ("SendQuickOTP",)},
)
async def masked(amoot: Driver, name: str) -> None:
    sent = await amoot.call(name, CodeLength="6")

    equal(sent.json["Data"]["Code"], "******", "Code")
    matches(str((await latest_message(amoot))["code"]), "[0-9]{6}", "code of the message")


@answer_case(
    rule="Where statuses are numbers, both places have the number.",
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"amoot.status-format": "number"},
    sends=3,
    covers=["amoot.status-format=number"],
)
async def numbers(amoot: Driver) -> None:
    sent, refused = await amoot.call(SEND), await amoot.call(SEND, Mobile="1")

    equal((sent.json["Status"], sent.json["Data"]["Status"]), (1, 1), "statuses")
    equal(refused.text, '{"Status":101,"Data":null}', "body")

"""What all operations of eSMS that only tell something share: keys, account, bodies, methods.

The rows are made of the spec: a new operation of this kind has its own without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import JSON, Driver
from otp_conformance.expect import equal, expect, text_of
from otp_conformance.providers.esms.names import BY_SMS_ID, STORED
from otp_conformance.providers.esms.steps import ACCOUNTS, BALANCE, QUERIES, SENT_DATA, TEMPLATES
from otp_conformance.recipe import published_bodies
from otp_conformance.response import Response
from otp_specs import Operation

queries_case = partial(case, "esms", "queries")

WITH_BODY = [each for each in QUERIES.values() if JSON in each.bodies]
SHORT = {BALANCE: "balance", SENT_DATA: "sent-data", TEMPLATES: "templates"}


SHAPES = {
    "esms.balance-refused": "both-zeros",
    "esms.brandnames-codes": "code-result",
    "esms.account-locked": "143",
    "esms.zns-template-refused": "code-result",
}
"""Under which the bodies of refusals are judged."""


UNPUBLISHED: Mapping[str, Mapping[str, Any]] = {STORED: {"Code": 0, "Message": ""}}
"""Refusals of operations of which no page shows one, where they are not like most (`esms.stored-callbacks-refused`)."""


def write_refusal(esms: Driver, operation: Operation, cause: str, answer: Response) -> str:
    """Write the refusal that an answer should be: the published one of the operation, with another row's code and text.

    The id that was asked for comes back where there is one. A text that is assumed is the answer's own.
    """
    (outcome,) = [each.outcome for each in operation.answers if cause in each.causes]
    shapes = [
        body
        for name, body in published_bodies("esms").items()
        if name.startswith(f"{operation.name}/authorize_failed") and "." not in name
    ]
    shape = shapes[0] if shapes else UNPUBLISHED.get(operation.name, {"CodeResult": "", "ErrorMessage": ""})
    row, asked = esms.spec.outcomes[outcome], esms.fields(operation.name, {}).get("RefId")
    text = text_of(answer, outcome)
    told: dict[str, Any] = {
        "SMSID": asked,
        **dict.fromkeys(esms.wire.codes, row.code),
        **dict.fromkeys(esms.wire.texts, text),
    }
    told |= {name: int(row.code or 0) for name in esms.wire.numbers}
    return orjson.dumps({name: told.get(name, value) for name, value in shape.items()}).decode()


@queries_case(
    rule="Wrong keys are refused in the operation's own shape, whatever else is wrong.",
    sources=["V2, query pages, tabs 101"],
    tier=Tier.NOTHING,
    covers=[
        *(f"esms:authorize_failed{variant}" for variant in ("", "_bare", "_stop")),
        *(f"esms.{what}" for what in ("balance-refused", "balance-code-response", "status-refused", "authorize-stop")),
        *(f"esms.{what}" for what in ("status-code-response", "receivers-code-result", "brandnames-codes")),
        "esms.balance-refused=both-zeros",
        "esms.brandnames-codes=code-result",
        "esms.zns-template-refused=code-result",
        "esms.query-no-count",
    ],
    choices=SHAPES,
    kills=[
        "esms.balance-refusal",
        "esms.status-refusal-text",
        "esms.status-refusal-id",
        "esms.secret-ignored",
        "esms.key-ignored",
    ],
    rows={
        f"{name}-{operation.name}": (operation, changes)
        for operation in QUERIES.values()
        for name, changes in {
            "wrong-key": {"ApiKey": "nobody"},
            "wrong-secret": {"SecretKey": "wrong"},
            "no-secret": {"SecretKey": None},
            "all-wrong-at-once": {"SecretKey": "wrong", "SmsType": None, "From": None, "Brandname": "x"},
        }.items()
        if "path" not in operation.fields["SecretKey"].places or name in ("wrong-key", "wrong-secret")
    },
)
async def keys(esms: Driver, operation: Operation, changes: dict[str, str | None]) -> None:
    answer = await esms.call(operation.name, **changes)

    equal(answer.text, write_refusal(esms, operation, "authorize_failed", answer), "body")


@queries_case(
    rule="A locked account and a caller that is not on the list are refused, in this order.",
    sources=["V2, error table, rows 140 and 143"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=[
        *(f"esms:account_locked{variant}" for variant in ("", "_bare")),
        *(f"esms:ip_not_allowed{variant}" for variant in ("", "_bare")),
        "esms.account-locked=143",
    ],
    choices=SHAPES,
    rows={
        f"{name}-{operation.name}": (operation, patch, cause)
        for operation in QUERIES.values()
        for name, patch, cause in (
            ("locked", {"blocked": True}, "account_locked"),
            ("ip", {"allowed_ips": ["192.0.2.1"]}, "ip_not_allowed"),
            ("both", {"blocked": True, "allowed_ips": []}, "account_locked"),
        )
    },
)
async def account(esms: Driver, operation: Operation, patch: Mapping[str, Any], cause: str) -> None:
    await esms.account(**patch)

    answer = await esms.call(operation.name)

    equal(answer.text, write_refusal(esms, operation, cause, answer), "body")


@queries_case(
    rule="A body that is no JSON object makes a request unusable, whatever the keys.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"esms.invalid-request-status": "400"},
    covers=["esms:invalid_request", "esms.body-unreadable", "esms.json-comments"],
    rows={
        f"{name}-{operation.name}": (operation.name, body)
        for operation in WITH_BODY
        for name, body in {"cut": '{"ApiKey":', "array": "[]", "comment": '{"SmsType":"2" // care\n}'}.items()
    },
)
async def unreadable(esms: Driver, operation: str, body: str) -> None:
    answer = await esms.request(operation, {}, raw_body=body, headers={"Content-Type": JSON})

    expect(answer, "invalid_request")


@queries_case(
    rule="Members of a JSON body may come in any order, and those that the operation does not know are ignored.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms.json-body"],
    rows={
        SHORT.get(each.name, each.name): (each.name, "no_data" if each.name == BY_SMS_ID else each.answers[-1].outcome)
        for each in WITH_BODY
    },
)
async def members(esms: Driver, operation: str, outcome: str) -> None:
    fields = esms.fields(operation, {"Unheard": {"Of": [1, 2]}})

    answer = await esms.request(operation, dict(reversed(fields.items())), body_as=JSON)

    expect(answer, outcome)


@queries_case(
    rule="An operation has the one method that is documented.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.get-only"],
    rows={name: (name, "POST" if operation.method == "GET" else "GET") for name, operation in QUERIES.items()},
)
async def methods(esms: Driver, operation: str, method: str) -> None:
    answer = await esms.request(operation, esms.fields(operation, {}), method=method)

    equal(answer.status, 405, "HTTP status")

"""What all operations of eSMS that only tell something share: keys, account, bodies, methods."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.steps import BALANCE, BRANDNAMES, QUERIES, RECEIVERS, SENT_DATA, STATUS, TEMPLATES

queries_case = partial(case, "esms", "queries")

ACCOUNTS = [Feature.ACCOUNTS]
REF = "434a124c-7818-4f45-bdf2-7f7b07fff210100"


def refusal(operation: str, code: int, text: str) -> str:
    """Write a refusal as the pages have it for each operation."""
    if operation == BALANCE:
        return f'{{"Balance":0,"CodeResponse":"{code}","ErrorMessage":"{text}"}}'
    if operation == STATUS:
        return f'{{"CodeResponse":"{code}","SMSID":"{REF}"}}'
    return f'{{"CodeResult":"{code}","ErrorMessage":"{text}"}}'


@queries_case(
    rule="Wrong keys are refused in the operation's own shape, whatever else is wrong.",
    sources=["tabs 101 of the query pages", "Q4", "Q9", "Q37", "Q38"],
    tier=Tier.NOTHING,
    covers=[
        *(f"esms:authorize_failed{variant}" for variant in ("", "_bare", "_stop")),
        *(f"esms.{what}" for what in ("balance-refused", "balance-code-response", "status-refused", "authorize-stop")),
        *(f"esms.{what}" for what in ("status-code-response", "receivers-code-result", "brandnames-codes")),
        "esms.query-no-count",
    ],
    kills=[
        "esms.balance-code-result",
        "esms.balance-refusal",
        "esms.status-code-result",
        "esms.status-refusal-text",
        "esms.status-refusal-id",
        "esms.receivers-code-response",
        "esms.names-refusal",
        "esms.no-full-stop",
        "esms.queries-count",
        "esms.secret-ignored",
        "esms.key-ignored",
    ],
    rows={
        f"{name}-{operation}": (operation, changes)
        for operation in QUERIES
        for name, changes in {
            "wrong-key": {"ApiKey": "nobody"},
            "wrong-secret": {"SecretKey": "wrong"},
            "no-secret": {"SecretKey": None},
            "all-wrong-at-once": {"SecretKey": "wrong", "SmsType": None, "From": None, "Brandname": "x"},
        }.items()
        if operation != BRANDNAMES or name in ("wrong-key", "wrong-secret")  # its path has both
    },
)
async def keys(esms: Driver, operation: str, changes: dict[str, str | None]) -> None:
    text = "Authorize Failed." if operation == SENT_DATA else "Authorize Failed"

    equal((await esms.call(operation, **changes)).text, refusal(operation, 101, text), "body")


@queries_case(
    rule="A locked account and a caller that is not on the list are refused, in this order.",
    sources=["error table V2, rows 140 and 143", "Q38"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=[
        *(f"esms:account_locked{variant}" for variant in ("", "_bare")),
        *(f"esms:ip_not_allowed{variant}" for variant in ("", "_bare")),
    ],
    kills=["esms.queries-lock-ignored", "esms.queries-ip-ignored", "esms.queries-ip-first"],
    rows={
        f"{name}-{operation}": (operation, patch, code, text)
        for operation in QUERIES
        for name, patch, code, text in (
            ("locked", {"blocked": True}, 143, "Account is locked or not activated"),
            ("ip", {"allowed_ips": ["192.0.2.1"]}, 140, "IP address is not allowed"),
            ("both", {"blocked": True, "allowed_ips": []}, 143, "Account is locked or not activated"),
        )
    },
)
async def account(esms: Driver, operation: str, patch: dict[str, object], code: int, text: str) -> None:
    await esms.account(**patch)

    equal((await esms.call(operation)).text, refusal(operation, code, text), "body")


@queries_case(
    rule="A body that is no JSON object makes a request unusable, whatever the keys.",
    sources=["Q3", "Q38", "Q47"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"esms.invalid-request-status": "400"},
    covers=["esms:invalid_request", "esms.body-unreadable", "esms.json-comments"],
    kills=["esms.strict-status"],
    rows={
        f"{name}-{operation}": (operation, body)
        for operation in (BALANCE, SENT_DATA, TEMPLATES)
        for name, body in {"cut": '{"ApiKey":', "array": "[]", "comment": '{"SmsType":"2" // care\n}'}.items()
    },
)
async def unreadable(esms: Driver, operation: str, body: str) -> None:
    answer = await esms.request(operation, {}, raw_body=body, headers={"Content-Type": "application/json"})

    expect(answer, "invalid_request")


@queries_case(
    rule="Members of a JSON body may come in any order, and those that the operation does not know are ignored.",
    sources=["1.4", "1.6"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms.json-body"],
    rows={
        "balance": (BALANCE, "balance_told"),
        "sent-data": (SENT_DATA, "sent_data_told"),
        "templates": (TEMPLATES, "templates_told"),
    },
)
async def members(esms: Driver, operation: str, outcome: str) -> None:
    fields = esms.fields(operation, {"Unheard": {"Of": [1, 2]}})

    answer = await esms.request(operation, dict(reversed(fields.items())), body_as="application/json")

    expect(answer, outcome)


@queries_case(
    rule="An operation has the one method that is documented.",
    sources=["Q46"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.get-only"],
    rows={
        operation: (operation, "POST" if operation in (STATUS, RECEIVERS, BRANDNAMES) else "GET")
        for operation in QUERIES
    },
)
async def methods(esms: Driver, operation: str, method: str) -> None:
    answer = await esms.request(operation, esms.fields(operation, {}), method=method)

    equal(answer.status, 405, "HTTP status")

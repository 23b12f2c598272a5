"""Refusals of GENCODE and CHECKCODE: each alone in its exact shape, and of two faults the first one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.providers.esms.conftest import CHECKCODE, GENCODE, INVALID_REQUEST, code_refused, refusal

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane


class Fault(NamedTuple):
    """Something wrong with a request or an account, and the refusal that it gives."""

    name: str
    body: str
    fields: dict[str, str | None]
    account: dict[str, Any]


TEMPLATE_MISMATCH = '{"CodeResult":"146","CountRegenerate":0,"ErrorMessage":"Sai template Brandname CSKH","SMSID":"*"}'
GENCODE_FAULTS = [
    Fault("keys", refusal(101, "Authorize Failed"), {"SecretKey": "x"}, {}),
    Fault("account", refusal(143, "Account is locked or not activated"), {}, {"blocked": True}),
    Fault("address", refusal(140, "IP address is not allowed"), {}, {"allowed_ips": ["192.0.2.1"]}),
    Fault("type", refusal(118, "Message type is not supported"), {"Type": "1"}, {}),
    Fault("length", INVALID_REQUEST, {"NumCharOfCode": "21"}, {}),
    Fault("phone", refusal(108, "The phone number 12 is not valid."), {"Phone": "12"}, {}),
    Fault("brandname", refusal(104, "Brand name code is not exist"), {"Brandname": "sandbox"}, {}),
    Fault("price", refusal(102, "No price list"), {}, {"price": None}),
    Fault("balance", refusal(103, "Balance not enough to send message"), {}, {"balance": 849}),
    Fault("template", TEMPLATE_MISMATCH, {"message": "x"}, {}),
]
CHECKCODE_FAULTS = [
    *GENCODE_FAULTS[:3],
    Fault("phone", code_refused("1NTTJ6", "12"), {"Phone": "12"}, {}),
]
NEVER_TOGETHER = {("price", "balance")}
"""An account without a price cannot lack the money for it."""


def masked(body: str) -> str:
    """Put a star in the place of an SMSID."""
    head, mark, _ = body.partition('"SMSID":"')
    return f'{head}{mark}*"}}' if mark else body


def pairs(faults: list[Fault]) -> list[tuple[Fault, Fault]]:
    """Give all pairs in the order of the checks."""
    return [pair for pair in combinations(faults, 2) if (pair[0].name, pair[1].name) not in NEVER_TOGETHER]


def name_of(value: Any) -> str:
    """Name a fault or a pair."""
    return value.name if isinstance(value, Fault) else "-".join(each.name for each in value)


@pytest.mark.parametrize("fault", GENCODE_FAULTS, ids=name_of)
async def test_each_fault_of_gencode_has_its_refusal(lane: Lane, fault: Fault) -> None:
    """And leaves no message, no code, no charge."""
    lane.choose(code_length="strict")
    lane.patch(**fault.account)
    before = lane.account

    body = await lane.gencode(**fault.fields)

    assert masked(body) == fault.body
    assert (await lane.messages(), await lane.codes(), lane.account) == ([], [], before)


@pytest.mark.parametrize("pair", pairs(GENCODE_FAULTS), ids=name_of)
async def test_of_two_faults_of_gencode_the_first_is_told(lane: Lane, pair: tuple[Fault, Fault]) -> None:
    """Keys, account, address, type, unusable, phone, sender name, price, balance, template."""
    lane.choose(code_length="strict")
    lane.patch(**pair[1].account, **pair[0].account)

    body = await lane.gencode(**pair[1].fields, **pair[0].fields)

    assert masked(body) == pair[0].body


@pytest.mark.parametrize("pair", pairs(CHECKCODE_FAULTS), ids=name_of)
async def test_of_two_faults_of_checkcode_the_first_is_told(lane: Lane, pair: tuple[Fault, Fault]) -> None:
    """Keys, account, address, then the code."""
    lane.patch(**pair[1].account, **pair[0].account)

    assert await lane.checkcode("1NTTJ6", **pair[1].fields, **pair[0].fields) == pair[0].body


@pytest.mark.parametrize("operation", [GENCODE, CHECKCODE])
@pytest.mark.parametrize("name", ["ApiKey", "SecretKey"])
@pytest.mark.parametrize(
    "value", [None, "", "x", "sandbox-api-key", "SANDBOX-API-KEY ", "SANDBOX-API-KEY,SANDBOX-API-KEY"]
)
async def test_either_key_missing_or_wrong_is_a_stranger(
    lane: Lane, operation: str, name: str, value: str | None
) -> None:
    """No hint which one, and a request without anything else is refused for the keys too."""
    body = await lane.call(operation, **{name: value})
    empty = (await lane.reply(operation, {})).body.decode()

    assert (body, empty) == (refusal(101, "Authorize Failed"),) * 2


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (None, refusal(300, "Message type is missing")),
        ("", refusal(300, "Message type is missing")),
        ("1", refusal(118, "Message type is not supported")),
        ("3", refusal(118, "Message type is not supported")),
        ("02", refusal(118, "Message type is not supported")),
        ("2.0", refusal(118, "Message type is not supported")),
        ("2,2", refusal(118, "Message type is not supported")),
        ("abc", refusal(118, "Message type is not supported")),
        ("1" + "0" * 30, refusal(118, "Message type is not supported")),
    ],
)
async def test_the_type_must_be_customer_care(lane: Lane, kind: str | None, body: str) -> None:
    """Missing is 300, anything else is 118; the sibling's SmsType does not count."""
    assert await lane.gencode(Type=kind, SmsType="2") == body


@pytest.mark.parametrize(
    "brandname", [None, "", "sandbox", "SANDBOX", "Sandbox ", " Sandbox", "Other", "Sandbox,Sandbox"]
)
async def test_the_sender_name_must_be_registered_exactly(lane: Lane, brandname: str | None) -> None:
    """Case counts, and so do blanks."""
    assert await lane.gencode(Brandname=brandname) == refusal(104, "Brand name code is not exist")


@pytest.mark.parametrize("phone", [None, "", "12", "abc", "0901888484x", "097469188"])
async def test_a_phone_that_is_none_is_named_as_it_was_sent(lane: Lane, phone: str | None) -> None:
    """A missing one is named empty."""
    assert await lane.gencode(Phone=phone) == refusal(108, f"The phone number {phone or ''} is not valid.")


@pytest.mark.parametrize(
    ("allowed", "remote", "good"),
    [
        (None, "192.0.2.9", True),
        ([], "127.0.0.1", False),
        (["127.0.0.1"], "127.0.0.1", True),
        (["127.0.0.1"], "127.0.0.2", False),
        (["192.0.2.1", "::1"], "::1", True),
        (["127.0.0.1"], None, False),
    ],
)
@pytest.mark.parametrize("operation", [GENCODE, CHECKCODE])
async def test_the_list_of_addresses_says_who_may_call(
    lane: Lane,
    operation: str,
    allowed: list[str] | None,
    remote: str | None,
    good: bool,  # noqa: FBT001
) -> None:
    """Null allows all, an empty list none."""
    lane.patch(allowed_ips=allowed)
    lane.remote = remote

    body = await lane.call(operation)

    assert (body != refusal(140, "IP address is not allowed")) == good


async def test_a_blocked_account_is_refused_with_the_right_keys_too(lane: Lane) -> None:
    """143, on both operations; unblocked it goes on as before."""
    lane.patch(blocked=True)
    refused = [await lane.gencode(), await lane.checkcode("A")]
    lane.patch(blocked=False)
    await lane.gencode()

    assert refused == [refusal(143, "Account is locked or not activated")] * 2
    assert lane.verdict.cause == "accepted"


@pytest.mark.parametrize(
    ("choices", "fields"),
    [
        ({"lifetime_range": "strict"}, {"TimeAlive": "1"}),
        ({"lifetime_range": "strict"}, {"TimeAlive": "11"}),
        ({"code_length": "strict"}, {"NumCharOfCode": "0"}),
        ({"code_length": "strict"}, {"NumCharOfCode": "x"}),
    ],
)
@pytest.mark.parametrize(("option", "status"), [("400", 400), ("200", 200)])
async def test_an_unusable_request_has_a_body_of_its_own(
    lane: Lane, choices: dict[str, str], fields: dict[str, str], option: str, status: int
) -> None:
    """No result code, with the chosen status."""
    lane.choose(invalid_request_status=option, **choices)

    reply = await lane.reply(
        GENCODE,
        {
            "ApiKey": "SANDBOX-API-KEY",
            "SecretKey": "SANDBOX-SECRET-KEY",
            "Phone": "0901888484",
            "Brandname": "Sandbox",
            "Type": "2",
            "message": "{OTP}",
            **fields,
        },
    )

    assert (reply.body.decode(), reply.status) == (INVALID_REQUEST, status)
    assert reply.content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize("operation", [GENCODE, CHECKCODE])
async def test_every_answer_with_a_code_is_an_http_success(lane: Lane, operation: str) -> None:
    """Refusals too."""
    good = await lane.reply(operation, {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"})
    bad = await lane.reply(operation, {})

    assert [(each.status, each.content_type) for each in (good, bad)] == [(200, "application/json; charset=utf-8")] * 2

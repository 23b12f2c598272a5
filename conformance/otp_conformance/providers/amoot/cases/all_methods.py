"""What all methods of Amoot have in common: who may call, and the shape of a refusal. The rows are made of the spec."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.good_calls import good_fields
from otp_conformance.providers.amoot.steps import ACCOUNT
from otp_conformance.recipe import published_bodies
from otp_conformance.rooms import spec_of

all_methods_case = partial(case, "amoot", "all methods")

SPEC = spec_of("amoot")
METHODS = list(dict.fromkeys(each.name for each in SPEC.operations))

WITH_DEFAULTS = {"ContactCreate", "ContactEdit", "ContactDelete", "ContactGet"}
"""Methods that answer a refusal with an object without values."""


def empty_data() -> Iterator[tuple[str, str]]:
    """Give the methods that answer a status and data and nothing else, with what they have as data when refused."""
    sends = {each.name for each in SPEC.operations if each.role == "send"}
    published = published_bodies("amoot")
    for name in METHODS:
        body = published.get(f"{name}/success", {})
        if isinstance(body, dict) and list(body) == ["Status", "Data"] and name not in {*sends, *WITH_DEFAULTS}:
            refused = published.get(f"{name}/token_invalid", body)["Data"]
            yield name, r"\[\]" if isinstance(refused, list) else "null"


WAYS: dict[str, tuple[dict[str, Any], str]] = {
    "system": ({"system_disabled": True}, "system_disabled"),
    "token-off": ({"token": {"active": False}}, "token_disabled"),
    "token-address": ({"token": {"allowed_ips": []}}, "token_not_allow_ip"),
    "token-methods": ({"token": {"allowed_methods": []}}, "token_not_allow_method"),
    "user-off": ({"user": {"disabled": True}}, "user_disabled"),
    "user-banned": ({"user": {"web_service_banned": True}}, "user_web_service_banned"),
    "user-plain-http": ({"user": {"not_allow_http": True}}, "user_not_allow_http"),
    "user-methods": ({"user": {"allowed_methods": []}}, "user_not_allow_method"),
}


@all_methods_case(
    rule="The rules of system, token and user hold for every method, before anything else is looked at.",
    sources=["D, authentication page", "R"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.access-all-methods"],
    rows=WAYS,
)
async def access(amoot: Driver, patch: dict[str, Any], outcome: str) -> None:
    await amoot.account(**patch)

    for name in METHODS:
        empty = dict.fromkeys(good_fields(SPEC, name))
        expect(await amoot.call(name), outcome)
        expect(await amoot.call(name, **empty), outcome)


@all_methods_case(
    rule="A wrong token, and a user that does not exist, are refused by every method.",
    tier=Tier.NOTHING,
    covers=["amoot.access-all-methods"],
    rows={
        "token": ({"Token": "wrong"}, "token_invalid"),
        "user": ({"Token": None, "UserName": "nobody.at-all", "Password": "x"}, "user_not_exists"),
    },
)
async def strangers(amoot: Driver, fields: dict[str, Any], outcome: str) -> None:
    for name in METHODS:
        expect(await amoot.call(name, **fields), outcome)


@all_methods_case(
    rule="A token that is for one method opens this one and no other, whatever the case of its name.",
    tier=Tier.READS,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.access-all-methods", "amoot.token-lists"],
    rows={name: (name,) for name in (ACCOUNT, "GetMessages", "PatternCodeList")},
)
async def one_method(amoot: Driver, own: str) -> None:
    await amoot.account(token={"allowed_methods": [own.lower()]})

    for name in METHODS:
        expect(await amoot.call(name), "success" if name == own else "token_not_allow_method")


@all_methods_case(
    rule="A refused call has the shape of its method: null where an object would be, an empty array where rows.",
    sources=["D, samples of several methods"],
    tier=Tier.NOTHING,
    choices={"amoot.status-format": "name"},
    covers=["amoot.refusal-shape", "amoot.http-200"],
    kills=["amoot.refusal-always-null"],
    rows={name: (name, written) for name, written in empty_data()},
)
async def shapes(amoot: Driver, name: str, written: str) -> None:
    answer = await amoot.call(name, Token="wrong")  # noqa: S106  (wrong on purpose)

    matches(answer.text, rf'\{{"Status":"Token_Invalid","Data":{written}\}}', "body")
    equal(answer.status, 200, "HTTP status")

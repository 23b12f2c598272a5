"""SendOTP: who may call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.amoot.faults import UNKNOWN
from otp_conformance.providers.amoot.steps import ACCOUNT, GOOD, SEND, credential, without_token

authentication_case = partial(case, "amoot", "authentication")
account_case = partial(case, "amoot", "account")


def user_of(amoot: Driver) -> dict[str, str]:
    """Give the user name of the world, and its password."""
    return {name: credential(amoot, name) for name in ("UserName", "Password")}


@authentication_case(
    rule="The token may stand in the header, bare or behind Bearer; a user name with its password does as well.",
    sources=["UK O2", "AM O2", "S, C# sample", "C"],
    covers=[
        "amoot.token-header",
        "amoot.token-header-suffices",
        "amoot.token-bearer",
        "amoot.user-name-and-password",
        "amoot:success",
    ],
    kills=["amoot.header-ignored", "amoot.bearer-refused", "amoot.users-refused"],
    rows={
        "bare": (lambda amoot: {"Authorization": credential(amoot, "Token")}, None),
        "bearer": (lambda amoot: {"Authorization": f"Bearer {credential(amoot, 'Token')}"}, None),
        "user": (
            None,
            lambda amoot: {"UserName": credential(amoot, "UserName"), "Password": credential(amoot, "Password")},
        ),
    },
)
async def ways(amoot: Driver, headers: Any, fields: Any) -> None:
    answer = await amoot.request(
        SEND,
        {**without_token(amoot), **(fields(amoot) if fields else {})},
        body_as=FORM,
        headers=headers(amoot) if headers else {},
    )

    expect(answer, "success")


@authentication_case(
    rule="The token is taken as clients send it: behind Bearer beside a JSON body that has it too, and in lower case.",
    sources=["UK O2", "AM O2"],
    level=Level.SHOULD,
    covers=["amoot.token-bearer", "amoot.parameter-case", "amoot.json-body"],
    rows={
        "bearer-own": ("SendWithPatternOWN", {"body_as": JSON}, "Bearer {}", "Token"),
        "bearer-own-alone": ("SendWithPatternOWN", {"body_as": JSON}, "Bearer {}", None),
        "bare-pattern": ("SendWithPattern", {"body_as": FORM}, "{}", "Token"),
        "lower-case": (ACCOUNT, {"method": "GET"}, None, "token"),
        "lower-case-form": (ACCOUNT, {"body_as": FORM}, None, "token"),
        "lower-case-json": (ACCOUNT, {"body_as": JSON}, None, "token"),
    },
)
async def as_clients_do(amoot: Driver, name: str, how: dict[str, Any], header: str | None, field: str | None) -> None:
    token = credential(amoot, "Token")
    fields = amoot.fields(name, {"Token": None}) | ({field: token} if field else {})
    headers = {"Authorization": header.format(token)} if header else {}

    expect(await amoot.request(name, fields, headers=headers, **how), "success")


@authentication_case(
    rule="Any credential that is valid lets the call in, whatever the others are.",
    level=Level.SHOULD,
    covers=["amoot.credential-order"],
    kills=["amoot.first-credential-only"],
    rows={
        "header-wrong": (lambda amoot: {"Token": credential(amoot, "Token")}, {"Authorization": "wrong"}),
        "token-wrong": (
            lambda amoot: {
                "Token": "wrong",
                "UserName": credential(amoot, "UserName"),
                "Password": credential(amoot, "Password"),
            },
            {},
        ),
    },
)
async def any_valid(amoot: Driver, fields: Any, headers: Mapping[str, str]) -> None:
    answer = await amoot.request(SEND, {**without_token(amoot), **fields(amoot)}, method="GET", headers=headers)

    expect(answer, "success")


@authentication_case(
    rule="Wrong credentials are told by what was sent first: header, token, user.",
    sources=["S, status table, -1, -201, -202, 10, 11"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=[
        "amoot:token_not_exists",
        "amoot:token_invalid",
        "amoot:user_name_empty",
        "amoot:password_empty",
        "amoot:user_not_exists",
        "amoot.unknown-token",
        "amoot.malformed-token",
        "amoot.half-credentials",
        "amoot.unknown-user",
        "amoot.credential-error",
        "amoot.missing-credentials=token_not_exists",
    ],
    kills=["amoot.last-credential-told"],
    rows={
        "nothing": ({}, {}, "token_not_exists"),
        "unknown": ({"Token": UNKNOWN}, {}, "token_not_exists"),
        "malformed": ({"Token": "MyToken"}, {}, "token_invalid"),
        "header-malformed": ({}, {"Authorization": "MyToken"}, "token_invalid"),
        "header-unknown": ({}, {"Authorization": UNKNOWN}, "token_not_exists"),
        "header-first": ({"Token": UNKNOWN}, {"Authorization": "MyToken"}, "token_invalid"),
        "user-only": ({"UserName": "nobody"}, {}, "password_empty"),
        "password-only": ({"Password": "nothing"}, {}, "user_name_empty"),
        "unknown-user": ({"UserName": "nobody", "Password": "nothing"}, {}, "user_not_exists"),
        "token-before-user": ({"Token": "MyToken", "UserName": "nobody"}, {}, "token_invalid"),
    },
)
async def wrong(amoot: Driver, fields: Mapping[str, str], headers: Mapping[str, str], outcome: str) -> None:
    async with amoot.strangers_meet({"amoot.missing-credentials": "token_not_exists"}):
        answer = await amoot.request(SEND, {**GOOD, **fields}, method="GET", headers=headers)

    equal(expect(answer, outcome).json["Data"], None, "Data")


@authentication_case(
    rule="A wrong password of a known user is User_NotExists.",
    sources=["S, status table, -1"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.wrong-password": "user_not_exists"},
    covers=["amoot.wrong-password=user_not_exists", "amoot:user_not_exists"],
    kills=["amoot.password-ignored"],
)
async def wrong_password(amoot: Driver) -> None:
    fields = {**without_token(amoot), "UserName": credential(amoot, "UserName"), "Password": "wrong"}

    expect(await amoot.request(SEND, fields, method="GET"), "user_not_exists")


@authentication_case(
    rule="Where the older name is used, a wrong password is UserNameOrPassword_Invalid, an unknown user is not.",
    sources=["S, status table, 100"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"amoot.wrong-password": "user_name_or_password_invalid"},
    covers=["amoot.wrong-password=user_name_or_password_invalid", "amoot:user_name_or_password_invalid"],
)
async def older_name(amoot: Driver) -> None:
    fields = {**without_token(amoot), "UserName": credential(amoot, "UserName"), "Password": "wrong"}

    expect(await amoot.request(SEND, fields, method="GET"), "user_name_or_password_invalid")


@authentication_case(
    rule="A switched off or expired token is refused; the last good moment is just before it expires.",
    sources=["S, status table, -203 and -204", "D, authentication"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS, Feature.CLOCK],
    covers=["amoot:token_disabled", "amoot:token_expired", "amoot.token-state"],
    kills=["amoot.token-expiry-inclusive"],
    rows={
        "off": ({"active": False}, None, "token_disabled"),
        "before": ({}, 1, "success"),
        "at": ({}, 0, "token_expired"),
        "after": ({}, -1, "token_expired"),
        "both": ({"active": False}, 0, "token_disabled"),
    },
)
async def token_state(amoot: Driver, patch: dict[str, Any], left: int | None, outcome: str) -> None:
    if left is not None:
        clock = datetime.fromisoformat((await amoot.control("GET", "/clock"))["now"])
        patch = {**patch, "expires_at": (clock + timedelta(seconds=left)).isoformat()}
    await amoot.account(token=patch)

    expect(await amoot.call(SEND), outcome)


@authentication_case(
    rule="Lists of addresses and methods of token and user are kept; settings of the token do not bind a user.",
    sources=["S, status table, -107, -108, -207, -208", "D"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=[
        "amoot:token_not_allow_ip",
        "amoot:token_not_allow_method",
        "amoot:user_not_allow_ip",
        "amoot:user_not_allow_method",
        "amoot.token-lists",
        "amoot.user-lists",
    ],
    rows={
        "token-ip": ({"token": {"allowed_ips": ["192.0.2.1"]}}, "token_not_allow_ip"),
        "token-method": ({"token": {"allowed_methods": ["AccountStatus"]}}, "token_not_allow_method"),
        "user-ip": ({"user": {"allowed_ips": []}}, "user_not_allow_ip"),
        "user-method": ({"user": {"allowed_methods": []}}, "user_not_allow_method"),
        "ip-before-method": ({"token": {"allowed_ips": [], "allowed_methods": []}}, "token_not_allow_ip"),
    },
)
async def lists(amoot: Driver, patch: dict[str, Any], outcome: str) -> None:
    await amoot.account(**patch)

    expect(await amoot.call(SEND), outcome)


FLAGS = {
    "disabled": "user_disabled",
    "expired": "user_expired",
    "mobile_not_verified": "user_mobile_not_verified",
    "web_service_banned": "user_web_service_banned",
    "not_allow_web_service": "user_not_allow_web_service",
    "not_allow_http": "user_not_allow_http",
}


@account_case(
    rule="Each state of a user that forbids calls has its own status.",
    sources=["S, status table, -102 to -106", "D, status table, -109"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=[*(f"amoot:{outcome}" for outcome in FLAGS.values()), "amoot.user-state", "amoot.plain-http"],
    rows={flag: (flag, outcome) for flag, outcome in FLAGS.items()},
)
async def user_state(amoot: Driver, flag: str, outcome: str) -> None:
    await amoot.account(user={flag: True})

    expect(await amoot.call(SEND), outcome)


@account_case(
    rule="A disabled system, a demo account, and one whose organisation is undeclared send nothing.",
    sources=["S, status table, -300, 2, 0"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=[
        "amoot:system_disabled",
        "amoot:account_is_demo",
        "amoot:failed",
        "amoot.demo-account",
        "amoot.organisation-declared",
        "amoot.organisation-undeclared",
    ],
    rows={
        "system": ({"system_disabled": True}, "system_disabled"),
        "demo": ({"user": {"demo": True}}, "account_is_demo"),
        "organisation": ({"user": {"organisation_undeclared": True}}, "failed"),
    },
)
async def account_state(amoot: Driver, patch: dict[str, Any], outcome: str) -> None:
    await amoot.account(**patch)

    expect(await amoot.call(SEND), outcome)


@authentication_case(
    rule="A call without credentials is answered as it was chosen.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    covers=["amoot.missing-credentials=token_invalid", "amoot.missing-credentials=user_not_exists"],
    rows={
        "token_invalid": ("token_invalid", "Token_Invalid"),
        "user_not_exists": ("user_not_exists", "User_NotExists"),
    },
)
async def no_credentials(amoot: Driver, option: str, status: str) -> None:
    # Without credentials no lane can be found: strangers are asked, wherever they are answered.
    async with amoot.strangers_meet({"amoot.missing-credentials": option}):
        answer = await amoot.request(SEND, GOOD, method="GET")

    equal(answer.json["Status"], status, "Status")

"""SendOTP: who may call, how a call may look, and the order of checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from conformance.case import Feature, Level, Tier, case
from conformance.dialects import DIALECTS
from conformance.driver import FORM, JSON, Driver
from conformance.expect import equal, expect, true

SEND = "SendOTP"
GOOD = DIALECTS["amoot"].good[SEND]
UNKNOWN = "0123456789ABCDEF0123456789ABCDEF01234567"


def of(amoot: Driver, name: str) -> str:
    """Give a credential of the lane."""
    return amoot.lane.credentials["amoot"][name]


def without_token(amoot: Driver, **changes: str | None) -> dict[str, str]:
    """Give the fields of a good call without its token."""
    return amoot.fields(SEND, {"Token": None, **changes})


@case(
    "amoot",
    "encodings",
    rule="A call may be a GET, or a POST with its fields in the query, a form, multipart or JSON.",
    sources=["S samples", "2.1", "5.2-12, 5.2-13"],
    covers=[
        "amoot.http-methods",
        "amoot.form-body",
        "amoot.multipart-body",
        "amoot.json-body",
        "amoot.query-on-post",
        "amoot.mislabelled-json",
        "amoot.token-parameter",
    ],
    kills=["amoot.undecoded"],
    rows={
        "get": ({"method": "GET"},),
        "query-on-post": ({"method": "POST"},),
        "form": ({"body_as": FORM},),
        "json": ({"body_as": JSON},),
        "json-as-form": ({"body_as": JSON, "headers": {"Content-Type": FORM}},),
        "json-with-charset": ({"body_as": JSON, "headers": {"Content-Type": "application/json; charset=utf-8"}},),
    },
)
async def encodings(amoot: Driver, how: Mapping[str, Any]) -> None:
    fields = amoot.fields(SEND, {"SMSMessageText": "کد %code%"})

    expect(await amoot.request(SEND, fields, **how), "success")
    if Feature.MESSAGES in amoot.target.features:
        true((await amoot.messages())[-1]["text"].startswith("کد "), "the text as it was meant")


@case(
    "amoot",
    "encodings",
    rule="Multipart forms are read.",
    sources=["D, curl -F and PHP samples"],
    covers=["amoot.multipart-body"],
    kills=["amoot.undecoded"],
)
async def multipart(amoot: Driver) -> None:
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in amoot.fields(SEND, {}).items()
    ]
    body = "".join(parts) + "--xx--\r\n"

    answer = await amoot.request(
        SEND, {}, raw_body=body, query="", headers={"Content-Type": "multipart/form-data; boundary=xx"}
    )

    expect(answer, "success")


@case(
    "amoot",
    "encodings",
    rule="Where a field stands in query and body, the body wins; unknown fields are ignored; names match in any case.",
    sources=["2.1", "5.2-31"],
    level=Level.SHOULD,
    covers=["amoot.body-over-query", "amoot.unknown-parameters", "amoot.parameter-case"],
    rows={
        "body-wins": ({"query": "Mobile=1&LineNumber=x", "body_as": FORM}, {}),
        "unknown": ({"method": "GET"}, {"MobileNumbers": "1", "SMSText": "x"}),
    },
)
async def merged(amoot: Driver, how: Mapping[str, Any], more: Mapping[str, str]) -> None:
    expect(await amoot.request(SEND, {**amoot.fields(SEND, {}), **more}, **how), "success")


@case(
    "amoot",
    "encodings",
    rule="Parameter names and path match in any case.",
    sources=["C:13", "2.1"],
    level=Level.SHOULD,
    covers=["amoot.parameter-case", "amoot.path-case"],
    rows={"small": (str.lower, "/rest/sendotp"), "capitals": (str.upper, "/REST/SENDOTP")},
)
async def any_case(amoot: Driver, spelled: Any, path: str) -> None:
    fields = {spelled(name): value for name, value in amoot.fields(SEND, {}).items()}

    expect(await amoot.request(SEND, fields, method="GET", path=path), "success")


@case(
    "amoot",
    "encodings",
    rule="A body that can be read neither as what it says nor as JSON counts as empty.",
    sources=["3.3"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.unreadable-body"],
    rows={
        "broken-json": ('{"Mobile": ', JSON),
        "xml": ("<a/>", "text/xml"),
        "broken-multipart": ("--yy", "multipart/form-data; boundary=xx"),
    },
)
async def unreadable(amoot: Driver, body: str, kind: str) -> None:
    answer = await amoot.request(
        SEND, {}, raw_body=body, query=f"Token={of(amoot, 'Token')}", headers={"Content-Type": kind}
    )

    expect(answer, "sms_message_text_empty")


@case(
    "amoot",
    "encodings",
    rule="A repeated parameter has its values joined by commas: two mobiles are a list, which is invalid.",
    sources=[".NET"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.repeated-parameters"],
)
async def repeated(amoot: Driver) -> None:
    query = "&".join(f"{name}={value}" for name, value in amoot.fields(SEND, {}).items()) + "&Mobile=9120000001"

    expect(await amoot.request(SEND, {}, method="GET", query=query), "mobile_invalid")


@case(
    "amoot",
    "encodings",
    rule="Numbers in JSON do as well as texts.",
    sources=["2.2"],
    covers=["amoot.code-length-spelling", "amoot.json-body"],
    kills=["amoot.code-length-plus-one"],
)
async def json_numbers(amoot: Driver) -> None:
    body = orjson.dumps({**amoot.fields(SEND, {}), "CodeLength": 6, "Mobile": 9120000000}).decode()

    sent = await amoot.request(SEND, {}, raw_body=body, query="", headers={"Content-Type": JSON})

    equal(len(expect(sent, "success").json["Data"]["Code"]), 6, "length")


@case(
    "amoot",
    "methods",
    rule="Another verb is 405, another method name 404, with a Message.",
    sources=["3.3"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.unmatched-path"],
    rows={"put": ("PUT", "/rest/SendOTP", 405), "unknown": ("GET", "/rest/SomeMethod", 404)},
)
async def unmatched(amoot: Driver, method: str, path: str, status: int) -> None:
    answer = await amoot.request(SEND, amoot.fields(SEND, {}), method=method, path=path)

    equal(answer.status, status, "HTTP status")
    equal(list(answer.json), ["Message"], "members")


@case(
    "amoot",
    "authentication",
    rule="The token may stand in the header, bare or behind Bearer; a user name with its password does as well.",
    sources=["S, C# sample", "C:3", "C:1", "3.1"],
    covers=[
        "amoot.token-header",
        "amoot.token-header-suffices",
        "amoot.token-bearer",
        "amoot.user-name-and-password",
        "amoot:success",
    ],
    kills=["amoot.header-ignored", "amoot.bearer-refused", "amoot.users-refused"],
    rows={
        "bare": (lambda amoot: {"Authorization": of(amoot, "Token")}, None),
        "bearer": (lambda amoot: {"Authorization": f"Bearer {of(amoot, 'Token')}"}, None),
        "user": (None, lambda amoot: {"UserName": of(amoot, "UserName"), "Password": of(amoot, "Password")}),
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


@case(
    "amoot",
    "authentication",
    rule="Any credential that is valid lets the call in, whatever the others are.",
    sources=["3.1"],
    level=Level.SHOULD,
    covers=["amoot.credential-order"],
    kills=["amoot.first-credential-only"],
    rows={
        "header-wrong": (lambda amoot: {"Token": of(amoot, "Token")}, {"Authorization": "wrong"}),
        "token-wrong": (
            lambda amoot: {"Token": "wrong", "UserName": of(amoot, "UserName"), "Password": of(amoot, "Password")},
            {},
        ),
    },
)
async def any_valid(amoot: Driver, fields: Any, headers: Mapping[str, str]) -> None:
    answer = await amoot.request(SEND, {**without_token(amoot), **fields(amoot)}, method="GET", headers=headers)

    expect(answer, "success")


@case(
    "amoot",
    "authentication",
    rule="Wrong credentials are told by what was sent first: header, token, user.",
    sources=["S, -1, -201, -202, 10, 11", "3.1", "5.2-10, 5.2-22"],
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
    kills=["amoot.one-token-error", "amoot.half-credentials-alike", "amoot.last-credential-told"],
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
    answer = await amoot.request(SEND, {**GOOD, **fields}, method="GET", headers=headers)

    equal(expect(answer, outcome).json["Data"], None, "Data")


@case(
    "amoot",
    "authentication",
    rule="A wrong password of a known user is User_NotExists.",
    sources=["S, -1", "5.2-22"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.wrong-password": "user_not_exists"},
    covers=["amoot.wrong-password=user_not_exists", "amoot:user_not_exists"],
    kills=["amoot.password-ignored"],
)
async def wrong_password(amoot: Driver) -> None:
    fields = {**without_token(amoot), "UserName": of(amoot, "UserName"), "Password": "wrong"}

    expect(await amoot.request(SEND, fields, method="GET"), "user_not_exists")


@case(
    "amoot",
    "authentication",
    rule="Where the older name is used, a wrong password is UserNameOrPassword_Invalid, an unknown user is not.",
    sources=["S, 100", "5.2-22"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"amoot.wrong-password": "user_name_or_password_invalid"},
    covers=["amoot.wrong-password=user_name_or_password_invalid", "amoot:user_name_or_password_invalid"],
    kills=["amoot.password-choice-ignored"],
)
async def older_name(amoot: Driver) -> None:
    fields = {**without_token(amoot), "UserName": of(amoot, "UserName"), "Password": "wrong"}

    expect(await amoot.request(SEND, fields, method="GET"), "user_name_or_password_invalid")


@case(
    "amoot",
    "authentication",
    rule="A switched off or expired token is refused; the last good moment is just before it expires.",
    sources=["S, -203 and -204", "D, authentication"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS, Feature.CLOCK],
    covers=["amoot:token_disabled", "amoot:token_expired", "amoot.token-state"],
    kills=["amoot.token-state-ignored", "amoot.token-expiry-inclusive", "amoot.token-expiry-ignored"],
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


@case(
    "amoot",
    "authentication",
    rule="Lists of addresses and methods of token and user are kept; settings of the token do not bind a user.",
    sources=["S, -107, -108, -207, -208", "D"],
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
    kills=[
        "amoot.token-ip-ignored",
        "amoot.token-method-ignored",
        "amoot.user-ip-ignored",
        "amoot.user-method-ignored",
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


@case(
    "amoot",
    "account",
    rule="Each state of a user that forbids calls has its own status.",
    sources=["S, -102 to -106", "D, -109"],
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=[*(f"amoot:{outcome}" for outcome in FLAGS.values()), "amoot.user-state", "amoot.plain-http"],
    kills=[f"amoot.{flag.replace('_', '-')}-ignored" for flag in FLAGS],
    rows={flag: (flag, outcome) for flag, outcome in FLAGS.items()},
)
async def user_state(amoot: Driver, flag: str, outcome: str) -> None:
    await amoot.account(user={flag: True})

    expect(await amoot.call(SEND), outcome)


@case(
    "amoot",
    "account",
    rule="A disabled system, a demo account, and one whose organisation is undeclared send nothing.",
    sources=["S, -300, 2, 0", "5.2-33"],
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
    kills=["amoot.system-ignored", "amoot.demo-ignored", "amoot.organisation-ignored"],
    rows={
        "system": ({"system_disabled": True}, "system_disabled"),
        "demo": ({"user": {"demo": True}}, "account_is_demo"),
        "organisation": ({"user": {"organisation_undeclared": True}}, "failed"),
    },
)
async def account_state(amoot: Driver, patch: dict[str, Any], outcome: str) -> None:
    await amoot.account(**patch)

    expect(await amoot.call(SEND), outcome)


@case(
    "amoot",
    "order of checks",
    rule="Of two things that are wrong the one that is checked first is told.",
    sources=["3.1", "4.A.1", "5.2-35"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.order-fields", "amoot.order-access-before-fields", "amoot.order-business"],
    kills=[
        "amoot.order-text-line",
        "amoot.order-line-mobile",
        "amoot.order-mobile-length",
        "amoot.order-line-exists-mobile",
    ],
    rows={
        "token-before-text": ({"Token": "x", "SMSMessageText": None}, "token_invalid"),
        "text-before-line": ({"SMSMessageText": None, "LineNumber": None}, "sms_message_text_empty"),
        "line-before-mobile": ({"LineNumber": None, "Mobile": None}, "line_number_empty"),
        "mobile-before-length": ({"Mobile": None, "CodeLength": "1"}, "mobile_empty"),
        "length-before-line-exists": ({"CodeLength": "9", "LineNumber": "x"}, "length_exceeded"),
        "line-exists-before-mobile-valid": ({"LineNumber": "x", "Mobile": "1"}, "line_number_not_exist"),
    },
)
async def order(amoot: Driver, changes: Mapping[str, str | None], outcome: str) -> None:
    expect(await amoot.call(SEND, **changes), outcome)


@case(
    "amoot",
    "order of checks",
    rule="States are told in the documented order, and before anything about the fields; demo comes before credit.",
    sources=["3.1", "4.A.1"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.order-access", "amoot.order-business"],
    kills=["amoot.order-demo-credit", "amoot.order-token-user"],
    rows={
        "token-before-user": ({"token": {"active": False}, "user": {"disabled": True}}, {}, "token_disabled"),
        "user-before-fields": ({"user": {"expired": True}}, {"Mobile": None}, "user_expired"),
        "demo-before-credit": ({"user": {"demo": True}, "credit": 0}, {}, "account_is_demo"),
        "mobile-before-demo": ({"user": {"demo": True}}, {"Mobile": "1"}, "mobile_invalid"),
    },
)
async def order_of_states(amoot: Driver, patch: dict[str, Any], changes: Mapping[str, str], outcome: str) -> None:
    await amoot.account(**patch)

    expect(await amoot.call(SEND, **changes), outcome)


@case(
    "amoot",
    "authentication",
    rule="A call without credentials is answered as it was chosen.",
    sources=["3.1", "5.2-10"],
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
    # Without credentials no lane can be found, so the choice is made for the one that answers strangers.
    choice = "amoot.missing-credentials"
    await amoot.target.control(amoot.session, None, "PATCH", "/choices", {choice: option})
    try:
        answer = await amoot.request(SEND, GOOD, method="GET")
    finally:
        await amoot.target.control(amoot.session, None, "PATCH", "/choices", {choice: None})

    equal(answer.json["Status"], status, "Status")

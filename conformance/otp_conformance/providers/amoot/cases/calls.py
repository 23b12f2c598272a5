"""SendOTP: how a call may look, and the order of checks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import orjson

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import FORM, JSON, Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.amoot.steps import SEND, credential

encodings_case = partial(case, "amoot", "encodings")
methods_case = partial(case, "amoot", "methods")
order_of_checks_case = partial(case, "amoot", "order of checks")


@encodings_case(
    rule="A call may be a GET, or a POST with its fields in the query, a form, multipart or JSON.",
    sources=["UK O2, JSON", "S, samples"],
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


@encodings_case(
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


@encodings_case(
    rule="Where a field stands in query and body, the body wins; unknown fields are ignored; names match in any case.",
    sources=["AM O2, unknown fields and a lower-case token", "I"],
    level=Level.SHOULD,
    covers=["amoot.body-over-query", "amoot.unknown-parameters", "amoot.parameter-case"],
    rows={
        "body-wins": ({"query": "Mobile=1&LineNumber=x", "body_as": FORM}, {}),
        "unknown": ({"method": "GET"}, {"MobileNumbers": "1", "SMSText": "x"}),
    },
)
async def merged(amoot: Driver, how: Mapping[str, Any], more: Mapping[str, str]) -> None:
    expect(await amoot.request(SEND, {**amoot.fields(SEND, {}), **more}, **how), "success")


@encodings_case(
    rule="Parameter names and path match in any case.",
    sources=["AM O2, a lower-case token", "C", "I, the path"],
    level=Level.SHOULD,
    covers=["amoot.parameter-case", "amoot.path-case"],
    rows={"small": (str.lower, "/rest/sendotp"), "capitals": (str.upper, "/REST/SENDOTP")},
)
async def any_case(amoot: Driver, spelled: Any, path: str) -> None:
    fields = {spelled(name): value for name, value in amoot.fields(SEND, {}).items()}

    expect(await amoot.request(SEND, fields, method="GET", path=path), "success")


@encodings_case(
    rule="A body that can be read neither as what it says nor as JSON counts as empty.",
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
        SEND, {}, raw_body=body, query=f"Token={credential(amoot, 'Token')}", headers={"Content-Type": kind}
    )

    expect(answer, "sms_message_text_empty")


@encodings_case(
    rule="%uNNNN in a query is six characters, of which no mobile is made.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"amoot.percent-u": "kept"},
    covers=["amoot.percent-u=kept", "amoot:mobile_invalid"],
)
async def percent_u_kept(amoot: Driver) -> None:
    expect(await amoot.request(SEND, {}, method="GET", query=_mobile_by_escape(amoot)), "mobile_invalid")


@encodings_case(
    rule="Where %uNNNN is read, it is the character that JavaScript's escape has written so.",
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"amoot.percent-u": "read"},
    covers=["amoot.percent-u=read", "amoot:success"],
)
async def percent_u_read(amoot: Driver) -> None:
    expect(await amoot.request(SEND, {}, method="GET", query=_mobile_by_escape(amoot)), "success")


def _mobile_by_escape(amoot: Driver) -> str:
    fields = amoot.fields(SEND, {})
    fields["Mobile"] = fields["Mobile"].replace("9", "%u0039", 1)
    return "&".join(f"{name}={quote(str(value), safe='%')}" for name, value in fields.items())


@encodings_case(
    rule="A repeated parameter has its values joined by commas: two mobiles are a list, which is invalid.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.repeated-parameters"],
)
async def repeated(amoot: Driver) -> None:
    query = "&".join(f"{name}={value}" for name, value in amoot.fields(SEND, {}).items()) + "&Mobile=9120000001"

    expect(await amoot.request(SEND, {}, method="GET", query=query), "mobile_invalid")


@encodings_case(
    rule="Numbers in JSON do as well as texts.",
    covers=["amoot.code-length-spelling", "amoot.json-body"],
    kills=["amoot.code-length-plus-one"],
)
async def json_numbers(amoot: Driver) -> None:
    body = orjson.dumps({**amoot.fields(SEND, {}), "CodeLength": 6, "Mobile": 9120000000}).decode()

    sent = await amoot.request(SEND, {}, raw_body=body, query="", headers={"Content-Type": JSON})

    equal(len(expect(sent, "success").json["Data"]["Code"]), 6, "length")


@methods_case(
    rule="Another verb is 405, another method name 404, with a Message.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.unmatched-path"],
    rows={"put": ("PUT", "/rest/SendOTP", 405), "unknown": ("GET", "/rest/SomeMethod", 404)},
)
async def unmatched(amoot: Driver, method: str, path: str, status: int) -> None:
    answer = await amoot.request(SEND, amoot.fields(SEND, {}), method=method, path=path)

    equal(answer.status, status, "HTTP status")
    equal(list(answer.json), ["Message"], "members")


@order_of_checks_case(
    rule="Of two things that are wrong the one that is checked first is told.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["amoot.order-fields", "amoot.order-access-before-fields", "amoot.order-business"],
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


@order_of_checks_case(
    rule="States are told in the documented order, and before anything about the fields; demo comes before credit.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=["amoot.order-access", "amoot.order-business"],
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

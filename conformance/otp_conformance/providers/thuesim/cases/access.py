"""The token, the four envelopes, methods and spellings of a call, and the three free queries."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, says_json
from otp_conformance.providers.thuesim.steps import ACCOUNT, PRINTED, RENT, service, wire_case, with_wrong_token

authentication_case = partial(case, "thuesim", "authentication")
wire_authentication_case = partial(wire_case, "thuesim", "authentication")
unknown_query_case = partial(wire_case, "thuesim", "unknown query")
methods_case = partial(case, "thuesim", "methods")
spellings_case = partial(case, "thuesim", "spellings")
content_type_case = partial(case, "thuesim", "content type")
balance_case = partial(case, "thuesim", "balance")
catalogue_case = partial(case, "thuesim", "catalogue")
wire_catalogue_case = partial(wire_case, "thuesim", "catalogue")

STATUS = '{"status_code":401,"success":false,"message":"Lỗi xác thực","data":null}'
RENTS = '{"RequestLog":null,"ResponseCode":401,"Message":"Lỗi xác thực"}'
REFUSED = {
    "balance": STATUS,
    "networks": STATUS,
    "history": STATUS,
    "service": '{"ResponseCode":401,"Message":"Lỗi xác thực","Data":null}',
    "code": '{"ResponseCode":401,"Msg":"Lỗi xác thực","Result":null}',
    "register_service": RENTS,
    "rephone": RENTS,
}
UNKNOWN_SHOW = '{"status_code":-1,"success":false,"message":"Có lỗi","data":null}'


ROWS = {
    f"{name}-{operation}": (operation, changes)
    for operation in REFUSED
    for name, changes in {
        "wrong": {"token": "1234-00000000000000000000000000000000"},
        "missing": {"token": None},
        "empty": {"token": ""},
        "all-wrong": {"token": "x", "serviceId": None, "phone": None, "thuesim1": None, "ID": None},
    }.items()
}


@authentication_case(
    rule="Without a right token every operation answers 401, whatever else is wrong.",
    sources=[
        "S, parameters of balance",
        "S, result codes of balance",
        "S, result codes of networks",
        "S, result codes of service",
        "S, result codes of register",
        "S, result codes of code",
        "S, result codes of history",
        "V, number",
        "V10 O2, observed at a sister, number",
    ],
    tier=Tier.NOTHING,
    covers=[
        "thuesim:auth_failed",
        "thuesim.token-required",
        "thuesim.error-numbers",
        "thuesim.texts-verbatim",
        "thuesim.http-200",
    ],
    kills=["thuesim.token-late"],
    rows=ROWS,
)
async def token(thuesim: Driver, operation: str, changes: dict[str, str | None]) -> None:
    expect(await thuesim.call(operation, **changes), "auth_failed")


@wire_authentication_case(
    rule="A wrong token is refused in the envelope of the operation; a rent then shows no balance.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=[
        "thuesim:auth_failed",
        "thuesim.bad-token-envelope",
        "thuesim.message-key",
        "thuesim.status-code-case",
        "thuesim.status-code-failure",
        "thuesim.service-failure",
        "thuesim.rent-failure-token",
    ],
    choices=PRINTED,
    kills=["thuesim.one-envelope"],
    rows={operation: (operation, body) for operation, body in REFUSED.items()},
)
async def token_body(thuesim: Driver, operation: str, body: str) -> None:
    equal((await with_wrong_token(thuesim, operation, "wire")).text, body, "body")


@authentication_case(
    rule="The token is compared as it stands: in another case, longer or shorter, it is another token.",
    sources=["X, M and V differ in form"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["thuesim.token-opaque", "thuesim:auth_failed"],
    rows={"other-case": (str.swapcase,), "longer": (lambda text: text + "0",), "half": (lambda text: text[:-1],)},
)
async def token_is_opaque(thuesim: Driver, spelled: Any) -> None:
    own = spelled(thuesim.world.credentials["thuesim"]["token"])

    expect(await thuesim.call("balance", token=own), "auth_failed")


@unknown_query_case(
    rule="A missing or unknown show is a general error, whatever the token; its name and value are taken exactly.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices=PRINTED,
    covers=["thuesim.unknown-show", "thuesim:error", "thuesim.status-code-failure", "thuesim.names-case-sensitive"],
    rows={
        "missing": ({},),
        "missing-wrong-token": ({"token": "wrong"},),
        "missing-no-token": ({"token": None},),
        "unknown": ({"show": "nothing"},),
        "empty": ({"show": ""},),
        "other-name": ({"Show": "balance"},),
        "other-value": ({"show": "Balance"},),
    },
)
async def unknown_show(thuesim: Driver, changes: dict[str, str | None]) -> None:
    async with thuesim.strangers_meet({"thuesim.profile": "wire", **PRINTED}):
        answer = await thuesim.call("unknown_show", **changes)

    equal(answer.text, UNKNOWN_SHOW, "body")
    equal(answer.status, 200, "HTTP status")


@methods_case(
    rule="The operations are GET only; any other method is 405, and Allow names GET.",
    sources=["S, introduction"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["thuesim.get-only", "thuesim.other-methods"],
    rows={
        f"{method.lower()}-{operation}": (operation, method)
        for operation in ("balance", "register_service", "rephone", "audio")
        for method in ("POST", "PUT", "DELETE")
    },
)
async def methods(thuesim: Driver, operation: str, method: str) -> None:
    answer = await thuesim.request(operation, thuesim.fields(operation, {}), method=method)

    equal(answer.status, 405, "HTTP status")
    matches(answer.exchange.answer_headers.get("Allow", ""), r"(.*\W)?GET(\W.*)?", "Allow")


@spellings_case(
    rule="A path that is none of the printed ones is 404 with a page of HTML.",
    sources=["I"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    rows={"query": ("/api/nothing",), "rent": ("/api/register-services/",), "audio": ("/audio/other.php",)},
)
async def unknown_path(thuesim: Driver, path: str) -> None:
    answer = await thuesim.request("balance", thuesim.fields("balance", {}), path=path)

    equal(answer.status, 404, "HTTP status")
    matches(answer.exchange.answer_headers.get("Content-Type"), "text/html.*", "content type")


@spellings_case(
    rule="The slash before the question mark may be left out; neither form redirects.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["thuesim.slash-optional"],
    rows={
        "query": ("balance", "/api", "success"),
        "query-slash": ("balance", "/api/", "success"),
        "rent": (RENT, "/api/register-service", "service_unknown"),
        "rent-slash": (RENT, "/api/register-service/", "service_unknown"),
        "again": ("rephone", "/api/rephone", "error"),
        "again-slash": ("rephone", "/api/rephone/", "error"),
    },
)
async def slash(thuesim: Driver, operation: str, path: str, outcome: str) -> None:
    changes = {"serviceId": "nothing"} if operation == RENT else {}

    expect(await thuesim.request(operation, thuesim.fields(operation, changes), path=path), outcome)


@content_type_case(
    rule="Every answer, an error too, is JSON; the header says so, or text/html where that is chosen.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["thuesim.json-answers", "thuesim.content-type=json"],
    choices={"thuesim.content-type": "json"},
    rows={
        "balance": ("balance", {}),
        "service": ("service", {}),
        "code": ("code", {}),
        "error": (RENT, {"token": "x"}),
    },
)
async def content_type(thuesim: Driver, operation: str, changes: dict[str, str]) -> None:
    answer = await thuesim.call(operation, **changes)

    says_json(answer)
    equal(type(answer.json), dict, "type of the body")


@content_type_case(
    rule="Where text/html is chosen, the body is the same JSON.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["thuesim.content-type=html"],
    choices={"thuesim.content-type": "html"},
    rows={"balance": ("balance", {}), "service": ("service", {}), "code": ("code", {})},
)
async def html_type(thuesim: Driver, operation: str, changes: dict[str, str]) -> None:
    answer = await thuesim.call(operation, **changes)

    matches(answer.exchange.answer_headers.get("Content-Type"), "(?i)text/html(; ?charset=utf-8)?", "content type")
    equal(type(answer.json), dict, "type of the body")


@balance_case(
    rule="The balance is a whole number inside data.",
    sources=["S, sample of balance", "S, list of balance"],
    tier=Tier.READS,
    needs=ACCOUNT,
    choices=PRINTED,
    covers=[
        "thuesim:success",
        "thuesim.balance-shape",
        "thuesim.whole-money",
        "thuesim.success-number",
        "thuesim.status-code-case",
        "thuesim.message-key",
    ],
    rows={"some": (123456,), "none": (0,), "much": (9_876_543_210,)},
)
async def balance_body(thuesim: Driver, held: int) -> None:
    await thuesim.account(balance=held)

    answer = await thuesim.call("balance")

    body = f'{{"status_code":200,"success":true,"message":"successful","data":{{"balance":{held}}}}}'
    equal(answer.text, body, "body")


@catalogue_case(
    rule="There are five carriers, numbered from 1 in a fixed order.",
    sources=["S, sample of networks", "S, list of networks"],
    tier=Tier.READS,
    choices=PRINTED,
    covers=["thuesim:success", "thuesim.five-networks", "thuesim.success-number", "thuesim.networks-name"],
)
async def networks_body(thuesim: Driver) -> None:
    names = ("MOBIFONE", "VINAPHONE", "VIETTEL", "VIETNAMOBILE", "ITELECOM")
    rows = ",".join(f'{{"id":{number},"name":"{name}"}}' for number, name in enumerate(names, start=1))

    answer = await thuesim.call("networks")

    equal(answer.text, f'{{"status_code":200,"success":true,"message":"successful","data":[{rows}]}}', "body")


@wire_catalogue_case(
    rule="A service has a whole-number ID and PRICE, its server and its lifetime as text; success carries no message.",
    sources=["S, sample of service", "S, fields of service"],
    tier=Tier.READS,
    needs=ACCOUNT,
    covers=[
        "thuesim:service_listed",
        "thuesim.profile=wire",
        "thuesim.service-envelope",
        "thuesim.service-no-message",
        "thuesim.service-server",
        "thuesim.service-time-text",
        "thuesim.success-number",
        "thuesim.zero-is-no-rent-error",
        "thuesim.whole-money",
    ],
)
async def service_body(thuesim: Driver) -> None:
    await thuesim.account(services=[service(97, "02", SERVICE_NAME="DV KHÁC (TEST)", PRICE=1450), service(5, "10")])

    answer = await thuesim.call("service")

    listed = (
        '{"ID":97,"SV":"02","SERVICE_NAME":"DV KHÁC (TEST)","PRICE":1450,"Time":"300"},'
        '{"ID":5,"SV":"10","SERVICE_NAME":"Service 5","PRICE":100,"Time":"300"}'
    )
    equal(answer.text, f'{{"ResponseCode":1,"Data":[{listed}]}}', "body")

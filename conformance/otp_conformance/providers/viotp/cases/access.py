"""Who may ask, how calls are spelled, and what is told without renting: balance, carriers, services."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.viotp.steps import ACCOUNT, OBSERVED, service

access_case = partial(case, "viotp", "access")
catalogue_case = partial(case, "viotp", "catalogue")

QUERIES = ("balance", "networks", "services", "rent", "code", "history")


@access_case(
    rule="A refusal has number, text and success false, comes with HTTP status 200, and has no data.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices=OBSERVED,
    covers=["viotp:auth_failed", "viotp.refusals", "viotp.http-200", "viotp.token-required", "viotp.compact"],
    kills=["viotp.refusals-with-data"],
    rows={name: (name,) for name in QUERIES},
)
async def refused(viotp: Driver, operation: str) -> None:
    async with viotp.strangers_meet(OBSERVED):
        answer = expect(await viotp.call(operation, token="nobody"), "auth_failed")  # noqa: S106  (no secret)

    equal(answer.status, 200, "HTTP status")
    text = answer.text.replace(answer.json["message"], "…")
    equal(text, '{"status_code":401,"message":"…","success":false}', "body")


@access_case(
    rule="The order of message and success is the one that is chosen, in answers and refusals.",
    sources=["V10 O1", "V, samples"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["viotp.envelope=observed", "viotp.envelope=printed"],
    rows={
        f"{order}-{name}": (order, name, changes)
        for order in ("observed", "printed")
        for name, changes in {"balance": {}, "code": {"requestId": "x"}}.items()
    },
)
async def members(viotp: Driver, order: str, operation: str, changes: dict[str, str]) -> None:
    await viotp.choose(envelope=order)

    told = list((await viotp.call(operation, **changes)).json)[:3]

    middle = ["message", "success"] if order == "observed" else ["success", "message"]
    equal(told, ["status_code", *middle], "first members")


@access_case(
    rule="Names of fields, and paths, are taken in any case.",
    sources=["C"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["viotp.names-any-case", "viotp:session_unknown", "viotp.session-unknown"],
    rows={
        "small": ("requestid={id}&token={token}", "/session/getv2"),
        "large": ("REQUESTID={id}&TOKEN={token}", "/session/getv2"),
        "path": ("requestId={id}&token={token}", "/Session/GetV2"),
    },
)
async def any_case(viotp: Driver, query: str, path: str) -> None:
    token = viotp.world.credentials["viotp"]["token"]

    answer = await viotp.request("code", {}, path=path, query=query.format(id="1", token=token))

    expect(answer, "session_unknown")


@access_case(
    rule="The paths without v2 answer like those with it.",
    sources=["C"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["viotp.old-paths"],
    rows={
        "services": ("services", "/service/get", {}, "success"),
        "rent": ("rent", "/request/get", {"serviceId": "x"}, "service_unknown"),
        "code": ("code", "/session/get", {"requestId": "x"}, "session_unknown"),
    },
)
async def old_paths(viotp: Driver, operation: str, path: str, changes: dict[str, str], outcome: str) -> None:
    older = await viotp.request(operation, viotp.fields(operation, changes), path=path)

    expect(older, outcome)
    equal(older.text, (await viotp.call(operation, **changes)).text, "body")


@access_case(
    rule="The operations are GET only; any other method is 405, and Allow names GET.",
    sources=["V"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["viotp.get-only", "viotp.other-methods"],
    rows={f"{method.lower()}-{name}": (name, method) for name in ("balance", "rent") for method in ("POST", "DELETE")},
)
async def methods(viotp: Driver, operation: str, method: str) -> None:
    answer = await viotp.request(operation, viotp.fields(operation, {}), method=method)

    equal(answer.status, 405, "HTTP status")
    matches(answer.exchange.answer_headers.get("Allow", ""), r"(.*\W)?GET(\W.*)?", "Allow")


@catalogue_case(
    rule="The balance is one whole number inside data.",
    sources=["V"],
    tier=Tier.READS,
    needs=ACCOUNT,
    choices=OBSERVED,
    covers=["viotp:success", "viotp.balance-shape", "viotp.compact", "viotp.envelope=observed"],
    rows={"some": (123456,), "none": (0,), "much": (9_876_543_210,)},
)
async def balance(viotp: Driver, held: int) -> None:
    await viotp.account(balance=held)

    body = f'{{"status_code":200,"message":"successful","success":true,"data":{{"balance":{held}}}}}'
    equal((await viotp.call("balance")).text, body, "body")


@catalogue_case(
    rule="There are thirteen carriers, numbered from 1 in a fixed order.",
    tier=Tier.READS,
    covers=["viotp:success", "viotp.thirteen-networks"],
)
async def networks(viotp: Driver) -> None:
    rows = expect(await viotp.call("networks"), "success").json["data"]

    names = "MOBIFONE VINAPHONE VIETTEL VIETNAMOBILE ITELECOM VODAFONE_RO WINTEL METFONE UNITEL ETL BEELINE LAOTEL GTEL"
    equal([(row["id"], row["name"]) for row in rows], list(enumerate(names.split(), 1)), "carriers")


@catalogue_case(
    rule="A service has its id, its name and its price, as a number or as text; one that is suspended is not listed.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNT,
    covers=["viotp.service-price=number", "viotp.service-price=text", "viotp:success"],
    rows={"number": ("number", 350), "text": ("text", "350")},
)
async def services(viotp: Driver, form: str, price: Any) -> None:
    await viotp.choose(service_price=form)
    await viotp.account(services=[service(7, name="Facebook", price=350), service(8, suspended=True)])

    rows = expect(await viotp.call("services"), "success").json["data"]

    equal(rows, [{"id": 7, "name": "Facebook", "price": price}], "services")


@catalogue_case(
    rule="The services of Vietnam are listed for vn in any case, and for no country; another country has none.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNT,
    covers=["viotp.service-country"],
    kills=["viotp.country-ignored"],
    rows={"small": ("vn", 1), "large": ("VN", 1), "none": (None, 1), "empty": ("", 1), "other": ("la", 0)},
)
async def country(viotp: Driver, asked: str | None, listed: int) -> None:
    await viotp.account(services=[service(7)])

    equal(len(expect(await viotp.call("services", country=asked), "success").json["data"]), listed, "services")

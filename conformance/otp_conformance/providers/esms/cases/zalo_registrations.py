"""What is ordered at eSMS for an Official Account, and how a registered template fares."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, true
from otp_conformance.providers.esms.names import OA, ZNS_TEMPLATE
from otp_conformance.providers.esms.ready import PACKAGE_BOUGHT
from otp_conformance.providers.esms.steps import ACCOUNTS, CLOCK, TEMPLATES, multi, read_balance
from otp_conformance.recipe import Recipe

registration_case = partial(case, "esms", "zalo registrations")

PACKAGE = "RegisOAPackageJson"
TEMPLATE = "RegisZNSTemplateJson"
LIFE = "esms.zalo-registration-life"
TOLD = "esms.zalo-registration-received"
CALLED = [*ACCOUNTS, *CLOCK, Feature.CALLBACKS]


async def _buy(esms: Driver) -> str:
    length = str(int(esms.mark[:7], 16) + 1)
    return (await esms.call(PACKAGE, Duaration=length)).text


SAMPLES = {f"{PACKAGE}/registration_taken": Recipe(_buy, own=frozenset({"ServicePreviewId"}), tier=Tier.SENDS)}
"""How the published bodies come about."""


async def register(esms: Driver, **changes: Any) -> int:
    """Register a template, and give the number of the registration."""
    answer = expect(await esms.call(TEMPLATE, **{"Content": f"Ma <otp> {esms.mark}", **changes}), "registration_taken")
    number: int = answer.json["ServicePreviewId"]
    return number


async def registered(esms: Driver) -> dict[str, Any]:
    """Give the newest template of the Official Account."""
    (oa,) = (await esms.account_now())["official_accounts"]
    template: dict[str, Any] = oa["templates"][-1]
    return template


async def decide(esms: Driver, state: str) -> None:
    """Bring the newest template into a state, as an operator of the provider does."""
    (oa,) = (await esms.account_now())["official_accounts"]
    *others, newest = oa["templates"]
    await esms.account(official_accounts=[{**oa, "templates": [*others, {**newest, "status": state}]}])


async def told_addresses(esms: Driver) -> list[str]:
    """List where the customer was called, the first call first."""
    return [each["url"] for each in await list_callbacks(esms)]


def told(number: int, *states: int, to: str = f"{NOBODY_LISTENS}?") -> list[str]:
    """Write the addresses of callbacks about states."""
    return [f"{to}ServicePreviewId={number}&Status={state}" for state in states]


@registration_case(
    rule="A registered template is one of the Official Account at once, and is sent when it is approved.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={LIFE: "by-test"},
    covers=[
        "esms:registration_taken",
        "esms.zalo-registration-template",
        f"{LIFE}=by-test",
        "esms.zalo-registration-type",
    ],
    kills=["esms.registered-at-once"],
    rows={"priority": (24, "25"), "normal": ("25", "24")},
)
async def template_waits(esms: Driver, kind: Any, other: str) -> None:
    await register(esms, SmsType=kind, CTA1="Mua ngay", CTA2="Xem")
    held = await registered(esms)
    equal(held["status"], "pending", "state")
    equal([each["title"] for each in held["buttons"]], ["Mua ngay", "Xem"], "buttons")
    expect(await multi(esms, {"TempID": held["id"]}), "template_not_configured")

    await decide(esms, "approved")

    expect(await multi(esms, {"TempID": held["id"]}), "accepted")
    lists = [(await esms.call(TEMPLATES, SmsType=each, OAId=OA)).json["ZNSTemplates"] for each in (kind, other)]
    equal([[each["TempId"] for each in found][1:] for found in lists], [[int(held["id"])], []], "listed")
    equal(lists[0][1]["ZNSTempDetail"][0]["Param"], "otp", "variable")


@registration_case(
    rule="A package is that of the Official Account, pending, and costs nothing; nor does a template.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["esms:registration_taken", "esms.zalo-registration-package", "esms.zalo-registration-price"],
    rows={str(kind): (kind,) for kind in (1, "2", 3)},
)
async def package_waits(esms: Driver, kind: Any) -> None:
    before = await read_balance(esms)
    answer = await esms.call(PACKAGE, Package=kind, Duaration=12, Dateactive="2024-02-29")
    number = expect(answer, "registration_taken").json["ServicePreviewId"]
    await register(esms)
    (oa,) = (await esms.account_now())["official_accounts"]
    held = {"kind": int(kind), "active_from": "2024-02-29", "months": 12, "status": "pending", "registration": number}
    equal(dict(oa["package"]), held, "package")
    equal(await read_balance(esms), before, "balance")


@registration_case(
    rule="Each registration has a higher number than those before, whatever is registered.",
    level=Level.SHOULD,
    covers=["esms:registration_taken", "esms.zalo-registration-id"],
    sends=3,
)
async def numbers(esms: Driver) -> None:
    length = int(esms.mark[:7], 16) + 1
    found = [
        await register(esms),
        (await esms.call(PACKAGE, Duaration=length)).json["ServicePreviewId"],
        await register(esms, Content=f"Xin chao {esms.mark}"),
    ]
    true(found == sorted(set(found)), "growing numbers", found)


@registration_case(
    rule="The same template is refused as long as it is pending; another text, or one that was rejected, is not.",
    needs=ACCOUNTS,
    covers=["esms:request_in_progress", "esms:registration_taken", "esms.zalo-registration-repeated"],
    kills=["esms.registered-for-ever"],
)
async def template_twice(esms: Driver) -> None:
    await register(esms, Content="Xin chao <name>")
    expect(await esms.call(TEMPLATE, Content="Xin chao <name>", SmsType=25), "request_in_progress")
    expect(await esms.call(TEMPLATE, Content="Xin chao <name>", ImageUrl=None), "data_invalid")
    await register(esms, Content="Xin chao <name>!")
    await decide(esms, "rejected")
    await register(esms, Content="Xin chao <name>!")


@registration_case(
    rule="The same package is refused as long as it is pending; one that differs in anything is not.",
    needs=ACCOUNTS,
    covers=["esms:request_in_progress", "esms:registration_taken", "esms.zalo-registration-repeated"],
    rows={
        "same": ({}, "request_in_progress"),
        "other-length": ({"Duaration": 1}, "registration_taken"),
        "other-kind": ({"Package": 3}, "registration_taken"),
        "other-begin": ({"Dateactive": "2099-08-02"}, "registration_taken"),
    },
)
async def package_twice(esms: Driver, changes: dict[str, Any], outcome: str) -> None:
    bought = dict(await PACKAGE_BOUGHT.act(esms))
    expect(await esms.call(PACKAGE, **{**bought, **changes}), outcome)


@registration_case(
    rule="A package that is approved can be bought again.",
    level=Level.SHOULD,
    needs=ACCOUNTS,
    covers=["esms:registration_taken", "esms.zalo-registration-repeated"],
)
async def package_again(esms: Driver) -> None:
    bought = await PACKAGE_BOUGHT.act(esms)
    (oa,) = (await esms.account_now())["official_accounts"]
    await esms.account(official_accounts=[{**oa, "package": {**oa["package"], "status": "approved"}}])
    expect(await esms.call(PACKAGE, **bought), "registration_taken")


@registration_case(
    rule="A package with a kind, length or begin that is none, and a template without text, are refused as wrong data.",
    level=Level.SHOULD,
    covers=[
        "esms:data_invalid",
        "esms.zalo-registration-data",
        "esms.zalo-registration-type",
        "esms.zalo-oa-missing",
        "esms.zalo-oa-refused",
    ],
    rows={
        "no-kind": (PACKAGE, {"Package": None}, "data_invalid"),
        "no-length": (PACKAGE, {"Duaration": None}, "data_invalid"),
        "no-begin": (PACKAGE, {"Dateactive": None}, "data_invalid"),
        "no-text": (TEMPLATE, {"Content": None}, "data_invalid"),
        "no-picture": (TEMPLATE, {"ImageUrl": None}, "data_invalid"),
        "kind": (PACKAGE, {"Package": 4}, "data_invalid"),
        "kind-none": (PACKAGE, {"Package": 0}, "data_invalid"),
        "length-none": (PACKAGE, {"Duaration": "0"}, "data_invalid"),
        "length-word": (PACKAGE, {"Duaration": "year"}, "data_invalid"),
        "length-huge": (PACKAGE, {"Duaration": "1" * 30}, "data_invalid"),
        "begin-slashes": (PACKAGE, {"Dateactive": "2099/08/01"}, "data_invalid"),
        "begin-no-day": (PACKAGE, {"Dateactive": "2023-02-29"}, "data_invalid"),
        "no-account": (PACKAGE, {"OAID": None, "Package": 4}, "oa_or_template_missing"),
        "blank": (TEMPLATE, {"Content": " "}, "data_invalid"),
        "type": (TEMPLATE, {"SmsType": 2, "OAID": "1"}, "type_not_supported"),
        "unknown-account": (TEMPLATE, {"OAID": "1", "Content": None}, "oa_unknown"),
    },
)
async def wrong_data(esms: Driver, name: str, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(name, **changes), outcome)


@registration_case(
    rule="Whoever named an address is told that the template is received, and how it ended, once each.",
    level=Level.SHOULD,
    needs=CALLED,
    choices={LIFE: "by-test", TOLD: "told"},
    covers=["esms.zalo-registration-callback", "esms.zalo-registration-callback-form", f"{TOLD}=told"],
    rows={"approved": ("approved", 2), "rejected": ("rejected", 0)},
)
async def end_is_told(esms: Driver, state: str, number: int) -> None:
    registration = await register(esms, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("61s")
    equal((await registered(esms))["status"], "pending", "state after a minute")
    equal(await told_addresses(esms), told(registration, 1), "before")
    await decide(esms, state)
    await decide(esms, state)
    equal(await told_addresses(esms), told(registration, 1, number), "after")


@registration_case(
    rule="Where only the end is told, nothing is heard of a template before it.",
    level=Level.SHOULD,
    needs=[*CALLED, Feature.CHOICES],
    choices={LIFE: "by-test", TOLD: "end-only"},
    covers=["esms.zalo-registration-callback", f"{TOLD}=end-only"],
)
async def only_end_is_told(esms: Driver) -> None:
    registration = await register(esms, CallbackUrl=f"{NOBODY_LISTENS}?a=b#c")
    equal(await told_addresses(esms), [], "before")
    await decide(esms, "rejected")
    equal(await told_addresses(esms), told(registration, 0, to=f"{NOBODY_LISTENS}?a=b&"), "after")


@registration_case(
    rule="Nobody is told where no address was named, where it is none, and of templates that no request registered.",
    level=Level.SHOULD,
    needs=CALLED,
    covers=["esms.zalo-registration-callback"],
    rows={"none": (None,), "other-scheme": ("ftp://127.0.0.1/x",), "word": ("yes",), "long": (f"http://{'a' * 2000}",)},
)
async def nobody_is_told(esms: Driver, address: str | None) -> None:
    await register(esms, CallbackUrl=address)
    await decide(esms, "approved")
    await esms.account(
        official_accounts=[{"id": OA, "templates": [{"id": ZNS_TEMPLATE, "text": "", "status": "pending"}]}]
    )
    await decide(esms, "approved")
    equal(await told_addresses(esms), [], "callbacks")


@registration_case(
    rule="Where registrations are approved by themselves, that happens after the time of the sandbox, and is told.",
    level=Level.SHOULD,
    needs=[*CALLED, Feature.CHOICES],
    choices={LIFE: "by-itself", TOLD: "told"},
    covers=["esms:registration_taken", f"{LIFE}=by-itself"],
    kills=["esms.rejected-approved"],
)
async def approved_by_itself(esms: Driver) -> None:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    expect(await esms.call(PACKAGE), "registration_taken")
    await register(esms, Content="Thu <otp>")
    await decide(esms, "rejected")
    number = await register(esms, CallbackUrl=NOBODY_LISTENS)

    seen = []
    for wait in ("59s", "1s", "60s"):
        await esms.advance(wait)
        (oa,) = (await esms.account_now())["official_accounts"]
        seen.append((oa["package"]["status"], *(each["status"] for each in oa["templates"][1:])))

    equal(
        seen,
        [("pending", "rejected", "pending"), *[("approved", "rejected", "approved")] * 2],
        "states",
    )
    equal(await told_addresses(esms), told(number, 1, 2), "callbacks")

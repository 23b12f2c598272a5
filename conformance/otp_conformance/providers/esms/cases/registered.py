"""Sender names and templates at eSMS."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import OA
from otp_conformance.providers.esms.steps import ACCOUNTS, BRANDNAMES, OTHER_TEXT, TEMPLATES
from otp_conformance.recipe import Recipe, call

sender_names_case = partial(case, "esms", "sender names")
templates_case = partial(case, "esms", "templates")

BOTH_LISTS = (BRANDNAMES, "GetListBrandnameV2")
TEMPLATE = "{P1,20} la ma xac minh dang ky Baotrixemay cua ban"


async def _list_brandnames(esms: Driver, name: str) -> str:
    await esms.account(
        brandnames=[
            {"name": "Baotrixemay"},
            {"name": "QC_ONLINE", "type": 1},
            {"name": "BAT DONG SAN GIA TOT", "type": 23},
        ]
    )
    return (await esms.call(name)).text


async def _list_templates(esms: Driver) -> str:
    template = "{P1,20} la ma xac minh dang ky Baotrixemay cua ban"
    await esms.account(brandnames=[{"name": "Baotrixemay", "templates": [template], "carriers": ["Itel"]}])
    return (await esms.call("GetTemplate")).text


SAMPLES = {
    **{
        f"{name}/brandnames_told": Recipe(
            partial(_list_brandnames, name=name),
            needs=frozenset(ACCOUNTS),
            choices={"esms.brandnames-listed": "as-registered"},
        )
        for name in BOTH_LISTS
    },
    **{
        f"{name}/authorize_failed": Recipe(
            call(name, SecretKey="x"), tier=Tier.NOTHING, choices={"esms.brandnames-codes": "code-result"}
        )
        for name in BOTH_LISTS
    },
    "GetTemplate/templates_told": Recipe(_list_templates, own=frozenset({"TempId"}), needs=frozenset(ACCOUNTS)),
}
"""How the published bodies come about."""


@sender_names_case(
    rule="All sender names are listed with their type, and the code stands under CodeResponse.",
    sources=["V2, page on sender names, tab 100"],
    tier=Tier.READS,
    needs=ACCOUNTS,
    covers=[
        "esms:brandnames_told",
        "esms.brandnames-listed=as-registered",
        "esms.brandnames-codes",
        "esms.brandnames-by-v2",
        "esms.query-no-count",
    ],
    kills=["esms.names-of-care", "esms.names-one-type"],
    choices={"esms.brandnames-listed": "as-registered"},
    rows={name: (name,) for name in BOTH_LISTS},
)
async def names(esms: Driver, name: str) -> None:
    await esms.account(
        brandnames=[
            {"name": "Baotrixemay"},
            {"name": "QC_ONLINE", "type": 1},
            {"name": "BAT DONG SAN GIA TOT", "type": 23},
        ]
    )

    equal(
        (await esms.call(name)).text,
        '{"CodeResponse":"100","ListBrandName":[{"Brandname":"Baotrixemay","Type":2},'
        '{"Brandname":"QC_ONLINE","Type":1},{"Brandname":"BAT DONG SAN GIA TOT","Type":23}]}',
        "body",
    )


@sender_names_case(
    rule="As fixtures of a client have it, a name is listed once for each of the types 2 and 1.",
    sources=["FX O1-"],
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=[*ACCOUNTS, Feature.CHOICES],
    choices={"esms.brandnames-listed": "both-types"},
    covers=["esms:brandnames_told", "esms.brandnames-listed=both-types"],
)
async def names_of_both_types(esms: Driver) -> None:
    await esms.account(brandnames=[{"name": "Baotrixemay"}, {"name": "QC_ONLINE", "type": 1}])

    equal(
        (await esms.call(BRANDNAMES)).json["ListBrandName"],
        [{"Brandname": name, "Type": kind} for name in ("Baotrixemay", "QC_ONLINE") for kind in (2, 1)],
        "names and types",
    )


@sender_names_case(
    rule="As fixtures of a client have it, a refusal has its code under CodeResponse.",
    sources=["FX O1-"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.brandnames-codes": "code-response"},
    covers=["esms:authorize_failed", "esms.brandnames-codes=code-response"],
)
async def names_refused_by_fixture(esms: Driver) -> None:
    equal(
        (await esms.call(BRANDNAMES, SecretKey="wrong")).text,
        '{"CodeResponse":"101","ErrorMessage":"Authorize Failed"}',
        "body",
    )


@sender_names_case(
    rule="The path is found in any case and with every character of the keys encoded.",
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:brandnames_told", "esms.path-case", "esms.credentials-in-query"],
    rows={
        "small-letters": ("/mainservice.svc/json/getlistbrandname/{0}/{1}", False),
        "double-slash": ("//MainService.svc/json//GetListBrandname/{0}/{1}", False),
        "slash-last": ("/MainService.svc/json/GetListBrandname/{0}/{1}/", False),
        "encoded": ("/MainService.svc/json/GetListBrandname/{0}/{1}", True),
    },
)
async def names_path(esms: Driver, path: str, encoded: bool) -> None:  # noqa: FBT001  (a row)
    fields = esms.fields(BRANDNAMES, {})
    keys = [str(fields[name]) for name in esms.room.credentials.sent]
    if encoded:
        keys = ["".join(f"%{byte:02X}" for byte in key.encode()) for key in keys]
    else:
        keys = [quote(key, safe="") for key in keys]

    expect(await esms.request(BRANDNAMES, {}, path=path.format(*keys)), "brandnames_told")


@templates_case(
    rule="A template is listed once for each carrier that it is registered with, under a number of its own.",
    tier=Tier.READS,
    needs=ACCOUNTS,
    covers=["esms:templates_told", "esms.templates-by-carrier", "esms.templates-success-text", "esms.query-no-count"],
    kills=["esms.templates-once", "esms.templates-all-carriers", "esms.templates-same-id", "esms.templates-all-names"],
)
async def templates(esms: Driver) -> None:
    other = {"name": "Sandbox", "templates": [OTHER_TEXT]}
    own = {"name": "Baotrixemay", "templates": [TEMPLATE, "Xin chao"], "carriers": ["Viettel", "Itel"]}
    await esms.account(brandnames=[other, own])

    answer = expect(await esms.call(TEMPLATES), "templates_told")

    rows = answer.json["BrandnameTemplates"]
    equal(list(answer.json), ["BrandnameTemplates", "CodeResult", "ErrorMessage"], "members")
    equal([list(row) for row in rows], [["NetworkID", "TempContent", "TempId"]] * 4, "members of rows")
    equal(
        sorted((row["NetworkID"], row["TempContent"]) for row in rows),
        [(1, "Xin chao"), (1, TEMPLATE), (6, "Xin chao"), (6, TEMPLATE)],
        "carriers and templates",
    )
    equal({type(row["TempId"]) for row in rows}, {int}, "types of numbers")
    equal(len({row["TempId"] for row in rows}), 4, "different numbers")
    equal((await esms.call(TEMPLATES)).json, answer.json, "the list asked for again")


@templates_case(
    rule="A sender name that takes any text has no templates.",
    level=Level.SHOULD,
    tier=Tier.READS,
    needs=ACCOUNTS,
    covers=["esms:templates_told", "esms.templates-free-name"],
)
async def free_name(esms: Driver) -> None:
    await esms.account(brandnames=[{"name": "Baotrixemay"}])

    equal(
        (await esms.call(TEMPLATES)).text,
        '{"BrandnameTemplates":[],"CodeResult":"100","ErrorMessage":"success"}',
        "body",
    )


@templates_case(
    rule="The name may be spelled Brandname or BrandName; one that is not registered for customer care is refused.",
    sources=["V2, page on SMS templates, sample and table"],
    level=Level.SHOULD,
    tier=Tier.READS,
    choices={"esms.parameter-names": "any-case"},
    covers=["esms:templates_told", "esms:brandname_unknown", "esms.templates-refused-name", "esms.brandname-exact"],
    rows={
        "sample": ({"Brandname": "Baotrixemay"}, "templates_told"),
        "table": ({"BrandName": "Baotrixemay", "Brandname": None}, "templates_told"),
        "other-case": ({"Brandname": "baotrixemay"}, "brandname_unknown"),
        "missing": ({"Brandname": None}, "brandname_unknown"),
        "unknown": ({"Brandname": "x"}, "brandname_unknown"),
    },
)
async def template_name(esms: Driver, changes: dict[str, str | None], outcome: str) -> None:
    expect(await esms.call(TEMPLATES, **changes), outcome)


@templates_case(
    rule="The type of the templates may be bare, and comes before whose they are.",
    sources=["V2, page on SMS templates"],
    level=Level.SHOULD,
    tier=Tier.READS,
    covers=["esms:type_missing", "esms:type_not_supported", "esms.type-other", "esms.quoted-or-bare"],
    rows={
        "bare": ({"SmsType": 2}, "templates_told"),
        "missing": ({"SmsType": None, "Brandname": "x"}, "type_missing"),
        "zalo-bare": ({"SmsType": 25, "OAId": OA}, "templates_told"),
        "viber": ({"SmsType": "23", "Brandname": "x"}, "type_not_supported"),
        "advertising": ({"SmsType": 1}, "type_not_supported"),
    },
)
async def template_type(esms: Driver, changes: dict[str, object], outcome: str) -> None:
    expect(await esms.call(TEMPLATES, **changes), outcome)

"""The balance, the sender names and their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from otp_sandbox.play.journal import shown_path

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

BALANCE = "GetBalance_json"
BRANDNAMES = "GetListBrandname"
TEMPLATES = "GetTemplate"
TEMPLATE = "{P1,20} la ma xac minh dang ky Baotrixemay cua ban"
OTHER = "Cam on quy khach da su dung dich vu cua chung toi. Chuc quy khach mot ngay tot lanh!"


def query_refusal(code: int, text: str) -> str:
    """Write a refusal of a query."""
    return f'{{"CodeResult":"{code}","ErrorMessage":"{text}"}}'


CALLERS = [
    ({"SecretKey": "x"}, {}, 101, "Authorize Failed"),
    ({"ApiKey": None, "Brandname": "x", "SmsType": None}, {"blocked": True}, 101, "Authorize Failed"),
    (
        {"Brandname": "x", "SmsType": "x"},
        {"blocked": True, "allowed_ips": []},
        143,
        "Account is locked or not activated",
    ),
    ({"Brandname": "x", "SmsType": None}, {"allowed_ips": ["192.0.2.1"]}, 140, "IP address is not allowed"),
]


@pytest.mark.parametrize("name", ["GetBalance", BRANDNAMES, "GetListBrandnameV2"])
def test_keys_in_a_path_are_never_shown(lane: Lane, name: str) -> None:
    """Right or wrong, and however the path is spelled."""
    fields = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "x"}

    shown = shown_path(lane.route(name), f"/mainservice.svc//json/{name}/SANDBOX-API-KEY/x", fields)

    assert shown == f"/MainService.svc/json/{name}/***/***"


@pytest.mark.parametrize(("fields", "account", "code", "text"), CALLERS)
async def test_a_refused_balance_is_zero(
    lane: Lane, fields: dict[str, str | None], account: dict[str, Any], code: int, text: str
) -> None:
    """Under CodeResponse, whatever money there is; so is the number of the user, unless it is left out by choice."""
    lane.patch(**account)

    body = await lane.call(BALANCE, **fields)

    assert body == f'{{"Balance":0,"CodeResponse":"{code}","ErrorMessage":"{text}","UserID":0}}'
    lane.choose(balance_refused="balance-only")
    assert await lane.call(BALANCE, **fields) == f'{{"Balance":0,"CodeResponse":"{code}","ErrorMessage":"{text}"}}'


@pytest.mark.parametrize(("fields", "account", "code", "text"), CALLERS)
async def test_refused_lists_have_the_code_under_another_name(
    lane: Lane, fields: dict[str, str | None], account: dict[str, Any], code: int, text: str
) -> None:
    """The success of sender names has CodeResponse, and by choice a refusal too."""
    lane.patch(**account)

    assert await lane.call(BRANDNAMES, **fields) == query_refusal(code, text)
    assert await lane.call(TEMPLATES, **fields) == query_refusal(code, text)
    lane.choose(brandnames_codes="code-response")
    assert await lane.call(BRANDNAMES, **fields) == f'{{"CodeResponse":"{code}","ErrorMessage":"{text}"}}'
    assert await lane.call(TEMPLATES, **fields) == query_refusal(code, text)


@pytest.mark.parametrize("balance", [36693, 0, 1_000_000_000_000])
async def test_the_balance_is_a_number(lane: Lane, balance: int) -> None:
    """The number of the user stays with the seed."""
    lane.patch(balance=balance)

    body = await lane.call(BALANCE)

    user = orjson.loads(body)["UserID"]
    assert body == f'{{"Balance":{balance},"CodeResponse":"100","UserID":{user}}}'
    assert isinstance(user, int)
    assert orjson.loads(await lane.call(BALANCE))["UserID"] == user
    lane.seed += 1
    assert orjson.loads(await lane.call(BALANCE))["UserID"] != user


async def test_the_balance_is_what_sends_have_left(lane: Lane) -> None:
    """At once, and asking is free."""
    await lane.sent()
    await lane.call(BALANCE)

    assert orjson.loads(await lane.call(BALANCE))["Balance"] == 1_000_000 - 850


async def test_an_account_without_a_price_still_has_a_balance(lane: Lane) -> None:
    """Nothing is sent here."""
    lane.patch(price=None)

    assert orjson.loads(await lane.call(BALANCE))["Balance"] == 1_000_000


async def test_all_sender_names_are_listed_with_their_type(lane: Lane) -> None:
    """Byte for byte."""
    lane.patch(
        brandnames=[
            {"name": "Baotrixemay"},
            {"name": "QC_ONLINE", "type": 1},
            {"name": "BAT DONG SAN GIA TOT", "type": 23},
        ]
    )

    assert await lane.call(BRANDNAMES) == (
        '{"CodeResponse":"100","ListBrandName":[{"Brandname":"Baotrixemay","Type":2},'
        '{"Brandname":"QC_ONLINE","Type":1},{"Brandname":"BAT DONG SAN GIA TOT","Type":23}]}'
    )


async def test_by_choice_a_sender_name_is_listed_with_both_types(lane: Lane) -> None:
    """Customer care first; a name that is registered twice is still listed twice, as is one of another type."""
    lane.patch(brandnames=[{"name": "Baotrixemay"}, {"name": "Baotrixemay", "type": 1}, {"name": "V", "type": 23}])
    lane.choose(brandnames_listed="both-types")

    listed = orjson.loads(await lane.call(BRANDNAMES))["ListBrandName"]

    assert [(each["Brandname"], each["Type"]) for each in listed] == [
        ("Baotrixemay", 2),
        ("Baotrixemay", 1),
        ("V", 2),
        ("V", 1),
    ]


@pytest.mark.parametrize("brandnames", [[], None])
async def test_an_account_may_have_no_sender_name(lane: Lane, brandnames: list[Any] | None) -> None:
    """The list is empty then, by both paths and by either choice."""
    lane.patch(brandnames=brandnames)

    for option in ("as-registered", "both-types"):
        lane.choose(brandnames_listed=option)
        for name in (BRANDNAMES, "GetListBrandnameV2"):
            assert await lane.call(name) == '{"CodeResponse":"100","ListBrandName":[]}'


async def test_by_choice_a_locked_account_has_the_older_code(lane: Lane) -> None:
    """102, wherever there is a text; the state of a message keeps its own."""
    lane.patch(blocked=True)
    lane.choose(account_locked="102")

    assert await lane.call(TEMPLATES) == query_refusal(102, "Account is locked")
    assert '"CodeResult":"102"' in await lane.call("SendMultipleMessage_V4_get")
    assert '"CodeResponse":"143"' in await lane.call("GetSendStatus")


async def test_a_template_is_listed_for_each_of_its_carriers(lane: Lane) -> None:
    """Key order, numbers as numbers, by template and then by carrier."""
    lane.patch(brandnames=[{"name": "Baotrixemay", "templates": [TEMPLATE, OTHER], "carriers": ["Itel", "Mobifone"]}])

    body = await lane.call(TEMPLATES)

    first, second, third, fourth = (each["TempId"] for each in orjson.loads(body)["BrandnameTemplates"])
    assert body == (
        f'{{"BrandnameTemplates":[{{"NetworkID":2,"TempContent":"{TEMPLATE}","TempId":{first}}},'
        f'{{"NetworkID":6,"TempContent":"{TEMPLATE}","TempId":{second}}},'
        f'{{"NetworkID":2,"TempContent":"{OTHER}","TempId":{third}}},'
        f'{{"NetworkID":6,"TempContent":"{OTHER}","TempId":{fourth}}}],'
        '"CodeResult":"100","ErrorMessage":"success"}'
    )
    assert len({first, second, third, fourth}) == 4


async def test_without_a_list_of_carriers_all_seven_know_a_template(lane: Lane) -> None:
    """And the ids stay as they are when another template comes in front, or goes."""
    rows = orjson.loads(await lane.call(TEMPLATES))["BrandnameTemplates"]
    assert [each["NetworkID"] for each in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert len({each["TempId"] for each in rows}) == 7

    known = "{P1,8} la ma xac minh dang ky Baotrixemay cua ban"
    lane.patch(brandnames=[{"name": "Baotrixemay", "templates": [OTHER, known, OTHER, known]}])

    more = orjson.loads(await lane.call(TEMPLATES))["BrandnameTemplates"]
    assert more[7:] == rows
    assert len(more) == 14, "a template that stands twice is one"


@pytest.mark.parametrize(
    "brandname",
    [
        {"name": "Baotrixemay"},
        {"name": "Baotrixemay", "templates": []},
        {"name": "Baotrixemay", "templates": [OTHER], "carriers": []},
        {"name": "Baotrixemay", "templates": [OTHER], "carriers": ["mobifone"]},
    ],
)
async def test_there_may_be_no_template(lane: Lane, brandname: dict[str, Any]) -> None:
    """A name that takes any text has none to show; nor has one that no carrier knows."""
    lane.patch(brandnames=[brandname])

    assert await lane.call(TEMPLATES) == '{"BrandnameTemplates":[],"CodeResult":"100","ErrorMessage":"success"}'


@pytest.mark.parametrize("name", [None, "", "baotrixemay", "Baotrixemay ", "x", "QC_ONLINE"])
async def test_a_sender_name_must_be_registered_for_customer_care(lane: Lane, name: str | None) -> None:
    """Its case counts, as in sends."""
    lane.patch(brandnames=[{"name": "Baotrixemay"}, {"name": "QC_ONLINE", "type": 1}])

    assert await lane.call(TEMPLATES, Brandname=name) == query_refusal(104, "Brand name code is not exist")
    assert lane.verdict.cause == ("brandname_unknown" if name else "brandname_missing")


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        (None, 300, "Message type is missing"),
        ("", 300, "Message type is missing"),
        *(
            (kind, 118, "Message type is not supported")
            for kind in ("1", "8", "23", "26", "x", "2.0", "22", "-2", "02")
        ),
    ],
)
async def test_only_templates_of_customer_care_and_of_zalo_are_listed(
    lane: Lane, kind: str | None, code: int, text: str
) -> None:
    """The type comes before the name."""
    assert await lane.call(TEMPLATES, SmsType=kind, Brandname="x") == query_refusal(code, text)


@pytest.mark.parametrize("kind", ["2", " 2 "])
async def test_blanks_around_the_type_do_not_count(lane: Lane, kind: str) -> None:
    """As with GENCODE."""
    assert '"CodeResult":"100"' in await lane.call(TEMPLATES, SmsType=kind)

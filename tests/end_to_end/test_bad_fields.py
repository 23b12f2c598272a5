"""Whatever stands in a query is answered as the provider would, journalled, and leaves no traceback."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

Journal = Callable[[], Awaitable[list[dict[str, Any]]]]

pytestmark = pytest.mark.usefixtures("quiet")


class Operation(NamedTuple):
    """An operation as a client calls it: where, and with which fields when all is well."""

    method: str
    path: str
    fields: Mapping[str, str]


KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
PHONE = {"Phone": "0901888484"}
OTP = {
    "Token": "SANDBOX-TOKEN",
    "SendDateTime": "",
    "SMSMessageText": "Test",
    "LineNumber": "public",
    "Mobile": "9120000000",
    "CodeLength": "4",
}
OPERATIONS = {
    "gencode": Operation(
        "GET",
        "/MainService.svc/json/SendMessageAutoGenCode_V4_get",
        {
            **KEYS,
            **PHONE,
            "TimeAlive": "2",
            "NumCharOfCode": "6",
            "Brandname": "Sandbox",
            "Type": "2",
            "message": "{OTP}",
        },
    ),
    "checkcode": Operation("GET", "/MainService.svc/json/CheckCodeGen_V4_get", {**KEYS, **PHONE, "Code": "1NTTJ6"}),
    "sendotp-get": Operation("GET", "/rest/SendOTP", OTP),
    "sendotp-post": Operation("POST", "/rest/SendOTP", OTP),
    "balance": Operation("GET", "/api/", {"show": "balance", **TOKEN}),
    "networks": Operation("GET", "/api/", {"show": "networks", **TOKEN}),
    "service": Operation("GET", "/api/", {"show": "service", **TOKEN}),
    "code": Operation("GET", "/api/", {"show": "code", "ID": "88237016.01", **TOKEN}),
    "history": Operation("GET", "/api/", {"show": "history", "service": "1", "status": "1", "limit": "1", **TOKEN}),
    "register": Operation(
        "GET",
        "/api/register-service/",
        {"serviceId": "02.97", "carries": "MOBIFONE", "yPrefix": "90", "nPrefix": "97|", **TOKEN},
    ),
    "rephone": Operation(
        "GET", "/api/rephone/", {"phone": "0912345678", "serviceId": "97", "thuesim1": "215978.02", **TOKEN}
    ),
    "audio": Operation("GET", "/audio/play.php", {"phone": "769652844", "01": "769652844_Man.Club_6645fe035042.wav"}),
}
FIELDS = [(name, field) for name, operation in OPERATIONS.items() for field in operation.fields]
ENCODED = {
    "empty": "",
    "blank": "+",
    "percent-garbage": "%zz%",
    "no-utf-8": "%ff%fe",
    "nul": "%00",
    "lone-surrogate": "%ED%A0%80",
    "emoji": "%F0%9F%98%80",
    "long": "A" * 7000,
    "huge-number": "9" * 400,
    "negative": "-1",
    "infinity": "1e400",
    "line-break": "%0D%0ASet-Cookie:x=y",
    "template": "%7B0%7D%7Bphone%7D%25s",
    "markup": "%3Cscript%3E%22%27%5C",
    "bars": "||||",
    "arabic-digits": "%D9%A3%D9%A4",
    "unpaired-quote": '"',
}


def encoded(fields: Mapping[str, str], **raw: str) -> str:
    """Write a query; `raw` values are put in as they are."""
    pairs = [f"{quote(name)}={raw.get(name, quote(text))}" for name, text in fields.items()]
    return "&".join([*pairs, *(f"{name}={text}" for name, text in raw.items() if name not in fields)])


def answered(name: str, status: int, text: str) -> Any:
    """Hold an answer to being one of the provider's own, whatever it says."""
    if name == "audio":
        assert status == 404
        return text
    assert status == 200, text
    return json.loads(text)


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}-{field}" for name, field in FIELDS])
async def test_any_value_of_any_field_is_answered_and_journalled(
    client: Any, journal: Journal, name: str, field: str
) -> None:
    """Percent-garbage, bytes that are no text, NUL, 7 KB, huge numbers, markup: an answer of the provider's each."""
    method, path, fields = OPERATIONS[name]

    for raw in ENCODED.values():
        answer = await client.send(method, f"{path}?{encoded(fields, **{field: raw})}")
        answered(name, answer.status, answer.text)
        assert "Set-Cookie" not in answer.headers

    entries = await journal()
    assert len(entries) == len(ENCODED)
    assert {entry["method"] for entry in entries} == {method}


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}-{field}" for name, field in FIELDS])
async def test_a_missing_field_is_answered_like_an_empty_one(client: Any, name: str, field: str) -> None:
    """By every provider, on every operation."""
    method, path, fields = OPERATIONS[name]
    others = {each: text for each, text in fields.items() if each != field}
    await client.control("PATCH", "/accounts/thuesim", {"min_interval": "0s", "arrival": "manual"})

    missing = await client.send(method, f"{path}?{encoded(others)}")
    empty = await client.send(method, f"{path}?{encoded(others, **{field: ''})}")

    if '"ID":' in missing.text or "SMSID" in missing.text or "MessageID" in missing.text:
        assert (missing.status, len(missing.text)) == (empty.status, len(empty.text))
    else:
        assert (missing.status, missing.text) == (empty.status, empty.text)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_repeated_fields_are_answered_and_noted(client: Any, journal: Journal, name: str) -> None:
    """.NET joins them with a comma, so credentials that come twice are wrong; PHP takes the last."""
    method, path, fields = OPERATIONS[name]
    query = encoded(fields)

    answer = await client.send(method, f"{path}?{query}&{query}")

    body = answered(name, answer.status, answer.text)
    [entry] = await journal()
    assert any("more than once" in warning for warning in entry["warnings"])
    if name in ("gencode", "checkcode"):
        assert body["CodeResult"] == "101"
    elif name.startswith("sendotp"):
        assert body["Status"] == "Token_Invalid"
    else:
        assert entry["outcome"] != "auth_failed"


@pytest.mark.parametrize("name", ["gencode", "checkcode", "sendotp-get", "sendotp-post"])
@pytest.mark.parametrize("spell", [str.upper, str.lower, str.swapcase, lambda name: name[0].swapcase() + name[1:]])
async def test_dotnet_takes_names_in_any_case(client: Any, name: str, spell: Callable[[str], str]) -> None:
    """All in capitals, or with another first letter, as clients in the wild send them."""
    method, path, fields = OPERATIONS[name]
    query = encoded({spell(field): text for field, text in fields.items()})

    answer = await client.send(method, f"{spell(path) if path != '/rest/SendOTP' else path.lower()}?{query}")

    body = answered(name, answer.status, answer.text)
    assert body.get("CodeResult") in ("100", "117") or body.get("Status") == "Success"


@pytest.mark.parametrize("name", ["balance", "code", "register", "rephone"])
async def test_php_takes_names_in_their_own_case_only(client: Any, journal: Journal, name: str) -> None:
    """Another case is another parameter; the journal says so."""
    method, path, fields = OPERATIONS[name]
    query = encoded({field if field == "show" else field.upper(): text for field, text in fields.items()})

    await client.send(method, f"{path}?{query}")

    [entry] = await journal()
    assert entry["outcome"] == "auth_failed"
    assert any("TOKEN is no parameter" in warning for warning in entry["warnings"])


@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_body_where_none_belongs_changes_nothing(client: Any, name: str) -> None:
    """A JSON body on a GET, and a content type without one; on a POST the query still counts beside garbage."""
    method, path, fields = OPERATIONS[name]
    await client.control("PATCH", "/accounts/thuesim", {"min_interval": "0s"})
    plain = await client.send(method, f"{path}?{encoded(fields)}")

    with_body = await client.send(
        method, f"{path}?{encoded(fields)}", data=b'{"x": [', headers={"Content-Type": "application/json"}
    )
    typed = await client.send(method, f"{path}?{encoded(fields)}", headers={"Content-Type": "application/json"})

    assert (plain.status, len(plain.text)) == (with_body.status, len(with_body.text)) == (typed.status, len(typed.text))


async def test_an_account_can_be_held_to_the_exact_names(client: Any) -> None:
    """Choice esms.parameter-names: another case counts as missing."""
    method, path, fields = OPERATIONS["gencode"]
    await client.control("PATCH", "/choices", {"esms.parameter-names": "exact"})

    exact = await client.send(method, f"{path}?{encoded(fields)}")
    brandname = {("BrandName" if name == "Brandname" else name): text for name, text in fields.items()}
    phone = {("phone" if name == "Phone" else name): text for name, text in fields.items()}
    key = {("Apikey" if name == "ApiKey" else name): text for name, text in fields.items()}
    others = [await client.send(method, f"{path}?{encoded(each)}") for each in (brandname, phone, key)]

    assert exact.json["CodeResult"] == "100"
    assert [other.json["CodeResult"] for other in others] == ["104", "108", "101"]

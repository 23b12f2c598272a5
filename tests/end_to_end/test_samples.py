"""Every sample answer of the three specs comes back over HTTP token for token: order of keys, types, texts, spelling.

What a sample cannot fix is taken over from the answer before they are compared: ids, drawn numbers, links. Times,
balances, prices and texts are arranged so that they are the sample's own.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

import otp_specs
from otp_specs.lint import samples

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
TEMPLATE = "{OTP} la ma xac minh dang ky Baotrixemay cua ban"
SEND = {**KEYS, "Phone": "0901888484", "Brandname": "Baotrixemay", "Type": "2", "message": TEMPLATE}
CHECK = {**KEYS, "Phone": "0901888484", "Code": "1NTTJ6"}
OTP = {
    "SendDateTime": "2023-07-23T13:40:00+03:30",
    "SMSMessageText": "Test",
    "LineNumber": "public",
    "Mobile": "9120000000",
    "CodeLength": "4",
}
VU_KHUYEN = (
    "[VU KHUYEN] Trung tam thong bao ma kich hoat tai khoan dang ky tu van du hoc: 529310. "
    "Vui long khong chia se cho bat ky ai"
)
MOMO = (
    "486460 la ma xac thuc OTP dang ky vi MoMo. De tranh bi mat tien, tuyet doi KHONG chia se ma nay voi bat ky ai. "
    "zniHFS3HBXG"
)
YAHOO = [{"ID": 4, "SV": "01", "SERVICE_NAME": "Yahoo", "PRICE": 470, "Time": "300"}]
TEST = [{"ID": 97, "SV": "02", "SERVICE_NAME": "DV KHÁC (TEST)", "PRICE": 1450, "Time": "300"}]
LISTED = [
    {"ID": 7, "SV": "01", "SERVICE_NAME": "Facebook", "PRICE": 800, "Time": "300"},
    {"ID": 1, "SV": "01", "SERVICE_NAME": "Momo", "PRICE": 350, "Time": "300"},
]
MAN_CLUB = [{"ID": 3, "SV": "01", "SERVICE_NAME": "Man.Club", "PRICE": 500, "Time": "300"}]


async def esms(client: Any, path: str, **fields: str) -> str:
    return str((await client.get(path, **fields)).text)


async def pinned(client: Any, code: str) -> None:
    await client.control("PUT", "/codes/0901888484", {"code": code})
    await client.get(GENCODE, **SEND)


async def code_valid(client: Any) -> str:
    await pinned(client, "1NTTJ6")
    return await esms(client, CHECKCODE, **CHECK)


async def invalid_request(client: Any) -> str:
    await client.control("PATCH", "/choices", {"esms.lifetime-range": "strict"})
    answer = await client.get(GENCODE, **SEND, TimeAlive="11")
    assert answer.status == 400
    return str(answer.text)


async def amoot_by_get(client: Any, token: str = "SANDBOX-TOKEN") -> str:
    return str((await client.get("/rest/SendOTP", Token=token, **OTP)).text)


async def amoot_by_post(client: Any, token: str = "SANDBOX-TOKEN") -> str:
    return str((await client.send("POST", "/rest/SendOTP", data=OTP, headers={"Authorization": token})).text)


async def show(client: Any, what: str, **fields: str) -> str:
    return str((await client.get("/api/", show=what, **TOKEN | fields)).text)


async def account(client: Any, **fields: Any) -> None:
    await client.control("PATCH", "/accounts/thuesim", {"arrival": "manual", "min_interval": "0s", **fields})


async def rented(client: Any, service: str, **filters: str) -> tuple[str, str]:
    """Rent; give the answer and the id."""
    answer = await client.send(
        "GET",
        "/api/register-service/",
        params={"serviceId": service, **TOKEN, **filters},
        headers={"Host": "thuesim.com.vn"},
    )
    return answer.text, answer.text.partition('"ID":')[2].partition(",")[0]


async def balance(client: Any) -> str:
    return await show(client, "balance")


async def services(client: Any) -> str:
    await account(client, services=TEST)
    return await show(client, "service")


async def code_of_text(client: Any) -> str:
    await account(client)
    _, rental = await rented(client, "02.97")
    await client.control("POST", f"/rentals/{rental}/sms", {"text": VU_KHUYEN})
    return await show(client, "code", ID=rental)


async def code_of_call(client: Any) -> str:
    await account(client, services=MAN_CLUB)
    _, rental = await rented(client, "01.3", yPrefix="76")
    await client.control("POST", f"/rentals/{rental}/call", {"code": "059809"})
    return await show(client, "code", ID=rental)


async def code_to_wait_for(client: Any) -> str:
    await account(client)
    _, rental = await rented(client, "02.97")
    return await show(client, "code", ID=rental)


async def history(client: Any) -> str:
    await account(client)
    await client.control("PUT", "/clock", {"mode": "frozen", "now": "2020-08-06T17:13:24.880+07:00"})
    _, call = await rented(client, "01.1")
    await client.control("POST", f"/rentals/{call}/call", {"code": "486460"})
    _, text = await rented(client, "01.1")
    await client.control("POST", f"/rentals/{text}/sms", {"text": MOMO})
    return await show(client, "history")


async def rent(client: Any) -> str:
    await account(client, services=YAHOO, balance=123456 + 470)
    await client.control("PUT", "/clock", {"mode": "frozen", "now": "2021-10-16T09:27:01+07:00"})
    body, _ = await rented(client, "01.4", carries="VINAPHONE")
    return body


async def out_of_stock(client: Any) -> str:
    body, _ = await rented(client, "02.97", carries="VIETTEL", yPrefix="90")
    return body


async def listed(client: Any) -> None:
    """Play the second schema of thuesim."""
    await client.control("PATCH", "/choices", {"thuesim.profile": "list"})


async def listed_services(client: Any) -> str:
    await listed(client)
    await account(client, services=LISTED)
    return await show(client, "service")


async def listed_rent(client: Any) -> str:
    await listed(client)
    await account(client, balance=50_470)
    body, _ = await rented(client, "4")
    return body


async def listed_code(client: Any, kind: str, what: dict[str, str]) -> str:
    await listed(client)
    await account(client, services=LISTED)
    await client.control("PUT", "/clock", {"mode": "frozen", "now": "2020-08-06T17:13:24.880+07:00"})
    body, _ = await rented(client, "1")
    (rental,) = (await client.control("GET", "/rentals")).json["rentals"]
    await client.control("POST", f"/rentals/{rental['id']}/{kind}", what)
    return await show(client, "code", ID=json.loads(body)["data"]["request_id"])


async def listed_refusal(client: Any) -> str:
    await listed(client)
    return await out_of_stock(client)


async def listed_wrong_id(client: Any) -> str:
    await listed(client)
    return await show(client, "code", ID="x")


class Way(NamedTuple):
    """How to get a sample's answer, and the keys whose values are the sandbox's own."""

    way: Callable[[Any], Awaitable[str]]
    own: tuple[str, ...] = ()


WAYS = {
    "esms SendMessageAutoGenCode_V4_get accepted": Way(lambda client: esms(client, GENCODE, **SEND), ("SMSID",)),
    "esms SendMessageAutoGenCode_V4_get authorize_failed": Way(
        lambda client: esms(client, GENCODE, **SEND | {"SecretKey": "{{SecretKey}}"})
    ),
    "esms SendMessageAutoGenCode_V4_get brandname_unknown": Way(
        lambda client: esms(client, GENCODE, **SEND | {"Brandname": "Nobody"})
    ),
    "esms SendMessageAutoGenCode_V4_get template_mismatch": Way(
        lambda client: esms(client, GENCODE, **SEND | {"message": "{OTP}"}), ("SMSID",)
    ),
    "esms SendMessageAutoGenCode_V4_get invalid_request": Way(invalid_request),
    "esms CheckCodeGen_V4_get code_valid": Way(code_valid),
    "esms CheckCodeGen_V4_get authorize_failed": Way(
        lambda client: esms(client, CHECKCODE, **CHECK | {"ApiKey": "{{ApiKey}}"})
    ),
    "esms CheckCodeGen_V4_get code_invalid": Way(lambda client: esms(client, CHECKCODE, **CHECK)),
    "amoot SendOTP.get success": Way(amoot_by_get, ("MessageID", "Code")),
    "amoot SendOTP.get token_not_exists": Way(lambda client: amoot_by_get(client, "0123456789ABCDEF" * 2 + "01234567")),
    "amoot SendOTP success": Way(amoot_by_post, ("MessageID", "Code")),
    "amoot SendOTP token_not_exists": Way(lambda client: amoot_by_post(client, "0123456789ABCDEF" * 2 + "01234567")),
    "thuesim balance success": Way(balance),
    "thuesim balance auth_failed": Way(lambda client: show(client, "balance", token="")),
    "thuesim networks success": Way(lambda client: show(client, "networks")),
    "thuesim networks auth_failed": Way(lambda client: show(client, "networks", token="x")),
    "thuesim service service_listed": Way(services),
    "thuesim service auth_failed": Way(lambda client: show(client, "service", token="x")),
    "thuesim code code_received": Way(code_of_text),
    "thuesim code code_received.call": Way(code_of_call, ("CallFile",)),
    "thuesim code waiting_for_message": Way(code_to_wait_for),
    "thuesim history success": Way(history, ("ID", "Phone", "SmsContent")),
    "thuesim history auth_failed": Way(lambda client: show(client, "history", token="x")),
    "thuesim unknown_show error": Way(lambda client: show(client, "account")),
    "thuesim register_service rented": Way(rent, ("ID", "Phone")),
    "thuesim register_service out_of_stock": Way(out_of_stock),
    "thuesim service service_listed_list": Way(listed_services),
    "thuesim code rental_shown": Way(lambda client: listed_code(client, "sms", {"text": MOMO}), ("ID", "Phone")),
    "thuesim code rental_shown.call": Way(
        lambda client: listed_code(client, "call", {"code": "486460"}), ("ID", "Phone", "SmsContent")
    ),
    "thuesim code session_unknown_viotp": Way(listed_wrong_id),
    "thuesim register_service rented_list": Way(listed_rent, ("phone_number", "request_id")),
    "thuesim register_service out_of_stock.list": Way(listed_refusal),
}
SAMPLES = {
    f"{name} {operation} {place.rpartition('/')[2]}": body
    for name in otp_specs.available()
    for operation, place, _, body in samples(otp_specs.load(name))
}


def written(body: Any) -> str:
    """Write a sample as the wire does: compact, Unicode as it is."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=float)


def kinds(token: str) -> str:
    """Tell what kind of value a token is: texts, numbers with the same decimals, or itself."""
    if token.startswith('"'):
        return "text"
    return re.sub(r"^-?\d+(\.\d+)?$", lambda found: f"number {len(found[1] or '')}", token)


def with_values_of(answer: str, sample: str, own: tuple[str, ...]) -> str:
    """Give the sample with the answer's values under the sandbox's own keys, as long as they are of one kind."""
    for key in own:
        token = re.compile(rf'(?<="{key}":)("(?:[^"\\]|\\.)*"|[^,}}\]]+)')
        values = token.findall(answer)
        assert [kinds(each) for each in values] == [kinds(each) for each in token.findall(sample)], key
        ordered = iter(values)
        sample = token.sub(lambda _, ordered=ordered: next(ordered), sample)  # type: ignore[misc]  # bound at once
    return sample


def test_the_ways_lead_to_samples_of_the_specs() -> None:
    """Token for token the first operations; the suite's third layer asks for every sample there is."""
    assert set(WAYS) <= set(SAMPLES)


@pytest.mark.parametrize("sample", WAYS)
async def test_a_sample_comes_back_token_for_token(client: Any, sample: str) -> None:
    """Raw texts are compared, no parsed values."""
    way, own = WAYS[sample]

    answer = await way(client)

    assert answer == with_values_of(answer, written(SAMPLES[sample]), own)


async def test_what_the_sandbox_fills_in_has_the_form_of_the_samples(client: Any) -> None:
    """The parts that the comparison above takes over."""
    forms = {
        "esms SendMessageAutoGenCode_V4_get accepted": r'"SMSID":"[0-9a-f]{32}"',
        "amoot SendOTP.get success": r'"MessageID":\d{9},"Code":"[1-9]\d{3}"',
        "thuesim register_service rented": r'"ID":\d{8}\.01,.*"Phone":" 0\d{9}"',
    }

    for sample, form in forms.items():
        assert re.search(form, await WAYS[sample].way(client)), sample


async def test_a_call_is_linked_to_where_its_recording_can_be_heard(client: Any) -> None:
    """The link of the call sample, at the host that rented; the file is there."""
    body = json.loads(await code_of_call(client))

    link = body["Result"]["CallFile"]
    heard = await client.send("GET", link.removeprefix("http://thuesim.com.vn"))
    form = r"http://thuesim\.com\.vn/audio/play\.php\?01=(\d{9})_Man\.Club_[0-9a-f]{12}\.wav&phone=\1"
    assert re.fullmatch(form, link)
    assert (heard.status, heard.headers["Content-Type"]) == (200, "audio/wav")


async def test_answers_name_their_type_and_charset(client: Any) -> None:
    """All JSON on provider paths: compact UTF-8, application/json; charset=utf-8."""
    for answer in await asyncio.gather(
        client.get(GENCODE, **SEND),
        client.get(CHECKCODE, **CHECK),
        client.get("/rest/SendOTP", Token="x"),
        client.get("/api/", show="networks", **TOKEN),
        client.get("/api/register-service/", **TOKEN),
        client.get("/api/rephone/", **TOKEN),
    ):
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.text == json.dumps(answer.json, ensure_ascii=False, separators=(",", ":"))

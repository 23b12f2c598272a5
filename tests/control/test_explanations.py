"""Explanations: what was sent, what is registered, from when on, and the PATCH that lets a call pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

JSON = "/MainService.svc/json/"
PHONE = "0912345678"
TEXT = "482913 la ma cua ban"
ZALO = {"TempID": "205644", "Params": ["482913"], "OAID": "4097311281936189049"}
SMS = {"Content": "482913 la ma xac minh dang ky Baotrixemay cua ban", "SmsType": "2", "Brandname": "Baotrixemay"}
PATTERN = {"Mobile": "9120000000", "PatternCodeID": "1001", "PatternValues": "4711"}


async def explained(world: Any) -> list[str]:
    """Explain the newest request."""
    newest = (await world.get("/requests"))["requests"][-1]
    steps: list[str] = (await world.get(f"/requests/{newest['id']}"))["explanation"]
    return steps


async def outcome(world: Any) -> str:
    entry: str = (await world.get("/requests"))["requests"][-1]["outcome"]
    return entry


async def call(world: Any, what: str, fields: dict[str, Any]) -> None:
    """Make a call: GENCODE, a method of Amoot by its name, a path of thuesim, or an operation of eSMS with JSON."""
    held = world.credentials
    if what == "gencode":
        await world.gencode(**fields)
    elif what.startswith("/"):
        await world.client.get(what, **held["thuesim"], **fields)
    elif what[:4] in ("Send", "Mult", "GetT") and ("Phone" in fields or "Brandname" in fields):
        await world.client.send("POST", f"{JSON}{what}", json={**held["esms"], **fields})
    else:
        await world.client.get(f"/rest/{what}", Token=held["amoot"]["Token"], **fields)


RENT = "/api/register-service/"
OTP = {"Mobile": "9120000000", "CodeLength": "4", "LineNumber": "Public", "SMSMessageText": "x"}
SIMPLE = {"Mobiles": "9120000000,9120000001", "LineNumber": "Public", "SMSMessageText": "x"}
MULTI = "MultiChannelMessage"
SEND = "SendMultipleMessage_V4_post_json"
V5 = "SendMessageAutoGenCode_V5"
MESSAGE = {"Phone": PHONE, "Content": TEXT, "SmsType": "2", "Brandname": "Sandbox"}
BLOCKED = {"name": "Sandbox", "carriers": ["Viettel"]}

REFUSED: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    # cause.what: provider, account, call, fields
    "brandname_unknown": ("esms", {}, "gencode", {"Brandname": "MyShop"}),
    "brandname_unknown.send": ("esms", {}, SEND, {**MESSAGE, "Brandname": "MyShop"}),
    "brandname_unknown.templates": ("esms", {}, "GetTemplate", {"SmsType": "2", "Brandname": "MyShop"}),
    "brandname_unknown.multi": ("esms", {"brandnames": []}, MULTI, {}),
    "brandname_unknown.v5": (
        "esms",
        {"brandnames": []},
        V5,
        {"Phone": PHONE, "MultiChannelTempId": "22575", "TypeId": "2"},
    ),
    "template_mismatch": ("esms", {}, "gencode", {"Brandname": "Baotrixemay", "message": "{OTP} la ma khac"}),
    "template_mismatch.braces": ("esms", {}, "gencode", {"Brandname": "Baotrixemay", "message": "{OTP} cho {ten}"}),
    "template_mismatch.send": ("esms", {}, SEND, {**MESSAGE, "Brandname": "Baotrixemay"}),
    "template_mismatch.v5": (
        "esms",
        {"brandnames": [{"name": "Baotrixemay", "templates": []}]},
        V5,
        {"Phone": PHONE, "MultiChannelTempId": "22575", "TypeId": "2"},
    ),
    "keyword_blocked": ("esms", {"blocked_words": ["la", "other"]}, SEND, MESSAGE),
    "carrier_not_registered": ("esms", {"brandnames": [BLOCKED]}, "gencode", {}),
    "phone_blocked": ("esms", {"blocked_phones": ["+84912345678", "0900000001"]}, "gencode", {}),
    "account_locked": ("esms", {"blocked": True}, "gencode", {}),
    "ip_not_allowed": ("esms", {"allowed_ips": ["192.0.2.1"]}, "gencode", {}),
    "no_price_list": ("esms", {"price": None}, "gencode", {}),
    "not_enough_balance": ("esms", {"balance": 849}, "gencode", {}),
    "not_enough_balance.segments": ("esms", {"balance": 1699}, "gencode", {"message": "{OTP}" + "a" * 200}),
    "not_enough_balance.send": ("esms", {"balance": 1699}, SEND, {**MESSAGE, "Content": "ạ" * 71}),
    "template_not_configured": ("esms", {}, V5, {"Phone": PHONE, "MultiChannelTempId": "5", "TypeId": "2"}),
    "template_not_configured.multi": ("esms", {}, MULTI, {"TempID": "5"}),
    "oa_unknown": ("esms", {}, MULTI, {"OAID": "5", "TempID": ""}),
    "oa_inactive": ("esms", {"official_accounts": [{"id": ZALO["OAID"], "active": False}]}, MULTI, {}),
    "over_quota_not_allowed": ("esms", {}, MULTI, {"SendingMode": "3"}),
    "line_number_not_exist": ("amoot", {}, "SendOTP", {**OTP, "LineNumber": "3000505"}),
    "line_number_not_exist.received": (
        "amoot",
        {},
        "RecieveMessages",
        {"FromDateTime": "2026-01-01", "ToDateTime": "2026-12-01", "LineNumber": "3000505"},
    ),
    "backup_line_number_not_exist": ("amoot", {}, "SendWithBackupLine", {**SIMPLE, "BackupLineNumber": "3000505"}),
    "bulk_id_invalid": (
        "amoot",
        {},
        "SendBank",
        {"SMSMessageText": "Test", "LineNumber": "public", "BankID": "7", "FromRow": "0", "Count": "2"},
    ),
    "relays_full": (
        "amoot",
        {"delivery_relays": [{"id": number, "url": f"http://127.0.0.1:9/{number}"} for number in range(1, 21)]},
        "RelayMessageDeliveryCreate",
        {"URLAddress": "http://127.0.0.1:9/relay"},
    ),
    "pattern_unknown": ("amoot", {}, "SendWithPattern", {**PATTERN, "PatternCodeID": "5", "PatternValues": "a,b"}),
    "pattern_not_approved": (
        "amoot",
        {"patterns": [{"id": 1001, "text": "%code%", "status": 0}]},
        "SendWithPattern",
        PATTERN,
    ),
    "no_otp_pattern": ("amoot", {"patterns": []}, "SendQuickOTP", {"Mobile": "9120000000", "CodeLength": "4"}),
    "credit_not_enough": ("amoot", {"credit": 999}, "SendOTP", OTP),
    "credit_not_enough.simple": ("amoot", {"credit": 1999}, "SendSimple", SIMPLE),
    "credit_not_enough.pattern": ("amoot", {"credit": 1}, "SendWithPattern", PATTERN),
    "mobile_black_listed": ("amoot", {"black_list": ["09120000000", "09120000001"]}, "SendOTP", OTP),
    "system_disabled": ("amoot", {"system_disabled": True}, "AccountStatus", {}),
    "token_disabled": ("amoot", {"token": {"active": False}}, "AccountStatus", {}),
    "token_expired": ("amoot", {"token": {"expires_at": "2020-01-01T00:00:00Z"}}, "AccountStatus", {}),
    "token_not_allow_ip": ("amoot", {"token": {"allowed_ips": []}}, "AccountStatus", {}),
    "token_not_allow_method": ("amoot", {"token": {"allowed_methods": ["SendOTP"]}}, "AccountStatus", {}),
    **{
        f"user_{name}": ("amoot", {"user": {name: True}}, "AccountStatus", {})
        for name in (
            "disabled",
            "expired",
            "mobile_not_verified",
            "web_service_banned",
            "not_allow_web_service",
            "not_allow_http",
        )
    },
    "user_not_allow_ip": ("amoot", {"user": {"allowed_ips": []}}, "AccountStatus", {}),
    "user_not_allow_method": ("amoot", {"user": {"allowed_methods": []}}, "AccountStatus", {}),
    "account_is_demo": ("amoot", {"user": {"demo": True}}, "SendOTP", OTP),
    "organisation_undeclared": ("amoot", {"user": {"organisation_undeclared": True}}, "SendOTP", OTP),
    "service_unknown": ("thuesim", {}, RENT, {"serviceId": "02.98"}),
    "service_unknown.suspended": (
        "thuesim",
        {"services": [{"ID": 97, "SV": "02", "SERVICE_NAME": "x", "PRICE": 1, "Time": "300", "suspended": True}]},
        RENT,
        {"serviceId": "02.97"},
    ),
    "waiting_limit_reached": ("thuesim", {"waiting_limit": 0}, RENT, {"serviceId": "02.97"}),
    "not_enough_balance.rent": ("thuesim", {"balance": 1449}, RENT, {"serviceId": "02.97"}),
    "out_of_stock": (
        "thuesim",
        {"services": [{"ID": 97, "SV": "02", "SERVICE_NAME": "x", "PRICE": 1, "Time": "300", "stock": 0}]},
        RENT,
        {"serviceId": "02.97"},
    ),
}


def wire(what: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Make a multichannel request of changes to its Zalo part."""
    if what != MULTI:
        return fields
    return {"Phone": PHONE, "Channels": ["zalo", "sms"], "Data": [{**ZALO, **fields}, SMS]}


@pytest.mark.parametrize(("name", "refusal"), REFUSED.items(), ids=REFUSED)
async def test_the_patch_of_an_explanation_lets_the_call_pass(
    lane: Any, name: str, refusal: tuple[str, dict[str, Any], str, dict[str, Any]]
) -> None:
    """Exactly as it stands there; whatever the account had besides, it has still."""
    provider, account, what, fields = refusal
    world = await lane()
    cause = name.partition(".")[0]
    await world.control("PATCH", f"/accounts/{provider}", account)
    if name == "oa_unknown":
        fields = {**fields, "TempID": "205644"}
    await call(world, what, wire(what, fields))

    steps = await explained(world)
    refused = [step for step in steps if step.startswith(f"{cause}: yes (")]
    [line] = [step for step in steps if step.startswith("this lets it pass: PATCH ")]
    path, _, patch = line.removeprefix("this lets it pass: PATCH ").partition(" ")
    before = await world.get(f"/accounts/{provider}")
    patched = await world.client.control("PATCH", path.removeprefix("/_sandbox/v1"), json.loads(patch))
    await call(world, what, wire(what, fields))

    assert refused
    assert path == f"/_sandbox/v1/lanes/{world.id}/accounts/{provider}"
    assert patched.status == 200
    untouched = before.keys() - json.loads(patch).keys()
    assert {key: patched.json[key] for key in untouched} == {key: before[key] for key in untouched}
    assert not [step for step in await explained(world) if step.startswith(f"{cause}: yes")]


@pytest.mark.parametrize(
    ("what", "fields", "step"),
    [
        ("gencode", {"message": "{OTP}" + "a" * 155}, "accepted: yes (the price is 1700: 2 segments at 850)"),
        (SEND, MESSAGE, "accepted: yes (the price is 850: 1 segment at 850)"),
        (SEND, {**MESSAGE, "SmsType": "8"}, "accepted: yes (the price is 850: 850 for a message)"),
    ],
)
async def test_what_an_accepted_message_costs_is_explained(
    world: Any, what: str, fields: dict[str, Any], step: str
) -> None:
    """The price of the account and the segments; the message has the same."""
    await call(world, what, fields)

    assert step in await explained(world)
    message = (await world.get("/messages"))["messages"][-1]
    assert f"the price is {message['price']}:" in step
    assert message["channel"] == "voice" or message["price"] == 850 * message["segments"]


async def test_the_patch_of_the_lane_default_has_the_short_path(world: Any) -> None:
    await world.gencode(Brandname="MyShop")

    assert 'this lets it pass: PATCH /_sandbox/v1/accounts/esms {"brandnames":{"add":[{"name":"MyShop"}]}}' in (
        await explained(world)
    )


@pytest.mark.parametrize(
    ("what", "fields", "step"),
    [
        (
            "gencode",
            {"Brandname": ""},
            "brandname_missing: yes (Brandname is missing; registered are Baotrixemay, Sandbox)",
        ),
        (
            "gencode",
            {"Brandname": "sandbox"},
            (
                'brandname_unknown: yes (Brandname "sandbox" is not registered for customer care; '
                "registered are Baotrixemay, Sandbox)"
            ),
        ),
        (
            "gencode",
            {"message": "ma {otp}"},
            'placeholder_missing: yes (message "ma {otp}" has no {OTP}, where the code goes; case counts)',
        ),
        (
            "gencode",
            {"message": ""},
            "message_missing: yes (message is missing, or its name is not written in small letters)",
        ),
        (
            "gencode",
            {"Brandname": "Baotrixemay", "message": "{OTP} hi"},
            (
                'template_mismatch: yes ("{OTP} hi" fits no template of Baotrixemay; '
                "registered are {P1,8} la ma xac minh dang ky Baotrixemay cua ban)"
            ),
        ),
        (
            SEND,
            {**MESSAGE, "Brandname": ""},
            "brandname_missing: yes (Brandname is missing; registered are Baotrixemay, Sandbox)",
        ),
        (SEND, {**MESSAGE, "Content": ""}, "content_missing: yes (Content is missing)"),
        (
            "SendWithPattern",
            {**PATTERN, "PatternCodeID": "5"},
            "pattern_unknown: yes (PatternCodeID 5 is none of 1001)",
        ),
        (
            "SendWithPattern",
            {**PATTERN, "PatternValues": "a,b"},
            "values_wrong: yes (pattern 1001 takes %code%; 2 values were sent)",
        ),
        (RENT, {"serviceId": "97"}, 'service_malformed: yes (serviceId "97" is not written'),
        ("/api/", {"show": "code", "ID": "1.02"}, 'session_unknown: yes (no rental of this account has the ID "1.02")'),
        (MULTI, {"Params": []}, 'params_invalid: yes (TempID "205644" has 1 places; Params has 0 values)'),
    ],
)
async def test_a_refusal_says_what_was_sent_and_what_is_there(
    world: Any, what: str, fields: dict[str, Any], step: str
) -> None:
    """A missing field is missing, and is not told as an unknown one."""
    await call(world, what, wire(what, fields))

    assert any(each.startswith(step) for each in await explained(world)), await explained(world)


async def test_too_soon_says_when(still: Any) -> None:
    await still.rent()
    await still.advance("2s")
    await still.client.get(RENT, **still.credentials["thuesim"], serviceId="02.97")

    steps = await explained(still)

    assert (
        "too_soon: yes (the last number was taken at 2026-03-01 12:00:00+00:00; "
        "the next one can be from 2026-03-01 12:00:05+00:00)"
    ) in steps


@pytest.mark.parametrize(
    ("window", "free"), [("rolling", "2026-03-02 12:00:00+00:00"), ("calendar-day", "2026-03-02 00:00:00+07:00")]
)
async def test_a_used_request_id_says_from_when_on_it_is_free(still: Any, window: str, free: str) -> None:
    await still.control("PATCH", "/choices", {"esms.request-id-window": window})
    for _ in range(2):
        await call(still, SEND, {**MESSAGE, "RequestId": "order-1"})

    steps = await explained(still)

    used = 'duplicate_request: yes (RequestId "order-1" was used at 2026-03-01 12:00:00+00:00; '
    assert f"{used}it is free again at {free})" in steps


async def test_a_status_that_is_asked_too_early_says_when(still: Any) -> None:
    await still.control("PATCH", "/choices", {"esms.status-delay": "some"})
    sent = await still.gencode()
    keys = still.credentials["esms"]
    await still.client.get(f"{JSON}GetSendStatus", **keys, RefId=sent.json["SMSID"])

    assert any(
        step.startswith(
            "too_early: yes (the send was at 2026-03-01 12:00:00+00:00; it can be asked for from 2026-03-01"
        )
        for step in await explained(still)
    )


async def test_an_expired_code_is_explained_as_expired_after_its_expiry(still: Any) -> None:
    """Its event has fired: the code is known for its phone all the same."""
    await still.gencode()
    code = (await still.get("/codes"))["codes"][0]["code"]
    fired = (await still.advance("5m"))["fired"]
    await still.checkcode(code)

    assert [each["kind"] for each in fired] == ["delivery", "expiry"]
    assert "code_expired: yes (the lifetime of this code is over)" in await explained(still)


@pytest.mark.parametrize("way", ["/codes/0912345678", ""])
async def test_codes_that_are_removed_are_unknown_afterwards(still: Any, way: str) -> None:
    """By a DELETE, or a reset."""
    await still.gencode()
    code = (await still.get("/codes"))["codes"][0]["code"]
    await still.advance("5m")
    if way:
        await still.control("DELETE", way)
    else:
        await still.control("POST", "/reset", {"what": ["codes"]})
    await still.checkcode(code)

    assert "never_issued: yes (no code is alive for this phone)" in await explained(still)


async def test_a_near_miss_has_the_reason(world: Any) -> None:
    await world.gencode(Brandname="MyShop")

    waited = await world.get(f"/messages/wait?to={PHONE}&timeout=0s")

    assert waited["near_misses"][0]["reason"].startswith('Brandname "MyShop" is not registered')


async def test_what_is_long_is_cut(world: Any) -> None:
    """And a patch that nobody would type is left out."""
    await world.gencode(Brandname="Baotrixemay", message="{OTP}" + "x" * 5000)

    steps = await explained(world)

    assert max(map(len, steps)) < 400
    assert not [step for step in steps if step.startswith("this lets it pass")]


@pytest.mark.parametrize("place", ["Brandname", "message"])
async def test_a_secret_in_the_wrong_place_is_not_explained(world: Any, place: str) -> None:
    """Nor is there a patch that would hold it."""
    await world.gencode(**{"Brandname": "Baotrixemay", "message": "{OTP} hi", place: "{OTP} SANDBOX-SECRET-KEY"})

    steps = await explained(world)

    assert not [step for step in steps if "SANDBOX-SECRET-KEY" in step]
    assert not [step for step in steps if step.startswith("this lets it pass")]


async def test_an_accepted_call_has_no_patch(world: Any) -> None:
    await world.gencode()

    assert not [step for step in await explained(world) if step.startswith("this lets it pass")]


@pytest.mark.parametrize(
    ("what", "fields", "warning"),
    [
        ("gencode", {"NumCharOfCode": "30"}, 'NumCharOfCode="30" is no length that a code may have: 6 holds'),
        ("gencode", {"NumCharOfCode": "21"}, 'NumCharOfCode="21" is no length that a code may have: 6 holds'),
        ("gencode", {"NumCharOfCode": "0"}, 'NumCharOfCode="0" is no length that a code may have: 6 holds'),
        ("gencode", {"NumCharOfCode": "abc"}, 'NumCharOfCode="abc" is no length that a code may have: 6 holds'),
        ("gencode", {"NumCharOfCode": "20"}, None),
        ("gencode", {"NumCharOfCode": "1"}, None),
        ("gencode", {"NumCharOfCode": ""}, None),
        ("gencode", {"IsNumber": "2"}, 'IsNumber="2" is neither 0 nor 1: the code has letters and digits'),
        ("gencode", {"IsNumber": "true"}, 'IsNumber="true" is neither 0 nor 1: the code has letters and digits'),
        ("gencode", {"IsNumber": "0"}, None),
        ("gencode", {"IsNumber": ""}, None),
        (RENT, {"carries": "viettel"}, 'carries has "viettel", which is compared as it stands: it is written VIETTEL'),
        (
            RENT,
            {"carries": "VIETTEL,MOBIFONE"},
            'carries has "VIETTEL,MOBIFONE", which is one name: a list is written with bars, VIETTEL|MOBIFONE',
        ),
        (RENT, {"carries": "VIETTEL|MOBIFONE|"}, None),
        (
            RENT,
            {"yPrefix": "090"},
            'yPrefix has "090", which no number begins with: prefixes have no zero in front, 90',
        ),
        (RENT, {"yPrefix": "90,91"}, 'yPrefix has "90,91", which is one name: a list is written with bars, 90|91'),
        (RENT, {"nPrefix": "0 90"}, 'nPrefix has "0 90", which is one name: a list is written with bars, 0|90'),
        (RENT, {"nPrefix": "11"}, 'nPrefix has "11", which is none of 32, 33,'),
        (RENT, {"yPrefix": "90|91"}, None),
        ("SendOTP", {"SendDateTime": "tomorrow"}, 'SendDateTime="tomorrow" is no time that can be read'),
        (
            "SendOTP",
            {"SendDateTime": "2023-02-01-18:50"},
            'SendDateTime="2023-02-01-18:50" is no time that can be read',
        ),
        ("SendOTP", {"SendDateTime": "0"}, None),
        ("SendOTP", {"SendDateTime": "2026-03-01T15:30:00Z"}, "SendDateTime lies 3 h 30 min ahead: is it"),
        ("SendOTP", {"SendDateTime": "2026-03-01T15:19:59Z"}, None),
        ("SendOTP", {"SendDateTime": "2026-03-01T15:40:01Z"}, None),
        (
            "SendOTP",
            {"SendDateTime": "2026-03-01 12:00:00"},
            "SendDateTime lies 3 h 30 min back, so the message is sent now",
        ),
        ("SendOTP", {"SendDateTime": "2026-03-01 15:30:00"}, None),
        ("SendOTP", {"SendDateTime": "2020-01-01"}, "SendDateTime lies "),
        ("SendSimple", {"SendDateTime": "tomorrow"}, 'SendDateTime="tomorrow" is no time that can be read'),
        ("SendQuickOTP", {}, None),
        (SEND, {"Sandbox": "2"}, 'Sandbox="2" is neither 0 nor 1: it counts as 0'),
        (SEND, {"IsUnicode": "yes"}, 'IsUnicode="yes" is neither 0 nor 1: it counts as 0'),
        (SEND, {"Sandbox": "true", "IsUnicode": "0"}, None),
        ("PatternCodeCreate", {"MessageText": "%a% hi", "IsOTP": "yes"}, 'IsOTP="yes" is neither true nor false'),
        ("PatternCodeCreate", {"MessageText": "%a% hi", "IsOTP": "False"}, None),
    ],
)
async def test_what_makes_no_sense_is_warned_of(
    still: Any, what: str, fields: dict[str, Any], warning: str | None
) -> None:
    """A provider swallows it; here one warning says what was made of it."""
    usual = {
        "SendOTP": OTP,
        "SendSimple": SIMPLE,
        "SendQuickOTP": OTP,
        SEND: MESSAGE,
        RENT: {"serviceId": "02.97"},
    }.get(what, {})
    await call(still, what, {**usual, **fields})

    told = (await still.get("/requests"))["requests"][-1]["warnings"]

    odd = [each for each in told if " is no parameter of " not in each]
    assert len(odd) == (warning is not None), odd
    assert warning is None or odd[0].startswith(warning)

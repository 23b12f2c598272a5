"""Accounts: shown, and changed by merge patches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

OFFICIAL_ACCOUNT = {
    "id": "1",
    "templates": None,
    "active": True,
    "over_quota": False,
    "name": "",
    "package": {"kind": 2, "active_from": "2026-11-30", "months": 6, "status": "pending", "registration": 7},
    "quota": {
        "daily": 500,
        "remaining": 499,
        "day": "2026-11-30",
        "daily_promotion": 0,
        "remaining_promotion": 0,
        "monthly_promotion": 0,
        "remaining_monthly_promotion": 0,
        "next_month_promotion": 0,
    },
    "quality": "HIGH",
    "quality_7_days": "LOW",
}
SERVICE = {"ID": 5, "SV": "03", "SERVICE_NAME": "Zalo", "PRICE": 900, "Time": "60"}


async def test_the_account_at_esms_starts_as_designed(world: Any) -> None:
    account = await world.get("/accounts/esms")

    assert {"balance", "price", "brandnames", "blocked", "allowed_ips"} <= account.keys()
    assert account["balance"] == 1_000_000
    assert account["price"] == 850
    assert [(each["name"], each["templates"]) for each in account["brandnames"]] == [
        ("Baotrixemay", ["{P1,8} la ma xac minh dang ky Baotrixemay cua ban"]),
        ("Sandbox", None),
        ("QC_ONLINE", None),
        ("BAT DONG SAN GIA TOT", None),
    ]
    assert account["callback_policy"] == POLICY
    assert account["blocked"] is False
    assert account["allowed_ips"] is None


async def test_the_account_at_amoot_starts_as_designed(world: Any) -> None:
    account = await world.get("/accounts/amoot")

    assert {"credit", "price", "lines", "token", "user", "system_disabled"} <= account.keys()
    assert account["credit"] == 1_000_000
    assert account["price"] == 1_000
    assert account["lines"] == ["Public", "Service", "98", "30001234"]
    assert account["token"] == {"active": True, "expires_at": None, "allowed_ips": None, "allowed_methods": None}
    assert account["user"] == {
        "disabled": False,
        "expired": False,
        "mobile_not_verified": False,
        "web_service_banned": False,
        "not_allow_web_service": False,
        "not_allow_http": False,
        "demo": False,
        "organisation_undeclared": False,
        "allowed_ips": None,
        "allowed_methods": None,
    }


async def test_the_account_at_thuesim_starts_as_designed(world: Any) -> None:
    account = await world.get("/accounts/thuesim")

    assert account.keys() == {
        "balance",
        "services",
        "waiting_limit",
        "min_interval",
        "arrival",
        "arrival_delay",
        "callback_url",
    }
    assert account["balance"] == 123_456
    assert [(each["ID"], each["SV"], each["SERVICE_NAME"], each["PRICE"]) for each in account["services"]] == [
        (97, "02", "DV KHÁC (TEST)", 1450),
        (4, "01", "Yahoo", 470),
        (1, "01", "Momo", 600),
        (7, "01", "Facebook", 800),
    ]
    assert account["waiting_limit"] == 5
    assert account["min_interval"] == "5s"
    assert account["arrival"] == "auto"
    assert account["arrival_delay"] == "2s"
    assert account["callback_url"] is None


BRANDNAME = {"name": "X", "templates": None, "type": 2, "carriers": None}
POLICY = {"retries": None, "retry_after": None, "timeout": None, "retry_answers": False}
PATTERN = {"id": 7, "text": "%a%", "status": 1, "is_otp": False, "number_patterns": []}


@pytest.mark.parametrize(
    ("provider", "patch", "changed"),
    [
        ("esms", {}, {}),
        ("esms", {"balance": 0}, {}),
        ("esms", {"price": None}, {}),
        ("esms", {"allowed_ips": ["10.0.0.1"], "blocked": True}, {}),
        ("esms", {"allowed_ips": None}, {}),
        ("esms", {"brandnames": [{"name": "X"}]}, {"brandnames": [BRANDNAME]}),
        ("esms", {"callback_policy": {"retry_after": "2m"}}, {"callback_policy": {**POLICY, "retry_after": "2m"}}),
        ("esms", {"callback_policy": {"retry_after": None}}, {"callback_policy": POLICY}),
        ("amoot", {"patterns": [{"id": 7, "text": "%a%"}]}, {"patterns": [PATTERN]}),
        ("amoot", {"credit": 5, "lines": []}, {}),
        ("amoot", {"lines": None, "patterns": None}, {}),
        ("esms", {"brandnames": None, "official_accounts": None, "multi_channel_templates": None}, {}),
        ("esms", {"official_accounts": [OFFICIAL_ACCOUNT]}, {}),
        ("esms", {"followers": None}, {}),
        ("amoot", {"system_disabled": True}, {}),
        ("thuesim", {"waiting_limit": 1, "arrival": "manual"}, {}),
        ("thuesim", {"min_interval": 0}, {"min_interval": "0s"}),
        ("thuesim", {"min_interval": "0s"}, {}),
        ("thuesim", {"min_interval": "PT7S", "arrival_delay": "1m30s"}, {"min_interval": "7s"}),
        ("thuesim", {"callback_url": "http://127.0.0.1:1/x"}, {}),
        ("thuesim", {"callback_url": None}, {}),
        ("thuesim", {"services": [SERVICE]}, {"services": [{**SERVICE, "suspended": False, "stock": None}]}),
        ("thuesim", {"services": []}, {}),
    ],
)
async def test_a_patch_changes_what_it_names_and_nothing_else(
    world: Any, provider: str, patch: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = await world.get(f"/accounts/{provider}")

    answer = await world.control("PATCH", f"/accounts/{provider}", patch)

    assert answer.status == 200
    assert answer.json == before | patch | changed
    assert await world.get(f"/accounts/{provider}") == answer.json


@pytest.mark.parametrize(
    ("provider", "patch", "field", "last"),
    [
        ("esms", {"brandnames": {"add": [{"name": "X"}]}}, "brandnames", [BRANDNAME]),
        ("esms", {"brandnames": {"add": []}}, "brandnames", []),
        ("esms", {"blocked_words": {"add": ["a", "b", "a"]}}, "blocked_words", ["a", "b"]),
        ("amoot", {"lines": {"add": ["3000505"]}}, "lines", ["3000505"]),
        ("amoot", {"patterns": {"add": [{"id": 7, "text": "%a%"}]}}, "patterns", [PATTERN]),
        ("thuesim", {"services": {"add": [SERVICE]}}, "services", [{**SERVICE, "suspended": False, "stock": None}]),
    ],
)
async def test_entries_are_added_to_a_list(
    world: Any, provider: str, patch: dict[str, Any], field: str, last: list[Any]
) -> None:
    """None of the others is lost, and nothing else changes."""
    before = await world.get(f"/accounts/{provider}")

    answer = await world.control("PATCH", f"/accounts/{provider}", patch)

    assert answer.status == 200
    assert answer.json == before | {field: before[field] + last}


@pytest.mark.parametrize(
    ("provider", "patch", "field", "place"),
    [
        ("esms", {"brandnames": {"add": [{"name": "Sandbox", "templates": ["{P}"]}]}}, "brandnames", 1),
        ("amoot", {"patterns": {"add": [{"id": 1001, "text": "%a%"}]}}, "patterns", 0),
        ("amoot", {"lines": {"add": ["98"]}}, "lines", 2),
        ("thuesim", {"services": {"add": [{**SERVICE, "ID": 4, "SV": "01"}]}}, "services", 1),
    ],
)
async def test_an_entry_of_the_same_identity_takes_its_place(
    world: Any, provider: str, patch: dict[str, Any], field: str, place: int
) -> None:
    """A name, a number, a service on its server are there once."""
    before = (await world.get(f"/accounts/{provider}"))[field]

    after = (await world.control("PATCH", f"/accounts/{provider}", patch)).json[field]

    (added,) = patch[field]["add"]
    assert len(after) == len(before)
    assert [each for at, each in enumerate(after) if at != place] == [e for at, e in enumerate(before) if at != place]
    assert after[place] == added or added.items() <= after[place].items()


async def test_the_same_name_may_send_in_two_ways(world: Any) -> None:
    """A name of another type is another one."""
    added = {"add": [{"name": "Sandbox", "type": 1}]}

    after = (await world.control("PATCH", "/accounts/esms", {"brandnames": added})).json["brandnames"]

    found = [(each["name"], each["type"]) for each in after if each["name"] in ("Baotrixemay", "Sandbox")]
    assert found == [("Baotrixemay", 2), ("Sandbox", 2), ("Sandbox", 1)]


async def test_nothing_is_added_to_all(world: Any, fields_of: Callable[..., list[str]]) -> None:
    """Null means all already."""
    await world.control("PATCH", "/accounts/esms", {"brandnames": None})

    answer = await world.control("PATCH", "/accounts/esms", {"brandnames": {"add": [{"name": "X"}]}})

    assert (answer.status, fields_of(answer)) == (422, ["brandnames"])


async def test_a_patch_reaches_into_objects(world: Any) -> None:
    """Amoot's token and user are merged, member by member."""
    before = await world.get("/accounts/amoot")
    await world.control("PATCH", "/accounts/amoot", {"token": {"active": False}})

    answer = await world.control("PATCH", "/accounts/amoot", {"token": {"expires_at": "2026-03-01T12:00:00+03:30"}})

    token = answer.json["token"]
    assert token == before["token"] | {"active": False, "expires_at": "2026-03-01T12:00:00+03:30"}
    assert answer.json["user"] == before["user"]


@pytest.mark.parametrize(
    ("provider", "patch", "field"),
    [
        ("esms", {"nonsense": 1}, "nonsense"),
        ("esms", {"balance": None}, "balance"),
        ("esms", {"balance": "5"}, "balance"),
        ("esms", {"balance": 1.5}, "balance"),
        ("esms", {"balance": True}, "balance"),
        ("esms", {"blocked": "no"}, "blocked"),
        ("esms", {"blocked_words": None}, "blocked_words"),
        (
            "esms",
            {"brandnames": [{"name": "x", "templates": ["{P1,8} ok", "{name} is it"]}]},
            "brandnames.0.templates.1",
        ),
        ("esms", {"brandnames": [{"name": "x", "templates": ["{otp}"]}]}, "brandnames.0.templates.0"),
        ("esms", {"brandnames": [{"name": "x", "templates": ["{P:0}"]}]}, "brandnames.0.templates.0"),
        ("esms", {"brandnames": {"add": {"name": "x"}}}, "brandnames"),
        ("esms", {"brandnames": {"add": [], "more": []}}, "brandnames"),
        ("esms", {"brandnames": {"add": [{}]}}, "brandnames.4.name"),
        ("esms", {"allowed_ips": {"add": ["10.0.0.1"]}}, "allowed_ips"),
        ("esms", {"balance": {"add": [1]}}, "balance"),
        ("amoot", {"token": {"allowed_ips": {"add": ["10.0.0.1"]}}}, "token.allowed_ips"),
        ("amoot", {"lines": {"add": [1]}}, "lines.4"),
        ("esms", {"brandnames": {"name": "x"}}, "brandnames"),
        ("esms", {"brandnames": [{"name": 1}]}, "brandnames.0.name"),
        ("esms", {"brandnames": [{"name": "x"}, {}]}, "brandnames.1.name"),
        ("esms", {"brandnames": [{"name": "x", "nonsense": 1}]}, "brandnames.0.nonsense"),
        ("esms", {"brandnames": [{"name": "x", "templates": ["a", 1]}]}, "brandnames.0.templates.1"),
        ("esms", {"allowed_ips": "10.0.0.1"}, "allowed_ips"),
        ("amoot", {"token": None}, "token"),
        ("amoot", {"token": {"active": None}}, "token.active"),
        ("amoot", {"token": {"nonsense": 1}}, "token.nonsense"),
        ("amoot", {"token": {"expires_at": "2026-03-01T12:00:00"}}, "token.expires_at"),
        ("amoot", {"user": {"demo": 1}}, "user.demo"),
        ("amoot", {"user": {"allowed_methods": [1]}}, "user.allowed_methods.0"),
        ("amoot", {"lines": [1]}, "lines.0"),
        ("thuesim", {"min_interval": None}, "min_interval"),
        ("thuesim", {"min_interval": 5}, "min_interval"),
        ("thuesim", {"min_interval": False}, "min_interval"),
        ("thuesim", {"min_interval": "-5s"}, "min_interval"),
        ("thuesim", {"arrival_delay": "soon"}, "arrival_delay"),
        ("thuesim", {"arrival": "never"}, "arrival"),
        ("thuesim", {"services": [{**SERVICE, "PRICE": "1"}]}, "services.0.PRICE"),
        ("thuesim", {"services": [{**SERVICE, "Time": 60}]}, "services.0.Time"),
        ("thuesim", {"callback_url": 5}, "callback_url"),
    ],
)
async def test_a_patch_that_makes_no_account_names_the_field(
    world: Any, fields_of: Callable[..., list[str]], provider: str, patch: dict[str, Any], field: str
) -> None:
    """And changes nothing, not even what was right."""
    before = await world.get(f"/accounts/{provider}")

    answer = await world.control("PATCH", f"/accounts/{provider}", patch)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert await world.get(f"/accounts/{provider}") == before


def _deep(levels: int) -> Any:
    deep: Any = 1
    for _ in range(levels):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    ("provider", "patch"),
    [
        ("esms", {"balance": 10**15, "price": 0}),
        ("esms", {"balance": -(10**15), "price": 10**9}),
        ("esms", {"callback_policy": {"retries": 0, "retry_after": "0s", "timeout": "1ms"}}),
        ("esms", {"callback_policy": {"retries": 100, "retry_after": "3653d", "timeout": "60s"}}),
        ("esms", {"brandnames": [{"name": "x", "templates": ["{P1,1} {P2,99999}"]}]}),
        ("esms", {"blocked_phones": ["0901888484"] * 10_000}),
        ("esms", {"blocked_words": ["x" * 10_000]}),
        ("amoot", {"credit": 10**15, "price": 0}),
        ("amoot", {"credit": -(10**15), "price": 10**9}),
        ("amoot", {"patterns": [{"id": 0, "text": "x"}, {"id": 10**9, "text": "x"}]}),
        ("thuesim", {"balance": 10**15, "waiting_limit": 10_000, "min_interval": "3653d", "arrival_delay": "3653d"}),
        ("thuesim", {"balance": -(10**15), "waiting_limit": 0, "min_interval": "0s", "arrival_delay": "0s"}),
        ("thuesim", {"services": [{**SERVICE, "ID": 10**9, "PRICE": 10**9, "Time": "9" * 9, "stock": 10**9}]}),
        ("thuesim", {"services": [{**SERVICE, "ID": 0, "PRICE": 0, "stock": 0}]}),
        ("thuesim", {"callback_url": "HTTPS://user@[::1]:65535/a?b=c#d"}),
        ("thuesim", {"callback_url": "http://app:1"}),
    ],
)
async def test_a_value_at_its_bound_is_taken_and_shown(world: Any, provider: str, patch: dict[str, Any]) -> None:
    answer = await world.control("PATCH", f"/accounts/{provider}", patch)

    assert answer.status == 200, answer.text
    assert (await world.control("GET", f"/accounts/{provider}")).status == 200


@pytest.mark.parametrize(
    ("provider", "patch", "field"),
    [
        ("esms", {"balance": 10**15 + 1}, "balance"),
        ("esms", {"balance": -(10**15) - 1}, "balance"),
        ("esms", {"balance": 2**64 - 1}, "balance"),
        ("esms", {"price": -1}, "price"),
        ("esms", {"price": 10**9 + 1}, "price"),
        ("esms", {"callback_policy": {"retries": -1}}, "callback_policy.retries"),
        ("esms", {"callback_policy": {"retries": 101}}, "callback_policy.retries"),
        ("esms", {"callback_policy": {"retries": 10**9, "retry_after": "0s"}}, "callback_policy.retries"),
        ("esms", {"callback_policy": {"retry_after": "3654d"}}, "callback_policy.retry_after"),
        ("esms", {"callback_policy": {"timeout": "0s"}}, "callback_policy.timeout"),
        ("esms", {"callback_policy": {"timeout": "60.001s"}}, "callback_policy.timeout"),
        ("esms", {"brandnames": [{"name": "x", "templates": ["a", "{P1,0}"]}]}, "brandnames.0.templates.1"),
        ("esms", {"brandnames": [{"name": "x", "templates": ["{P1,100000}"]}]}, "brandnames.0.templates.0"),
        ("esms", {"brandnames": [{"name": "x", "templates": ["{P1," + "9" * 9000 + "}"]}]}, "brandnames.0.templates.0"),
        ("esms", {"blocked_phones": ["0901888484"] * 10_001}, "blocked_phones"),
        ("esms", {"blocked_words": ["x" * 10_001]}, "blocked_words.0"),
        ("esms", {"blocked_words": _deep(254)}, "blocked_words" + ".0" * 16),
        ("esms", {"nonsense": [[0] * 10_001]}, "nonsense.0"),
        ("esms", {"blocked_words": {"add": [str(n) for n in range(10_001)]}}, "blocked_words.add"),
        ("amoot", {"credit": 10**15 + 1}, "credit"),
        ("amoot", {"price": -5}, "price"),
        ("amoot", {"patterns": [{"id": -1, "text": "x"}]}, "patterns.0.id"),
        ("amoot", {"patterns": [{"id": 10**9 + 1, "text": "x"}]}, "patterns.0.id"),
        ("thuesim", {"balance": 2**63}, "balance"),
        ("thuesim", {"waiting_limit": -1}, "waiting_limit"),
        ("thuesim", {"waiting_limit": 10_001}, "waiting_limit"),
        ("thuesim", {"min_interval": "3653d1ms"}, "min_interval"),
        ("thuesim", {"arrival_delay": "999999999d"}, "arrival_delay"),
        ("thuesim", {"arrival_delay": "1d" * 51}, "arrival_delay"),
        ("thuesim", {"services": [{**SERVICE, "ID": -1}]}, "services.0.ID"),
        ("thuesim", {"services": [{**SERVICE, "PRICE": -5}]}, "services.0.PRICE"),
        ("thuesim", {"services": [{**SERVICE, "stock": -1}]}, "services.0.stock"),
        ("thuesim", {"services": [{**SERVICE, "stock": 10**9 + 1}]}, "services.0.stock"),
        ("thuesim", {"callback_url": ""}, "callback_url"),
        ("thuesim", {"callback_url": "127.0.0.1:8080/hook"}, "callback_url"),
        ("thuesim", {"callback_url": "//127.0.0.1/hook"}, "callback_url"),
        ("thuesim", {"callback_url": "ftp://127.0.0.1/"}, "callback_url"),
        ("thuesim", {"callback_url": "http://"}, "callback_url"),
        ("thuesim", {"callback_url": "http://:80/"}, "callback_url"),
        ("thuesim", {"callback_url": "http://127.0.0.1:0/"}, "callback_url"),
        ("thuesim", {"callback_url": "http://127.0.0.1:65536/"}, "callback_url"),
        ("thuesim", {"callback_url": "http://[bad/"}, "callback_url"),
        ("thuesim", {"callback_url": "http://a b/"}, "callback_url"),
        ("thuesim", {"callback_url": "http://127.0.0.1/\n"}, "callback_url"),
        ("thuesim", {"callback_url": "http://127.0.0.1/" + "x" * 2_000}, "callback_url"),
    ],
)
async def test_a_value_beyond_its_bound_names_the_field(
    world: Any, fields_of: Callable[..., list[str]], provider: str, patch: dict[str, Any], field: str
) -> None:
    """It is read and could not be written, would never end, or would pay the sender."""
    before = await world.get(f"/accounts/{provider}")

    answer = await world.control("PATCH", f"/accounts/{provider}", patch)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert len(answer.text) < 10_000
    assert await world.get(f"/accounts/{provider}") == before


@pytest.mark.parametrize("choice", ["on-acceptance", "on-success"])
@pytest.mark.parametrize("balance", [10**15, -(10**15)])
async def test_money_stays_within_its_bounds_whatever_is_paid_back(still: Any, balance: int, choice: str) -> None:
    """A refund on top of the most, and a late charge below the least: the account can still be shown and patched."""
    await still.control("PATCH", "/choices", {"esms.charging": choice})
    await still.gencode()
    await still.control("PATCH", "/accounts/esms", {"balance": balance})
    message = (await still.get("/messages/latest"))["id"]

    for state in ("failed", "delivered", "failed"):
        assert (await still.control("POST", f"/messages/{message}/status", {"state": state})).status == 200

    assert abs((await still.get("/accounts/esms"))["balance"]) <= 10**15
    assert (await still.control("PATCH", "/accounts/esms", {"blocked": False})).status == 200


async def test_a_rental_that_expires_pays_back_within_the_bounds(still: Any) -> None:
    await still.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    await still.rent()
    await still.control("PATCH", "/accounts/thuesim", {"balance": 10**15})

    await still.advance("5m")

    assert (await still.get("/accounts/thuesim"))["balance"] == 10**15


async def test_a_pattern_after_the_highest_number_gets_a_free_one(world: Any) -> None:
    """And the account can be changed afterwards."""
    await world.control("PATCH", "/accounts/amoot", {"patterns": [{"id": 10**9, "text": "a %b%"}]})
    token = {"Token": world.credentials["amoot"]["Token"]}

    answer = await world.client.get("/rest/PatternCodeCreate", **token, MessageText="c %d%", IsOTP="false")

    assert answer.json["Data"]["ID"] == 1001, answer.text
    assert (await world.control("PATCH", "/accounts/amoot", {"credit": 5})).status == 200


async def test_every_wrong_field_is_named(world: Any, fields_of: Callable[..., list[str]]) -> None:
    answer = await world.control("PATCH", "/accounts/thuesim", {"min_interval": "x", "arrival_delay": "y"})

    assert fields_of(answer) == ["min_interval", "arrival_delay"]


@pytest.mark.parametrize("interval", [0, "0s"])
async def test_no_interval_switches_the_five_second_rule_off(still: Any, interval: Any) -> None:
    await still.control("PATCH", "/accounts/thuesim", {"min_interval": interval})

    await still.rent()
    await still.rent()

    assert len((await still.get("/rentals"))["rentals"]) == 2


async def test_a_provider_sees_the_account_as_patched(world: Any) -> None:
    await world.control("PATCH", "/accounts/esms", {"price": None})

    answer = await world.gencode()

    assert (await world.get("/requests"))["requests"][0]["outcome"] == "no_price_list"
    assert answer.json["CodeResult"] != "100"


async def test_a_list_does_not_grow_beyond_its_bound(world: Any, fields_of: Callable[..., list[str]]) -> None:
    """However often something is added."""
    add = {"blocked_words": {"add": [str(number) for number in range(10_000)]}}
    full = await world.control("PATCH", "/accounts/esms", add)

    again = await world.control("PATCH", "/accounts/esms", add)
    more = await world.control("PATCH", "/accounts/esms", {"blocked_words": {"add": ["one more"]}})

    assert (full.status, again.status) == (200, 200)
    assert fields_of(more) == ["blocked_words"]
    assert len((await world.get("/accounts/esms"))["blocked_words"]) == 10_000

"""Who may call Amoot: every way to say who calls, their order, and what may be wrong with token and user."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

import otp_specs
from otp_sandbox.checks import check_provider, checklist
from otp_sandbox.lanes.accounts import Invalid, patch_account, show_account
from otp_sandbox.providers.amoot import provider
from otp_sandbox.providers.amoot.account import new_account
from otp_sandbox.providers.amoot.identity import IDENTITY

TOKEN = "SANDBOX-TOKEN"
UNKNOWN = "0123456789ABCDEF0123456789ABCDEF01234567"
USER: Mapping[str, Any] = {"Token": None, "UserName": "sandbox", "Password": "sandbox"}


def header(text: str) -> dict[str, str]:
    return {"Authorization": text}


@pytest.mark.parametrize(
    "given",
    [
        {"Token": TOKEN},
        {"Token": None, "headers": header(TOKEN)},
        {"Token": None, "headers": header(f"Bearer {TOKEN}")},
        {"Token": None, "headers": header(f"bearer  {TOKEN}")},
        USER,
        {"Token": TOKEN, "headers": header("Basic c2FuZGJveA==")},
        {"Token": "wrong", "headers": header(TOKEN)},
        {**USER, "Token": "wrong"},
        {**USER, "headers": header("wrong")},
        {"Token": TOKEN, "UserName": "nobody", "Password": "wrong"},
        {"Token": TOKEN, "UserName": "sandbox"},
    ],
)
async def test_any_valid_credential_lets_a_call_in(lane: Any, given: Mapping[str, Any]) -> None:
    """Whatever else is sent besides it may be wrong."""
    assert (await lane.send(**given)).cause == "success"


@pytest.mark.parametrize(
    ("cause", "given"),
    [
        ("credentials_missing", {"Token": None}),
        ("credentials_missing", {"Token": "", "UserName": "", "Password": "", "headers": header("")}),
        ("token_not_exists", {"Token": UNKNOWN}),
        ("token_not_exists", {"Token": UNKNOWN.lower()}),
        ("token_not_exists", {"Token": None, "headers": header(UNKNOWN)}),
        ("token_not_exists", {"Token": None, "headers": header(f"Bearer {UNKNOWN}")}),
        ("token_invalid", {"Token": UNKNOWN[1:]}),
        ("token_invalid", {"Token": UNKNOWN + "0"}),
        ("token_invalid", {"Token": UNKNOWN[1:] + "G"}),
        ("token_invalid", {"Token": TOKEN.lower()}),
        ("token_invalid", {"Token": " "}),
        ("token_invalid", {"Token": f"{TOKEN},{TOKEN}"}),
        ("token_invalid", {"Token": f"Bearer {TOKEN}"}),
        ("token_invalid", {"Token": None, "headers": header("Bearer")}),
        ("token_invalid", {"Token": None, "headers": header(f"Token {TOKEN}")}),
        ("token_invalid", {"Token": "sandbox"}),
        ("user_name_empty", {"Token": None, "Password": "sandbox"}),
        ("password_empty", {"Token": None, "UserName": "sandbox"}),
        ("wrong_password", {**USER, "Password": "wrong"}),
        ("user_not_exists", {**USER, "UserName": "nobody"}),
        ("wrong_password", {**USER, "Password": "SANDBOX"}),
    ],
)
async def test_a_stranger_is_told_what_is_wrong(lane: Any, cause: str, given: Mapping[str, Any]) -> None:
    """Forty hexadecimal characters look like a token that does not exist; anything else is no token."""
    assert (await lane.send(**given)).cause == cause


@pytest.mark.parametrize(
    ("cause", "given"),
    [
        ("token_not_exists", {"headers": header(UNKNOWN), "Token": "wrong"}),
        ("token_invalid", {"headers": header("wrong"), "Token": UNKNOWN}),
        ("token_not_exists", {**USER, "Token": UNKNOWN, "Password": "wrong"}),
        ("token_invalid", {**USER, "headers": header("wrong"), "Password": "wrong"}),
        ("token_invalid", {"Token": "wrong", "UserName": "sandbox"}),
        ("token_not_exists", {"Token": UNKNOWN, "Password": "sandbox"}),
    ],
)
async def test_of_several_wrong_credentials_the_first_in_order_is_answered(
    lane: Any, cause: str, given: Mapping[str, Any]
) -> None:
    """The header comes first, then Token, then UserName with Password."""
    assert (await lane.send(**given)).cause == cause


@pytest.mark.parametrize(
    ("option", "given", "choice", "status"),
    [
        ("token_not_exists", {"Token": None}, "amoot.missing-credentials", "Token_NotExists"),
        ("token_invalid", {"Token": None}, "amoot.missing-credentials", "Token_Invalid"),
        ("user_not_exists", {"Token": None}, "amoot.missing-credentials", "User_NotExists"),
        ("user_not_exists", {**USER, "Password": "wrong"}, "amoot.wrong-password", "User_NotExists"),
        (
            "user_name_or_password_invalid",
            {**USER, "Password": "wrong"},
            "amoot.wrong-password",
            "UserNameOrPassword_Invalid",
        ),
    ],
)
async def test_a_choice_names_the_row_of_a_contested_refusal(
    lane: Any, option: str, given: Mapping[str, Any], choice: str, status: str
) -> None:
    """Only the row changes, not when it is answered."""
    lane.choices = {choice: option}

    assert f'"Status":"{status}"'.encode() in (await lane.answer(**given)).body


# In the order of the checks: the cause and the account that makes it, for a call with a token over plain HTTP.
SETTINGS: list[tuple[str, Mapping[str, Any]]] = [
    ("system_disabled", {"system_disabled": True}),
    ("token_disabled", {"token": {"active": False}}),
    ("token_expired", {"token": {"expires_at": "2025-10-21T09:00:00+00:00"}}),
    ("token_not_allow_ip", {"token": {"allowed_ips": ["10.0.0.1"]}}),
    ("token_not_allow_method", {"token": {"allowed_methods": ["SendSimple"]}}),
    ("user_disabled", {"user": {"disabled": True}}),
    ("user_expired", {"user": {"expired": True}}),
    ("user_mobile_not_verified", {"user": {"mobile_not_verified": True}}),
    ("user_web_service_banned", {"user": {"web_service_banned": True}}),
    ("user_not_allow_web_service", {"user": {"not_allow_web_service": True}}),
    ("user_not_allow_ip", {"user": {"allowed_ips": []}}),
    ("user_not_allow_http", {"user": {"not_allow_http": True}}),
    ("user_not_allow_method", {"user": {"allowed_methods": []}}),
]


@pytest.mark.parametrize(("cause", "account"), SETTINGS, ids=[each[0] for each in SETTINGS])
async def test_each_setting_of_system_token_and_user_refuses(lane: Any, cause: str, account: Mapping[str, Any]) -> None:
    """Before anything else is looked at."""
    lane.patch(account)

    assert (await lane.send(scheme="http", SMSMessageText=None)).cause == cause


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(*pair, id=f"{pair[0][0]}-{pair[1][0]}") for pair in itertools.combinations(SETTINGS, 2)],
)
async def test_of_two_settings_the_earlier_one_refuses(lane: Any, first: Any, second: Any) -> None:
    """System, then token, then user."""
    lane.patch(first[1], second[1])

    assert (await lane.send(scheme="http")).cause == first[0]


@pytest.mark.parametrize(
    "given", [{"Token": None}, {"Token": "wrong"}, {"Token": UNKNOWN}, {**USER, "Password": "wrong"}]
)
async def test_a_disabled_system_comes_before_the_stranger_and_the_stranger_before_the_settings(
    lane: Any, given: Mapping[str, Any]
) -> None:
    """Nobody learns of an account that is not theirs."""
    lane.patch(*(account for cause, account in SETTINGS if cause != "system_disabled"))
    stranger = await lane.send(scheme="http", **given)
    lane.patch({"system_disabled": True})
    disabled = await lane.send(scheme="http", **given)

    assert stranger.cause in {"credentials_missing", "token_invalid", "token_not_exists", "wrong_password"}
    assert disabled.cause == "system_disabled"


@pytest.mark.parametrize(
    ("given", "by_token"),
    [
        ({}, True),
        ({"Token": None, "headers": header(f"Bearer {TOKEN}")}, True),
        ({"UserName": "sandbox", "Password": "sandbox"}, True),
        (USER, False),
        ({**USER, "Token": "wrong"}, False),
    ],
)
@pytest.mark.parametrize(("cause", "account"), [each for each in SETTINGS if each[0].startswith("token_")], ids=str)
async def test_the_settings_of_the_token_count_only_for_a_call_that_came_by_it(
    lane: Any, cause: str, account: Mapping[str, Any], given: Mapping[str, Any], *, by_token: bool
) -> None:
    """A user name with its password is not the token's business, even beside a wrong token."""
    lane.patch(account)

    assert (await lane.send(**given)).cause == (cause if by_token else "success")


@pytest.mark.parametrize(("cause", "account"), [each for each in SETTINGS if each[0].startswith("user_")], ids=str)
async def test_the_settings_of_the_user_count_for_a_password_too(
    lane: Any, cause: str, account: Mapping[str, Any]
) -> None:
    """Behind a token stands the same user."""
    lane.patch(account)

    assert (await lane.send(scheme="http", **USER)).cause == cause


@pytest.mark.parametrize(("early", "cause"), [(1, "success"), (0, "token_expired"), (-1, "token_expired")])
async def test_a_token_expires_at_the_instant_it_names(lane: Any, early: int, cause: str) -> None:
    """The last good moment is just before `expires_at`."""
    lane.patch({"token": {"expires_at": (lane.now + timedelta(microseconds=early)).isoformat()}})

    assert (await lane.send()).cause == cause


@pytest.mark.parametrize("of", ["token", "user"])
@pytest.mark.parametrize(
    ("setting", "allowed"),
    [
        ("allowed_ips", None),
        ("allowed_ips", ["10.0.0.1", "127.0.0.1"]),
        ("allowed_methods", None),
        ("allowed_methods", ["SendOTP"]),
        ("allowed_methods", ["SendSimple", "sendotp"]),
    ],
)
async def test_a_list_that_holds_the_caller_lets_it_in_and_so_does_none(
    lane: Any, of: str, setting: str, allowed: list[str] | None
) -> None:
    """Methods are compared without regard to case."""
    lane.patch({of: {setting: allowed}})

    assert (await lane.send()).cause == "success"


@pytest.mark.parametrize(("of", "prefix"), [("token", "token_not_allow_"), ("user", "user_not_allow_")])
@pytest.mark.parametrize(("setting", "suffix"), [("allowed_ips", "ip"), ("allowed_methods", "method")])
async def test_an_empty_list_lets_nobody_in(lane: Any, of: str, prefix: str, setting: str, suffix: str) -> None:
    """Only null means all."""
    lane.patch({of: {setting: []}})

    assert (await lane.send()).cause == prefix + suffix


async def test_closing_plain_http_leaves_https_open(lane: Any) -> None:
    """The scheme of the request decides."""
    lane.patch({"user": {"not_allow_http": True}})

    assert (await lane.send(scheme="https")).cause == "success"
    assert (await lane.send(scheme="http")).cause == "user_not_allow_http"


def test_the_package_fits_its_spec_and_the_checks_stand_in_its_order() -> None:
    """All checks of credentials are planned, in the order in which they are written down."""
    amoot = provider(otp_specs.load("amoot"))

    check_provider(amoot)
    for operation in amoot.spec.operations:
        assert [cause for cause, _ in checklist(amoot, operation).credentials] == list(IDENTITY.checks)


@pytest.mark.parametrize(
    ("fields", "headers", "candidates"),
    [
        ({}, {}, []),
        ({"Token": "a"}, {}, ["a"]),
        ({"UserName": "u", "Password": "p"}, {}, ["u"]),
        ({"Token": "a", "UserName": "u"}, header("h"), ["h", "a", "u"]),
        ({"Token": "a"}, header("Bearer h"), ["Bearer h", "h", "a"]),
        ({}, header("bEARER h"), ["bEARER h", "h"]),
        ({}, header("Bearer"), ["Bearer"]),
        ({}, header("Bearerh"), ["Bearerh"]),
    ],
)
def test_a_lane_is_looked_for_in_the_order_of_the_credentials(
    fields: dict[str, str], headers: dict[str, str], candidates: list[str]
) -> None:
    """The header as it is, without Bearer, then Token, then UserName; a password finds nothing."""
    assert [each for each in IDENTITY.candidates(fields, headers) if each] == candidates


@pytest.mark.parametrize(
    ("fields", "headers", "adopted"),
    [
        ({}, {}, None),
        ({"Token": ""}, header(""), None),
        ({"Token": "a"}, {}, {"Token": "a"}),
        ({"Token": "a"}, header("h"), {"Token": "h"}),
        ({}, header("Bearer h"), {"Token": "h"}),
        ({"Token": "a", "UserName": "u", "Password": "p"}, {}, {"Token": "a"}),
        ({"UserName": "u", "Password": "p"}, {}, {"UserName": "u", "Password": "p"}),
        ({"UserName": "u"}, {}, None),
        ({"Password": "p"}, {}, None),
    ],
)
def test_an_unknown_credential_is_adopted_when_it_is_whole(
    fields: dict[str, str], headers: dict[str, str], adopted: dict[str, str] | None
) -> None:
    """A token without its scheme word, else a user name with its password."""
    assert IDENTITY.adopt(fields, headers) == adopted


def test_minted_credentials_look_like_the_provider_s_and_differ() -> None:
    """The same number mints the same ones."""
    one, other = IDENTITY.mint(1), IDENTITY.mint(2)

    assert list(one) == list(IDENTITY.fields)
    assert len(one["Token"]) == 40
    assert set(one["Token"]) <= set("0123456789ABCDEF")
    assert one["UserName"].startswith("user-")
    assert (len(one["UserName"]), len(one["Password"])) == (13, 16)
    assert one == IDENTITY.mint(1)
    assert not set(one.values()) & set(other.values())


def test_an_account_is_shown_with_the_documented_names() -> None:
    """A new one may do everything."""
    lists = {"allowed_ips": None, "allowed_methods": None}

    assert show_account(new_account()) == {
        "credit": 1_000_000,
        "price": 1_000,
        "lines": ["Public", "Service", "98", "30001234"],
        "token": {"active": True, "expires_at": None, **lists},
        "user": {
            "disabled": False,
            "expired": False,
            "mobile_not_verified": False,
            "web_service_banned": False,
            "not_allow_web_service": False,
            "not_allow_http": False,
            "demo": False,
            "organisation_undeclared": False,
            **lists,
        },
        "system_disabled": False,
        "patterns": [
            {"id": 1001, "text": "کد تایید شما: %code%", "status": 1, "is_otp": True, "number_patterns": ["code"]}
        ],
        "own_patterns": [],
        "name": "Sandbox",
        "black_list": [],
        "banks": [
            {"id": number, "title": title, "count": count, "parent": parent}
            for number, title, count, parent in (
                (31, "استان تهران", 350_000, 0),
                (311, "تهران", 280_000, 31),
                (3111, "منطقه 1", 15_000, 311),
                (3112, "منطقه 2", 18_000, 311),
                (312, "ری", 20_000, 31),
                (32, "استان اصفهان", 210_000, 0),
            )
        ],
        "delivery_relays": [],
        "receive_relays": [],
        "course_groups": [{"id": 1, "title": "Sandbox"}],
    }


@pytest.mark.parametrize(
    ("patch", "place"),
    [
        ({"balance": 1}, "balance"),
        ({"token": {"title": "x"}}, "token.title"),
        ({"user": {"banned": True}}, "user.banned"),
        ({"credit": None}, "credit"),
        ({"user": {"demo": "yes"}}, "user.demo"),
        ({"token": {"expires_at": "2025-10-21T09:00:00"}}, "token.expires_at"),
        ({"token": {"expires_at": "tomorrow"}}, "token.expires_at"),
    ],
)
def test_an_account_refuses_what_it_does_not_know(patch: dict[str, Any], place: str) -> None:
    """An instant without offset too: it could not be compared with the lane's time."""
    with pytest.raises(Invalid) as refusal:
        patch_account(new_account(), patch)

    assert [field for field, _ in refusal.value.errors] == [place]

"""What Zalo knows, as the account keeps it: templates, quota, followers."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.lanes.accounts import Invalid, patch_account
from otp_sandbox.providers.esms.account import new_account, open_account
from otp_sandbox.providers.esms.zalo_account import OfficialAccount, ZaloFollower, ZnsQuota, hash_phone
from otp_sandbox.providers.esms.zns_templates import ZnsParameter, ZnsTemplate

TODAY, TOMORROW = date(2026, 11, 30), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        (ZnsParameter("a", max_length=3), "abc", True),
        (ZnsParameter("a", max_length=3), "abcd", False),
        (ZnsParameter("a", min_length=2), "a", False),
        (ZnsParameter("a", min_length=2), "ab", True),
        (ZnsParameter("a"), "", False),
        (ZnsParameter("a", accepts_empty=True), "", True),
        (ZnsParameter("a", required=False), "", True),
        (ZnsParameter("a", "number"), "123456789012", True),
        (ZnsParameter("a", "number"), "1234567890123", False),
        (ZnsParameter("a", "number"), "1.5", False),
        (ZnsParameter("a", "number"), "١٢", False),
        (ZnsParameter("a", "date"), "29/02/2028", True),
        (ZnsParameter("a", "date"), "29/02/2026", False),
        (ZnsParameter("a", "date"), "2026-11-30", False),
        (ZnsParameter("a", "cta_url"), "https://esms.vn", True),
    ],
)
def test_a_parameter_takes_its_type_and_length(parameter: ZnsParameter, value: str, *, taken: bool) -> None:
    """At its bounds too."""
    assert parameter.takes(value) is taken


def test_a_template_takes_a_value_for_each_name() -> None:
    """Parameters come first, in their order; a place that nothing is registered of takes anything."""
    template = ZnsTemplate("1", "<b> <a> <c>", parameters=(ZnsParameter("a", required=False), ZnsParameter("b")))

    assert template.names == ("a", "b", "c")
    assert template.values_of({"c": "3", "b": "2"}) == ("", "2", "3")
    assert template.values_of({"b": "2"}) is None
    assert template.values_of({"b": "2", "c": "3", "d": "4"}) is None
    assert template.filled(("1", "2", "3")) == "2 1 3"
    assert template.takes(("1", "2", "x" * (TEXT_MOST - 4)))
    assert not template.takes(("1", "2", "x" * (TEXT_MOST - 3)))
    assert not template.takes(("1", "x" * 101, "3"))


@pytest.mark.parametrize(
    ("quota", "day", "left", "after"),
    [
        (ZnsQuota(), TODAY, None, None),
        (ZnsQuota(daily=5), TODAY, 5, 4),
        (ZnsQuota(daily=5, remaining=1), TODAY, 1, 0),
        (ZnsQuota(daily=5, remaining=0), TODAY, 0, 0),
        (ZnsQuota(daily=5, remaining=0, day=TODAY), TODAY, 0, 0),
        (ZnsQuota(daily=5, remaining=0, day=TODAY), TOMORROW, 5, 4),
    ],
)
def test_a_quota_goes_down_and_comes_back(quota: ZnsQuota, day: date, left: int | None, after: int | None) -> None:
    """With the day."""
    assert quota.left(day) == left
    assert quota.after_one(day).left(day) == after


def test_only_the_84_form_is_the_hash_of_a_phone() -> None:
    """As the provider writes it."""
    assert hash_phone("0901888484") == sha256(b"84901888484").hexdigest()
    assert hash_phone("0901888484", "0") == sha256(b"0901888484").hexdigest()
    assert hash_phone("x") is None
    assert ZaloFollower("1", "2", phone_hash="AB").known_hash == "ab"
    assert not ZaloFollower("1", "2").known_hash


@pytest.mark.parametrize(
    "patch",
    [
        {"followers": [{"official_account": "1", "uid": str(uid)} for uid in range(10_001)]},
        {"official_accounts": [{"id": str(each)} for each in range(1_001)]},
        {"official_accounts": [{"id": "1", "templates": [{"id": str(each), "text": ""} for each in range(1_001)]}]},
        {"official_accounts": [{"id": "1", "quota": {"daily": -1}}]},
        {"official_accounts": [{"id": "1", "templates": [{"id": "1", "text": "", "status": "new"}]}]},
    ],
    ids=["followers", "accounts", "templates", "quota", "status"],
)
def test_lists_and_numbers_have_bounds(patch: dict[str, Any]) -> None:
    """Beyond them nothing is taken."""
    with pytest.raises(Invalid):
        patch_account(new_account(), patch)


def test_an_account_finds_its_users_and_changes_its_official_accounts() -> None:
    """Where all are known, any is, and nothing is kept of them."""
    account = new_account()
    (held,) = account.official_accounts or ()
    opened = open_account(account)

    assert account.follower(held.id, "4176617840488517388") is not None
    assert account.follower(held.id, "1") is None
    assert account.follower("1", "4176617840488517388") is None
    assert opened.follower("1", "2") == ZaloFollower("1", "2")
    assert opened.follower("1", "") is None
    assert opened.with_official_account(OfficialAccount("1")) == opened
    changed = account.with_official_account(OfficialAccount(held.id, name="x"))
    assert changed.official_accounts == (OfficialAccount(held.id, name="x"),)


def test_any_template_has_the_places_of_its_call() -> None:
    """As far as a place can be called so."""
    held = OfficialAccount("1", None).template_for("7", ["otp", "a b"])

    assert held is not None
    assert held.text == "<otp>"

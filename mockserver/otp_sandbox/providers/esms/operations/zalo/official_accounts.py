"""What is asked about Official Accounts: which there are, quota, quality, followers and other users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Query, shown
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.dates import in_vietnam, slashed_day
from otp_sandbox.providers.esms.numbers import integer
from otp_sandbox.providers.esms.operations.zalo.asked import ABOUT_ACCOUNT, WHY_ACCOUNT, account_asked
from otp_sandbox.providers.esms.zalo_account import ZaloFollower
from otp_specs import Outcome

_FOLLOWS: Final[Mapping[str, bool]] = {"1": True, "0": False}


def told(members: Callable[[Call, Facts], Mapping[str, Any]]) -> Callable[[Call, Outcome, Facts], Any]:
    """Make a body that begins with the code and a word of success."""
    return lambda call, row, facts: {
        "CodeResult": row.code,
        "ErrorMessage": fill_text(call, row, facts),
        **members(call, facts),
    }


def _list_accounts(call: Call, _: Facts) -> Mapping[str, Any]:
    return {"ZOAList": [{"OAID": each.id, "OAName": each.name} for each in call.account.official_accounts or ()]}


def _write_quota(call: Call, _: Facts) -> Mapping[str, Any]:
    """Write what may be sent (`esms.zalo-quota-members`)."""
    quota = account_asked(call).quota
    daily, left = quota.daily, quota.left(in_vietnam(call.now).date())
    unlimited = call.dialect.policy("zalo_daily_quota")
    two = {
        "DailyQuota": unlimited if daily is None else daily,
        "RemainingQuota": unlimited if left is None else left,
    }
    if call.dialect.option("zalo-quota-members") == "two":
        return two
    members = {
        **two,
        "DailyQuotaPromotion": quota.daily_promotion,
        "EstimatedNextMonthPromotionQuota": quota.next_month_promotion,
        "MonthlyPromotionQuota": quota.monthly_promotion,
        "RemainingMonthlyPromotionQuota": quota.remaining_monthly_promotion,
        "RemainingQuotaPromotion": quota.remaining_promotion,
    }
    return dict(sorted(members.items()))


def _write_quality(call: Call, _: Facts) -> Mapping[str, Any]:
    oa = account_asked(call)
    return {"Oa7dayQuality": oa.quality_7_days, "OaCurrentQuality": oa.quality}


def _users(call: Call) -> list[ZaloFollower]:
    asked = account_asked(call).id
    return [each for each in call.account.followers or () if each.official_account == asked]


def _count(call: Call) -> int | None:
    """Read how many followers are asked for, under either name (`esms.zalo-followers-count`)."""
    text = call.text("Count") or call.text("Limit")
    return integer(text) if text else None


def _offset_invalid(call: Call, _: State) -> bool:
    return not 0 <= call.values["Offset"] <= call.dialect.policy("zalo_offset_max")


def _count_invalid(call: Call, _: State) -> bool:
    count = _count(call)
    return count is None or not 1 <= count <= call.dialect.policy("zalo_count_max")


def _write_followers(call: Call, _: Facts) -> Mapping[str, Any]:
    followers, first = [each.uid for each in _users(call) if each.follows], call.values["Offset"]
    page = followers[first : first + (_count(call) or 0)]
    return {"Followers": [{"User_Id": uid} for uid in page], "Total": len(followers)}


def _find_users(call: Call, _: State) -> Change[Verdict]:
    """Find who had to do with the Official Account in the period (`esms.zalo-users-filters`)."""
    first, last = call.values["FromDate"], call.values["ToDate"]
    odd, tag = call.text("IsFollower").strip(), call.text("TagName")
    follows = _FOLLOWS.get(odd)
    users = [
        each.uid
        for each in _users(call)
        if _is_within(first, each.last_interaction, last)
        and follows in (None, each.follows)
        and (not tag or tag in each.tags)
    ]
    change = Change(Verdict("zalo_users_told", {"users": users}))
    if odd and follows is None:
        change.warnings.append(f"IsFollower={shown(odd)} is neither 0 nor 1: all are listed")
    return change


def _is_within(first: date, at: datetime | None, last: date) -> bool:
    return at is not None and first <= in_vietnam(at).date() <= last


def _write_users(call: Call, row: Outcome, facts: Facts) -> Any:
    users: Any = facts["users"]
    first, count = call.values["Offset"], call.values["Count"]
    page = {"Count": count, "Offset": first, "Total": len(users), "Users": users[first : first + count]}
    return {"CodeResult": row.code, "Data": page}


_OF_PAGE: Final[Mapping[str, Check]] = {
    **ABOUT_ACCOUNT,
    "paging_invalid": _offset_invalid,
    "count_invalid": _count_invalid,
}
ACCOUNTS: Final = Query("GetListZOA", cause="zalo_told", body=told(_list_accounts), refusal=write_refusal)
QUOTA: Final = Query(
    "GetQuota",
    cause="zalo_told",
    body=told(_write_quota),
    refusal=write_refusal,
    checks=ABOUT_ACCOUNT,
    reasons=WHY_ACCOUNT,
)
QUALITY: Final = Query(
    "GetQuality",
    cause="zalo_told",
    body=told(_write_quality),
    refusal=write_refusal,
    checks=ABOUT_ACCOUNT,
    reasons=WHY_ACCOUNT,
)
FOLLOWERS: Final = Query(
    "GetFollowers",
    cause="zalo_told",
    body=told(_write_followers),
    refusal=write_refusal,
    readers={"Offset": integer},
    checks=_OF_PAGE,
    reasons=WHY_ACCOUNT,
)
USERS: Final = Query(
    "QueryListUID",
    find=_find_users,
    body=_write_users,
    refusal=write_refusal,
    readers={"Offset": integer, "Count": integer, "FromDate": slashed_day, "ToDate": slashed_day},
    checks=_OF_PAGE,
    reasons=WHY_ACCOUNT,
)

"""What eSMS tells of Official Accounts: names, quota, quality, followers and users of a period."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import OA
from otp_conformance.providers.esms.steps import ACCOUNTS, CLOCK, NOON, multi
from otp_conformance.recipe import Recipe

zalo_case = partial(case, "esms", "zalo accounts", tier=Tier.READS, needs=ACCOUNTS)

FOLLOWERS = ("7800378501923859642", "4176617840488517388", "7000997455428487634", "5889364632581220929")
USERS = ("7406454492343693107", "7210831021380318952", "961919545811768483", "6559140676281540092")
QUOTA = {
    "daily": 5000,
    "remaining": 4992,
    "monthly_promotion": 403,
    "remaining_monthly_promotion": 403,
    "next_month_promotion": 425,
}


async def follow(esms: Driver, count: int) -> None:
    """Let an Official Account have some followers, the first of them those of the sample; others have a stranger."""
    uids = [*FOLLOWERS, *(f"5{number:018}" for number in range(len(FOLLOWERS), count))][:count]
    held = [{"official_account": OA, "uid": uid} for uid in uids]
    left = {"official_account": OA, "uid": "1", "follows": False}
    await esms.account(followers=[left, {"official_account": "2", "uid": "2"}, *held])


async def meet(esms: Driver) -> None:
    """Let users have to do with an Official Account around the first and the last day of a period in May 2031."""
    days = ("2031-04-30T17:00:00Z", "2031-05-02T05:00:00Z", "2031-05-03T00:00:00Z", "2031-05-03T16:59:59.999Z")
    users = [
        {"official_account": OA, "uid": uid, "last_interaction": at, "tags": [str(number)], "follows": number != 1}
        for number, (uid, at) in enumerate(zip(USERS, days, strict=True))
    ]
    outside = {
        "before": {"last_interaction": "2031-04-30T16:59:59Z"},
        "after": {"last_interaction": "2031-05-03T17:00:00Z"},
        "never": {},
        "elsewhere": {"official_account": "2", "last_interaction": days[1]},
    }
    others = [{"official_account": OA, "uid": uid, **members} for uid, members in outside.items()]
    await esms.account(followers=[*users, *others])


PERIOD = {"FromDate": "01/05/2031", "ToDate": "03/05/2031"}


async def _list_accounts(esms: Driver) -> str:
    oas = [{"id": "745830328927467685", "name": "Hệ thống ESMS Marketing"}, {"id": OA, "name": "SVoucher"}]
    await esms.account(official_accounts=[{**oas[0], "active": False}, oas[1]])
    return (await esms.call("GetListZOA")).text


async def _ask(esms: Driver, name: str, **members: Any) -> str:
    await esms.account(official_accounts=[{"id": OA, **members}])
    return (await esms.call(name)).text


async def _list_followers(esms: Driver) -> str:
    await follow(esms, 208)
    return (await esms.call("GetFollowers", Count=4)).text


async def _list_users(esms: Driver) -> str:
    await meet(esms)
    return (await esms.call("QueryListUID", **PERIOD)).text


_NEEDS = frozenset(ACCOUNTS)
_MEMBERS = "esms.zalo-quota-members"
SAMPLES = {
    "GetListZOA/zalo_told": Recipe(_list_accounts, needs=_NEEDS),
    "GetQuota/zalo_told": Recipe(partial(_ask, name="GetQuota", quota=QUOTA), needs=_NEEDS, choices={_MEMBERS: "all"}),
    "GetQuota/zalo_told.two": Recipe(
        partial(_ask, name="GetQuota", quota={"daily": 500}), needs=_NEEDS, choices={_MEMBERS: "two"}
    ),
    "GetQuality/zalo_told": Recipe(
        partial(_ask, name="GetQuality", quality="MEDIUM", quality_7_days="HIGH"), needs=_NEEDS
    ),
    "GetFollowers/zalo_told": Recipe(_list_followers, needs=_NEEDS),
    "QueryListUID/zalo_users_told": Recipe(_list_users, needs=_NEEDS),
}
"""How the published bodies come about."""


@zalo_case(
    rule="Every Official Account of the account is listed with its name, also one that is not active.",
    covers=["esms:zalo_told", "esms.zalo-accounts"],
    level=Level.SHOULD,
)
async def accounts(esms: Driver) -> None:
    await esms.account(official_accounts=[{"id": "2", "name": "B", "active": False}, {"id": "1"}])
    equal(
        (await esms.call("GetListZOA")).text,
        '{"CodeResult":"100","ErrorMessage":"success","ZOAList":[{"OAID":"2","OAName":"B"},{"OAID":"1","OAName":""}]}',
        "body",
    )


@zalo_case(
    rule="What is left of a day's quota is that of the Vietnamese day; on the next one all of it is there again.",
    level=Level.SHOULD,
    needs=[*ACCOUNTS, *CLOCK],
    choices={_MEMBERS: "all"},
    covers=["esms:zalo_told", "esms.zalo-quota", f"{_MEMBERS}=all"],
    kills=["esms.quota-of-utc-day"],
)
async def quota_of_a_day(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    quota = {"daily": 500, "remaining": 3, "day": "2031-05-02"}
    await esms.account(official_accounts=[{"id": OA, "quota": quota}])

    left = []
    for wait in ("0s", "11h59m59s", "1s"):  # it is noon in Vietnam
        await esms.advance(wait)
        left.append((await esms.call("GetQuota")).json["RemainingQuota"])

    equal(left, [3, 3, 500], "what is left at noon, before midnight and at midnight")


@zalo_case(
    rule="Each message by Zalo that is accepted takes one from what is left; a refused one and a try take none.",
    level=Level.SHOULD,
    tier=Tier.SENDS,
    sends=3,
    covers=["esms:zalo_told", "esms.zalo-quota"],
)
async def quota_goes_down(esms: Driver) -> None:
    template = {"id": "205644", "text": "<otp>"}
    await esms.account(official_accounts=[{"id": OA, "templates": [template], "quota": {"daily": 500}}])

    left = []
    for changes in ({}, {"TempID": "1"}, {"Sandbox": "1"}, {}):
        await multi(esms, changes)
        left.append((await esms.call("GetQuota")).json["RemainingQuota"])

    equal(left, [499, 499, 499, 498], "what is left")


@zalo_case(
    rule="The quota is told with that of promotional messages, of this month and of the next.",
    choices={_MEMBERS: "all"},
    covers=["esms:zalo_told", f"{_MEMBERS}=all"],
)
async def quota_members(esms: Driver) -> None:
    equal(
        await _ask(esms, "GetQuota", quota={**QUOTA, "daily_promotion": 7, "remaining_promotion": 6}),
        '{"CodeResult":"100","ErrorMessage":"success","DailyQuota":5000,"DailyQuotaPromotion":7,'
        '"EstimatedNextMonthPromotionQuota":425,"MonthlyPromotionQuota":403,"RemainingMonthlyPromotionQuota":403,'
        '"RemainingQuota":4992,"RemainingQuotaPromotion":6}',
        "body",
    )


@zalo_case(
    rule="Without a limit the quota of the published answer is told, all of it left.",
    level=Level.SHOULD,
    covers=["esms:zalo_told", "esms.zalo-quota-unlimited"],
)
async def quota_without_limit(esms: Driver) -> None:
    await esms.account(official_accounts=[{"id": OA}])
    told = (await esms.call("GetQuota")).json
    equal([told["DailyQuota"], told["RemainingQuota"]], [5000, 5000], "what a day has, and what is left of it")


@zalo_case(
    rule="As older pages have it, the quota is told with two numbers.",
    level=Level.SHOULD,
    needs=[*ACCOUNTS, Feature.CHOICES],
    choices={_MEMBERS: "two"},
    covers=["esms:zalo_told", f"{_MEMBERS}=two"],
)
async def quota_in_two_numbers(esms: Driver) -> None:
    equal(
        await _ask(esms, "GetQuota", quota=QUOTA),
        '{"CodeResult":"100","ErrorMessage":"success","DailyQuota":5000,"RemainingQuota":4992}',
        "body",
    )


@zalo_case(
    rule="Quality is told for 48 hours and for seven days, in four words.",
    covers=["esms:zalo_told", "esms.zalo-quality"],
    rows={word: (word, other) for word, other in (("HIGH", "LOW"), ("MEDIUM", "UNDEFINED"), ("LOW", "MEDIUM"))},
)
async def quality(esms: Driver, now: str, week: str) -> None:
    answer = await _ask(esms, "GetQuality", quality=now, quality_7_days=week)
    equal(
        answer,
        f'{{"CodeResult":"100","ErrorMessage":"success","Oa7dayQuality":"{week}","OaCurrentQuality":"{now}"}}',
        "body",
    )


@zalo_case(
    rule="Followers are told page by page in their order, with how many there are in all; nobody else is among them.",
    covers=["esms:zalo_told", "esms.zalo-followers", "esms.zalo-followers-page"],
    kills=["esms.followers-who-left"],
    rows={
        "first": ({"Count": 3}, FOLLOWERS[:3]),
        "next": ({"Offset": 3, "Count": 3}, FOLLOWERS[3:]),
        "quoted": ({"Offset": "1", "Count": "1"}, FOLLOWERS[1:2]),
        "all": ({"Count": 50}, FOLLOWERS),
        "behind": ({"Offset": 4}, ()),
        "far-behind": ({"Offset": 9950}, ()),
    },
)
async def followers(esms: Driver, changes: dict[str, Any], page: tuple[str, ...]) -> None:
    await follow(esms, 4)
    answer = expect(await esms.call("GetFollowers", **changes), "zalo_told").json
    equal(answer["Followers"], [{"User_Id": uid} for uid in page], "page")
    equal(answer["Total"], 4, "total")


@zalo_case(
    rule="How many followers to list may be called Count or Limit; Count comes first.",
    level=Level.SHOULD,
    covers=["esms:zalo_told", "esms:count_invalid", "esms.zalo-followers-count"],
    rows={
        "limit": ({"Count": None, "Limit": 2}, 2),
        "both": ({"Count": 1, "Limit": "2"}, 1),
    },
)
async def followers_count(esms: Driver, changes: dict[str, Any], size: int) -> None:
    await follow(esms, 4)
    answer = expect(await esms.call("GetFollowers", **changes), "zalo_told").json
    equal(len(answer["Followers"]), size, "entries")


@zalo_case(
    rule="An offset and a count at their bounds are taken; beyond them, or no number, they are refused by name.",
    needs=[],
    covers=["esms:paging_invalid", "esms:count_invalid", "esms.zalo-page", "esms.zalo-followers-page"],
    rows={
        f"{operation}-{name}": (operation, changes, outcome)
        for operation, success in (("QueryListUID", "zalo_users_told"), ("GetFollowers", "zalo_told"))
        for name, (changes, outcome) in {
            "offset-most": ({"Offset": 9950}, success),
            "offset-more": ({"Offset": 9951}, "paging_invalid"),
            "offset-below": ({"Offset": -1}, "paging_invalid"),
            "offset-word": ({"Offset": "first"}, "paging_invalid"),
            "count-least": ({"Count": 1}, success),
            "count-none": ({"Count": "0"}, "count_invalid"),
            "count-most": ({"Count": "50"}, success),
            "count-more": ({"Count": 51}, "count_invalid"),
            "count-word": ({"Count": "all"}, "count_invalid"),
            "both": ({"Offset": 9951, "Count": 51}, "paging_invalid"),
        }.items()
    },
)
async def page_bounds(esms: Driver, operation: str, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(operation, **changes), outcome)


@zalo_case(
    rule="Users are listed who had to do with the Official Account in the period, by what they are.",
    covers=["esms:zalo_users_told", "esms.zalo-users", "esms.zalo-users-filters", "esms.zalo-users-odd-filter"],
    kills=["esms.users-of-utc-day", "esms.users-all-follow"],
    rows={
        "all": ({}, USERS),
        "empty-filters": ({"IsFollower": "", "TagName": ""}, USERS),
        "one-day": ({"FromDate": "02/05/2031", "ToDate": "02/05/2031"}, USERS[1:2]),
        "followers": ({"IsFollower": 1}, (USERS[0], *USERS[2:])),
        "others": ({"IsFollower": "0"}, USERS[1:2]),
        "odd": ({"IsFollower": "2"}, USERS),
        "tag": ({"TagName": "3"}, USERS[3:]),
        "tag-of-nobody": ({"TagName": "9"}, ()),
        "both": ({"IsFollower": 1, "TagName": "1"}, ()),
    },
)
async def users(esms: Driver, changes: dict[str, Any], found: tuple[str, ...]) -> None:
    await meet(esms)
    data = expect(await esms.call("QueryListUID", **{**PERIOD, **changes}), "zalo_users_told").json["Data"]
    equal(data, {"Count": 50, "Offset": 0, "Total": len(found), "Users": list(found)}, "page")


@zalo_case(
    rule="A page of users repeats what was asked for, and counts all of them.",
    covers=["esms:zalo_users_told", "esms.zalo-page"],
    rows={"middle": (1, 2, USERS[1:3]), "end": (3, 2, USERS[3:]), "behind": (4, 50, ())},
)
async def page_of_users(esms: Driver, offset: int, count: int, page: tuple[str, ...]) -> None:
    await meet(esms)
    answer = await esms.call("QueryListUID", **PERIOD, Offset=str(offset), Count=count)
    equal(answer.json["Data"], {"Count": count, "Offset": offset, "Total": 4, "Users": list(page)}, "page")


@zalo_case(
    rule="A date of the period that is not dd/MM/yyyy is refused by its name, the first one first.",
    needs=[],
    covers=["esms:date_invalid", "esms:to_date_invalid", "esms.zalo-users-dates", "esms.zalo-users-empty-period"],
    rows={
        "from-iso": ({"FromDate": "2024-09-01"}, "date_invalid"),
        "from-no-day": ({"FromDate": "31/02/2024"}, "date_invalid"),
        "from-short": ({"FromDate": "1/9/2024"}, "date_invalid"),
        "from-time": ({"FromDate": "01/09/2024 00:00:00"}, "date_invalid"),
        "to-american": ({"ToDate": "09/30/2024"}, "to_date_invalid"),
        "to-word": ({"ToDate": "today"}, "to_date_invalid"),
        "both": ({"FromDate": "x", "ToDate": "x"}, "date_invalid"),
        "date-and-offset": ({"ToDate": "x", "Offset": -1}, "to_date_invalid"),
        "backwards": ({"FromDate": "02/09/2024", "ToDate": "01/09/2024"}, "zalo_users_told"),
    },
)
async def user_dates(esms: Driver, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call("QueryListUID", **changes), outcome)

"""Mistakes that somebody could make in what eSMS tells of Zalo, and in what is registered there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from mutants.esms import made
from mutants.kit import Mistake, events, handler, with_check
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY
from otp_sandbox.providers.esms.operations.zalo.asked import account_asked, oa_of, template_of

USERS: Final = "QueryListUID"
TEMPLATE: Final = "RegisZNSTemplateJson"
_OFFSET: Final = timedelta(hours=7)


def of_followers(change: Callable[[Any], Any], operation: str) -> Mistake:
    """Let the followers be others."""

    def spoil(call: Call) -> Call:
        if call.account is None:
            return call
        return replace(call, account=replace(call.account, followers=tuple(map(change, call.account.followers))))

    return handler(operation, call=spoil)


def earlier(follower: Any) -> Any:
    at = follower.last_interaction
    return follower if at is None else replace(follower, last_interaction=at - _OFFSET)


def of_all_templates(call: Call) -> Call:
    if call.account is None:
        return call
    mine = {"official_account": oa_of(call), "template": template_of(call)}
    return replace(
        call, account=replace(call.account, ratings=tuple(replace(each, **mine) for each in call.account.ratings))
    )


def approve_newest(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    account = change.writes[KEY]
    (oa,) = account.official_accounts
    change.writes[KEY] = account.with_official_account(oa.with_template(replace(oa.templates[-1], status="approved")))
    return change


def is_known(call: Call, _: State) -> bool:
    return any(each.text == call.values["Content"] for each in account_asked(call).templates or ())


def approve_anyway(event: Event, state: State, _: EventContext, change: Change[bool]) -> Change[bool]:
    account: Any = state.get(*KEY)
    oa = account.official_account(event.id)
    template = oa.template(event.detail) if event.detail else None
    if template is None or template.status != "rejected":
        return change
    approved = oa.with_template(replace(template, status="approved"))
    return Change(verdict=True, writes={KEY: account.with_official_account(approved)})


WRITTEN: Final = (
    made(
        "quota-of-utc-day",
        "the day of the quota is that of UTC",
        handler("GetQuota", call=lambda call: replace(call, now=call.now - _OFFSET)),
    ),
    made("users-of-utc-day", "the days of users are those of UTC", of_followers(earlier, USERS)),
    made("users-all-follow", "every user follows", of_followers(lambda each: replace(each, follows=True), USERS)),
    made(
        "followers-who-left",
        "who has left is a follower",
        of_followers(lambda each: replace(each, follows=True), "GetFollowers"),
    ),
    made("ratings-of-all", "the ratings of all templates are listed", handler("GetRating", call=of_all_templates)),
    made("registered-at-once", "a template is approved at once", handler(TEMPLATE, change=approve_newest)),
    made(
        "registered-for-ever",
        "a text that was rejected is refused",
        with_check(TEMPLATE, "request_in_progress", is_known),
    ),
    made("rejected-approved", "what was rejected is approved by itself", events("approval", approve_anyway)),
)

"""Mistakes that somebody could make in what eSMS tells of a message, of the account, and of what is registered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from mutants.esms import made
from mutants.kit import Decided, Mistake, body, every, handler, spelled, wire, with_values
from otp_sandbox.contract import Call
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.carriers import CARRIERS
from otp_sandbox.providers.esms.operations.reports.send_status import SendResult, result_of

BALANCE: Final = "GetBalance_json"
STATUS: Final = "GetSendStatus"
RECEIVERS: Final = "GetSmsReceiverStatus_get"
SENT_DATA: Final = "GetSmsSentData_V2"
BRANDNAMES: Final = "GetListBrandname"
TEMPLATES: Final = "GetTemplate"
BY_ID: Final = (STATUS, RECEIVERS)


def refused(pattern: bytes, instead: bytes, *operations: str) -> Mistake:
    """Write a piece of a refusal otherwise."""
    return wire(lambda text: text if b'":"100"' in text else re.sub(pattern, instead, text), *operations)


def became(change: Callable[[SendResult], SendResult], *operations: str) -> Mistake:
    """Tell that something else became of a message."""

    def spoil(_: Call, __: State, told: Decided) -> Decided:
        held = told.verdict.facts.get("results")
        return (
            Change(replace(told.verdict, facts={"results": [change(each) for each in held]}))
            if isinstance(held, list)
            else told
        )

    return every(lambda name: handler(name, change=spoil), *(operations or BY_ID))


def delivered_when_sent(held: SendResult) -> SendResult:
    return replace(held, status=5, reached=True) if held.sent and not held.failed else held


def late_refusal_unknown(_: Call, __: State, told: Decided) -> Decided:
    held = told.verdict.facts.get("results")
    late = isinstance(held, list) and all(each.failed and not each.sent for each in held)
    return Change(Verdict("message_not_found")) if late else told


def any_case_id(call: Call) -> Call:
    ref = call.values.get("RefId")
    return with_values(call, RefId=ref.lower()) if isinstance(ref, str) else call


def newest_instead(_: Call, state: State, told: Decided) -> Decided:
    if told.verdict.cause != "message_not_found":
        return told
    newest = next(iter(state.entries(MESSAGES)), None)
    return told if newest is None else Change(Verdict("status_told", {"results": [result_of(newest)]}))


Row = dict[str, Any]


def listed(name: str, change: Callable[[list[Row]], list[Row]], operation: str) -> Mistake:
    """List something else."""
    return body(lambda held: {**held, name: change(held[name])} if name in held else held, operation)


def templates(change: Callable[[list[Row]], list[Row]]) -> Mistake:
    return listed("BrandnameTemplates", change, TEMPLATES)


def once(held: list[Row]) -> list[Row]:
    return list({each["TempContent"]: each for each in reversed(held)}.values())


def at_all_carriers(held: list[Row]) -> list[Row]:
    return [{**each, "NetworkID": carrier.id} for each in once(held) for carrier in CARRIERS]


def of_all_names(call: Call) -> Call:
    """Let every name have the templates of all."""
    if call.account is None:
        return call
    names = call.account.brandnames
    texts = tuple(dict.fromkeys(text for each in names for text in each.templates or ()))
    return replace(
        call, account=replace(call.account, brandnames=tuple(replace(each, templates=texts) for each in names))
    )


_SHAPES: Final = (
    made("balance-refusal", "a refusal of the balance has none", refused(rb'"Balance":0,', b"", BALANCE)),
    made(
        "balance-late",
        "the balance lags behind by a message",
        body(lambda held: {**held, "Balance": held["Balance"] + 850}, BALANCE),
    ),
    made(
        "status-refusal-text",
        "a refusal of the state has a text",
        refused(rb',"SMSID"', rb',"ErrorMessage":"Authorize Failed","SMSID"', STATUS),
    ),
    made("status-refusal-id", "a refusal of the state has no SMSID", refused(rb',"SMSID":".*"', b"", STATUS)),
    made("status-price", "the price has one decimal", spelled(rb"\.0000", b".0", STATUS)),
)
_SENT: Final = (
    made("delivered-when-sent", "a message counts as delivered when it is sent", became(delivered_when_sent)),
    made(
        "failure-finished-alike",
        "a failure counts as success",
        became(lambda held: replace(held, reached=held.status == 5)),
    ),
    made("failure-priced", "a failure keeps its price", became(lambda held: replace(held, price=850), STATUS)),
    made(
        "pending-failed",
        "what is on its way counts as failed",
        became(lambda held: replace(held, failed=not held.reached), STATUS),
    ),
    made("status-seven", "a delivered message awaits its report", became(lambda held: replace(held, status=7))),
    made(
        "not-sent",
        "IsSent turns true with the delivery",
        became(lambda held: replace(held, sent=held.reached), RECEIVERS),
    ),
    made(
        "any-case-id",
        "the case of an SMSID does not count",
        every(lambda name: handler(name, call=any_case_id), *BY_ID),
    ),
    made(
        "newest-for-unknown",
        "an unknown SMSID finds the newest message",
        handler(STATUS, refusal=newest_instead),
    ),
    made(
        "late-refusal-unknown",
        "the SMSID of a refusal is not found",
        every(lambda name: handler(name, change=late_refusal_unknown), *BY_ID),
    ),
    made(
        "one-carrier",
        "every phone is of Viettel",
        spelled(rb'"NetworkName":"\w+"', b'"NetworkName":"Viettel"', RECEIVERS),
    ),
    made("receiver-phone", "phones are international", spelled(rb'"Phone":"0', b'"Phone":"84', RECEIVERS, SENT_DATA)),
)
_REGISTERED: Final = (
    made(
        "names-of-care",
        "only names for customer care are listed",
        listed("ListBrandName", lambda held: [each for each in held if each["Type"] == 2], BRANDNAMES),
    ),
    made("names-one-type", "every name is for customer care", spelled(rb'"Type":\d+', b'"Type":2', BRANDNAMES)),
    made("templates-once", "a template is listed once", templates(once)),
    made("templates-all-carriers", "a template is listed for all carriers", templates(at_all_carriers)),
    made(
        "templates-same-id",
        "templates have one id",
        templates(lambda held: [{**each, "TempId": held[0]["TempId"]} for each in held]),
    ),
    made("templates-all-names", "templates of all names are listed", handler(TEMPLATES, call=of_all_names)),
)

WRITTEN: Final = (*_SHAPES, *_SENT, *_REGISTERED)

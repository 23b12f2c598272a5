"""Mistakes that somebody could make in what eSMS tells of a message, of the account, and of what is registered."""

from __future__ import annotations

from typing import Final

from mutants.esms_query_mistakes import (
    BALANCE,
    BRANDNAMES,
    BY_ID,
    QUERIES,
    RECEIVERS,
    SENT_DATA,
    STATUS,
    TEMPLATES,
    all_messages,
    any_case_id,
    at_all_carriers,
    balance,
    delivered_when_sent,
    every,
    fate,
    late_refusal_unknown,
    names,
    newest_instead,
    of_all_names,
    once,
    query,
    refused,
    same_ids,
    spelled,
    templates,
)
from mutants.kit import handler, order, policy, row, without_check
from otp_sandbox.domain.record import replace

_SHAPES: Final = (
    query(
        "balance-code-result", "wire", "the balance has CodeResult", spelled(b"CodeResponse", b"CodeResult", BALANCE)
    ),
    query(
        "balance-as-text", "wire", "the balance is a text", spelled(rb'"Balance":(\d+)', rb'"Balance":"\1"', BALANCE)
    ),
    query("balance-user", "wire", "the balance has no UserID", spelled(rb',"UserID":\d+', b"", BALANCE)),
    query("balance-refusal", "wire", "a refusal of the balance has none", refused(rb'"Balance":0,', b"", BALANCE)),
    query("balance-late", "money", "the balance lags behind by a message", balance(lambda held: held + 850)),
    query("status-code-result", "wire", "the state has CodeResult", spelled(b"CodeResponse", b"CodeResult", STATUS)),
    query(
        "status-refusal-text",
        "wire",
        "a refusal of the state has a text",
        refused(rb',"SMSID"', rb',"ErrorMessage":"Authorize Failed","SMSID"', STATUS),
    ),
    query("status-refusal-id", "wire", "a refusal of the state has no SMSID", refused(rb',"SMSID":".*"', b"", STATUS)),
    query("status-as-text", "wire", "counts are texts", spelled(rb'"(S\w+|T\w+r|T\w+t)":(\d)', rb'"\1":"\2"', STATUS)),
    query("status-price", "wire", "the price has one decimal", spelled(rb"\.0000", b".0", STATUS)),
    query(
        "receivers-code-response",
        "wire",
        "the receivers have CodeResponse",
        spelled(b"CodeResult", b"CodeResponse", RECEIVERS),
    ),
    query(
        "receivers-as-text",
        "wire",
        "IsSent and SentResult are texts",
        spelled(rb":(true|false)", lambda found: b':"' + found[1].capitalize() + b'"', RECEIVERS),
    ),
    query("no-full-stop", "wire", "B10 has the usual text", row("authorize_failed_stop", message="Authorize Failed")),
    query(
        "names-refusal",
        "wire",
        "a refusal of the sender names has CodeResponse",
        spelled(b"CodeResult", b"CodeResponse", BRANDNAMES),
    ),
    query(
        "names-code-result",
        "wire",
        "the sender names have CodeResult",
        spelled(b"CodeRes\\w+", b"CodeResult", BRANDNAMES),
    ),
    query(
        "queries-count",
        "wire",
        "queries have CountRegenerate",
        spelled(rb'("CodeRes\w+":"\d+")', rb'\1,"CountRegenerate":0', *QUERIES),
    ),
    query("templates-no-text", "wire", "no word of success", row("templates_told", message="")),
)
_CALLERS: Final = (
    query(
        "queries-lock-ignored",
        "authentication",
        "a locked account may ask",
        every(lambda name: without_check(name, "account_locked"), *QUERIES),
    ),
    query(
        "queries-ip-ignored",
        "authentication",
        "anybody's address may ask",
        every(lambda name: without_check(name, "ip_not_allowed"), *QUERIES),
    ),
    query(
        "queries-ip-first",
        "errors",
        "the address is checked before the lock",
        every(lambda name: order(name, "account_locked", "ip_not_allowed"), BALANCE, RECEIVERS, SENT_DATA),
    ),
)
_FATES: Final = (
    query("delivered-when-sent", "life", "a message counts as delivered when it is sent", fate(delivered_when_sent)),
    query(
        "failure-finished-alike",
        "life",
        "a failure counts as success",
        fate(lambda held: replace(held, reached=held.status == 5)),
    ),
    query("failure-priced", "money", "a failure keeps its price", fate(lambda held: replace(held, price=850), STATUS)),
    query(
        "pending-failed",
        "life",
        "what is on its way counts as failed",
        fate(lambda held: replace(held, failed=not held.reached), STATUS),
    ),
    query("status-seven", "life", "a delivered message awaits its report", fate(lambda held: replace(held, status=7))),
    query(
        "not-sent",
        "life",
        "IsSent turns true with the delivery",
        fate(lambda held: replace(held, sent=held.reached), RECEIVERS),
    ),
    query(
        "any-case-id",
        "binding",
        "the case of an SMSID does not count",
        every(lambda name: handler(name, call=any_case_id), *BY_ID),
    ),
    query(
        "newest-for-unknown",
        "binding",
        "an unknown SMSID finds the newest message",
        handler(STATUS, keys=all_messages, change=newest_instead),
    ),
    query(
        "late-refusal-unknown",
        "life",
        "the SMSID of a refusal is not found",
        every(lambda name: handler(name, change=late_refusal_unknown), *BY_ID),
    ),
    query("status-days", "limits", "messages are found for eight days", policy("status_days", 8)),
    query("status-days-short", "limits", "messages are found for six days", policy("status_days", 6)),
    query("never-approved", "life", "messages need no approval, whatever is chosen", send_status_life="two-five"),
    query("status-at-once", "limits", "messages are found at once, whatever is chosen", status_delay="at-once"),
    query("status-late", "limits", "messages are found late, whatever is chosen", status_delay="some"),
    query("status-delay-long", "limits", "a message is found a second later", policy("status_delay_seconds_some", 11)),
    query(
        "one-carrier",
        "wire",
        "every phone is of Viettel",
        spelled(rb'"NetworkName":"\w+"', b'"NetworkName":"Viettel"', RECEIVERS),
    ),
    query(
        "receiver-phone",
        "wire",
        "phones are international",
        spelled(rb'"Phone":"0', b'"Phone":"84', RECEIVERS, SENT_DATA),
    ),
)
_REGISTERED: Final = (
    query(
        "names-of-care",
        "errors",
        "only names for customer care are listed",
        names(lambda held: tuple(each for each in held if each.type == 2)),
    ),
    query(
        "names-one-type", "wire", "every name is for customer care", spelled(rb'"Type":\d+', b'"Type":2', BRANDNAMES)
    ),
    query("templates-once", "errors", "a template is listed once", templates(once)),
    query("templates-all-carriers", "errors", "a template is listed for all carriers", templates(at_all_carriers)),
    query("templates-same-id", "errors", "templates have one id", templates(same_ids)),
    query("templates-all-names", "binding", "templates of all names are listed", templates(of_all_names)),
    query("templates-id-text", "wire", "ids are texts", spelled(rb'"TempId":(\d+)', rb'"TempId":"\1"', TEMPLATES)),
    query(
        "templates-any-name",
        "errors",
        "an unknown name has no templates",
        row("brandname_unknown", code="100", message="success"),
    ),
)

MUTANTS: Final = (*_SHAPES, *_CALLERS, *_FATES, *_REGISTERED)

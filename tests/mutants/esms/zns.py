"""Mistakes that somebody could make in the ZNS of eSMS."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from mutants.esms import made
from mutants.esms.callbacks import of_urls
from mutants.kit import Decided, body, handler, of_messages, on, with_fields, with_values, without_fields, written
from otp_sandbox.contract import Call
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.account import KEY
from otp_sandbox.providers.esms.details import details_of

IN_ORDER: Final = "SendZaloMessage_V4_post_json"
ALL: Final = (
    "SendZaloMessage_V6",
    "SendZaloMessage_V6_zalo_uid",
    "SendZaloMessage_V6_hash_phone",
    "SendZaloMessage_V5_post",
    IN_ORDER,
)


BULK: Final = "Send_zns_bulk_v4_post_json"
_FORMS: Final = ("SendMultipleMessage_V4_post_json", "SendMultipleMessage_V4_post")
_CONSULT: Final = ("SendZaloFollowerMessage_V4_post_json", "SendZaloFollowerMessage_V5_post_json")


def _any_status(call: Call) -> Call:
    """Take templates whatever became of their registration."""
    account = call.account
    if account is None or account.official_accounts is None:
        return call
    accounts = tuple(
        replace(oa, templates=tuple(replace(each, status="approved") for each in oa.templates or ()))
        for oa in account.official_accounts
    )
    return replace(call, account=replace(account, official_accounts=accounts))


def free(call: Call, _: State, change: Decided) -> Decided:
    """Take nothing for a message."""
    held = change.writes.get(KEY)
    if held is not None:
        change.writes[KEY] = replace(held, balance=call.account.balance)
    return change


def quota_ignored(call: Call, _: State, change: Decided) -> Decided:
    """Leave the quota as it is."""
    held = change.writes.get(KEY)
    if held is not None:
        change.writes[KEY] = replace(held, official_accounts=call.account.official_accounts)
    return change


def without_code(_: Call, __: State, change: Decided) -> Decided:
    """Forget the code of a message."""
    for key in written(change, MESSAGES):
        change.writes[key] = replace(change.writes[key], code=None)
    return change


def _with_phone(url: str, message: Any) -> str:
    if not details_of(message).addressee or "telcoid=9" not in url:
        return url
    return re.sub("phonenumber=[0-9a-f]+", f"phonenumber=0{message.to[3:]}", url)


def _rows(change: Callable[[Sequence[Any]], Sequence[Any]]) -> Callable[[Call], Call]:
    def spoil(call: Call) -> Call:
        rows = call.values.get("Data")
        return with_values(call, Data=tuple(change(rows))) if isinstance(rows, tuple) and rows else call

    return spoil


def _one_id(_: Call, __: State, change: Decided) -> Decided:
    rows: Any = change.verdict.facts.get("rows", ())
    first = next((sms_id for *_, sms_id in rows if sms_id), "")
    facts = {"rows": [(cause, phone, sms_id and first) for cause, phone, sms_id in rows]} if rows else {}
    change.verdict = replace(change.verdict, facts={**change.verdict.facts, **facts})
    return change


def _charged_once(call: Call, _: State, change: Decided) -> Decided:
    held = change.writes.get(KEY)
    if held is not None:
        change.writes[KEY] = replace(held, balance=max(held.balance, call.account.balance - 850))
    return change


def _any_template(call: Call) -> Call:
    account = call.account
    if account is None or account.official_accounts is None:
        return call
    accounts = tuple(replace(oa, templates=None) for oa in account.official_accounts)
    return replace(call, account=replace(account, official_accounts=accounts))


def _any_follower(call: Call) -> Call:
    return call if call.account is None else replace(call, account=replace(call.account, followers=None))


def _with_address(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, MESSAGES):
        held = change.writes[key]
        details = details_of(held)
        if not details.callback_url:
            change.writes[key] = replace(held, details=replace(details, callback_url="ftp://x"))
    return change


def _final(held: Any) -> Any:
    data = held.get("Data") if isinstance(held, dict) else None
    return {**held, "Data": {**data, "FinalStatus": "1"}} if isinstance(data, dict) else held


WRITTEN: Final = (
    made("zns-as-sms", "a ZNS goes by SMS", on(ALL, change=of_messages(lambda _, held: replace(held, channel="sms")))),
    made("zns-without-code", "the code of a ZNS is not known", on(ALL, change=without_code)),
    made("zns-any-status", "a template needs no approval", on(ALL, call=_any_status)),
    made("zns-quota-ignored", "a ZNS takes nothing of the quota", on(ALL, change=quota_ignored)),
    made("zns-free", "a ZNS costs nothing", on(ALL, change=free)),
    made("zns-date-ignored", "a ZNS is sent at once", on(ALL, call=lambda call: without_fields(call, "SendDate"))),
    made("callback-uid-phone", "the callback has the phone in place of the Zalo id", of_urls(_with_phone)),
    made(
        "zns-journey-ordinary",
        "a message of a journey is an ordinary one",
        handler(IN_ORDER, call=lambda call: with_fields(call, IsJourney="false")),
    ),
    # To many
    made(
        "bulk-first-values",
        "all rows have the values of the first",
        handler(BULK, call=_rows(lambda rows: [replace(each, values=rows[0].values) for each in rows])),
    ),
    made("bulk-one-id", "all rows have one SMSID", handler(BULK, change=_one_id)),
    made("bulk-charged-once", "only one row is charged", handler(BULK, change=_charged_once)),
    made("bulk-try-sent", "a try of many is sent", handler(BULK, call=lambda call: with_fields(call, Sandbox="0"))),
    # Whole texts
    made(
        "full-content-any-text",
        "any text goes by Zalo",
        on(_FORMS, call=_any_template),
    ),
    made(
        "full-content-as-sms",
        "a whole text by Zalo goes by SMS",
        on(_FORMS, change=of_messages(lambda _, held: replace(held, channel="sms"))),
    ),
    # To followers
    made(
        "consult-as-sms",
        "a consult message goes by SMS",
        on(_CONSULT, change=of_messages(lambda _, held: replace(held, channel="sms"))),
    ),
    made("consult-anybody", "whoever has an id gets a consult message", on(_CONSULT, call=_any_follower)),
    made(
        "consult-try-sent",
        "a try of a consult message is sent",
        on(_CONSULT, call=lambda call: with_fields(call, Sandbox="0")),
    ),
    made(
        "callback-consult-carrier",
        "the callback of a consult message has a carrier",
        of_urls(lambda url, message: url.replace("TypeId=26", "TypeId=26&telcoid=1") if "TypeId=26" in url else url),
    ),
    # What became of them
    made(
        "zalo-status-of-any-account",
        "the state of a message of another Official Account is told",
        handler("GetZaloMessageStatus", call=lambda call: with_fields(call, OAID="4097311281936189049")),
    ),
    made(
        "zns-status-any-type",
        "the state by SMSID is told whatever the type",
        handler("QueryZnsStatus", readers={"SmsType": lambda _: 25}),
    ),
    made("zns-status-final", "every state is the end", body(_final, "QueryZnsStatus")),
    made("stored-without-address", "callbacks are stored of all messages", on(ALL, change=_with_address)),
    made(
        "stored-of-any-account",
        "callbacks of another Official Account are told",
        handler("GetCallback", call=lambda call: with_fields(call, OAId="4097311281936189049")),
    ),
)

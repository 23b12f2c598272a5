"""Mistakes that somebody could make in the sends of eSMS: texts of the caller's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, cast

from mutants.esms import made
from mutants.esms.codes import folded_brandname
from mutants.kit import (
    Decided,
    Spoil,
    credential,
    events,
    every,
    forgiven,
    of_facts,
    of_messages,
    on,
    with_check,
    with_fields,
    with_values,
    without_fields,
    written,
)
from otp_sandbox.contract import MISSING, Call, EventContext
from otp_sandbox.domain import duplicates
from otp_sandbox.domain.messages import DELIVERED_AFTER, MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.segments import segments
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY, Account
from otp_sandbox.providers.esms.dates import sending_date

GENCODE: Final = "SendMessageAutoGenCode_V4_get"
JSON_SEND: Final = "SendMultipleMessage_V4_post_json"
V5: Final = "SendMessageAutoGenCode_V5"
MULTI: Final = "MultiChannelMessage"
TRANSPORTS: Final = (JSON_SEND, "SendMultipleMessage_V4_get", "SendMultipleMessage_V4_post", "SendMultipleMessage_V4")
SENDS: Final = (*TRANSPORTS, GENCODE, V5, MULTI)


def any_name(call: Call) -> Call:
    if call.text("Brandname") in ("Baotrixemay", "Sandbox"):
        return call
    return with_values(with_fields(call, Brandname="Baotrixemay"), Brandname="Baotrixemay")


def without_field(name: str) -> Callable[[Call], Call]:
    return lambda call: without_fields(call, name)


def no_id(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {name: fact for name, fact in facts.items() if name != "sms_id"}


def paid(times: int) -> Spoil:
    """Charge so many prices, whatever would be charged."""

    def spoil(call: Call, _: State, change: Decided) -> Decided:
        change.writes[KEY] = call.account.charged(times * (call.account.price or 0))
        return change

    return spoil


def priced(count: Callable[[str], int]) -> Spoil:
    """Count segments otherwise."""

    def spoil(call: Call, _: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            message = change.writes[key]
            price = (call.account.price or 0) * count(message.text)
            change.writes[key] = replace(message, price=price)
            change.writes[KEY] = call.account.charged(price)
        return change

    return spoil


def lost_arrives(call: Call, _: State, change: Decided) -> Decided:
    for key in written(change, MESSAGES):
        if call.text("SmsType") == "1":
            change.due.append(Event(call.now + DELIVERED_AFTER, "delivery", "esms", key[1], change.writes[key].to))
    return change


def first_message_only(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, MESSAGES)[1:]:
        del change.writes[key]
        change.moved.discard(key)
        change.due = [event for event in change.due if event.id != key[1]]
    return change


def eleven(call: Call) -> Call:
    return with_fields(call, Brandname=call.text("Brandname")[:11])


def without_shouting(call: Call) -> Call:
    return with_fields(call, Content=call.text("Content").replace("!", "."))


def one_length(call: Call) -> Call:
    return with_fields(call, Content=re.sub("x{9,}", "x", call.text("Content")).replace("xx", "x"))


def _mismatch_of_type_2(call: Call, _: State) -> bool:
    brandname = call.account.brandname(call.text("Brandname"))
    is_checked = call.text("SmsType") == "2" and not is_try(call)
    return is_checked and (brandname is None or not brandname.takes(call.text("Content")))


def no_refund(_: Event, state: State, __: EventContext, change: Change[bool]) -> Change[bool]:
    account = cast("Account", state.get(*KEY))
    held = change.writes.get(KEY)
    if isinstance(held, Account) and held.balance > account.balance:
        del change.writes[KEY]
    return change


def is_try(call: Call) -> bool:
    return call.text("Sandbox") in ("1", "true")


def try_charged(call: Call, _: State, change: Decided) -> Decided:
    if is_try(call):
        change.writes[KEY] = call.account.charged(850)
    return change


def try_uses_id(call: Call, _: State, change: Decided) -> Decided:
    if is_try(call) and call.text("RequestId"):
        duplicates.accept(change, "esms", call.text("RequestId"), call.now, "1")
    return change


def try_id_dropped(call: Call, _: State, change: Decided) -> Decided:
    return replace(change, verdict=Verdict(change.verdict.cause)) if is_try(call) else change


def unless_try(call: Call) -> Call:
    """Let a try name a registered sender and text."""
    return with_fields(call, Brandname="Sandbox") if is_try(call) else call


def dates_as_utc(call: Call) -> Call:
    at = sending_date(call.text("SendDate"))
    return with_fields(call, SendDate=f"{at + timedelta(hours=7):%Y-%m-%d %H:%M:%S}") if at is not None else call


def dates_strict(call: Call, _: State) -> bool:
    text = call.text("SendDate")
    return call.values["SmsType"] is None or (bool(text) and sending_date(text) is None)


def dates_wait(call: Call) -> Call:
    """Send what is past a year later."""
    at = sending_date(call.text("SendDate"))
    if at is None or at > call.now:
        return call
    return with_fields(call, SendDate=f"{at.replace(year=call.now.year + 1):%Y-%m-%d %H:%M:%S}")


def blocked_as_written(call: Call, _: State) -> bool:
    return call.text("Phone") in call.account.blocked_phones


def word_as_written(call: Call, _: State) -> bool:
    text = " ".join((call.text("Content"), call.text("message"), call.text("Data"), "xac minh"))
    return any(word in text for word in call.account.blocked_words)


def _first_phone(call: Call) -> Call:
    phone = call.text("Phone").replace(";", ",").replace("|", ",").partition(",")[0]
    if phone == call.text("Phone"):
        return call
    first = with_values(with_fields(call, Phone=phone), Phone="+84" + phone.lstrip("0"))
    return forgiven(first, "phone_invalid")


def _refused(call: Call, cause: str) -> Call:
    return replace(call, invalid=call.invalid | {cause})


def _national_only(call: Call) -> Call:
    other = isinstance(call.values["Phone"], str) and not call.text("Phone").replace("|", "").isdigit()
    return _refused(call, "phone_invalid") if other else call


def _no_voice(call: Call) -> Call:
    return _refused(call, "type_not_supported") if call.text("SmsType") == "8" else call


def _no_care(call: Call) -> Call:
    return _refused(call, "type_not_supported") if call.text("SmsType") == "2" else call


def _quoted_only(call: Call) -> Call:
    odd = any(name.isupper() for name in call.fields) or "Extra" in call.fields or "EXTRA" in call.fields
    return _refused(call, "type_not_supported") if odd else call


def _plain_only(call: Call, _: object) -> bool:
    return call.unreadable or (
        call.operation.name == TRANSPORTS[-1] and call.headers.get("Content-Type") != "text/plain"
    )


WRITTEN: Final = (
    made(
        "sms-constant-id",
        "all messages have one SMSID",
        on(TRANSPORTS, change=of_facts(lambda facts: {**facts, "sms_id": "0" * 32})),
    ),
    made(
        "sms-text-cut",
        "the text loses its end",
        on(TRANSPORTS, change=of_messages(lambda _, held: replace(held, text=held.text[:-1]))),
    ),
    made(
        "sms-other-sender",
        "all messages come from one sender",
        on(TRANSPORTS, change=of_messages(lambda _, held: replace(held, sender="Baotrixemay"))),
    ),
    made("sms-no-care", "customer care is not sent", on(TRANSPORTS, call=_no_care)),
    made("sms-no-voice", "calls are not made", on(TRANSPORTS, call=_no_voice)),
    made(
        "sms-voice-as-sms",
        "a call is an SMS",
        on(TRANSPORTS, change=of_messages(lambda _, held: replace(held, channel="sms"))),
    ),
    made(
        "sms-voice-needs-name",
        "a call needs a sender name",
        every(
            lambda name: with_check(name, "brandname_missing", lambda call, _: call.values["Brandname"] is MISSING),
            *TRANSPORTS,
        ),
    ),
    made(
        "sms-voice-named",
        "a call has the sender name that the request has",
        on(
            TRANSPORTS,
            change=lambda call, state, change: of_messages(
                lambda _, held: replace(held, sender=call.text("Brandname"))
            )(call, state, change),
        ),
    ),
    made("sms-refusal-without-id", "late refusals have no SMSID", on(SENDS, refusal=of_facts(no_id))),
    made("sms-any-name", "an unknown sender name is taken for a known one", on(TRANSPORTS, call=any_name)),
    made("sms-name-folded", "the case of sender names does not count", on(TRANSPORTS, call=folded_brandname)),
    made("sms-strict-phone", "phones have digits only", on(TRANSPORTS, call=_national_only)),
    made("sms-first-phone", "of several phones the first one counts", on(TRANSPORTS, call=_first_phone)),
    made("sms-bare-type", "unknown members are refused", on((JSON_SEND,), call=_quoted_only)),
    made("xml-only-plain", "XML is read as plain text only", credential("body_unreadable", _plain_only)),
    made("sends-free", "messages cost nothing", on(SENDS, change=paid(0))),
    made("sends-no-refund", "a failure is not paid back", events("delivery", no_refund)),
    made(
        "blocked-phone-as-written",
        "a phone is blocked in one spelling",
        every(lambda name: with_check(name, "phone_blocked", blocked_as_written), *SENDS),
    ),
    made(
        "words-exact",
        "the case of blocked words counts",
        every(lambda name: with_check(name, "keyword_blocked", word_as_written), *SENDS),
    ),
    made("dates-ignored", "SendDate is ignored", on(TRANSPORTS, call=without_field("SendDate"))),
    made("dates-utc", "SendDate is universal time", on(TRANSPORTS, call=dates_as_utc)),
    made(
        "dates-strict",
        "a SendDate that cannot be read is refused",
        every(lambda name: with_check(name, "brandname_missing", dates_strict), *TRANSPORTS),
    ),
    made("dates-past-waits", "a SendDate that has passed waits a year", on(TRANSPORTS, call=dates_wait)),
    made(
        "chain-of-160",
        "a part of a chain holds as much as a message alone",
        on((*TRANSPORTS, GENCODE), change=priced(lambda text: -(-len(text) // (160 if text.isascii() else 70)))),
    ),
    made(
        "bytes-as-segments",
        "segments are counted in bytes",
        on((*TRANSPORTS, GENCODE), change=priced(lambda text: 1 + len(text.encode()) // 161)),
    ),
    made(
        "calls-by-segment",
        "a call costs by its segments",
        on(TRANSPORTS, change=priced(lambda text: segments(text).count)),
    ),
    made(
        "old-types-unchecked",
        "old types need no template",
        every(
            lambda name: with_check(name, "template_mismatch", _mismatch_of_type_2),
            *TRANSPORTS,
        ),
    ),
    made("lost-arrives", "what is lost arrives", on(TRANSPORTS, change=lost_arrives)),
    made(
        "several-first-only",
        "of several phones only the first is sent to",
        on(TRANSPORTS, change=first_message_only),
    ),
    made("several-charged-once", "several phones cost as much as one", on(TRANSPORTS, change=paid(1))),
    made("sender-of-11", "a sender has 11 characters at most", on((*TRANSPORTS, GENCODE), call=eleven)),
    made("punctuation-ignored", "full stops and exclamation marks are alike", on(TRANSPORTS, call=without_shouting)),
    made("one-length-for-all", "each place takes as much as the longest", on(TRANSPORTS, call=one_length)),
    made("try-sent", "a try is sent", on(TRANSPORTS, call=without_field("Sandbox"))),
    made("try-charged", "a try is charged", on(TRANSPORTS, change=try_charged)),
    made("try-uses-id", "a try uses its RequestId up", on(TRANSPORTS, change=try_uses_id)),
    made("try-without-id", "a try has no SMSID", on(TRANSPORTS, change=try_id_dropped)),
    made("try-unchecked", "sender and text of a try are not checked", on(TRANSPORTS, call=unless_try)),
)

"""Mistakes that somebody could make in the sends of eSMS: texts of the caller's own."""

from __future__ import annotations

from typing import Final

from mutants.esms_mistakes import dropped, folded_brandname, numeric
from mutants.esms_query_mistakes import every
from mutants.esms_send_mistakes import (
    JSON_SEND,
    MULTI,
    SENDS,
    TRANSPORTS,
    V5,
    any_name,
    blocked_as_written,
    dates_as_utc,
    dates_strict,
    dates_wait,
    forgiving,
    no_id,
    no_refund,
    of_messages,
    on,
    paid,
    send,
    try_charged,
    try_id_dropped,
    try_uses_id,
    unless_try,
    with_facts,
    without_field,
    word_as_written,
)
from mutants.kit import (
    body,
    credential,
    events,
    forgiven,
    never,
    order,
    policy,
    with_check,
    with_fields,
    with_values,
    without_check,
)
from otp_sandbox.contract import MISSING, Call
from otp_sandbox.domain.record import replace


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


MUTANTS: Final = (
    send("sms-code-as-number", "wire", "the result code of sends is a number", body(numeric, *TRANSPORTS, V5, MULTI)),
    send("sms-no-id", "wire", "an acceptance has no SMSID", body(dropped("SMSID"), *TRANSPORTS, MULTI)),
    send(
        "sms-constant-id",
        "code",
        "all messages have one SMSID",
        on(TRANSPORTS, change=with_facts(lambda facts: {**facts, "sms_id": "0" * 32})),
    ),
    send(
        "sms-text-cut",
        "wire",
        "the text loses its end",
        on(TRANSPORTS, change=of_messages(lambda held: replace(held, text=held.text[:-1]))),
    ),
    send(
        "sms-other-sender",
        "wire",
        "all messages come from one sender",
        on(TRANSPORTS, change=of_messages(lambda held: replace(held, sender="Baotrixemay"))),
    ),
    send(
        "sms-any-type",
        "errors",
        "every type is sent",
        on(TRANSPORTS, call=forgiving("type_not_supported", SmsType=2)),
    ),
    send(
        "sms-type-optional",
        "errors",
        "a message without type is customer care",
        on(TRANSPORTS, call=forgiving("type_missing", SmsType=2)),
    ),
    send("sms-no-care", "errors", "customer care is not sent", on(TRANSPORTS, call=_no_care)),
    send("sms-no-voice", "errors", "calls are not made", on(TRANSPORTS, call=_no_voice)),
    send(
        "sms-voice-as-sms",
        "wire",
        "a call is an SMS",
        on(TRANSPORTS, change=of_messages(lambda held: replace(held, channel="sms"))),
    ),
    send(
        "sms-voice-needs-name",
        "errors",
        "a call needs a sender name",
        every(
            lambda name: with_check(name, "brandname_missing", lambda call, _: call.values["Brandname"] is MISSING),
            *TRANSPORTS,
        ),
    ),
    send(
        "sms-voice-named",
        "wire",
        "a call has the sender name that the request has",
        on(
            TRANSPORTS,
            change=lambda call, state, change: of_messages(lambda held: replace(held, sender=call.text("Brandname")))(
                call, state, change
            ),
        ),
    ),
    send(
        "sms-any-text",
        "errors",
        "any text is sent",
        every(lambda name: without_check(name, "template_mismatch"), *TRANSPORTS),
    ),
    send(
        "sms-content-optional",
        "errors",
        "a message without text is missing its type",
        every(
            lambda name: with_check(name, "brandname_missing", lambda call, _: "content_missing" in call.invalid),
            *TRANSPORTS,
        ),
    ),
    send(
        "sms-refusal-without-id",
        "wire",
        "late refusals have no SMSID",
        on(SENDS, refusal=with_facts(no_id)),
    ),
    send(
        "sms-any-name",
        "errors",
        "an unknown sender name is taken for a known one",
        on(TRANSPORTS, call=any_name),
    ),
    send("sms-name-folded", "errors", "the case of sender names does not count", on(TRANSPORTS, call=folded_brandname)),
    send(
        "sms-any-phone",
        "errors",
        "what is no phone is one",
        on(TRANSPORTS, call=forgiving("phone_missing", "phone_invalid", Phone="+84901888484")),
    ),
    send("sms-strict-phone", "errors", "phones have digits only", on(TRANSPORTS, call=_national_only)),
    send("sms-first-phone", "errors", "of several phones the first one counts", on(TRANSPORTS, call=_first_phone)),
    send("sms-several-invalid", "errors", "several phones are no phone", several_phones="108"),
    send("sms-bare-type", "wire", "unknown members are refused", on((JSON_SEND,), call=_quoted_only)),
    send("xml-only-plain", "wire", "XML is read as plain text only", credential("body_unreadable", _plain_only)),
    send("unreadable-is-empty", "errors", "what cannot be read counts as empty", credential("body_unreadable", never)),
    send(
        "sms-duplicate-first",
        "errors",
        "the RequestId is checked before the sender name",
        every(lambda name: order(name, "brandname_unknown", "duplicate_request"), *TRANSPORTS),
    ),
    send(
        "sms-money-first",
        "errors",
        "money is checked before the RequestId",
        every(lambda name: order(name, "duplicate_request", "not_enough_balance"), *TRANSPORTS),
    ),
    send(
        "sms-name-first",
        "errors",
        "the sender name is checked before the phone",
        every(lambda name: order(name, "phone_blocked", "brandname_unknown"), *TRANSPORTS),
    ),
    send(
        "sms-words-first",
        "errors",
        "words are checked before the template",
        every(lambda name: order(name, "template_mismatch", "keyword_blocked"), *TRANSPORTS),
    ),
    send("sms-stripped", "wire", "texts lose their diacritics", is_unicode="stripped"),
    send("sms-not-stripped", "wire", "texts keep their diacritics", is_unicode="as-written"),
    send("sms-alias-read", "wire", "Unicode is read", unicode_alias="read"),
    send("sms-alias-ignored", "wire", "Unicode is ignored", unicode_alias="ignored"),
    send("sms-repeats-fail", "life", "a repeated text fails", repeated_content="fails"),
    send("sms-repeats-sent", "life", "a repeated text is sent", repeated_content="sent"),
    send("repeats-four-minutes", "life", "repeated texts fail for four minutes", policy("repeated_content_minutes", 4)),
    send("repeats-six-minutes", "life", "repeated texts fail for six minutes", policy("repeated_content_minutes", 6)),
    send("sends-free", "money", "messages cost nothing", on(SENDS, change=paid(0))),
    send("sends-no-refund", "money", "a failure is not paid back", events("delivery", no_refund)),
    send("sends-charged-late", "money", "success is what is charged", charging="on-success"),
    send("sends-charged-early", "money", "acceptance is what is charged", charging="on-acceptance"),
    send("sends-unapproved", "life", "nothing awaits approval", send_status_life="two-five"),
    send(
        "blocked-phone-ignored",
        "errors",
        "blocked phones get messages",
        every(lambda name: without_check(name, "phone_blocked"), *SENDS),
    ),
    send(
        "blocked-phone-as-written",
        "errors",
        "a phone is blocked in one spelling",
        every(lambda name: with_check(name, "phone_blocked", blocked_as_written), *SENDS),
    ),
    send(
        "words-ignored",
        "errors",
        "blocked words are sent",
        every(lambda name: without_check(name, "keyword_blocked"), *SENDS),
    ),
    send(
        "words-exact",
        "errors",
        "the case of blocked words counts",
        every(lambda name: with_check(name, "keyword_blocked", word_as_written), *SENDS),
    ),
    send(
        "carriers-ignored",
        "errors",
        "carriers do not count",
        every(lambda name: without_check(name, "carrier_not_registered"), *SENDS),
    ),
    send("dates-ignored", "life", "SendDate is ignored", on(TRANSPORTS, call=without_field("SendDate"))),
    send("dates-utc", "life", "SendDate is universal time", on(TRANSPORTS, call=dates_as_utc)),
    send(
        "dates-strict",
        "errors",
        "a SendDate that cannot be read is refused",
        every(lambda name: with_check(name, "brandname_missing", dates_strict), *TRANSPORTS),
    ),
    send("dates-past-waits", "life", "a SendDate that has passed waits a year", on(TRANSPORTS, call=dates_wait)),
    send("try-sent", "life", "a try is sent", on(TRANSPORTS, call=without_field("Sandbox"))),
    send("try-charged", "life", "a try is charged", on(TRANSPORTS, change=try_charged)),
    send("try-uses-id", "life", "a try uses its RequestId up", on(TRANSPORTS, change=try_uses_id)),
    send("try-without-id", "life", "a try has no SMSID", on(TRANSPORTS, change=try_id_dropped)),
    send("try-unchecked", "life", "sender and text of a try are not checked", on(TRANSPORTS, call=unless_try)),
    send("try-tells", "life", "a try is told of", sandbox_callback="sent"),
    send("try-silent", "life", "a try is not told of", sandbox_callback="none"),
)

"""Mistakes that somebody could make in SendOTP of Amoot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from mutants.amoot import made
from mutants.kit import Decided, Mistake, body, both, forgiven, handler, with_check, with_fields, with_values, written
from otp_sandbox.contract import Call
from otp_sandbox.domain.challenges import CODES
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY

SEND: Final = "SendOTP"


def told(**facts: Callable[[Any], Any]) -> Mistake:
    """Tell other facts in a successful answer."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        held = dict(change.verdict.facts)
        return replace(change, verdict=Verdict("success", held | {name: f(held[name]) for name, f in facts.items()}))

    return handler(SEND, change=spoil)


def coded(spell: Callable[[str], str]) -> Mistake:
    """Make another code, in the answer and in the message."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        old = str(change.verdict.facts["code"])
        for key in written(change, MESSAGES):
            held = change.writes[key]
            change.writes[key] = replace(held, code=spell(old), text=held.text.replace(old, spell(old)))
        return replace(change, verdict=Verdict("success", {**change.verdict.facts, "code": spell(old)}))

    return handler(SEND, change=spoil)


def sent(text: Callable[[Call, Any], str]) -> Mistake:
    def spoil(call: Call, _: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], text=text(call, change.writes[key]))
        return change

    return handler(SEND, change=spoil)


def charged(times: int) -> Mistake:
    def spoil(call: Call, _: State, change: Decided) -> Decided:
        change.writes[KEY] = call.account.charged(times * call.account.price)
        return change

    return handler(SEND, change=spoil)


def states(state: Any) -> Mistake:
    """Put every message into a state."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], state=state)
        return change

    return handler(SEND, change=spoil)


def expiring(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, CODES):
        held = change.writes[key]
        change.writes[key] = replace(held, expires_at=held.issued_at + timedelta(minutes=5))
    return change


def caller_code(call: Call, _: State, change: Decided) -> Decided:
    asked = call.text("OptionalCode")
    return replace(change, verdict=Verdict("success", {**change.verdict.facts, "code": asked})) if asked else change


def first_mobile(call: Call) -> Call:
    first, several, _ = call.text("Mobile").partition(",")
    return forgiven(call, "mobile_invalid", Mobile=f"+98{first}") if several else call


def utc(call: Call) -> Call:
    text = call.text("SendDateTime")
    if text and "+" not in text and "Z" not in text and text[-6:-5] != " " and "/" not in text and text[:1] == "2":
        return with_fields(call, SendDateTime=text.replace(" ", "T") + "+00:00")
    return call


def undecoded(call: Call) -> Call:
    text = call.text("SMSMessageText").encode().hex()
    return with_values(with_fields(call, SMSMessageText=text), CodeLength=4)


def one_price(call: Call, _: State) -> bool:
    return bool(call.account.credit < call.account.price)


def off_by_one(call: Call, _: State) -> bool:
    return bool(call.account.credit <= call.account.price)


def exact_line(call: Call, _: State) -> bool:
    return call.text("LineNumber") not in call.account.lines


def data(change: Callable[[dict[str, Any]], Any]) -> Mistake:
    return body(lambda document: {**document, "Data": change(document["Data"])} if document["Data"] else document)


WRITTEN: Final = (
    made("code-length-plus-one", "a code is one longer than asked", coded(lambda code: code + "1")),
    made("code-from-zero", "codes may begin with 0", coded(lambda code: "0" + code[1:])),
    made(
        "other-code-told",
        "another code is told than sent",
        told(code=lambda code: str(code)[::-1] if str(code) != str(code)[::-1] else "1" * len(code)),
    ),
    made("constant-code", "the code is always the same", coded(lambda code: "12345678"[: len(code)])),
    made("constant-id", "MessageID is always the same", told(message_id=lambda _: 600000001)),
    made("caller-code", "the caller may choose the code", handler(SEND, change=caller_code)),
    made("codes-expire", "codes expire after five minutes", handler(SEND, change=expiring)),
    made(
        "placeholder-kept",
        "%code% stays in the text",
        sent(
            lambda call, message: (
                call.text("SMSMessageText") if "%code%" in call.text("SMSMessageText") else message.text
            )
        ),
    ),
    made(
        "not-appended",
        "a text without %code% stays as it is",
        sent(
            lambda call, message: (
                message.text if "%code%" in call.text("SMSMessageText") else call.text("SMSMessageText")
            )
        ),
    ),
    made(
        "appended-with-blank",
        "the code follows after a blank",
        sent(lambda _, message: message.text.replace("\n", " ")),
    ),
    made(
        "first-placeholder-only",
        "only the first %code% is replaced",
        sent(
            lambda call, message: (
                call.text("SMSMessageText").replace("%code%", message.code, 1)
                if "%code%" in call.text("SMSMessageText")
                else message.text
            )
        ),
    ),
    made(
        "mobile-echoed-as-sent",
        "Mobile comes back as it was sent",
        handler(
            SEND,
            change=lambda call, _, change: replace(
                change, verdict=Verdict("success", {**change.verdict.facts, "mobile": call.text("Mobile")})
            ),
        ),
    ),
    made(
        "persian-digits-refused",
        "only ASCII digits are digits",
        handler(
            SEND,
            readers={
                "Mobile": lambda text: (
                    "+98" + text.replace(" ", "").lstrip("+0").removeprefix("98")
                    if text.isascii() and len(text) < 20
                    else None
                )
            },
        ),
    ),
    made("first-of-list", "the first of a list is taken", handler(SEND, call=first_mobile)),
    made(
        "line-exact-case", "lines match in their own case only", with_check(SEND, "line_number_not_exist", exact_line)
    ),
    made(
        "bad-time-refused",
        "an unreadable time is Failed",
        handler(
            SEND,
            change=lambda call, _, change: (
                Change(Verdict("failed")) if call.text("SendDateTime")[:7] in ("2023-02", "0", "2020-01") else change
            ),
        ),
    ),
    made("always-queued", "every message is queued", states("queued")),
    made("never-queued", "no message is queued", states("sent")),
    made("naive-is-utc", "times without offset are UTC", handler(SEND, call=utc)),
    made("free", "sends cost nothing", charged(0)),
    made("double-charge", "sends cost twice", charged(2)),
    made(
        "one-price-for-all",
        "a send costs one segment, however long",
        both(charged(1), with_check(SEND, "credit_not_enough", one_price)),
    ),
    made(
        "credit-off-by-one",
        "a credit of exactly the price is not enough",
        with_check(SEND, "credit_not_enough", off_by_one),
    ),
    made("data-as-list", "Data is a list", data(lambda data: [data])),
    made("wrapped", "everything is in a ReturnValue", body(lambda document: {"ReturnValue": document})),
    made(
        "data-missing",
        "a refusal has no Data",
        body(lambda document: document if document["Data"] else {"Status": document["Status"]}),
    ),
    made(
        "data-empty-list",
        "a refusal has an empty list",
        body(lambda document: document if document["Data"] else {**document, "Data": []}),
    ),
    made("undecoded", "the text is not decoded", handler(SEND, call=undecoded)),
)

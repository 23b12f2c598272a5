"""Mistakes that somebody could make in Amoot."""

from __future__ import annotations

from typing import Final

from mutants.amoot_mistakes import (
    SEND,
    caller_code,
    charged,
    coded,
    data,
    exact_line,
    expiring,
    first_mobile,
    forgiving,
    made,
    off_by_one,
    one_price,
    same_error,
    sent,
    states,
    told,
    undecoded,
    utc,
)
from mutants.kit import (
    body,
    both,
    handler,
    order,
    policy,
    row,
    with_check,
    without_check,
)
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change
from otp_sandbox.domain.verdict import Verdict

MUTANTS: Final = (
    made("code-length-plus-one", "code", "a code is one longer than asked", coded(lambda code: code + "1")),
    made("code-as-number", "wire", "the code is a number", data(lambda data: {**data, "Code": int(data["Code"])})),
    made("code-from-zero", "code", "codes may begin with 0", coded(lambda code: "0" + code[1:])),
    made("length-max-seven", "code", "seven digits are the most", policy("code_length_max", 7)),
    made("length-max-nine", "code", "nine digits are the most", policy("code_length_max", 9)),
    made("length-min-three", "code", "three digits are the least", policy("code_length_min", 3)),
    made(
        "length-one-error", "errors", "too long is Length_Invalid too", same_error("length_exceeded", "length_invalid")
    ),
    made("length-default", "code", "a missing length means 4", forgiving("length_missing", CodeLength=4)),
    made(
        "other-code-told",
        "code",
        "another code is told than sent",
        told(code=lambda code: str(code)[::-1] if str(code) != str(code)[::-1] else "1" * len(code)),
    ),
    made("constant-code", "code", "the code is always the same", coded(lambda code: "12345678"[: len(code)])),
    made("constant-id", "wire", "MessageID is always the same", told(message_id=lambda _: 600000001)),
    made("caller-code", "code", "the caller may choose the code", handler(SEND, change=caller_code)),
    made("codes-expire", "life", "codes expire after five minutes", handler(SEND, change=expiring)),
    made(
        "placeholder-kept",
        "wire",
        "%code% stays in the text",
        sent(
            lambda call, message: (
                call.text("SMSMessageText") if "%code%" in call.text("SMSMessageText") else message.text
            )
        ),
    ),
    made(
        "not-appended",
        "wire",
        "a text without %code% stays as it is",
        sent(
            lambda call, message: (
                message.text if "%code%" in call.text("SMSMessageText") else call.text("SMSMessageText")
            )
        ),
    ),
    made(
        "appended-with-blank",
        "wire",
        "the code follows after a blank",
        sent(lambda _, message: message.text.replace("\n", " ")),
    ),
    made(
        "first-placeholder-only",
        "wire",
        "only the first %code% is replaced",
        sent(
            lambda call, message: (
                call.text("SMSMessageText").replace("%code%", message.code, 1)
                if "%code%" in call.text("SMSMessageText")
                else message.text
            )
        ),
    ),
    made("empty-text-sent", "errors", "an empty text is sent", forgiving("text_missing")),
    made(
        "mobile-echoed-as-sent",
        "wire",
        "Mobile comes back as it was sent",
        handler(
            SEND,
            change=lambda call, _, change: replace(
                change, verdict=Verdict("success", {**change.verdict.facts, "mobile": call.text("Mobile")})
            ),
        ),
    ),
    made("mobile-as-text", "wire", "Mobile is text", told(mobile=str)),
    made(
        "persian-digits-refused",
        "errors",
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
    made("mobile-unchecked", "errors", "any mobile is taken", forgiving("mobile_invalid", Mobile="+989120000000")),
    made("first-of-list", "errors", "the first of a list is taken", handler(SEND, call=first_mobile)),
    made(
        "mobile-one-error",
        "errors",
        "a missing mobile is Mobile_Invalid",
        same_error("mobile_missing", "mobile_invalid"),
    ),
    made(
        "line-exact-case",
        "errors",
        "lines match in their own case only",
        with_check(SEND, "line_number_not_exist", exact_line),
    ),
    made("any-line", "errors", "any line may send", without_check(SEND, "line_number_not_exist")),
    made(
        "line-one-error",
        "errors",
        "a missing line is LineNumber_NotExist",
        same_error("line_missing", "line_number_not_exist"),
    ),
    made(
        "bad-time-refused",
        "errors",
        "an unreadable time is Failed",
        handler(
            SEND,
            change=lambda call, _, change: (
                Change(Verdict("failed")) if call.text("SendDateTime")[:7] in ("2023-02", "0", "2020-01") else change
            ),
        ),
    ),
    made("always-queued", "life", "every message is queued", states("queued")),
    made("never-queued", "life", "no message is queued", states("sent")),
    made("naive-is-utc", "life", "times without offset are UTC", handler(SEND, call=utc)),
    made("free", "money", "sends cost nothing", charged(0)),
    made("double-charge", "money", "sends cost twice", charged(2)),
    made(
        "one-price-for-all",
        "money",
        "a send costs one segment, however long",
        both(charged(1), with_check(SEND, "credit_not_enough", one_price)),
    ),
    made(
        "credit-off-by-one",
        "money",
        "a credit of exactly the price is not enough",
        with_check(SEND, "credit_not_enough", off_by_one),
    ),
    made("credit-ignored", "money", "a credit may fall below zero", without_check(SEND, "credit_not_enough")),
    made("key-order", "wire", "members of Data come in another order", data(lambda data: dict(reversed(data.items())))),
    made("status-as-number", "wire", "statuses are numbers", status_format="number"),
    made("status-choice-ignored", "wire", "statuses are names, whatever is chosen", status_format="name"),
    made("data-as-list", "wire", "Data is a list", data(lambda data: [data])),
    made("extra-title", "wire", "a Title stands beside Status", body(lambda document: {**document, "Title": ""})),
    made("wrapped", "wire", "everything is in a ReturnValue", body(lambda document: {"ReturnValue": document})),
    made("id-as-text", "wire", "MessageID is text", told(message_id=str)),
    made(
        "inner-status-missing",
        "wire",
        "Data has no Status",
        data(lambda data: {key: value for key, value in data.items() if key != "Status"}),
    ),
    made(
        "data-missing",
        "wire",
        "a refusal has no Data",
        body(lambda document: document if document["Data"] else {"Status": document["Status"]}),
    ),
    made(
        "data-empty-list",
        "wire",
        "a refusal has an empty list",
        body(lambda document: document if document["Data"] else {**document, "Data": []}),
    ),
    made("http-400", "wire", "a refusal is HTTP 400", row("mobile_invalid", status=400)),
    made("demo-ignored", "errors", "a demo account sends", without_check(SEND, "account_is_demo")),
    made(
        "organisation-ignored",
        "errors",
        "an undeclared organisation sends",
        without_check(SEND, "organisation_undeclared"),
    ),
    made(
        "order-text-line",
        "errors",
        "the line is checked before the text",
        order(SEND, "sms_message_text_empty", "line_number_empty"),
    ),
    made(
        "order-line-mobile",
        "errors",
        "the mobile is checked before the line",
        order(SEND, "line_number_empty", "mobile_empty"),
    ),
    made(
        "order-mobile-length",
        "errors",
        "the length is checked before the mobile",
        order(SEND, "mobile_empty", "length_invalid"),
    ),
    made(
        "order-line-exists-mobile",
        "errors",
        "the mobile is judged before the line",
        order(SEND, "line_number_not_exist", "mobile_invalid"),
    ),
    made(
        "order-demo-credit",
        "errors",
        "the credit is checked before demo",
        order(SEND, "account_is_demo", "credit_not_enough"),
    ),
    made("undecoded", "wire", "the text is not decoded", handler(SEND, call=undecoded)),
)

"""Mistakes that somebody could make in SendQuickOTP and SendSimple of Amoot."""

from __future__ import annotations

from typing import Any, Final

from mutants.amoot_mistakes import made
from mutants.amoot_sends_mistakes import (
    ALL,
    OWN,
    PATTERN,
    PEERS,
    QUICK,
    SIMPLE,
    AllOrNone,
    AnyPattern,
    charging,
    comma_only,
    data,
    delivered_all,
    everywhere,
    first_only,
    forgiving,
    instead_of,
    looking_away_from,
    of_facts,
    of_messages,
    once_each,
    ordered,
    read_with,
    readable_only,
    refused,
    rows,
)
from mutants.kit import body, both, handler, instead, order, with_check, with_values, without_check
from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace


def _own_as_number(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "code": str(int(facts["code"])) if str(facts["code"]).isdecimal() else facts["code"]}


def _four_digits(call: Call) -> Call:
    free = "length_invalid" not in call.invalid and not call.text("OptionalCode")
    return with_values(call, CodeLength=4) if free else call


def _without_pages(held: dict[str, Any]) -> dict[str, Any]:
    return {**held, "SMSPagesCount": 0} if "SMSPagesCount" in held else held


def _sent_to(facts: dict[str, Any]) -> int:
    return sum(message_id > 0 for _, message_id in facts["rows"])


def _one_id(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "rows": [(mobile, 600000001 if message_id else 0) for mobile, message_id in facts["rows"]]}


def _first_id_as_campaign(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "campaign_id": max(message_id for _, message_id in facts["rows"])}


MUTANTS: Final = (
    made("quick-data-as-list", "wire", "Data of SendQuickOTP is a list", data(lambda held: [held], QUICK)),
    made(
        "quick-code-required",
        "code",
        "SendQuickOTP makes no code of its own",
        with_check(QUICK, "optional_code_short", lambda call, _: not call.text("OptionalCode")),
    ),
    made("quick-always-four", "code", "a made code has four digits", handler(QUICK, call=_four_digits)),
    made(
        "quick-own-ignored", "code", "OptionalCode is ignored", handler(QUICK, call=looking_away_from("OptionalCode"))
    ),
    made("quick-own-as-number", "code", "an own code loses its zeros", handler(QUICK, change=of_facts(_own_as_number))),
    made(
        "quick-own-must-fit",
        "code",
        "an own code must have the wanted length",
        with_check(
            QUICK,
            "optional_code_short",
            lambda call, _: 0 < len(call.text("OptionalCode")) != call.values["CodeLength"],
        ),
    ),
    made(
        "quick-own-any-length",
        "code",
        "an own code may have any length",
        without_check(QUICK, "optional_code_short", "optional_code_long"),
    ),
    made(
        "quick-length-unchecked",
        "code",
        "with an own code CodeLength does not count",
        both(
            forgiving(QUICK, "length_missing", CodeLength=4), without_check(QUICK, "length_invalid", "length_exceeded")
        ),
    ),
    made("quick-letters-taken", "code", "any own code suits any pattern", without_check(QUICK, "code_not_numeric")),
    made("quick-any-pattern", "code", "any pattern does for a code", instead(QUICK, AnyPattern())),
    made(
        "quick-text-chosen",
        "wire",
        "the caller chooses the text of SendQuickOTP",
        handler(
            QUICK,
            change=of_messages(
                lambda call, message: replace(message, text=call.text("SMSMessageText") or message.text)
            ),
        ),
    ),
    made(
        "quick-queued",
        "life",
        "SendQuickOTP waits for SendDateTime",
        handler(
            QUICK,
            change=of_messages(
                lambda call, message: replace(message, state="queued") if call.text("SendDateTime") else message
            ),
        ),
    ),
    made("quick-free", "money", "SendQuickOTP costs nothing", handler(QUICK, change=charging(lambda *_: 0))),
    made(
        "quick-order-mobile-length",
        "errors",
        "SendQuickOTP looks at the length before the mobile",
        order(QUICK, "mobile_empty", "length_invalid"),
    ),
    made(
        "quick-order-mobile-pattern",
        "errors",
        "SendQuickOTP looks for the pattern before the mobile",
        order(QUICK, "mobile_invalid", "failed"),
    ),
    made(
        "quick-order-pattern-demo",
        "errors",
        "SendQuickOTP looks at demo before the pattern",
        order(QUICK, "failed", "account_is_demo"),
    ),
    made(
        "simple-key-order",
        "wire",
        "Status and Data come first",
        body(lambda held: {"Status": held["Status"], "Data": held["Data"], **held}, SIMPLE),
    ),
    made("simple-mobile-as-text", "wire", "Mobile is text in a row", rows(lambda row: {**row, "Mobile": "9"}, SIMPLE)),
    made(
        "simple-campaign-is-message",
        "wire",
        "CampaignID is a MessageID",
        handler(SIMPLE, change=of_facts(_first_id_as_campaign)),
    ),
    made("simple-refusal-no-page", "wire", "a refusal has no page", refused(_without_pages, SIMPLE)),
    made(
        "simple-refusal-short",
        "wire",
        "a refusal has Status and Data alone",
        refused(lambda held: {"Status": held["Status"], "Data": held["Data"]}, SIMPLE),
    ),
    made("simple-rows-sorted", "wire", "rows are sorted by number", read_with(SIMPLE, "Mobiles", ordered)),
    made("simple-duplicates-dropped", "wire", "a number is sent to once", read_with(SIMPLE, "Mobiles", once_each)),
    made("simple-one-id", "wire", "all rows have one MessageID", handler(SIMPLE, change=of_facts(_one_id))),
    made("simple-one-bad-fails-all", "errors", "one bad recipient refuses the call", instead(SIMPLE, AllOrNone())),
    made("simple-bad-row-dropped", "wire", "a bad recipient has no row", read_with(SIMPLE, "Mobiles", readable_only)),
    made(
        "simple-bad-row-success",
        "wire",
        "every row is a Success",
        body(lambda held: {**held, "Data": [{**row, "Status": held["Status"]} for row in held["Data"]]}, SIMPLE),
    ),
    made(
        "simple-charged-for-all",
        "money",
        "refused recipients are paid for",
        handler(
            SIMPLE,
            change=charging(lambda call, facts: len(facts["rows"]) * facts["parts"] * int(call.account.price)),
        ),
    ),
    made(
        "simple-none-left-empty", "errors", "bad lists are empty", instead_of(SIMPLE, "no_mobile_left", "mobiles_empty")
    ),
    made(
        "simple-blank-list-invalid",
        "errors",
        "a list of separators is invalid",
        instead_of(SIMPLE, "mobiles_empty", "no_mobile_left"),
    ),
    made("simple-comma-only", "errors", "only commas divide a list", read_with(SIMPLE, "Mobiles", comma_only)),
    made("simple-first-only", "wire", "only the first recipient counts", read_with(SIMPLE, "Mobiles", first_only)),
    made(
        "simple-text-as-template",
        "wire",
        "%code% is taken out of any text",
        handler(
            SIMPLE, change=of_messages(lambda _, message: replace(message, text=message.text.replace("%code%", "")))
        ),
    ),
    made(
        "simple-never-queued",
        "life",
        "nothing but SendOTP is queued",
        everywhere(
            lambda name: handler(name, change=of_messages(lambda _, message: replace(message, state="sent"))),
            SIMPLE,
            PEERS,
        ),
    ),
    made(
        "simple-one-part",
        "money",
        "every text is one part",
        handler(SIMPLE, change=of_facts(lambda facts: {**facts, "parts": 1})),
    ),
    made(
        "simple-price-of-one",
        "money",
        "all recipients cost what one costs",
        handler(SIMPLE, change=charging(lambda call, facts: facts["parts"] * int(call.account.price))),
    ),
    made("simple-free", "money", "texts cost nothing", handler(SIMPLE, change=charging(lambda *_: 0))),
    made(
        "simple-half-paid",
        "money",
        "credit for one recipient is enough",
        everywhere(
            lambda name: with_check(
                name, "credit_not_enough", lambda call, _: call.account.credit < call.account.price
            ),
            SIMPLE,
            PEERS,
        ),
    ),
    made(
        "simple-order-text-line",
        "errors",
        "SendSimple looks at the line before the text",
        order(SIMPLE, "sms_message_text_empty", "line_number_empty"),
    ),
    made(
        "simple-order-line-list",
        "errors",
        "SendSimple looks at the list before the line",
        order(SIMPLE, "line_number_empty", "mobiles_empty"),
    ),
    made(
        "simple-order-line-exists",
        "errors",
        "SendSimple judges the list before the line",
        order(SIMPLE, "line_number_not_exist", "mobiles_invalid"),
    ),
    made("black-list-ignored", "errors", "nobody is black-listed", black_list="delivered-as-black-listed"),
    made("black-list-choice-ignored", "errors", "the black-listed are always refused", black_list="refused"),
    made(
        "black-list-not-in-patterns",
        "errors",
        "the black list is for texts alone",
        everywhere(lambda name: without_check(name, "mobile_black_listed"), "SendOTP", QUICK, PATTERN, OWN),
    ),
    made(
        "black-listed-reached",
        "life",
        "the black-listed are reached by what is sent to them",
        everywhere(lambda name: handler(name, change=delivered_all), *ALL),
    ),
)

"""Mistakes that somebody could make in SendQuickOTP and SendSimple of Amoot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mutants.amoot import made
from mutants.kit import (
    Decided,
    Mistake,
    Spoil,
    body,
    every,
    handler,
    instead,
    of_facts,
    of_messages,
    with_check,
    with_values,
    without_fields,
)
from otp_sandbox.contract import MISSING, Call, Check
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY, Pattern
from otp_sandbox.providers.amoot.operations.codes.send_code import SendQuickOtp
from otp_sandbox.providers.amoot.operations.sms.send_simple import SendSimple, recipients
from otp_sandbox.providers.amoot.phones import fold

QUICK: Final = "SendQuickOTP"
SIMPLE: Final = "SendSimple"
PATTERN: Final = "SendWithPattern"
OWN: Final = "SendWithPatternOWN"
PEERS: Final = "SendPeerToPeer"
OLDER: Final = "SendSimple_REST"
ALL: Final = ("SendOTP", QUICK, SIMPLE, PATTERN, OWN, PEERS)


def charging(amount: Callable[[Call, dict[str, Any]], int]) -> Spoil:
    """Charge something else, and tell so where a price is told."""

    def change(call: Call, _: State, made: Decided) -> Decided:
        facts = dict(made.verdict.facts)
        charged = amount(call, facts)
        made.writes[KEY] = call.account.charged(charged)
        return replace(made, verdict=Verdict("success", {**facts, "price": charged} if "price" in facts else facts))

    return change


def delivered_all(_: Call, __: State, made: Decided) -> Decided:
    """Let every message arrive."""
    made.due = [replace(event, detail=event.detail.partition(" ")[0]) for event in made.due]
    return made


def looking_away_from(*names: str) -> Callable[[Call], Call]:
    """Look away from fields."""
    return lambda call: with_values(without_fields(call, *names), **dict.fromkeys(names, MISSING))


def read_with(operation: str, field: str, reader: Callable[[str], Any]) -> Mistake:
    """Read a field otherwise. It has been read by the time that a mistake is made, so it is read again."""
    return handler(
        operation,
        call=lambda call: with_values(call, **{field: reader(call.text(field))}) if call.text(field) else call,
    )


def data(change: Callable[[Any], Any], *operations: str) -> Mistake:
    """Change the data of successful answers."""
    return body(lambda held: {**held, "Data": change(held["Data"])} if held["Data"] else held, *operations)


def refused(change: Callable[[dict[str, Any]], Any], *operations: str) -> Mistake:
    """Change the answer to a refused call."""
    return body(lambda held: held if held["Data"] else change(held), *operations)


class AnyPattern(SendQuickOtp):
    """Takes the first pattern, whatever it is."""

    def pattern(self, call: Call) -> Pattern | None:
        """Find it, or make one up."""
        found = next(iter(call.account.patterns), Pattern(1, "%code%"))
        return replace(found, text=found.text.replace("%otp%", "%code%").replace("%name%", ""))


class AllOrNone(SendSimple):
    """Refuses the whole call for one bad recipient."""

    def checks(self) -> dict[str, Check]:
        """With one check more."""
        return {**super().checks(), "no_mobile_left": lambda call, _: not all(call.values["Mobiles"])}


def once_each(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(recipients(text) or ()))


def readable_only(text: str) -> tuple[str, ...]:
    return tuple(filter(None, recipients(text) or ())) or ("",)


def ordered(text: str) -> tuple[str, ...]:
    return tuple(sorted(recipients(text) or ()))


def first_only(text: str) -> tuple[str, ...]:
    return (recipients(text) or ())[:1]


def comma_only(text: str) -> tuple[str, ...] | None:
    return tuple(fold(each) or "" for each in text.split(",") if each) if text[:1] != "[" else recipients(text)


def _own_as_number(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "code": str(int(facts["code"])) if str(facts["code"]).isdecimal() else facts["code"]}


def _four_digits(call: Call) -> Call:
    free = "length_invalid" not in call.invalid and not call.text("OptionalCode")
    return with_values(call, CodeLength=4) if free else call


def _without_pages(held: dict[str, Any]) -> dict[str, Any]:
    return {**held, "SMSPagesCount": 0} if "SMSPagesCount" in held else held


def _one_id(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "rows": [(mobile, 600000001 if message_id else 0) for mobile, message_id in facts["rows"]]}


def _first_id_as_campaign(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "campaign_id": max(message_id for _, message_id in facts["rows"])}


WRITTEN: Final = (
    made("older-envelope", "the older service answers as SendSimple", body(lambda held: {"Price": 0, **held}, OLDER)),
    made("quick-data-as-list", "Data of SendQuickOTP is a list", data(lambda held: [held], QUICK)),
    made(
        "quick-code-required",
        "SendQuickOTP makes no code of its own",
        with_check(QUICK, "optional_code_short", lambda call, _: not call.text("OptionalCode")),
    ),
    made("quick-always-four", "a made code has four digits", handler(QUICK, call=_four_digits)),
    made("quick-own-ignored", "OptionalCode is ignored", handler(QUICK, call=looking_away_from("OptionalCode"))),
    made("quick-own-as-number", "an own code loses its zeros", handler(QUICK, change=of_facts(_own_as_number))),
    made(
        "quick-own-must-fit",
        "an own code must have the wanted length",
        with_check(
            QUICK,
            "optional_code_short",
            lambda call, _: 0 < len(call.text("OptionalCode")) != call.values["CodeLength"],
        ),
    ),
    made("quick-any-pattern", "any pattern does for a code", instead(QUICK, AnyPattern())),
    made(
        "quick-text-chosen",
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
        "SendQuickOTP waits for SendDateTime",
        handler(
            QUICK,
            change=of_messages(
                lambda call, message: replace(message, state="queued") if call.text("SendDateTime") else message
            ),
        ),
    ),
    made("quick-free", "SendQuickOTP costs nothing", handler(QUICK, change=charging(lambda *_: 0))),
    made(
        "simple-campaign-is-message",
        "CampaignID is a MessageID",
        handler(SIMPLE, change=of_facts(_first_id_as_campaign)),
    ),
    made("simple-refusal-no-page", "a refusal has no page", refused(_without_pages, SIMPLE)),
    made(
        "simple-refusal-short",
        "a refusal has Status and Data alone",
        refused(lambda held: {"Status": held["Status"], "Data": held["Data"]}, SIMPLE),
    ),
    made("simple-rows-sorted", "rows are sorted by number", read_with(SIMPLE, "Mobiles", ordered)),
    made("simple-duplicates-dropped", "a number is sent to once", read_with(SIMPLE, "Mobiles", once_each)),
    made("simple-one-id", "all rows have one MessageID", handler(SIMPLE, change=of_facts(_one_id))),
    made("simple-one-bad-fails-all", "one bad recipient refuses the call", instead(SIMPLE, AllOrNone())),
    made("simple-bad-row-dropped", "a bad recipient has no row", read_with(SIMPLE, "Mobiles", readable_only)),
    made(
        "simple-bad-row-success",
        "every row is a Success",
        body(lambda held: {**held, "Data": [{**row, "Status": held["Status"]} for row in held["Data"]]}, SIMPLE),
    ),
    made(
        "simple-charged-for-all",
        "refused recipients are paid for",
        handler(
            SIMPLE, change=charging(lambda call, facts: len(facts["rows"]) * facts["parts"] * int(call.account.price))
        ),
    ),
    made("simple-comma-only", "only commas divide a list", read_with(SIMPLE, "Mobiles", comma_only)),
    made("simple-first-only", "only the first recipient counts", read_with(SIMPLE, "Mobiles", first_only)),
    made(
        "simple-text-as-template",
        "%code% is taken out of any text",
        handler(
            SIMPLE, change=of_messages(lambda _, message: replace(message, text=message.text.replace("%code%", "")))
        ),
    ),
    made(
        "simple-never-queued",
        "nothing but SendOTP is queued",
        every(
            lambda name: handler(name, change=of_messages(lambda _, message: replace(message, state="sent"))),
            SIMPLE,
            PEERS,
        ),
    ),
    made(
        "simple-one-part",
        "every text is one part",
        handler(SIMPLE, change=of_facts(lambda facts: {**facts, "parts": 1})),
    ),
    made(
        "simple-price-of-one",
        "all recipients cost what one costs",
        handler(SIMPLE, change=charging(lambda call, facts: facts["parts"] * int(call.account.price))),
    ),
    made("simple-free", "texts cost nothing", handler(SIMPLE, change=charging(lambda *_: 0))),
    made(
        "simple-half-paid",
        "credit for one recipient is enough",
        every(
            lambda name: with_check(
                name, "credit_not_enough", lambda call, _: call.account.credit < call.account.price
            ),
            SIMPLE,
            PEERS,
        ),
    ),
    made(
        "black-listed-reached",
        "the black-listed are reached by what is sent to them",
        every(lambda name: handler(name, change=delivered_all), *ALL),
    ),
)

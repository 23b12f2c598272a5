"""Mistakes that somebody could make in the sends by pattern of Amoot, and in SendPeerToPeer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.sends import OWN, PATTERN, PEERS, data, read_with, refused
from mutants.kit import (
    Decided,
    Mistake,
    body,
    both,
    every,
    handler,
    instead,
    of_facts,
    of_messages,
    with_check,
    with_values,
    without_check,
    written,
)
from otp_sandbox.contract import Call, Check
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.account import Pattern
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.operations.sms.send_peer_to_peer import Pair, SendPeerToPeer, pairs


class PairsOrNone(SendPeerToPeer):
    """Refuses the whole call for one bad pair."""

    def checks(self) -> dict[str, Check]:
        """With one check more."""
        return {
            **super().checks(),
            "no_mobile_left": lambda call, _: not all(pair.phone and pair.text for pair in call.values["Input"]),
        }


def line_checked(operation: str) -> Mistake:
    """Refuse a line that the account does not have, where none is to be named."""
    return with_check(
        operation,
        "pattern_unknown",
        lambda call, _: bool(call.text("LineNumber")) and not call.account.has_line(call.text("LineNumber")),
    )


def pattern_of(call: Call) -> Pattern | None:
    found: Pattern | None = call.account.pattern(call.values["PatternCodeID"])
    return found


def fitted(call: Call, values: Sequence[str]) -> list[str]:
    """Cut values, or fill them up, until there are as many as variables."""
    pattern = pattern_of(call)
    count = len(pattern.variables) if pattern is not None else 0
    return [*values, *[""] * count][:count]


def by_any_separator(text: str) -> list[str]:
    return text.split(",") if "," in text and text[:1] == "[" else entries(text) or []


def mixed(pairs: tuple[Pair, ...] | None) -> tuple[Pair, ...] | None:
    """Give each recipient the text of the next one."""
    if not pairs:
        return pairs
    return tuple(Pair(each.phone, other.text) for each, other in zip(pairs, (*pairs[1:], pairs[0]), strict=True))


def _flat(held: dict[str, Any]) -> dict[str, Any]:
    if not held["Data"]:
        return held
    (row,) = held["Data"]
    return {"Status": held["Status"], "MessageID": str(row["MessageID"]), "Mobile": f"0{row['Mobile']}"}


def _reversed(text: str) -> list[str]:
    return text.split(",")[::-1]


def _values_as_they_come(call: Call) -> Call:
    values = call.text("PatternValues").split(",") if call.text("PatternValues") else []
    return with_values(call, PatternValues=values) if isinstance(call.values["PatternCodeID"], int) else call


def _cut(call: Call) -> Call:
    """Make the values fit."""
    values = call.values["PatternValues"]
    if call.account is None or not isinstance(call.values["PatternCodeID"], int):
        return call
    return with_values(call, PatternValues=fitted(call, values if isinstance(values, list) else []))


def _without_values(call: Call, _: State, change: Decided) -> Decided:
    """Send the pattern as it is."""
    pattern = pattern_of(call)
    for key in written(change, MESSAGES):
        if pattern is not None:
            change.writes[key] = replace(change.writes[key], text=pattern.text)
    return change


def _counted(call: Call, _: State) -> bool:
    """Look at the number of values only."""
    pattern, values = pattern_of(call), call.values["PatternValues"]
    return pattern is None or len(values if isinstance(values, list) else ()) != len(pattern.variables)


def _one_campaign(facts: dict[str, Any]) -> dict[str, Any]:
    first = facts["campaigns"][0]
    numbers = [number for each in facts["campaigns"] for number in each["numbers"]]
    return {**facts, "campaigns": [{**first, "numbers": numbers}]}


def _campaign_each(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        **facts,
        "campaigns": [{**each, "numbers": [number]} for each in facts["campaigns"] for number in each["numbers"]],
    }


def _swapped(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        **facts,
        "campaigns": [
            {
                **each,
                "campaign_id": each["numbers"][0][0],
                "numbers": [(each["campaign_id"] + place, mobile) for place, (_, mobile) in enumerate(each["numbers"])],
            }
            for each in facts["campaigns"]
        ],
    }


def _numbers_as_text(held: dict[str, Any]) -> dict[str, Any]:
    return {
        **held,
        "Campaigns": [
            {**each, "Numbers": [{**number, "Number": f"0{number['Number']}"} for number in each["Numbers"]]}
            for each in held["Campaigns"]
        ],
    }


BOTH: Final = (PATTERN, OWN)

WRITTEN: Final = (
    made("pattern-row-as-object", "Data of a pattern is an object", data(lambda held: held[0], *BOTH)),
    made("pattern-own-flat", "SendWithPatternOWN answers flat", body(_flat, OWN)),
    made("pattern-values-reversed", "values come last first", read_with(PATTERN, "PatternValues", _reversed)),
    made(
        "pattern-semicolon-divides",
        "values are divided like lists",
        read_with(PATTERN, "PatternValues", by_any_separator),
    ),
    made("pattern-values-dropped", "variables stay in the text", handler(PATTERN, change=_without_values)),
    made(
        "pattern-array-divided",
        "a comma divides in an array too",
        every(lambda name: handler(name, call=_values_as_they_come), *BOTH),
    ),
    made(
        "pattern-count-unchecked",
        "any number of values is taken",
        every(lambda name: both(handler(name, call=_cut), without_check(name, "values_wrong")), *BOTH),
    ),
    made(
        "pattern-numbers-unchecked",
        "a number need not be one",
        every(lambda name: with_check(name, "values_wrong", _counted), *BOTH),
    ),
    made("pattern-line-checked", "SendWithPattern looks at the line", line_checked(PATTERN)),
    made(
        "pattern-queued",
        "SendWithPattern waits for SendDateTime",
        handler(
            PATTERN,
            change=of_messages(
                lambda call, message: replace(message, state="queued") if call.text("SendDateTime") else message
            ),
        ),
    ),
    made("peer-number-as-text", "Number is text with a zero", data(_numbers_as_text, PEERS)),
    made("peer-ids-swapped", "the IDs of message and campaign are swapped", handler(PEERS, change=of_facts(_swapped))),
    made("peer-refusal-empty", "a refusal has an empty Data", refused(lambda held: {**held, "Data": {}}, PEERS)),
    made("peer-campaign-each", "each pair makes a campaign", handler(PEERS, change=of_facts(_campaign_each))),
    made("peer-one-campaign", "all pairs make one campaign", handler(PEERS, change=of_facts(_one_campaign))),
    made(
        "peer-texts-mixed",
        "each gets the text of another",
        handler(
            PEERS,
            change=of_messages(
                lambda call, message: replace(
                    message, text=(mixed(pairs(call.text("Input"))) or ())[0].text if call.text("Input") else ""
                )
            ),
        ),
    ),
    made(
        "peer-failed-not-counted",
        "FailedCount is 0",
        handler(PEERS, change=of_facts(lambda facts: {**facts, "failed": 0})),
    ),
    made("peer-one-bad-fails-all", "one bad pair refuses the call", instead(PEERS, PairsOrNone())),
)

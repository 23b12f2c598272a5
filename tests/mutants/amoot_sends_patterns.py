"""Mistakes that somebody could make in the sends by pattern of Amoot, and in SendPeerToPeer."""

from __future__ import annotations

from typing import Any, Final

from mutants.amoot_mistakes import made
from mutants.amoot_sends_mistakes import (
    OWN,
    PATTERN,
    PEERS,
    PairsOrNone,
    by_any_separator,
    data,
    everywhere,
    fitted,
    forgiving,
    instead_of,
    line_checked,
    mixed,
    of_facts,
    of_messages,
    pattern_of,
    read_with,
    refused,
)
from mutants.kit import body, both, handler, instead, order, with_check, with_values, without_check, written
from otp_sandbox.contract import Call
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.operations.send_peer_to_peer import pairs


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


def _without_values(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
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

MUTANTS: Final = (
    made("pattern-row-as-object", "wire", "Data of a pattern is an object", data(lambda held: held[0], *BOTH)),
    made("pattern-own-flat", "wire", "SendWithPatternOWN answers flat", body(_flat, OWN)),
    made("pattern-answer-ignored", "wire", "patterns are answered in one way", pattern_answer="sendsimple"),
    made("pattern-values-reversed", "wire", "values come last first", read_with(PATTERN, "PatternValues", _reversed)),
    made(
        "pattern-semicolon-divides",
        "wire",
        "values are divided like lists",
        read_with(PATTERN, "PatternValues", by_any_separator),
    ),
    made("pattern-values-dropped", "wire", "variables stay in the text", handler(PATTERN, change=_without_values)),
    made(
        "pattern-array-divided",
        "wire",
        "a comma divides in an array too",
        everywhere(lambda name: handler(name, call=_values_as_they_come), *BOTH),
    ),
    made(
        "pattern-count-unchecked",
        "errors",
        "any number of values is taken",
        everywhere(lambda name: both(handler(name, call=_cut), without_check(name, "values_wrong")), *BOTH),
    ),
    made(
        "pattern-numbers-unchecked",
        "errors",
        "a number need not be one",
        everywhere(lambda name: with_check(name, "values_wrong", _counted), *BOTH),
    ),
    made(
        "pattern-any-state",
        "errors",
        "a pattern need not be approved",
        everywhere(lambda name: without_check(name, "pattern_not_approved"), *BOTH),
    ),
    made(
        "pattern-default",
        "errors",
        "without a pattern the fourth is sent",
        everywhere(lambda name: forgiving(name, "pattern_missing", "pattern_invalid", PatternCodeID=4), *BOTH),
    ),
    made("pattern-line-checked", "errors", "SendWithPattern looks at the line", line_checked(PATTERN)),
    made(
        "pattern-queued",
        "life",
        "SendWithPattern waits for SendDateTime",
        handler(
            PATTERN,
            change=of_messages(
                lambda call, message: replace(message, state="queued") if call.text("SendDateTime") else message
            ),
        ),
    ),
    made("pattern-own-any-line", "errors", "any line may send patterns", without_check(OWN, "line_number_not_exist")),
    made(
        "pattern-own-line-optional",
        "errors",
        "SendWithPatternOWN needs no line",
        both(forgiving(OWN, "line_missing"), without_check(OWN, "line_number_not_exist")),
    ),
    made(
        "pattern-mobile-unchecked",
        "errors",
        "any mobile gets a pattern",
        everywhere(lambda name: forgiving(name, "mobile_invalid", Mobile="+989120000000"), *BOTH),
    ),
    made(
        "pattern-demo-sends",
        "errors",
        "a demo account sends patterns",
        everywhere(lambda name: without_check(name, "account_is_demo"), *BOTH),
    ),
    made(
        "pattern-order-mobile",
        "errors",
        "the pattern is judged before the mobile",
        order(PATTERN, "mobile_invalid", "failed"),
    ),
    made(
        "pattern-order-demo", "errors", "demo is told before the pattern", order(PATTERN, "failed", "account_is_demo")
    ),
    made(
        "pattern-order-line",
        "errors",
        "SendWithPatternOWN looks at the mobile before the line",
        order(OWN, "line_number_empty", "mobile_empty"),
    ),
    made(
        "peer-status-first", "wire", "Status comes before Data", body(lambda held: dict(reversed(held.items())), PEERS)
    ),
    made("peer-number-as-text", "wire", "Number is text with a zero", data(_numbers_as_text, PEERS)),
    made(
        "peer-ids-swapped",
        "wire",
        "the IDs of message and campaign are swapped",
        handler(PEERS, change=of_facts(_swapped)),
    ),
    made(
        "peer-refusal-empty", "wire", "a refusal has an empty Data", refused(lambda held: {**held, "Data": {}}, PEERS)
    ),
    made("peer-campaign-each", "wire", "each pair makes a campaign", handler(PEERS, change=of_facts(_campaign_each))),
    made("peer-one-campaign", "wire", "all pairs make one campaign", handler(PEERS, change=of_facts(_one_campaign))),
    made(
        "peer-texts-mixed",
        "wire",
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
        "wire",
        "FailedCount is 0",
        handler(PEERS, change=of_facts(lambda facts: {**facts, "failed": 0})),
    ),
    made("peer-one-bad-fails-all", "errors", "one bad pair refuses the call", instead(PEERS, PairsOrNone())),
    made("peer-texts-unchecked", "errors", "texts need not be there", without_check(PEERS, "texts_missing")),
    made(
        "peer-malformed-empty",
        "errors",
        "a bad Input is an empty one",
        instead_of(PEERS, "input_invalid", "input_missing"),
    ),
    made(
        "peer-order-line-input",
        "errors",
        "SendPeerToPeer looks at Input before the line",
        order(PEERS, "line_number_empty", "mobiles_empty"),
    ),
    made(
        "peer-order-texts-line",
        "errors",
        "SendPeerToPeer looks for the line before the texts",
        order(PEERS, "sms_message_text_empty", "line_number_not_exist"),
    ),
    made(
        "peer-order-line-valid",
        "errors",
        "SendPeerToPeer judges the numbers before the line",
        order(PEERS, "line_number_not_exist", "mobiles_invalid"),
    ),
)

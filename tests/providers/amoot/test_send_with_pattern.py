"""SendWithPattern and SendWithPatternOWN of Amoot decide: pattern, values, line."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

SEND, OWN = "SendWithPattern", "SendWithPatternOWN"
PATTERNS = [
    {"id": 1, "text": "waits %a%", "status": 0},
    {"id": 2, "text": "rejected %a%", "status": 3},
    {"id": 3, "text": "سلام %name%، کد %code%.", "number_patterns": ["code"]},
    {"id": 4, "text": "%b% and %a% and %b%"},
    {"id": 5, "text": "no variable"},
    {"id": 6, "text": "%n%", "number_patterns": ["n"]},
    {"id": 7, "text": "%t%"},
]

# In the order of the spec: the cause, the fields that make it, the account that makes it.
WRONG: list[tuple[str, Mapping[str, str | None], Mapping[str, Any]]] = [
    ("mobile_missing", {"Mobile": None}, {}),
    ("mobile_invalid", {"Mobile": "02188880000"}, {}),
    ("mobile_black_listed", {}, {"black_list": ["9120000000"]}),
    ("pattern_missing", {"PatternCodeID": None}, {}),
    ("pattern_invalid", {"PatternCodeID": "one"}, {}),
    ("pattern_unknown", {"PatternCodeID": "1002"}, {}),
    ("pattern_not_approved", {"PatternCodeID": "1"}, {"patterns": PATTERNS}),
    ("values_wrong", {"PatternValues": "1,2"}, {}),
    ("account_is_demo", {}, {"user": {"demo": True}}),
    ("credit_not_enough", {}, {"credit": 999}),
]
OWN_WRONG: list[tuple[str, Mapping[str, str | None], Mapping[str, Any]]] = [
    ("line_missing", {"LineNumber": None}, {}),
    WRONG[0],
    ("line_number_not_exist", {"LineNumber": "30009999"}, {}),
    *WRONG[1:],
]
PAIRS = [
    pytest.param(name, first, second, id=f"{name}-{first[0]}-{second[0]}")
    for name, wrong in ((SEND, WRONG), (OWN, OWN_WRONG))
    for first, second in itertools.combinations(wrong, 2)
    if not first[1].keys() & second[1].keys() and not (first[2].keys() & second[2].keys())
]


@pytest.mark.parametrize(
    ("name", "cause", "fields", "account"),
    [(name, *each) for name, wrong in ((SEND, WRONG), (OWN, OWN_WRONG)) for each in wrong],
)
async def test_each_thing_that_is_wrong_has_its_own_cause(
    lane: Any, name: str, cause: str, fields: Mapping[str, Any], account: Mapping[str, Any]
) -> None:
    """A refusal sends nothing, charges nothing and leaves nothing on the schedule."""
    lane.patch(account)
    before = lane.account

    verdict = await lane.send(name, **fields)

    assert verdict.cause == cause
    assert lane.account == before
    assert (await lane.messages(), await lane.due()) == ([], [])


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
async def test_of_two_wrong_things_the_earlier_one_is_answered(lane: Any, name: str, first: Any, second: Any) -> None:
    """Line, mobile; then whether the line exists, the mobile is valid, the pattern, the account."""
    lane.patch(first[2], second[2])

    assert (await lane.send(name, **{**first[1], **second[1]})).cause == first[0]


@pytest.mark.parametrize(
    ("pattern", "values", "text"),
    [
        ("3", "Ali,4821", "سلام Ali، کد 4821."),
        ("3", '["Ali","4821"]', "سلام Ali، کد 4821."),
        ("3", '["Ali, Reza",4821]', "سلام Ali, Reza، کد 4821."),
        ("3", "Ali;Reza|x,4821", "سلام Ali;Reza|x، کد 4821."),
        ("3", "علی، رضا,۴۸۲۱", "سلام علی، رضا، کد ۴۸۲۱."),
        ("3", ",0048", "سلام ، کد 0048."),
        ("4", "1,2", "1 and 2 and 1"),
        ("4", "%a%,%b%", "%a% and %b% and %a%"),
        ("4", "[x], y ", "[x] and  y  and [x]"),
        ("5", None, "no variable"),
        ("5", "", "no variable"),
        ("6", "12.5", "12.5"),
        ("6", "-3", "-3"),
        ("6", " 7 ", " 7 "),
        ("6", "٤٨", "٤٨"),
        ("7", "[true]", "true"),
        ("7", "[null]", ""),
        ("7", " ", " "),
        (" 00۷ ", "x", "x"),
    ],
)
async def test_values_take_the_places_of_the_variables(lane: Any, pattern: str, values: str | None, text: str) -> None:
    """In the order of the text; a comma divides, unless the values come as an array."""
    lane.patch({"patterns": PATTERNS})

    verdict = await lane.send(SEND, PatternCodeID=pattern, PatternValues=values)

    assert verdict.cause == "success"
    assert verdict.facts["text"] == text
    assert [each.text for each in await lane.messages()] == [text]


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("3", None),
        ("3", "Ali"),
        ("3", "Ali,Reza,4821"),
        ("3", "Ali,4821,"),
        ("3", "4821,Ali"),
        ("3", "Ali,"),
        ("3", "Ali,4 8"),
        ("3", '["Ali",["4821"]]'),
        ("3", '[{"name":"Ali"},"4821"]'),
        ("3", "[]"),
        ("5", "x"),
        ("6", "1e3"),
        ("6", "12."),
        ("6", "x"),
        ("7", "a,b"),
        ("3", ",".join("1" * 1001)),
        ("3", str([1] * 1001)),
    ],
)
async def test_values_that_do_not_fit_the_pattern_are_wrong(lane: Any, pattern: str, values: str | None) -> None:
    """Too few, too many, no number where one is wanted, no plain values."""
    lane.patch({"patterns": PATTERNS})

    assert (await lane.send(SEND, PatternCodeID=pattern, PatternValues=values)).cause == "values_wrong"


@pytest.mark.parametrize(
    ("pattern", "values", "text", "code"),
    [
        ("3", "Ali", "سلام Ali، کد .", None),
        ("3", None, "سلام ، کد .", None),
        ("3", "Ali,Reza,4821", "سلام Ali,Reza,4821، کد .", "4821"),
        ("3", '["Ali","Reza",4821]', "سلام Ali,Reza,4821، کد .", "4821"),
        ("4", "1", "1 and  and 1", None),
        ("5", "x", "no variable", None),
        ("6", "1,2", "1,2", None),
        ("7", "a,b", "a,b", None),
        ("3", ",".join("1" * 1000), f"سلام {','.join('1' * 1000)}، کد .", None),
    ],
)
async def test_by_choice_a_wrong_number_of_values_is_sent(
    lane: Any, pattern: str, values: str | None, text: str, code: str | None
) -> None:
    """All of them in the first variable, numbers or not; the others stay empty, and the text is charged as it is."""
    lane.choices = {"amoot.pattern-values-count": "fill-and-send"}
    lane.patch({"patterns": PATTERNS})

    verdict = await lane.send(SEND, PatternCodeID=pattern, PatternValues=values)

    assert verdict.cause == "success"
    assert [(each.text, each.code) for each in await lane.messages()] == [(text, code)]
    assert lane.account.credit == 1_000_000 - verdict.facts["price"]
    assert "amoot.pattern-values-count" in lane.played.warnings[-1]


@pytest.mark.parametrize(
    ("pattern", "values", "cause"),
    [
        ("3", "Ali,4821", "success"),
        ("3", "Ali,four", "values_wrong"),
        ("3", '["Ali",["4821"]]', "values_wrong"),
        ("3", ",".join("1" * 1001), "values_wrong"),
        ("8", f"x,{'x' * 32_766}", "success"),
        ("8", f"x,{'x' * 32_767}", "values_wrong"),
    ],
    ids=["right", "no-number", "nested", "too-many", "longest", "too-long"],
)
async def test_the_choice_is_about_the_number_of_values_alone(lane: Any, pattern: str, values: str, cause: str) -> None:
    """What cannot be read or is too much stays refused, and the right number has its places."""
    lane.choices = {"amoot.pattern-values-count": "fill-and-send"}
    lane.patch({"credit": 10**9, "patterns": [*PATTERNS, {"id": 8, "text": "%n%%n%"}]})

    assert (await lane.send(OWN, PatternCodeID=pattern, PatternValues=values)).cause == cause


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [
        ("2", "pattern_not_approved"),
        ("0", "pattern_unknown"),
        ("-3", "pattern_unknown"),
        ("9" * 5000, "pattern_unknown"),
        ("3.0", "pattern_invalid"),
        ("3,4", "pattern_invalid"),
        (" ", "pattern_invalid"),
    ],
)
async def test_a_pattern_must_be_known_and_approved(lane: Any, pattern: str, cause: str) -> None:
    lane.patch({"patterns": PATTERNS})

    assert (await lane.send(SEND, PatternCodeID=pattern)).cause == cause


@pytest.mark.parametrize(("length", "cause"), [(32_768, "success"), (32_769, "values_wrong")], ids=["at", "above"])
async def test_a_value_that_makes_too_long_a_text_is_wrong(lane: Any, length: int, cause: str) -> None:
    """Where its variable stands often, a short one does."""
    lane.patch({"credit": 10**9, "patterns": [{"id": 8, "text": "%n%%n%"}]})

    assert (await lane.send(SEND, PatternCodeID="8", PatternValues="x" * length)).cause == cause


async def test_a_pattern_goes_over_the_line_for_patterns_at_once(lane: Any) -> None:
    """Whatever line and time the call names."""
    verdict = await lane.send(SEND, LineNumber="nowhere", SendDateTime="2030-01-01")

    (message,) = await lane.messages()
    assert (message.sender, message.operation, message.state) == ("Service", SEND, "sent")
    assert (message.code, message.to) == ("4821", "+989120000000")
    assert verdict.facts["rows"] == [(9120000000, int(message.id))]
    assert message.details.campaign_id == verdict.facts["campaign_id"]
    assert await lane.codes() == []


@pytest.mark.parametrize("line", ["public", "SERVICE", "98", "30001234"])
async def test_an_own_line_may_be_any_of_the_account(lane: Any, line: str) -> None:
    """In any case, as it was sent."""
    assert (await lane.send(OWN, LineNumber=line)).cause == "success"
    assert [(each.sender, each.operation) for each in await lane.messages()] == [(line, OWN)]


@pytest.mark.parametrize(("credit", "cause"), [(1999, "credit_not_enough"), (2000, "success")])
async def test_the_parts_of_the_filled_text_are_paid(lane: Any, credit: int, cause: str) -> None:
    lane.patch({"credit": credit, "patterns": PATTERNS})

    verdict = await lane.send(SEND, PatternCodeID="7", PatternValues="x" * 161)

    assert verdict.cause == cause
    assert lane.account.credit == (0 if cause == "success" else credit)
    assert verdict.facts.get("price", 2000) == 2000

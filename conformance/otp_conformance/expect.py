"""Judges answers against the provider's table: all differences at once, never the first one only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from otp_conformance.response import Response
from otp_conformance.rooms import ROOMS
from otp_specs import Outcome


class Unexpected(AssertionError):
    """An answer is not what the rule says. `expected` lists everything that would be right."""

    def __init__(self, expected: Sequence[str], actual: str) -> None:
        super().__init__(f"expected {' or '.join(expected)}; got {actual}")
        self.expected = list(expected)
        self.actual = actual


def expect(answer: Response, *outcomes: str, **facts: object) -> Response:
    """Require one of some outcomes: HTTP status, code and text as the table has them.

    `facts` fill the text of the row. A text that is assumed is not looked at. A row that the target's choices replace
    is looked for in its place.

    Raises:
        Unexpected: it is none of them.
    """
    problems = []
    for name in outcomes:
        row = answer.spec.outcomes[answer.row_for(name)]
        problem = _problem(answer, row) or (None if row.text_is_assumed else _text_problem(answer, row, facts))
        if problem is None:
            return answer
        problems.append(f"{name} ({problem})")
    raise Unexpected(problems, answer.describe())


def expect_text(answer: Response, outcome: str, **facts: object) -> None:
    """Require the text of an outcome, assumed or not: for cases that are notes.

    Raises:
        Unexpected: it is another one.
    """
    problem = _text_problem(answer, answer.spec.outcomes[answer.row_for(outcome)], facts)
    if problem is not None:
        raise Unexpected([f"{outcome} ({problem})"], answer.describe())


def text_of(answer: Response, outcome: str, **facts: object) -> str:
    """Give the text that a whole body is to have: that of the row or, where it is assumed, what the answer has."""
    row = answer.spec.outcomes[answer.row_for(outcome)]
    told = ROOMS[answer.spec.provider].wire.read_text(answer.json)
    return told if row.text_is_assumed and isinstance(told, str) else (row.message or "").format(**facts)


def _problem(answer: Response, row: Outcome) -> str | None:
    if answer.status != row.status:
        return f"HTTP {row.status}"
    wire = ROOMS[answer.spec.provider].wire
    code = wire.read_code(answer.json)
    right_code = wire.code_of(row, answer)
    if code != right_code or type(code) is not type(right_code):
        return f"code {right_code!r}"
    return None


def _text_problem(answer: Response, row: Outcome, facts: Mapping[str, object]) -> str | None:
    wire = ROOMS[answer.spec.provider].wire
    text = wire.read_text(answer.json)
    if row.message is not None and wire.has_text:
        pattern = "".join(
            re.escape(str(facts[part[1:-1]]))
            if part[1:-1] in facts
            else ".*"
            if part.startswith("{")
            else re.escape(part)
            for part in re.split(r"(\{\w+\})", row.message)
        )
        if not isinstance(text, str) or not re.fullmatch(pattern, text, re.DOTALL):
            return f"text {row.message!r}"
    return None


def equal(actual: Any, expected: Any, what: str) -> None:
    """Require a value, and its type.

    Raises:
        Unexpected: it is another one.
    """
    if actual != expected or type(actual) is not type(expected):
        raise Unexpected([f"{what} {expected!r}"], repr(actual))


def matches(text: Any, pattern: str, what: str) -> None:
    """Require a text of a pattern.

    Raises:
        Unexpected: it is no text, or another one.
    """
    if not isinstance(text, str) or not re.fullmatch(pattern, text, re.DOTALL):
        raise Unexpected([f"{what} like {pattern}"], repr(text))


def says_json(answer: Response) -> None:
    """Require the content type of JSON; its spelling, and what stands behind it, are assumed.

    Raises:
        Unexpected: it is another one.
    """
    matches(answer.exchange.answer_headers.get("Content-Type"), r"(?i)application/json\s*(;.*)?", "content type")


def true(holds: bool, what: str, actual: Any = None) -> None:  # noqa: FBT001  (the thing that must be so)
    """Require something.

    Raises:
        Unexpected: it is not so.
    """
    if not holds:
        raise Unexpected([what], repr(actual))

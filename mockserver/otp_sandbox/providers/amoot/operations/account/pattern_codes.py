"""PatternCodeCreate and PatternCodeList: the patterns of the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler, Query, shown
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY, PATTERN_MOST, Pattern
from otp_sandbox.providers.amoot.answers import many, write_status
from otp_sandbox.providers.amoot.flags import NO, YES, is_true
from otp_sandbox.providers.amoot.lists import entries
from otp_specs import Outcome

_VALID: Final = 1
_WRONG: Final[Mapping[str, tuple[int, str]]] = {
    "pattern_text_empty": (2, "متن پیامک وارد نشده است."),
    "patterns_empty": (3, "در متن پیامک الگو تعریف نشده است."),
    "patterns_duplicate": (4, "نام یک الگو در متن پیامک تکرار شده است."),
    "number_patterns_outside": (5, "یکی از الگوهای عددی در متن پیامک وجود ندارد."),
    "pattern_text_duplicate": (6, "این متن پیامک پیش‌تر ثبت شده است."),
}
"""By cause: the number in ValidationResult, and its explanation. Only that of 3 is documented, the others are ours."""
_BEFORE_FIRST: Final = 1000
_NO_PATTERN: Final[Mapping[str, Any]] = {
    "ID": 0,
    "Status": 0,
    "IsOTP": False,
    "MessageText": None,
    "Patterns": None,
    "NumberPatterns": None,
}


def _names(text: str) -> tuple[str, ...] | None:
    """Read a list of names, each once; None if there are too many."""
    read = entries(text)
    return None if read is None else tuple(dict.fromkeys(read))


class PatternCodeCreate(Handler):
    """`PatternCodeCreate`."""

    operations = ("PatternCodeCreate",)
    readers = MappingProxyType(
        {
            "NumberPatterns": _names,
            "IsOTP": is_true,
        }
    )

    def checks(self) -> Mapping[str, Check]:
        """The rules of a new pattern, in the order of their numbers."""
        return {
            "patterns_empty": lambda call, _: not _new_pattern(call).variables,
            "patterns_duplicate": lambda call, _: len(_new_pattern(call).places) > len(_new_pattern(call).variables),
            "number_patterns_outside": lambda call, _: (
                call.values["NumberPatterns"] is None
                or not set(_number_patterns(call)) <= set(_new_pattern(call).variables)
            ),
            "pattern_text_duplicate": lambda call, _: (
                call.text("MessageText") in {p.text for p in call.account.known_patterns}
            ),
        }

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (a call brings its account)
        """Register it under the next free number."""
        account = call.account
        pattern = replace(_new_pattern(call), id=_next_number(account.known_patterns))
        change = Change(
            Verdict("success", {"pattern": pattern, "validation": _VALID}),
            {KEY: account.with_pattern(pattern)},
        )
        told = call.text("IsOTP").strip()
        if told and told.lower() not in YES | NO:
            change.warnings.append(f"IsOTP={shown(told)} is neither true nor false: it counts as false")
        return change

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Tell by its own number what is wrong with the pattern; other refusals have none."""
        if verdict.cause in _WRONG:
            number, explanation = _WRONG[verdict.cause]
            verdict = replace(verdict, facts={"validation": number, "explanation": explanation})
        return super().refuse(call, state, verdict)

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the pattern that was made, or what is wrong with it and one without values."""
        pattern, data = facts.get("pattern"), _NO_PATTERN
        if isinstance(pattern, Pattern):
            data = {**_write_pattern(call, pattern), "NumberPatterns": pattern.number_patterns or None}
        result = {"Status": facts.get("validation", 0), "Message": facts.get("explanation")}
        return {"Status": write_status(call, row), "ValidationResult": result, "Data": data}


def _next_number(patterns: Sequence[Pattern]) -> int:
    """Give the number after the highest one; when there is none after it, the lowest that is free."""
    taken = {each.id for each in patterns}
    highest = max((_BEFORE_FIRST, *taken))
    return highest + 1 if highest < PATTERN_MOST else next(n for n in count(_BEFORE_FIRST + 1) if n not in taken)


def _new_pattern(call: Call) -> Pattern:
    """Give the pattern that a call describes, without a number. By choice it is approved at once."""
    return Pattern(
        id=0,
        text=call.text("MessageText"),
        status=1 if call.dialect.option("pattern-approval") == "at-once" else 0,
        is_otp=call.values["IsOTP"] is True,
        number_patterns=_number_patterns(call),
    )


def _number_patterns(call: Call) -> tuple[str, ...]:
    return call.value("NumberPatterns") or ()


def _write_pattern(_: Call, pattern: Pattern) -> Mapping[str, Any]:
    return {
        "ID": pattern.id,
        "Status": pattern.status,
        "IsOTP": pattern.is_otp,
        "MessageText": pattern.text,
        "Patterns": pattern.variables,
        "NumberPatterns": pattern.number_patterns,
    }


PATTERNS: Final = Query(
    "PatternCodeList", find=lambda call, _: {"items": call.account.known_patterns}, body=many(_write_pattern)
)
"""The patterns as the account has them, the oldest first."""

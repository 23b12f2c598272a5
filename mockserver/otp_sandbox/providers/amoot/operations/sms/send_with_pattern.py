"""SendWithPattern and SendWithPatternOWN: an approved pattern with its values to one recipient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from otp_sandbox.contract import MISSING, Call, Check, Facts, Reason, Why, added, listed, shown
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending
from otp_sandbox.providers.amoot.account import Pattern, any_pattern
from otp_sandbox.providers.amoot.answers import write_rows, write_text
from otp_sandbox.providers.amoot.lists import by_comma
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.phones import fold
from otp_sandbox.providers.amoot.reasons import credit_not_enough
from otp_specs import Outcome


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a pattern as a text, or in the older shape of rows alone (`amoot.pattern-answer`)."""
    older = call.dialect.option("pattern-answer") == "rows"
    return (write_rows if older else write_text)(call, row, facts)


class SendWithPattern(sending.Send):
    """`SendWithPattern`: over the provider's own line, whatever line the call names."""

    operations = ("SendWithPattern",)
    body = staticmethod(_write)
    readers = MappingProxyType({"Mobile": fold, "PatternCodeID": whole, "PatternValues": by_comma})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields."""
        return {
            "pattern_unknown": lambda call, _: _pattern(call) is None,
            "pattern_not_approved": lambda call, _: not _known(call).approved,
            "values_wrong": self._values_wrong,
            "credit_not_enough": lambda call, _: call.account.credit < sending.price_of(call, text_of(call)),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {
            "pattern_unknown": _why_unknown,
            "pattern_not_approved": _why_not_approved,
            "values_wrong": _why_values_wrong,
            "credit_not_enough": credit_not_enough(lambda call, _: sending.price_of(call, text_of(call))),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        phone = call.value("Mobile")
        return sending.keys_of((phone,)) if phone is not None else ()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, and send the filled pattern at once."""
        values, pattern, fills = _values(call) or (), _known(call), _fills(call)
        code = None if fills else pattern.code(values)
        rows = [(call.values["Mobile"], True)]
        change = sending.send_text(call, state, text_of(call), self.line(call), rows, code=code)
        if fills:
            change.warnings.append(
                f"{len(values)} values came for {len(pattern.variables)} variables, and were sent: "
                "amoot.pattern-values-count is chosen so"
            )
        return change

    def line(self, call: Call) -> str:  # noqa: ARG002  (the twin reads it)
        """Name the line that sends."""
        return sending.PATTERN_LINE

    def _values_wrong(self, call: Call, _: State) -> bool:
        values, pattern = _values(call), _known(call)
        if values is None:
            return True
        return pattern.too_long(_filling(call)) if _fills(call) else not pattern.takes(values)


class SendWithPatternOwn(SendWithPattern):
    """`SendWithPatternOWN`: the same over a line of the account, which must exist; the shared ones too."""

    operations = ("SendWithPatternOWN",)

    def line(self, call: Call) -> str:
        """Name the line as it was sent."""
        return call.text("LineNumber")


def _pattern(call: Call) -> Pattern | None:
    found: Pattern | None = call.account.pattern(call.values["PatternCodeID"], len(_values(call) or ()))
    return found


def _known(call: Call) -> Pattern:
    """Give the pattern, which an earlier check has found."""
    pattern = _pattern(call)
    if pattern is None:
        raise LookupError("the pattern is used before it is looked for")
    return pattern


def _why_unknown(call: Call, _: State) -> Why:
    number, known = call.values["PatternCodeID"], listed(each.id for each in call.account.patterns)
    pattern = any_pattern(number, len(_values(call) or ()))
    return Why(f"PatternCodeID {number} is none of {known}", added("patterns", {"id": number, "text": pattern.text}))


def _why_not_approved(call: Call, _: State) -> Why:
    pattern = _known(call)
    state = "was rejected" if pattern.status else "waits for the operator"
    return Why(f"pattern {pattern.id} {state}", added("patterns", {**asdict(pattern), "status": 1}))


def _why_values_wrong(call: Call, _: State) -> Why:
    pattern, values = _known(call), _values(call)
    wanted = listed(f"%{name}%" for name in pattern.variables)
    if values is None:
        return Why(f"PatternValues {shown(call.text('PatternValues'))} is no list of values")
    if len(values) != len(pattern.variables):
        return Why(f"pattern {pattern.id} takes {wanted}; {len(values)} values were sent")
    numbers = listed(f"%{name}%" for name in pattern.number_patterns)
    return Why(f"pattern {pattern.id} takes numbers only for {numbers}; sent were {listed(values)}")


def _values(call: Call) -> list[str] | None:
    """Give the values; none for an empty list, None for one that cannot be read."""
    values = call.values["PatternValues"]
    return [] if values is MISSING else values


def _fills(call: Call) -> bool:
    """Whether the number of values is wrong, and the message is sent all the same (`amoot.pattern-values-count`)."""
    if call.dialect.option("pattern-values-count") == "failed":
        return False
    return len(_values(call) or ()) != len(_known(call).variables)


def _filling(call: Call) -> list[str]:
    """Give one value for each variable: a wrong number of them stands in the first one, divided by commas."""
    values = _values(call) or []
    if not _fills(call):
        return values
    count = len(_known(call).variables)
    return [",".join(values), *[""] * count][:count]


def text_of(call: Call) -> str:
    """Give the text of the pattern with its values, which earlier checks have passed."""
    return _known(call).filled(_filling(call))

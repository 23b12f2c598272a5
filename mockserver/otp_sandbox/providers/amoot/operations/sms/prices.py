"""CalculateMessagePrice and CalculatePatternMessagePrice: what a send would cost, as a number alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_sandbox.contract import Call, Check, Facts
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.operations.sms.send_simple import SendSimple
from otp_sandbox.providers.amoot.operations.sms.send_with_pattern import SendWithPattern, text_of
from otp_sandbox.providers.amoot.sending import price_of
from otp_specs import Outcome


def _write_number(row: Outcome, facts: Facts) -> Any:
    """Write the price, and for a refusal the number of its row below zero (`amoot.price-refusal`)."""
    return facts.get("price", 0) if row.success else -abs(int(row.code))


def _without_credit(checks: Mapping[str, Check]) -> Mapping[str, Check]:
    return {cause: check for cause, check in checks.items() if cause != "credit_not_enough"}


class CalculateMessagePrice(SendSimple):
    """`CalculateMessagePrice`: the rules of the send, but for those about money and the black list."""

    operations = ("CalculateMessagePrice",)

    def checks(self) -> Mapping[str, Check]:
        """The rules of the list of recipients, besides missing and malformed fields."""
        return _without_credit(super().checks())

    def keys(self, call: Call) -> tuple[Key, ...]:  # noqa: ARG002  (a hook)
        """Read nothing but the account."""
        return ()

    def refused(self, call: Call) -> frozenset[str]:  # noqa: ARG002  (the twin reads it)
        """Refuse nobody: also what somebody on the black list would cost is told (`amoot.price-black-list`)."""
        return frozenset()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Work out what all that can be read cost together."""
        return Change(Verdict("success", {"price": self.price(call, state)}))

    def body(self, _: Call, row: Outcome, facts: Facts) -> Any:
        """Write a number alone."""
        return _write_number(row, facts)


class CalculatePatternMessagePrice(SendWithPattern):
    """`CalculatePatternMessagePrice`: the rules of the send, but for those about money and the black list."""

    operations = ("CalculatePatternMessagePrice",)

    def checks(self) -> Mapping[str, Check]:
        """The rules of the pattern and its values, besides missing and malformed fields."""
        return _without_credit(super().checks())

    def keys(self, call: Call) -> tuple[Key, ...]:  # noqa: ARG002  (a hook)
        """Read nothing but the account."""
        return ()

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (a call brings its account)
        """Work out what the filled pattern costs."""
        return Change(Verdict("success", {"price": price_of(call, text_of(call))}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write a number alone, or the object of the sample (`amoot.pattern-price`)."""
        if call.dialect.option("pattern-price") == "number":
            return _write_number(row, facts)
        return {"Status": row.code, "ReturnValue": facts.get("price", 0)}

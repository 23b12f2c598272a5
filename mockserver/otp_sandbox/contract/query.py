"""An operation that only tells something, as one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from otp_sandbox.contract.call import Call, Facts
from otp_sandbox.contract.handler import NONE, Check, Handler, Reader
from otp_sandbox.contract.reasons import Reason
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome

Body: TypeAlias = Callable[[Call, Outcome, Facts], Any]
"""Writes the answer of a row, success or refusal."""


class Query(Handler):
    """A question, answered of the account and of what happened in the lane.

    Args:
        operations: its names in the spec.
        body: writes the answer; a success only, where there is a `refusal`.
        refusal: writes refusals.
        cause: why it is answered so, success as a rule.
        find: looks for the facts that are told, where the account does not tell enough. Where more comes of it, it
            gives a whole change: another cause, warnings, records.
        readers: how fields are read.
        checks: its own checks, by cause.
        reasons: why they refuse, by cause.
        keys: names what is read, where a store should fetch it at once.
    """

    def __init__(
        self,
        *operations: str,
        body: Body,
        refusal: Body | None = None,
        cause: str = "success",
        find: Callable[[Call, State], Facts | Change[Verdict]] = lambda *_: NONE,
        readers: Mapping[str, Reader] = NONE,
        checks: Mapping[str, Check] = NONE,
        reasons: Mapping[str, Reason] = NONE,
        keys: Callable[[Call], Sequence[Key]] = lambda _: (),
    ) -> None:
        self.operations = operations
        self.readers = readers
        self._body = body
        self._refusal = refusal or body
        self._cause = cause
        self._find = find
        self._checks = checks
        self._reasons = reasons
        self._keys = keys

    def checks(self) -> Mapping[str, Check]:
        """Give its own checks."""
        return self._checks

    def reasons(self) -> Mapping[str, Reason]:
        """Say why its own checks refuse."""
        return self._reasons

    def keys(self, call: Call) -> Sequence[Key]:
        """Name what is read."""
        return self._keys(call)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find what is told."""
        found = self._find(call, state)
        return found if isinstance(found, Change) else Change(Verdict(self._cause, found))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write it."""
        return (self._body if row.success else self._refusal)(call, row, facts)

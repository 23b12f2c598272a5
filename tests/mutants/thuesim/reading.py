"""Mistakes that somebody could make in what thuesim tells: rentals, codes and the history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mutants.kit import Decided, body, handler, instead, spelled, without_fields
from mutants.thuesim import made
from mutants.thuesim.rents import RENTS, told
from otp_sandbox.contract import Call, Check
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import WHOLE, Key, State
from otp_sandbox.providers.thuesim.operations.codes.code import Code


class AnyServerCode(Code):
    """Looks at the number before the dot of an id only."""

    def keys(self, call: Call) -> Sequence[Key]:
        """All rentals."""
        return ((RENTALS, WHOLE),)

    def perform(self, call: Call, state: State) -> Decided:
        """Read the rental that was found."""
        return super().perform(call, WithRental(state, self._found(call, state)))

    def checks(self) -> Mapping[str, Check]:
        """Whether there is such a rental."""
        return {**super().checks(), "session_unknown": lambda call, state: self._found(call, state) is None}

    @staticmethod
    def _found(call: Call, state: State) -> Rental | None:
        asked = str(call.value("ID")).partition(".")[0]
        return next((each for each in state.entries(RENTALS) if each.id.partition(".")[0] == asked), None)


class WithRental:
    """A state in which every rental is this one."""

    def __init__(self, inner: State, rental: Rental | None) -> None:
        self.inner = inner
        self.rental: Any = rental

    def get(self, table: Any, key: str) -> Any:
        return self.rental if table is RENTALS else self.inner.get(table, key)

    def entries(self, table: Any) -> Any:
        return self.inner.entries(table)


def read_once(_: Call, __: State, change: Decided) -> Decided:
    rental = change.verdict.facts.get("rental")
    if change.verdict.cause == "code_received" and isinstance(rental, Rental):
        change.writes[RENTALS, rental.id] = replace(rental, state="expired")
    return change


def utc(found: re.Match[bytes]) -> bytes:
    text = found[1].decode()
    earlier = datetime.fromisoformat(text[:19]) - timedelta(hours=7)
    return f'"CreatedTime":"{earlier.isoformat()}{text[19:]}"'.encode()


def said_once(document: Any) -> Any:
    result = document.get("Result")
    if not result or not result["IsCall"]:
        return document
    said = result["SMS"].removeprefix("[Call]")
    return {**document, "Result": {**result, "SMS": f"[Call]{said[: len(said) // 2]}"}}


def oldest_first(_: Call, __: State, change: Decided) -> Decided:
    rentals: Any = change.verdict.facts["rentals"]
    return told(change, rentals=tuple(reversed(rentals)))


file_with_plus: Final = spelled(rb"%20", b"+", "code")

WRITTEN: Final = (
    made("times-in-utc", "times are told in UTC", spelled(rb'"CreatedTime":"([^"]+)"', utc, "history", "code", *RENTS)),
    made("history-phone-zero", "the history's Phone has its zero", spelled(b'"Phone":"', b'"Phone":"0', "history")),
    made("oldest-first", "the oldest rental comes first", handler("history", change=oldest_first)),
    made(
        "status-filter-ignored",
        "status filters nothing",
        handler("history", call=lambda call: without_fields(call, "status")),
    ),
    made("code-read-once", "a code can be read once", handler("code", change=read_once)),
    made("call-flag-false", "a call is no call", spelled(b'"IsCall":true', b'"IsCall":false', "code")),
    made("call-file-plus", "a blank in the address of a recording is a plus", file_with_plus),
    made("transcript-once", "a call says everything once", body(said_once, "code")),
    made("read-server-ignored", "an ID is read on any server", instead("code", AnyServerCode())),
)

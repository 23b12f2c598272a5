"""The rentals of the account (reference 2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import wire
from otp_sandbox.providers.thuesim.dates import day
from otp_sandbox.providers.thuesim.states import NUMBERS, as_of

_LIMIT: Final = re.compile(r"[0-9]{1,9}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class History(Handler):
    """`show=history`."""

    operations = ("history",)
    body = staticmethod(wire.status_code)

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for every call)
        """All rentals."""
        return ((RENTALS, WHOLE),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """List the rentals that the filters leave, the newest first."""
        change = Change(Verdict("success"))
        found = self._found(change, call, state)
        most = self._most(change, call)
        change.verdict = Verdict("success", {"rentals": tuple(found if most is None else islice(found, most))})
        return change

    def _found(self, change: Change[Verdict], call: Call, state: State) -> Iterator[Rental]:
        service, status = call.text("service"), call.text("status")
        first, last = self._day(change, call, "fromDate"), self._day(change, call, "toDate")
        for held in state.entries(RENTALS):
            rental = as_of(held, call.now)
            rented = day(rental.created_at)
            if (
                (not service or service in (rental.service, rental.service.rpartition(".")[2]))
                and (not status or status == str(NUMBERS[rental.state]))
                and (first is None or rented >= first)
                and (last is None or rented <= last)
            ):
                yield rental

    def _day(self, change: Change[Verdict], call: Call, name: str) -> date | None:
        text = call.text(name)
        if not text or not _honours_extra(call):
            return None
        try:
            return date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            change.warnings.append(f"{name} is not a day written year-month-day: it filters nothing")
            return None

    def _most(self, change: Change[Verdict], call: Call) -> int | None:
        most = []
        if call.dialect.option("history-cap") == "capped":
            most.append(call.dialect.policy("history_rows_cap"))
        text = call.text("limit")
        if text and _honours_extra(call):
            if _LIMIT.fullmatch(text):
                most.append(int(text))
            else:
                change.warnings.append("limit is not a number of rows: it cuts nothing")
        return min(most, default=None)


def _honours_extra(call: Call) -> bool:
    return call.dialect.option("history-filters") == "honour-extra"

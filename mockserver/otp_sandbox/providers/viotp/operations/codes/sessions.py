"""Reading the code of a rental, and listing rentals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler, Query, Reason, Why, shown
from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.viotp.account import PROVIDER
from otp_sandbox.providers.viotp.answers import Json, in_envelope, show_rental
from otp_sandbox.renting.histories import filtered, find_rental, limit_of
from otp_sandbox.renting.states import as_of

_ID: Final = re.compile(r"[1-9][0-9]{0,17}")
_PRINTED: Final = ("ID", "ServiceID", "ServiceName", "Status", "Price", "Phone", "SmsContent", "IsSound", "CreatedTime")
"""The members of a row as the sister prints it, before the code (`viotp.history-rows`)."""


class Code(Handler):
    """`session`."""

    operations = ("code",)
    body = staticmethod(in_envelope(lambda _, facts: facts.get("rental")))
    readers = MappingProxyType({"requestId": lambda text: text if _ID.fullmatch(text) else None})

    def checks(self) -> Mapping[str, Check]:
        """The id is one of the account's rentals."""
        return {"session_unknown": _session_unknown}

    def reasons(self) -> Mapping[str, Reason]:
        """Say which id is none."""
        return {
            "session_unknown": lambda call, _: Why(
                f"no rental of this account has the id {shown(call.text('requestId'))}"
            )
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """The rental: clients ask again and again."""
        return ((RENTALS, call.text("requestId")),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Tell what has arrived. It changes nothing."""
        rental = find_rental(state, PROVIDER, call.values["requestId"])
        if rental is None:
            raise LookupError("the checks let a read through that has nothing to read")
        return Change(Verdict("success", {"rental": show_rental(as_of(rental, call.now), call)}))


def _session_unknown(call: Call, state: State) -> bool:
    asked = call.value("requestId")
    return asked is not None and find_rental(state, PROVIDER, asked) is None


def _find(call: Call, state: State) -> Change[Verdict]:
    """List the rentals that the filters leave, the newest first."""
    change = Change(Verdict("success"))
    rentals = islice(filtered(change, call, state, PROVIDER, by_day=True), limit_of(change, call))
    change.verdict = Verdict("success", {"rows": [show_rental(each, call) for each in rentals]})
    return change


def _write_rows(call: Call, facts: Facts) -> list[Json]:
    rows: Any = facts.get("rows", ())
    if call.dialect.option("history-rows") == "code":
        return list(rows)
    return [
        {name: str(row[name]).lower() if name == "IsSound" else row[name] for name in (*_PRINTED, "Code")}
        for row in rows
    ]


HISTORY: Final = Query("history", find=_find, body=in_envelope(_write_rows))

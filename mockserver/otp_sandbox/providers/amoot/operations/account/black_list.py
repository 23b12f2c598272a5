"""IsBlackList_ByCancelation: whether a mobile number wants no messages (`amoot.black-list-shape`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.store import State
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.phones import fold
from otp_sandbox.providers.amoot.sending import PATTERN_LINE
from otp_specs import Outcome

_ANY_PATTERN_LINE: Final = "otp"


def _line(call: Call) -> str | None:
    """Give the line that is asked about, as the account spells it; None if it has none of this name."""
    name = call.text("LineNumber")
    if name.casefold() == _ANY_PATTERN_LINE:
        return call.account.line(PATTERN_LINE) or PATTERN_LINE
    found: str | None = call.account.line(name)
    return found


def _find(call: Call, _: State) -> Facts:
    phone = call.values["Mobile"]
    listed = {"Number": int(phone[1:]), "IsBlackList": phone in call.account.black_listed()}
    return {"line": _line(call), "data": [listed]}


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write what was found. A refusal has an empty array, but for an unknown line, which has null."""
    nothing: Any = None if row.name == "line_number_not_exist" else []
    return {"Status": write_status(call, row), "LineNumber": facts.get("line"), "Data": facts.get("data", nothing)}


BLACK_LIST: Final = Query(
    "IsBlackList_ByCancelation",
    find=_find,
    body=_write,
    readers={"Mobile": fold},
    checks={"line_number_not_exist": lambda call, _: _line(call) is None},
)

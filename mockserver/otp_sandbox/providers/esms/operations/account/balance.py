"""The balance of the account (`esms.balance-answer`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.seeds import draw
from otp_sandbox.providers.esms.answers import fill_text
from otp_specs import Outcome

_USERS: Final = range(1_000, 100_000)
"""The provider's sample has four digits. A lane keeps its number."""


def _write(call: Call, row: Outcome, _: Facts) -> Any:
    user = _USERS[draw(call.seed, "UserID") % len(_USERS)]
    return {"Balance": call.account.balance, "CodeResponse": row.code, "UserID": user}


def _write_refusal(call: Call, row: Outcome, facts: Facts) -> Any:
    told = {"Balance": 0, "CodeResponse": row.code, "ErrorMessage": fill_text(call, row, facts)}
    return {**told, "UserID": 0} if call.dialect.option("balance-refused") == "both-zeros" else told


BALANCE: Final = Query("GetBalance_json", "GetBalance", cause="balance_told", body=_write, refusal=_write_refusal)

"""The balance of the account (reference B7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.operations.common import COMMON
from otp_sandbox.providers.esms.wire import text
from otp_specs import Outcome

_USERS: Final = range(1_000, 100_000)
"""The provider's sample has four digits."""


class GetBalance(Handler):
    """`GetBalance_json`."""

    operations = ("GetBalance_json",)

    def checks(self) -> Mapping[str, Check]:
        """Nothing but what all operations check."""
        return COMMON

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the account is read already)
        """Tell the balance in dong, and the number of the user, which a lane keeps."""
        user = _USERS[draw(call.seed, "UserID") % len(_USERS)]
        return Change(Verdict("balance_told", {"balance": call.account.balance, "user": user}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the balance."""
        if not row.success:
            return {"Balance": 0, "CodeResponse": row.code, "ErrorMessage": text(call, row, facts)}
        return {"Balance": facts["balance"], "CodeResponse": row.code, "UserID": facts["user"]}

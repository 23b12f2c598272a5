"""AccountStatus: credit, prices and lines (reference 4.B.6)."""

from __future__ import annotations

from typing import Any, cast

from otp_sandbox.contract import Call, Facts, Handler
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import statuses
from otp_sandbox.providers.amoot.account import Account
from otp_specs import Outcome


class AccountStatus(Handler):
    """`AccountStatus`."""

    operations = ("AccountStatus",)

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (a call brings its account)
        """Tell what the account is."""
        return Change(Verdict("success", {"account": call.account}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the eleven keys. A part costs the same here, whatever the line and the script; there is no voice."""
        status = statuses.written(call, row)
        account = cast("Account | None", facts.get("account"))
        price = account.price if account is not None else 0
        return {
            "Status": status,
            "AccountName": account.name if account is not None else None,
            "RemaindCredit": account.credit if account is not None else 0,
            "BaseSMS_PersianPrice": price,
            "BaseSMS_EnglishPrice": price,
            "ServiceSMS_PersianPrice": price,
            "ServiceSMS_EnglishPrice": price,
            "AdsSMS_PersianPrice": price,
            "AdsSMS_EnglishPrice": price,
            "Avanak_SecondPrice": 0,
            "ListLineNumbers": account.lines if account is not None else (),
        }

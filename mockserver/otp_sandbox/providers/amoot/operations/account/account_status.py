"""AccountStatus, and AccountInfo, which answers alike: credit, prices and lines (`amoot.account-keys`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.providers.amoot.answers import write_status
from otp_specs import Outcome


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the eleven keys. A part costs the same here, whatever the line and the script; there is no voice."""
    account: Any = facts.get("account")
    price = account.price if account is not None else 0
    return {
        "Status": write_status(call, row),
        "AccountName": account.name if account is not None else None,
        "RemaindCredit": account.credit if account is not None else 0,
        "BaseSMS_PersianPrice": price,
        "BaseSMS_EnglishPrice": price,
        "ServiceSMS_PersianPrice": price,
        "ServiceSMS_EnglishPrice": price,
        "AdsSMS_PersianPrice": price,
        "AdsSMS_EnglishPrice": price,
        "Avanak_SecondPrice": 0,
        "ListLineNumbers": (account.lines or ()) if account is not None else (),
    }


ACCOUNT_STATUS: Final = Query(
    "AccountStatus", "AccountInfo", find=lambda call, _: {"account": call.account}, body=_write
)

"""The balance (`thuesim.balance-shape`)."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Query
from otp_sandbox.providers.thuesim.answers import in_envelope

BALANCE: Final = Query(
    "balance",
    find=lambda call, _: {"balance": call.account.balance},
    body=in_envelope(lambda _, facts: {"balance": facts.get("balance", 0)}),
)

"""GetBankTree: the banks of numbers that the account may send to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.banks import Bank, tree
from otp_specs import Outcome


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the tree in the shape of the service description, or of the sample (`amoot.bank-tree`)."""
    banks: Any = facts.get("banks")
    data: Any = None
    if banks is not None:
        printed = call.dialect.option("bank-tree") == "as-printed"
        data = {"BankTree": _write_printed(banks)} if printed else _write_banks(banks)
    return {"Status": write_status(call, row), "Data": data}


def _write_banks(banks: Sequence[tuple[Bank, Any]]) -> list[dict[str, Any]]:
    return [
        {"ID": bank.id, "Children": _write_banks(parts), "Title": bank.title, "Count": bank.count}
        for bank, parts in banks
    ]


def _write_printed(banks: Sequence[tuple[Bank, Any]]) -> list[dict[str, Any]]:
    return [
        {"Id": bank.id, "Title": bank.title, "Count": bank.count, "Children": _write_printed(parts)}
        for bank, parts in banks
    ]


BANK_TREE: Final = Query("GetBankTree", find=lambda call, _: {"banks": tree(call.account.banks)}, body=_write)

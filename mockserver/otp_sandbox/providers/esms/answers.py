"""What the bodies of the operations that only tell something have in common (reference B7-B12, Q4, Q44).

Each has its own shape, as its samples have it, and stands with its operation. None of them has `CountRegenerate`.
Members come in alphabetical order.
"""

from __future__ import annotations

from typing import Any

import orjson

from otp_sandbox.contract import Call, Facts
from otp_sandbox.providers.esms.wire import text
from otp_specs import Outcome


def refused(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a refusal as most of them have it; the balance and the state of a send have shapes of their own."""
    return {"CodeResult": row.code, "ErrorMessage": text(call, row, facts)}


def money(amount: int) -> orjson.Fragment:
    """Write dong as a number with four decimals (reference Q44)."""
    return orjson.Fragment(f"{amount}.0000")

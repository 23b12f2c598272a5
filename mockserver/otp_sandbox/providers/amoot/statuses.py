"""How a status is written: by its name, or by its number where that is chosen (reference 5.2-1)."""

from __future__ import annotations

from otp_sandbox.contract import Call
from otp_specs import Outcome


def written(call: Call, row: Outcome) -> str | int | None:
    """Give what stands in a Status for a row of the table."""
    return row.code if call.dialect.option("status-format") == "number" else row.message


def of_cause(call: Call, cause: str) -> str | int | None:
    """Give what stands in the Status of a single recipient or message, by cause or name of a row."""
    return written(call, call.dialect.row(call.operation, cause))

"""The checks that several operations share, by cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_sandbox.contract import MISSING, Call, Check
from otp_sandbox.domain.store import State


def refused_phones(call: Call) -> frozenset[str]:
    """Give the recipients who are refused because they want no messages (`amoot.black-list`)."""
    black_list: frozenset[str] = call.account.black_listed()
    return black_list if call.dialect.option("black-list") == "refused" else frozenset()


def _length_invalid(call: Call, _: State) -> bool:
    length = call.values["CodeLength"]
    return length is not MISSING and length < call.dialect.policy("code_length_min")


CHECKS: Final[Mapping[str, Check]] = {
    "account_is_demo": lambda call, _: call.account.user.demo,
    "organisation_undeclared": lambda call, _: call.account.user.organisation_undeclared,
    "line_number_not_exist": lambda call, _: not call.account.has_line(call.text("LineNumber")),
    "backup_line_number_not_exist": lambda call, _: not call.account.has_line(call.text("BackupLineNumber")),
    "mobile_black_listed": lambda call, _: call.values["Mobile"] in refused_phones(call),
    "length_invalid": _length_invalid,
    "length_exceeded": lambda call, _: call.values["CodeLength"] > call.dialect.policy("code_length_max"),
    "from_date_time_is_after_than_to_date_time": lambda call, _: (
        call.values["FromDateTime"] > call.values["ToDateTime"]  # both at the same instant are a period
    ),
}

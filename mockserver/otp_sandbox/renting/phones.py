"""Spellings of a Vietnamese number, as those that rent numbers take and print them."""

from __future__ import annotations

from typing import Final

from otp_sandbox.domain import vietnam

COUNTRY_ISO: Final = "VN"
COUNTRY_CODE: Final = "84"


def fold(text: str) -> str | None:
    """Give the E.164 form of any spelling, the bare nine digits too; blanks, dots and dashes do not count."""
    return vietnam.fold(text) or vietnam.fold(f"0{text}")


def national(phone: str) -> str:
    """Give the nine digits of an E.164 number."""
    return phone.removeprefix(f"+{COUNTRY_CODE}")

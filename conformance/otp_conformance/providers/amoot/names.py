"""What calls of Amoot name again and again."""

from __future__ import annotations

from typing import Final

PHONE: Final = "9120000000"
PATTERN: Final = "کد تایید شما: %code%"
"""The text of the pattern that an account has from the beginning."""
NOBODYS: Final = "123456789"
"""No message of the sandbox has such a low number."""
LABEL: Final = "مشتریان"
CONTACT: Final = {"Mobile": PHONE, "FName": "سارا", "LName": "رضایی"}
"""Whom the address book has in the cases."""

"""Spellings of a Vietnamese number that thuesim takes besides those of all that rent numbers."""

from __future__ import annotations

from otp_sandbox.domain import vietnam


def ten_digits(text: str) -> str | None:
    """Give the E.164 form of the one spelling that renting again takes: the zero and nine digits."""
    return vietnam.fold(text) if text.startswith("0") and text.isdigit() else None

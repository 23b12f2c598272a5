"""Spellings of a recipient that eSMS takes (reference Q40), and its magic numbers."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Magic
from otp_specs.model import Code

_SEPARATORS: Final = str.maketrans("", "", " .-")
_MAGIC: Final = "+84900000"
_CODE_DIGITS: Final = 3
_USUAL: Final = 10


def fold(text: str) -> str | None:
    """Give the E.164 form of `0xxxxxxxxx`, `84xxxxxxxxx` or `+84xxxxxxxxx`; blanks, dots and dashes do not count."""
    if len(text) == _USUAL and text[0] == "0" and text[1] != "0" and text.isascii() and text.isdigit():
        return "+84" + text[1:]  # as nearly all are written
    digits = text.translate(_SEPARATORS)
    if digits.startswith("+84"):
        digits = digits[3:]
    elif digits.startswith("84") and len(digits) == 11:  # noqa: PLR2004  (country code and nine digits)
        digits = digits[2:]
    elif digits.startswith("0"):
        digits = digits[1:]
    else:
        return None
    if len(digits) == 9 and digits.isascii() and digits.isdigit() and digits[0] != "0":  # noqa: PLR2004  (national)
        return "+84" + digits
    return None


def national(phone: str) -> str:
    """Give the form with a leading zero, as the provider shows a recipient, of a number that `fold` gave."""
    return "0" + phone[3:]


def _code_of(text: str) -> str | None:
    phone = fold(text)
    if phone is None or not phone.startswith(_MAGIC):
        return None
    return str(int(phone.removeprefix(_MAGIC)))


def _value_of(code: Code) -> str | None:
    return f"0900000{code:>03}" if len(str(code)) <= _CODE_DIGITS else None


MAGIC: Final = Magic(fields=("Phone",), code_of=_code_of, value_of=_value_of)

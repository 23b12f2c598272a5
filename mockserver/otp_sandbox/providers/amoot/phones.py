"""Mobile numbers in all their spellings (`amoot.mobile-folding`) and the magic ones."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from otp_sandbox.contract import Magic
from otp_specs.model import Code

DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)
"""Makes plain digits of Persian and Arabic ones."""

_written: Final = re.compile(r"\+?(?:0098|98)?0?(9[0-9]{9})").fullmatch
_PLAIN: Final = DIGITS | str.maketrans("", "", " \u00a0")
_magic: Final = re.compile(r"\+98900000([09])([0-9]{3})").fullmatch
_MOST: Final = 999


def fold(text: str) -> str | None:
    """Give the E.164 number (`+989120000000`), or None if the text is not one Iranian mobile number.

    `+`, `0098`, `98`, `0` and spaces are dropped, Persian and Arabic digits are read, and what is left must be
    `9` and nine digits. A list of several is not one number (`amoot.mobile-list`).
    """
    match = _written(text) or _written(text.translate(_PLAIN))
    return None if match is None else "+98" + match[1]


@lru_cache(maxsize=64)
def fold_all(phones: tuple[str, ...]) -> frozenset[str]:
    """Give the E.164 forms of a list of the account's; what is no mobile number counts not."""
    return frozenset(phone for text in phones if (phone := fold(text)) is not None)


def national(phone: str) -> int:
    """Give the ten digits, as the provider shows a recipient, of a number that `fold` gave."""
    return int(phone[3:])


def _code_of(text: str) -> str | None:
    match = _magic(fold(text) or "")
    if match is None:
        return None
    number = int(match[2])
    return str(-number if match[1] == "9" else number)


def _value_of(code: Code) -> str | None:
    number = int(code)
    if abs(number) > _MOST:
        return None
    return f"900000{9 if number < 0 else 0}{abs(number):03}"


MAGIC: Final = Magic(fields=("Mobile", "Mobiles"), code_of=_code_of, value_of=_value_of)

"""Spellings of a recipient, as eSMS takes and shows them, and its magic numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from otp_sandbox.contract import Magic
from otp_sandbox.domain.vietnam import fold
from otp_specs.model import Code

__all__ = ["MAGIC", "fold", "fold_all", "fold_all_of", "national"]

_MAGIC: Final = "+84900000"
_RUN: Final = _MAGIC[3:]
_CODE_DIGITS: Final = 3


@lru_cache(maxsize=256)
def fold_all(phones: tuple[str, ...]) -> frozenset[str | None]:
    """Give the E.164 forms of a list of the account's."""
    return frozenset(map(fold, phones))


def fold_all_of(text: str) -> str | tuple[str, ...] | None:
    """Read a phone, or several with commas between them, each once; None if one of them is none."""
    texts = [each for each in map(str.strip, text.split(",")) if each] if "," in text else []
    if len(texts) <= 1:
        return fold(text)
    phones = dict.fromkeys(map(fold, texts))
    return None if None in phones else tuple(filter(None, phones))


def national(phone: str) -> str:
    """Give the form with a leading zero, as the provider shows a recipient, of a number that `fold` gave."""
    return "0" + phone[3:]


def _code_of(text: str) -> str | None:
    if "," in text:  # of several, the first that asks for one
        return next(filter(None, map(_code_of_one, map(str.strip, text.split(",")))), None)
    return _code_of_one(text)


def _code_of_one(text: str) -> str | None:
    if _RUN not in text and text.isdecimal():
        return None  # as nearly all are, at a tenth of the price
    phone = fold(text)
    if phone is None or not phone.startswith(_MAGIC):
        return None
    return str(int(phone.removeprefix(_MAGIC)))


def _value_of(code: Code) -> str | None:
    return f"0900000{code:>03}" if len(str(code)) <= _CODE_DIGITS else None


MAGIC: Final = Magic(fields=("Phones", "Phone"), code_of=_code_of, value_of=_value_of)

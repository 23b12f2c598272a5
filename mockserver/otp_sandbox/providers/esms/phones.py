"""Spellings of a recipient, as eSMS takes and shows them, and its magic numbers."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from hashlib import sha256
from typing import Final

from otp_sandbox.contract import Magic
from otp_sandbox.domain.vietnam import fold
from otp_specs.model import Code

__all__ = ["MAGIC", "fold", "fold_all", "fold_all_of", "hash_phone", "is_other_recipient", "national"]

_MAGIC: Final = "+84900000"
_RUN: Final = _MAGIC[3:]
_CODE_DIGITS: Final = 3
_HASH_DIGITS: Final = 64
_user = re.compile(r'"user_id":"?([^",}]*)').search
_other = re.compile(r"[0-9]{15,20}|[0-9A-Fa-f]{64}").fullmatch


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
    """Give the form with a leading zero, as the provider shows a recipient; what is no E.164 number stays as it is."""
    return "0" + phone[3:] if phone.startswith("+") else phone


@lru_cache(maxsize=1024)
def hash_phone(phone: str, form: str = "84") -> str | None:
    """Hash a phone as Zalo wants it, in its `84…` form, or in another one (`+84`, `0`); None if it is no phone."""
    folded = fold(phone)
    return sha256(f"{form}{folded[3:]}".encode()).hexdigest() if folded else None


def is_other_recipient(text: str) -> bool:
    """Whether a text may name a Zalo user: by an id, or by the hash of a phone."""
    return _other(text) is not None


def _code_of(text: str) -> str | None:
    if "," in text:  # of several, the first that asks for one
        return next(filter(None, map(_code_of_one, map(str.strip, text.split(",")))), None)
    return _code_of_one(text)


def _code_of_one(text: str) -> str | None:
    if _RUN not in text and text.isdecimal():
        return None  # as nearly all are, at a tenth of the price
    if len(text) == _HASH_DIGITS:
        return _magic_hashes().get(text.lower())
    found = _user(text) if text[:1] == "{" else None
    phone = fold(found[1] if found else text)
    if phone is None or not phone.startswith(_MAGIC):
        return None
    return str(int(phone.removeprefix(_MAGIC)))


@cache
def _magic_hashes() -> dict[str, str]:
    numbers = range(10**_CODE_DIGITS)
    return {hash_phone(f"{_MAGIC}{number:03}") or "": str(number) for number in numbers}


def _value_of(code: Code) -> str | None:
    return f"0900000{code:>03}" if len(str(code)) <= _CODE_DIGITS else None


MAGIC: Final = Magic(
    fields=("Phone", "Phones", "ZaloUid", "HashPhone", "User_id", "Payload"), code_of=_code_of, value_of=_value_of
)

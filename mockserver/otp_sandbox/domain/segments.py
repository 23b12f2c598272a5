"""How many SMS a text is: GSM-7 holds 160 characters, 153 in a chain; UCS-2 70 and 67."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

from otp_sandbox.domain.record import Record

Encoding = Literal["gsm-7", "ucs-2"]

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = "\f^{}\\[~]|€"
_in_gsm_7: Final = re.compile(f"[{re.escape(_BASIC + _EXTENDED)}]*").fullmatch
_PAIR: Final = "\ud800"
"""Stands before a character that takes two units, the extended ones of GSM-7 and those beyond 16 bits in UCS-2."""
_mark_wide: Final = re.compile("(?=[\U00010000-\U0010ffff])").sub
_ALONE: Final = 70
"""ASCII up to this length is one message, in UCS-2 and in GSM-7, even if each character takes two units there."""


class Segments(Record):
    """The encoding that a text needs, and the number of messages."""

    encoding: Encoding
    count: int


def segments(text: str) -> Segments:
    """Count the messages that a text takes on the air. An empty text takes one."""
    if _in_gsm_7(text):
        for each in _EXTENDED:
            if each in text:
                text = text.replace(each, _PAIR + each)
        return Segments("gsm-7", _count(text, 160, 153))
    if len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text):
        text = _mark_wide(_PAIR, text)
    return Segments("ucs-2", _count(text, 70, 67))


def count_segments(text: str) -> int:
    """Count them where the encoding does not matter: most texts need no look."""
    return 1 if len(text) <= _ALONE and text.isascii() else segments(text).count


def gsm_7_spelling(text: str) -> str | None:
    """Write a text in GSM-7 that needs UCS-2 only for marks on Latin letters and for typography.

    Returns None where that cannot be, or is not needed.
    """
    if _in_gsm_7(text):
        return None
    plain = "".join(each if _in_gsm_7(each) else _plain(each) for each in text)
    return plain if plain and _in_gsm_7(plain) else None


@lru_cache(maxsize=1024)
def _plain(character: str) -> str:
    """Give the plain spelling of a character, or itself where it has none."""
    if character in _PLAIN:
        return _PLAIN[character]
    parts = unicodedata.normalize("NFKD", character)
    return "".join(each for each in parts if not unicodedata.combining(each))


_PLAIN: Final = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("•·●", "*"),
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
    "\t": " ",
    "đ": "d",
    "Đ": "D",
}
"""What Unicode itself does not take apart."""


def _count(units: str, alone: int, chained: int) -> int:
    """Count the messages of some units: one that holds `alone`, or a chain of which each holds `chained`."""
    if len(units) <= alone:
        return 1
    if _PAIR not in units:
        return -(-len(units) // chained)
    count = start = 0
    while start < len(units):
        start += chained
        start -= units[start - 1 : start] == _PAIR  # a pair is not torn apart
        count += 1
    return count

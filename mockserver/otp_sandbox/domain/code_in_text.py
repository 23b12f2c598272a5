"""The one-time code of a message, found by rules; they are written down in `docs/codes-in-texts.md`."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

LOOKED_AT: Final = 2_000
"""Characters of a text that are looked at: no SMS is longer, and hostile texts stay cheap."""
_CODE_REACH: Final = 80
"""Characters between a word like "code" and the code."""
_NAME_REACH: Final = 25
_NEAR_REACH: Final = 3
"""Characters between a word like "order", or like "call", and the number that it names."""


def _folding() -> dict[int, str]:
    """Give a translation that keeps every place: plain digits, letters without their marks."""
    table: dict[int, str] = {}
    for block in (range(0xC0, 0x250), range(0x1E00, 0x1F00)):
        table |= {number: unicodedata.normalize("NFD", chr(number))[0].lower() for number in block}
    table |= dict.fromkeys((0x110, 0x111), "d")
    for zero in (0x660, 0x6F0):  # Arabic and Persian digits
        table |= {zero + digit: str(digit) for digit in range(10)}
    table |= {0x66B: ".", 0x66C: ","}
    # Persian letters as an Arabic keyboard writes them, and blanks of every width, also none.
    table |= {0x643: "ک", 0x64A: "ی", 0x649: "ی"}
    return table | dict.fromkeys((0xA0, 0x2009, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202F), " ")


_FOLDED: Final = _folding()
_NO_LETTERS: Final = {0x640: None, **dict.fromkeys(range(0x64B, 0x653)), **dict.fromkeys(range(0x300, 0x370))}
"""Vowel signs, and marks that no letter takes in."""


def _verbose(words: str) -> str:
    """Let blanks count in a verbose pattern."""
    return words.replace(" ", "[ ]")


_CODE_WORDS: Final = _verbose(
    r"ma|otp|mat khau|pass ?codes?|passwords?|pin|codes?|one.time|verification|کد(?:تایید|تأیید)?|رمز|گذرواژه|پسورد"
)
"""Vietnamese, English, Persian. A bare "ma" or "کد" is the code's unless the next word says whose else."""
_OTHER_CODES: Final = _verbose(
    r"ma (?:so )?(?:don|hoa don|hd|hop dong|khach|kh|san pham|sp|giam gia|khuyen mai|km|uu dai|voucher|van don|"
    r"dat (?:cho|ve|phong|hang|ban)|ve|ho so|thue|tra cuu|buu|loi|vach|vung|phong)|"
    r"(?:zip|postal|promo|promotion|discount|coupon|voucher|tracking|order|booking|reference|ref|error|country|area|"
    r"product|invoice|gift) ?codes?|"
    r"کد (?:سفارش|رهگیری|پیگیری|پستی|ملی|تخفیف|دستوری|اقتصادی|محصول|کالا|مشتری|مرسوله|نوبت)"
)
_NAMES: Final = _verbose(
    r"don hang|kien hang|hoa don|hop dong|van don|khach hang|hotline|tong dai|lien he|sdt|dien thoai|bien so|mst|"
    r"cmnd|cccd|so du|so tien|(?<!in )order(?! to)|invoice|receipt|package|parcel|tracking|booking|reservation|"
    r"reference|ref|policy|ticket|flight|"
    r"helpline|support|customer (?:service|care)|phone|contact|promo|discount|coupon|voucher|room|balance|"
    r"amount|total|version|"
    r"سفارش|فاکتور|مرسوله|رهگیری|پیگیری|تخفیف|شبا|قبض|تلفن|تماس|پشتیبانی|شماره|مبلغ|مانده|پلاک|واحد|پرواز|بلیط|نوبت|"
    r"پرونده|قرارداد|سامانه|سال"
)
_NEAR_NAMES: Final = r"(?:gui|goi|soan|dt|tel|lh|call|dial|text|sms)\b|no\."
"""They name the number that follows at once: "goi 19001234", not "gui den ban: 482913"."""
_ACCOUNTS: Final = _verbose(r"tai khoan|stk|tk|giao dich|gd|account|acct|a/c|card|transaction|txn|حساب|کارت|تراکنش")
"""They say what a code is for ("ma xac thuc tai khoan: 482913"), or have a number of their own."""
_UNITS: Final = (
    r"vnd|dong|d|k|tr|trieu|usd|eur|rials?|rls|irr|tomans?|gb|mb|km|kg|diem|points?|phut|giay|minutes?|mins?|"
    r"seconds?|secs?|ریال|تومان|تومن|دقیقه|ثانیه|امتیاز"
)

_TOKENS: Final = re.compile(
    rf"""
    (?![ ]|(?<=[^\W\d_])[^\W\d_])  # nothing begins with a blank, or within a word: most places are passed so
    (?:
    (?P<bound> @[\w.-]+[ ]\#(?P<given>[a-z0-9]{{4,20}})\s*$ )
  | (?P<skip>  # addresses, dates, times
        https?://\S+ | www\.\S+ | (?<![\w.+-])[\w.+-]++@[\w.-]+ | (?<![\w.-])[a-z][\w-]*+(?:\.[\w-]+)++/\S* | <\#>
      | (?=\d)(?:
        (?<![\w/.-])\d{{4}}(?P<ymd>[/.-])\d{{1,2}}(?P=ymd)\d{{1,2}}(?![\w/])
      | (?<![\w/.-])\d{{1,2}}(?P<dmy>[/.-])\d{{1,2}}(?P=dmy)\d{{2,4}}(?![\w/])
      | (?<![\w/.-])(?:\d{{1,2}}/\d{{1,4}}|\d{{4}}/\d{{1,2}})(?![\w/])
      | (?<![\w:])\d{{1,2}}(?::\d{{2}}){{1,2}}(?![\w:]) | \b\d{{1,2}}h\d{{0,2}}\b )
    )
  | (?P<number>  # phones, hotlines, cards, amounts, measures, masked and short ones
        (?=[\dx+*•$€£¥₫])(?:
        \+\d(?:[ .-]?\d){{7,14}} | (?<!\d)0\d{{1,3}}(?:[ .-]\d{{2,4}}){{2,4}}(?!\d) | \d{{9,}}
      | (?<!\d)1[89]00[ .-]\d{{2,4}}(?:[ .-]?\d{{2,4}})?(?!\d)
      | (?<!\d)\d{{4}}(?:[ -]\d{{4}}){{2,}}(?!\d)
      | (?<![\d.,])\d{{1,3}}(?:[.,]\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d) | \d+[.,]\d{{1,2}}(?!\d)
      | [$€£¥₫][ ]?\d+ | \d+[ ]?(?:[%₫$€£](?!\w)|(?:{_UNITS})\b) | (?<!\w)\+\d+
      | (?<![*•])(?:[*•]|(?<![a-z0-9])xx)[x*•]*+[ ]?\d+
      | (?<!\d)\d{{1,3}}(?![\w-])(?![ ]\d{{3}}(?![ ]?\d)) )
    )
  | (?P<group> (?=\d)(?<![\d.,/:-])(?<!\d[ ])(?:\d{{3}}[ -]\d{{3}}|\d{{4}}[ -]\d{{4}})(?!\w|[.,/:-]\w|[ ]\d) )
  | (?P<run> (?:(?<![\w.,/:-])[a-z]-)?(?<![0-9a-z])(?<!\d[.,/:-])(?<!\w\w-)\d{{4,8}}(?!\w|-\w|[.,/:]\d) )
  | (?P<word> (?<![\w-])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{{4,20}}(?![\w-]) )
  | (?P<name> \b(?:{_OTHER_CODES}|{_NAMES})\b )
  | (?P<account> \b(?:{_ACCOUNTS})\b )
  | (?P<near> \b(?:{_NEAR_NAMES}) | \# )
  | (?P<code> \b(?:{_CODE_WORDS})\b )
  | (?P<end> [.!?؟。…](?=\s|$) | \n )
    )
    """,
    re.VERBOSE,
)
_says_so_behind: Final = re.compile(
    r"\W{1,3}(?:chinh )?la (?:ma|otp|mat khau)\b"
    r"|\W{1,3}(?:is )?(?:your|the|my) (?:[\w-]+ ){0,4}?(?:code|otp|password|passcode|pin)\b"
    r"|\W{1,3}(?:[\w-]+ ){0,2}?(?:کد|رمز)\b"
).match
_joins: Final = re.compile(r"(?:.*\b(?:la|is|are)\b|.*[:=])\W*", re.DOTALL).fullmatch
_is_year_or_day: Final = re.compile(r"(?:19|20|13|14)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?").fullmatch
_is_hotline: Final = re.compile(r"1[89]00\d{4}").fullmatch

# How doubtful a find is: the least doubt wins, then the first place.
_SURE: Final = 0
_MARKED: Final = 1
_LOOKS_OTHERWISE: Final = 2
_UNMARKED: Final = 3
_ACCOUNT: Final = 4


_is_place_of_code: Final = re.compile(
    "(?:verif(?:y|ication)|pass|otp|ma)?(?:code|otp)|password|pin|token|ma|کد|رمز"
).fullmatch


def names_code(place: str) -> bool:
    """Whether a place of a template is called as the place of a code is; signs and case do not count."""
    return _is_place_of_code("".join(filter(str.isalnum, place)).lower()) is not None


class _Found(NamedTuple):
    """Something that may be the code."""

    doubt: int
    code: str


def find_code(text: str) -> str | None:
    """Find the one-time code in a message, as plain digits or as capitals and digits; None if there is none.

    For texts of which nobody knows where their code stands.
    """
    text = text[:LOOKED_AT]
    if text.isascii():
        return _Reading(text, text.lower()).read()
    text = unicodedata.normalize("NFC", text).translate(_NO_LETTERS)
    return _Reading(text, text.translate(_FOLDED).lower()).read()


class _Reading:
    """Reads a text once, from left to right.

    A word that names a number ("order") takes the next one. A word like "code" marks what follows in its sentence and
    is not taken.
    """

    def __init__(self, text: str, folded: str) -> None:
        self._text = text
        self._folded = folded
        self._marked_from: int | None = None
        self._named_from: int | None = None
        self._reach = 0
        self._may_be_for = False

    def read(self) -> str | None:
        """Give the code of the least doubt."""
        best: _Found | None = None
        for token in _TOKENS.finditer(self._folded):
            kind = token.lastgroup
            if kind == "bound":
                return self._text[token.start("given") : token.end("given")]
            if kind in ("run", "group", "word"):
                found = self._judge(kind, token)
                if found is not None and (best is None or found.doubt < best.doubt):
                    best = found
                    if best.doubt == _SURE:
                        break
            else:
                self._heed(kind, token)
        return best.code if best is not None else None

    def _heed(self, kind: str | None, token: re.Match[str]) -> None:
        """Take note of what is no code."""
        if kind == "code":
            self._marked_from, self._named_from = token.end(), None
        elif kind == "number":
            self._named_from = None
        elif kind == "end":
            if token[0] != "\n" or not self._folded[: token.start()].rstrip().endswith(":"):
                self._marked_from = self._named_from = None
        elif kind in ("name", "account", "near") and not (token[0] == "#" and self._is_joined(token.start())):
            self._named_from = token.end()
            self._reach = _NEAR_REACH if kind == "near" else _NAME_REACH
            self._may_be_for = kind == "account"

    def _is_joined(self, place: int) -> bool:
        """Whether a place is marked by what ends like "code is" or "code:"."""
        marked = self._marked_from
        return marked is not None and place - marked <= _CODE_REACH and _joins(self._folded[marked:place]) is not None

    def _judge(self, kind: str, token: re.Match[str]) -> _Found | None:
        """Say how doubtful something of a code's form is; None if it is none."""
        start, end = token.span()
        sent = self._text[start:end]
        if kind == "word" and not (sent.isascii() and sent.isupper()):
            return None
        code = sent if kind == "word" else re.sub(r"\D", "", token[0])
        marked = self._marked_from is not None and start - self._marked_from <= _CODE_REACH
        named, self._named_from = self._named_from, None
        if named is not None and start - named <= self._reach:
            if marked and _joins(self._folded[named:start]):  # "ma xac thuc don hang: 482913"
                return _Found(_MARKED, code)
            return _Found(_ACCOUNT, code) if marked and self._may_be_for else None
        joined = self._is_joined(start)
        if not marked and _says_so_behind(self._folded, end):
            marked = joined = True
        looks_otherwise = _is_year_or_day(code) or _is_hotline(code) or (kind == "group" and len(code) == 8)  # noqa: PLR2004  (twice four)
        if marked:
            return _Found(_LOOKS_OTHERWISE if looks_otherwise else _SURE if joined else _MARKED, code)
        alone = sent == self._text.strip()
        return _Found(_UNMARKED, code) if alone or not (kind == "word" or looks_otherwise) else None

"""Which characters the bytes of a body are: a byte order mark says it, else the charset of its Content-Type."""

from __future__ import annotations

import codecs
import re
from typing import Final

UTF_8: Final = "utf-8"
_MARKS: Final = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PARAMETERS: Final = {
    name: re.compile(rf";\s*{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^;\s]*))", re.IGNORECASE).search
    for name in ("charset", "boundary")
}
# Only what is really a charset: Python knows more names, also of codecs that are no text or are slow.
_known: Final = re.compile(
    r"utf-?8|utf-?16|utf-16[lb]e|(?:us-)?ascii|latin-?1|iso-8859-(?:[1-9]|1[0134-6])|(?:windows-|cp)125[0-8]",
    re.IGNORECASE,
).fullmatch


class UnknownCharset(Exception):
    """A charset is named that is not read here."""


def parameter(content_type: str, name: str) -> str:
    """Give a parameter of a Content-Type, `charset` or `boundary`; empty when there is none."""
    found = _PARAMETERS[name](content_type)
    return "" if found is None else found[found.lastindex or 0].strip()


def known_charset(named: str) -> str:
    """Give the charset that a name means, as Python calls it.

    Raises:
        UnknownCharset: it is none that is read here.
    """
    if _known(named) is None:
        raise UnknownCharset(f"the charset {named[:64]} is not known here")
    name = codecs.lookup(named).name
    return "utf-16-le" if name == "utf-16" else name  # without a mark it is what .NET and browsers mean


def as_utf8(body: bytes, charset: str | None) -> tuple[bytes, str | None]:
    """Give a body as UTF-8 without its mark, and its charset; None when nothing says it, and UTF-8 is likely.

    A mark has the first word, then the charset that is named, then a zero beside the first character: no text begins
    so but one in UTF-16.

    Raises:
        UnicodeDecodeError: the bytes are none of that charset. Of UTF-8 that is not asked.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            charset, body = name, body[len(mark) :]
            break
    else:
        if charset is None and body[:1] and 0 in body[:2]:
            charset = "utf-16-be" if body[0] == 0 else "utf-16-le"
    if charset is None or charset == UTF_8:
        return body, charset
    return body.decode(charset).encode(UTF_8), charset

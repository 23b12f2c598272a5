"""Reads the body of a provider's request as fields: JSON, form, multipart or XML, whatever characters it is in.

The work grows with the bytes and no faster. What would make many small things of a body is counted before it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from email.parser import BytesHeaderParser
from typing import Any, Final

import orjson

from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.web.charsets import UTF_8, UnknownCharset, as_utf8, known_charset, parameter
from otp_sandbox.web.reading import query_pairs

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
XML = "application/xml"

FIELDS_MOST: Final = 2_000
"""Fields of a body, parts too: twice a list of recipients that comes as one field each."""
ELEMENTS_MOST: Final = 12_000
"""Elements of an XML body: two for each of 5,000 recipients, and for some more, which are too many for a provider."""
FIELDS_LENGTH_MOST: Final = 512 * 1024
"""Characters of all fields of a body together, their names too."""
BYTES_MOST: Final = 6 * FIELDS_LENGTH_MOST
"""Bytes of a body that is looked into: as many as so many characters take at most, as JSON or Persian in a form."""
MARKS_MOST: Final = 50_000
"""Characters that may begin something in JSON or XML, such as commas and brackets; texts may hold them too."""
_ENCODED_MOST: Final = 12 * TEXT_MOST
"""Bytes of a field in a form: a character may be four bytes, and each of them three."""

Pairs = list[tuple[str, str]]
Warn = Callable[[str], None]


class Unreadable(Exception):
    """A body is not what it says, or is more than is read."""


def body_pairs(body: bytes, content_type: str, accepted: Collection[str], warn: Warn = lambda _: None) -> Pairs:
    """Read a body as what it says, or as JSON or XML when it looks so.

    Args:
        body: the bytes.
        content_type: the header, empty when there is none.
        accepted: the media types that the operation takes; a body of none of them is not read.
        warn: is told what is odd about a body that was read all the same.

    Raises:
        Unreadable: it is neither.
    """
    if not accepted:
        return []
    body, charset = _as_utf8(body, content_type, warn)
    start = body.lstrip()[:1]
    if not start:
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON or start == b"{":
        try:
            pairs = _json_pairs(body)
        except Unreadable:
            if kind not in (FORM, MULTIPART):
                raise
        else:
            if JSON not in accepted:
                warn(f"the body is JSON, and this operation takes {' or '.join(sorted(accepted))}")
            return _bounded(pairs)
    if XML in accepted and start == b"<":  # whatever it says: samples send it as plain text and as a form
        return _bounded(_xml_pairs(body, charset))
    if kind in (FORM, MULTIPART, "") and (kind or FORM) in accepted:
        return _bounded(_multipart_pairs(body, content_type, warn) if kind == MULTIPART else _form_pairs(body, charset))
    raise Unreadable(f"a body of type {kind or 'unknown'} is not read here")


def _as_utf8(body: bytes, content_type: str, warn: Warn) -> tuple[bytes, str | None]:
    """Give a body, or a part, as UTF-8, and its charset if anything says it."""
    if len(body) > BYTES_MOST:
        raise Unreadable(f"the body has more than {BYTES_MOST} bytes")
    charset, named = None, parameter(content_type, "charset")
    if named:
        try:
            charset = known_charset(named)
        except UnknownCharset:
            warn(f"the charset {named[:64]} is not known here: the body is read as UTF-8")
    try:
        return as_utf8(body, charset)
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not in its charset, {error.encoding}") from error


def read_json(body: bytes, content_type: str) -> Any:
    """Read JSON, if there is not too much in it.

    Raises:
        Unreadable: it is none, or too much.
    """
    return _json(_as_utf8(body, content_type, lambda _: None)[0])


def _json(body: bytes) -> Any:
    _count_marks(body, b",[{")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: {error}") from error


def _count_marks(body: bytes, marks: bytes) -> None:
    if sum(body.count(mark) for mark in marks) > MARKS_MOST:
        raise Unreadable(f"the body has more than {MARKS_MOST} commas, brackets, elements or quotation marks")


def _count_fields(number: int, most: int = FIELDS_MOST) -> None:
    if number > most:
        raise Unreadable(f"the body has more than {most} fields")


def _bounded(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Give fields, if they are not too long."""
    kept, length = [], 0
    for name, value in pairs:
        length += len(name) + len(value)
        if length > FIELDS_LENGTH_MOST:
            raise Unreadable(f"the fields of the body have more than {FIELDS_LENGTH_MOST} characters")
        kept.append((name, value))
    return kept


def _text_field(name: str, value: str) -> tuple[str, str]:
    if len(value) > TEXT_MOST:
        raise Unreadable(f"{name[:64]} has more than {TEXT_MOST} characters")
    return name, value


def _form_pairs(body: bytes, charset: str | None) -> Iterator[tuple[str, str]]:
    _count_fields(1 + body.count(b"&"))
    if max(map(len, body.split(b"&"))) > _ENCODED_MOST:
        raise Unreadable(f"a field of the form has more than {TEXT_MOST} characters")
    # What a byte is, percent-encoded, is for a charset of single bytes to say; one of two is never encoded so.
    single = charset if charset is not None and not charset.startswith("utf-") else UTF_8
    for name, value in query_pairs(body.decode(UTF_8, "replace"), single):
        yield _text_field(name, value)


def _json_pairs(body: bytes) -> Pairs:
    document = _json(body)
    if not isinstance(document, dict):
        raise Unreadable("the body is JSON, but no object")
    _count_fields(len(document))
    try:
        return [
            (name, _text(value)) if isinstance(value, dict | list) else _text_field(name, _text(value))
            for name, value in document.items()
        ]
    except TypeError as error:  # orjson writes fewer levels than it reads
        raise Unreadable("the JSON of the body is nested too deeply") from error


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        texts = [_text(each) for each in value]
        if not any("," in text for text in texts):
            return ",".join(texts)
    if isinstance(value, dict | list):  # what joining would lose stays JSON
        return orjson.dumps(value).decode()
    return str(value)


def _xml_pairs(body: bytes, charset: str | None) -> Iterator[tuple[str, str]]:
    """Give every element that holds no other by its name, wherever it stands; entities of its own are refused.

    The encoding that the document declares counts when nothing else says one (RFC 7303, 3).
    """
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415  (rarely needed)

    from defusedxml import DefusedXmlException  # noqa: PLC0415  (as above)
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415  (as above)

    _count_fields(body.count(b"<") - body.count(b"</"), ELEMENTS_MOST)  # so many elements, and not more levels
    _count_marks(body, b"\"'")
    declared = _declared_encoding(body) if charset is None else None
    try:
        if declared is not None:
            body, _ = as_utf8(body, known_charset(declared[1].decode("ascii", "replace")))
        parser = DefusedXMLParser(target=_Leaves(), forbid_dtd=True, encoding=UTF_8)
        parser.feed(body)
        leaves: Any = parser.close()  # what the target's own `close` gives
    except (ParseError, DefusedXmlException, UnknownCharset, ValueError) as error:
        raise Unreadable(f"the body is not XML: {str(error)[:200] or type(error).__name__}") from error
    for name, value in leaves:
        yield _text_field(name, value)


class _Leaves:
    """Notes the elements that hold no other while a parser goes by: of many levels no tree is made."""

    def __init__(self) -> None:
        self._leaves: Pairs = []
        self._texts: list[str] | None = None

    def start(self, tag: str, attributes: object) -> None:  # noqa: ARG002  (no operation has attributes)
        self._texts = []

    def data(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)

    def end(self, tag: str) -> None:
        if self._texts is not None:
            self._leaves.append((tag.rpartition("}")[2], "".join(self._texts).strip()))
        self._texts = None

    def close(self) -> Pairs:
        return self._leaves


_declared_encoding: Final = re.compile(rb"<\?xml\s[^>]{0,100}?\bencoding\s*=\s*[\"']([^\"'>]{0,100})[\"']").match


def _multipart_pairs(body: bytes, content_type: str, warn: Warn) -> Iterator[tuple[str, str]]:
    parser = BytesHeaderParser()
    for part in _parts(body, parameter(content_type, "boundary")):
        end = _blank_line(part, 0, _HEAD_MOST)
        header = parser.parsebytes(part[: end.start()] if end is not None else part[:_HEAD_MOST])
        name = header.get_param("name", header="content-disposition")
        if isinstance(name, str):
            payload = part[end.end() :] if end is not None else b""
            text, _ = _as_utf8(payload, str(header.get("Content-Type", "")), warn)
            yield _text_field(name, text.decode(UTF_8, "replace"))


_HEAD_MOST: Final = 8 * 1024
"""Bytes of the head of a part. In more, no name is looked for."""
_blank_line: Final = re.compile(rb"(?:^|\r?\n)\r?\n").search


def _parts(body: bytes, boundary: str) -> Iterator[bytes]:
    """Split at the lines that are the boundary (RFC 2046, 5.1.1), with LF alone too; the last one may be missing."""
    delimiter = b"--" + boundary.encode(UTF_8, "surrogateescape")
    _count_fields(body.count(delimiter) - 1)  # the last one ends the body
    begin, place = -1, body.find(delimiter)
    while place >= 0:
        after = place + len(delimiter)
        end = body.find(b"\n", after)
        rest = body[after : end if end >= 0 else None].strip()
        if body[place - 1 : place] in (b"", b"\n") and rest in (b"", b"--"):
            if begin >= 0:
                yield body[begin:place].removesuffix(b"\n").removesuffix(b"\r")
            begin = end + 1 if end >= 0 else len(body)
            if rest:
                return
        place = body.find(delimiter, after)
    if begin < 0:
        raise Unreadable("the body has no parts of the boundary that it names")
    yield body[begin:]

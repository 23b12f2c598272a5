"""Makes one mapping of a request's fields, however they came: query, form, multipart, JSON, XML."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from email import message_from_bytes
from email.message import Message as MimeMessage
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

import orjson

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
XML = "application/xml"


class Unreadable(Exception):
    """A body is not what it says."""


def query_pairs(query: str) -> Iterator[tuple[str, str]]:
    """Split a query string or form; percent-garbage stays as it is, bytes that are no UTF-8 become U+FFFD."""
    if not query:
        return
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            yield _decoded(name), _decoded(value)


def plain_fields(query: str, names: Mapping[str, str]) -> dict[str, str] | None:
    """Read a query whose fields all come once and under known names; None when it is not as plain as that.

    Nearly all are, and this takes half the time.
    """
    fields: dict[str, str] = {}
    if not query:
        return fields
    if not query.isascii():
        return None
    parts = query.split("&")
    for part in parts:
        sent, _, value = part.partition("=")
        name = names.get(sent)
        if name is None:
            return None
        if "%" in value or "+" in value:
            value = _decoded_again(value) if len(value) <= _SHORT else _decoded(value)
        fields[name] = value
    return fields if len(fields) == len(parts) else None


def body_pairs(body: bytes, content_type: str, accepted: Collection[str]) -> list[tuple[str, str]]:
    """Read a body as what it says, or as JSON or XML when it looks so.

    Args:
        body: the bytes.
        content_type: the header, empty when there is none.
        accepted: the media types that the operation takes; a body of none of them is not read.

    Raises:
        Unreadable: it is neither.
    """
    if not body.strip() or not accepted:
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind == JSON or body.lstrip()[:1] == b"{":
        try:
            return list(_json_pairs(body))
        except Unreadable:
            if kind not in (FORM, MULTIPART):
                raise
    if XML in accepted and body.lstrip()[:1] == b"<":  # whatever it says: samples send it as plain text and as a form
        return list(_xml_pairs(body))
    if kind == MULTIPART and MULTIPART in accepted:
        return _multipart_pairs(body, content_type)
    if kind in (FORM, "") and FORM in accepted:
        return list(query_pairs(body.decode("utf-8", "replace")))
    raise Unreadable(f"a body of type {kind or 'unknown'} is not read here")


def merged(
    pairs: Iterable[tuple[str, str]], names: Mapping[str, str], *, any_case: bool, join: str | None
) -> tuple[dict[str, str], list[str]]:
    """Give each field once under its documented name, and the names that came more than once.

    Args:
        pairs: names and values in the order in which they came.
        names: documented names by lower-case name.
        any_case: whether names match in any case.
        join: what joins repeated values; None lets the last one win.
    """
    fields: dict[str, str] = {}
    repeated: list[str] = []
    for sent, value in pairs:
        name = names.get(sent) or _documented(sent, names) if any_case else sent
        if name in fields:
            repeated.append(name)
            if join is not None:
                value = fields[name] + join + value  # noqa: PLW2901  (the joined value takes its place)
        fields[name] = value
    return fields, repeated


def _documented(sent: str, names: Mapping[str, str]) -> str:
    """Give a name as it is documented; brackets behind it, as PHP writes lists, do not count."""
    return names.get(sent.lower()) or names.get(sent.lower().removesuffix("[]"), sent)


def _decoded(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" in text:
        text = unquote(text, errors="replace")
    if not text.isascii():
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text


_SHORT: Final = 512
_decoded_again: Final = lru_cache(maxsize=1024)(_decoded)
"""Texts of messages come again and again."""


def _json_pairs(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise Unreadable("the body is JSON, but no object")
    try:
        yield from [(name, _text(value)) for name, value in document.items()]
    except (RecursionError, TypeError) as error:  # orjson writes fewer levels than it reads
        raise Unreadable("the JSON of the body is nested too deeply") from error


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        texts = [_text(each) for each in value]
        if not any("," in text or isinstance(each, dict | list) for text, each in zip(texts, value, strict=True)):
            return ",".join(texts)
    if isinstance(value, dict | list):  # what joining would lose stays JSON
        return orjson.dumps(value).decode()
    return str(value)


def _xml_pairs(body: bytes) -> Iterator[tuple[str, str]]:
    """Give every element that holds no other by its name, wherever it stands; entities of its own are refused."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415  (rarely needed)

    from defusedxml import DefusedXmlException  # noqa: PLC0415  (as above)
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415  (as above)

    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable(f"the body is not XML: {str(error) or type(error).__name__}") from error
    for element in root.iter():
        if not len(element) and isinstance(element.tag, str):
            yield element.tag.rpartition("}")[2], (element.text or "").strip()


def _multipart_pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    head = b"Content-Type: " + content_type.encode("utf-8", "replace").replace(b"\n", b"") + b"\r\n\r\n"
    parsed = message_from_bytes(head + body)
    if not parsed.is_multipart():
        raise Unreadable("the body has no parts of the boundary that it names")
    pairs = []
    for part in parsed.get_payload():
        name = part.get_param("name", header="content-disposition") if isinstance(part, MimeMessage) else None
        if isinstance(part, MimeMessage) and isinstance(name, str):
            payload = part.get_payload(decode=True)
            pairs.append((name, payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""))
    return pairs

"""Splits what is written like a query, and makes one mapping of the fields, however they came."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote


def query_pairs(query: str, charset: str = "utf-8") -> Iterator[tuple[str, str]]:
    """Split a query string or form; percent-garbage stays as it is, bytes that make no character become U+FFFD."""
    if not query:
        return
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            yield _decoded(name, charset), _decoded(value, charset)


def read_percent_u(query: str) -> str:
    """Write `%uNNNN`, as `escape` of JavaScript makes it, as UTF-8 that is percent-encoded; two may be a pair."""
    return _percent_u.sub(
        lambda run: quote(bytes.fromhex(run[0].replace("%u", "")).decode("utf-16-be", "replace"), safe=""), query
    )


_percent_u: Final = re.compile("(?:%u[0-9A-Fa-f]{4})+")


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
    repeated: dict[str, list[str]] = {}
    for sent, value in pairs:
        name = names.get(sent) or _documented(sent, names) if any_case else sent
        if name in fields:
            repeated.setdefault(name, [fields[name]]).append(value)
        fields[name] = value
    if join is not None:
        for name, values in repeated.items():
            fields[name] = join.join(values)
    return fields, list(repeated)


def _documented(sent: str, names: Mapping[str, str]) -> str:
    """Give a name as it is documented; brackets behind it, as PHP writes lists, do not count."""
    return names.get(sent.lower()) or names.get(_brackets("", sent.lower()), sent)


_brackets: Final = re.compile(r"\[[0-9]{0,4}\]$").sub


def _decoded(text: str, charset: str = "utf-8") -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" in text or not text.isascii():
        sent = _escapes(_meant if charset == "utf-8" else _meant_in(charset), text.encode("utf-8", "surrogateescape"))
        text = sent.decode("utf-8", "replace")
    return text


_escapes: Final = re.compile(rb"(?:%[0-9A-Fa-f]{2}){1,1000}").sub  # a thread that decodes lets others work in between


def _meant(run: re.Match[bytes]) -> bytes:
    """Give the bytes that a run of percent-encoded ones means: text in other scripts has long runs."""
    return bytes.fromhex(run[0].replace(b"%", b"").decode())


def _meant_in(charset: str) -> Callable[[re.Match[bytes]], bytes]:
    return lambda run: _meant(run).decode(charset, "replace").encode()


_SHORT: Final = 512
_decoded_again: Final = lru_cache(maxsize=1024)(_decoded)
"""Texts of messages come again and again."""

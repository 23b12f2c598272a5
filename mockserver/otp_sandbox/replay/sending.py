"""Makes requests of journal entries: with the fields that were kept, and the credentials of the lane that plays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

import orjson

from otp_sandbox.contract import Provider
from otp_sandbox.domain.seeds import draw
from otp_sandbox.lanes.secrets import MASK
from otp_sandbox.play.journal import Entry
from otp_specs import Operation

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
XML: Final = "application/xml"
Credentials = Mapping[str, str]
_WRONG: Final = "wrong"
_CUT: Final = " characters)"
_UNREADABLE: Final = "body_unreadable"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it goes out."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None


def why_not(entry: Entry) -> str | None:
    """Say why an entry cannot be played again, None if it can."""
    if entry.operation is None and entry.status not in (404, 405):
        return f"was refused before it was read (HTTP {entry.status}), and is not played"
    return None


def what_differs(entry: Entry, provider: Provider | None) -> str | None:
    """Say in what a request differs from the one that came, None if nothing is known."""
    if any(value.endswith(_CUT) and "… (" in value for value in entry.fields.values()):
        return "a field was too long to be kept whole"
    if entry.cause == _UNREADABLE:
        return "its body could not be read; another one like it is sent"
    if entry.body_type and entry.operation is None:
        return "its body was not kept"
    if entry.body_type:
        kind = _kind(entry, _operation(entry, provider))
        if kind != entry.body_type:
            return f"it came as {entry.body_type} and goes by its fields alone, as {kind}"
        if kind == JSON:
            return "its JSON goes by its fields, all as texts"
    return None


def attempts(entry: Entry, provider: Provider | None, credentials: Mapping[str, Credentials]) -> Iterator[Sent]:
    """Give the request, and others that it may have been.

    Where credentials were refused, the journal does not tell which of them was wrong: all that were masked are wrong
    first, and right at last. None of these changes anything, unless it is the right one.
    """
    operation = _operation(entry, provider)
    for own, header in _guesses(entry, provider, credentials):
        fields = {name: own.get(name, value) if value == MASK else value for name, value in entry.fields.items()}
        headers = {"Host": entry.host} if entry.host else {}
        if header:
            headers["Authorization"] = header
        yield _sent(entry, operation, fields, headers)


def _guesses(
    entry: Entry, provider: Provider | None, credentials: Mapping[str, Credentials]
) -> Iterator[tuple[Credentials, str]]:
    """Give what the masked fields may have been, and the Authorization header."""
    if provider is None:
        yield {name: value for held in credentials.values() for name, value in held.items()}, ""
        return
    identity, right = provider.identity, credentials[provider.name]
    is_bare = not any(name in entry.fields for name in identity.fields)
    takes_header = is_bare and "authorization" in identity.secrets
    first = identity.fields[0]
    if entry.cause not in identity.checks:
        yield right, right[first] if takes_header else ""
        return
    wrong, forged = dict.fromkeys(identity.fields, _WRONG), identity.mint(draw(0, "replay", "wrong"))
    if not is_bare:
        yield wrong, ""
        yield forged, ""
        sent = [name for name in identity.locators if name in entry.fields]
        yield from (({**wrong, name: right[name]}, "") for name in sent if len(sent) < len(identity.fields))
    yield right, ""
    if takes_header:
        yield from (({}, each) for each in (_WRONG, forged[first], right[first]))


def _operation(entry: Entry, provider: Provider | None) -> Operation | None:
    if provider is None or entry.operation is None:
        return None
    found = [
        each for each in provider.spec.operations if each.name == entry.operation and each.method == entry.method
    ] or [each for each in provider.spec.operations if each.name == entry.operation]
    fitting = [each for each in found if _fits(each.path, entry.path)]
    return next(iter([*fitting, *found]), None)


def _fits(template: str, path: str) -> bool:
    expected, segments = template.partition("#")[0].split("/"), path.split("/")
    return len(expected) == len(segments) and all(
        each.startswith("{") or each.lower() == segment.lower()
        for each, segment in zip(expected, segments, strict=True)
    )


def _sent(entry: Entry, operation: Operation | None, fields: dict[str, str], headers: dict[str, str]) -> Sent:
    path, in_path = entry.path, _path_fields(operation)
    if operation is not None and MASK in path:
        path = operation.path
        for name in in_path:
            path = path.replace(f"{{{name}}}", quote(fields.get(name, ""), safe=""))
    rest = {name: value for name, value in fields.items() if name not in in_path}
    target = quote(path, safe="/%:@!$&'()*+,;=~")
    if not entry.body_type or operation is None:
        return Sent(entry.method, target + (f"?{urlencode(rest)}" if rest else ""), headers)
    kind = _kind(entry, operation)
    body = b"{" if entry.cause == _UNREADABLE else _body(kind, rest)
    return Sent(entry.method, target, {**headers, "Content-Type": kind}, body)


def _path_fields(operation: Operation | None) -> list[str]:
    if operation is None:
        return []
    return [name for name in operation.fields if f"{{{name}}}" in operation.path]


def _kind(entry: Entry, operation: Operation | None) -> str:
    """Give the media type that a body goes as: its own, or one that the operation takes."""
    accepted: Iterable[str] = operation.bodies if operation is not None else ()
    if entry.body_type in (JSON, FORM):
        return entry.body_type
    return next((each for each in (JSON, FORM, XML) if each in accepted), JSON)


def _body(kind: str, fields: Mapping[str, str]) -> bytes:
    if kind == JSON:
        return orjson.dumps(fields)
    if kind == FORM:
        return urlencode(fields).encode()
    elements = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<RQST>{elements}</RQST>".encode()

"""What a recorder has heard at a real target, played again in a sandbox: which choices answer as the target did.

Ids that the target made are replaced by those that the sandbox makes. A code that the target confirmed is pinned before
the send that it must have come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
import orjson

from otp_conformance.control import Control
from otp_conformance.exchange import read_xml
from otp_conformance.rooms import ROOMS, spec_of
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.transport import HttpTransport, Request
from otp_specs import Operation

KIND: Final = "otp-sandbox recording"
FORMAT: Final = 1
EXCHANGES_MOST: Final = 1_000
"""Exchanges that are played: once for each option of each choice that may matter."""
_MASK: Final = "***"
_ID_LEAST: Final = 5
"""Characters of what may be an id."""
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_XML: Final = "application/xml"


class Heard(msgspec.Struct):
    """A request that went through a recorder, and its answer."""

    at: datetime
    provider: str
    operation: str
    method: str
    path: str
    fields: dict[str, str]
    status: int
    answer: str
    body_type: str = ""
    authorization: str = ""


class _Head(msgspec.Struct):
    kind: Any = None
    format: Any = None


@dataclass(slots=True)
class Findings:
    """How a sandbox answers what was recorded.

    Attributes:
        count: how many exchanges there are.
        alike: how many of them have the code that was recorded, with the choices as they are.
        otherwise: the others, a line each.
        choices: the options with which more are alike.
        alike_then: how many are alike with all of these.
    """

    count: int = 0
    alike: int = 0
    otherwise: list[str] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)
    alike_then: int = 0


def read(data: bytes) -> list[Heard]:
    """Read a recording.

    Raises:
        ValueError: it is none, or longer than what is played. A last line that was cut off is left out.
    """
    first, _, rest = data.partition(b"\n")
    try:
        head = msgspec.json.decode(first, type=_Head)
    except msgspec.DecodeError as error:
        raise ValueError("is no recording") from error
    if head.kind != KIND or head.format != FORMAT:
        raise ValueError(f"is no recording of format {FORMAT}")
    lines = rest.split(b"\n")[:-1]  # what has no end was cut off
    if len(lines) > EXCHANGES_MOST:
        raise ValueError(f"has more than {EXCHANGES_MOST} exchanges")
    decode = msgspec.json.Decoder(Heard).decode
    heard = []
    for number, line in enumerate(lines, 2):
        try:
            heard.append(decode(line))
        except msgspec.DecodeError as error:
            raise ValueError(f"line {number}: {error}") from error
        if heard[-1].at.tzinfo is None or _operation(heard[-1]) is None:
            raise ValueError(f"line {number}: no instant with an offset, or no operation that is described here")
    return heard


async def propose(url: str, token: str, heard: Sequence[Heard]) -> Findings:
    """Play a recording with each option that may matter, each time in a lane of its own.

    Raises:
        CouldNotRun: the target does not answer, or lends no lanes.
    """
    http = HttpTransport()
    try:
        control = Control(url.rstrip("/"), token, http)
        await control.discover()
        return await _find(control, _Playing(control, http, heard), heard)
    except NotApplicable as error:
        raise CouldNotRun(str(error)) from error
    finally:
        await http.close()


async def _find(control: Control, playing: _Playing, heard: Sequence[Heard]) -> Findings:
    plain = await playing.play({})
    otherwise = [line for line in plain if line is not None]
    found = Findings(len(heard), len(heard) - len(otherwise), otherwise)
    if not otherwise:
        return found
    for choice, options in _that_may_matter(control, heard):
        counts = {option: _alike(await playing.play({choice: option})) for option in options}
        best = max(counts.values())
        winners = [option for option, count in counts.items() if count == best]
        if best > found.alike and len(winners) == 1:
            found.choices[choice] = winners[0]
    if found.choices:
        found.alike_then = _alike(await playing.play(found.choices))
    return found


def _alike(lines: Sequence[str | None]) -> int:
    return sum(line is None for line in lines)


def write_text(found: Findings) -> str:
    """Write what came out."""
    lines = [f"otherwise: {line}" for line in found.otherwise]
    lines.append(f"{found.alike} of {found.count} answers have the code that was recorded")
    lines += [f"proposed choice: {choice} = {option}" for choice, option in found.choices.items()]
    if found.choices:
        lines.append(f"with what is proposed: {found.alike_then} of {found.count}")
    return "\n".join(lines) + "\n"


def _that_may_matter(control: Control, heard: Iterable[Heard]) -> Iterator[tuple[str, list[str]]]:
    """Give the choices about what was called, each with the options that are not in force."""
    called: dict[str, set[str]] = {}
    for each in heard:
        operation = _operation(each)
        if operation is not None:
            called.setdefault(each.provider, set()).add(operation.name)
    for provider, names in called.items():
        for choice in spec_of(provider).choices.values():
            if choice.operations and not names & set(choice.operations):
                continue
            options = [
                each for each in choice.options or {} if each != choice.default and not control.lacks(choice.id, each)
            ]
            if options:
                yield choice.id, options


def _operation(heard: Heard) -> Operation | None:
    if heard.provider not in ROOMS:
        return None
    return next((each for each in spec_of(heard.provider).operations if each.id == heard.operation), None)


class _Playing:
    """Plays a recording in new lanes."""

    def __init__(self, control: Control, http: HttpTransport, heard: Sequence[Heard]) -> None:
        self._control = control
        self._http = http
        self._heard = heard
        self._pins = dict(_pins(heard))

    async def play(self, choices: Mapping[str, str]) -> list[str | None]:
        """Play all, and say of each what is otherwise; None where the code is the one that was recorded."""
        if not self._heard:
            return []
        wanted = {"choices": dict(choices), "clock": _frozen(self._heard[0].at), "any_sender": True}
        lane = await self._control.call("POST", "/lanes", wanted)
        try:
            return await self._played(str(lane["id"]), lane["credentials"])
        finally:
            await self._control.call("DELETE", f"/lanes/{quote(str(lane['id']))}")

    async def _played(self, lane: str, credentials: Mapping[str, Mapping[str, str]]) -> list[str | None]:
        told: list[str | None] = []
        ids: dict[str, str] = {}
        for number, each in enumerate(self._heard):
            await self._control.call("PUT", "/clock", _frozen(each.at), lane=lane)
            if number in self._pins:
                phone, code = self._pins[number]
                await self._control.call("PUT", f"/codes/{quote(phone, safe='')}", {"code": code}, lane=lane)
            request = self._request(each, credentials[each.provider], ids)
            reply = await self._http.send(request)
            _learn(ids, read_body(each.answer), read_body(reply.text))
            was, now = (
                _verdict(each.provider, each.status, each.answer),
                _verdict(each.provider, reply.status, reply.text),
            )
            name = f"{number + 1}. {request.operation.name} at {each.at.isoformat()}"
            told.append(None if was == now else f"{name}: recorded {_spelled(was)}, played {_spelled(now)}")
        return told

    def _request(self, heard: Heard, credentials: Mapping[str, str], ids: Mapping[str, str]) -> Request:
        operation = _operation(heard)
        if operation is None:
            raise CouldNotRun(f"{heard.operation} is not described here")
        room = ROOMS[heard.provider]
        fields = {
            name: credentials.get(name, value) if value == _MASK else ids.get(value, value)
            for name, value in heard.fields.items()
        }
        in_path = [name for name in operation.fields if f"{{{name}}}" in operation.path]
        path = heard.path
        if in_path:
            path = operation.path
            for name in in_path:
                path = path.replace(f"{{{name}}}", quote(fields.pop(name, ""), safe=""))
        headers = {"Authorization": credentials[room.credentials.sent[0]]} if heard.authorization else {}
        url, body = self._control.url + path, ""
        if heard.body_type:
            kind, body = _body(heard, fields)
            headers["Content-Type"] = kind
        elif fields:
            url += f"?{urlencode(fields)}"
        return Request(heard.provider, operation, heard.method, url, headers, body, costs=False)


def _body(heard: Heard, fields: Mapping[str, str]) -> tuple[str, str]:
    write_xml = ROOMS[heard.provider].wire.xml
    if heard.body_type not in (_JSON, _FORM) and write_xml is not None:
        return _XML, write_xml(fields)
    if heard.body_type == _FORM:
        return _FORM, urlencode(fields)
    return _JSON, orjson.dumps(fields).decode()


def _frozen(at: datetime) -> dict[str, str]:
    return {"mode": "frozen", "now": at.isoformat()}


def _verdict(provider: str, status: int, answer: str) -> tuple[int, Any]:
    """Give what an answer says in the end: HTTP status and code."""
    return status, ROOMS[provider].wire.read_code(read_body(answer))


def read_body(answer: str) -> Any:
    """Give an answer as values; None if it is neither JSON nor XML."""
    if answer.lstrip().startswith("<"):
        return read_xml(answer)
    try:
        return orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None


def _spelled(verdict: tuple[int, Any]) -> str:
    status, code = verdict
    return f"code {code} (HTTP {status})" if code is not None else f"HTTP {status} without a code"


def _learn(ids: dict[str, str], old: Any, new: Any) -> None:
    """Note what stands where the target had something else: it may be an id, which is asked for later."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() & new.keys():
            _learn(ids, old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            _learn(ids, one, other)
    elif isinstance(old, str | int) and isinstance(new, str | int) and old != new and len(str(old)) >= _ID_LEAST:
        ids[str(old)] = str(new)


def _pins(heard: Sequence[Heard]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Say which code each send must have made: of those that were checked for its phone, in their order."""
    sends: dict[tuple[str, str], list[int]] = {}
    codes: dict[tuple[str, str], dict[str, int]] = {}
    for number, each in enumerate(heard):
        operation = _operation(each)
        role = operation.role if operation is not None else ""
        if role == "send" and _succeeded(each):
            for value in dict.fromkeys(each.fields.values()):
                sends.setdefault((each.provider, value), []).append(number)
        elif role == "verify":
            values = [value for value in each.fields.values() if value not in ("", _MASK)]
            phone = next((value for value in values if (each.provider, value) in sends), None)
            rest = [value for value in values if value != phone]
            if phone is not None and len(rest) == 1 and rest[0].isalnum():
                codes.setdefault((each.provider, phone), {}).setdefault(rest[0], number)
                if _succeeded(each):
                    codes[each.provider, phone][rest[0]] = -1
    for key, checked in codes.items():
        confirmed = [code for code, at in checked.items() if at < 0]
        made = confirmed if len(confirmed) >= len(sends[key]) else _with_refused(confirmed, checked, len(sends[key]))
        for number, code in zip(sends[key], made, strict=False):
            yield number, (key[1], code)


def _with_refused(confirmed: Sequence[str], checked: Mapping[str, int], count: int) -> list[str]:
    """Where fewer codes were confirmed than sent, those that were refused may have been real too."""
    refused = [code for code in checked if code not in confirmed][: count - len(confirmed)]
    return [code for code in checked if code in confirmed or code in refused]


def _succeeded(heard: Heard) -> bool:
    spec, wire = spec_of(heard.provider), ROOMS[heard.provider].wire
    code = wire.read_code(read_body(heard.answer))
    return any(row.success and str(code) in (str(row.code), row.message) for row in spec.outcomes.values())

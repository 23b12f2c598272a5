"""The control API of a target: what it offers, and calls whose answers are held against what the suite reads there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict
from urllib.parse import quote

import msgspec

from otp_conformance.case import Feature
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.transport import HttpTransport

PREFIX: Final = "/_sandbox/v1"
_OK, _NO_CONTENT, _REFUSED = 200, 204, 400
_ANY: Final = re.escape("{}")
_CLOSED: Final = (401, 403)
_NOT_UNDERSTOOD: Final = (405, 422, 501)
"""What a target answers that knows a call or a value of it not yet, or not any more."""
_POWERS: Final[Mapping[Feature, tuple[str, ...]]] = {
    Feature.LANES: ("POST /lanes", "DELETE /lanes/{lane}"),
    Feature.CLOCK: ("GET /clock", "PUT /clock", "POST /clock/advance"),
    Feature.ACCOUNTS: ("GET /accounts/{provider}", "PATCH /accounts/{provider}"),
    Feature.CHOICES: ("GET /choices", "PATCH /choices"),
    Feature.MESSAGES: ("GET /messages", "POST /messages/{id}/status"),
    Feature.READ_CODE: ("GET /messages",),
    Feature.RENTALS: ("GET /rentals", "POST /rentals/{id}/sms", "POST /rentals/{id}/call"),
    Feature.CALLBACKS: ("GET /callbacks",),
    Feature.CONCURRENCY: (),
}
"""What each power needs. All calls but those of lanes themselves are made in a lane, so that nobody is disturbed."""


class _Lane(TypedDict):
    id: str
    credentials: dict[str, dict[str, str]]


class _Clock(TypedDict):
    now: str


class _Message(TypedDict):
    id: str
    text: str
    code: str | None


class _Messages(TypedDict):
    messages: list[_Message]


class _Attempt(TypedDict):
    duration_ms: float | None


class _Callback(TypedDict):
    url: str
    attempts: list[_Attempt]


class _Callbacks(TypedDict):
    callbacks: list[_Callback]


class _Rental(TypedDict):
    id: str
    state: str


class _Rentals(TypedDict):
    rentals: list[_Rental]


class _Codes(TypedDict):
    codes: list[dict[str, Any]]


_READ: Final[Mapping[str, Any]] = {
    "GET /callbacks": _Callbacks,
    "GET /choices": dict[str, str],
    "GET /clock": _Clock,
    "GET /codes": _Codes,
    "GET /messages": _Messages,
    "GET /rentals": _Rentals,
    "POST /clock/advance": _Clock,
    "POST /lanes": _Lane,
}
"""What the suite reads of an answer, by the call. Others are objects, whose members are guarded one by one."""


class _Told(dict[str, Any]):
    """An object of the control API. That a member is not there is no fault of a provider."""

    def __missing__(self, name: str) -> Any:
        raise CouldNotRun(f"the control API tells no {name}")


@dataclass(slots=True)
class Control:
    """The control API of a target, once it is found out what it offers.

    Attributes:
        url: where the target is.
        token: what the API asks for, where it asks.
        http: the connections.
        offered: its calls, like `GET /lanes/{}/messages`; none before it was asked, and where there is no such API.
        plays: the providers that it names; None where it names none.
        options: the options of each choice that it knows; none where it does not tell them.
        closed: whether it wants a token that it did not get.
        any_sender: whether its lanes know every sender, unless one is asked for that does not.
    """

    url: str
    token: str
    http: HttpTransport
    offered: frozenset[str] = frozenset()
    plays: frozenset[str] | None = None
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    closed: bool = False
    any_sender: bool = False
    _pattern: re.Pattern[str] | None = None

    async def discover(self) -> None:
        """Find out what there is, by `/info`, `/openapi.json`, `/choices` and what is told of behaviours.

        Raises:
            CouldNotRun: nobody answers.
        """
        status, info = await self._fetch("GET", "/info")
        self.closed = status in _CLOSED
        if status != _OK or not isinstance(info, dict):
            return
        self.offered, self._pattern = _calls_of(await self._read("/openapi.json", "paths", dict)), None
        played = info.get("providers")
        self.plays = frozenset(map(str, played)) if isinstance(played, list) else None
        settings = info.get("settings")
        self.any_sender = isinstance(settings, dict) and settings.get("any_sender") is True
        _, chosen = await self._fetch("GET", "/choices")
        told: dict[str, frozenset[str]] = {}
        for provider in sorted(self.plays or ()):
            for row in await self._read(f"/providers/{quote(provider)}/behaviours", "behaviours", list):
                if isinstance(row, dict) and isinstance(row.get("options"), dict):
                    told[str(row.get("id"))] = frozenset(row["options"])
        self.options = {name: told.get(name, frozenset()) for name in chosen} if isinstance(chosen, dict) else {}

    async def _read(self, path: str, member: str, kind: type) -> Any:
        """Read a member of a kind; an empty one where it is not there."""
        status, document = await self._fetch("GET", path)
        held = document.get(member) if status == _OK and isinstance(document, dict) else None
        return held if isinstance(held, kind) else kind()

    @property
    def powers(self) -> frozenset[Feature]:
        """The powers for which there are enough calls. Without lanes a code can be read, and nothing is changed."""
        if not self._has(_POWERS[Feature.LANES]):
            return frozenset({Feature.READ_CODE} if self._has(_POWERS[Feature.READ_CODE]) else ())
        under_lane = {power: [_under_lane(call) for call in calls] for power, calls in _POWERS.items()}
        return frozenset(power for power, calls in under_lane.items() if power is Feature.LANES or self._has(calls))

    def _has(self, calls: Iterable[str]) -> bool:
        return all(_nameless(call) in self.offered for call in calls)

    def lacks(self, choice: str, option: str) -> str | None:
        """Say why an option cannot be chosen, or None if it can."""
        if choice not in self.options:
            return f"the target knows no choice {choice}"
        known = self.options[choice]
        return f"the target knows no {choice}={option}" if known and option not in known else None

    async def call(self, method: str, path: str, body: Any = None, *, lane: str | None = None) -> Any:
        """Make a call, in a lane or outside of any, and give what it tells.

        Raises:
            NotApplicable: the target has no such call, or does not know what is asked for.
            CouldNotRun: it does not answer, refuses, or tells something of another shape.
        """
        bare, inside = path.partition("?")[0], f"/lanes/{quote(lane)}" if lane is not None else ""
        if self.offered and not self._offers(f"{method} {inside}{bare}"):
            raise NotApplicable(f"the target has no {method} {bare}")
        status, document = await self._fetch(method, inside + path, body)
        if status >= _REFUSED:
            detail = document.get("detail") if isinstance(document, dict) else None
            told = f"{method} {bare} of the control API: {detail or f'HTTP {status}'}"
            if status in _NOT_UNDERSTOOD:
                raise NotApplicable(f"the target does not take {told}")
            raise CouldNotRun(told)
        if status == _NO_CONTENT:
            return None
        try:
            msgspec.convert(document, _READ.get(f"{method} {bare}", dict[str, Any] if method == "GET" else Any))
        except msgspec.ValidationError as error:
            raise CouldNotRun(f"{method} {bare} of the control API has another shape: {error}") from error
        return _guard(document)

    def _offers(self, asked: str) -> bool:
        """Whether a call is among those that are offered."""
        if self._pattern is None:
            anything = "|".join(re.escape(call).replace(_ANY, "[^/]*") for call in self.offered)
            self._pattern = re.compile(anything)
        return self._pattern.fullmatch(asked) is not None

    async def _fetch(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        more: dict[str, Any] = {"json": {} if body is None else body} if method in ("POST", "PUT", "PATCH") else {}
        return await self.http.fetch(method, f"{self.url}{PREFIX}{path}", headers=headers, **more)


def _calls_of(paths: Mapping[str, Any]) -> frozenset[str]:
    """List the calls of an OpenAPI document, without the prefix of the control API."""
    return frozenset(
        _nameless(f"{method.upper()} {path.removeprefix(PREFIX)}")
        for path, item in paths.items()
        if path.startswith(PREFIX) and isinstance(item, dict)
        for method in item
    )


def _nameless(call: str) -> str:
    """Give a call with nothing in its braces: what a place in a path is called does not matter."""
    return re.sub(r"\{\w*\}", "{}", call)


def _under_lane(call: str) -> str:
    method, _, path = call.partition(" ")
    return f"{method} /lanes/{{}}{path}"


def _guard(value: Any) -> Any:
    """Give what was told, with objects that say whose fault it is when a member is missing."""
    if isinstance(value, dict):
        return _Told({name: _guard(each) for name, each in value.items()})
    return [_guard(each) for each in value] if isinstance(value, list) else value

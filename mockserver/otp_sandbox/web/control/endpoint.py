"""What an endpoint of the control API is, and what it works with."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from otp_sandbox.contract import Provider
from otp_sandbox.domain.store import Store
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.registry import Registry
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.lanes.snapshots import Coding
from otp_sandbox.play.redaction import Redactor
from otp_sandbox.settings import Settings
from otp_sandbox.web.callbacks import Sender
from otp_sandbox.web.connections import Connection
from otp_sandbox.web.control.pace import Streams
from otp_sandbox.web.figures import Figures
from otp_sandbox.web.problems import Problem, wrong

if TYPE_CHECKING:
    from otp_sandbox.interception.authority import Authority  # loads cryptography

Json = dict[str, Any]
_SHOWN = 64
"""Characters of a wrong value that a problem repeats."""
_E164 = re.compile(r"\+[0-9]{1,15}")
PREFIX: Final = "/_sandbox/v1"


@dataclass(frozen=True, slots=True)
class Control:
    """What the endpoints work with."""

    settings: Settings
    providers: Mapping[str, Provider]
    store: Store
    registry: Registry
    schedule: Schedule
    sender: Sender
    real_now: Callable[[], datetime]
    redactor: Redactor
    figures: Figures
    coding: Coding
    authority: Authority | None
    urls: Callable[[], list[str]]
    proxy_url: Callable[[], str | None]
    streams: Streams = field(default_factory=Streams)

    def fold(self, text: str) -> frozenset[str]:
        """Give the E.164 numbers that a spelling may mean, whoever's spelling it is."""
        found = {provider.phones.fold(text) for provider in self.providers.values()}
        if _E164.fullmatch(text):
            found.add(text)
        return frozenset(each for each in found if each is not None)

    def recipient(self, field_name: str, text: str) -> frozenset[str]:
        """Fold a spelling; what names a recipient otherwise than by a phone stays as it is.

        Raises:
            Problem: it is no phone number of anybody's, and nothing else that names a recipient.
        """
        if any(provider.phones.others(text) for provider in self.providers.values()):
            return self.fold(text) | {text}
        return self.phones(field_name, text)

    def phones(self, field_name: str, text: str) -> frozenset[str]:
        """Fold a spelling of a phone.

        Raises:
            Problem: it is no phone number of anybody's.
        """
        phones = self.fold(text)
        if not phones:
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            raise wrong(field_name, f"{shown!r} is not a phone number that any provider here takes")
        return phones

    def provider(self, name: str) -> Provider:
        """Find a provider.

        Raises:
            Problem: it is not played here.
        """
        provider = self.providers.get(name)
        if provider is None:
            raise Problem(404, f"provider {name} is not played here; there are {', '.join(self.providers)}")
        return provider


def find_provider(providers: Mapping[str, Provider], field_name: str, name: str) -> Provider:
    """Find a provider that a field names.

    Raises:
        Problem: it is not played here.
    """
    provider = providers.get(name)
    if provider is None:
        raise wrong(field_name, f"{name!r} is not played here; there are {', '.join(providers)}")
    return provider


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A request to the control API: path parameters as text, query and body as the endpoint's models."""

    control: Control
    http: web.BaseRequest
    path: Mapping[str, str]
    query: Any
    body: Any
    lane_or_none: Lane | None

    @property
    def lane(self) -> Lane:
        """The lane that the path names."""
        if self.lane_or_none is None:
            raise LookupError("this endpoint is not under a lane")
        return self.lane_or_none

    def is_wanted(self) -> bool:
        """Whether the client is still there: what takes `long` stops when it has left."""
        return isinstance(self.http.protocol, Connection) and not self.http.protocol.is_gone

    @property
    def base_url(self) -> str:
        """Where the caller reached this server. A Host that is no UTF-8 has something else in its place."""
        host = self.http.host.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return f"{self.http.scheme}://{host}"


@dataclass(frozen=True, slots=True)
class ControlEndpoint:
    """One method at one path; GET answers HEAD too.

    `path` is below `root`; with `lane` it exists there for the lane `default`, and below `/lanes/{lane}`. `root` is
    empty for what has no version of its own, as it is written in the format of others.
    What is `public` is given without the token: it shows nothing that a sandbox holds.
    What is due in the lane is fired before the handler runs, unless it `settles` the lane itself.
    One that may take `long` looks whether its client is still there (`ControlRequest.is_wanted`).
    `query` and `body` are the types that they are read as, `headers` what else the handler looks at, `answer` the shape
    of what comes back (None: 204).
    With `body_most` a body may have so many bytes, and the handler gets them as they are.

    The handler gives JSON values of that shape, or a ready `Reply` (a page, a file), or a `Stream`; for those two
    `content_type` says what the shape is written as: `answer=str, content_type="text/html"`.
    """

    method: str
    path: str
    summary: str
    handler: Callable[[ControlRequest], Awaitable[Any]]
    answer: Any = None
    status: int = 200
    query: type[Any] | None = None
    body: type[Any] | None = None
    lane: bool = True
    public: bool = False
    settles: bool = True
    content_type: str = "application/json"
    problems: tuple[int, ...] = ()
    long: bool = False
    root: str = PREFIX
    body_most: int | None = None
    headers: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it stands: its path, and the same below a lane."""
        alone = self.root + self.path
        return (alone, f"{self.root}/lanes/{{lane}}{self.path}") if self.lane else (alone,)

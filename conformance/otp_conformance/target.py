"""What a suite is run against, which powers it lends, and the worlds that it gives to cases."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from otp_conformance.case import Feature
from otp_conformance.rooms import ROOMS
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.terms import Terms
from otp_conformance.transport import HttpTransport, PacedTransport, Request, Transport, no_answer

CONTROL = "/_sandbox/v1"
SANDBOX = "otp-sandbox"
"""What a sandbox of this project calls itself."""


class AccountCredentials(dict[str, str]):
    """Credentials of an account; a case that needs another kind does not apply."""

    def __missing__(self, name: str) -> str:
        raise NotApplicable(f"no credential {name}")


@dataclass(frozen=True, slots=True)
class World:
    """What a case plays in: credentials by provider and, in a sandbox, a lane of its own."""

    credentials: Mapping[str, Mapping[str, str]]
    lane: str | None = None

    @property
    def secrets(self) -> frozenset[str]:
        """All values that are never shown."""
        return frozenset(value for each in self.credentials.values() for value in each.values())


@dataclass(slots=True)
class Target:
    """Something that plays a provider, or is one.

    Attributes:
        url: where it is; `urls` has other addresses for single providers.
        credentials: by provider, those of the world that all cases share where there are no lanes.
        features: the powers that it lends.
        choices: how it plays contested points.
        token: of its control API.
        lane_prefix: how the ids of lanes begin.
        min_interval: seconds between two requests that cost money; None leaves it to the provider.
        rate: requests a second at most; 0 knows no limit.
        has_control: whether there can be a control API.
        terms: on what terms cases run.
    """

    url: str
    credentials: Mapping[str, Mapping[str, str]]
    features: frozenset[Feature] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    lane_prefix: str = ""
    min_interval: float | None = None
    rate: int = 0
    urls: Mapping[str, str] = field(default_factory=dict)
    has_control: bool = True
    terms: Terms = field(default_factory=Terms)
    http: HttpTransport = field(default_factory=HttpTransport)
    transport: Transport = field(init=False)

    def __post_init__(self) -> None:
        """Put the transports around each other."""
        self.transport = self.terms.wrap(PacedTransport(self.http, self.rate, self._interval))

    def base(self, provider: str) -> str:
        """Give the address at which a provider is."""
        return self.urls.get(provider, self.url)

    def _interval(self, request: Request) -> float:
        """Give what was asked for; between rents of a shared account, else, what the provider wants."""
        if self.min_interval is not None:
            return self.min_interval
        shared = request.operation.role == "rent" and Feature.LANES not in self.features
        return ROOMS[request.provider].calls.seconds_between_rents if shared else 0.0

    async def discover(self) -> None:
        """Find out whether there is a control API, and with it the powers that it lends.

        Raises:
            CouldNotRun: nobody answers.
        """
        if not self.has_control:
            return
        try:
            async with self.http.session.get(self.url):
                pass
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise no_answer(self.url, error) from error
        try:
            info = await self.control("GET", "/info")
        except CouldNotRun:
            return
        if isinstance(info, dict) and info.get("name") == SANDBOX:
            self.features = frozenset(Feature)

    async def make_world(self, choices: Mapping[str, str]) -> World:
        """Take a lane of its own for a case, or the account that there is.

        Raises:
            CouldNotRun: the control API gives none.
        """
        if Feature.LANES not in self.features:
            return World({name: AccountCredentials(each) for name, each in self.credentials.items()})
        wanted: dict[str, Any] = {"clock": {"mode": "frozen"}, "choices": {**self.choices, **choices}}
        if self.lane_prefix:
            wanted["id"] = f"{self.lane_prefix}.{time.monotonic_ns()}"
        made = await self.control("POST", "/lanes", wanted)
        return World(made["credentials"], made["id"])

    async def release(self, world: World) -> None:
        """Give a world back."""
        if world.lane is not None:
            await self.control("DELETE", f"/lanes/{quote(world.lane)}")

    async def control(self, method: str, path: str, body: Any = None, *, world: World | None = None) -> Any:
        """Use the control API, in the lane of a world or outside of any.

        Raises:
            CouldNotRun: it does not answer, or refuses.
            NotApplicable: there cannot be one.
        """
        if not self.has_control:
            raise NotApplicable("a real provider has no control API")
        prefix = f"/lanes/{quote(world.lane)}" if world is not None and world.lane is not None else ""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        more: dict[str, Any] = {"json": {} if body is None else body} if method in ("POST", "PUT", "PATCH") else {}
        url = f"{self.url}{CONTROL}{prefix}{path}"
        try:
            async with self.http.session.request(method, url, headers=headers, **more) as answer:
                if answer.status == 204:  # noqa: PLR2004  (No Content)
                    return None
                document = await answer.json(content_type=None)
                if answer.status >= 400:  # noqa: PLR2004  (HTTP's own bound)
                    raise CouldNotRun(f"{method} {path} of the control API: {document.get('detail', answer.status)}")
                return document
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise no_answer(self.url, error) from error

"""What a suite is run against, and which powers it lends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp

from otp_conformance.case import Feature
from otp_specs import Operation

if TYPE_CHECKING:
    from otp_conformance.codes import CodeChannel
    from otp_conformance.live import Live

CONTROL = "/_sandbox/v1"
RENT_INTERVAL = 5.1
"""Seconds between two rents where the account is shared: the provider wants at least five."""
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "esms": {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"},
    "amoot": {"Token": "SANDBOX-TOKEN", "UserName": "sandbox", "Password": "sandbox"},
    "thuesim": {"token": "SANDBOX-TOKEN"},
}
"""What a sandbox's lane `default` is known to have."""


def mark(mutant: str) -> str:
    """Write a mutant's name as a lane's id can hold it: names are long and have signs in them."""
    return blake2s(mutant.encode(), digest_size=8).hexdigest()


class CouldNotRun(Exception):
    """The target did not answer, or a power failed that it said it had. That is no verdict."""


class NotApplicable(Exception):
    """A case turns out to need what the target does not lend, or what nobody allowed."""


class Held(dict[str, str]):
    """Credentials of an account; a case that needs another kind does not apply."""

    def __missing__(self, name: str) -> str:
        raise NotApplicable(f"no credential {name}")


@dataclass(frozen=True, slots=True)
class Lane:
    """The world of a case: credentials by provider and, where there is one, the lane's id."""

    credentials: Mapping[str, Mapping[str, str]]
    id: str | None = None

    @property
    def secrets(self) -> frozenset[str]:
        """All values that are never shown."""
        return frozenset(value for each in self.credentials.values() for value in each.values())


@dataclass(slots=True)
class Target:
    """Something that plays a provider, or is one."""

    url: str
    credentials: Mapping[str, Mapping[str, str]]
    features: frozenset[Feature]
    codes: CodeChannel
    choices: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    min_interval: float | None = None
    mutant: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    live: Live | None = None
    rate: int = 0
    _last: float = 0.0
    _slot: float = 0.0

    def base(self, provider: str) -> str:
        """Give the address at which a provider is."""
        return self.urls.get(provider, self.url)

    async def pause(self, operation: Operation) -> None:
        """Keep the rate of all requests, and the interval between two that cost money.

        The interval is the one asked for; between rents of a shared account, else, the provider's own.
        """
        if self.rate:
            slot = max(time.monotonic(), self._slot)
            self._slot = slot + 1 / self.rate
            await asyncio.sleep(slot - time.monotonic())
        shared = operation.role == "rent" and Feature.LANES not in self.features
        interval = self.min_interval if self.min_interval is not None else RENT_INTERVAL if shared else 0.0
        if not interval or operation.role not in ("send", "rent"):
            return
        if self.live is not None and not self.live.pays(operation):
            return
        left = self._last + interval - time.monotonic()
        if left > 0:
            await asyncio.sleep(left)
        self._last = time.monotonic()

    async def lane_for(self, session: aiohttp.ClientSession, choices: Mapping[str, str]) -> Lane:
        """Take a lane of its own for a case, or the one that there is."""
        if Feature.LANES not in self.features:
            return Lane({name: Held(each) for name, each in self.credentials.items()})
        wanted: dict[str, Any] = {"clock": {"mode": "frozen"}, "choices": {**self.choices, **choices}}
        if self.mutant:
            wanted["id"] = f"mutant.{mark(self.mutant)}.{time.monotonic_ns()}"
        made = await self.control(session, None, "POST", "/lanes", wanted)
        return Lane(made["credentials"], made["id"])

    async def release(self, session: aiohttp.ClientSession, lane: Lane) -> None:
        """Give a lane back."""
        if lane.id is not None:
            await self.control(session, None, "DELETE", f"/lanes/{quote(lane.id)}")

    async def control(
        self, session: aiohttp.ClientSession, lane: Lane | None, method: str, path: str, body: Any = None
    ) -> Any:
        """Use the control API.

        Raises:
            CouldNotRun: it does not answer, or refuses.
        """
        if self.live is not None:
            raise NotApplicable("a real provider has no control API")
        prefix = f"/lanes/{quote(lane.id)}" if lane is not None and lane.id is not None else ""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        more: dict[str, Any] = {"json": {} if body is None else body} if method in ("POST", "PUT", "PATCH") else {}
        try:
            async with session.request(method, f"{self.url}{CONTROL}{prefix}{path}", headers=headers, **more) as answer:
                if answer.status == 204:  # noqa: PLR2004  (No Content)
                    return None
                document = await answer.json(content_type=None)
                if answer.status >= 400:  # noqa: PLR2004  (HTTP's own bound)
                    raise CouldNotRun(f"{method} {path} of the control API: {document.get('detail', answer.status)}")
                return document
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise CouldNotRun(f"{self.url} does not answer: {str(error) or type(error).__name__}") from error


async def sandbox_target(session: aiohttp.ClientSession, target: Target) -> Target:
    """Find out whether a target has a control API, and give the target with the powers that come with it.

    Raises:
        CouldNotRun: nobody answers there.
    """
    try:
        async with session.get(target.url):
            pass
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise CouldNotRun(f"{target.url} does not answer: {str(error) or type(error).__name__}") from error
    try:
        info = await target.control(session, None, "GET", "/info")
    except CouldNotRun:
        return target
    if isinstance(info, dict) and info.get("name") == "otp-sandbox":
        target.features = frozenset(Feature)
    return target

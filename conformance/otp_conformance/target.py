"""What a suite is run against, which powers it lends, and the worlds that it gives to cases."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from otp_conformance.case import Case, Feature
from otp_conformance.control import Control
from otp_conformance.response import option_in_force
from otp_conformance.rooms import ROOMS, spec_of
from otp_conformance.stops import NotApplicable, UsageError
from otp_conformance.terms import Terms
from otp_conformance.transport import HttpTransport, PacedTransport, Reply, Request, Transport
from otp_specs import Operation

LANE_TTL = "10m"
"""How long a lane stays that nobody uses: what a run leaves behind that is cut off goes by itself."""


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
        ca: a file with the certificates that are trusted.
        has_control: whether there can be a control API.
        changes_default: whether the lane `default` may be changed, which answers strangers.
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
    ca: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    has_control: bool = True
    changes_default: bool = False
    terms: Terms = field(default_factory=Terms)
    http: HttpTransport = field(init=False)
    api: Control = field(init=False)
    pace: PacedTransport = field(init=False)
    transport: Transport = field(init=False)

    def __post_init__(self) -> None:
        """Put the transports around each other."""
        self.http = HttpTransport(self.ca)
        self.api = Control(self.url, self.token, self.http)
        self.pace = PacedTransport(self.http, self.rate, self._interval, self._is_free)
        self.transport = self.terms.wrap(self.pace)

    def base(self, provider: str) -> str:
        """Give the address at which a provider is."""
        return self.urls.get(provider, self.url)

    def _interval(self, request: Request) -> float:
        """Give what was asked for; between rents of a shared account, else, what the provider wants."""
        if self.min_interval is not None:
            return self.min_interval
        shared = request.operation.role == "rent" and Feature.LANES not in self.features
        return ROOMS[request.provider].calls.seconds_between_rents if shared else 0.0

    def _is_free(self, reply: Reply) -> bool:
        """Whether a request was refused, and nobody asked for an interval after every one."""
        request = reply.request
        return self.min_interval is None and not succeeds(request.provider, request.operation, reply.json)

    async def discover(self) -> None:
        """Find out whether there is a control API, and with it the powers that it lends.

        Raises:
            CouldNotRun: nobody answers.
            UsageError: a token was given, and there is no control API that takes it.
        """
        if not self.has_control:
            return
        await self.http.look(self.url)
        await self.api.discover()
        if self.token and not self.api.offered:
            what = "the control API does not take it" if self.api.closed else "the target has no control API"
            raise UsageError(f"--control-token: {what}; leave it out for a run without a control API")
        self.features = self.api.powers

    def lacks(self, each: Case) -> str | None:
        """Say why a case cannot be tried: what it is about is not played there, or a power is missing."""
        played, features = self.api.plays, self.features
        if played is not None and each.provider not in played:
            return f"the target does not play {each.provider}"
        if each.provider not in self.credentials and Feature.LANES not in features:
            return f"no credentials for {each.provider}"
        needed = each.needs - {Feature.CHOICES} if self.terms.judges_every_option and each.choices else each.needs
        if needed - features:
            closed = " (its control API wants --control-token)" if self.api.closed else ""
            return f"the target cannot {', '.join(sorted(needed - features))}{closed}"
        if self.terms.judges_every_option:
            return None  # whether they are in force there is what the case finds out
        reasons = (self._lacks_option(each.provider, *pair) for pair in each.choices.items())
        return next((reason for reason in reasons if reason is not None), None)

    def _lacks_option(self, provider: str, choice: str, option: str) -> str | None:
        if Feature.CHOICES in self.features:
            return self.api.lacks(choice, option) if self.api.offered else None
        held = option_in_force(spec_of(provider), self.choices, choice)
        return None if held == option else f"{choice} is {held} here, the case is about {option}"

    async def make_world(self, choices: Mapping[str, str]) -> World:
        """Take a lane of its own for a case, or the account that there is.

        Raises:
            CouldNotRun: the control API gives none.
        """
        if Feature.LANES not in self.features:
            return World({name: AccountCredentials(each) for name, each in self.credentials.items()})
        wanted: dict[str, Any] = {"ttl": LANE_TTL}
        if Feature.CLOCK in self.features:
            wanted["clock"] = {"mode": "frozen"}
        if Feature.CHOICES in self.features:
            wanted["choices"] = {**self.choices, **choices}
        if self.api.any_sender:  # cases are about what is registered
            wanted["any_sender"] = False
        if self.lane_prefix:
            wanted["id"] = f"{self.lane_prefix}.{time.monotonic_ns()}"
        made = await self.control("POST", "/lanes", wanted)
        return World({name: AccountCredentials(each) for name, each in made["credentials"].items()}, made["id"])

    async def release(self, world: World) -> None:
        """Give a world back."""
        if world.lane is not None:
            await self.control("DELETE", f"/lanes/{quote(world.lane)}")

    async def control(self, method: str, path: str, body: Any = None, *, world: World | None = None) -> Any:
        """Use the control API, in the lane of a world or outside of any.

        Raises:
            CouldNotRun: it does not answer, or refuses.
            NotApplicable: there cannot be one, or it lacks what is asked for.
        """
        if not self.has_control:
            raise NotApplicable("a real provider has no control API")
        return await self.api.call(method, path, body, lane=world.lane if world is not None else None)


def succeeds(provider: str, operation: Operation, body: Any) -> bool:
    """Whether an answer of an operation tells of a success, by its code."""
    code, outcomes = ROOMS[provider].wire.read_code(body), spec_of(provider).outcomes
    rows = [outcomes[each.outcome] for each in operation.answers]
    return code is not None and any(row.success and code in (row.code, row.message) for row in rows)

"""What a run is asked: flags, environment, and what they make."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.codes import (
    AnswerChannel,
    CodeChannel,
    CommandChannel,
    ControlChannel,
    NoChannel,
    PromptChannel,
)
from otp_conformance.collection import all_cases
from otp_conformance.live.allowance import Allowance
from otp_conformance.live.numbers import international
from otp_conformance.reports import canonical
from otp_conformance.results import JUDGED, Kind
from otp_conformance.rooms import ROOMS, Numbers, Rental, find_rental, spec_of
from otp_conformance.stops import UsageError
from otp_conformance.target import Target
from otp_specs import SpecError

PREFIX = "OTP_CONFORMANCE_"
LIVE = "live"


@dataclass(slots=True)
class Options:
    """A run as it was asked for."""

    target: str
    tier: Tier = Tier.WAITS
    token: str = ""
    code_channel: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    min_interval: float | None = None
    max_examples: int = 10
    rate: int = 0
    seed: int = 0
    lane_prefix: str = ""
    known: Path | None = None
    report_json: Path | None = None
    report_html: Path | None = None
    allowed: tuple[str, ...] = ()
    max_sends: int = 10
    prices: Mapping[str, str] = field(default_factory=dict)
    yes: bool = False
    resume: Path | None = None
    ca: Path | None = None
    changes_default: bool = False
    strict: bool = False

    @property
    def live(self) -> bool:
        """Whether it goes to the real providers."""
        return self.target == LIVE

    def make_target(self) -> Target:
        """Make the target; its powers are found out later.

        Raises:
            UsageError: it is no http address, or credentials or numbers for the real providers are missing.
        """
        if self.live:
            return self._make_live_target()
        if urlsplit(self.target).scheme not in ("http", "https") or not urlsplit(self.target).netloc:
            raise UsageError(f"--target {self.target}: give an address like http://127.0.0.1:6877")
        return Target(
            url=self.target.rstrip("/"),
            credentials=read_credentials(os.environ)
            or {name: dict(room.credentials.defaults) for name, room in ROOMS.items()},
            choices=dict(self.choices),
            token=self.token,
            lane_prefix=self.lane_prefix,
            min_interval=self.min_interval,
            rate=self.rate,
            ca=self._ca(),
            changes_default=self.changes_default,
        )

    def _ca(self) -> str:
        """Give the file of certificates, once it was read.

        Raises:
            UsageError: it holds none.
        """
        if self.ca is None:
            return ""
        try:
            ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"--ca {self.ca}: no certificates can be read there ({error.strerror or error})"
            ) from error
        return str(self.ca)

    def _make_live_target(self) -> Target:
        held = read_credentials(os.environ)
        allowance = Allowance(
            tier=self.tier,
            allowed=self.allowed,
            max_sends=self.max_sends,
            told=dict(self.choices),
            rental=self._rental(),
        )
        self._check_live(held, allowance)
        reads = {Feature.READ_CODE} if self._channel_kind in ("command", "prompt", "rental") else set()
        return Target(
            url=LIVE,
            credentials=held,
            features=frozenset(reads),
            choices=dict(self.choices),
            min_interval=self.min_interval,
            rate=self.rate,
            ca=self._ca(),
            urls=read_addresses(os.environ),
            has_control=False,
            terms=allowance,
        )

    def _check_live(self, held: Mapping[str, Mapping[str, str]], allowance: Allowance) -> None:
        """Require what a live run needs.

        Raises:
            UsageError: something is missing; the first thing is named.
        """
        if not held:
            raise UsageError(f"--target live needs credentials, like {_example_variable(next(iter(ROOMS)))}")
        for name, own in held.items():
            missing = [key for key in ROOMS[name].credentials.needed if key not in own]
            if missing:
                raise UsageError(f"{_variable(name, missing[0])} is missing")
        countries = {number.country: number for number in _numbers_sent_to()}
        for number in self.allowed:
            if not re.fullmatch(rf"\+({'|'.join(countries)})[0-9]{{9,10}}", number):
                examples = sorted(
                    international(room.calls.phone, room.live.numbers)
                    for room in ROOMS.values()
                    if room.live.numbers is not None
                )
                raise UsageError(f"--allow-number {number}: write it like {' or '.join(examples)}")
        sends = any(ROOMS[name].live.numbers is not None for name in held)
        if self.tier >= Tier.SENDS and not self.allowed and allowance.rental is None and sends:
            raise UsageError(f"tier {self.tier:d} sends messages: say with --allow-number where they may go")
        renter = find_rental()
        if allowance.rental is not None and renter is not None and renter[0] not in held:
            raise UsageError(f"--codes rental needs {_example_variable(renter[0])}")

    def read_former(self, target: Target) -> dict[str, Mapping[str, Any]]:
        """Read which results of a former run are taken over, by case.

        Of a run that was broken off these are all that were judged. Of one that came to its end, at the real
        providers, those that cost money, and passed or were notes: a note is no verdict that a second try could turn.

        Raises:
            UsageError: it was another run, or there is nothing to go on with.
        """
        if self.resume is None:
            return {}
        try:
            report = canonical.read(self.resume.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(f"--resume {self.resume}: {error}") from error
        if report["target"] != self.target:
            raise UsageError(f"--resume {self.resume}: that run was at {report['target']}")
        if not (report.get("stopped") or self.live):
            raise UsageError(f"--resume {self.resume}: that run came to its end, there is nothing left of it")
        kept = JUDGED if report.get("stopped") else (Kind.PASSED,)
        levels = {each.id: target.terms.level_of(each) for each in all_cases()}
        return {
            each["id"]: each
            for each in report["results"]
            if each["kind"] in kept
            or (each["kind"] == Kind.FAILED and levels.get(each["id"], each["level"]) == Level.NOTE)
            if report.get("stopped") or each["tier"] >= Tier.SENDS
        }

    @property
    def _channel_kind(self) -> str:
        return self.code_channel.partition(":")[0]

    def _rental(self) -> Rental | None:
        """Give how numbers are rented, if codes are to be read there."""
        renter = find_rental()
        return renter[1] if renter is not None and self._channel_kind == "rental" else None

    def make_channel(self, *, has_control: bool) -> CodeChannel:
        """Make the channel by which codes are read.

        Raises:
            UsageError: there is no such channel.
        """
        kind, _, rest = self.code_channel.partition(":")
        if not kind:
            return ControlChannel() if has_control else AnswerChannel()
        known: dict[str, type[CodeChannel]] = {
            "control": ControlChannel,
            "answer": AnswerChannel,
            "prompt": PromptChannel,
            "none": NoChannel,
        }
        rental = self._rental()
        if rental is not None and self.live:
            return rental.channel(rest or rental.service)
        if kind == "command" and rest:
            return CommandChannel(rest)
        if kind not in known or rest:
            raise UsageError(
                f"--codes {self.code_channel}: takes control, answer, prompt, none, command:LINE, live also rental"
            )
        return known[kind]()

    def lend_powers(self, target: Target) -> None:
        """Give a target the powers that come with what it was found to have, and with the channel for codes."""
        if self._channel_kind in ("prompt", "command"):
            target.features |= {Feature.READ_CODE}
        if self.code_channel == "none":
            target.features -= {Feature.READ_CODE}


def _numbers_sent_to() -> list[Numbers]:
    return [room.live.numbers for room in ROOMS.values() if room.live.numbers is not None]


def read_credentials(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Read credentials like OTP_CONFORMANCE_NAME_API_KEY from the environment, by provider."""
    found: dict[str, dict[str, str]] = {}
    for provider, room in ROOMS.items():
        for name in room.credentials.defaults:
            value = environment.get(_variable(provider, name))
            if value:
                found.setdefault(provider, {})[name] = value
    return found


def read_addresses(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the address of each real provider; OTP_CONFORMANCE_NAME_URL replaces one."""
    hosts = {name: environment.get(f"{PREFIX}{name.upper()}_URL") or room.live.host for name, room in ROOMS.items()}
    return {name: host.rstrip("/") for name, host in hosts.items()}


def _variable(provider: str, name: str) -> str:
    return f"{PREFIX}{provider.upper()}_{_snake(name)}"


def _example_variable(provider: str) -> str:
    """Name a variable that holds a credential of a provider."""
    return _variable(provider, next(iter(ROOMS[provider].credentials.defaults)))


def _snake(name: str) -> str:
    return "".join(f"_{char}" if char.isupper() and index else char for index, char in enumerate(name)).upper()


def check_choices(pairs: Mapping[str, str]) -> dict[str, str]:
    """Hold choices against the specs.

    Raises:
        UsageError: a choice or an option does not exist, or a spec is broken.
    """
    try:
        known = {choice.id: choice for name in ROOMS for choice in spec_of(name).choices.values()}
    except SpecError as error:
        raise UsageError(str(error)) from error
    for name, option in pairs.items():
        if name not in known:
            raise UsageError(f"--choice {name}: there is no such choice")
        if option not in (known[name].options or {}):
            raise UsageError(f"--choice {name}={option}: takes {', '.join(known[name].options or {})}")
    return dict(pairs)

"""What a run is asked: flags, environment, and what they make."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from otp_conformance.case import Feature, Tier
from otp_conformance.codes import (
    AnswerChannel,
    CodeChannel,
    CommandChannel,
    ControlChannel,
    NoChannel,
    PromptChannel,
    RentalChannel,
)
from otp_conformance.live import COUNTRIES, Live, urls
from otp_conformance.reports import canonical
from otp_conformance.results import Kind
from otp_conformance.targets import DEFAULTS, Target
from otp_specs import SpecError, available, load

PREFIX = "OTP_CONFORMANCE_"
LIVE = "live"
RENTAL_SERVICE = "02.97"
NEEDED = {"esms": ("ApiKey", "SecretKey"), "amoot": (), "thuesim": ("token",)}
"""Without these a provider's credentials are incomplete."""


class UsageError(Exception):
    """A run was asked for in a way that cannot be. One line says why."""


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
    baseline: Path | None = None
    allowed: tuple[str, ...] = ()
    max_sends: int = 10
    prices: Mapping[str, str] = field(default_factory=dict)
    yes: bool = False
    resume: Path | None = None

    @property
    def live(self) -> bool:
        """Whether it goes to the real providers."""
        return self.target == LIVE

    def made_target(self) -> Target:
        """Make the target; its powers are found out later.

        Raises:
            UsageError: it is no http address, or credentials or numbers for the real providers are missing.
        """
        if self.live:
            return self._live_target()
        if urlsplit(self.target).scheme not in ("http", "https") or not urlsplit(self.target).netloc:
            raise UsageError(f"--target {self.target}: give an address like http://127.0.0.1:6877")
        return Target(
            url=self.target.rstrip("/"),
            credentials=credentials(os.environ) or dict(DEFAULTS),
            features=frozenset(),
            codes=NoChannel(),
            choices=dict(self.choices),
            token=self.token,
            min_interval=self.min_interval,
            rate=self.rate,
            lane_prefix=self.lane_prefix,
        )

    def _live_target(self) -> Target:
        held = credentials(os.environ)
        if not held:
            raise UsageError("--target live needs credentials, like OTP_CONFORMANCE_THUESIM_TOKEN")
        for name, own in held.items():
            missing = [key for key in NEEDED[name] if key not in own]
            if missing:
                raise UsageError(f"{PREFIX}{name.upper()}_{_snake(missing[0])} is missing")
        kind, _, service = self.code_channel.partition(":")
        for number in self.allowed:
            if not re.fullmatch(r"\+(84|98)[0-9]{9,10}", number):
                raise UsageError(f"--allow-number {number}: write it like +84901888484 or +989121234567")
        if self.tier >= Tier.SENDS and not self.allowed and kind != "rental" and held.keys() & COUNTRIES.keys():
            raise UsageError(f"tier {self.tier:d} sends messages: say with --allow-number where they may go")
        if kind == "rental" and "thuesim" not in held:
            raise UsageError("--codes rental needs OTP_CONFORMANCE_THUESIM_TOKEN")
        live = Live(
            tier=self.tier,
            allowed=self.allowed,
            max_sends=self.max_sends,
            resumed=self._resumed(),
            told=dict(self.choices),
            rental_service=(service or RENTAL_SERVICE) if kind == "rental" else "",
        )
        reads = {Feature.READ_CODE} if kind in ("command", "prompt", "rental") else set()
        return Target(
            url=LIVE,
            credentials=held,
            features=frozenset(reads),
            codes=NoChannel(),
            choices=dict(self.choices),
            min_interval=self.min_interval,
            rate=self.rate,
            urls=urls(os.environ),
            live=live,
        )

    def _resumed(self) -> dict[str, Mapping[str, Any]]:
        """Read the results of a former run that cost money and passed."""
        if self.resume is None:
            return {}
        try:
            report = canonical.read(self.resume.read_bytes())
            if report["target"] != LIVE:
                raise UsageError(f"--resume {self.resume}: the run was not at the real providers")
            return {
                each["id"]: each
                for each in report["results"]
                if each["tier"] >= Tier.SENDS and each["kind"] == Kind.PASSED
            }
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"--resume {self.resume}: {error}") from error

    def channel(self, *, has_control: bool) -> CodeChannel:
        """Make the channel by which codes are read.

        Raises:
            UsageError: there is no such channel.
        """
        kind, _, rest = self.code_channel.partition(":")
        if not kind:
            return ControlChannel() if has_control else AnswerChannel()
        known: dict[str, Any] = {
            "control": ControlChannel,
            "answer": AnswerChannel,
            "prompt": PromptChannel,
            "none": NoChannel,
        }
        if kind == "rental" and self.live:
            return RentalChannel(rest or RENTAL_SERVICE)
        if kind == "command" and rest:
            return CommandChannel(rest)
        if kind not in known or rest:
            raise UsageError(
                f"--codes {self.code_channel}: takes control, answer, prompt, none, command:LINE, live also rental"
            )
        channel: CodeChannel = known[kind]()
        return channel


def credentials(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Read credentials like OTP_CONFORMANCE_ESMS_API_KEY from the environment."""
    found: dict[str, dict[str, str]] = {}
    for provider, fields in DEFAULTS.items():
        for name in fields:
            key = f"{PREFIX}{provider.upper()}_{_snake(name)}"
            if environment.get(key):
                found.setdefault(provider, {})[name] = environment[key]
    return found


def _snake(name: str) -> str:
    return "".join(f"_{char}" if char.isupper() and index else char for index, char in enumerate(name)).upper()


def checked_choices(pairs: Mapping[str, str]) -> dict[str, str]:
    """Hold choices against the specs.

    Raises:
        UsageError: a choice or an option does not exist, or a spec is broken.
    """
    try:
        known = {choice.id: choice for name in available() for choice in load(name).choices.values()}
    except SpecError as error:
        raise UsageError(str(error)) from error
    for name, option in pairs.items():
        if name not in known:
            raise UsageError(f"--choice {name}: there is no such choice")
        if option not in (known[name].options or {}):
            raise UsageError(f"--choice {name}={option}: takes {', '.join(known[name].options or {})}")
    return dict(pairs)

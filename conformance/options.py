"""What a run is asked: flags, environment, and what they make."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.case import Tier
from conformance.codes import AnswerChannel, CodeChannel, CommandChannel, ControlChannel, NoChannel, PromptChannel
from conformance.targets import DEFAULTS, Target
from specs import SpecError, available, load

PREFIX = "OTP_CONFORMANCE_"


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
    min_interval: float = 0.0
    max_examples: int = 10
    seed: int = 0
    mutant: str = ""
    known: Path | None = None
    report_json: Path | None = None
    report_html: Path | None = None
    baseline: Path | None = None

    def made_target(self) -> Target:
        """Make the target; its powers are found out later.

        Raises:
            UsageError: it is no http address.
        """
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
            mutant=self.mutant,
        )

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
        if kind == "command" and rest:
            return CommandChannel(rest)
        if kind not in known or rest:
            raise UsageError(f"--codes {self.code_channel}: takes control, answer, prompt, none or command:LINE")
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

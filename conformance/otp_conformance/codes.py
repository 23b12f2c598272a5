"""How a suite learns the code that a provider sent. A channel that is one provider's own stands in its room."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Sequence
from typing import Any, Protocol

from otp_conformance.exchange import Exchange
from otp_conformance.response import Response
from otp_conformance.stops import CouldNotRun
from otp_conformance.wires import Wire


class Asker(Protocol):
    """As much of a driver as a channel needs."""

    @property
    def provider(self) -> str:
        """The provider that sends."""
        ...

    @property
    def wire(self) -> Wire:
        """How it writes."""
        ...

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """What was sent and answered so far."""
        ...

    def other(self, provider: str) -> Asker:
        """Give one who asks another provider."""
        ...

    async def call(self, name: str, **changes: Any) -> Response:
        """Make a good call with changed fields."""
        ...

    async def messages(self, **filters: str) -> list[dict[str, Any]]:
        """List the messages of a sandbox's lane."""
        ...


class CodeChannel(Protocol):
    """A way to read a code."""

    async def prepare(self, asker: Asker, *, rents: bool) -> str:
        """Make ready for a case. If it rents a number to send to, rent it and give it, else give nothing."""
        ...

    async def read(self, asker: Asker, phone: str) -> str:
        """Give the newest code that was sent to a phone.

        Raises:
            CouldNotRun: there is none.
        """
        ...


class Channel:
    """A channel that needs no preparation."""

    async def prepare(self, asker: Asker, *, rents: bool) -> str:  # noqa: ARG002  (the protocol's)
        return ""


class ControlChannel(Channel):
    """Reads messages of a sandbox's control API."""

    async def read(self, asker: Asker, phone: str) -> str:
        messages = await asker.messages(to=phone, provider=asker.provider)
        codes = [message["code"] for message in messages if message["code"]]
        if not codes:
            raise CouldNotRun(f"no code was sent to {phone}")
        code: str = codes[-1]
        return code


class AnswerChannel(Channel):
    """Reads the code in the provider's own answer, where it hands it back."""

    async def read(self, asker: Asker, phone: str) -> str:
        for exchange in reversed(asker.exchanges):
            code = asker.wire.read_told_code(exchange.json)
            if code is not None:
                return code
        raise CouldNotRun(f"no answer held the code for {phone}")


class CommandChannel(Channel):
    """Runs a command of the user's; `{phone}` in it is replaced, and the code is what it prints."""

    def __init__(self, command: str) -> None:
        self._command = command

    async def read(self, asker: Asker, phone: str) -> str:  # noqa: ARG002  (the protocol's)
        try:
            words = [word.replace("{phone}", phone) for word in shlex.split(self._command)]
            process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        except (OSError, TypeError, ValueError) as error:  # no such program; no words at all; an open quote
            raise CouldNotRun(f"the command for codes does not run: {error}") from error
        output, _ = await process.communicate()
        code = output.decode("utf-8", "replace").strip()
        if process.returncode != 0 or not re.fullmatch(r"[0-9A-Za-z]{1,20}", code):
            raise CouldNotRun(f"the command for codes gave {code!r} (exit {process.returncode})")
        return code


class PromptChannel(Channel):
    """Asks whoever sits at the terminal."""

    async def read(self, asker: Asker, phone: str) -> str:
        try:
            code = await asyncio.to_thread(input, f"code that {asker.provider} sent to {phone}: ")
        except (EOFError, OSError) as error:
            raise CouldNotRun("there is nobody who could type the code") from error
        if not code.strip():
            raise CouldNotRun("no code was typed")
        return code.strip()


class NoChannel(Channel):
    """There is none."""

    async def read(self, asker: Asker, phone: str) -> str:  # noqa: ARG002  (the protocol's)
        raise CouldNotRun(f"there is no way to learn the code that was sent to {phone}")

"""How a suite learns the code that a provider sent."""

from __future__ import annotations

import asyncio
import re
import shlex
from typing import TYPE_CHECKING, Protocol

from conformance.targets import CouldNotRun

if TYPE_CHECKING:
    from conformance.driver import Driver


class CodeChannel(Protocol):
    """A way to read a code."""

    async def read(self, driver: Driver, phone: str) -> str:
        """Give the newest code that was sent to a phone."""
        ...


class ControlChannel:
    """Reads messages of a sandbox's control API."""

    async def read(self, driver: Driver, phone: str) -> str:
        found = await driver.messages(to=phone, provider=driver.provider)
        codes = [message["code"] for message in found if message["code"]]
        if not codes:
            raise CouldNotRun(f"no code was sent to {phone}")
        code: str = codes[-1]
        return code


class AnswerChannel:
    """Reads the code in the provider's own answer, where it hands it back."""

    async def read(self, driver: Driver, phone: str) -> str:
        for exchange in reversed(driver.exchanges):
            data = exchange.json.get("Data") if isinstance(exchange.json, dict) else None
            if isinstance(data, dict) and "Code" in data:
                return str(data["Code"])
        raise CouldNotRun(f"no answer held the code for {phone}")


class CommandChannel:
    """Runs a command of the user's; `{phone}` in it is replaced, and the code is what it prints."""

    def __init__(self, command: str) -> None:
        self._command = command

    async def read(self, driver: Driver, phone: str) -> str:  # noqa: ARG002  (the protocol's)
        words = [word.replace("{phone}", phone) for word in shlex.split(self._command)]
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        code = output.decode("utf-8", "replace").strip()
        if process.returncode != 0 or not re.fullmatch(r"[0-9A-Za-z]{1,20}", code):
            raise CouldNotRun(f"the command for codes gave {code!r} (exit {process.returncode})")
        return code


class PromptChannel:
    """Asks whoever sits at the terminal."""

    async def read(self, driver: Driver, phone: str) -> str:
        code = await asyncio.to_thread(input, f"code that {driver.provider} sent to {phone}: ")
        if not code.strip():
            raise CouldNotRun("no code was typed")
        return code.strip()


class NoChannel:
    """There is none."""

    async def read(self, driver: Driver, phone: str) -> str:  # noqa: ARG002  (the protocol's)
        raise CouldNotRun(f"there is no way to learn the code that was sent to {phone}")

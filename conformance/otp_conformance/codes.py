"""How a suite learns the code that a provider sent."""

from __future__ import annotations

import asyncio
import re
import shlex
from typing import TYPE_CHECKING, Any, Protocol

from otp_conformance.targets import CouldNotRun

if TYPE_CHECKING:
    from otp_conformance.case import Case
    from otp_conformance.driver import Driver


class CodeChannel(Protocol):
    """A way to read a code."""

    async def prepare(self, driver: Driver, each: Case) -> None:
        """Make ready for a case, at a real provider."""
        ...

    async def read(self, driver: Driver, phone: str) -> str:
        """Give the newest code that was sent to a phone."""
        ...


class Channel:
    """A channel that needs no preparation."""

    async def prepare(self, driver: Driver, each: Case) -> None:
        pass


class ControlChannel(Channel):
    """Reads messages of a sandbox's control API."""

    async def read(self, driver: Driver, phone: str) -> str:
        found = await driver.messages(to=phone, provider=driver.provider)
        codes = [message["code"] for message in found if message["code"]]
        if not codes:
            raise CouldNotRun(f"no code was sent to {phone}")
        code: str = codes[-1]
        return code


class AnswerChannel(Channel):
    """Reads the code in the provider's own answer, where it hands it back."""

    async def read(self, driver: Driver, phone: str) -> str:
        for exchange in reversed(driver.exchanges):
            data = exchange.json.get("Data") if isinstance(exchange.json, dict) else None
            if isinstance(data, dict) and "Code" in data:
                return str(data["Code"])
        raise CouldNotRun(f"no answer held the code for {phone}")


class CommandChannel(Channel):
    """Runs a command of the user's; `{phone}` in it is replaced, and the code is what it prints."""

    def __init__(self, command: str) -> None:
        self._command = command

    async def read(self, driver: Driver, phone: str) -> str:  # noqa: ARG002  (the protocol's)
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

    async def read(self, driver: Driver, phone: str) -> str:
        try:
            code = await asyncio.to_thread(input, f"code that {driver.provider} sent to {phone}: ")
        except (EOFError, OSError) as error:
            raise CouldNotRun("there is nobody who could type the code") from error
        if not code.strip():
            raise CouldNotRun("no code was typed")
        return code.strip()


class NoChannel(Channel):
    """There is none."""

    async def read(self, driver: Driver, phone: str) -> str:  # noqa: ARG002  (the protocol's)
        raise CouldNotRun(f"there is no way to learn the code that was sent to {phone}")


def _member(body: Any, outer: str, inner: str) -> Any:
    """Read a member of a member, None where there is none."""
    held = body.get(outer) if isinstance(body, dict) else None
    return held.get(inner) if isinstance(held, dict) else None


class RentalChannel(Channel):
    """Rents a number at thuesim for each case of eSMS that reads a code, and reads it there.

    It is paid like any other rental: interval and bound count.
    """

    def __init__(self, service: str, patience: float = 120.0, pause: float = 3.0) -> None:
        self._service = service
        self._patience = patience
        self._pause = pause
        self._rental = ""

    async def prepare(self, driver: Driver, each: Case) -> None:
        live = driver.target.live
        self._rental = ""
        if live is None or live.sends_of(each) <= max(each.sends, 1):
            return
        thuesim = driver.other("thuesim")
        answer = await thuesim.call("register_service", serviceId=self._service)
        phone = _member(answer.json, "RequestLog", "Phone") or _member(answer.json, "data", "phone_number")
        if not phone:
            raise CouldNotRun(f"no number could be rented: {answer.described()}")
        # As it is written: the id has two decimals, and a zero at its end counts. The page's second schema has a text.
        written = re.search(r'"(?:ID|request_id)"\s*:\s*"?(\d+(?:\.\d+)?)', answer.text)
        if written is None:
            raise CouldNotRun(f"the rental has no ID: {answer.described()}")
        self._rental = written[1]
        live.rented(str(phone))

    async def read(self, driver: Driver, phone: str) -> str:
        if not self._rental:
            raise CouldNotRun(f"no number was rented for {phone}")
        thuesim = driver.other("thuesim")
        for _ in range(max(1, int(self._patience / self._pause))):
            answer = await thuesim.call("code", ID=self._rental)
            code = _member(answer.json, "Result", "Code") or _member(answer.json, "data", "Code")
            if code:
                return str(code)
            await asyncio.sleep(self._pause)
        raise CouldNotRun("no code arrived at the rented number")

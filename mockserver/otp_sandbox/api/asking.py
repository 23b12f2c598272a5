"""What client and lanes share: one question to the control API, and how values are written in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.api.exchange import PATIENCE, Address, Exchange
from otp_sandbox.api.senders import Sender
from otp_sandbox.api.shapes import Event, Instant, Json, Length
from otp_sandbox.lanes import durations

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
T = TypeVar("T")
PREFIX: Final = "/_sandbox/v1"
_SILENCE: Final = 60.0
"""Seconds without a word after which a stream is given up: the sandbox says something every fifteen."""


class Asking:
    """Asks one sandbox.

    Args:
        where: the sandbox.
        sender: does the work.
    """

    def __init__(self, where: Address, sender: Sender) -> None:
        self.where = where
        self.sender = sender

    async def ask(
        self,
        shape: type[T],
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        patience: float = PATIENCE,
    ) -> T:
        """Ask, and read the answer as a shape.

        Raises:
            Unreachable: nobody answers so.
            Problem: the sandbox refuses.
        """
        found = await self.bytes(method, path, query, body, patience=patience)
        try:
            return msgspec.json.decode(found, type=shape)
        except msgspec.MsgspecError as error:
            raise Unreachable(f"what answers at {self.where.url} is no sandbox of this version ({error})") from error

    async def bytes(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        patience: float = PATIENCE,
    ) -> bytes:
        """Ask, and give the answer as it came.

        Raises:
            Unreachable: nobody answers.
            Problem: the sandbox refuses.
        """
        if body is None and method in ("POST", "PUT", "PATCH"):
            body = {}
        exchange = Exchange(self.where, method, path + _spelled(query or {}), body, patience=patience)
        return await self.sender(exchange.whole, exchange.abort)

    async def events(self, path: str, query: Mapping[str, Any]) -> AsyncIterator[Event]:
        """Give server-sent events until the stream ends.

        Raises:
            Unreachable: nobody answers.
            Problem: the sandbox refuses.
        """
        with Exchange(self.where, "GET", path + _spelled(query), patience=_SILENCE) as exchange:
            await self.sender(exchange.open, exchange.abort)
            fields: dict[str, str] = {}
            while line := await self.sender(exchange.line, exchange.abort):
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                    continue
                if "data" in fields:
                    data = msgspec.json.decode(fields["data"], type=Json)
                    yield Event(fields.get("event", ""), fields.get("id", ""), data)
                fields = {}


def below(*parts: str) -> str:
    """Make a path of parts, each as one segment."""
    return "".join("/" + quote(part, safe="", errors="replace") for part in parts)


def given(**fields: Any) -> Json:
    """Give the fields that have a value, as JSON has them."""
    return {name: _plain(value) for name, value in fields.items() if value is not None}


def length(value: Length) -> str:
    """Write a length of time."""
    if isinstance(value, str):
        return value
    return durations.spell(value if isinstance(value, timedelta) else timedelta(seconds=value))


def instant(value: Instant) -> str:
    """Write an instant."""
    return value if isinstance(value, str) else value.isoformat()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return length(value) if isinstance(value, timedelta) else value


def _spelled(query: Mapping[str, Any]) -> str:
    return "?" + urlencode(query, errors="replace") if query else ""

"""One request to a sandbox and its answer, over the standard library alone."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from otp_sandbox.api.errors import Problem, Unreachable, WrongField
from otp_sandbox.environment import PREFIX, TOKEN, control_token

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
URL: Final = PREFIX + "URL"
HERE: Final = "http://127.0.0.1:6877"
PATIENCE: Final = 40.0
"""Seconds that an answer may take."""
_FIRST_ERROR: Final = 400
_ANSWERS: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a sandbox is, and what opens its control API.

    `context` is for `https`: whom to trust.
    """

    url: str
    token: str = field(default="", repr=False)
    context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Hold the address to one that can be asked.

        Raises:
            ValueError: it is none.
        """
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # brackets that hold no address, a port that is no number
            usable = False
        if not usable:
            raise ValueError(f"{self.url} is no http address")


def address(url: str | None = None, token: str | None = None, context: ssl.SSLContext | None = None) -> Address:
    """Give an address; what is left out is as the environment says, else as it is without settings.

    Raises:
        ValueError: it is none.
    """
    found = url or os.environ.get(URL) or HERE
    return Address(found.rstrip("/"), control_token(os.environ.get(TOKEN, "") if token is None else token), context)


class Exchange:
    """A request, and its answer as far as it was read. It has a connection of its own, which ends with it.

    Args:
        where: the sandbox.
        method: of HTTP.
        target: path and query.
        body: JSON values; None sends none.
        headers: more than those that every request has.
        patience: seconds between two signs of life.
    """

    def __init__(
        self,
        where: Address,
        method: str,
        target: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        parts = urlsplit(where.url)
        self.where = where
        self._method = method
        self._target = parts.path + target
        self._body = None if body is None else json.dumps(body).encode()
        self._headers = {"Connection": "close", **(headers or {})}
        if self._body is not None:
            self._headers["Content-Type"] = "application/json"
        if where.token:
            self._headers["Authorization"] = f"Bearer {where.token}"
        self._connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=patience, context=where.context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
        )
        self._aborted = False
        self._socket: socket.socket | None = None  # the connection forgets it when the answer takes it over
        self._answer: http.client.HTTPResponse | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def whole(self) -> bytes:
        """Ask, and give the whole answer.

        Raises:
            Unreachable: nobody answers.
            Problem: the sandbox refuses.
        """
        with self:
            return self.open().read()

    def open(self) -> Self:
        """Ask, and wait until an answer begins.

        Raises:
            Unreachable: nobody answers.
            Problem: the sandbox refuses.
        """
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            if self._aborted:
                raise OSError("given up")  # noqa: TRY301  (as if the connection had ended)
            self._connection.request(self._method, self._target, self._body, self._headers)
            self._answer = self._connection.getresponse()
            refused = None if self._answer.status in _ANSWERS else self._answer.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise self.unreachable(error) from error
        if refused is not None:
            self.close()
            raise _problem(self._answer, refused)
        return self

    def read(self) -> bytes:
        """Read the rest.

        Raises:
            Unreachable: it breaks off.
        """
        try:
            return b"" if self._answer is None else self._answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise self.unreachable(error) from error

    def line(self) -> bytes:
        """Read a line; it is empty where the answer ends, or breaks off."""
        try:
            return b"" if self._answer is None else self._answer.readline()
        except (OSError, http.client.HTTPException):
            return b""

    def close(self) -> None:
        """End the connection."""
        if self._answer is not None:
            self._answer.close()
        self._connection.close()

    def abort(self) -> None:
        """End the connection while another thread still reads from it."""
        self._aborted = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def unreachable(self, error: Exception) -> Unreachable:
        """Say that there is no sandbox, and why."""
        return Unreachable(f"no sandbox answers at {self.where.url} ({error})")


def _problem(answer: http.client.HTTPResponse, body: bytes) -> Problem:
    try:
        told = json.loads(body)
        errors = [WrongField(str(each["field"]), str(each["detail"])) for each in told.get("errors", ())]
        return Problem(answer.status, str(told["title"]), str(told["detail"]), errors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Problem(answer.status, answer.reason, f"the sandbox answered HTTP {answer.status}")

"""Where a bundle is played: a sandbox of this process that nobody else uses, or a lane of one that runs."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from otp_sandbox.replay.sending import Sent

PREFIX: Final = "/_sandbox/v1"
_PATIENCE: Final = 60.0
"""Seconds that an answer may take."""


class Unreachable(Exception):
    """No sandbox answers, or it refuses; the text says why."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back; a connection that was cut without an answer is status 0."""

    status: int
    body: bytes


class Target:
    """A lane, seen from outside.

    Args:
        url: where the sandbox is.
        token: its control token, if it has one.
        lane: the lane's id.
    """

    def __init__(self, url: str, token: str = "", lane: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(f"{url} is no http address")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._url = url
        self._token = token
        self._connection = kind(parts.hostname, parts.port, timeout=_PATIENCE)
        self.lane = lane

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def control(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """Call the control API. Gives the status and the JSON of the answer.

        Raises:
            Unreachable: nobody answers, or it is no sandbox.
        """
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        answered = self._exchange(Sent(method, PREFIX + path, headers, body))
        if not answered.status:
            raise Unreachable(f"no sandbox answers at {self._url}")
        try:
            return answered.status, json.loads(answered.body) if answered.body else None
        except ValueError as error:
            raise Unreachable(f"what answers at {self._url} is no sandbox") from error

    def in_lane(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """Call the control API below the lane."""
        return self.control(method, f"/lanes/{self.lane}{path}", body)

    def send(self, sent: Sent) -> Answered:
        """Send a provider's request."""
        return self._exchange(sent)

    def _exchange(self, sent: Sent) -> Answered:
        connection, status, body = self._connection, 0, b""
        try:
            connection.putrequest(sent.method, sent.target, skip_host="Host" in sent.headers, skip_accept_encoding=True)
            for name, value in sent.headers.items():
                connection.putheader(name, value)
            if sent.body is not None or sent.method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(sent.body or b"")))
            connection.endheaders(sent.body)
            answer = connection.getresponse()
            status = answer.status
            body = answer.read()
        except http.client.IncompleteRead as error:
            body = error.partial
            connection.close()
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
        return Answered(status, body)


@contextmanager
def fresh_target() -> Iterator[Target]:
    """Start a sandbox in this process, on a free port of this machine; no callback leaves it."""
    log = logging.getLogger("otp_sandbox")
    level = log.level
    log.setLevel(logging.CRITICAL)  # callbacks that do not go out are no news
    started: list[str | BaseException] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        from otp_sandbox.app import build  # noqa: PLC0415  (loads the whole server)
        from otp_sandbox.settings import Settings  # noqa: PLC0415  (as above)

        sandbox = build(Settings(host="127.0.0.1", port=0, callback_targets=()))
        await sandbox.start()
        started.append(sandbox.server.url)
        ready.set()
        await stop.wait()
        await sandbox.stop()

    def work() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # noqa: BLE001  (told by whoever waits)
            started.append(error)
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=work, name="otp-sandbox-replay", daemon=True)
    thread.start()
    ready.wait()
    url = started[0]
    if isinstance(url, BaseException):
        raise Unreachable(f"no sandbox can be started: {url}") from url
    target = Target(url, lane="default")
    try:
        yield target
    finally:
        target.close()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        log.setLevel(level)


@contextmanager
def target_at(url: str, token: str) -> Iterator[Target]:
    """Make a lane in a sandbox that runs, and delete it afterwards.

    Raises:
        Unreachable: there is none, or it makes no lane.
    """
    target = Target(url, token)
    try:
        status, lane = target.control("POST", "/lanes", b"{}")
        if status != http.client.CREATED or not isinstance(lane, Mapping) or "id" not in lane:
            raise Unreachable(f"{url} makes no lane: {told(status, lane)}")
        target.lane = str(lane["id"])
        try:
            yield target
        finally:
            target.in_lane("DELETE", "")
    finally:
        target.close()


def told(status: int, answer: Any) -> str:
    """Say what a refusal says."""
    detail = answer.get("detail") if isinstance(answer, Mapping) else None
    return str(detail or f"HTTP {status}")

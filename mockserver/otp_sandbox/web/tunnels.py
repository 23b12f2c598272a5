"""Tunnels of the proxy to hosts that it may call: bytes go both ways, with bounds on their number, time and buffers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, Protocol

MOST: Final = 256
"""Tunnels at a time through which no request is answered here. For one more, the one that is idle longest is closed."""
IDLE: Final = 300.0
"""Seconds until a tunnel is closed through which nothing goes."""


class Tunnel(Protocol):
    """What can be closed for another one."""

    def abort(self) -> None:
        """Close it at once."""


class Tunnels:
    """All tunnels, the one that is idle longest first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open: dict[Tunnel, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, tunnel: Tunnel) -> None:
        """Take one in."""
        self._open[tunnel] = None
        if len(self._open) > self._most:
            next(iter(self._open)).abort()

    def used(self, tunnel: Tunnel) -> None:
        """Something went through it."""
        if self._open.pop(tunnel, self) is None:
            self._open[tunnel] = None

    def closed(self, tunnel: Tunnel) -> None:
        """It is over."""
        self._open.pop(tunnel, None)

    def close(self) -> None:
        """Close all."""
        for each in list(self._open):
            each.abort()


class Relay:
    """Hands bytes on between a client and its host, until both have said that they send no more."""

    def __init__(self, tunnels: Tunnels, idle: float = IDLE) -> None:
        self._tunnels = tunnels
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._used_at = self._loop.time()
        self.client = End(self)
        self.host = End(self)
        self.client.other, self.host.other = self.host, self.client
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Both ends are connected: let bytes go."""
        self._timer = self._loop.call_later(self._idle, self._look)
        self._tunnels.opened(self)
        for each in (self.client, self.host):
            each.transport.resume_reading()

    def used(self) -> None:
        """Something went through."""
        self._used_at = self._loop.time()
        self._tunnels.used(self)

    def ended(self) -> None:
        """One end is closed, so the other one is, once it has read what is left: it has its idle time for that."""
        open_ends = self._open_ends()
        for each in open_ends:
            each.close()
        if not open_ends:
            self._settled()

    def abort(self) -> None:
        """Close it at once."""
        self._settled()
        for each in self._open_ends():
            each.abort()

    def _open_ends(self) -> list[Any]:
        return [each.transport for each in (self.client, self.host) if each.transport is not None]

    def _settled(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._tunnels.closed(self)

    def _look(self) -> None:
        left = self._used_at + self._idle - self._loop.time()
        if left <= 0:
            self.abort()
        else:
            self._timer = self._loop.call_later(left, self._look)


class End(asyncio.Protocol):
    """One end. It reads no faster than the other one is read from."""

    other: End

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._is_over = False
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is connected. Nothing is read until the other one is, too."""
        self.transport = transport
        self.transport.pause_reading()
        if self.other.transport is not None:
            self._relay.begin()

    def data_received(self, data: bytes) -> None:
        """Hand on."""
        self._relay.used()
        if self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        """What is to go out here waits: the other end reads no more for now."""
        self._each_other(lambda transport: transport.pause_reading())

    def resume_writing(self) -> None:
        """It has gone out."""
        self._each_other(lambda transport: transport.resume_reading())

    def eof_received(self) -> bool:
        """Hand on that no more comes; the other direction stays open."""
        self._is_over = True
        if self.other._is_over:  # noqa: SLF001  (its own kind)
            return False
        self._each_other(lambda transport: transport.write_eof())
        return True

    def connection_lost(self, _: Exception | None) -> None:
        """It is over."""
        self.transport = None
        self._relay.ended()

    def _each_other(self, do: Callable[[Any], None]) -> None:
        transport = self.other.transport
        if transport is not None and not transport.is_closing():
            do(transport)

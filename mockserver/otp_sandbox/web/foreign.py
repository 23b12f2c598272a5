"""Hosts of the proxy that are not played: which of them it may call, and what keeps it from calling itself."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from otp_sandbox.interception.patterns import Patterns

_AUTHORITY: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?")
_PORTS: Final = range(1, 2**16)
WAY_OUT: Final = (
    "allow it with the setting proxy_allow (OTP_SANDBOX_PROXY_ALLOW), or leave it out of the proxy (NO_PROXY)"
)


class Looped(OSError):
    """An address leads back to the sandbox, or to a host that it plays."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a request of a proxy is for; the name is in small letters, without brackets and without a dot at its end."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


def read_target(authority: str, port: int | None) -> Target | None:
    """Read `host:port`; None if it is none. `port` is the one that goes without saying."""
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        return None
    number = int(parts[3]) if parts[3] else port
    name = (parts[1] or parts[2].rstrip(".")).lower()
    return Target(name, number) if name and number is not None and number in _PORTS else None


class Foreign:
    """Tells which foreign hosts may be called. A host that is played, or stands below one, never is.

    Args:
        played: the hosts that are played.
        allowed: names, addresses, and `*.name`, as the setting has them.
        own: the ports on which the sandbox listens.
    """

    def __init__(self, played: Collection[str], allowed: Iterable[str], own: Iterable[int]) -> None:
        self._played = frozenset(played)
        self._allowed = Patterns(allowed)
        self._own = frozenset(own)

    def refusal(self, target: Target) -> str | None:
        """Say why a host is not called; None if it may be."""
        if any(target.name.endswith("." + each) or target.name == each for each in self._played):
            return f"{target.name} belongs to a provider: nothing is passed on to it"
        if self._allowed.match(target.name):
            return None
        if self._is_own(target.name, target.port):
            return f"{target} is this sandbox: call it without the proxy (NO_PROXY=localhost,127.0.0.1)"
        return f"{target.name} is no host that is played here, and is not called: {WAY_OUT}"

    async def addresses(self, target: Target) -> list[tuple[socket.AddressFamily, str]]:
        """Find where an allowed host is.

        Raises:
            Looped: it is the sandbox itself.
            OSError: it has no address.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(target.name, target.port, type=socket.SOCK_STREAM)
        places: list[tuple[socket.AddressFamily, str]] = [(each[0], str(each[4][0])) for each in found]
        for _, address in places:
            if self._is_own(address, target.port):
                raise Looped(f"{target} is this sandbox itself: a proxy that calls itself never ends")
        return places

    def _is_own(self, address: str, port: int) -> bool:
        """Whether the sandbox listens at an address. Nobody is asked for a name."""
        if address == "localhost" or address.endswith(".localhost"):
            address = "127.0.0.1"
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        return port in self._own and _is_here(ip)


class Resolver(AbstractResolver):
    """Gives aiohttp's client the addresses that may be called."""

    def __init__(self, foreign: Foreign) -> None:
        self._foreign = foreign

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve a name."""
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": kind,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for kind, address in await self._foreign.addresses(Target(host, port))
            if family in (socket.AF_UNSPEC, kind)
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _is_here(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of this machine. Nothing is sent: the system says from where it would be."""
    if ip.is_loopback or ip.is_unspecified:
        return True
    with socket.socket(socket.AF_INET6 if ip.version == 6 else socket.AF_INET, socket.SOCK_DGRAM) as probe:  # noqa: PLR2004  (the version of an address)
        try:
            probe.connect((str(ip), 9))
        except OSError:  # there is no way to it
            return False
        return bool(probe.getsockname()[0] == str(ip))

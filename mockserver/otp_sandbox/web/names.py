"""Which addresses a name has, without asking anybody outside: nothing may leave the machine that was not allowed to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final, TypeAlias

from otp_sandbox.interception.hosts import HOSTS_FILE

Found: TypeAlias = list[tuple[socket.AddressFamily, str]]
LookUp: TypeAlias = Callable[[str, socket.AddressFamily], Awaitable[Found]]

_LOOPBACK: Final[Found] = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
_AT_HOME: Final = (".internal", ".local", ".home.arpa")
"""Ends of names that no public server knows: of containers, clusters and home networks."""


class NotAsked(OSError):
    """A public name that nobody allowed to be looked up."""


class Names:
    """Finds the addresses of names.

    Args:
        allowed: names that may be looked up, wherever they lead; `any` allows all.
        look_up: asks the system, which may ask others.
        hosts: the file of names that the machine knows itself.
    """

    def __init__(self, allowed: Iterable[str], look_up: LookUp | None = None, hosts: Path = HOSTS_FILE) -> None:
        self._allowed = frozenset(map(str.lower, allowed))
        self._look_up = look_up or _ask_system
        self._hosts = hosts

    async def addresses(self, host: str, family: socket.AddressFamily) -> Found:
        """Find the addresses of a name.

        Raises:
            NotAsked: only others would know.
            OSError: it has none.
        """
        name = host.rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            return _of_family(_LOOPBACK, family)
        if self._is_at_home(name) or {name, "any"} & self._allowed:
            return await self._look_up(host, family)
        # A file, which may be long: not on the loop.
        known = _of_family(await asyncio.to_thread(_read_hosts, self._hosts, name), family)
        if not known:
            raise NotAsked(
                f"{host} is a public name, which is not looked up; allow it with the setting callback_targets"
            )
        return known

    def _is_at_home(self, name: str) -> bool:
        return "." not in name or name.endswith(_AT_HOME)


def _of_family(found: Found, family: socket.AddressFamily) -> Found:
    return [each for each in found if family in (socket.AF_UNSPEC, each[0])]


async def _ask_system(host: str, family: socket.AddressFamily) -> Found:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM, family=family)
    return [(each[0], str(each[4][0])) for each in found]


def _read_hosts(path: Path, name: str) -> Found:
    """Find a name in a hosts file: an address and its names in each line, `#` begins a comment."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return []
    found: Found = []
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if name in map(str.lower, names):
            found.append((socket.AF_INET6 if ":" in address else socket.AF_INET, address))
    return found

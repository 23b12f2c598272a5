"""Where the server listens: each listener is a bound socket, the TLS that it speaks, and the URL that it is told as."""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

Contexts = Callable[[str | None], "ssl.SSLContext"]
"""Gives the TLS of the host that a client names, if it names one. A LookupError refuses it, and says why."""

BACKLOG = 1024
_LOG = logging.getLogger("otp_sandbox")


class PortTaken(Exception):
    """Nobody can listen there: somebody else does, or this user may not."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that listens. Without contexts it speaks plain HTTP."""

    socket: socket.socket
    url: str
    tls: Contexts | None = None


def listen(host: str, port: int, tls: Contexts | None = None, *, flag: str | None = None) -> Listener:
    """Listen at one address; port 0 takes a free one.

    Raises:
        PortTaken: another program listens there, the host is not one of this machine, or the port needs more rights.
    """
    bound = _bind(host, port, flag or ("--tls-port" if tls else "--port"))
    address, number = bound.getsockname()[:2]
    name = f"[{address}]" if ":" in address else address
    return Listener(bound, f"{'https' if tls else 'http'}://{name}:{number}", tls)


def listen_at(host: str, port: int, tls: Contexts | None = None, *, flag: str | None = None) -> list[Listener]:
    """Listen at a host; without one on loopback: 127.0.0.1 and, where it is present and free, ::1 at the same port.

    Raises:
        PortTaken: another program listens there.
    """
    if host:
        return [listen(host, port, tls, flag=flag)]
    first = listen("127.0.0.1", port, tls, flag=flag)
    number = first.socket.getsockname()[1]
    try:
        return [first, listen("::1", number, tls, flag=flag)]
    except (PortTaken, OSError) as error:  # there may be no IPv6 here
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE:
            _LOG.warning(
                "another program listens on [::1]:%d: a client that says localhost may reach it; say 127.0.0.1", number
            )
        return [first]


def _bind(host: str, port: int, flag: str) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:  # no such name, or none that there could be
        raise PortTaken(f"cannot listen on {host!r}: {getattr(error, 'strerror', 'is no host name')}") from error
    made = socket.socket(family, kind, proto)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        # SO_REUSEADDR lets two sockets bind; listening is what fails when the port is taken.
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"port {port} is taken on {host}; choose another with {flag}") from error
        if error.errno == errno.EACCES:
            raise PortTaken(f"port {port} needs rights that this user has not: {_way_out(port, flag)}") from error
        raise PortTaken(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return made


def _way_out(port: int, flag: str) -> str:
    if sys.platform == "linux":
        return (
            f"choose one from 1024 on with {flag}, or let every user have it: "
            f"sudo sysctl -w net.ipv4.ip_unprivileged_port_start={port}"
        )
    return f"choose one from 1024 on with {flag}"

"""The proxy: one port for whole addresses and for CONNECT, with TLS ended here.

What is played is answered like any other request, by the server's own connections; nothing else is passed on that was
not allowed by name.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.settings import Settings
from otp_sandbox.web.connections import Connection, Connections, Note
from otp_sandbox.web.foreign import Foreign, Target, read_target
from otp_sandbox.web.heads import END, HEAD_MOST
from otp_sandbox.web.listeners import BACKLOG, Listener, listen_at
from otp_sandbox.web.opening import Asked, Begun, Opened, about, last
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import response
from otp_sandbox.web.shortcut import framing_of
from otp_sandbox.web.tls import Notes
from otp_sandbox.web.tunnels import Tunnels

if TYPE_CHECKING:
    from otp_sandbox.interception.authority import Authority

SILENT: Final = 30.0
"""Seconds until a tunnel to a played host is closed in which nothing is said."""
_CONNECT: Final = b"CONNECT "
_line: Final = re.compile(rb"CONNECT ([!-~]+) HTTP/1\.[01]").fullmatch
_PORTS: Final = {"http": 80, "https": 443}


class Proxy:
    """What a connection of the proxy needs.

    Args:
        listeners: where it listens; they are closed with it.
        played: the hosts that are answered.
        foreign: says which others may be called.
        context_for: gives the TLS of a played host.
        server: makes the connections that answer, and notes what is refused.
        note: keeps a handshake that came to nothing.
        tunnels: all tunnels that are open.
    """

    def __init__(
        self,
        listeners: Sequence[Listener],
        played: Collection[str],
        foreign: Foreign,
        context_for: Callable[[str], ssl.SSLContext],
        *,
        server: Connections,
        note: Note,
        tunnels: Tunnels | None = None,
    ) -> None:
        self._listeners = listeners
        self._sites: list[asyncio.Server] = []
        self.played = frozenset(played)
        self.foreign = foreign
        self.context_for = context_for
        self.server = server
        self.refuse = server.refuse
        self.note = Notes(note)
        self.tunnels = tunnels or Tunnels()
        self.silent = SILENT
        self._onward: Any = None
        self._tasks: set[asyncio.Task[Any]] = set()
        # A plain GET as most clients write it: host by host, the header that repeats the name.
        self._usual = {each.encode(): b"\r\nhost: %b\r\n" % each.encode() for each in self.played}

    def __call__(self) -> ProxyConnection:
        """Make the protocol of a connection."""
        connection = self.server.make(ProxyConnection)
        connection.proxy = self
        return connection

    def shortened(self, data: bytes) -> bytes:
        """Take scheme and host from the front of a request for a played host, if the header Host repeats it.

        The rest of the server then takes its shortest way. Everything else is left to `answer`.
        """
        end = data.find(b"/", 11)
        needle = self._usual.get(data[11:end])
        if needle is None:
            return data
        head = data[: data.find(END) + 2]
        return b"GET " + data[end:] if needle in head or needle.replace(b"host", b"Host") in head else data

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Answer a request that names its host in its target; None if that host is played."""
        scheme, _, rest = request.raw_path.partition("://")
        authority = re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        target = read_target(authority, _PORTS.get(scheme.lower()))
        if request.raw_path == "*" or (target is not None and target.name in self.played):
            return None
        told = about(request.method, str(target) if target else "", request.protocol)
        if target is None or request.method == "CONNECT":
            why = "CONNECT came before it was its turn" if request.method == "CONNECT" else "no host is asked for"
            return _closing(self.refuse(told, HTTPStatus.BAD_REQUEST, why))
        why_not = self.foreign.refusal(target)
        if why_not is None and scheme.lower() != "http":
            why_not = f"{target}: an address with https is not passed on as it is; ask with CONNECT"
        if why_not is not None:
            return response(self.refuse(told, HTTPStatus.FORBIDDEN, why_not))
        return await self._passed_on(request, target, told)

    async def _passed_on(self, request: web.BaseRequest, target: Target, told: Received) -> web.StreamResponse:
        if self._onward is None:
            from otp_sandbox.web.onward import Onward  # noqa: PLC0415  (loads aiohttp's client)

            self._onward = Onward(self.foreign)
        try:
            passed: web.StreamResponse = await self._onward.send(request, target)
        except Problem as problem:
            return response(self.refuse(told, problem.status, problem.detail))
        except (web.HTTPException, web.RequestPayloadError) as error:  # a body that is too large, too slow or broken
            return _closing(self.refuse(told, getattr(error, "status", 400), "the body is not passed on"))
        return passed

    def run(self, work: Any) -> None:
        """Run what a tunnel has to wait for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def open(self) -> None:
        """Let clients in."""
        loop = asyncio.get_running_loop()
        for each in self._listeners:
            self._sites.append(await loop.create_server(self, sock=each.socket, backlog=BACKLOG))

    @property
    def url(self) -> str:
        """Where it is: its first listener."""
        return self._listeners[0].url

    async def close(self) -> None:
        """Let nobody in any more; close all tunnels, and what is under way to foreign hosts."""
        for each in self._sites:
            each.close()
        self.tunnels.close()
        for task in self._tasks:
            task.cancel()
        if self._onward is not None:
            await self._onward.close()


def listen_as_proxy(
    settings: Settings, authority: Authority, others: Sequence[Listener]
) -> Callable[[Connections, Note], Proxy]:
    """Bind the port of the proxy; give what makes it once there is a server.

    Args:
        settings: the port, and the hosts that are allowed.
        authority: the hosts that are played, and their TLS.
        others: where else the sandbox listens.

    Raises:
        PortTaken: nobody can listen there.
    """
    listeners = listen_at(settings.host, settings.proxy_port or 0, flag="--proxy-port")
    own = [each.socket.getsockname()[1] for each in (*others, *listeners)]
    foreign = Foreign(authority.hosts, settings.proxy_allow, own)
    return lambda server, note: Proxy(
        listeners, authority.hosts, foreign, authority.context_for, server=server, note=note
    )


class ProxyConnection(Connection):
    """A connection of a client that takes us for its proxy. A CONNECT makes a tunnel of it."""

    __slots__ = ("_framing", "_held", "_is_new", "proxy")

    def __init__(self, server: Connections, **more: Any) -> None:
        super().__init__(server, **more)
        self.proxy: Proxy
        self._held = b""
        self._is_new = True
        self._framing: Any = None

    def data_received(self, data: bytes) -> None:
        """Look at what a request begins with."""
        if self._is_new:
            self._is_new = False
            self._framing = framing_of(self)
            begins = True
        else:
            begins = bool(self._held) or (self._framing is not None and self._framing.between)
        if begins and not self._server.is_answering(self):
            if self._held:
                data = self._held + data
            if data[:8] == _CONNECT[: len(data)]:
                self._held = data
                if len(data) >= len(_CONNECT):
                    self._read_connect(data)
                return
            self._held = b""
            if data[:11] == b"GET http://" and self._framing is not None:
                data = self.proxy.shortened(data)
        super().data_received(data)

    def _read_connect(self, data: bytes) -> None:
        end = data.find(END)
        if end < 0:
            if len(data) > HEAD_MOST:
                self._refuse("", 431, "the head of a CONNECT is too large")
            return
        line = _line(data.partition(b"\r\n")[0])
        target = read_target(line[1].decode(), None) if line is not None else None
        if target is None:
            self._refuse("", 400, "CONNECT takes HOST:PORT")
        elif target.name in self.proxy.played:
            self._will_become(Opened(self.proxy, target), data[end + len(END) :])
        elif (why := self.proxy.foreign.refusal(target)) is not None:
            self._refuse(str(target), 403, why)
        else:
            self._will_become(Asked(self.proxy, target), data[end + len(END) :])

    def _refuse(self, host: str, status: int, why: str) -> None:
        self._held = b""
        reply = self.proxy.refuse(about("CONNECT", host, self), status, why)
        if self.transport is not None:
            self.transport.write(last(reply))
        self.force_close()

    def _will_become(self, tunnel: Begun, data: bytes) -> None:
        """Give the transport away as soon as aiohttp's task has begun: it cannot be stopped before."""
        if self.transport is not None:
            self.transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._become, tunnel, data)

    def _become(self, tunnel: Begun, data: bytes) -> None:
        """Give the transport away. aiohttp's part of this connection ends, and does not close it."""
        transport, self.transport = self.transport, None
        if transport is None or transport.is_closing():
            return
        self.connection_lost(None)
        transport.set_protocol(tunnel)
        tunnel.connection_made(transport)
        if data:
            tunnel.data_received(data)


def _closing(reply: Reply) -> web.Response:
    made = response(reply)
    made.force_close()
    return made

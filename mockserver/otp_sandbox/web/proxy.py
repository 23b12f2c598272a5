"""The proxy: one port for whole addresses and for CONNECT, with TLS ended here.

What is played is answered like any other request, by the server's own connections; nothing else is passed on that was
not allowed by name.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Collection, Coroutine
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.web.connections import Connection, Connections
from otp_sandbox.web.foreign import Foreign, Looped, Target, read_target
from otp_sandbox.web.heads import END, HEAD_MOST
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import encode_reply, response
from otp_sandbox.web.shortcut import framing_of
from otp_sandbox.web.tls import why_failed
from otp_sandbox.web.tunnels import Relay, Tunnels

CONNECTING: Final = 10.0
"""Seconds that a foreign host may take to accept a connection."""
SILENT: Final = 30.0
"""Seconds until a tunnel to a played host is closed in which nothing is said."""
HANDSHAKE: Final = 10.0
"""Seconds that a TLS handshake in a tunnel may take."""
_CONNECT: Final = b"CONNECT "
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_TLS: Final = 0x16
"""What a TLS handshake begins with, and no HTTP request does."""
_line: Final = re.compile(rb"CONNECT ([!-~]+) HTTP/1\.[01]").fullmatch
_PORTS: Final = {"http": 80, "https": 443}


class Proxy:
    """What a connection of the proxy needs.

    Args:
        played: the hosts that are answered.
        foreign: says which others may be called.
        context_for: gives the TLS of a played host.
        server: makes the connections that answer, and notes what is refused.
        note: keeps a handshake that came to nothing.
        tunnels: all tunnels that are open.
    """

    def __init__(
        self,
        played: Collection[str],
        foreign: Foreign,
        context_for: Callable[[str], ssl.SSLContext],
        server: Connections,
        *,
        note: Callable[[Received, Reply, str], Coroutine[Any, Any, None]],
        tunnels: Tunnels | None = None,
    ) -> None:
        self.played = frozenset(played)
        self.foreign = foreign
        self.context_for = context_for
        self.server = server
        self.refuse = server.refuse
        self.note = note
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
        about = _about(request.method, str(target) if target else "", request.protocol)
        if target is None or request.method == "CONNECT":
            why = "CONNECT came before it was its turn" if request.method == "CONNECT" else "no host is asked for"
            return _closing(self.refuse(about, HTTPStatus.BAD_REQUEST, why))
        why_not = self.foreign.refusal(target)
        if why_not is None and scheme.lower() != "http":
            why_not = f"{target}: an address with https is not passed on as it is; ask with CONNECT"
        if why_not is not None:
            return response(self.refuse(about, HTTPStatus.FORBIDDEN, why_not))
        return await self._passed_on(request, target, about)

    async def _passed_on(self, request: web.BaseRequest, target: Target, about: Received) -> web.StreamResponse:
        if self._onward is None:
            from otp_sandbox.web.onward import Onward  # noqa: PLC0415  (loads aiohttp's client)

            self._onward = Onward(self.foreign)
        try:
            passed: web.StreamResponse = await self._onward.send(request, target)
        except Problem as problem:
            return response(self.refuse(about, problem.status, problem.detail))
        except (web.HTTPException, web.RequestPayloadError) as error:  # a body that is too large, too slow or broken
            return _closing(self.refuse(about, getattr(error, "status", 400), "the body is not passed on"))
        return passed

    def run(self, work: Any) -> None:
        """Run what a tunnel has to wait for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close all tunnels, and what is under way to foreign hosts."""
        self.tunnels.close()
        for each in self._tasks:
            each.cancel()
        if self._onward is not None:
            await self._onward.close()


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
            self._will_become(_Opened(self.proxy, target), data[end + len(END) :])
        elif (why := self.proxy.foreign.refusal(target)) is not None:
            self._refuse(str(target), 403, why)
        else:
            self._will_become(_Asked(self.proxy, target), data[end + len(END) :])

    def _refuse(self, host: str, status: int, why: str) -> None:
        self._held = b""
        reply = self.proxy.refuse(_about("CONNECT", host, self), status, why)
        if self.transport is not None:
            self.transport.write(_last(reply))
        self.force_close()

    def _will_become(self, tunnel: _Begun, data: bytes) -> None:
        """Give the transport away as soon as aiohttp's task has begun: it cannot be stopped before."""
        if self.transport is not None:
            self.transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._become, tunnel, data)

    def _become(self, tunnel: _Begun, data: bytes) -> None:
        """Give the transport away. aiohttp's part of this connection ends, and does not close it."""
        transport, self.transport = self.transport, None
        if transport is None or transport.is_closing():
            return
        self.connection_lost(None)
        transport.set_protocol(tunnel)
        tunnel.connection_made(transport)
        if data:
            tunnel.data_received(data)


class _Begun(asyncio.Protocol):
    """A tunnel that was asked for, until it is known what becomes of it."""

    def __init__(self, proxy: Proxy, target: Target) -> None:
        self._proxy = proxy
        self._target = target
        self._held = b""
        self._is_lost = False
        self._timer: asyncio.TimerHandle | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there."""
        self._transport = transport
        self._proxy.tunnels.opened(self)

    def connection_lost(self, _: Exception | None) -> None:
        """The client is gone."""
        self._is_lost = True
        self._settled()

    def abort(self) -> None:
        """Close it at once."""
        self._settled()
        self._transport.abort()

    def _settled(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._proxy.tunnels.closed(self)

    def _hand_over(self, transport: Any, protocol: Any) -> None:
        """Let another protocol have what comes, and what has come."""
        self._settled()
        protocol.connection_made(transport)
        transport.set_protocol(protocol)
        if self._held:
            protocol.data_received(self._held)


class _Opened(_Begun):
    """A tunnel to a played host. The first byte tells whether it speaks TLS."""

    _speaks_tls = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tell the client that it may speak."""
        super().connection_made(transport)
        self._transport.resume_reading()
        self._transport.write(_ESTABLISHED)
        self._timer = asyncio.get_running_loop().call_later(self._proxy.silent, self.abort)

    def data_received(self, data: bytes) -> None:
        """Hand the tunnel over to whom its first byte asks for."""
        self._held += data
        if self._speaks_tls:  # within the handshake: what comes is for later
            return
        if self._held[0] != _TLS:
            self._hand_over(self._transport, self._proxy.server.make(Connection))
            return
        self._speaks_tls = True
        self._transport.pause_reading()
        self._proxy.run(self._speak_tls())

    async def _speak_tls(self) -> None:
        loop = asyncio.get_running_loop()
        hello, self._held = self._held, b""
        name = self._target.name
        try:
            handshake = loop.create_task(
                loop.start_tls(
                    self._transport,
                    self,
                    self._proxy.context_for(name),
                    server_side=True,
                    ssl_handshake_timeout=HANDSHAKE,
                )
            )
            await asyncio.sleep(0)  # now the transport has the protocol of TLS, which gets what was read before
            _feed(self._transport.get_protocol(), hello)
            transport: Any = await handshake
        except OSError as error:  # TLS alerts are some
            self._settled()
            self._distrusted(error)
            self._transport.abort()
            return
        if transport is None or self._is_lost:
            self._distrusted(ConnectionResetError("it left"))
            return
        self._transport = transport
        self._hand_over(transport, self._proxy.server.make(Connection))

    def _distrusted(self, error: OSError) -> None:
        """Note that there was no handshake."""
        received = Received("?", "", {"Host": str(self._target)}, _Nobody(tls=True))
        self._proxy.run(self._proxy.note(received, Reply(b"", status=0), why_failed(error)))


def _feed(protocol: Any, data: bytes) -> None:
    """Give a buffered protocol what was read before it was there."""
    view = memoryview(data)
    while view:
        buffer = protocol.get_buffer(len(view))
        size = min(len(buffer), len(view))
        buffer[:size] = view[:size]
        protocol.buffer_updated(size)
        view = view[size:]


class _Asked(_Begun):
    """A tunnel to a foreign host that is not reached yet."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Call the host; the client waits."""
        super().connection_made(transport)
        self._proxy.run(self._reach())

    def data_received(self, data: bytes) -> None:
        """Keep what came with the request."""
        self._held += data

    async def _reach(self) -> None:
        relay = Relay(self._proxy.tunnels)
        status, why = 0, ""
        try:
            async with asyncio.timeout(CONNECTING):
                await _connected(relay, await self._proxy.foreign.addresses(self._target), self._target.port)
        except Looped as error:
            status, why = 508, str(error)
        except TimeoutError:
            status, why = 504, f"{self._target} does not answer in time"
        except OSError as error:
            status, why = 502, f"{self._target} does not answer: {error.strerror or error}"
        if status:
            relay.ended()
            reply = self._proxy.refuse(_about("CONNECT", str(self._target), None), status, why)
            if not self._is_lost:
                self._transport.write(_last(reply))
                self._transport.close()
            return
        if self._is_lost:
            relay.abort()
            return
        self._transport.write(_ESTABLISHED)
        self._hand_over(self._transport, relay.client)


async def _connected(relay: Relay, places: list[tuple[Any, str]], port: int) -> None:
    """Connect to the first address that takes it.

    Raises:
        OSError: none does.
    """
    loop = asyncio.get_running_loop()
    failed: OSError = OSError("it has no address")
    for family, address in places:
        try:
            await loop.create_connection(lambda: relay.host, address, port, family=family)
        except OSError as error:
            failed = error
        else:
            return
    raise failed


def _about(method: str, host: str, connection: Any) -> Received:
    """Give what is noted of a request that is not answered: what a foreign host was asked is its own business."""
    return Received(method, "/", {"Host": host}, connection if connection is not None else _NOBODY)


class _Nobody:
    """A connection that was given away."""

    peername = None
    sockname = None

    def __init__(self, *, tls: bool) -> None:
        self.ssl_context: Any = tls or None


_NOBODY: Final = _Nobody(tls=False)


def _last(reply: Reply) -> bytes:
    """Write an answer after which the connection is closed."""
    return encode_reply(Reply(reply.body, reply.content_type, reply.status, {**reply.headers, "Connection": "close"}))


def _closing(reply: Reply) -> web.Response:
    made = response(reply)
    made.force_close()
    return made

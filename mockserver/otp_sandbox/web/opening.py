"""Tunnels of the proxy from the moment that they are asked for until it is known who speaks in them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from otp_sandbox.contract import Reply
from otp_sandbox.web.connections import Connection
from otp_sandbox.web.foreign import Looped, Target
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import encode_reply
from otp_sandbox.web.tls import why_failed
from otp_sandbox.web.tunnels import Relay

if TYPE_CHECKING:
    from otp_sandbox.web.proxy import Proxy

CONNECTING: Final = 10.0
"""Seconds that a foreign host may take to accept a connection."""
HANDSHAKE: Final = 10.0
"""Seconds that a TLS handshake in a tunnel may take."""
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_TLS: Final = 0x16
"""What a TLS handshake begins with, and no HTTP request does."""


class Begun(asyncio.Protocol):
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


class Opened(Begun):
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


class Asked(Begun):
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
            reply = self._proxy.refuse(about("CONNECT", str(self._target), None), status, why)
            if not self._is_lost:
                self._transport.write(last(reply))
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


def about(method: str, host: str, connection: Any) -> Received:
    """Give what is noted of a request that is not answered: what a foreign host was asked is its own business."""
    return Received(method, "/", {"Host": host}, connection if connection is not None else _NOBODY)


class _Nobody:
    """A connection that was given away."""

    peername = None
    sockname = None

    def __init__(self, *, tls: bool) -> None:
        self.ssl_context: Any = tls or None


_NOBODY: Final = _Nobody(tls=False)


def last(reply: Reply) -> bytes:
    """Write an answer after which the connection is closed."""
    return encode_reply(Reply(reply.body, reply.content_type, reply.status, {**reply.headers, "Connection": "close"}))

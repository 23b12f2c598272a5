"""The listeners that speak TLS: which host a client wants, its handshake, and what is told when none comes about."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import select
import socket
import ssl
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from otp_sandbox.contract import Reply
from otp_sandbox.interception.hello import MOST as HELLO_MOST
from otp_sandbox.interception.hello import Hello, begins_tls, read_hello
from otp_sandbox.web.heads import END, HEAD_MOST, first_line
from otp_sandbox.web.listeners import Contexts
from otp_sandbox.web.received import Received

Note = Callable[[Received, Reply, str], Coroutine[Any, Any, None]]
"""Keeps a request that came to nothing: what came, what was answered, and why."""

HELLO_TIME: Final = 10.0
"""Seconds that a client may take for its hello, and again for its handshake."""
WAITING_MOST: Final = 512
"""Clients at a time whose handshake is not done. For one more, the one that waits longest is closed."""
NOTES_MOST: Final = 60
"""Handshakes a minute that are noted: a client that tries again and again must not push out all other entries."""
_MINUTE: Final = 60.0
_LOOK: Final = 0.01
"""Seconds between two looks at a hello that comes in pieces."""
_FULL: Final = 0.5
"""Seconds until the next connection is taken when the process has no more handles."""
_LINGER: Final = 1.0
_NOTHING: Final = Reply(b"", status=0)
_UNRECOGNIZED_NAME: Final = b"\x15\x03\x03\x00\x02\x02\x70"
_HOST: Final = re.compile(rb"\r\nhost:[ \t]*([^\r\n]{0,255})", re.IGNORECASE)
_PLAIN: Final = b"This port speaks TLS, and plain HTTP came: say https:// for it, or use the port for http://.\n"
_PLAIN_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_PLAIN), _PLAIN)
)
_TRUST: Final = (
    "`otp-sandbox env` prints what its runtime wants, `otp-sandbox ca` the certificate to trust (also at /ca.crt)"
)
_UNTRUSTED: Final = ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN", "UNSUPPORTED_CERTIFICATE", "ACCESS_DENIED")
_LOG = logging.getLogger("otp_sandbox")


class Door:
    """A listener that speaks TLS.

    Args:
        listening: the socket; it is closed with the door.
        contexts: gives the TLS for the name that a client wants; a LookupError refuses it.
        protocol: makes the protocol of a connection whose handshake is done.
        note: keeps what came to nothing.
    """

    def __init__(self, listening: socket.socket, contexts: Contexts, protocol: Callable[[], Any], note: Note) -> None:
        self._listening = listening
        self._contexts = contexts
        self._protocol = protocol
        self._note = Notes(note)
        self._waiting: dict[asyncio.Task[None], None] = {}
        self._accepting: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Let clients in."""
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    async def close(self) -> None:
        """Let nobody in any more. Who is in stays."""
        tasks = [each for each in (self._accepting, *self._waiting) if each is not None]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listening.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(self._listening)
            except OSError:  # no more handles, or a client that is gone by now
                await asyncio.sleep(_FULL)
                continue
            if len(self._waiting) >= WAITING_MOST:
                longest = next(iter(self._waiting))
                del self._waiting[longest]  # it ends later; the next client, who may be here already, ends another one
                longest.cancel()
            task = loop.create_task(self._meet(client))
            self._waiting[task] = None
            task.add_done_callback(partial(self._left, client))

    def _left(self, client: socket.socket, task: asyncio.Task[None]) -> None:
        self._waiting.pop(task, None)
        if task.cancelled():  # perhaps before it had begun
            client.close()

    async def _meet(self, client: socket.socket) -> None:
        try:
            await self._met(client)
        except (OSError, TimeoutError):  # a client that is gone, or says nothing
            client.close()
        except Exception:  # noqa: BLE001  (no connection may end in a traceback)
            client.close()
            _LOG.exception("a connection failed before its handshake")

    async def _met(self, client: socket.socket) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        source = _Source(client)
        async with asyncio.timeout(HELLO_TIME):
            first, hello = await _look(client)
        if hello is not None:
            await self._shake_hands(client, source, hello)
        elif first[:1].isalpha():
            await self._answer_plainly(client, source)
        else:
            client.close()
            if first:
                await self._note(Received("?", "", {}, source), _NOTHING, "what came is neither TLS nor HTTP")

    async def _shake_hands(self, client: socket.socket, source: _Source, hello: Hello) -> None:
        source.ssl_context = True
        name = hello.name or ""
        shown = name if name.isascii() and name.isprintable() else ascii(name)
        received = Received("?", "", {"Host": shown} if name else {}, source)
        try:
            context = self._contexts(hello.name)
        except LookupError as unknown:
            await self._note(received, _NOTHING, f"a TLS client was refused: {unknown}")
            await _say(client, _UNRECOGNIZED_NAME)
            return
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(self._protocol, client, ssl=context, ssl_handshake_timeout=HELLO_TIME)
        except OSError as error:  # TLS alerts are some
            client.close()
            await self._note(received, _NOTHING, why_failed(error))

    async def _answer_plainly(self, client: socket.socket, source: _Source) -> None:
        loop = asyncio.get_running_loop()
        head = b""
        async with asyncio.timeout(HELLO_TIME):
            while END not in head and len(head) < HEAD_MOST:
                more = await loop.sock_recv(client, HEAD_MOST)
                if not more:
                    break
                head += more
        method, target = first_line(head)
        host = _HOST.search(head)
        headers = {"Host": host[1].decode("utf-8", "replace").strip()} if host is not None else {}
        reply = Reply(_PLAIN, "text/plain; charset=utf-8", 400)
        await self._note(Received(method, target, headers, source), reply, _PLAIN.decode().strip().rstrip("."))
        await _say(client, _PLAIN_ANSWER)


class Notes:
    """Keeps what came to nothing, so many a minute.

    Args:
        note: keeps it.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self._kept = 0
        self._since = 0.0

    async def __call__(self, received: Received, reply: Reply, what: str) -> None:
        """Keep it, unless there were too many."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= _MINUTE:
            self._since, self._kept = now, 0
        self._kept += 1
        if self._kept <= NOTES_MOST:
            await self._note(received, reply, what)


class _Source:
    """What a request that came to nothing tells of its connection."""

    def __init__(self, client: socket.socket) -> None:
        self.ssl_context: Any = None
        self.peername = client.getpeername()
        self.sockname = client.getsockname()


def why_failed(error: OSError) -> str:
    """Say why a handshake failed, and how to mend it: what an operating system or OpenSSL says of it is given."""
    reason = str(getattr(error, "reason", "") or "")
    if any(each in reason for each in _UNTRUSTED):
        return f"a TLS client does not trust the CA of this sandbox ({_words(reason)}): {_TRUST}"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return f"a TLS handshake failed ({_words(reason)})"
    return f"a TLS client broke off its handshake, as one does that does not trust the CA of this sandbox: {_TRUST}"


def _words(reason: str) -> str:
    return reason.rpartition("_ALERT_")[2].replace("_", " ").lower() or "no reason was given"


async def _look(client: socket.socket) -> tuple[bytes, Hello | None]:
    """Look what a client says first, and leave it there: its first bytes, and its hello if it has one."""
    while True:
        await _until_readable(client)
        first = client.recv(HELLO_MOST, socket.MSG_PEEK)
        if not begins_tls(first):
            return first, None
        hello = read_hello(first)
        if hello is not None:
            return first, hello
        await asyncio.sleep(_LOOK)  # what is there keeps the socket readable


async def _until_readable(client: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(client, readable.set)
    except NotImplementedError:  # the usual loop on Windows
        await asyncio.to_thread(select.select, [client], [], [], HELLO_TIME)
        return
    try:
        await readable.wait()
    finally:
        loop.remove_reader(client)


async def _say(client: socket.socket, data: bytes) -> None:
    """Say something last. What the client still sends is read, else it would be told that the connection was reset."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_LINGER):
            await loop.sock_sendall(client, data)
            client.shutdown(socket.SHUT_WR)
            while await loop.sock_recv(client, HEAD_MOST):
                pass
    client.close()

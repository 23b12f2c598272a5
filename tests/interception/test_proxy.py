"""The proxy: whole addresses, tunnels with and without TLS, what is refused, what is passed on, and bad input."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from otp_sandbox.app import Sandbox
from otp_sandbox.contract import Provider
from otp_sandbox.interception.authority import Authority
from otp_sandbox.interception.hosts import played
from otp_sandbox.settings import Settings
from otp_sandbox.web.heads import HEAD_MOST
from otp_sandbox.web.tunnels import Relay

STATUS = "/rest/AccountStatus?Token=SANDBOX-TOKEN"
AMOOT = "portal.amootsms.com"
BALANCE = "/api/?show=balance&token=SANDBOX-TOKEN"
THUESIM = "thuesim.com.vn"
CLOSE = b"Connection: close\r\n\r\n"


@dataclass
class Proxied:
    """A sandbox with a proxy, and how to speak to it."""

    sandbox: Sandbox
    client: Any
    trust: ssl.SSLContext

    @property
    def at(self) -> tuple[str, int]:
        host, _, port = self.sandbox.server.proxy_url.partition("//")[2].rpartition(":")
        return host, int(port)

    @property
    def proxy(self) -> Any:
        return self.sandbox.server._doors[-1]

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.at)

    async def say(self, *pieces: bytes) -> bytes:
        """Send pieces on a connection of their own, and give all that comes back until it is closed."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        got = await reader.read()
        writer.close()
        return got

    async def tunnel(self, target: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.connect()
        writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        return reader, writer

    async def entries(self) -> list[dict[str, Any]]:
        """What the journal has, with host and scheme, as the export in HAR has them."""
        requests = (await self.client.control("GET", "/requests")).json["requests"]
        har = (await self.client.control("GET", "/requests.har")).json["log"]["entries"]
        return [entry | {"url": each["request"]["url"]} for entry, each in zip(requests, har, strict=True)]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory, providers: dict[str, Provider]) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("state"), played(providers.values()))


Begin = Callable[..., Awaitable[Proxied]]


@pytest.fixture
async def proxied(start: Any, authority: Authority) -> AsyncIterator[Begin]:
    """Start sandboxes with a proxy."""
    from conftest import Client  # noqa: PLC0415  (found when tests run)

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def begin(**settings: Any) -> Proxied:
            made = Settings(port=0, seed=7, proxy_port=0, **settings)
            sandbox = await start(made, authority=authority)
            trust = ssl.create_default_context(cadata=authority.certificate_pem.decode())
            return Proxied(sandbox, Client(sandbox.server.url, session), trust)

        yield begin


def get(target: str, host: str, more: bytes = CLOSE) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: {host}\r\n".encode() + more


@asynccontextmanager
async def foreign_host(answer: Callable[[bytes], bytes] = lambda data: data) -> AsyncIterator[int]:
    """A host that is not ours: it answers each piece that comes, and ends when its client does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(answer(piece))
        writer.write(b"bye")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


# What is played


@pytest.mark.parametrize("authority_of", ["{}", "{}:80", "user:pass@{}"])
@pytest.mark.parametrize("header", [AMOOT, AMOOT.upper(), "other.example"])
async def test_a_whole_address_is_answered(proxied: Begin, authority_of: str, header: str) -> None:
    """The address says the host, whatever the header says."""
    it = await proxied()

    got = await it.say(get(f"http://{authority_of.format(AMOOT)}{STATUS}", header))

    assert b'"Status":"Success"' in got
    (entry,) = await it.entries()
    assert entry["operation"] == "AccountStatus"
    assert entry["url"].startswith(f"http://{AMOOT}")


async def test_one_connection_is_good_for_all_hosts(proxied: Begin) -> None:
    """Clients keep the connection to their proxy, whomever they ask."""
    it = await proxied()
    reader, writer = await it.connect()
    answers = []

    for host, target in [(AMOOT, STATUS), (THUESIM, BALANCE), (AMOOT, STATUS), ("example.org", "/")] * 2:
        writer.write(get(f"http://{host}{target}", host, b"Proxy-Connection: keep-alive\r\n\r\n"))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        answers.append((head[9:12], await reader.readexactly(length)))
    writer.close()

    assert [status for status, _ in answers] == [b"200", b"200", b"200", b"403"] * 2
    assert [each["provider"] for each in await it.entries()] == ["amoot", "thuesim", "amoot", None] * 2


async def test_a_post_to_a_whole_address_is_answered(proxied: Begin) -> None:
    it = await proxied()

    got = await it.say(
        f"POST http://{AMOOT}/rest/AccountStatus HTTP/1.1\r\nHost: {AMOOT}\r\nContent-Length: 19\r\n".encode()
        + b"Content-Type: application/x-www-form-urlencoded\r\n"
        + CLOSE
        + b"Token=SANDBOX-TOKEN"
    )

    assert b'"Status":"Success"' in got


async def test_a_whole_address_with_https_is_answered_as_https(proxied: Begin) -> None:
    """Old clients of Node ask their proxy so, without a tunnel."""
    it = await proxied()

    got = await it.say(get(f"https://{AMOOT}{STATUS}", AMOOT))

    assert b'"Status":"Success"' in got
    assert (await it.entries())[0]["url"].startswith(f"https://{AMOOT}/")


@pytest.mark.parametrize("port", [443, 80, 8443])
async def test_a_tunnel_speaks_tls_at_any_port(proxied: Begin, port: int) -> None:
    it = await proxied()
    reader, writer = await it.tunnel(f"{AMOOT}:{port}")
    await writer.start_tls(it.trust, server_hostname=AMOOT)
    writer.write(get(STATUS, AMOOT))

    got = await reader.read()

    writer.close()
    assert b'"Status":"Success"' in got
    assert (await it.entries())[0]["url"].startswith(f"https://{AMOOT}/")


@pytest.mark.parametrize("port", [443, 80, 8080])
async def test_a_tunnel_speaks_plain_http_at_any_port(proxied: Begin, port: int) -> None:
    it = await proxied()
    reader, writer = await it.tunnel(f"{AMOOT}:{port}")
    writer.write(get(STATUS, AMOOT))

    got = await reader.read()

    writer.close()
    assert b'"Status":"Success"' in got
    assert (await it.entries())[0]["url"].startswith(f"http://{AMOOT}/")


@pytest.mark.parametrize("size", [1, 7, 8, 9, 1000])
async def test_a_connect_may_come_in_pieces_with_what_follows(proxied: Begin, size: int) -> None:
    """No byte is lost between the tunnel and what speaks in it."""
    it = await proxied()
    data = f"CONNECT {AMOOT}:80 HTTP/1.1\r\nX: y\r\n\r\n".encode() + get(STATUS, AMOOT)

    got = await it.say(*(data[at : at + size] for at in range(0, len(data), size)))

    assert got.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")
    assert b'"Status":"Success"' in got


async def test_a_client_may_begin_tls_before_it_is_told_to(proxied: Begin) -> None:
    """The first bytes of TLS come in one piece with the CONNECT."""
    it = await proxied()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = it.trust.wrap_bio(incoming, outgoing, server_hostname=AMOOT)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    reader, writer = await it.connect()
    writer.write(f"CONNECT {AMOOT}:443 HTTP/1.1\r\n\r\n".encode() + outgoing.read())
    await reader.readuntil(b"\r\n\r\n")

    got = b""
    asked = False
    while b"Success" not in got:
        try:
            if asked:
                got += tls.read()
            else:
                tls.do_handshake()
                tls.write(get(STATUS, AMOOT))
                asked = True
        except ssl.SSLWantReadError:
            writer.write(outgoing.read())
            piece = await reader.read(65536)
            assert piece
            incoming.write(piece)
        writer.write(outgoing.read())
    writer.close()

    assert got.startswith(b"HTTP/1.1 200 OK")


async def test_a_connect_may_follow_other_requests(proxied: Begin) -> None:
    it = await proxied()
    reader, writer = await it.connect()
    writer.write(get(f"http://{THUESIM}{BALANCE}", THUESIM, b"\r\n"))
    await reader.readuntil(b"}")
    writer.write(f"CONNECT {AMOOT}:443 HTTP/1.1\r\n\r\n".encode())
    await reader.readuntil(b"established\r\n\r\n")
    await writer.start_tls(it.trust, server_hostname=AMOOT)
    writer.write(get(STATUS, AMOOT))

    assert b'"Status":"Success"' in await reader.read()

    writer.close()


async def test_a_connect_right_behind_a_request_is_answered(proxied: Begin) -> None:
    """It has to wait for its turn, and is told so."""
    it = await proxied()
    connect = f"CONNECT {AMOOT}:443 HTTP/1.1\r\n\r\n".encode()

    got = await it.say(get(f"http://{AMOOT}{STATUS}", AMOOT, b"\r\n") + connect)

    assert got.startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 400 Bad Request" in got


@pytest.mark.parametrize("target", ["/", "/_sandbox/v1/info"])
async def test_a_path_is_answered_as_the_server_does(proxied: Begin, target: str) -> None:
    """People who look at the port see what is here."""
    it = await proxied()

    got = await it.say(get(target, "127.0.0.1"))

    assert got.startswith(b"HTTP/1.1 200 OK")
    assert b"otp-sandbox" in got


async def test_the_control_api_is_not_reached_by_the_name_of_a_provider(proxied: Begin) -> None:
    it = await proxied()

    got = await it.say(get(f"http://{AMOOT}/_sandbox/v1/lanes", AMOOT))

    assert got[9:12] in (b"404", b"421")
    assert b"SANDBOX-TOKEN" not in got


async def test_what_a_client_shows_its_proxy_is_never_kept(proxied: Begin) -> None:
    it = await proxied()
    secret = b"Proxy-Authorization: Basic c2VjcmV0OnNlY3JldA==\r\n" + CLOSE

    await it.say(get(f"http://{AMOOT}{STATUS}", AMOOT, secret))
    await it.say(get("http://example.org/path?key=c2VjcmV0OnNlY3JldA==", "example.org", secret))
    await it.say(b"CONNECT example.org:443 HTTP/1.1\r\n" + secret)

    for path in ("/requests", "/requests.har", "/bundle", "/snapshot", "/lint"):
        assert "c2VjcmV0" not in (await it.client.control("GET", path)).text
    assert len(await it.entries()) == 3


# What is not


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://example.org/a?b=c HTTP/1.1\r\nHost: example.org\r\n",
        b"GET https://example.org/a?b=c HTTP/1.1\r\nHost: example.org\r\n",
        b"GET http://example.org HTTP/1.1\r\nHost: portal.amootsms.com\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: portal.amootsms.com\r\n",
        b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n",
        b"GET http://192.0.2.1:81/ HTTP/1.1\r\nHost: x\r\n",
    ],
)
async def test_a_foreign_host_is_refused(proxied: Begin, head: bytes) -> None:
    """The answer says how to allow it, the journal too; what it was asked is not kept."""
    it = await proxied()

    got = await it.say(head + CLOSE)

    assert got.startswith(b"HTTP/1.1 403 Forbidden")
    assert b"proxy_allow" in got
    (entry,) = await it.entries()
    assert entry["status"] == 403
    assert "proxy_allow" in entry["warnings"][0]
    assert (entry["path"], entry["fields"]) == ("/", {})


@pytest.mark.parametrize("target", [AMOOT, AMOOT.upper() + ".", "x." + AMOOT, "rest.esms.vn", "www.thuesim.com.vn"])
async def test_a_host_of_a_provider_is_never_called(proxied: Begin, target: str) -> None:
    """Not even if it is allowed: it is answered, or refused."""
    it = await proxied(proxy_allow=("*.amootsms.com", AMOOT, "x." + AMOOT, "rest.esms.vn", "*.vn"))

    for head in (f"GET http://{target}{STATUS} HTTP/1.1\r\n", f"CONNECT {target}:443 HTTP/1.1\r\n"):
        reader, writer = await it.connect()
        writer.write(head.encode() + b"Host: h\r\n\r\n")
        got = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert got[9:12] == (b"403" if target.startswith("x.") else b"200"), got


@pytest.mark.parametrize(
    ("allowed", "name", "passes"),
    [
        (("app.example",), "app.example", True),
        (("APP.example.",), "app.EXAMPLE.", True),
        (("app.example",), "x.app.example", False),
        (("*.example",), "app.example", True),
        (("*.example",), "a.b.example", True),
        (("*.example",), "example", False),
        (("*.example",), "badexample", False),
        (("192.0.2.1",), "192.0.2.1", True),
        ((), "app.example", False),
    ],
)
async def test_hosts_are_allowed_by_name(proxied: Begin, allowed: tuple[str, ...], name: str, passes: bool) -> None:  # noqa: FBT001  (a column of the table)
    from otp_sandbox.web.foreign import Foreign, read_target  # noqa: PLC0415  (as the server loads it)

    target = read_target(f"{name}:80", None)
    assert target is not None

    assert (Foreign({AMOOT}, allowed, {1}).refusal(target) is None) is passes


async def test_an_allowed_host_is_tunnelled(proxied: Begin) -> None:
    """Bytes as they are; who says that it sends no more still gets the rest."""
    async with foreign_host() as port:
        it = await proxied(proxy_allow=("127.0.0.1",))
        reader, writer = await it.tunnel(f"127.0.0.1:{port}")
        sent = bytes(range(256)) * 4096

        writer.write(sent)
        writer.write_eof()
        got = await reader.read()

        writer.close()
        assert got == sent + b"bye"


async def test_an_allowed_host_that_speaks_first_is_heard(proxied: Begin) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    it = await proxied(proxy_allow=("127.0.0.1",))
    reader, writer = await it.tunnel(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")

    assert await reader.read() == b"220 hello"

    writer.close()
    server.close()


async def test_a_whole_address_of_an_allowed_host_is_passed_on(proxied: Begin) -> None:
    """Without what belongs to the connection; answers come back as they are."""
    seen = []

    def answer(data: bytes) -> bytes:
        seen.append(data)
        return b"HTTP/1.1 418 Tea\r\nContent-Length: 3\r\nX-Own: 1\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\npot"

    async with foreign_host(answer) as port:
        it = await proxied(proxy_allow=("127.0.0.1",))

        got = await it.say(
            f"POST http://127.0.0.1:{port}/a%2Fb?c=%20d HTTP/1.1\r\nHost: {AMOOT}\r\nContent-Length: 2\r\n"
            "Proxy-Authorization: Basic abc\r\nX-Kept: 1\r\nConnection: X-Gone, close\r\nX-Gone: 1\r\n\r\nhi".encode()
        )

    (asked,) = seen
    assert asked.startswith(b"POST /a%2Fb?c=%20d HTTP/1.1\r\n")
    assert asked.endswith(b"\r\n\r\nhi")
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in asked
    assert b"X-Kept: 1" in asked
    assert not any(each in asked for each in (b"Proxy-Authorization", b"X-Gone", AMOOT.encode()))
    assert got.startswith(b"HTTP/1.1 418 Tea\r\n")
    assert got.endswith(b"\r\n\r\npot")
    assert b"X-Own: 1" in got
    assert b"X-Hop" not in got
    assert await it.entries() == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "127.0.0.2", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"])
@pytest.mark.parametrize("own", ["port", "proxy"])
async def test_it_never_calls_itself(proxied: Begin, name: str, own: str) -> None:
    """Not by a name, not by an address, not if it is allowed."""
    for allowed in ((), (name.strip("[]"),)):
        it = await proxied(proxy_allow=allowed)
        url = it.sandbox.server.url if own == "port" else it.sandbox.server.proxy_url
        target = f"{name}:{url.rpartition(':')[2]}"
        for head in (f"GET http://{target}/ HTTP/1.1\r\n", f"CONNECT {target} HTTP/1.1\r\n"):
            got = await it.say(head.encode() + b"Host: h\r\n" + CLOSE)

            assert got[9:12] == (b"508" if allowed else b"403"), got
            assert b"is this sandbox" in got


async def test_a_request_that_was_here_before_is_refused(proxied: Begin) -> None:
    it = await proxied(proxy_allow=("app.example",))

    got = await it.say(get("http://app.example/", "app.example", b"Via: 1.0 x, 1.1 otp-sandbox\r\n" + CLOSE))

    assert got.startswith(b"HTTP/1.1 508 ")


async def test_an_allowed_host_that_does_not_answer_is_told(proxied: Begin, free_port: int) -> None:
    it = await proxied(proxy_allow=("127.0.0.1",))

    for head in (f"GET http://127.0.0.1:{free_port}/ HTTP/1.1\r\n", f"CONNECT 127.0.0.1:{free_port} HTTP/1.1\r\n"):
        got = await it.say(head.encode() + b"Host: h\r\n" + CLOSE)

        assert got.startswith(b"HTTP/1.1 502 ")
        assert f"127.0.0.1:{free_port} does not answer".encode() in got


# Bad input


@pytest.mark.parametrize(
    "head",
    [
        b"CONNECT / HTTP/1.1",
        b"CONNECT portal.amootsms.com HTTP/1.1",
        b"CONNECT portal.amootsms.com: HTTP/1.1",
        b"CONNECT portal.amootsms.com:0 HTTP/1.1",
        b"CONNECT portal.amootsms.com:65536 HTTP/1.1",
        b"CONNECT portal.amootsms.com:x HTTP/1.1",
        b"CONNECT http://portal.amootsms.com:443 HTTP/1.1",
        b"CONNECT [::1:443 HTTP/1.1",
        b"CONNECT .:443 HTTP/1.1",
        b"CONNECT a b:443 HTTP/1.1",
        b"CONNECT \xff:443 HTTP/1.1",
        b"CONNECT a:443 HTTP/2",
        b"CONNECT  HTTP/1.1",
        b"GET http:///rest HTTP/1.1",
        b"GET http://portal.amootsms.com:x/rest HTTP/1.1",
        b"GET http://portal.amootsms.com:99999/rest HTTP/1.1",
        b"GET http://[::1/rest HTTP/1.1",
        b"GET gopher://portal.amootsms.com/rest HTTP/1.1",
        b"GET rest HTTP/1.1",
    ],
)
async def test_a_broken_authority_is_refused(proxied: Begin, head: bytes, caplog: pytest.LogCaptureFixture) -> None:
    it = await proxied()

    got = await it.say(head + b"\r\nHost: h\r\n" + CLOSE)

    assert got.startswith(b"HTTP/1.1 400 "), got
    assert len(await it.entries()) == 1
    assert caplog.records == []


@pytest.mark.parametrize("size", [HEAD_MOST - 100, HEAD_MOST + 1])
async def test_the_head_of_a_connect_has_a_bound(proxied: Begin, size: int) -> None:
    it = await proxied()
    start = b"CONNECT example.org:443 HTTP/1.1\r\nX: "
    head = start + b"a" * (size - len(start))

    got = await it.say(head if size > HEAD_MOST else head + b"\r\n\r\n")

    assert got[9:12] == (b"431" if size > HEAD_MOST else b"403")


async def test_a_broken_handshake_is_noted_with_the_way_out(proxied: Begin) -> None:
    """That is what a client does which does not trust the CA."""
    it = await proxied()
    _, writer = await it.tunnel(f"{AMOOT}:443")

    with pytest.raises(ssl.SSLCertVerificationError):
        await writer.start_tls(ssl.create_default_context(), server_hostname=AMOOT)

    (entry,) = await it.entries()
    assert "CA of this sandbox" in entry["warnings"][0]
    assert entry["url"].startswith(f"https://{AMOOT}:443")
    assert entry["provider"] == "amoot"


async def test_nonsense_in_a_handshake_is_noted(proxied: Begin) -> None:
    it = await proxied()
    reader, writer = await it.tunnel(f"{AMOOT}:443")
    writer.write(b"\x16nonsense" * 10)

    await reader.read()

    writer.close()
    (entry,) = await it.entries()
    assert "handshake" in entry["warnings"][0]


async def test_a_silent_tunnel_is_closed(proxied: Begin) -> None:
    it = await proxied()
    it.proxy.silent = 0.01

    reader, writer = await it.tunnel(f"{AMOOT}:443")

    assert await is_closed(reader)
    writer.close()


async def test_idle_tunnels_have_a_bound_and_harm_nobody(proxied: Begin) -> None:
    """The one that is idle longest goes for a new one; all others are answered."""
    it = await proxied()
    tunnels = it.proxy.tunnels
    tunnels._most = 200
    opened = [await it.tunnel(f"{AMOOT}:443") for _ in range(200)]
    assert len(tunnels) == 200

    newest, newest_writer = await it.tunnel(f"{AMOOT}:443")

    assert await is_closed(opened[0][0])
    assert len(tunnels) == 200
    assert b'"Status":"Success"' in await it.say(get(f"http://{AMOOT}{STATUS}", AMOOT))
    newest_writer.write(get(STATUS, AMOOT))
    assert b'"Status":"Success"' in await newest.read()
    for _, writer in (*opened, (newest, newest_writer)):
        writer.close()


async def test_tunnels_that_are_half_closed_or_left_are_forgotten(proxied: Begin) -> None:
    async with foreign_host() as port:
        it = await proxied(proxy_allow=("127.0.0.1",))
        for target in (f"{AMOOT}:443", f"127.0.0.1:{port}"):
            reader, writer = await it.tunnel(target)
            writer.write_eof()
            await reader.read()
            writer.close()
            _, writer = await it.tunnel(target)
            writer.transport.abort()

        await until(lambda: len(it.proxy.tunnels) == 0)


async def test_a_tunnel_whose_client_does_not_read_the_rest_counts_until_it_is_closed(proxied: Begin) -> None:
    """Its host is gone; what it said last would stay in memory for good."""
    it = await proxied(proxy_allow=("127.0.0.1",))
    tunnels = it.proxy.tunnels
    relays: list[Relay] = []

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until(lambda: any(isinstance(each, Relay) for each in tunnels._open))
        relays.extend(tunnels._open)
        while not relays[0].client.transport.get_write_buffer_size():
            writer.write(b"x" * 16384)
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(pour, "127.0.0.1", 0)
    target = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    unread, writer = await it.tunnel(target)
    writer.write_eof()
    await until(lambda: bool(relays) and relays[0].host.transport is None)
    assert list(tunnels._open) == relays

    tunnels._most = 1
    second, newest = await it.tunnel(f"{AMOOT}:443")

    await until(lambda: relays[0].client.transport is None)
    assert len(tunnels) == 1
    assert not unread.at_eof()
    assert not second.at_eof()
    for each in (writer, newest):
        each.close()
    server.close()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Wait until a connection is closed, politely or not; nothing comes before."""
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  (what it waits for tells nobody)
            await asyncio.sleep(0)


async def test_a_browser_is_told_which_hosts_go_through_the_proxy(proxied: Begin) -> None:
    """All hosts that are played, and no other; it needs no token."""
    it = await proxied(control_token="a-token-of-the-test")

    told = await it.client.send("GET", "/_sandbox/proxy.pac")

    assert told.status == 200
    assert told.headers["Content-Type"].startswith("application/x-ns-proxy-autoconfig")
    assert f'"PROXY 127.0.0.1:{it.at[1]}"' in told.text
    assert all(f'"{each}"' in told.text for each in played(it.sandbox.providers.values()))
    assert '"DIRECT"' in told.text


async def test_without_a_proxy_a_browser_is_told_so(client: Any) -> None:
    told = await client.send("GET", "/_sandbox/proxy.pac")

    assert told.status == 404
    assert "--proxy-port" in told.json["detail"]


async def test_info_tells_of_the_proxy_and_the_ca(proxied: Begin, client: Any) -> None:
    it = await proxied()

    info = (await it.client.control("GET", "/info")).json

    assert info["proxy"] == it.sandbox.server.proxy_url
    assert info["tls"]["url"] is None
    assert info["tls"]["ca_sha256"]
    assert (await client.control("GET", "/info")).json["proxy"] is None


async def test_a_port_that_is_no_proxy_says_so(proxied: Begin) -> None:
    it = await proxied()
    host, port = it.sandbox.server.url.partition("//")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"CONNECT {AMOOT}:443 HTTP/1.1\r\nHost: {AMOOT}:443\r\n\r\n".encode())

    answer = await reader.read()

    writer.close()
    assert answer.startswith(b"HTTP/1.1 405 ")
    (entry,) = await it.entries()
    assert entry["warnings"] == ["this port is no proxy: start with --proxy-port, and name that port in HTTPS_PROXY"]


async def test_a_taken_port_is_told_with_its_flag(proxied: Begin, start: Any) -> None:
    from otp_sandbox.web.listeners import PortTaken  # noqa: PLC0415  (beside its only use)

    it = await proxied()

    with pytest.raises(PortTaken, match="--proxy-port"):
        await start(Settings(port=0, proxy_port=it.at[1]))

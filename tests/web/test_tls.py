"""A sandbox over TLS: every host by its name, and what is told when no handshake comes about."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from otp_sandbox.app import Sandbox, build
from otp_sandbox.interception.authority import Authority, AuthorityError
from otp_sandbox.interception.hosts import played
from otp_sandbox.settings import Settings
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web import tls as subject
from otp_sandbox.web.listeners import PortTaken, listen
from otp_sandbox.web.tls import NOTES_MOST, Door

GENCODE = "/MainService.svc/json/SendMultipleMessage_V4_get"
ESMS = {"ApiKey": "unknown", "SecretKey": "unknown"}


@pytest.fixture
async def sandbox(start: Callable[..., Awaitable[Sandbox]], tmp_path: Path) -> Sandbox:
    return await start(Settings(seed=7, tls_port=0, state=str(tmp_path)))


@pytest.fixture
def authority(sandbox: Sandbox) -> Authority:
    assert sandbox.authority is not None
    return sandbox.authority


def port_of(sandbox: Sandbox) -> int:
    port = urlsplit(str(sandbox.server.tls_url)).port
    assert port is not None
    return port


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.certificate_pem.decode())


class Resolver(aiohttp.abc.AbstractResolver):
    """Every name is this machine, as in a hosts file."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            {"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0},
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
async def named(authority: Authority) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that has the hosts of the providers hard-coded, and trusts the CA."""
    connector = aiohttp.TCPConnector(resolver=Resolver(), ssl=trusting(authority))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def unmatched(client: Any) -> list[dict[str, Any]]:
    answer = await client.control("GET", "/requests/unmatched")
    found: list[dict[str, Any]] = answer.json["requests"]
    return found


async def noted(client: Any, count: int = 1) -> list[dict[str, Any]]:
    """Give what was noted, once so much is there: a client is done before the server has heard of it."""
    async with asyncio.timeout(20):
        while True:
            found = await unmatched(client)
            if len(found) >= count:
                return found


async def test_every_host_of_the_providers_answers_by_its_name(
    named: aiohttp.ClientSession, sandbox: Sandbox, providers: Any
) -> None:
    hosts = played(providers.values())
    assert {"rest.esms.vn", "www.thuesim.com.vn", "portal.amootsms.com", "status-sms.esms.vn"} <= hosts

    for host in sorted(hosts):
        async with named.get(f"https://{host}:{port_of(sandbox)}/healthz") as answer:
            assert answer.status == 200
            assert "Strict-Transport-Security" not in answer.headers


async def test_a_code_is_sent_over_tls(named: aiohttp.ClientSession, sandbox: Sandbox, client: Any) -> None:
    token = sandbox.registry.default.origin.credentials["amoot"]["Token"]

    async with named.get(
        f"https://portal.amootsms.com:{port_of(sandbox)}/rest/SendQuickOTP",
        params={"Token": token, "Mobile": "09120000000", "CodeLength": "5", "OptionalCode": ""},
    ) as answer:
        assert (await answer.json())["Status"] == "Success"
        assert "Strict-Transport-Security" not in answer.headers

    (entry,) = (await client.control("GET", "/requests")).json["requests"]
    assert entry["operation"] == "SendQuickOTP"


async def test_two_hosts_with_the_same_path_are_told_apart_by_name(
    start: Callable[..., Awaitable[Sandbox]], providers: Any, tmp_path: Path
) -> None:
    """The `www.` form of a host is the same host."""
    twin = replace(providers["esms"], name="twin", title="Twin", hosts=("twin.test",))
    sandbox = await start(
        Settings(tls_port=0, state=str(tmp_path)),
        providers={"esms": providers["esms"], "twin": twin},
        store=MemoryStore(),
    )
    assert sandbox.authority is not None
    connector = aiohttp.TCPConnector(resolver=Resolver(), ssl=trusting(sandbox.authority))
    hosts = ["twin.test", "rest.esms.vn", "www.twin.test"]

    async with aiohttp.ClientSession(connector=connector) as session:
        for host in hosts:
            async with session.get(f"https://{host}:{port_of(sandbox)}{GENCODE}", params=ESMS) as answer:
                assert answer.status == 200
        async with session.get(f"{sandbox.server.url}/_sandbox/v1/requests") as answer:
            requests = (await answer.json())["requests"]

    assert [each["provider"] for each in requests] == ["twin", "esms", "twin"]


async def test_urls_in_answers_keep_scheme_and_host(
    named: aiohttp.ClientSession, sandbox: Sandbox, client: Any
) -> None:
    """A recording is fetched from where its rental was asked for."""
    here = f"https://thuesim.com.vn:{port_of(sandbox)}"
    asked = {"token": sandbox.registry.default.origin.credentials["thuesim"]["token"]}
    async with named.get(f"{here}/api/register-service/", params={"serviceId": "01.1", **asked}) as answer:
        rental = (await answer.text()).partition('"ID":')[2].partition(",")[0]
    called = await client.control("POST", f"/rentals/{rental}/call", {"code": "059809"})
    assert called.status in {200, 201}

    async with named.get(f"{here}/api/", params={"show": "code", "ID": rental, **asked}) as answer:
        link = (await answer.json(content_type=None))["Result"]["CallFile"]

    assert link.startswith(f"{here}/audio/play.php?")
    async with named.get(link) as heard:
        assert heard.headers["Content-Type"] == "audio/wav"


async def test_without_a_name_the_certificate_is_for_this_machine(
    client: Any, authority: Authority, sandbox: Sandbox
) -> None:
    url = str(sandbox.server.tls_url)
    assert url.startswith("https://127.0.0.1:")

    async with client.session.get(f"{url}/healthz", ssl=trusting(authority)) as answer:
        assert answer.status == 200


async def test_localhost_leads_there_too(client: Any, authority: Authority, sandbox: Sandbox) -> None:
    async with client.session.get(f"https://localhost:{port_of(sandbox)}/healthz", ssl=trusting(authority)) as answer:
        assert answer.status == 200


async def test_an_unknown_host_is_refused_and_told(sandbox: Sandbox, authority: Authority, client: Any) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        await asyncio.open_connection(
            "127.0.0.1", port_of(sandbox), ssl=trusting(authority), server_hostname="example.com"
        )

    (entry,) = await noted(client)
    assert entry["warnings"] == ["example.com: a TLS client was refused: no such host is played here"]
    assert (entry["method"], entry["path"], entry["status"], entry["provider"]) == ("?", "", 0, None)


async def test_a_client_that_does_not_trust_the_ca_is_told_how_to(sandbox: Sandbox, client: Any) -> None:
    def connect() -> None:
        with socket.create_connection(("127.0.0.1", port_of(sandbox))) as plain:
            ssl.create_default_context().wrap_socket(plain, server_hostname="rest.esms.vn")

    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(connect)

    (entry,) = await noted(client)
    assert entry["lane"] == "default"
    assert entry["provider"] == "esms"
    begin = "rest.esms.vn: a TLS client does not trust the CA of this sandbox (unknown ca): "
    assert entry["warnings"][0].startswith(begin)
    assert "`otp-sandbox env`" in entry["warnings"][0]
    explained = await client.control("GET", f"/requests/{entry['id']}")
    assert explained.status == 200
    assert (await client.control("GET", "/requests.har")).status == 200


async def hello_of(name: str | None = "rest.esms.vn") -> bytes:
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    out = ssl.MemoryBIO()
    begun = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        begun.do_handshake()
    return out.read()


async def say(port: int, *pieces: bytes) -> bytes:
    """Say something piece by piece, and give all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    writer.write_eof()
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_client_that_breaks_off_is_told_what_that_may_mean(sandbox: Sandbox, client: Any) -> None:
    """Clients on asyncio go without a word when they do not trust."""
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(
            "127.0.0.1", port_of(sandbox), ssl=ssl.create_default_context(), server_hostname="rest.esms.vn"
        )
    await say(port_of(sandbox), await hello_of())

    for entry in await noted(client, 2):
        assert "broke off its handshake, as one does that does not trust the CA" in entry["warnings"][0]


async def test_a_client_that_goes_again_without_a_word_is_not_noted(sandbox: Sandbox, client: Any) -> None:
    """That is how machines look whether a port is open."""
    await say(port_of(sandbox))
    await say(port_of(sandbox), b"\x00\x01")

    (entry,) = await noted(client)
    assert entry["warnings"] == ["what came is neither TLS nor HTTP"]


async def test_a_client_that_speaks_http_to_the_tls_port_is_told_so(sandbox: Sandbox, client: Any) -> None:
    request = f"GET {GENCODE}?ApiKey=s3cret HTTP/1.1\r\nHost: rest.esms.vn\r\n\r\n"

    got = await say(port_of(sandbox), request.encode())

    assert got.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert got.endswith(
        b"This port speaks TLS, and plain HTTP came: say https:// for it, or use the port for http://.\n"
    )
    (entry,) = await noted(client)
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", GENCODE, 400)
    assert entry["provider"] == "esms"
    assert "s3cret" not in str(entry)
    assert "say https:// for it" in entry["warnings"][0]


@pytest.mark.parametrize(
    "head", ["CONNECT rest.esms.vn:443 HTTP/1.1", "GET http://rest.esms.vn/ HTTP/1.1", "HELO there"]
)
async def test_whatever_is_said_in_plain_is_answered_and_noted(sandbox: Sandbox, client: Any, head: str) -> None:
    got = await say(port_of(sandbox), f"{head}\r\n\r\n".encode())

    assert got.startswith(b"HTTP/1.1 400 ")
    (entry,) = await noted(client)
    assert entry["status"] == 400


async def test_a_fault_resets_a_connection_over_tls_too(
    named: aiohttp.ClientSession, sandbox: Sandbox, client: Any
) -> None:
    url = f"https://portal.amootsms.com:{port_of(sandbox)}/rest/AccountStatus"
    for action in ({"reset": True}, {"truncate": 20}):
        made = await client.control("POST", "/faults", {"name": next(iter(action)), "action": action, "uses": 1})
        assert made.status == 201, made.text
        with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):
            async with named.post(url) as answer:  # a GET would be tried again
                await answer.read()
    async with named.post(url) as answer:
        assert answer.status == 200


async def test_a_body_that_nobody_reads_does_not_cost_the_answer(sandbox: Sandbox) -> None:
    body = b"x" * 200_000
    head = b"POST /rest/SendSimple HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n"

    got = await say(port_of(sandbox), head, body)

    assert b"This port speaks TLS" in got


async def test_a_tls_hello_to_the_plain_port_is_noted_with_the_way_out(sandbox: Sandbox, client: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(sandbox.server.url).port)
    writer.write(await hello_of())

    assert b" 400 " in await reader.readline()
    writer.close()
    (entry,) = await noted(client)
    assert "this port speaks plain HTTP, and a TLS hello came" in entry["warnings"][0]
    assert "--tls-port" in entry["warnings"][0]


async def test_a_hello_may_come_in_pieces(sandbox: Sandbox, authority: Authority) -> None:
    """Byte by byte, as over a bad line."""
    loop = asyncio.get_running_loop()
    context, inward, outward = trusting(authority), ssl.MemoryBIO(), ssl.MemoryBIO()
    its = context.wrap_bio(inward, outward, server_hostname="rest.esms.vn")
    with socket.create_connection(("127.0.0.1", port_of(sandbox))) as client:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                its.do_handshake()
                break
            except ssl.SSLWantReadError:
                for byte in outward.read():
                    await loop.sock_sendall(client, bytes([byte]))
                    await asyncio.sleep(0)
                inward.write(await loop.sock_recv(client, 65536))

    assert its.getpeercert() is not None


async def test_a_name_that_is_no_text_is_refused_without_a_traceback(
    sandbox: Sandbox, client: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    got = await say(port_of(sandbox), (await hello_of()).replace(b"rest.esms.vn", b"rest.\xff\nms.vn"))

    assert got == b"\x15\x03\x03\x00\x02\x02\x70"
    (entry,) = await noted(client)
    assert entry["warnings"][0].startswith(r"'rest.\xff\nms.vn': a TLS client was refused")
    assert "\n" not in entry["warnings"][0]
    assert "Traceback" not in capfd.readouterr().err


async def test_handshakes_that_fail_are_noted_so_often_at_most(sandbox: Sandbox, client: Any) -> None:
    for _ in range(NOTES_MOST + 3):
        await say(port_of(sandbox), b"\x00")

    assert len(await unmatched(client)) == NOTES_MOST
    sandbox.server._doors[0]._note._since -= 60
    await say(port_of(sandbox), b"\x00")
    assert len(await unmatched(client)) == NOTES_MOST + 1, "and again in the next minute"


async def test_who_waits_longest_makes_room(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "WAITING_MOST", 2)
    door: Door = sandbox.server._doors[0]
    opened = [await asyncio.open_connection("127.0.0.1", port_of(sandbox)) for _ in range(3)]

    assert await opened[0][0].read() == b""

    assert len(door._waiting) == 2
    for _, writer in opened:
        writer.close()


async def test_each_of_many_at_once_makes_another_one_go(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "WAITING_MOST", 2)
    door: Door = sandbox.server._doors[0]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", port_of(sandbox)))) for _ in range(9)]
        for client in clients:
            client.setblocking(False)

        assert await asyncio.get_running_loop().sock_recv(clients[6], 1) == b""

        assert len(door._waiting) == 2


async def test_who_says_nothing_is_closed(sandbox: Sandbox, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "HELLO_TIME", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(sandbox))
    begun, begun_writer = await asyncio.open_connection("127.0.0.1", port_of(sandbox))
    begun_writer.write((await hello_of())[:100])

    assert await reader.read() == b""
    with contextlib.suppress(ConnectionResetError):  # what it said was not read
        assert await begun.read() == b""
    assert await unmatched(client) == []
    writer.close()
    begun_writer.close()


async def test_where_the_loop_has_no_readers_a_thread_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""

    def refuse(*_: Any) -> None:
        raise NotImplementedError

    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", refuse)
        waiting = asyncio.create_task(subject._until_readable(ours))
        theirs.send(b"x")

        await waiting


async def test_info_tells_the_tls_url_and_the_ca(sandbox: Sandbox, client: Any, authority: Authority) -> None:
    info = (await client.control("GET", "/info")).json

    assert info["urls"] == sandbox.server.urls
    assert info["tls"]["url"] == sandbox.server.tls_url
    assert info["tls"]["ca_file"] == str(authority.path("pem"))
    assert info["tls"]["ca_sha256"] == authority.fingerprint
    assert "rest.esms.vn" in info["tls"]["hosts"]


@pytest.mark.parametrize(
    ("path", "form", "kind"),
    [
        ("/ca.crt", "pem", "application/x-pem-file"),
        ("/ca.der", "der", "application/x-x509-ca-cert"),
        ("/ca.p12", "pkcs12", "application/x-pkcs12"),
    ],
)
async def test_the_certificate_is_given_to_everybody(
    start: Callable[..., Awaitable[Sandbox]], tmp_path: Path, path: str, form: Any, kind: str
) -> None:
    """Without the token too: it is no secret."""
    sandbox = await start(Settings(tls_port=0, state=str(tmp_path), control_token="s3cret"))
    assert sandbox.authority is not None

    async with aiohttp.ClientSession() as session, session.get(sandbox.server.url + path) as answer:
        body = await answer.read()

    assert answer.headers["Content-Type"] == kind
    assert b"PRIVATE KEY" not in body
    if form != "pkcs12":  # that one is salted
        assert body == sandbox.authority.export(form)


async def test_without_tls_there_is_no_certificate(start: Callable[..., Awaitable[Sandbox]]) -> None:
    url = (await start()).server.url

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/ca.crt") as answer:
            assert answer.status == 404
            assert "--tls-port" in (await answer.json(content_type=None))["detail"]
        async with session.get(f"{url}/_sandbox/v1/info") as answer:
            assert (await answer.json())["tls"] is None


def test_a_ca_that_cannot_be_used_stops_the_start(providers: Any, tmp_path: Path) -> None:
    build(Settings(tls_port=0, state=str(tmp_path)), providers=providers)
    (tmp_path / "ca" / "authority.pem").write_text("")

    with pytest.raises(AuthorityError, match=f"otp-sandbox ca --remake --state {tmp_path} makes it anew"):
        build(Settings(tls_port=0, state=str(tmp_path)), providers=providers)


@pytest.mark.parametrize(("port", "tls", "flag"), [(443, lambda _: None, "--tls-port"), (80, None, "--port")])
def test_a_port_that_needs_more_rights_is_one_line_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, port: int, tls: Any, flag: str
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)

    with pytest.raises(PortTaken) as refused:
        listen("127.0.0.1", port, tls)

    assert str(refused.value).startswith(
        f"port {port} needs rights that this user has not: choose one from 1024 on with {flag}"
    )
    if sys.platform == "linux":
        assert str(refused.value).endswith(f"sudo sysctl -w net.ipv4.ip_unprivileged_port_start={port}")
    assert "\n" not in str(refused.value)


def test_a_tls_port_that_is_taken_is_told_with_its_flag() -> None:
    taken = listen("127.0.0.1", 0)
    port = taken.socket.getsockname()[1]

    with taken.socket, pytest.raises(PortTaken, match="choose another with --tls-port"):
        listen("127.0.0.1", port, lambda _: ssl.create_default_context())


async def test_a_tls_port_that_is_taken_leaves_nothing_open(
    start: Callable[..., Awaitable[Sandbox]], tmp_path: Path
) -> None:
    taken = listen("127.0.0.1", 0)

    with taken.socket, pytest.raises(PortTaken):
        await start(Settings(tls_port=taken.socket.getsockname()[1], state=str(tmp_path)))

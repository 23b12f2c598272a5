"""The server: bodies, failures, and where it listens."""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.settings import Settings
from otp_sandbox.web.listeners import PortTaken, listen, listen_at
from otp_sandbox.web.received import Received
from otp_sandbox.web.server import Server

JSON = {"Content-Type": "application/json"}
PATHS = ("/_sandbox/v1/lanes", "/rest/SendOTP")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_refused(
    start: Callable[..., Awaitable[Any]], client: Any, path: str, *, chunked: bool
) -> None:
    """In the words of whoever is asked, and the connection is not used again."""
    client.url = (await start(Settings(body_most=100))).server.url

    answer = await client.send("POST", path, data=b'{"a":"' + b"x" * 200, headers=JSON, chunked=chunked or None)

    assert answer.status == 413
    assert answer.headers["Connection"] == "close"
    if path.startswith("/_sandbox"):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == 413
    else:
        assert answer.json == {"Message": "The request is invalid."}


async def test_a_body_at_the_limit_is_taken(start: Callable[..., Awaitable[Any]], client: Any) -> None:
    client.url = (await start(Settings(body_most=100))).server.url

    below = await client.send("POST", PATHS[0], data=b"{" + b" " * 97 + b"}", headers=JSON)

    assert below.status == 201


async def test_a_packed_body_is_not_unpacked(client: Any) -> None:
    """It could be a thousand times as large. The control API says so; a provider cannot read such a body."""
    packed = gzip.compress(b"{}")

    own = await client.send("POST", PATHS[0], data=packed, headers={**JSON, "Content-Encoding": "gzip"})
    played = await client.send("POST", PATHS[1], data=packed, headers={**JSON, "Content-Encoding": "gzip"})

    assert own.status == 415
    assert own.json["detail"] == "send it without a Content-Encoding"
    assert (played.status, played.json["Status"]) == (200, "Token_NotExists")


class Parts:
    """The two faces of a server, as fakes."""

    async def provider(self, request: Received) -> Reply:
        if request.path == "/broken":
            raise RuntimeError("secret detail")
        if request.path == "/origin":
            return Reply(f"{request.scheme}://{request.host}".encode(), "text/plain")
        if request.path == "/slow":
            await asyncio.sleep(0)
        return Reply(await request.body())

    async def control(self, request: web.BaseRequest) -> Reply:
        return Reply(await request.read())


@pytest.fixture
async def impatient() -> AsyncIterator[Server]:
    """A server that waits for a body for no time at all."""
    parts = Parts()
    server = Server(parts.provider, parts.control, body_most=100, body_time=0)
    await server.start([listen("127.0.0.1", 0)])
    yield server
    await server.stop()


@pytest.mark.parametrize("path", ["/_sandbox/x", "/x"])
async def test_a_body_that_does_not_come_in_time_is_refused(impatient: Server, path: str) -> None:
    host, port = impatient.url.partition("//")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12".encode())

    answer = await reader.readuntil(b"}")  # the connection lingers for the rest of the body
    writer.close()
    await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


async def test_a_body_that_is_there_is_in_time(impatient: Server, client: Any) -> None:
    client.url = impatient.url

    answer = await client.send("POST", "/x", data=b"12345")

    assert answer.text == "12345"


async def test_a_failure_is_a_problem_without_a_traceback(
    impatient: Server, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client.url = impatient.url

    answer = await client.send("GET", "/broken")

    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


def _server() -> Server:
    parts = Parts()
    return Server(parts.provider, parts.control, body_most=100)


def test_a_port_that_is_taken_is_told(free_port: int) -> None:
    listener = listen("127.0.0.1", free_port)

    with pytest.raises(PortTaken, match=f"port {free_port} is taken on 127.0.0.1; choose another with --port"):
        listen("127.0.0.1", free_port)

    listener.socket.close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_here_is_told(host: str) -> None:
    with pytest.raises(PortTaken, match="cannot listen on"):
        listen(host, 0)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_without_a_host_it_listens_on_loopback_of_both_kinds(client: Any) -> None:
    """Where there is IPv6."""
    server = _server()
    await server.start(listen_at("", 0))

    answers = [await client.session.get(f"{url}/healthz") for url in server.urls]

    await server.stop()
    hosts = ["127.0.0.1", "[::1]"] if _has_ipv6() else ["127.0.0.1"]
    assert server.urls == [f"http://{host}:{server.url.rpartition(':')[2]}" for host in hosts]
    assert [each.status for each in answers] == [200 for _ in hosts]


@pytest.mark.skipif(not _has_ipv6(), reason="there is no IPv6 here")
async def test_it_listens_on_ipv6_alone(client: Any) -> None:
    server = _server()
    await server.start([listen("::1", 0)])

    answer = await client.session.get(f"{server.url}/healthz")

    await server.stop()
    assert server.url.startswith("http://[::1]:")
    assert answer.status == 200


@pytest.mark.skipif(not _has_ipv6(), reason="there is no IPv6 here")
def test_where_ipv6_is_taken_ipv4_will_do_and_that_is_told(free_port: int, caplog: pytest.LogCaptureFixture) -> None:
    """Who says `localhost` may reach the other program."""
    blocker = listen("::1", free_port)

    listeners = listen_at("", free_port)

    assert [each.url for each in listeners] == [f"http://127.0.0.1:{free_port}"]
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert f"another program listens on [::1]:{free_port}" in caplog.text
    assert "127.0.0.1" in caplog.text
    for each in (*listeners, blocker):
        each.socket.close()


def test_where_there_is_no_ipv6_nothing_is_told(
    free_port: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no other program's doing."""

    def ipv4_alone(host: str, *more: Any, **named: Any) -> Any:
        if host == "::1":
            raise socket.gaierror(socket.EAI_ADDRFAMILY, "Address family for hostname not supported")
        return found(host, *more, **named)

    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", ipv4_alone)

    listeners = listen_at("", free_port)

    assert [each.url for each in listeners] == [f"http://127.0.0.1:{free_port}"]
    assert caplog.records == []
    for each in listeners:
        each.socket.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost with its key, good for today."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no openssl, and this is CI: TLS is unproven")
        pytest.skip("THERE IS NO OPENSSL: the server was not asked over TLS; install the package openssl")
    path = tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(path)]
    made = subprocess.run(
        ["openssl", "req", "-x509", "-days", "1", *key, *subject, "-out", str(tmp_path / "public.pem")],
        capture_output=True,
        check=True,
    )
    assert made.returncode == 0
    path.write_text(path.read_text() + (tmp_path / "public.pem").read_text())
    return path


async def test_it_listens_at_several_places_at_once(client: Any, certificate: Path) -> None:
    """Plain and with TLS; each request knows which it came by."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    server = _server()
    await server.start([listen("127.0.0.1", 0), listen("127.0.0.1", 0), listen("127.0.0.1", 0, lambda _: tls)])

    origins = []
    for url in server.urls:
        async with client.session.get(f"{url}/origin", ssl=trusting) as answer:
            origins.append(await answer.text())

    await server.stop()
    assert origins == server.urls
    assert [url.partition(":")[0] for url in server.urls] == ["http", "http", "https"]
    assert len(set(server.urls)) == 3


async def test_a_listener_may_be_told_by_another_name() -> None:
    """As where a proxy stands before it."""
    server = _server()
    await server.start([replace(listen("127.0.0.1", 0), url="https://otp.test")])

    assert server.url == "https://otp.test"
    await server.stop()

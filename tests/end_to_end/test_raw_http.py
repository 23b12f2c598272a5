"""Requests as no HTTP library would write them: raw bytes, odd targets, upgrades, and what is no HTTP at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Wire

pytestmark = pytest.mark.usefixtures("quiet")

TOKEN = {"token": "SANDBOX-TOKEN"}
CHECK = (
    b"/MainService.svc/json/CheckCodeGen_V4_get"
    b"?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY&Phone=0901888484&Code="
)


@pytest.mark.parametrize(
    ("raw", "echo"),
    [
        (b"%zz", "%zz"),
        (b"%", "%"),
        (b"%u0041", "%u0041"),
        (b"%ff", "\ufffd"),
        (b"%00", "\x00"),
        (b"%ED%A0%80", "\ufffd\ufffd\ufffd"),
        (b"%C3%A9", "é"),
        (b"{{Code}}", "{{Code}}"),
        (b"a|b\\c^`d<>\"'", "a|b\\c^`d<>\"'"),
        (b"a+b%2Bc", "a b+c"),
        (b"a=b=c", "a=b=c"),
        (b"a;b", "a;b"),
        (b"a?b/c", "a?b/c"),
        (b"a#b", "a"),
    ],
)
async def test_raw_bytes_of_a_query_come_back_as_they_were_meant(wire: Wire, raw: bytes, echo: str) -> None:
    """Percent-garbage stays, bytes that are no UTF-8 are replaced, everything printable may be unencoded."""
    answer = await wire.request(b"GET " + CHECK + raw)

    assert json.loads(answer.body)["ErrorMessage"] == f"0901888484, Content: {echo} Code Invalid"


@pytest.mark.parametrize("host", [b"http://rest.esms.vn", b"https://rest.esms.vn:443", b"http://127.0.0.1:1"])
async def test_a_target_in_absolute_form_is_read_like_any_other(wire: Wire, host: bytes) -> None:
    """As clients behind a proxy send it."""
    answer = await wire.request(b"GET " + host + CHECK + b"A")

    assert json.loads(answer.body)["CodeResult"] == "117"


OLD_BODY = b"Content-Length: 3\r\n\r\na=1"


@pytest.mark.parametrize(
    ("request_", "status", "connection"),
    [
        (b"GET " + CHECK + b"A HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 OK", b"close"),
        (b"GET " + CHECK + b"A HTTP/1.0\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 OK", b"close"),
        (b"POST /rest/SendOTP HTTP/1.0\r\n" + OLD_BODY, b"HTTP/1.1 200 OK", b"close"),
        (b"GET /rest/nothing HTTP/1.0\r\n\r\n", b"HTTP/1.1 404 Not Found", b"close"),
        (b"POST /rest/SendOTP HTTP/1.0\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 400 Bad Request", b"close"),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK", b"close"),
        (b"GET /_sandbox/v1/info HTTP/1.0\r\nHost: localhost\r\n\r\n", b"HTTP/1.0 200 OK", b"close"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 Bad Request", b"close"),
    ],
)
async def test_an_older_client_is_told_that_the_connection_ends(
    wire: Wire, request_: bytes, status: bytes, connection: bytes
) -> None:
    """Its pool would use it again. And the version is the server's own, as IIS and nginx have it (RFC 9110, 6.2)."""
    head = (await wire.send(request_)).partition(b"\r\n\r\n")[0].split(b"\r\n")

    assert head[0] == status
    assert b"Connection: " + connection in head


async def test_an_older_client_keeps_its_connection_if_it_asks_for_it(wire: Wire) -> None:
    """And is told so: HTTP/1.0 has it not by itself."""
    old = b"GET " + CHECK + b"A HTTP/1.0\r\n"
    both = old + b"Connection: keep-alive\r\n\r\n" + old + b"\r\n"

    answers = (await wire.send(both)).split(b"HTTP/1.1 200 OK\r\n")

    assert [b"Connection: keep-alive\r\n" in each for each in answers[1:]] == [True, False]
    assert [b"Connection: close\r\n" in each for each in answers[1:]] == [False, True]


async def test_an_older_client_gets_no_interim_answer(wire: Wire) -> None:
    """It could not read one, and has no business to ask (RFC 9110, 10.1.1)."""
    answer = await wire.send(b"POST /rest/SendOTP HTTP/1.0\r\nExpect: 100-continue\r\n" + OLD_BODY)

    assert answer.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "headers",
    [
        (b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
        (b"Upgrade: websocket", b"Sec-WebSocket-Key: x", b"Sec-WebSocket-Version: 13"),
        (b"Upgrade: TLS/1.0",),
        (b"Expect: 100-continue",),
        (b"Accept: application/xml", b"Accept-Encoding: gzip, br", b"Accept-Language: fa"),
        (b"Cookie: ASP.NET_SessionId=x", b"Content-Type: application/json"),
        (b"Authorization: \xff\xfe", b"Content-Type: \xff"),
        (b"Range: bytes=0-1", b"If-None-Match: *"),
    ],
)
async def test_headers_do_not_matter(wire: Wire, headers: tuple[bytes, ...]) -> None:
    """An offered upgrade is passed over, an expectation met, the rest ignored."""
    answer = await wire.request(b"GET " + CHECK + b"A", headers)

    assert (answer.status, json.loads(answer.body)["CodeResult"]) == (200, "117")


async def test_an_upgrade_to_h2c_is_passed_over_on_a_connection_that_stays(sandbox: Any) -> None:
    """As Java's client offers it: both its request and the next one are answered in HTTP/1.1."""
    headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA"}
    url = f"{sandbox.server.url}{CHECK.decode()}A"

    async with aiohttp.ClientSession() as session:
        answers = []
        for _ in range(2):
            async with session.get(url, headers=headers) as answer:
                answers.append((answer.status, (await answer.json())["CodeResult"]))

    assert answers == [(200, "117")] * 2


@pytest.mark.parametrize(
    "data",
    [
        b"GET " + CHECK + b"x" * 30_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET " + CHECK + b"a\x00b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET " + CHECK + b"A HTTP/1.1\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 30_000 + b"\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"nonsense\r\n\r\n",
        b"POST /rest/SendOTP HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /rest/SendOTP HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /rest/SendOTP HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=lambda data: data[-24:].decode("latin-1"),
)
async def test_what_is_no_http_gets_a_bare_400_and_the_next_client_is_served(
    wire: Wire, client: Any, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    """Over-long lines included. `serve` keeps aiohttp's own log of these out of the way, and so does this test."""
    caplog.set_level("CRITICAL", "aiohttp.server")

    answer = await wire.send(data)
    after = await client.get("/api/", show="networks", **TOKEN)

    assert answer.split(b" ", 2)[1] == b"400"
    assert after.status == 200

"""Faults on the wire: connections that break, answers that are cut, slow or late, and clients that do not wait."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import orjson
import pytest

from equipment.pausing import PausingStore
from otp_sandbox.app import Sandbox
from otp_sandbox.web import connections
from otp_sandbox.web import faults as web_faults
from otp_sandbox.web import server as web_server
from otp_sandbox.web.faults import drops

GENCODE = (
    "/MainService.svc/json/SendMessageAutoGenCode_V4_get?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY"
    "&Phone=0912345678&Brandname=Sandbox&Type=2&message=%7BOTP%7D+is+it&IsNumber=1"
)
POST = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
BODY = orjson.dumps(
    {
        "ApiKey": "SANDBOX-API-KEY",
        "SecretKey": "SANDBOX-SECRET-KEY",
        "Phone": "0912345678",
        "SmsType": "2",
        "Brandname": "Sandbox",
        "Content": "code 123456",
    }
).decode()
GET_REQUEST = f"GET {GENCODE} HTTP/1.1\r\nHost: h\r\n\r\n"
POST_REQUEST = (
    f"POST {POST} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
)
REQUESTS = {"shortcut": GET_REQUEST, "body": POST_REQUEST, "old": GET_REQUEST.replace("1.1", "1.0")}
BREAKS = ConnectionResetError


async def fault(client: Any, action: Mapping[str, Any], **more: Any) -> None:
    """Make a fault in the lane default."""
    answer = await client.control("POST", "/faults", {"name": "wanted", "action": action, **more})
    assert answer.status == 201, answer.text


async def connect(client: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection."""
    host, port = client.url.partition("//")[2].split(":")
    return await asyncio.open_connection(host, int(port))


async def ask(client: Any, text: str) -> bytes:
    """Send a request, and read until the connection ends."""
    reader, writer = await connect(client)
    try:
        writer.write(text.encode())
        return await reader.read()
    finally:
        writer.close()


async def messages(client: Any) -> int:
    """Count what was sent."""
    return len((await client.control("GET", "/messages")).json["messages"])


async def entries(client: Any) -> list[Any]:
    """Give the journal."""
    found: list[Any] = (await client.control("GET", "/requests")).json["requests"]
    return found


async def until_held_up(sandbox: Sandbox, calls: int = 1) -> None:
    """Give others their turn until so many calls are held up."""
    endpoint: Any = sandbox.server._provider
    while getattr(endpoint._faults, "_waiting", 0) != calls:  # noqa: ASYNC110  (nothing tells)
        await asyncio.sleep(0)


@pytest.fixture(params=["shortcut", "aiohttp"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the shortcut, and without it."""
    if request.param == "aiohttp":
        monkeypatch.setattr(connections, "take_shortcut", lambda *_: False)
    return str(request.param)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_connection_is_reset(client: Any, request_: str, when: str) -> None:
    """Not closed: who reads gets an error, and not a byte."""
    await fault(client, {"reset": True}, when=when)

    with pytest.raises(BREAKS):
        await ask(client, request_)

    assert await messages(client) == (when == "after")
    (entry,) = await entries(client)
    assert (entry["fault"], entry["status"], entry["response"]) == ("wanted", 0, "")
    assert (entry["outcome"] is None) is (when == "before")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("length", [0, 20])
async def test_an_answer_is_cut_within_its_length(client: Any, request_: str, length: int) -> None:
    await fault(client, {"truncate": length})

    head, _, body = (await ask(client, request_)).partition(b"\r\n\r\n")

    told = re.search(rb"Content-Length: (\d+)", head)
    assert told is not None
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (len(body), int(told[1]) > length) == (length, True)
    assert (await entries(client))[0]["response"] == body.decode()
    assert await messages(client) == 1


async def test_an_answer_that_is_shorter_lacks_its_last_byte(client: Any) -> None:
    await fault(client, {"truncate": 1_000_000})

    head, _, body = (await ask(client, GET_REQUEST)).partition(b"\r\n\r\n")

    assert f"Content-Length: {len(body) + 1}\r\n".encode() in head


async def test_a_client_of_the_usual_kind_sees_that_an_answer_is_cut(client: Any) -> None:
    await fault(client, {"truncate": 20})

    with pytest.raises(aiohttp.ClientPayloadError):
        await client.send("GET", GENCODE)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("request_", [GET_REQUEST, POST_REQUEST], ids=["shortcut", "body"])
async def test_an_answer_drips(client: Any, request_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, all of it comes, and the connection stays open."""
    pauses: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await real(0)

    monkeypatch.setattr(web_faults.asyncio, "sleep", sleep)
    await fault(client, {"drip": "100B/s"}, uses=1)
    close = GET_REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")

    got = await ask(client, request_ + close)

    head, _, rest = got.partition(b"\r\n\r\n")
    told = re.search(rb"Content-Length: (\d+)", head)
    assert told is not None
    body = rest[: int(told[1])]
    drips = [each for each in pauses if each]
    assert orjson.loads(body)["CodeResult"] == "100"
    assert len(drips) == -(-len(body) // 10)
    assert sum(drips) == pytest.approx(len(body) / 100)
    assert rest[len(body) :].startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(("rate", "sizes", "pause"), [(1, [1] * 25, 1.0), (100, [10, 10, 5], 0.1), (1000, [25], 0.025)])
def test_drops_are_even(rate: int, sizes: list[int], pause: float) -> None:
    """Ten a second, a byte at least, and as long between them as the rate says."""
    found = list(drops(b"x" * 25, rate))

    assert [len(piece) for piece, _ in found] == sizes
    assert found[0][1] == pytest.approx(pause)
    assert sum(pause for _, pause in found) == pytest.approx(25 / rate)


@pytest.mark.usefixtures("way")
async def test_a_malformed_answer_is_whole_http_and_no_json(client: Any) -> None:
    await fault(client, {"malformed": True})

    answer = await client.session.get(client.url + GENCODE)
    text = await answer.read()

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(text)
    assert await messages(client) == 1


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("status", [200, 204, 304, 404, 502, 520, 599])
async def test_any_status_is_answered(client: Any, status: int) -> None:
    """Also one that has no name. The connection stays open."""
    await fault(client, {"http": {"status": status}}, uses=1)
    close = GET_REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")

    got = await ask(client, GET_REQUEST + close)

    assert got.startswith(f"HTTP/1.1 {status} ".encode())
    assert got.count(b"HTTP/1.1 ") == 2


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_delay_holds_an_answer_up(
    client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Before the call nothing has happened meanwhile; after it everything has."""
    monkeypatch.setattr(web_faults, "LOOK", 0.001)
    await fault(client, {"delay": "10m"}, when=when)
    asked = asyncio.create_task(client.send("GET", GENCODE))
    await until_held_up(sandbox)
    sent = await messages(client)

    later = web_faults.monotonic() + 600
    monkeypatch.setattr(web_faults, "monotonic", lambda: later)
    answer = await asked

    assert (sent, await messages(client)) == (when == "after", 1)
    assert answer.json["CodeResult"] == "100"
    (entry,) = await entries(client)
    assert (entry["fault"], entry["outcome"], entry["id"]) == ("wanted", "accepted", "req-1")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_delay_on_a_clock_that_stands_waits_until_it_is_moved(client: Any, sandbox: Sandbox, when: str) -> None:
    """To the instant, and no longer."""
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await fault(client, {"delay": "2m", "clock": "lane"}, when=when)
    asked = asyncio.create_task(client.send("POST", POST, data=BODY, headers={"Content-Type": "application/json"}))
    await until_held_up(sandbox)

    await client.control("POST", "/clock/advance", {"by": "119999ms"})
    await until_held_up(sandbox)
    early = asked.done()
    await client.control("POST", "/clock/advance", {"by": "1ms"})
    answer = await asked

    assert early is False
    assert answer.json["CodeResult"] == "100"
    await until_held_up(sandbox, 0)


@pytest.mark.parametrize("gone", ["close", "abort"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_client_that_leaves_ends_a_delay(
    client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, gone: str, when: str
) -> None:
    """A call that it has held up does not happen any more."""
    monkeypatch.setattr(web_faults, "LOOK", 0.001)
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await fault(client, {"delay": "2m", "clock": "lane"}, when=when)
    _, writer = await connect(client)
    writer.write(GET_REQUEST.encode())
    await until_held_up(sandbox)

    writer.close() if gone == "close" else writer.transport.abort()
    await until_held_up(sandbox, 0)

    while not await entries(client):  # noqa: ASYNC110  (nothing tells)
        await asyncio.sleep(0)
    assert await messages(client) == (when == "after")
    (entry,) = await entries(client)
    assert (entry["fault"], entry["outcome"]) == ("wanted", None if when == "before" else "accepted")


async def test_a_client_that_only_sends_no_more_gets_its_answer(
    client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interim answer tells it from one that has left."""
    monkeypatch.setattr(web_faults, "LOOK", 0.001)
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await fault(client, {"delay": "2m", "clock": "lane"})
    reader, writer = await connect(client)
    writer.write(GET_REQUEST.encode())
    await until_held_up(sandbox)

    writer.write_eof()
    await reader.readuntil(b"HTTP/1.1 102 Processing\r\n\r\n")
    await client.control("POST", "/clock/advance", {"by": "2m"})

    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
    writer.close()


async def test_so_many_are_held_up_and_one_more_is_not(
    client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_faults, "WAITING_MOST", 2)
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await fault(client, {"delay": "2m", "clock": "lane"})
    held = [asyncio.create_task(client.send("GET", GENCODE)) for _ in range(2)]
    await until_held_up(sandbox, 2)

    answer = await client.send("GET", GENCODE)

    assert answer.json["CodeResult"] == "100"
    await client.control("POST", "/clock/advance", {"by": "2m"})
    assert [each.json["CodeResult"] for each in await asyncio.gather(*held)] == ["100", "100"]


async def test_a_reset_of_the_lane_lets_those_go_that_are_held_up(client: Any, sandbox: Sandbox) -> None:
    """Their call happens in the next life, which has no fault."""
    await client.control("PUT", "/clock", {"mode": "frozen"})
    await fault(client, {"delay": "2m", "clock": "lane"})
    asked = asyncio.create_task(client.send("GET", GENCODE))
    await until_held_up(sandbox)

    await client.control("POST", "/reset", {})

    assert (await asked).json["CodeResult"] == "100"
    assert [each["fault"] for each in await entries(client)] == [None]


async def test_a_lane_that_is_deleted_lets_those_go_that_are_held_up(client: Any, sandbox: Sandbox) -> None:
    """Their credential is nobody's now: they are answered in the lane default."""
    made = (await client.control("POST", "/lanes", {"clock": {"mode": "frozen"}})).json
    await client.control("POST", f"/lanes/{made['id']}/faults", {"action": {"delay": "2m", "clock": "lane"}})
    path = GENCODE.replace("SANDBOX-API-KEY", made["credentials"]["esms"]["ApiKey"])
    asked = asyncio.create_task(client.send("GET", path))
    await until_held_up(sandbox)

    await client.control("DELETE", f"/lanes/{made['id']}")

    assert (await asked).json["CodeResult"] == "101"


async def test_a_server_stops_whoever_is_held_up(
    client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "GRACE", 0.01)
    await fault(client, {"delay": "10m"})
    asked = asyncio.create_task(ask(client, GET_REQUEST))
    await until_held_up(sandbox)

    await sandbox.server.stop()

    assert await asked == b""
    assert sandbox.server._provider._faults._waiting == 0  # type: ignore[attr-defined]


async def test_a_store_that_waits_makes_no_difference(start: Callable[..., Awaitable[Sandbox]], client: Any) -> None:
    """One use is one use, and each action finds its connection."""
    other = type(client)((await start(store=PausingStore())).server.url, client.session)
    await fault(other, {"reset": True}, uses=1, when="after")

    ended = await asyncio.gather(*(ask_whole(other) for _ in range(20)))

    assert [each for each in ended if each is None] == [None]
    assert await messages(other) == 20


async def ask_whole(client: Any) -> bytes | None:
    """Ask; None when the connection was reset."""
    try:
        return await ask(client, GET_REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
    except BREAKS:
        return None


async def test_what_comes_behind_a_reset_is_not_answered(client: Any) -> None:
    """And it does not happen, as its connection is gone."""
    await fault(client, {"reset": True}, uses=1)

    with pytest.raises(BREAKS):
        await ask(client, GET_REQUEST + GET_REQUEST)

    assert len(await entries(client)) == 1

"""The stream of events: what happens in a lane is told as it happens, once, and nothing is missed."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from equipment.pausing import PausingStore
from otp_sandbox.settings import Settings
from otp_sandbox.web import connections
from otp_sandbox.web.control import events, pace
from otp_sandbox.web.control.pace import AROUND, CREDIT, SHARE, Streams

PREFIX = "/_sandbox/v1"
ALL = "message,code,request,callback,rental,clock,fault"
LISTS = {
    "message": "/messages",
    "code": "/codes",
    "request": "/requests",
    "callback": "/callbacks",
    "rental": "/rentals",
}


@dataclass
class Told:
    """One event."""

    kind: str
    id: str
    data: Any


@dataclass
class Listener:
    """Reads a stream."""

    answer: Any
    comments: int = 0
    last_id: str = ""
    read: list[Told] = field(default_factory=list)

    async def one(self) -> Told:
        """Give the next event; it must come."""
        found = await asyncio.wait_for(self.next(), 30)
        assert found is not None, "the stream has ended"
        return found

    async def some(self, count: int) -> list[Told]:
        """Give the next events."""
        return [await self.one() for _ in range(count)]

    async def until(self, kind: str, **data: Any) -> Told:
        """Give the next event of a kind with these members, whatever comes before it."""
        while True:
            found = await self.one()
            if found.kind == kind and found.data.items() >= data.items():
                return found

    async def block(self) -> dict[str, str] | None:
        """Give the fields of the next block, None at the end."""
        fields: dict[str, str] = {}
        while line := (await self.answer.content.readline()).decode():
            if line == "\n":
                return fields
            name, _, value = line.rstrip("\n").partition(":")
            assert name not in fields
            fields[name] = value.removeprefix(" ")
        return None

    async def next(self) -> Told | None:
        """Give the next event, None at the end."""
        while (fields := await self.block()) is not None:
            self.comments += "" in fields
            self.last_id = fields["id"]
            if "data" in fields:
                self.read.append(Told(fields["event"], fields["id"], json.loads(fields["data"])))
                return self.read[-1]
        return None


Listen = Callable[..., Any]


@pytest.fixture
def listen(client: Any) -> Listen:
    """Open streams; each is there when the first line of it has come."""

    @asynccontextmanager
    async def begin(world: Any, query: str = "", last_id: str | None = None) -> AsyncIterator[Listener]:
        prefix = f"/lanes/{world.id}" if world.id else ""
        headers = {"Last-Event-ID": last_id} if last_id is not None else {}
        url = f"{world.client.url}{PREFIX}{prefix}/events{query}"
        async with world.client.session.get(url, headers=headers, timeout=aiohttp.ClientTimeout()) as answer:
            assert answer.status == 200, await answer.text()
            assert answer.headers["Content-Type"] == "text/event-stream"
            listener = Listener(answer)
            fields = await listener.block()
            assert fields is not None
            assert fields["retry"] == "1000"
            listener.last_id = fields["id"]
            yield listener

    return begin


@pytest.fixture(params=[False, True], ids=["memory", "a store that waits"])
async def any_world(request: Any, start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]) -> Any:
    """The default lane over two stores, with a clock that stands."""
    world = connect(await start(**({"store": PausingStore()} if request.param else {})))
    await world.freeze()
    return world


async def listed(world: Any, kind: str) -> Any:
    """Give the newest entry of a list."""
    path = LISTS[kind]
    return (await world.get(path))[path[1:]][-1]


async def test_a_send_is_told_as_the_lists_show_it(any_world: Any, listen: Listen) -> None:
    async with listen(any_world) as listener:
        await any_world.gencode()
        found = {each.kind: each.data for each in await listener.some(3)}

    assert found == {kind: await listed(any_world, kind) for kind in ("message", "code", "request")}


async def test_a_delivery_and_a_used_code_are_told_again(any_world: Any, listen: Listen) -> None:
    async with listen(any_world, "?kinds=message,code") as listener:
        await any_world.gencode()
        sent = {each.kind: each.data for each in await listener.some(2)}
        await any_world.advance("2s")
        delivered = await listener.one()
        await any_world.checkcode(sent["code"]["code"])
        used = await listener.one()

    assert (sent["message"]["state"], sent["code"]["state"]) == ("sent", "active")
    assert delivered.data == await listed(any_world, "message")
    assert delivered.data["state"] == "delivered"
    assert used.data == await listed(any_world, "code")
    assert used.data["state"] == "used"


async def test_a_code_that_expires_or_is_replaced_is_told_again(any_world: Any, listen: Listen) -> None:
    async with listen(any_world, "?kinds=code") as listener:
        await any_world.gencode(TimeAlive="1")
        first = await listener.one()
        await any_world.gencode(TimeAlive="1")
        then = await listener.some(2)
        await any_world.advance("1h")
        last = await listener.one()

    assert first.data["state"] == "active"
    assert {each.data["id"]: each.data["state"] for each in then} == {
        first.data["id"]: "superseded",
        last.data["id"]: "active",
    }
    assert last.data == await listed(any_world, "code")
    assert last.data["state"] == "expired"


async def test_a_rental_and_its_callback_are_told(any_world: Any, listen: Listen) -> None:
    url = "http://127.0.0.1:1/hook"
    await any_world.control("PATCH", "/accounts/thuesim", {"arrival": "manual", "callback_url": url})
    async with listen(any_world, "?kinds=rental,callback") as listener:
        rental = await any_world.rent()
        waiting = await listener.one()
        await any_world.control("POST", f"/rentals/{rental['id']}/sms", {"text": "code 123456"})
        done = await listener.until("rental", state="done")
        called = await listener.until("callback")
        while not called.data["attempts"]:
            called = await listener.until("callback")

    assert (waiting.kind, waiting.data) == ("rental", rental)
    assert done.data == await listed(any_world, "rental")
    assert called.data["url"] == url
    assert called.data == await listed(any_world, "callback")


async def test_a_clock_is_told_as_it_stands(any_world: Any, listen: Listen) -> None:
    """Once for an advance, whatever fired on its way."""
    async with listen(any_world, "?kinds=clock") as listener:
        for _ in range(3):
            await any_world.gencode()
        await any_world.advance("90s")
        advanced = await listener.one()
        await any_world.control("PUT", "/clock", {"mode": "offset", "offset": "1h"})
        offset = await listener.one()
        await any_world.control("PATCH", "/lanes/default", {"clock": {"mode": "frozen"}})
        frozen = await listener.one()
        await any_world.control("POST", "/reset", {"what": ["clock"]})
        real = await listener.one()

    assert advanced.kind == "clock"
    assert advanced.data["now"] == "2026-03-01T12:01:30+00:00"
    assert advanced.data["next_due"] is not None
    assert [each.data["mode"] for each in (advanced, offset, frozen, real)] == ["frozen", "offset", "frozen", "real"]


async def test_waiting_in_the_time_of_a_lane_moves_its_clock(any_world: Any, listen: Listen) -> None:
    async with listen(any_world, "?kinds=clock") as listener:
        await any_world.control("POST", "/messages/wait", {"within": "5s"})
        found = await listener.one()

    assert found.data["now"] == "2026-03-01T12:00:05+00:00"


@pytest.mark.parametrize("kinds", ["fault", "request,fault"])
async def test_a_fault_that_fired_is_told(any_world: Any, listen: Listen, kinds: str) -> None:
    """After the request that it met; requests that it did not meet tell of none."""
    made = await any_world.control("POST", "/faults", {"name": "broken", "preset": "html-502", "uses": 1})
    assert made.status == 201, made.text
    async with listen(any_world, f"?kinds={kinds}") as listener:
        await any_world.gencode()
        await any_world.gencode()
        found = await listener.until("fault")
        await any_world.gencode()
        await any_world.control("DELETE", "/requests")
        await listener.until("gap")

    request = (await any_world.get("/requests"))["requests"]
    assert request == []
    assert found.data["name"] == "broken"
    assert (found.data["request_id"], found.data["provider"]) == ("req-1", "esms")
    assert found.data["told"]
    assert [each.kind for each in listener.read].count("fault") == 1
    assert ("request" in kinds) == any(each.kind == "request" for each in listener.read)


async def test_a_refused_request_is_told(still: Any, listen: Listen) -> None:
    """So is one that met no operation."""
    async with listen(still) as listener:
        await still.gencode(Brandname="Nobody")
        refused = await listener.one()
        await still.client.send("GET", "/nothing")
        unmatched = await listener.one()

    assert refused.data["outcome"] == "brandname_unknown"
    assert unmatched.data == await listed(still, "request")


async def test_lanes_do_not_hear_of_each_other(lane: Any, listen: Listen) -> None:
    one, other = await lane(), await lane()
    async with listen(one) as listener:
        await other.gencode()
        await one.gencode()
        found = await listener.some(3)

    assert {each.data.get("lane", one.id) for each in found} == {one.id}


# Cursors


async def test_without_a_cursor_it_begins_now(still: Any, listen: Listen) -> None:
    await still.gencode("0912345678")
    async with listen(still, "?kinds=message") as listener:
        await still.gencode("0912345679")
        found = await listener.one()

    assert found.data["to"] == "+84912345679"


@pytest.mark.parametrize("way", ["after", "last_id", "both"])
async def test_a_cursor_of_a_list_is_where_a_stream_goes_on(still: Any, listen: Listen, way: str) -> None:
    """Also as the last id, which wins: a browser repeats the address that it began with."""
    await still.gencode("0912345678")
    cursor = (await still.get("/messages"))["cursor"]
    await still.gencode("0912345679")
    query = {"after": f"&after={cursor}", "last_id": "", "both": "&after=0"}[way]
    async with listen(still, f"?kinds=message{query}", cursor if way != "after" else None) as listener:
        found = await listener.one()

    assert found.data["to"] == "+84912345679"


async def test_from_the_beginning_everything_is_told(still: Any, listen: Listen) -> None:
    for _ in range(3):
        await still.gencode()
    async with listen(still, "?after=0&kinds=message,code,request") as listener:
        found = await listener.some(9)

    assert [each.kind for each in found].count("message") == 3
    ids = [int(each.id) for each in found]
    assert ids == sorted(set(ids))


async def test_who_was_away_is_told_everything_once(any_world: Any, listen: Listen) -> None:
    """Whatever the last event was that came through: new entries, and those that have changed since."""
    async with listen(any_world, "?kinds=message,code") as listener:
        await any_world.gencode("0912345678")
        before = await listener.some(2)
    await any_world.checkcode(before[-1].data["code"] if before[-1].kind == "code" else before[0].data["code"])
    await any_world.gencode("0912345679")
    await any_world.advance("1s")
    expected = {("code", "used"), ("code", "active"), ("message", "delivered")}

    rest: list[Told] = []
    last = before[-1].id
    while len(rest) < 4:  # it breaks off after each event
        async with listen(any_world, "?kinds=message,code", last) as listener:
            rest.append(await listener.one())
            last = listener.last_id

    assert {(each.kind, each.data["state"]) for each in rest} == expected
    assert len({(each.kind, each.data["id"]) for each in rest}) == 4


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", "1" * 19, "1 or 1=1"])
@pytest.mark.parametrize("place", ["after", "Last-Event-ID"])
async def test_what_is_no_cursor_is_refused(client: Any, fields_of: Any, place: str, cursor: str) -> None:
    if place == "after":
        answer = await client.send("GET", f"{PREFIX}/events", params={"after": cursor})
    else:
        answer = await client.send("GET", f"{PREFIX}/events", headers={place: cursor})

    assert answer.status == 422
    assert fields_of(answer) == [place]


@pytest.mark.parametrize("kinds", ["", "messages", "message,", "message,,code", "message, code", "gap", "x" * 201])
async def test_kinds_that_do_not_exist_are_refused(client: Any, fields_of: Any, kinds: str) -> None:
    answer = await client.send("GET", f"{PREFIX}/events", params={"kinds": kinds})

    assert answer.status == 422
    assert fields_of(answer) == ["kinds"]


async def test_a_lane_that_does_not_exist_has_no_events(client: Any) -> None:
    assert (await client.control("GET", "/lanes/nobody/events")).status == 404


async def test_only_the_kinds_that_are_wanted_come(still: Any, listen: Listen) -> None:
    async with listen(still, "?kinds=request,clock") as listener:
        await still.gencode()
        await still.advance("1s")
        found = await listener.some(2)

    assert [each.kind for each in found] == ["request", "clock"]


# Gaps


async def test_who_slept_too_long_is_told_that_something_is_gone(start: Any, connect: Any, listen: Listen) -> None:
    """And what is still there."""
    world = connect(await start(Settings(ring=3)))
    await world.freeze()
    async with listen(world, "?kinds=message") as listener:
        await world.gencode("0912345670")
        await listener.one()
        last = listener.last_id
    for number in range(4):
        await world.gencode(f"091234567{number}")

    async with listen(world, "?kinds=message", last) as listener:
        found = await listener.some(4)

    assert (found[0].kind, found[0].id, found[0].data) == ("gap", last, {"kinds": ["message"]})
    assert [each.data["to"][-1] for each in found[1:]] == ["1", "2", "3"]


async def test_who_slept_and_missed_nothing_is_told_of_no_gap(start: Any, connect: Any, listen: Listen) -> None:
    """The last entry that could be told is still there."""
    world = connect(await start(Settings(ring=3)))
    await world.freeze()
    async with listen(world, "?kinds=message") as listener:
        await world.gencode("0912345670")
        await listener.one()
        last = listener.last_id
    for number in range(3):
        await world.gencode(f"091234567{number}")

    async with listen(world, "?kinds=message", last) as listener:
        found = await listener.some(3)

    assert [each.kind for each in found] == ["message"] * 3


async def test_a_cursor_from_before_a_restart_begins_now_with_a_gap(still: Any, listen: Listen) -> None:
    """It cannot be told from one of another sandbox."""
    await still.gencode()
    async with listen(still, "?kinds=message,clock", "999999") as listener:
        gap = await listener.one()
        await still.gencode("0912345679")
        found = await listener.one()

    assert (gap.kind, gap.data) == ("gap", {"kinds": ["message", "clock"]})
    assert found.data["to"] == "+84912345679"
    assert int(found.id) < 999_999


@pytest.mark.parametrize(
    ("method", "path", "body", "kinds"),
    [
        ("DELETE", "/messages", None, ["message"]),
        ("DELETE", "/requests", None, ["request", "fault"]),
        ("DELETE", "/codes/0912345678", None, ["code"]),
        ("POST", "/reset", {"what": ["messages", "codes"]}, ["message", "code"]),
        ("POST", "/reset", {}, ALL.split(",")),
    ],
)
async def test_what_is_taken_away_is_told(
    any_world: Any, listen: Listen, *, method: str, path: str, body: Any, kinds: list[str]
) -> None:
    """Who follows reads the lists again; and it goes on."""
    await any_world.gencode()
    async with listen(any_world) as listener:
        assert (await any_world.control(method, path, body)).status in (200, 204)
        gap = await listener.one()
        await any_world.gencode("0912345679")
        after = await listener.until("message")

    assert (gap.kind, sorted(gap.data["kinds"])) == ("gap", sorted(kinds))
    assert after.data["to"] == "+84912345679"


async def test_a_reset_while_away_is_told(any_world: Any, listen: Listen) -> None:
    await any_world.gencode()
    async with listen(any_world, "?after=0") as listener:
        await listener.until("request")
        last = listener.last_id
    await any_world.control("POST", "/reset")

    async with listen(any_world, "", last) as listener:
        gap = await listener.one()

    assert (gap.kind, gap.data) == ("gap", {"kinds": ALL.split(",")})


async def test_a_gap_is_told_once(start: Any, connect: Any, listen: Listen) -> None:
    """However many pieces what is left takes."""
    world = connect(await start(Settings(ring=300)))
    await world.freeze()
    for number in range(250):
        await world.gencode(f"0912345{number:03}")
    await world.control("DELETE", "/codes/0912345000")
    async with listen(world, "?after=0&kinds=code") as listener:
        found = await listener.some(250)
        await world.gencode()
        found.append(await listener.one())

    assert [each.kind for each in found] == ["gap"] + ["code"] * 250


# The end


async def test_it_ends_with_its_lane(lane: Any, listen: Listen) -> None:
    """As a whole answer: a browser that comes again gets 404."""
    world = await lane()
    async with listen(world) as listener:
        await world.client.control("DELETE", f"/lanes/{world.id}")

        assert await asyncio.wait_for(listener.next(), 30) is None


async def test_head_opens_no_stream(sandbox: Any, client: Any) -> None:
    answer = await client.control("HEAD", "/events")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert streams_of(sandbox).open == 0


def streams_of(sandbox: Any) -> Streams:
    """Give the count of streams of a sandbox that was asked something."""
    found: Streams = sandbox.server._control._router._control.streams
    return found


async def none_is_open(sandbox: Any) -> None:
    """Wait until streams have noticed that their clients are gone."""
    async with asyncio.timeout(30):
        while streams_of(sandbox).open:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)


async def test_a_client_that_leaves_is_forgotten(sandbox: Any, world: Any, listen: Listen) -> None:
    async with listen(world):
        assert streams_of(sandbox).open == 1

    await none_is_open(sandbox)
    assert sandbox.store._lane(sandbox.registry.default.key).waiters == {}
    assert sandbox.store._lane(sandbox.registry.default.key).watchers == {}


async def test_there_are_so_many_streams_and_no_more(sandbox: Any, world: Any, listen: Listen, fields_of: Any) -> None:
    """One more is refused, until one of them ends."""
    await world.get("/info")
    streams_of(sandbox).most = 2
    async with listen(world):
        async with listen(world):
            answer = await world.control("GET", "/events")
        assert answer.status == 503
        assert fields_of(answer) == []
        async with asyncio.timeout(30):
            while streams_of(sandbox).open > 1:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
                await asyncio.sleep(0)
        async with listen(world) as listener:
            await world.gencode()
            await listener.one()


async def test_a_quiet_stream_shows_that_it_lives(
    monkeypatch: pytest.MonkeyPatch, sandbox: Any, lane: Any, listen: Listen
) -> None:
    """A comment, with the cursor up to which everything was told. Whoever looks on uses the lane."""
    monkeypatch.setattr(events, "HEARTBEAT", 0.001)
    world = await lane()
    await world.freeze()
    handle = sandbox.registry.get(world.id)
    async with listen(world, "?kinds=message") as listener:
        await world.gencode()
        told = await listener.one()
        handle.used_at -= timedelta(hours=30)
        async with asyncio.timeout(30):
            while sandbox.registry.real_now() - handle.used_at > timedelta(hours=1):
                fields = await listener.block()

    assert fields == {"": "", "id": fields["id"]}
    assert int(fields["id"]) >= int(told.id)


# Many, and slow ones


async def test_a_thousand_streams_hear_of_a_message(sandbox: Any, world: Any) -> None:
    """Each of them."""
    address = sandbox.server.url.removeprefix("http://").split(":")
    asked = f"GET {PREFIX}/events?kinds=message HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    opened = []
    for _ in range(1_000):
        reader, writer = await asyncio.open_connection(address[0], int(address[1]))
        writer.write(asked)
        opened.append((reader, writer))
    for reader, _ in opened:
        await reader.readuntil(b"retry: 1000\n")
    assert streams_of(sandbox).open == 1_000

    await world.gencode()

    for reader, writer in opened:
        await asyncio.wait_for(reader.readuntil(b"event: message\n"), 60)
        writer.close()
    await none_is_open(sandbox)


async def test_who_never_reads_is_dropped_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch, sandbox: Any, still: Any, listen: Listen
) -> None:
    """What waits for it is bounded meanwhile: a piece, and what a connection takes."""
    await still.control("PATCH", "/accounts/esms", {"balance": 10**12})
    monkeypatch.setattr(connections, "UNREAD", 0.05)
    host, port = sandbox.server.url.removeprefix("http://").split(":")
    with socket.socket() as mute:
        mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        mute.setblocking(False)
        await asyncio.get_running_loop().sock_connect(mute, (host, int(port)))
        asked = f"GET {PREFIX}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        await asyncio.get_running_loop().sock_sendall(mute, asked.encode())
        async with listen(still) as listener:
            while streams_of(sandbox).open < 2:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
                await asyncio.sleep(0)
            sent = 0
            async with asyncio.timeout(120):
                while streams_of(sandbox).open == 2:
                    await still.gencode(message="{OTP} " + "x" * 60_000)
                    sent += 1
                    await listener.until("request")

            await still.gencode("0912345679")
            found = await listener.until("message", to="+84912345679")

    assert sent > 1
    assert found.data["state"] == "sent"


async def test_what_is_long_comes_in_pieces(sandbox: Any, still: Any) -> None:
    """None is much larger than a piece, and nothing is left out."""
    for number in range(20):
        await still.gencode(f"09123456{number:02}", message="{OTP} " + "x" * 30_000)
    await still.get("/info")
    pieces = events._pieces(sandbox.server._control._router._control, sandbox.registry.default, ["request"], 0, 1)
    got = []
    while b"".join(got).count(b"event: request\n") < 20:
        got.append(await anext(pieces))
    await pieces.aclose()

    largest = max(map(len, got))
    assert events.PIECE <= largest < events.PIECE + 40_000


# Turns


async def test_looks_in_quiet_times_wait_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand that are woken at once."""
    slept: list[float] = []
    streams = Streams()
    streams.open = 1_000
    monkeypatch.setattr(asyncio, "sleep", _noting(slept))

    for _ in range(1_000):
        await streams.turn()

    assert slept == []


async def test_looks_wait_for_the_share_of_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the credit of quiet times is used up, one after the other."""
    slept: list[float] = []
    streams = Streams()
    monkeypatch.setattr(asyncio, "sleep", _noting(slept))
    streams.open = 10
    for _ in range(int(CREDIT * 10 / (AROUND * SHARE)) + 100):
        await streams.turn()

    assert 50 <= len(slept) <= 100
    assert slept[-1] - slept[0] == pytest.approx(AROUND * SHARE * (len(slept) - 1), rel=0.5)


async def test_what_a_look_takes_is_paid_for_by_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    times = iter([1.0, 2.0])
    streams = Streams()
    monkeypatch.setattr(asyncio, "sleep", _noting(slept))
    monkeypatch.setattr(pace, "thread_time", lambda: next(times))
    await streams.turn()
    with streams.look():
        pass

    await streams.turn()

    assert slept == [pytest.approx(SHARE, abs=1)]


def _noting(slept: list[float]) -> Callable[[float], Awaitable[None]]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return sleep

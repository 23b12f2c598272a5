"""Callbacks: sent when a rental ends, every attempt recorded, sent again on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from otp_sandbox.domain.attempts import UNDERWAY, Lease, Underway
from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.settings import Settings

SHAPE = {"id", "provider", "event", "url", "state", "attempts"}
T0 = {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"}
ATTEMPT = {"at", "status", "error", "duration_ms", "request", "response", "doubtful"}


@dataclass
class Customer:
    """Whoever is called back: takes requests and answers as it is told."""

    url: str = ""
    answers: list[web.StreamResponse] = field(default_factory=list)
    taken: list[tuple[str, str, Any, str | None]] = field(default_factory=list)
    silent: bool = False
    holds: list[asyncio.Event] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.taken.append((request.method, request.path, orjson.loads(body), request.headers.get("Content-Type")))
        self.called.set()
        if self.silent:
            await self.closing.wait()
        if self.holds:
            await self.holds.pop(0).wait()
        return self.answers.pop(0) if self.answers else web.Response(text="thanks")


@pytest.fixture
async def customer() -> AsyncIterator[Customer]:
    """A server of the test's own."""
    made = Customer()
    runner = web.ServerRunner(web.Server(made), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    made.over.set()
    made.closing.set()
    await runner.cleanup()


async def _rented(world: Any, url: str) -> Any:
    await world.freeze()
    await world.control("PATCH", "/accounts/thuesim", {"callback_url": url, "arrival": "manual", "min_interval": 0})
    return await world.rent()


async def _callbacks(world: Any) -> list[Any]:
    return list((await world.get("/callbacks"))["callbacks"])


async def test_a_rental_that_is_done_calls_back(still: Any, customer: Customer) -> None:
    """An advance answers when the attempt is over."""
    await still.control("PATCH", "/accounts/thuesim", {"callback_url": customer.url + "/hook?x=1"})
    rental = await still.rent()

    moved = await still.advance("2s")

    callback = (await _callbacks(still))[0]
    attempt = callback["attempts"][0]
    sms = (await still.get("/rentals"))["rentals"][0]
    data = {
        "status": 1,
        "requestId": rental["id"],
        "code": sms["code"],
        "smsContent": sms["sms"],
        "isSound": "false",
    }
    assert customer.taken == [("POST", "/hook", {"data": data}, "application/json")]
    assert [each["kind"] for each in moved["fired"]] == ["arrival", "callback"]
    assert moved["fired"][1]["id"] == callback["id"]
    assert callback.keys() == SHAPE
    assert callback["provider"] == "thuesim"
    assert callback["event"] == "done"
    assert callback["url"] == customer.url + "/hook?x=1"
    assert callback["state"] == "done"
    assert attempt.keys() == ATTEMPT
    assert (attempt["at"], attempt["status"], attempt["error"]) == ("2026-03-01T12:00:02+00:00", 200, None)
    assert attempt["response"] == "thanks"
    assert attempt["request"].keys() == {"method", "url", "headers", "body"}
    assert orjson.loads(attempt["request"]["body"]) == {"data": data}


async def test_a_rental_that_is_over_calls_back(world: Any, customer: Customer) -> None:
    await _rented(world, customer.url)

    moved = await world.advance("5m")

    assert [each["kind"] for each in moved["fired"]] == ["expiry", "callback"]
    assert [body["data"]["status"] for _, _, body, _ in customer.taken] == [2]
    assert [each["event"] for each in await _callbacks(world)] == ["expired"]


async def test_an_arrival_by_hand_calls_back_by_itself(world: Any, customer: Customer) -> None:
    """Nobody has to move the clock for it."""
    rental = await _rented(world, customer.url)

    await world.control("POST", f"/rentals/{rental['id']}/call", {"code": "059809"})
    await customer.called.wait()

    assert customer.taken[0][2]["data"]["isSound"] == "true"


async def test_without_an_address_nobody_is_called(still: Any) -> None:
    await still.rent()

    moved = await still.advance("5m")

    assert [each["kind"] for each in moved["fired"]] == ["arrival"]
    assert await _callbacks(still) == []


@pytest.mark.parametrize(("status", "state"), [(200, "done"), (204, "done"), (299, "done"), (300, "failed")])
async def test_an_answer_is_accepted_when_it_is_a_success(
    world: Any, customer: Customer, status: int, state: str
) -> None:
    customer.answers = [web.Response(status=status)]
    await _rented(world, customer.url)

    await world.advance("5m")

    callback = (await _callbacks(world))[0]
    assert callback["state"] == state
    assert callback["attempts"][0]["status"] == status


@pytest.mark.parametrize("status", [404, 500])
async def test_a_refusal_is_a_failure(world: Any, customer: Customer, status: int) -> None:
    """By default there is no second attempt."""
    customer.answers = [web.Response(status=status, text="no")]
    await _rented(world, customer.url)

    await world.advance("5m")
    moved = await world.advance("1h")

    callback = (await _callbacks(world))[0]
    assert moved["fired"] == []
    assert callback["state"] == "failed"
    assert [(each["status"], each["response"]) for each in callback["attempts"]] == [(status, "no")]


async def test_redirects_are_not_followed(world: Any, customer: Customer) -> None:
    customer.answers = [web.Response(status=302, headers={"Location": customer.url + "/elsewhere"})]
    await _rented(world, customer.url)

    await world.advance("5m")

    callback = (await _callbacks(world))[0]
    assert [path for _, path, _, _ in customer.taken] == ["/"]
    assert callback["state"] == "failed"
    assert callback["attempts"][0]["status"] == 302


async def test_retries_go_by_the_lanes_clock(world: Any, customer: Customer) -> None:
    """Three more, a minute apart, all with the same bytes; then it has failed."""
    await world.control("PATCH", "/choices", {"thuesim.callback-retries": "three"})
    customer.answers = [web.Response(status=500) for _ in range(4)]
    await _rented(world, customer.url)

    first = await world.advance("5m")
    pending = (await _callbacks(world))[0]["state"]
    early = await world.advance("59.999s")
    rest = await world.advance("1h")

    callback = (await _callbacks(world))[0]
    assert [each["kind"] for each in first["fired"]] == ["expiry", "callback"]
    assert first["next_due"] == "2026-03-01T12:06:00+00:00"
    assert pending == "pending"
    assert early["fired"] == []
    assert [each["at"] for each in rest["fired"]] == [f"2026-03-01T12:0{minute}:00+00:00" for minute in (6, 7, 8)]
    assert callback["state"] == "failed"
    assert len({orjson.dumps(body) for _, _, body, _ in customer.taken}) == 1
    assert len(customer.taken) == 4


async def test_retries_end_with_the_first_success(world: Any, customer: Customer) -> None:
    await world.control("PATCH", "/choices", {"thuesim.callback-retries": "three"})
    customer.answers = [web.Response(status=500)]
    await _rented(world, customer.url)

    await world.advance("1h")

    callback = (await _callbacks(world))[0]
    assert callback["state"] == "done"
    assert [each["status"] for each in callback["attempts"]] == [500, 200]


async def test_nobody_there_is_a_failure_with_its_reason(world: Any, free_port: int) -> None:
    await _rented(world, f"http://127.0.0.1:{free_port}/")

    await world.advance("5m")

    attempt = (await _callbacks(world))[0]["attempts"][0]
    assert attempt["status"] is None
    assert "connect" in attempt["error"].lower()


@pytest.mark.parametrize(
    "url",
    ["http://8.8.8.8/", "http://[2001:4860:4860::8888]/", "http://169.254.169.254/", "http://0.0.0.0/", "http://[::]/"],
)
async def test_a_target_that_is_not_allowed_is_not_called(world: Any, url: str) -> None:
    """By default only loopback and private addresses are; the link-local ones of clouds are not."""
    await _rented(world, url)

    await world.advance("5m")

    callback = (await _callbacks(world))[0]
    assert callback["state"] == "failed"
    assert callback["attempts"][0]["status"] is None
    assert "callback_targets" in callback["attempts"][0]["error"]


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://www.vnexpress.net:8443/x", "http://app.test."])
async def test_a_public_name_is_not_looked_up(world: Any, url: str) -> None:
    """Nothing leaves the machine to find out whose it is."""
    await _rented(world, url)

    await world.advance("5m")

    callback = (await _callbacks(world))[0]
    assert callback["state"] == "failed"
    assert "is a public name, which is not looked up" in callback["attempts"][0]["error"]


async def test_targets_can_be_set(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any], customer: Customer
) -> None:
    world = connect(await start(Settings(callback_targets=("10.0.0.0/8",))))
    await _rented(world, customer.url)

    await world.advance("5m")

    assert customer.taken == []
    assert (await _callbacks(world))[0]["state"] == "failed"


async def test_a_name_is_resolved_and_its_address_is_what_counts(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any], customer: Customer
) -> None:
    allowed, refused = connect(await start()), connect(await start(Settings(callback_targets=("10.0.0.0/8",))))
    by_name = customer.url.replace("127.0.0.1", "localhost")
    for world in (allowed, refused):
        await _rented(world, by_name)
        await world.advance("5m")

    assert (await _callbacks(allowed))[0]["state"] == "done"
    assert "localhost" in (await _callbacks(refused))[0]["attempts"][0]["error"]
    assert len(customer.taken) == 1


async def test_a_callback_is_sent_again(world: Any, customer: Customer) -> None:
    """Whatever became of it before, and with the same bytes."""
    customer.answers = [web.Response(status=500)]
    await _rented(world, customer.url)
    await world.advance("5m")
    failed = (await _callbacks(world))[0]

    answer = await world.control("POST", f"/callbacks/{failed['id']}/replay")
    again = await world.control("POST", f"/callbacks/{failed['id']}/replay")

    assert answer.status == 200
    assert failed["state"] == "failed"
    assert answer.json["state"] == "done"
    assert [each["status"] for each in again.json["attempts"]] == [500, 200, 200]
    assert await _callbacks(world) == [again.json]
    assert customer.taken[0] == customer.taken[1] == customer.taken[2]


async def test_callbacks_are_listed_by_the_page(world: Any, customer: Customer) -> None:
    await _rented(world, customer.url)
    await world.rent()
    await world.advance("5m")

    first = await world.get("/callbacks?after=0&limit=1")
    rest = await world.get(f"/callbacks?after={first['cursor']}")

    assert [each["id"] for each in first["callbacks"] + rest["callbacks"]] == [
        each["id"] for each in await _callbacks(world)
    ]
    assert len(rest["callbacks"]) == 1


async def test_a_long_answer_is_cut(world: Any, customer: Customer) -> None:
    customer.answers = [web.Response(text="x" * 100_000)]
    await _rented(world, customer.url)

    await world.advance("5m")

    assert (await _callbacks(world))[0]["attempts"][0]["response"] == "x" * 16 * 1024


async def test_a_server_stops_while_a_callback_is_out(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any], customer: Customer
) -> None:
    """Nobody's silence holds it up: who waits for the callback is cut off, and not told how it ended."""
    sandbox = await start()
    world, customer.silent = connect(sandbox), True
    rental = await _rented(world, customer.url)
    asked = asyncio.create_task(world.control("POST", f"/rentals/{rental['id']}/sms", {"text": "la 135790"}))
    await customer.called.wait()

    await sandbox.stop()

    with pytest.raises(aiohttp.ClientConnectionError):
        await asked
    assert len(customer.taken) == 1


# What is left of another life of the lane


async def _reset(world: Any, _: Any = None) -> None:
    assert (await world.control("POST", "/reset", {})).status == 200


async def _make_again(world: Any, accounts: Any) -> None:
    await world.client.control("DELETE", f"/lanes/{world.id}")
    shape = {name: world.shape[name] for name in ("id", "seed", "credentials")}
    made = await world.client.control("POST", "/lanes", shape | {"accounts": accounts, "clock": T0})
    assert made.status == 201, made.text


async def _called_back(world: Any, customer: Customer) -> Any:
    """Rent, let the SMS arrive, and wait until the callback is out."""
    customer.called.clear()
    await world.rent()
    await world.control("PUT", "/clock", {"mode": "frozen", "now": "2026-03-01T12:00:03+00:00"})
    await customer.called.wait()
    return (await _callbacks(world))[0]


@pytest.mark.parametrize("ends", [_reset, _make_again], ids=["reset", "deleted and made again"])
async def test_a_callback_of_another_life_is_not_recorded(
    sandbox: Any,
    lane: Callable[..., Awaitable[Any]],
    customer: Customer,
    ends: Callable[[Any, Any], Awaitable[None]],
) -> None:
    """It was out when the lane ended. The next life, with the same seed, has one of the same id, which is another."""
    accounts = {"thuesim": {"callback_url": customer.url, "min_interval": 0}}
    world = await lane(clock=T0, accounts=accounts)
    old, new = asyncio.Event(), asyncio.Event()
    customer.holds, customer.answers = [old, new], [web.Response(status=500), web.Response(text="thanks")]

    first = await _called_back(world, customer)
    await ends(world, accounts)
    second = await _called_back(world, customer)
    old.set()
    while len(sandbox.schedule._tasks) > 1:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
        await asyncio.sleep(0)
    meanwhile = await _callbacks(world)
    new.set()
    while sandbox.schedule._tasks:  # noqa: ASYNC110  (as above)
        await asyncio.sleep(0)

    assert first["id"] == second["id"]
    assert [(each["state"], each["attempts"]) for each in meanwhile] == [("pending", [])]
    assert [(each["state"], len(each["attempts"])) for each in await _callbacks(world)] == [("done", 1)]
    assert len(customer.taken) == 2


async def test_an_old_callback_does_not_come_back_after_a_reset(
    sandbox: Any, lane: Callable[..., Awaitable[Any]], customer: Customer
) -> None:
    """Neither in the list nor on the schedule, though its retry would be due."""
    world = await lane(clock=T0, accounts={"thuesim": {"callback_url": customer.url}})
    hold = asyncio.Event()
    customer.holds, customer.answers = [hold], [web.Response(status=500)]
    await _called_back(world, customer)

    await _reset(world)
    hold.set()
    while sandbox.schedule._tasks:  # noqa: ASYNC110  (as above)
        await asyncio.sleep(0)
    moved = await world.advance("1h")

    assert moved["fired"] == []
    assert await _callbacks(world) == []
    assert len(customer.taken) == 1


async def test_a_reset_does_not_wait_for_an_advance(lane: Callable[..., Awaitable[Any]], customer: Customer) -> None:
    """It goes through while a customer is silent; the advance is told, and moves nothing in the next life."""
    world = await lane(clock=T0, accounts={"thuesim": {"callback_url": customer.url, "min_interval": 0}})
    hold = asyncio.Event()
    customer.holds = [hold]
    await world.rent()
    asked = asyncio.create_task(world.control("POST", "/clock/advance", {"by": "1h"}))
    await customer.called.wait()

    await _reset(world)
    moved = await world.advance("1m")
    hold.set()
    answer = await asked

    assert answer.status == 404
    assert answer.json["detail"] == f"lane {world.id} was deleted or reset meanwhile"
    assert moved["now"] == (await world.get("/clock"))["now"] == "2026-03-01T12:01:00+00:00"
    assert await _callbacks(world) == []
    assert len(customer.taken) == 1


def _post(path: str, body: Any) -> bytes:
    text = orjson.dumps(body)
    head = (
        f"POST /_sandbox/v1{path} HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


async def _ask_and_leave(sandbox: Any, path: str, body: Any) -> Callable[[], Awaitable[None]]:
    """Post over a connection of its own; what comes back closes it, and waits until the server knows."""
    server = sandbox.server._server
    others = set(server.connections)
    host, port = sandbox.server.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(_post(path, body))

    async def leave() -> None:
        writer.close()
        while any(not each.is_gone for each in server.connections if each not in others):  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)

    return leave


async def test_an_advance_stops_when_its_client_has_left(sandbox: Any, still: Any, customer: Customer) -> None:
    """What it has begun comes to its end and is recorded; what would have come then is still to come."""
    await still.control(
        "PATCH", "/accounts/thuesim", {"callback_url": customer.url, "arrival": "manual", "min_interval": 0}
    )
    await still.rent()
    await still.advance("1m")
    await still.rent()
    hold = asyncio.Event()
    customer.holds = [hold]
    leave = await _ask_and_leave(sandbox, "/clock/advance", {"by": "1h"})
    await customer.called.wait()

    await leave()
    hold.set()
    moving = sandbox.registry.default.moving
    async with moving:
        pass

    assert [each["state"] for each in (await still.get("/rentals"))["rentals"]] == ["expired", "waiting"]
    assert [each["state"] for each in await _callbacks(still)] == ["done"]
    assert (await still.get("/clock"))["now"] == "2026-03-01T12:05:00+00:00"
    moved = await still.advance("1h")
    assert [each["kind"] for each in moved["fired"]] == ["expiry", "callback"]
    assert moved["now"] == "2026-03-01T13:05:00+00:00"


async def test_an_advance_goes_on_for_a_client_that_only_sends_no_more(
    sandbox: Any, still: Any, customer: Customer
) -> None:
    """It has closed its half of the connection, and waits. An interim answer tells it from one that has left."""
    await still.control("PATCH", "/accounts/thuesim", {"callback_url": customer.url})
    await still.rent()
    hold = asyncio.Event()
    customer.holds = [hold]
    host, port = sandbox.server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(_post("/clock/advance", {"by": "1h"}))
    await customer.called.wait()

    writer.write_eof()
    interim = await reader.readuntil(b"\r\n\r\n")
    hold.set()
    answer = await reader.read()

    writer.close()
    assert interim == b"HTTP/1.1 102 Processing\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    moved = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    assert (moved["now"], moved["more"]) == ("2026-03-01T13:00:00+00:00", False)


@pytest.mark.parametrize("path", ["/clock/advance", "/messages/wait"])
async def test_who_has_left_before_its_turn_moves_nothing(sandbox: Any, still: Any, path: str) -> None:
    """Somebody else moved the clock."""
    await still.gencode()
    cursor = (await still.get("/messages"))["cursor"]
    moving = sandbox.registry.default.moving
    asks = {"/clock/advance": {"by": "1h"}, "/messages/wait": {"within": "1h", "after": cursor}}
    async with moving:
        leave = await _ask_and_leave(sandbox, path, asks[path])
        while not moving._waiters:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)
        await leave()
    async with moving:
        pass

    assert (await still.get("/clock"))["now"] == "2026-03-01T12:00:00+00:00"
    assert (await still.get("/messages/latest"))["state"] == "sent"


async def test_replays_are_remembered_as_far_as_retries_go(still: Any, customer: Customer) -> None:
    """Somebody may send a callback again for ever."""
    rental = await _rented(still, customer.url)
    await still.control("POST", f"/rentals/{rental['id']}/call", {"code": "059809"})
    callback = (await _callbacks(still))[0]["id"]

    for _ in range(105):
        answer = await still.control("POST", f"/callbacks/{callback}/replay")

    assert len(answer.json["attempts"]) == 101
    assert len(customer.taken) == 106


async def _advance(world: Any, _: str) -> Any:
    return await world.control("POST", "/clock/advance", {"by": "1m"})


async def _replay(world: Any, callback: str) -> Any:
    return await world.control("POST", f"/callbacks/{callback}/replay")


@pytest.mark.parametrize("asks", [_advance, _replay])
async def test_who_waits_for_a_callback_in_a_lane_that_is_deleted_is_told_so(
    lane: Callable[..., Awaitable[Any]], customer: Customer, asks: Callable[[Any, str], Awaitable[Any]]
) -> None:
    """It is no failure of the sandbox."""
    world = await lane(clock=T0, accounts={"thuesim": {"callback_url": customer.url, "min_interval": 0}})
    callback = await _called_back(world, customer)
    hold = asyncio.Event()
    customer.holds = [hold]
    await world.rent()
    customer.called.clear()

    asked = asyncio.create_task(asks(world, callback["id"]))
    await customer.called.wait()
    await world.client.control("DELETE", f"/lanes/{world.id}")
    hold.set()
    answer = await asked

    assert answer.status == 404
    assert answer.json["detail"] == f"lane {world.id} was deleted or reset meanwhile"


async def test_a_callback_that_failed_leaves_one_line(
    world: Any, customer: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    """Where it went and how it ended, without what may be secret in its address."""
    customer.answers = [web.Response(status=500)]
    await _rented(world, customer.url.replace("//", "//name:s3cret@") + "/s3cret?key=s3cret")

    await world.advance("5m")

    callback = (await _callbacks(world))[0]
    (line,) = [each.getMessage() for each in caplog.records if each.name == "otp_sandbox.callbacks"]
    assert line == (
        f"{callback['id']} of thuesim in lane default failed at {customer.url}: HTTP 500; "
        "GET /_sandbox/v1/lanes/default/callbacks shows it"
    )


async def test_a_callback_that_nobody_answers_says_why(
    world: Any, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    await _rented(world, f"http://127.0.0.1:{free_port}/hook")

    await world.advance("5m")

    (line,) = [each.getMessage() for each in caplog.records if each.name == "otp_sandbox.callbacks"]
    assert f"failed at http://127.0.0.1:{free_port}: Cannot connect" in line
    assert line.isprintable()


async def test_a_callback_that_is_tried_again_leaves_its_line_at_the_end(
    world: Any, customer: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    """One line a callback, not one an attempt; and none when an attempt is accepted."""
    await world.control("PATCH", "/choices", {"thuesim.callback-retries": "three"})
    customer.answers = [web.Response(status=500) for _ in range(9)]
    await _rented(world, customer.url)
    await world.advance("1d")
    customer.answers = [web.Response(status=500)]
    await world.rent()

    await world.advance("1d")

    first, second = await _callbacks(world)
    lines = [each for each in caplog.records if each.name == "otp_sandbox.callbacks"]
    assert (first["state"], len(first["attempts"]) > 1) == ("failed", True)
    assert (second["state"], len(second["attempts"])) == ("done", 2)
    assert len(lines) == 1


# What is under way


async def test_a_snapshot_has_a_callback_that_is_under_way_as_one_that_is_due(
    sandbox: Any, lane: Callable[..., Awaitable[Any]], customer: Customer
) -> None:
    """Who makes it is no matter of the lane that the snapshot is put into: there it is made like any other."""
    accounts = {"thuesim": {"callback_url": customer.url, "min_interval": 0}}
    world, other = await lane(clock=T0, accounts=accounts), await lane()
    hold = asyncio.Event()
    customer.holds = [hold]
    await _called_back(world, customer)

    snapshot = await world.get("/snapshot")
    bundle = await world.get("/bundle")
    hold.set()
    while sandbox.schedule._tasks:  # noqa: ASYNC110  (nothing tells; each turn lets others work)
        await asyncio.sleep(0)
    after = await world.get("/snapshot")
    put = await other.control("PUT", "/snapshot", snapshot)
    while sandbox.schedule._tasks:  # noqa: ASYNC110  (as above)
        await asyncio.sleep(0)

    callback = [each for each in snapshot["due"] if each["kind"] == "callback"]
    assert [each["at"] for each in callback] == ["2026-03-01T12:00:03Z"]
    assert snapshot["due"] == sorted(snapshot["due"], key=lambda each: each["at"])
    assert [each for each in bundle["state"]["due"] if each["kind"] == "callback"] == callback
    assert not [each for each in after["due"] if each["kind"] == "callback"]
    assert "attempts_underway" not in snapshot["logs"]
    assert put.status == 200
    assert [(each["state"], len(each["attempts"])) for each in await _callbacks(other)] == [("done", 1)]
    assert customer.taken[0] == customer.taken[1]


async def test_a_snapshot_with_what_is_under_way_elsewhere_is_refused(still: Any) -> None:
    snapshot = await still.get("/snapshot")
    snapshot["logs"]["attempts_underway"] = []

    answer = await still.control("PUT", "/snapshot", snapshot)

    assert answer.status == 422
    assert answer.json["errors"] == [{"field": "logs.attempts_underway", "detail": "is not known here"}]


async def test_a_reset_of_callbacks_forgets_what_is_under_way(
    sandbox: Any, lane: Callable[..., Awaitable[Any]], customer: Customer
) -> None:
    """Its result comes, and nothing is left of it."""
    world = await lane(clock=T0, accounts={"thuesim": {"callback_url": customer.url}})
    hold = asyncio.Event()
    customer.holds = [hold]
    await _called_back(world, customer)

    await world.control("POST", "/reset", {"what": ["callbacks"]})
    key = sandbox.registry.get(world.id).key
    left = await sandbox.store.entries(key, UNDERWAY)
    hold.set()
    while sandbox.schedule._tasks:  # noqa: ASYNC110  (as above)
        await asyncio.sleep(0)

    assert left == await sandbox.store.entries(key, UNDERWAY) == []
    assert await _callbacks(world) == []


async def test_a_doubtful_attempt_is_no_fault_of_the_client(sandbox: Any, still: Any, customer: Customer) -> None:
    """The sandbox ended, not the customer: the lint does not blame him for the doubtful attempt."""
    await still.control("PATCH", "/accounts/thuesim", {"callback_url": customer.url})
    await still.rent()
    await still.advance("2s")
    lane = sandbox.registry.default
    held = (await sandbox.store.entries(lane.key, CALLBACKS))[0].entry
    lost = Lease("of another time", lane.now(), lane.now())
    await sandbox.store.append(lane.key, UNDERWAY, held.id, Underway(held.id, (lost,)))
    await sandbox.schedule.take_over(lane)

    shown = (await _callbacks(still))[0]

    assert [(each["status"], each["doubtful"]) for each in shown["attempts"]] == [(200, False), (None, True)]
    assert shown["attempts"][1]["error"] == "no result: the process that sent it ended, or could not record it"
    assert "callback-not-taken" not in {each["rule"] for each in (await still.get("/lint"))["findings"]}

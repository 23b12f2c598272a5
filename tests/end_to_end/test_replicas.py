"""Several servers that play one sandbox: whichever of them is asked, it is the same one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from equipment import redis_server
from equipment.shared_memory import SharedMemoryStore, dies
from equipment.stores import StrictRedisStore, file_coding
from otp_sandbox import redis_address
from otp_sandbox.app import Sandbox, Unusable
from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.domain.store import Store
from otp_sandbox.lanes.following import Follower
from otp_sandbox.settings import Settings
from otp_sandbox.stores.redis import link
from otp_sandbox.stores.redis.connecting import make_redis
from otp_sandbox.web.control import events

MESSAGE = "/MainService.svc/json/SendMultipleMessage_V4_get"
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {"Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} la ma"}
DEFAULT = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FROZEN = {"mode": "frozen", "now": NOON.isoformat()}
Start = Callable[..., Awaitable[Sandbox]]


class Time:
    """The real time, where a test sets it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now


@pytest.fixture
def real() -> Time:
    return Time()


@pytest.fixture
def store() -> SharedMemoryStore:
    return SharedMemoryStore()


@pytest.fixture
def replica(start: Start, client: Any) -> Callable[..., Awaitable[Any]]:
    """Start one more server over a store; gives a client of it."""

    async def begin(store: Store, **settings: Any) -> Any:
        sandbox = await start(Settings(seed=7, **settings), store=store)
        each = type(client)(sandbox.server.url, client.session)
        sandboxes[sandbox.server.url] = sandbox
        return each

    return begin


sandboxes: dict[str, Sandbox] = {}


@pytest.fixture
async def pair(replica: Callable[..., Awaitable[Any]], store: SharedMemoryStore) -> tuple[Any, Any]:
    """Clients of two servers over one store in memory, which a test may turn."""
    return await replica(store), await replica(store)


@pytest.fixture(params=["memory", "redis"])
def make_store(request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Make a store for one more server; all of them share what is in it."""
    if request.param == "memory":
        store = SharedMemoryStore()
        return lambda: store
    address, prefix = redis_address.read(redis_server.plain().url), redis_server.prefix()
    return lambda: make_redis(address, prefix, file_coding(), {}, StrictRedisStore)


@pytest.fixture
async def two(replica: Callable[..., Awaitable[Any]], make_store: Callable[[], Store]) -> tuple[Any, Any]:
    """Clients of two servers that share a store."""
    return await replica(make_store()), await replica(make_store())


@pytest.fixture
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server knows of others, it knows because it was asked something."""
    monkeypatch.setattr(Follower, "watch", lambda _: asyncio.sleep(0))


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again until something holds."""
    async with asyncio.timeout(30):
        while not await what():  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)


async def waits(store: SharedMemoryStore, table: str, *, news: bool = False) -> None:
    """Go on when somebody waits for a log of a lane."""

    async def there() -> bool:
        every = (each.watchers if news else each.waiters for life, each in store._lanes.items() if life != "*")
        return any(table in each for each in every)

    await until(there)


# Lanes


@pytest.mark.usefixtures("nobody_watches")
@pytest.mark.parametrize("by", ["the control API", "a credential that nobody had"])
async def test_a_lane_that_one_makes_is_played_by_the_other_at_once(
    replica: Any, make_store: Callable[[], Store], by: str
) -> None:
    """The very next request finds it: by its credential, and by its id."""
    here, there = await replica(make_store(), any_credentials=True), await replica(make_store())
    if by == "the control API":
        made = (await here.control("POST", "/lanes", {"id": "mine"})).json
        keys = made["credentials"]["esms"]
    else:
        keys = {"ApiKey": "NOBODY-S-KEY", "SecretKey": "NOBODY-S-SECRET"}
        await here.get(GENCODE, **keys, **SEND)

    sent = await there.get(GENCODE, **keys, **SEND)
    lanes = [(await each.control("GET", "/lanes")).json["lanes"] for each in (here, there)]
    messages = (await here.control("GET", f"/lanes/{lanes[0][-1]['id']}/messages")).json["messages"]
    default = (await there.control("GET", "/messages")).json["messages"]

    assert sent.json["CodeResult"] == "100"
    assert [each["id"] for each in lanes[0]] == [each["id"] for each in lanes[1]]
    assert [{**each, "base_url": ""} for each in lanes[0]] == [{**each, "base_url": ""} for each in lanes[1]]
    assert len(messages) == (1 if by == "the control API" else 2)
    assert default == []


async def test_a_code_that_one_sends_is_checked_once_by_any(two: tuple[Any, Any]) -> None:
    """However many ask at once, and whom."""
    here, there = two
    await here.get(GENCODE, **DEFAULT, **SEND)
    (message,) = (await there.control("GET", "/messages")).json["messages"]

    answers = await asyncio.gather(
        *(each.get(CHECKCODE, **DEFAULT, Phone=SEND["Phone"], Code=message["code"]) for each in two * 10)
    )

    assert sorted(each.json["CodeResult"] for each in answers) == ["100"] + ["117"] * 19


@pytest.mark.usefixtures("nobody_watches")
async def test_a_recording_is_heard_from_any(two: tuple[Any, Any]) -> None:
    """Its link carries no credential, only a mark of its lane."""
    here, there = two
    made = (await here.control("POST", "/lanes", {"accounts": {"thuesim": {"arrival": "manual"}}})).json
    await here.get("/api/register-service/", serviceId="02.97", **made["credentials"]["thuesim"])
    rental = (await there.control("GET", f"/lanes/{made['id']}/rentals")).json["rentals"][0]["id"]
    await there.control("POST", f"/lanes/{made['id']}/rentals/{rental}/call", {"code": "059809"})
    told = await there.get("/api/", show="code", ID=rental, **made["credentials"]["thuesim"])
    link = told.json["Result"]["CallFile"]

    heard = [await each.send("GET", link.removeprefix(here.url)) for each in two]

    assert link.startswith(here.url)  # where the number was rented
    assert [(each.status, each.headers["Content-Type"]) for each in heard] == [(200, "audio/wav")] * 2


@pytest.mark.usefixtures("nobody_watches")
async def test_a_lane_that_one_deletes_is_gone_for_the_other(two: tuple[Any, Any]) -> None:
    """404 for the control API; its credentials are those of a stranger; both know the same lanes."""
    here, there = two
    made = (await here.control("POST", "/lanes", {"id": "mine"})).json
    await there.get(GENCODE, **made["credentials"]["esms"], **SEND)

    deleted = await here.control("DELETE", "/lanes/mine")
    shown = await there.control("GET", "/lanes/mine")
    called = await there.get(GENCODE, **made["credentials"]["esms"], **SEND)
    again = await there.control("DELETE", "/lanes/mine")

    assert (deleted.status, shown.status, again.status) == (204, 404, 404)
    assert called.json["CodeResult"] == "101"
    for each in two:
        assert [lane["id"] for lane in (await each.control("GET", "/lanes")).json["lanes"]] == ["default"]
        assert (await each.control("GET", "/info")).json["lanes"] == 1
        assert "\notp_sandbox_lanes 1\n" in (await each.send("GET", "/metrics")).text
        assert len((await each.control("GET", "/requests")).json["requests"]) == 1


async def test_of_two_lanes_of_one_name_or_credential_one_is_made(two: tuple[Any, Any]) -> None:
    """The other one is refused, whoever was asked."""
    key = {"credentials": {"esms": {"ApiKey": "KEY"}}}
    for fields, field in (({"id": "mine"}, "id"), (key, "credentials.esms.ApiKey")):
        answers = await asyncio.gather(*(each.control("POST", "/lanes", fields) for each in two))
        assert sorted(each.status for each in answers) == [201, 409]
        refused = next(each for each in answers if each.status == 409)
        assert [each["field"] for each in refused.json["errors"]] == [field]

    unnamed = await asyncio.gather(*(each.control("POST", "/lanes") for each in two * 5))
    assert [each.status for each in unnamed] == [201] * 10
    assert len({each.json["id"] for each in unnamed}) == 10


@pytest.mark.usefixtures("nobody_watches")
async def test_lists_of_lanes_go_on_wherever_they_are_asked_for(two: tuple[Any, Any]) -> None:
    """A cursor of one is good for the other."""
    here, there = two
    start = (await here.control("GET", "/lanes")).json["cursor"]
    for name, each in zip("abcd", two * 2, strict=True):
        await each.control("POST", "/lanes", {"id": name})

    first = (await there.control("GET", f"/lanes?after={start}&limit=3")).json
    rest = (await here.control("GET", f"/lanes?after={first['cursor']}")).json

    assert [each["id"] for each in first["lanes"]] == ["a", "b", "c"]
    assert [each["id"] for each in rest["lanes"]] == ["d"]


# What is common to a lane


@pytest.mark.usefixtures("nobody_watches")
async def test_what_one_sets_holds_for_the_next_request_to_the_other(two: tuple[Any, Any]) -> None:
    """The clock, choices, a fault with its count, accounts."""
    here, there = two
    await here.control("PUT", "/clock", FROZEN)
    clock = (await there.control("GET", "/clock")).json
    await there.get(GENCODE, **DEFAULT, **SEND)
    sent_at = (await here.control("GET", "/messages")).json["messages"][0]["created_at"]

    fault = {"match": {"calls": "1..3"}, "action": {"outcome": "not_enough_balance"}}
    assert (await here.control("POST", "/faults", fault)).status == 201
    answers = [await each.get(GENCODE, **DEFAULT, **SEND | {"RequestId": f"{n}"}) for n, each in enumerate(two * 3)]
    await there.control("DELETE", "/faults")
    await here.control("PATCH", "/choices", {"esms.second-code": "keep-all"})
    choices = (await there.control("GET", "/choices")).json

    assert clock["mode"] == "frozen"
    assert datetime.fromisoformat(sent_at) == NOON
    assert [each.json["CodeResult"] for each in answers] == ["103"] * 3 + ["100"] * 3
    assert choices["esms.second-code"] == "keep-all"


async def test_choices_that_both_are_asked_for_at_once_are_all_made(two: tuple[Any, Any]) -> None:
    """None is lost because the other one knew it not yet."""
    wanted = {"esms.second-code": "keep-all", "esms.code-case": "ignore"}

    await asyncio.gather(
        two[0].control("PATCH", "/choices", {"esms.second-code": "keep-all"}),
        two[1].control("PATCH", "/lanes/default", {"choices": {"esms.code-case": "ignore"}}),
    )

    for each in two:
        assert (await each.control("GET", "/choices")).json.items() >= wanted.items()


@pytest.mark.usefixtures("nobody_watches")
async def test_a_lane_that_one_resets_is_as_it_was_for_the_other(two: tuple[Any, Any]) -> None:
    """The next request is the first of the new life; its numbers go on."""
    here, there = two
    await there.get(GENCODE, **DEFAULT, **SEND)
    snapshot = (await there.control("GET", "/snapshot")).json

    await here.control("POST", "/reset")
    after_reset = (await there.control("GET", "/messages")).json["messages"]
    await there.get(GENCODE, **DEFAULT, **SEND)
    (request,) = (await here.control("GET", "/requests")).json["requests"]
    await here.control("PUT", "/snapshot", snapshot)
    restored = (await there.control("GET", "/requests")).json["requests"]

    assert after_reset == []
    assert request["id"] == "req-2"
    assert [each["id"] for each in restored] == ["req-1"]


async def test_a_request_finds_its_lane_again_that_the_other_one_reset_meanwhile(
    pair: tuple[Any, Any], store: SharedMemoryStore
) -> None:
    """It is played in the new life."""
    here, there = pair

    async def reset() -> None:
        await there.control("POST", "/reset")

    store.meanwhile["count"] = reset
    sent = await here.get(GENCODE, **DEFAULT, **SEND)
    (request,) = (await there.control("GET", "/requests")).json["requests"]

    assert sent.json["CodeResult"] == "100"
    assert request["outcome"] == "accepted"


@pytest.mark.usefixtures("nobody_watches")
async def test_two_advances_at_once_add_up(two: tuple[Any, Any]) -> None:
    """A minute here and a minute there are two."""
    await two[0].control("PUT", "/clock", FROZEN)

    answers = await asyncio.gather(*(each.control("POST", "/clock/advance", {"by": "1m"}) for each in two))
    told = [(await each.control("GET", "/clock")).json["now"] for each in two]

    assert [each.status for each in answers] == [200, 200]
    assert [datetime.fromisoformat(each) for each in told] == [NOON + timedelta(minutes=2)] * 2


async def test_an_advance_tells_all_that_falls_due_whoever_is_asked_meanwhile(two: tuple[Any, Any]) -> None:
    """Another server that looks at the lane takes nothing away; the clock is where the advance has led it."""
    here, there = two
    await here.control("PUT", "/clock", FROZEN)
    for number in range(10):
        await here.get(GENCODE, **DEFAULT, **SEND | {"RequestId": f"{number}"})
        await here.control("POST", "/clock/advance", {"by": "10ms"})
    advancing = asyncio.create_task(here.control("POST", "/clock/advance", {"by": "10m"}))

    asked = 0
    while not advancing.done():
        asked += (await there.control("GET", "/messages")).status == 200
    fired = [each["kind"] for each in (await advancing).json["fired"]]

    assert asked > 1
    assert sorted(fired) == ["delivery"] * 10 + ["expiry"]
    assert datetime.fromisoformat((await there.control("GET", "/clock")).json["now"]) == NOON + timedelta(
        minutes=10, milliseconds=100
    )


async def test_an_advance_ends_when_the_other_one_resets_the_lane(
    pair: tuple[Any, Any], store: SharedMemoryStore
) -> None:
    """As where one server does both: 404, and the new life is left alone."""
    here, there = pair
    await here.control("PUT", "/clock", FROZEN)
    await here.get(GENCODE, **DEFAULT, **SEND)

    async def reset() -> None:
        await there.control("POST", "/reset")

    store.meanwhile["fire_all"] = reset
    advanced = await here.control("POST", "/clock/advance", {"by": "10m"})
    clock = (await here.control("GET", "/clock")).json

    assert advanced.status == 404
    assert "deleted or reset meanwhile" in advanced.json["detail"]
    assert clock["mode"] == "real"


# Whoever waits


@pytest.mark.usefixtures("nobody_watches")
async def test_whoever_waits_at_one_hears_of_what_the_other_sends(pair: tuple[Any, Any], store: Any) -> None:
    """Also after the other one has reset the lane; when the other one deletes it, he is told."""
    here, there = pair
    made = (await there.control("POST", "/lanes", {"id": "mine"})).json
    keys = made["credentials"]["esms"]

    waiting = asyncio.create_task(here.control("GET", "/lanes/mine/messages/wait?timeout=30s"))
    await waits(store, "messages")
    await there.control("POST", "/lanes/mine/reset")
    await waits(store, "messages")
    await there.get(GENCODE, **keys, **SEND)
    heard = await waiting
    waiting = asyncio.create_task(here.control("GET", "/lanes/mine/messages/wait?timeout=30s&count=2"))
    await waits(store, "messages")
    await there.control("DELETE", "/lanes/mine")
    ended = await waiting

    assert (heard.status, heard.json["matched"], len(heard.json["messages"])) == (200, True, 1)
    assert ended.status == 404


@pytest.mark.usefixtures("nobody_watches")
async def test_a_stream_of_one_tells_what_happens_at_the_other(pair: tuple[Any, Any], store: Any) -> None:
    """It goes on in the next life of the lane, and ends with the lane."""
    here, there = pair
    made = (await there.control("POST", "/lanes", {"id": "mine"})).json
    keys = made["credentials"]["esms"]
    url = f"{here.url}/_sandbox/v1/lanes/mine/events?kinds=message"

    async def next_message(stream: Any) -> bytes:
        line = b""
        while not line.startswith(b'data: {"id"'):
            line = await asyncio.wait_for(stream.content.readline(), 30)
        return bytes(line)

    async with here.session.get(url) as stream:
        await waits(store, "messages", news=True)
        await there.get(GENCODE, **keys, **SEND)
        first = await next_message(stream)
        await there.control("POST", "/lanes/mine/reset")
        await there.get(GENCODE, **keys, **SEND)
        while (second := await next_message(stream)) and b'"req-1"' in second:
            pass
        await there.control("DELETE", "/lanes/mine")
        await asyncio.wait_for(stream.content.read(), 30)

    assert b'"request_id":"req-1"' in first
    assert b'"request_id":"req-2"' in second


async def test_a_call_that_is_held_up_goes_on_when_the_other_one_moves_the_clock(two: tuple[Any, Any]) -> None:
    """A fault delays it on the lane's clock."""
    here, there = two
    await there.control("PUT", "/clock", FROZEN)
    fault = {"action": {"delay": "1m", "clock": "lane"}}
    made = await there.control("POST", "/faults", fault)
    assert made.status == 201, made.text

    held_up = asyncio.create_task(here.get(GENCODE, **DEFAULT, **SEND))

    async def fired() -> bool:
        return bool((await there.control("GET", "/faults")).json["faults"][0]["fired"])

    await until(fired)
    before = held_up.done()
    await there.control("POST", "/clock/advance", {"by": "1m"})
    answer = await asyncio.wait_for(held_up, 30)

    assert not before
    assert answer.json["CodeResult"] == "100"


# How servers begin and end


async def test_servers_that_start_at_once_all_start(start: Start, make_store: Callable[[], Store]) -> None:
    """Each wants to make the lanes of the configuration; who is slower takes what is there."""
    settings = Settings(seed=7, lanes={"ci": {"seed": 9, "credentials": {"esms": {"ApiKey": "CI"}}}})

    servers = await asyncio.gather(*(start(settings, store=make_store()) for _ in range(3)))

    lanes = [[each.record for each in sandbox.registry] for sandbox in servers]
    assert [each.id for each in lanes[0]] == ["default", "ci"]
    assert lanes[0] == lanes[1] == lanes[2]
    assert len(await servers[0].store.lanes()) == 3


async def test_a_lane_of_the_configuration_whose_credential_is_taken_stops_the_start(start: Start) -> None:
    """By a lane of another name: that is no other server that was faster."""
    store = SharedMemoryStore()
    await start(Settings(lanes={"one": {"credentials": {"esms": {"ApiKey": "KEY"}}}}), store=store)

    with pytest.raises(Unusable, match=r"credentials\.esms\.ApiKey"):
        await start(Settings(lanes={"other": {"credentials": {"esms": {"ApiKey": "KEY"}}}}), store=store)


async def test_one_that_stops_leaves_the_others_alone(pair: tuple[Any, Any], store: SharedMemoryStore) -> None:
    """The store stays open for them."""
    here, there = pair
    before = store.users

    await sandboxes[here.url].stop()
    sent = await there.get(GENCODE, **DEFAULT, **SEND)
    await sandboxes[here.url].store.open()  # the end of the test stops it once more

    assert before == 2
    assert sent.json["CodeResult"] == "100"


@pytest.fixture
async def called() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server that is called back, and whether it was. It breaks off calls to `/later` until that is set."""
    event = asyncio.Event()

    async def take(request: web.BaseRequest) -> web.Response:
        if request.path == "/later" and not event.is_set() and request.transport is not None:
            request.transport.abort()
            return web.Response()
        event.set()
        return web.Response()

    runner = web.ServerRunner(web.Server(take), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", event
    await runner.cleanup()


async def test_what_is_due_at_one_that_died_happens_at_the_other(
    replica: Any, real: Time, called: tuple[str, asyncio.Event]
) -> None:
    """A rental's message arrives and is called back, once, a second late at most; nobody asks for anything."""
    url, event = called
    store = SharedMemoryStore(real)
    here, there = await replica(store), await replica(store)
    account = {"callback_url": url, "arrival_delay": "10m"}
    made = (await here.control("POST", "/lanes", {"accounts": {"thuesim": account}})).json
    await here.get("/api/register-service/", serviceId="02.97", **made["credentials"]["thuesim"])
    await dies(sandboxes[here.url])
    upkeep = sandboxes[there.url].upkeep

    real.now += timedelta(minutes=10, seconds=1) - timedelta(microseconds=1)
    await upkeep.stand_in()
    early = event.is_set()
    real.now += timedelta(microseconds=1)
    await upkeep.stand_in()
    await asyncio.wait_for(event.wait(), 30)

    async def is_done() -> bool:
        (callback,) = (await there.control("GET", f"/lanes/{made['id']}/callbacks")).json["callbacks"]
        return bool(callback["state"] == "done" and len(callback["attempts"]) == 1)

    await until(is_done)
    assert not early


async def test_the_retries_of_one_that_died_come_from_the_other(
    replica: Any, real: Time, called: tuple[str, asyncio.Event]
) -> None:
    """What was not answered is sent again when its time has come."""
    url, answers = called
    store = SharedMemoryStore(real)
    here, there = await replica(store), await replica(store)
    await here.control("PATCH", "/accounts/esms", {"callback_policy": {"retry_after": "1m"}})
    fields = {"Phone": "0901888484", "Content": "ma 123456", "SmsType": "2", "Brandname": "Sandbox"}
    await here.get(MESSAGE, **DEFAULT, **fields, CallbackUrl=f"{url}/later")
    await here.control("POST", "/clock/advance", {"by": "1s"})
    (before,) = (await here.control("GET", "/callbacks")).json["callbacks"]
    await dies(sandboxes[here.url])

    answers.set()
    real.now += timedelta(minutes=1, seconds=1)
    await sandboxes[there.url].upkeep.stand_in()

    async def is_done() -> bool:
        (callback,) = await store.entries(sandboxes[there.url].registry.default.key, CALLBACKS)
        return callback.entry.state == "done"

    await until(is_done)
    (after,) = (await there.control("GET", "/callbacks")).json["callbacks"]

    assert (before["state"], len(before["attempts"])) == ("pending", 1)
    assert (after["state"], len(after["attempts"])) == ("done", 2)


async def test_one_that_lives_sees_to_what_is_due_by_itself(
    two: tuple[Any, Any], called: tuple[str, asyncio.Event]
) -> None:
    """It asks each second."""
    url, event = called
    here, there = two
    account = {"callback_url": url, "arrival_delay": "100ms"}
    made = (await here.control("POST", "/lanes", {"accounts": {"thuesim": account}})).json
    await here.get("/api/register-service/", serviceId="02.97", **made["credentials"]["thuesim"])
    await dies(sandboxes[here.url])

    await asyncio.wait_for(event.wait(), 30)

    assert (await there.control("GET", f"/lanes/{made['id']}/rentals")).json["rentals"][0]["state"] == "done"


async def test_the_time_of_the_store_is_the_time_of_all(replica: Any, real: Time) -> None:
    """Whatever their machines say."""
    store = SharedMemoryStore(real)
    servers = await replica(store), await replica(store)

    told = [datetime.fromisoformat((await each.control("GET", "/clock")).json["now"]) for each in servers]
    real.now += timedelta(days=1)
    later = [datetime.fromisoformat((await each.control("GET", "/clock")).json["now"]) for each in servers]

    assert told == [NOON] * 2
    assert later == [NOON + timedelta(days=1)] * 2


# A store that is away


async def test_while_the_store_is_away_nothing_is_answered_that_needs_it(
    pair: tuple[Any, Any], store: SharedMemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The provider's server error, 503 with the reason; what needs no store answers; all goes on without a restart."""
    here, _ = pair
    await here.get(GENCODE, **DEFAULT, **SEND)
    store.away = "store redis: the server is away"

    esms = await here.get(GENCODE, **DEFAULT, **SEND)
    amoot = await here.get("/rest/AccountStatus", Token="SANDBOX-TOKEN")
    thuesim = await here.get("/api/", show="balance", token="SANDBOX-TOKEN")
    nowhere = await here.get("/MainService.svc/nothing")
    control = [
        await here.control("GET", "/lanes"),
        await here.control("GET", "/messages"),
        await here.control("GET", "/info"),
        await here.control("POST", "/lanes"),
        await here.control("POST", "/clock/advance", {"by": "1m"}),
    ]
    ready = await here.send("GET", "/readyz")
    well = [await here.send("GET", path) for path in ("/healthz", "/metrics", "/_sandbox/", "/", "/_sandbox/docs")]
    providers = await here.control("GET", "/providers")
    store.away = None
    after = [await each.get(GENCODE, **DEFAULT, **SEND) for each in pair]

    assert [each.status for each in (esms, amoot, thuesim, nowhere)] == [500] * 4
    assert [each.status for each in control] == [503] * 5
    assert all("is away" in each.json["detail"] for each in control)
    assert (ready.status, ready.json["detail"]) == (503, "store redis: the server is away")
    assert [each.status for each in (*well, providers)] == [200] * 6
    assert "\notp_sandbox_lanes 1\n" in well[1].text
    assert "otp_sandbox_codes{" not in well[1].text
    assert [each.json["CodeResult"] for each in after] == ["100"] * 2
    assert (await here.send("GET", "/readyz")).status == 200
    assert [each for each in caplog.records if each.exc_info] == []


async def test_a_store_that_lost_everything_plays_on(pair: tuple[Any, Any], store: SharedMemoryStore) -> None:
    """With the lanes that there always are; no restart is needed."""
    here, there = pair
    await here.control("POST", "/lanes", {"id": "mine"})
    await here.get(GENCODE, **DEFAULT, **SEND)

    store.lose_everything()
    sent = await asyncio.gather(*(each.get(GENCODE, **DEFAULT, **SEND) for each in pair * 5))
    lanes = [[lane["id"] for lane in (await each.control("GET", "/lanes")).json["lanes"]] for each in pair]
    messages = (await there.control("GET", "/messages")).json["messages"]

    assert [each.json["CodeResult"] for each in sent] == ["100"] * 10
    assert lanes == [["default"]] * 2
    assert len(messages) == 10


async def test_a_lane_whose_content_is_lost_is_the_server_s_error(
    pair: tuple[Any, Any], store: SharedMemoryStore
) -> None:
    """It is not looked for without end; a reset is no help, as there are no accounts, but it can be deleted."""
    here, there = pair
    made = (await here.control("POST", "/lanes", {"id": "mine"})).json
    lane = sandboxes[here.url].registry.get("mine")
    assert lane is not None
    await store.forget(lane.key)

    called = await there.get(GENCODE, **made["credentials"]["esms"], **SEND)
    waited = await there.control("GET", "/lanes/mine/messages/wait?timeout=30s")
    deleted = await there.control("DELETE", "/lanes/mine")

    assert called.status == 500
    assert waited.status == 404
    assert deleted.status == 204


@pytest.mark.parametrize("keeps", [True, False], ids=["with what it had", "with nothing"])
async def test_a_redis_that_was_away_is_played_on_without_a_restart(
    replica: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, keeps: bool
) -> None:
    """Whatever it comes back with, both servers have the same lanes then."""
    monkeypatch.setattr(link, "GLANCE", 0.02)
    with redis_server.running(sync="always" if keeps else None) as server:
        address = redis_address.read(server.url)
        two = [await replica(make_redis(address, "away:", file_coding(), {}, StrictRedisStore)) for _ in range(2)]
        await two[0].control("POST", "/lanes", {"id": "mine"})
        await two[1].get(GENCODE, **DEFAULT, **SEND)

        await asyncio.to_thread(server.kill)
        called = [await each.get(GENCODE, **DEFAULT, **SEND) for each in two]
        asked = [await each.control("GET", "/messages") for each in two]
        ready = [await each.send("GET", "/readyz") for each in two]
        well = [await each.send("GET", path) for each in two for path in ("/healthz", "/metrics", "/_sandbox/")]
        await asyncio.to_thread(server.start)
        for each in two:

            async def is_ready(each: Any = each) -> bool:
                return bool((await each.send("GET", "/readyz")).status == 200)

            await until(is_ready)
        after = [await each.get(GENCODE, **DEFAULT, **SEND) for each in two]
        lanes = [[lane["id"] for lane in (await each.control("GET", "/lanes")).json["lanes"]] for each in two]
        messages = (await two[0].control("GET", "/messages")).json["messages"]
        for each in two:
            await sandboxes[each.url].stop()

    assert [each.status for each in called] == [500] * 2
    assert [each.status for each in asked + ready] == [503] * 4
    assert [each.status for each in well] == [200] * 6
    assert [each.json["CodeResult"] for each in after] == ["100"] * 2
    assert lanes == [["default", "mine"] if keeps else ["default"]] * 2
    assert len(messages) == (3 if keeps else 2)
    assert [each for each in caplog.records if each.exc_info] == []


async def test_a_stream_goes_on_when_the_store_is_back(replica: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where it was: what the other server did meanwhile is told, too."""
    monkeypatch.setattr(link, "GLANCE", 0.02)
    monkeypatch.setattr(events, "AGAIN", 20)
    with redis_server.running(sync="always") as server:
        address = redis_address.read(server.url)
        two = [await replica(make_redis(address, "away:", file_coding(), {})) for _ in range(2)]
        async with two[0].session.get(f"{two[0].url}/_sandbox/v1/events?kinds=message") as stream:
            await stream.content.readline()
            await asyncio.to_thread(server.kill)
            line = b"told"
            while line != b":\n":
                line = await asyncio.wait_for(stream.content.readline(), 30)
            await asyncio.to_thread(server.start)

            async def sent() -> bool:
                return bool((await two[1].get(GENCODE, **DEFAULT, **SEND)).status == 200)

            await until(sent)
            while not line.startswith(b'data: {"id"'):
                line = await asyncio.wait_for(stream.content.readline(), 30)
        for each in two:
            await sandboxes[each.url].stop()

    assert b'"state":' in line

"""A lane that is reset or deleted while a request is on its way: it is found again, or the default lane answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from equipment.pausing import PausingStore
from otp_sandbox.domain.clock import Clock
from otp_sandbox.lanes.registry import NewLane
from otp_sandbox.settings import Settings
from otp_sandbox.web import fields
from otp_sandbox.web.bodies import FORM, body_pairs

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
SEND = {"Phone": "0912345678", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} is it"}


@dataclass
class World:
    """A sandbox whose store takes its time, and a lane in it called `mine`."""

    sandbox: Any
    client: Any
    store: PausingStore
    credentials: Any = None

    @property
    def lane(self) -> Any:
        """The lane as it is now."""
        return self.sandbox.registry.get("mine")

    async def make(self) -> None:
        """Make the lane; its credentials are the same each time."""
        await self.sandbox.registry.create(NewLane("mine", seed=5))

    async def reset(self) -> None:
        """Bring the lane back to its beginning."""
        await self.sandbox.registry.reset(self.lane)

    async def delete(self) -> None:
        """Delete the lane."""
        await self.sandbox.registry.delete(self.lane)

    async def make_again(self) -> None:
        """Delete the lane, and make another one of the same name."""
        await self.delete()
        await self.make()

    async def send(self, **fields: str) -> str:
        """Have a code sent in the lane; give the result code."""
        answer = await self.client.get(GENCODE, **self.credentials, **{**SEND, **fields})
        return str(answer.json["CodeResult"])

    async def listed(self, what: str, lane: str = "mine") -> list[Any]:
        """List what a lane has."""
        return list((await self.client.control("GET", f"/lanes/{lane}/{what}")).json[what])

    async def journal(self, lane: str = "mine") -> list[tuple[str, str | None]]:
        """List id and outcome of what was asked of a lane."""
        return [(each["id"], each["outcome"]) for each in await self.listed("requests", lane)]


@pytest.fixture
async def world(start: Callable[..., Awaitable[Any]], client: Any) -> World:
    store = PausingStore()
    sandbox = await start(store=store)
    world = World(sandbox, type(client)(sandbox.server.url, client.session), store)
    await world.make()
    world.credentials = world.lane.credentials["esms"]
    return world


@pytest.mark.parametrize("happens", [World.reset, World.make_again], ids=["reset", "made again"])
@pytest.mark.parametrize("call", ["count", "decide"], ids=["before it is numbered", "before it is decided"])
async def test_a_request_is_answered_by_the_next_life(
    world: World, call: str, happens: Callable[[World], Awaitable[None]]
) -> None:
    """Once, with all that follows."""
    world.store.meanwhile[call] = lambda: happens(world)

    answer = await world.send()

    assert answer == "100"
    assert world.store.meanwhile == {}
    assert len(await world.listed("messages")) == 1
    assert [outcome for _, outcome in await world.journal()] == ["accepted"]
    assert (await world.client.control("GET", "/lanes/mine/accounts/esms")).json["balance"] == 1_000_000 - 850
    assert await world.journal("default") == []


async def test_a_number_that_the_old_life_gave_is_not_given_again(world: World) -> None:
    """Though nothing came of the request that had it."""
    world.store.meanwhile["decide"] = world.reset

    await world.send()

    assert await world.journal() == [("req-2", "accepted")]


@pytest.mark.parametrize("call", ["count", "decide"], ids=["before it is numbered", "before it is decided"])
async def test_a_request_to_a_lane_that_goes_is_a_stranger_s(world: World, call: str) -> None:
    """It is refused, and noted, in the default lane."""
    world.store.meanwhile[call] = world.delete

    answer = await world.send()

    assert answer == "101"
    assert world.lane is None
    assert await world.journal("default") == [("req-1", "authorize_failed")]


async def test_what_is_due_in_a_life_that_ends_does_not_keep_a_request(world: World) -> None:
    """It was about to happen first; in the next life nothing is due."""
    await world.send()
    later = world.lane.clock.moved_to(world.lane.now().replace(year=2030), world.lane.real_now())
    await world.sandbox.registry.change(world.lane, clock=later)
    world.store.meanwhile["fire_all"] = world.reset

    answer = await world.send(Phone="0987654321")

    assert answer == "100"
    assert world.lane.clock == Clock()
    assert [each["to"] for each in await world.listed("messages")] == ["+84987654321"]


@pytest.mark.parametrize(("happens", "left"), [(World.reset, []), (World.delete, None)], ids=["reset", "deleted"])
async def test_a_request_that_was_decided_is_answered_so(
    world: World, happens: Callable[[World], Awaitable[None]], left: list[Any] | None
) -> None:
    """What it did, and its entry in the journal, went with the life in which it happened."""
    world.store.meanwhile["append"] = lambda: happens(world)

    answer = await world.send()

    assert answer == "100"
    assert world.store.meanwhile == {}
    assert await world.journal("default") == []
    if left is not None:
        assert await world.listed("messages") == await world.journal() == left


@pytest.mark.parametrize("path", ["/MainService.svc/nothing", "/nothing"])
@pytest.mark.parametrize("call", ["count", "append"])
@pytest.mark.parametrize(
    ("happens", "lane"), [(World.reset, "mine"), (World.delete, "default")], ids=["reset", "deleted"]
)
async def test_what_meets_no_operation_is_noted_in_the_life_that_is(
    world: World, path: str, call: str, happens: Callable[[World], Awaitable[None]], lane: str
) -> None:
    """Or in the default lane."""
    world.store.meanwhile[call] = lambda: happens(world)

    answer = await world.client.get(path, **world.credentials)

    assert answer.status == 404
    assert world.store.meanwhile == {}
    assert [outcome for _, outcome in await world.journal(lane)] == [None]


async def test_requests_at_once_with_a_new_credential_open_one_lane(
    start: Callable[..., Awaitable[Any]], client: Any
) -> None:
    """Whoever comes while it is made gets the same."""
    sandbox = await start(Settings(seed=7, any_credentials=True), store=PausingStore())
    client.url = sandbox.server.url

    answers = await asyncio.gather(*(client.get(GENCODE, ApiKey="mine", SecretKey="mine", **SEND) for _ in range(5)))

    assert [each.json["CodeResult"] for each in answers] == ["100"] * 5
    assert len(sandbox.registry) == 2
    [lane] = [each.id for each in sandbox.registry if each.id != "default"]
    messages = await client.control("GET", f"/lanes/{lane}/messages")
    assert len(messages.json["messages"]) == 5


@pytest.mark.parametrize(
    ("happens", "outcome", "lane"),
    [
        (World.reset, "accepted", "mine"),
        (World.make_again, "accepted", "mine"),
        (World.delete, "authorize_failed", "default"),
    ],
    ids=["reset", "made again", "deleted"],
)
async def test_a_lane_is_looked_for_when_a_large_body_has_been_read(
    world: World, monkeypatch: pytest.MonkeyPatch, *, happens: Any, outcome: str, lane: str
) -> None:
    """It is read in a thread; what becomes of the lane meanwhile does not matter."""
    loop = asyncio.get_running_loop()
    threads = []

    def read(*asked: Any) -> Any:
        threads.append(threading.current_thread())
        asyncio.run_coroutine_threadsafe(happens(world), loop).result()
        return body_pairs(*asked)

    monkeypatch.setattr(fields, "body_pairs", read)
    sent = {**world.credentials, "Phone": "0912345678", "Brandname": "Sandbox", "SmsType": "2", "Content": "x" * 5000}

    await world.client.send("POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/", json=sent)

    assert [each is threading.main_thread() for each in threads] == [False]
    assert [kept for _, kept in await world.journal(lane)] == [outcome]
    assert len(await world.listed("messages", lane)) == (lane == "mine")


@pytest.mark.parametrize(("size", "elsewhere"), [(fields.AT_ONCE, False), (fields.AT_ONCE + 1, True)])
async def test_a_body_is_read_in_a_thread_past_a_size(
    client: Any, monkeypatch: pytest.MonkeyPatch, size: int, *, elsewhere: bool
) -> None:
    """A small one where it comes."""
    threads = []

    def read(*asked: Any) -> Any:
        threads.append(threading.current_thread())
        return body_pairs(*asked)

    monkeypatch.setattr(fields, "body_pairs", read)

    await client.send("POST", "/rest/SendOTP", data=b"x" * size, headers={"Content-Type": FORM})

    assert [each is not threading.main_thread() for each in threads] == [elsewhere]


# Recordings: their links carry no credential, only a mark that lanes with the same seed share


async def _call(world: World, lane: str, service: str) -> str:
    """Rent in a lane, let a call with a code come, and give the path of its recording."""
    client = world.client
    token = world.sandbox.registry.get(lane).credentials["thuesim"]["token"]
    patch = {"thuesim": {"arrival": "manual", "min_interval": "0"}}
    await client.control("PATCH", f"/lanes/{lane}", {"accounts": patch})
    await client.get("/api/register-service/", serviceId=service, token=token)
    rental = (await client.control("GET", f"/lanes/{lane}/rentals")).json["rentals"][-1]
    await client.control("POST", f"/lanes/{lane}/rentals/{rental['id']}/call", {"code": "059809"})
    read = await client.get("/api/", show="code", ID=rental["id"], token=token)
    return str(read.json["Result"]["CallFile"]).removeprefix(client.url)


async def _outcomes(world: World, lane: str) -> list[Any]:
    return [outcome for _, outcome in await world.journal(lane) if "audio" in str(outcome)]


@pytest.mark.parametrize("owner", ["mine", "twin"])
async def test_a_recording_is_found_in_the_right_one_of_lanes_with_the_same_seed(world: World, owner: str) -> None:
    """Whichever was made first."""
    await world.sandbox.registry.create(NewLane("twin", seed=5))
    links = {"mine": await _call(world, "mine", "01.4"), "twin": await _call(world, "twin", "01.1")}
    other = "twin" if owner == "mine" else "mine"

    heard = await world.client.send("GET", links[owner])

    assert links["mine"] != links["twin"]
    assert (heard.status, heard.headers["Content-Type"]) == (200, "audio/wav")
    assert await _outcomes(world, owner) == ["audio_found"]
    assert await _outcomes(world, other) == await _outcomes(world, "default") == []


async def test_a_recording_that_no_lane_of_its_mark_has_is_nobody_s(world: World) -> None:
    """It is looked for in all of them."""
    await world.sandbox.registry.create(NewLane("twin", seed=5))
    link = await _call(world, "mine", "01.4")
    await world.reset()

    heard = await world.client.send("GET", link)

    assert heard.status == 404
    assert await _outcomes(world, "default") == ["audio_not_found"]


async def test_a_lane_that_goes_while_a_recording_is_looked_for_is_passed_over(world: World) -> None:
    """The one that has it is found."""
    await world.sandbox.registry.create(NewLane("twin", seed=5))
    link = await _call(world, "twin", "01.1")
    world.store.meanwhile["decide"] = world.delete

    heard = await world.client.send("GET", link)

    assert heard.status == 200
    assert world.lane is None
    assert await _outcomes(world, "twin") == ["audio_found"]

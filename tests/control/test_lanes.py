"""Lanes: made, shown, changed, deleted, and strangers to each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from equipment.pausing import PausingStore
from otp_sandbox.settings import Settings

SHAPE = {"id", "credentials", "base_url", "seed", "choices", "ttl"}


async def test_an_empty_wish_makes_a_lane_with_everything(client: Any) -> None:
    first = await client.control("POST", "/lanes", {})
    second = await client.control("POST", "/lanes", {})

    assert first.status == 201
    assert first.json.keys() == SHAPE
    assert [first.json["id"], second.json["id"]] == ["lane-1", "lane-2"]
    assert {name: set(each) for name, each in first.json["credentials"].items()} == {
        "esms": {"ApiKey", "SecretKey"},
        "amoot": {"Token", "UserName", "Password"},
        "thuesim": {"token"},
        "viotp": {"token"},
    }
    assert first.json["base_url"] == client.url
    assert isinstance(first.json["seed"], int)
    assert first.json["seed"] != second.json["seed"]
    assert first.json["credentials"] != second.json["credentials"]


async def test_a_lane_can_be_asked_for_in_every_detail(client: Any) -> None:
    wish = {
        "id": "checkout.test_1~a-b",
        "seed": -5,
        "clock": {"mode": "frozen", "now": "2026-03-01T12:00:00+07:00"},
        "choices": {"esms.second-code": "keep-all", "esms.code-case": None},
        "ttl": "1h",
        "accounts": {"esms": {"balance": 5}, "thuesim": {"min_interval": 0}},
        "credentials": {"esms": {"ApiKey": "mine"}},
    }

    made = await client.control("POST", "/lanes", wish)

    lane = f"/lanes/{wish['id']}"
    assert made.status == 201
    assert (await client.control("GET", lane)).json == made.json
    assert made.json["seed"] == -5
    assert made.json["choices"] == {"esms.second-code": "keep-all"}
    assert made.json["ttl"] == "1h"
    assert made.json["credentials"]["esms"]["ApiKey"] == "mine"
    assert made.json["credentials"]["esms"]["SecretKey"]
    assert (await client.control("GET", f"{lane}/clock")).json["now"] == "2026-03-01T12:00:00+07:00"
    assert (await client.control("GET", f"{lane}/accounts/esms")).json["balance"] == 5
    assert (await client.control("GET", f"{lane}/accounts/thuesim")).json["min_interval"] == "0s"
    assert (await client.control("GET", f"{lane}/choices")).json["esms.second-code"] == "keep-all"


@pytest.mark.parametrize(
    ("wish", "fields"),
    [
        ({"id": ""}, ["id"]),
        ({"id": "a/b"}, ["id"]),
        ({"id": "-a"}, ["id"]),
        ({"id": "a" * 101}, ["id"]),
        ({"id": 5}, ["id"]),
        ({"seed": "7"}, ["seed"]),
        ({"seed": 1.5}, ["seed"]),
        ({"seed": True}, ["seed"]),
        ({"seed": 2**63}, ["seed"]),
        ({"clock": {}}, ["clock.mode"]),
        ({"clock": {"mode": "slow"}}, ["clock.mode"]),
        ({"clock": {"mode": "offset"}}, ["clock.offset"]),
        ({"clock": {"mode": "real", "now": "2026-01-01T00:00:00Z"}}, ["clock.now"]),
        ({"clock": {"mode": "frozen", "now": "2026-01-01T00:00:00"}}, ["clock.now"]),
        ({"clock": {"mode": "offset", "offset": "999999999d"}}, ["clock.offset"]),
        ({"choices": {"esms.nonsense": "x"}}, ["choices.esms.nonsense"]),
        ({"choices": {"esms.code-case": "x"}}, ["choices.esms.code-case"]),
        ({"choices": {"esms.code-case": 1}}, ["choices.esms.code-case"]),
        ({"ttl": "0s"}, ["ttl"]),
        ({"ttl": "soon"}, ["ttl"]),
        ({"ttl": 5}, ["ttl"]),
        ({"accounts": {"nobody": {}}}, ["accounts.nobody"]),
        ({"accounts": {"esms": 5}}, ["accounts.esms"]),
        ({"accounts": {"esms": {"balance": "x", "nonsense": 1}}}, ["accounts.esms.balance", "accounts.esms.nonsense"]),
        ({"accounts": {"esms": {"brandnames": [{"name": 1}]}}}, ["accounts.esms.brandnames.0.name"]),
        ({"credentials": {"nobody": {}}}, ["credentials.nobody"]),
        ({"credentials": {"esms": {"Token": "x"}}}, ["credentials.esms.Token"]),
        ({"credentials": {"esms": {"ApiKey": ""}}}, ["credentials.esms.ApiKey"]),
        ({"credentials": {"esms": {"ApiKey": 5}}}, ["credentials.esms.ApiKey"]),
        (
            {"accounts": {"esms": {"balance": "x"}, "amoot": {"credit": "x"}}, "credentials": {"esms": {"ApiKey": ""}}},
            ["accounts.esms.balance", "accounts.amoot.credit", "credentials.esms.ApiKey"],
        ),
    ],
)
async def test_a_wrong_wish_is_named_by_its_path(
    client: Any, fields_of: Callable[..., list[str]], wish: dict[str, Any], fields: list[str]
) -> None:
    """And no lane is made."""
    answer = await client.control("POST", "/lanes", wish)

    assert answer.status == 422
    assert sorted(fields_of(answer)) == sorted(fields)
    assert len((await client.control("GET", "/lanes")).json["lanes"]) == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"id": "default"}, "id"),
        ({"credentials": {"esms": {"ApiKey": "SANDBOX-API-KEY"}}}, "credentials.esms.ApiKey"),
        ({"credentials": {"amoot": {"Token": "SANDBOX-TOKEN"}}}, "credentials.amoot.Token"),
        ({"credentials": {"amoot": {"UserName": "sandbox"}}}, "credentials.amoot.UserName"),
        ({"credentials": {"thuesim": {"token": "SANDBOX-TOKEN"}}}, "credentials.thuesim.token"),
    ],
)
async def test_what_another_lane_has_is_taken(
    client: Any, fields_of: Callable[..., list[str]], wish: dict[str, Any], field: str
) -> None:
    answer = await client.control("POST", "/lanes", wish)

    assert answer.status == 409
    assert fields_of(answer) == [field]
    assert len((await client.control("GET", "/lanes")).json["lanes"]) == 1


async def test_what_finds_no_lane_alone_may_be_shared(client: Any) -> None:
    """A secret key or a password is looked at after the lane is found."""
    shared = {"esms": {"SecretKey": "SANDBOX-SECRET-KEY"}, "amoot": {"Password": "sandbox"}}

    answer = await client.control("POST", "/lanes", {"credentials": shared})

    assert answer.status == 201


async def test_more_lanes_than_there_may_be_are_refused(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    world = connect(await start(Settings(lanes_most=2)))

    first = await world.control("POST", "/lanes", {})
    second = await world.control("POST", "/lanes", {})

    assert first.status == 201
    assert second.status == 409


async def test_an_unnamed_lane_takes_a_name_that_is_free(client: Any) -> None:
    await client.control("POST", "/lanes", {"id": "lane-1"})

    answer = await client.control("POST", "/lanes", {})

    assert answer.json["id"] == "lane-2"


async def test_lanes_are_listed_oldest_first(client: Any) -> None:
    await client.control("POST", "/lanes", {"id": "b"})
    await client.control("POST", "/lanes", {"id": "a"})

    answer = await client.control("GET", "/lanes")

    assert [each["id"] for each in answer.json["lanes"]] == ["default", "b", "a"]
    assert all(each.keys() == SHAPE for each in answer.json["lanes"])


async def test_lanes_are_listed_by_the_page(client: Any) -> None:
    """The last ones without a cursor, the first ones after it; it never goes back, whatever is deleted."""
    start = (await client.control("GET", "/lanes")).json["cursor"]
    for name in "abc":
        await client.control("POST", "/lanes", {"id": name})

    last = await client.control("GET", "/lanes?limit=2")
    first = await client.control("GET", f"/lanes?after={start}&limit=2")
    rest = await client.control("GET", f"/lanes?after={first.json['cursor']}")
    await client.control("DELETE", "/lanes/c")
    later = await client.control("GET", "/lanes")

    assert [each["id"] for each in last.json["lanes"]] == ["b", "c"]
    assert [each["id"] for each in first.json["lanes"]] == ["a", "b"]
    assert [each["id"] for each in rest.json["lanes"]] == ["c"]
    assert int(start) < int(first.json["cursor"]) < int(rest.json["cursor"]) <= int(later.json["cursor"])


async def test_the_base_url_is_the_one_that_the_asker_used(client: Any) -> None:
    answer = await client.control("GET", "/lanes/default", headers={"Host": "otp-sandbox:6877"})

    assert answer.json["base_url"] == "http://otp-sandbox:6877"


async def test_the_same_seed_gives_the_same_codes(lane: Callable[..., Awaitable[Any]]) -> None:
    one, same, other = await lane(seed=5), await lane(seed=5), await lane(seed=6)

    codes = {}
    for world in (one, same, other):
        await world.gencode()
        await world.gencode()
        await world.send_otp()
        codes[world.id] = [each["code"] for each in (await world.get("/codes"))["codes"]]

    assert codes[one.id] == codes[same.id]
    assert codes[one.id] != codes[other.id]
    assert codes[one.id][0] != codes[one.id][1]


async def test_two_lanes_know_nothing_of_each_other(lane: Callable[..., Awaitable[Any]], world: Any) -> None:
    """The same phone has other codes, other messages, another journal, another balance and another clock."""
    one, other = await lane(), await lane()
    await one.freeze()
    await one.gencode()

    await other.gencode()
    code = (await other.get("/codes"))["codes"][0]["code"]
    crossed = await one.checkcode(code)
    right = await other.checkcode(code)

    assert crossed.json["CodeResult"] == "117"
    assert right.json["CodeResult"] == "100"
    assert [len((await each.get("/requests"))["requests"]) for each in (one, other, world)] == [2, 2, 0]
    assert [len((await each.get("/messages"))["messages"]) for each in (one, other, world)] == [1, 1, 0]
    assert (await world.get("/accounts/esms"))["balance"] == 1_000_000
    assert (await other.get("/clock"))["mode"] == "real"
    assert (await other.get("/messages"))["messages"][0]["lane"] == other.id


async def test_an_unknown_credential_is_journalled_in_the_default_lane(world: Any) -> None:
    world.credentials = {"esms": {"ApiKey": "nobody", "SecretKey": "nothing"}}

    answer = await world.gencode()

    assert answer.json["CodeResult"] == "101"
    assert [each["outcome"] for each in (await world.get("/requests"))["requests"]] == ["authorize_failed"]


async def test_any_credentials_open_a_lane_each_when_the_setting_says_so(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    world = connect(await start(Settings(any_credentials=True)))
    for key in ("one", "two", "one"):
        world.credentials = {"esms": {"ApiKey": key, "SecretKey": "s"}}
        assert (await world.gencode()).json["CodeResult"] == "100"

    lanes = (await world.get("/lanes"))["lanes"]

    assert [each["credentials"]["esms"]["ApiKey"] for each in lanes] == ["SANDBOX-API-KEY", "one", "two"]
    assert len((await world.get("/lanes/lane-1/messages"))["messages"]) == 2


async def test_a_patch_changes_what_it_names(lane: Callable[..., Awaitable[Any]]) -> None:
    world = await lane(choices={"esms.code-case": "ignore"})
    patch = {
        "choices": {"esms.second-code": "keep-all", "esms.code-case": None},
        "clock": {"mode": "frozen", "now": "2026-03-01T12:00:00Z"},
        "accounts": {"esms": {"balance": 7}, "thuesim": {"waiting_limit": 1}},
    }

    answer = await world.client.control("PATCH", f"/lanes/{world.id}", patch)

    assert answer.status == 200
    assert answer.json == {**world.shape, "choices": {"esms.second-code": "keep-all"}}
    assert (await world.get("/clock"))["now"] == "2026-03-01T12:00:00+00:00"
    assert (await world.get("/accounts/esms"))["balance"] == 7
    assert (await world.get("/accounts/thuesim"))["waiting_limit"] == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "other"}, "id"),
        ({"seed": 1}, "seed"),
        ({"clock": {"mode": "slow"}}, "clock.mode"),
        ({"choices": {"x": "y"}}, "choices.x"),
        ({"accounts": {"nobody": {}}}, "accounts.nobody"),
        ({"accounts": {"esms": {"balance": 1}, "thuesim": {"min_interval": "x"}}}, "accounts.thuesim.min_interval"),
    ],
)
async def test_a_patch_that_is_partly_wrong_changes_nothing(
    lane: Callable[..., Awaitable[Any]], fields_of: Callable[..., list[str]], wrong: dict[str, Any], field: str
) -> None:
    world = await lane(choices={"esms.code-case": "ignore"})
    right = {"choices": {"esms.code-case": None}, "accounts": {"esms": {"balance": 1}}}

    answer = await world.client.control("PATCH", f"/lanes/{world.id}", right | wrong)

    assert answer.status == 422
    assert fields_of(answer) == [field]
    assert (await world.get("/accounts/esms"))["balance"] == 1_000_000
    assert (await world.get("/choices"))["esms.code-case"] == "ignore"


async def test_a_deleted_lane_is_gone_and_its_credentials_are_free(lane: Callable[..., Awaitable[Any]]) -> None:
    world = await lane(id="gone")
    await world.gencode()

    answer = await world.client.control("DELETE", "/lanes/gone")
    missing = await world.client.control("GET", "/lanes/gone")
    again = await lane(id="gone", credentials=world.credentials)

    assert answer.status == 204
    assert missing.status == 404
    assert (await again.get("/messages"))["messages"] == []


async def test_the_default_lane_cannot_be_deleted(client: Any) -> None:
    answer = await client.control("DELETE", "/lanes/default")

    assert answer.status == 409


async def test_who_waits_in_a_lane_that_is_deleted_is_told_so(
    lane: Callable[..., Awaitable[Any]], wait_in: Callable[..., Awaitable[Any]]
) -> None:
    world = await lane(id="gone")
    waiting = await wait_in(world)

    await world.client.control("DELETE", "/lanes/gone")
    answer = await waiting

    assert answer.status == 404
    assert answer.json["detail"] == "lane gone was deleted"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"mode": "frozen"}),
        ("POST", "/clock/advance", {"by": "1s"}),
        ("POST", "/reset", {"what": ["clock"]}),
        ("PATCH", "", {"clock": {"mode": "frozen"}}),
    ],
)
async def test_who_waits_for_the_clock_of_a_lane_that_is_deleted_is_told_so(
    sandbox: Any, lane: Callable[..., Awaitable[Any]], method: str, path: str, body: Any
) -> None:
    """Somebody else moves it. The lane does not come back by what is asked."""
    world = await lane(id="gone")
    moving = sandbox.registry.get("gone").moving
    async with moving:
        asked = asyncio.create_task(world.control(method, path, body))
        while not moving._waiters and not asked.done():  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)
        await world.client.control("DELETE", "/lanes/gone")

    answer = await asked

    assert answer.status == 404
    assert answer.json["detail"] == "lane gone was deleted or reset meanwhile"
    assert (await lane(id="gone")).id == "gone"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"mode": "frozen"}),
        ("POST", "/clock/advance", {"by": "1s"}),
        ("PATCH", "", {"clock": {"mode": "frozen"}}),
    ],
)
async def test_who_waits_for_the_clock_of_a_lane_that_is_reset_does_not_move_it_afterwards(
    sandbox: Any, lane: Callable[..., Awaitable[Any]], method: str, path: str, body: Any
) -> None:
    """It was another clock that was meant."""
    world = await lane()
    moving = sandbox.registry.get(world.id).moving
    async with moving:
        asked = asyncio.create_task(world.control(method, path, body))
        while not moving._waiters and not asked.done():  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)
        reset = await world.control("POST", "/reset", {})

    assert reset.status == 200
    assert (await asked).status == 404
    clock = await world.get("/clock")
    assert (clock["mode"], clock["offset"]) == ("real", "0s")


async def test_two_resets_at_once_leave_one_life(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    """Over a store that has to wait, too."""
    sandbox = await start(store=PausingStore())
    world = connect(sandbox)

    answers = await asyncio.gather(*(world.control("POST", "/reset", {}) for _ in range(3)))

    assert [each.status for each in answers] == [200] * 3
    assert len([life for life in sandbox.store._lanes if life.startswith("default#")]) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ttl": "3653d1ms"}, "ttl"),
        ({"credentials": {"esms": {"ApiKey": "x" * 201}}}, "credentials.esms.ApiKey"),
        ({"credentials": {"esms": {str(n): "x" for n in range(1_001)}}}, "credentials.esms"),
        ({"choices": {str(n): None for n in range(1_001)}}, "choices"),
        ({"accounts": {"esms": {"balance": 2**64 - 1}}}, "accounts.esms.balance"),
        ({"accounts": {"thuesim": {"callback_url": "ftp://127.0.0.1"}}}, "accounts.thuesim.callback_url"),
        ({"clock": {"mode": "x" * 201}}, "clock.mode"),
    ],
)
async def test_what_no_lane_needs_is_the_wrong_field(
    client: Any, fields_of: Callable[..., list[str]], fields: dict[str, Any], field: str
) -> None:
    answer = await client.control("POST", "/lanes", fields)

    assert answer.status == 422
    assert fields_of(answer) == [field]


async def test_what_a_lane_may_have_at_most_is_taken(client: Any) -> None:
    fields = {"ttl": "3653d", "credentials": {"esms": {"ApiKey": "x" * 200}}}

    assert (await client.control("POST", "/lanes", fields)).status == 201


async def test_a_problem_tells_so_many_fields_and_no_more(client: Any, fields_of: Callable[..., list[str]]) -> None:
    """And it repeats no more of a text than tells which one it is."""
    many = await client.control("PATCH", "/choices", {f"no-{n}": "x" for n in range(1_000)})
    long = await client.control("POST", "/lanes", {"x" * 1_000_000: 1})

    assert (many.status, long.status) == (422, 422)
    assert len(fields_of(many)) == 100
    assert len(long.text) < 10_000


async def test_lanes_of_the_settings_take_the_same_fields(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    settings = Settings(
        credentials={"thuesim": {"token": "env"}},
        lanes={
            "default": {"accounts": {"esms": {"balance": 1}}, "credentials": {"thuesim": {"token": "file"}}},
            "ci": {"seed": 9},
        },
    )
    world = connect(await start(settings))

    lanes = (await world.get("/lanes"))["lanes"]

    assert [(each["id"], each["credentials"]["thuesim"]["token"] == "env") for each in lanes] == [
        ("default", True),
        ("ci", False),
    ]
    assert lanes[1]["seed"] == 9
    assert (await world.get("/accounts/esms"))["balance"] == 1

"""A server that starts over a store that has lanes from before: they go on as if nothing had been."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from equipment.stores import StrictSqliteStore, file_coding
from equipment.strict import StrictStore
from otp_sandbox.app import Sandbox
from otp_sandbox.settings import Settings

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {"Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} la ma"}
Restart = Callable[[], Awaitable[Sandbox]]


@pytest.fixture(params=["memory", "file", "file, held until it is written"])
def restart(
    request: pytest.FixtureRequest, start: Callable[..., Awaitable[Sandbox]], client: Any, tmp_path: Path
) -> Restart:
    """Stop the server that runs, start one over the same store, and let the client speak to it.

    A file is opened by a store that knows nothing but the file.
    """
    in_memory = StrictStore()
    sync = timedelta(seconds=0 if "held" in request.param else 1)
    running: list[Sandbox] = []

    async def again() -> Sandbox:
        if running:
            await running[-1].stop()
        in_file = StrictSqliteStore(tmp_path / "lanes.sqlite", file_coding(), sync=sync)
        store = in_memory if request.param == "memory" else in_file
        running.append(await start(Settings(seed=7, lanes={"ci": {"seed": 9}}), store=store))
        client.url = running[-1].server.url
        return running[-1]

    return again


async def test_what_happened_before_is_there_and_goes_on(restart: Restart, client: Any) -> None:
    """Lanes, credentials, clocks, choices and codes; numbers and cursors are not given again."""
    await restart()
    clock = {"mode": "frozen", "now": "2026-03-01T12:00:00+07:00"}
    made = (await client.control("POST", "/lanes", {"clock": clock})).json
    lane, keys = f"/lanes/{made['id']}", made["credentials"]["esms"]
    await client.control("PATCH", f"{lane}/choices", {"esms.second-code": "keep-all"})
    await client.get(GENCODE, **keys, **SEND)
    before = (await client.control("GET", f"{lane}/messages")).json

    await restart()
    shown = (await client.control("GET", lane)).json
    messages = (await client.control("GET", f"{lane}/messages")).json
    stands = (await client.control("GET", f"{lane}/clock")).json["now"]
    checked = await client.get(CHECKCODE, **keys, Phone=SEND["Phone"], Code=messages["messages"][0]["code"])
    again = await client.get(CHECKCODE, **keys, Phone=SEND["Phone"], Code=messages["messages"][0]["code"])
    await client.get(GENCODE, **keys, **SEND)
    new = (await client.control("GET", f"{lane}/messages?after={before['cursor']}")).json["messages"]

    assert {**shown, "base_url": ""} == {**made, "base_url": "", "choices": shown["choices"]}
    assert shown["choices"]["esms.second-code"] == "keep-all"
    assert stands == "2026-03-01T12:00:00+07:00"
    assert messages == before
    assert [checked.json["CodeResult"], again.json["CodeResult"]] == ["100", "117"]
    assert len(new) == 1
    assert new[0]["id"] != before["messages"][0]["id"]
    requests = (await client.control("GET", f"{lane}/requests")).json["requests"]
    assert [each["id"] for each in requests] == ["req-1", "req-2", "req-3", "req-4"]


async def test_lanes_of_the_settings_are_not_made_again(restart: Restart, client: Any) -> None:
    """They have what happened in them; the default lane too."""
    await restart()
    await client.control("PATCH", "/accounts/esms", {"balance": 5})
    await client.control("PATCH", "/lanes/ci/accounts/esms", {"balance": 6})

    sandbox = await restart()

    assert [each.id for each in sandbox.registry] == ["default", "ci"]
    assert (await client.control("GET", "/accounts/esms")).json["balance"] == 5
    assert (await client.control("GET", "/lanes/ci/accounts/esms")).json["balance"] == 6


async def test_the_number_of_a_lane_that_is_gone_is_not_given_again(restart: Restart, client: Any) -> None:
    """Its credentials would find a stranger's lane."""
    await restart()
    first = (await client.control("POST", "/lanes")).json
    await client.control("DELETE", f"/lanes/{first['id']}")

    await restart()
    second = (await client.control("POST", "/lanes")).json

    assert (first["id"], second["id"]) == ("lane-1", "lane-2")


async def test_what_belongs_to_no_lane_is_forgotten(restart: Restart, client: Any) -> None:
    """A process was killed between two steps: a life had begun that no lane got, or was not yet forgotten."""
    before = await restart()
    lane = before.registry.default
    await before.store.begin("default#99", after=lane.key)
    await before.store.begin("lane-7#98")

    again = await restart()

    assert sorted(await again.store.lanes()) == sorted(["*", *(each.key for each in again.registry)])
    assert (await client.get(GENCODE, ApiKey="SANDBOX-API-KEY", SecretKey="SANDBOX-SECRET-KEY", **SEND)).status == 200


@pytest.fixture
async def called() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server that is called back, and whether it was."""
    event = asyncio.Event()

    async def take(_: web.BaseRequest) -> web.Response:
        event.set()
        return web.Response()

    runner = web.ServerRunner(web.Server(take), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", event
    await runner.cleanup()


async def test_what_fell_due_meanwhile_happens_by_itself(
    restart: Restart, client: Any, called: tuple[str, asyncio.Event]
) -> None:
    """Nobody has to ask the lane for something first."""
    url, event = called
    sandbox = await restart()
    account = {"callback_url": url, "arrival_delay": "2s"}
    made = (await client.control("POST", "/lanes", {"accounts": {"thuesim": account}})).json
    await client.get("/api/register-service/", serviceId="02.97", token=made["credentials"]["thuesim"]["token"])
    lane = sandbox.registry.get(made["id"])
    assert lane is not None
    lane.stop_timer()
    await sandbox.registry.change(lane, clock=lane.clock.moved_to(lane.now().replace(year=2099), lane.real_now()))
    before = event.is_set()

    await restart()
    await asyncio.wait_for(event.wait(), 10)

    assert before is False

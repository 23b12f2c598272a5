"""A server that is killed while it makes a callback: the next one over the same file makes it again, and says so."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

RENT = "/api/register-service/?serviceId=02.97&token=SANDBOX-TOKEN"
KILLED = -9
DIES = """
import os, signal, sys
from otp_sandbox.{module} import {kind}

async def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

{kind}.{at} = die
from otp_sandbox.cli import main
main()
"""
"""A server that is killed at some place."""


@dataclass
class Customer:
    """Whoever is called back: keeps what comes, and answers none of it while it is `silent`."""

    url: str = ""
    silent: bool = False
    status: int = 200
    taken: list[bytes] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        head = f"{request.method} {request.path_qs} {sorted(request.headers.items())}\n".encode()
        self.taken.append(head + await request.read())
        self.called.set()
        if self.silent:
            await self.closing.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def customer() -> AsyncIterator[Customer]:
    made = Customer()
    runner = web.ServerRunner(web.Server(made), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    made.closing.set()
    await runner.cleanup()


class Served:
    """A sandbox in a process of its own, over a file."""

    def __init__(self, process: Process, url: str, session: aiohttp.ClientSession) -> None:
        self.process = process
        self.url = url
        self.session = session

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        async with self.session.request(method, self.url + path, json=body) as answer:
            return json.loads(await answer.read())

    async def callbacks(self) -> list[Any]:
        return list((await self.ask("GET", "/_sandbox/v1/callbacks"))["callbacks"])

    async def done(self) -> Any:
        """Give the only callback when nothing is to come of it any more."""
        while True:
            found = await self.callbacks()
            if found and found[0]["state"] != "pending":
                assert len(found) == 1
                return found[0]
            await asyncio.sleep(0)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


Serve = Callable[..., Awaitable[Served]]


@pytest.fixture(params=["0s", "1s"])
async def serve(request: pytest.FixtureRequest, tmp_path: Path, customer: Customer) -> AsyncIterator[Serve]:
    """Start a sandbox over the file; `dies` says where it is killed."""
    config = tmp_path / "otp.toml"
    config.write_text(
        f'store = "sqlite:{(tmp_path / "lanes.sqlite").as_posix()}"\nstore_sync = "{request.param}"\n'
        "seed = 7\nlog_requests = false\n"
        f'[lanes.default.accounts.thuesim]\ncallback_url = "{customer.url}/hook?x=1"\narrival_delay = "0s"\n'
        "min_interval = 0\n"
    )
    words = ("serve", "--port", "0", "--config", str(config), "--log-format", "json")
    started: list[Served] = []
    async with aiohttp.ClientSession() as session:

        async def begin(dies: tuple[str, str, str] | None = None) -> Served:
            program = ["-m", "otp_sandbox.cli"]
            if dies is not None:
                module, kind, at = dies
                program = ["-c", DIES.format(module=module, kind=kind, at=at)]
            process = await asyncio.create_subprocess_exec(sys.executable, *program, *words, stdout=PIPE)
            assert process.stdout is not None
            told = json.loads(await process.stdout.readline())
            started.append(Served(process, told["url"], session))
            return started[-1]

        yield begin
    for each in started:
        if each.process.returncode is None:
            await each.kill()


def attempts(callback: Any) -> list[tuple[int | None, bool]]:
    return [(each["status"], each["doubtful"]) for each in callback["attempts"]]


async def test_a_callback_that_waits_for_its_answer_is_made_again(serve: Serve, customer: Customer) -> None:
    """The customer has it, and nobody knows: so it gets the same bytes once more."""
    served = await serve()
    customer.silent = True
    await served.ask("GET", RENT)
    await customer.called.wait()
    await served.kill()
    customer.silent = False

    callback = await (await serve()).done()

    assert callback["state"] == "done"
    assert attempts(callback) == [(None, True), (200, False)]
    assert callback["attempts"][0]["error"].startswith("no result: ")
    assert len(customer.taken) == 2
    assert customer.taken[0] == customer.taken[1]


@pytest.mark.parametrize(
    ("dies", "taken"),
    [(("web.callbacks", "Sender", "_exchange"), 1), (("lanes.attempts", "Attempts", "_record"), 2)],
    ids=["before the request", "after the answer"],
)
async def test_a_callback_is_made_again_wherever_its_sender_is_killed(
    serve: Serve, customer: Customer, dies: tuple[str, str, str], taken: int
) -> None:
    """Whether or not the request went out."""
    served = await serve(dies)
    with suppress(aiohttp.ClientError, OSError):  # it may die before it has answered
        await served.ask("GET", RENT)
    assert await served.process.wait() == KILLED

    callback = await (await serve()).done()

    assert callback["state"] == "done"
    assert attempts(callback) == [(None, True), (200, False)]
    assert customer.taken == [customer.taken[0]] * taken


async def test_a_callback_that_was_asked_for_is_made_again(serve: Serve, customer: Customer) -> None:
    """By hand, after it had failed: there is no retry left, and it is made once more all the same."""
    served = await serve()
    customer.status = 500
    await served.ask("GET", RENT)
    failed = await served.done()
    customer.silent = True
    customer.called.clear()
    replay = asyncio.ensure_future(served.ask("POST", f"/_sandbox/v1/callbacks/{failed['id']}/replay", {}))
    await customer.called.wait()
    await served.kill()
    await asyncio.gather(replay, return_exceptions=True)
    customer.silent, customer.status = False, 200

    callback = await (await serve()).done()

    assert failed["state"] == "failed"
    assert callback["state"] == "done"
    assert attempts(callback) == [(500, False), (None, True), (200, False)]
    assert customer.taken == [customer.taken[0]] * 3


async def test_a_callback_that_a_stop_cuts_off_is_made_again(serve: Serve, customer: Customer) -> None:
    """A server that is told to stop waits for no customer."""
    served = await serve()
    customer.silent = True
    await served.ask("GET", RENT)
    await customer.called.wait()
    served.process.terminate()
    await served.process.wait()
    customer.silent = False

    callback = await (await serve()).done()

    assert attempts(callback) == [(None, True), (200, False)]


async def test_a_lane_whose_clock_stands_sends_its_callback_again(serve: Serve, customer: Customer) -> None:
    """By itself: nobody has to move the clock for it."""
    served = await serve()
    await served.ask("PUT", "/_sandbox/v1/clock", {"mode": "frozen"})
    await served.ask("GET", RENT)
    customer.silent = True
    moved = asyncio.ensure_future(served.ask("POST", "/_sandbox/v1/clock/advance", {"by": "1s"}))
    await customer.called.wait()
    await served.kill()
    await asyncio.gather(moved, return_exceptions=True)
    customer.silent = False
    customer.called.clear()

    served = await serve()
    await customer.called.wait()
    callback = await served.done()

    assert attempts(callback) == [(None, True), (200, False)]
    assert len(customer.taken) == 2

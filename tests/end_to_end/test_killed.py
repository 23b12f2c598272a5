"""A server that is killed in the middle of its work: the next one over the same file goes on from a whole state."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
PRICE = 850
CLIENTS = 8
ROUNDS = 3
CONFIG = "seed = 7\nlog_requests = false\n[lanes.default.accounts.esms]\nbalance = 100000000\n"


class Served:
    """A server in a process of its own, over a file."""

    def __init__(self, process: Process, url: str, session: aiohttp.ClientSession) -> None:
        self.process = process
        self.url = url
        self.session = session

    async def ask(self, path: str) -> Any:
        async with self.session.get(self.url + path) as answer:
            return json.loads(await answer.read())

    async def send(self, phone: str) -> str:
        """Have a code sent; give the number of the message."""
        fields = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}", **KEYS}
        answer = await self.ask(f"{GENCODE}?{urlencode(fields)}")
        assert answer["CodeResult"] == "100", answer
        return str(answer["SMSID"])

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def serve(folder: Path, sync: str, session: aiohttp.ClientSession) -> Served:
    config = folder / "otp.toml"
    config.write_text(f'store = "sqlite:{(folder / "lanes.sqlite").as_posix()}"\nstore_sync = "{sync}"\n{CONFIG}')
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", "--config", str(config)),
        *("--log-format", "json"),
        stdout=PIPE,
    )
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    return Served(process, told["url"], session)


async def _use(served: Served, numbers: Iterator[int], acknowledged: list[str], enough: int) -> None:
    """Send codes to a phone each, as fast as they are answered; kill the server when that is enough."""
    try:
        while True:
            acknowledged.append(await served.send(f"09{next(numbers):08d}"))
            if len(acknowledged) == enough:
                served.process.kill()
    except (aiohttp.ClientError, OSError):
        return


def whole(content: Any) -> set[str]:
    """Give the messages: none without its code, no code without its message, and the money is that of the messages."""
    messages, codes = ({each["key"] for each in content["logs"].get(name, ())} for name in ("messages", "codes"))
    assert {f"code-{each}" for each in messages} == codes
    assert content["tables"]["accounts"]["esms"]["balance"] == 100_000_000 - PRICE * len(messages)
    return messages


@pytest.mark.parametrize("sync", ["0s", "100ms"])
async def test_a_killed_server_leaves_a_whole_state(tmp_path: Path, session: aiohttp.ClientSession, sync: str) -> None:
    """At random moments, under load. Held until it is written, nothing that was acknowledged is lost."""
    chance = random.Random(13)
    numbers = iter(range(10_000_000, 20_000_000))
    known: set[str] = set()
    for _ in range(ROUNDS):
        served = await serve(tmp_path, sync, session)
        acknowledged: list[str] = []
        enough = chance.randint(50, 600)
        await asyncio.gather(*(_use(served, numbers, acknowledged, enough) for _ in range(CLIENTS)))
        await served.process.wait()

        served = await serve(tmp_path, sync, session)
        found = whole(await served.ask("/_sandbox/v1/snapshot"))
        await served.kill()
        assert known <= found
        if sync == "0s":
            assert found >= set(acknowledged)
        known = found

"""Sandboxes that share a store, each a process that can be killed, and a client that goes to any of them that lives."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from equipment.redis_server import Redis
from proofs.places import Place

GIVE_UP: Final = 120
PAUSE: Final = 0.01
"""Seconds until somebody is asked again who could not answer."""
SYNCED: Final = 1.0
"""Seconds after which what a Redis has written is on the disk at the latest, if it syncs every second."""
WATCH: Final = 0.05
SERVER_ERROR: Final = 500


@dataclass(slots=True)
class Replica:
    """A sandbox in a process of its own, at the address where it was started last."""

    folder: Path
    flags: tuple[str, ...]
    url: str = ""
    _process: Process | None = None

    @property
    def lives(self) -> bool:
        """Whether it can be asked."""
        return bool(self.url)

    async def start(self) -> None:
        """Start it on a free port, and wait until it listens."""
        with (self.folder / "errors").open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", "--log-format", "json"),
                *("--until-eof", *self.flags),
                stdin=PIPE,  # it ends with us, however we end
                stdout=PIPE,
                stderr=errors,
            )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a sandbox does not start: {(self.folder / 'errors').read_text('utf-8')[-2000:]}")
        self.url = json.loads(line)["url"]

    async def kill(self) -> None:
        """Kill it at once."""
        self.url = ""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@dataclass(slots=True)
class Sandboxes:
    """The replicas over one store, and what became of the requests to them.

    Args:
        place: what the store is.
        replicas: those that share it.
        redis: the store's server, if it has one.
        session: the client's.
        dice: who is asked.
    """

    place: Place
    replicas: list[Replica]
    redis: Redis | None
    session: aiohttp.ClientSession
    dice: random.Random
    lost: int = 0
    """Requests that had no answer: whether they were played, nobody knows."""
    refused: int = 0
    """Answers of a sandbox that could not reach its store."""
    kills: dict[str, int] = field(default_factory=dict)
    _sizes: deque[tuple[float, int]] = field(default_factory=deque)
    """Of the file of a Redis that syncs it every second: when it was how long."""

    async def ask(self, path: str, fields: Mapping[str, str] | None = None) -> Any:
        """Ask any replica that lives until one has answered; give the JSON.

        Args:
            path: with its query.
            fields: of a form; with them it is a POST.
        """
        async with asyncio.timeout(GIVE_UP):
            while True:
                living = [each for each in self.replicas if each.lives]
                if living:
                    try:
                        url = self.dice.choice(living).url + path
                        async with self.session.request("GET" if fields is None else "POST", url, data=fields) as got:
                            body = await got.read()
                            if got.status < SERVER_ERROR:
                                return json.loads(body)
                            self.refused += 1
                    except (aiohttp.ClientError, OSError):
                        self.lost += 1
                await asyncio.sleep(PAUSE)

    async def kill(self, *, store: bool) -> None:
        """Kill a replica, or the store's server, and start it again.

        Where a server syncs its file every second, every other kill of it is a loss of power.
        """
        if not store:
            self._count("sandbox")
            replica = self.dice.choice([each for each in self.replicas if each.lives])
            await replica.kill()
            await replica.start()
            return
        assert self.redis is not None
        if not self.place.at_once and self.dice.random() < 0.5:
            self._count("power of Redis")
            since = time.monotonic() - SYNCED
            self.redis.cut(
                max((size for at, size in self._sizes if at <= since), default=self.redis.kept.stat().st_size)
            )
            self._sizes.clear()
        else:
            self._count("Redis")
            self.redis.kill()
        await asyncio.to_thread(self.redis.start)

    async def watch(self) -> None:
        """Note how long the file of a Redis is, again and again."""
        while self.redis is not None:
            self._sizes.append((time.monotonic(), self.redis.kept.stat().st_size))
            if len(self._sizes) > 2 * SYNCED / WATCH:
                self._sizes.popleft()
            await asyncio.sleep(WATCH)

    def _count(self, what: str) -> None:
        self.kills[what] = self.kills.get(what, 0) + 1

    @property
    def tracebacks(self) -> str:
        """What the sandboxes wrote about errors of their own; nothing, if all is well."""
        told = (self.replicas[0].folder / "errors").read_text("utf-8")
        return told[told.find("Traceback") :] if "Traceback" in told else ""


@asynccontextmanager
async def sandboxes(place: Place, folder: Path, config: str, seed: int) -> AsyncIterator[Sandboxes]:
    """Run the replicas of a place until the block ends.

    Args:
        place: where lanes are kept.
        folder: for files.
        config: what the settings' file says besides.
        seed: for who is asked and killed.
    """
    with place.made(folder) as (store, redis):
        path = folder / "otp.toml"
        path.write_text(f'store = "{store}"\n{place.settings}log_requests = false\nseed = 7\n{config}')
        replicas = [Replica(folder, ("--config", str(path))) for _ in range(place.replicas)]
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
            try:
                await asyncio.gather(*(each.start() for each in replicas))
                found = Sandboxes(place, replicas, redis, session, random.Random(seed))
                watching = asyncio.create_task(found.watch())
                yield found
                watching.cancel()
            finally:
                for each in replicas:
                    await each.kill()

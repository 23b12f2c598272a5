"""The connection to the server: scripts of one turn of the loop go out together, and its being away is noticed."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Any, Final

from redis.exceptions import (
    AuthenticationError,
    NoScriptError,
    RedisError,
    ResponseError,
)
from redis.exceptions import (
    ConnectionError as NotConnected,
)
from redis.exceptions import (
    TimeoutError as TooSlow,
)

from otp_sandbox.domain.store_errors import StoreTrouble
from otp_sandbox.stores.redis.scripts import Script, Scripts

GLANCE: Final = 1.0
"""Seconds after which the server is looked at when nobody asks it; it also tells the time then."""
_TIME_LASTS: Final = 30.0
"""Seconds after which the time is taken from any answer, also from one that took long."""
AT_ONCE: Final = 256
"""Scripts that go out together at most."""
IN_FLIGHT: Final = 4
"""Groups of scripts that are under way at the same time at most."""
_LOG = logging.getLogger(__name__)


class _Call:
    __slots__ = ("done", "words")

    def __init__(self, words: tuple[Any, ...], done: asyncio.Future[Any]) -> None:
        self.words = words
        self.done = done


class Link:
    """Runs scripts.

    Args:
        client: a client of the redis package, which does not try again by itself: what was sent may have been done.
        told: what the server is called in messages, without secrets.
        probe: a key that may be written, to find out whether writing works.
    """

    def __init__(self, client: Any, told: str, probe: str) -> None:
        """Connect to nothing yet."""
        self.client = client
        self.told = told
        self.scripts = Scripts()
        self.trouble: str | None = None
        self._probe = probe
        self._queue: list[_Call] = []
        self._flying: set[asyncio.Task[None]] = set()
        self._to_flush = False
        self._looking: asyncio.Task[None] | None = None
        self._ahead = 0.0
        """By how many seconds the server's clock is ahead of `monotonic`."""
        self._took, self._asked_at = inf, 0.0

    async def open(self) -> None:
        """Bring the scripts to the server, and ask it for the time.

        Raises:
            RedisError: it cannot be used.
        """
        await self._load_scripts()
        await self._ask_time()
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def close(self) -> None:
        """Let what is under way end, and disconnect."""
        if self._looking is not None:
            self._looking.cancel()
        while self._flying:
            await asyncio.wait(self._flying)
        await self.client.aclose()
        sentinels = getattr(getattr(self.client, "connection_pool", None), "sentinel_manager", None)
        for each in sentinels.sentinels if sentinels is not None else ():  # the client does not close them
            await each.aclose()

    def real_now(self) -> datetime:
        """Tell the server's time."""
        return datetime.fromtimestamp(monotonic() + self._ahead, UTC)

    def run(self, script: Script, key: str, *args: Any) -> asyncio.Future[Any]:
        """Run a script, whose keys all begin with one. As `ask`."""
        return self.ask("EVALSHA", script.sha, 1, key, *args)

    def ask(self, *words: Any) -> asyncio.Future[Any]:
        """Send a command. What is asked for in one turn of the loop goes out together.

        Tasks of its own send it, and not whoever asks: the client takes a cancellation for a time limit now and then.

        Raises:
            StoreTrouble: the server is away or refuses. Whether the command was done is not known.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        if self.trouble is not None:
            done.set_exception(StoreTrouble(self.trouble))
            return done
        self._queue.append(_Call(words, done))
        if not self._to_flush:
            self._to_flush = True
            loop.call_soon(self._flush)
        return done

    def _flush(self) -> None:
        self._to_flush = False
        if self.trouble is not None:  # what waits behind a server that does not answer need not wait its time, too
            refused, self._queue = self._queue, []
            for call in refused:
                if not call.done.done():
                    call.done.set_exception(StoreTrouble(self.trouble))
        while self._queue and len(self._flying) < IN_FLIGHT:
            calls, self._queue = self._queue[:AT_ONCE], self._queue[AT_ONCE:]
            flying = asyncio.get_running_loop().create_task(self._send(calls))
            self._flying.add(flying)
            flying.add_done_callback(self._landed)

    def _landed(self, flying: asyncio.Task[None]) -> None:
        self._flying.discard(flying)
        self._flush()

    async def _send(self, calls: list[_Call]) -> None:
        try:
            answers = await self._answers(calls)
            unknown = [call for call, answer in zip(calls, answers, strict=True) if isinstance(answer, NoScriptError)]
            if unknown:  # the server was started anew, and has forgotten them
                await self._load_scripts()
                again = iter(await self._answers(unknown))
                answers = [next(again) if isinstance(answer, NoScriptError) else answer for answer in answers]
        except Exception as error:  # noqa: BLE001  (whatever it is, nobody may wait for ever)
            self.fail(error)
            answers = [error] * len(calls)
        for call, answer in zip(calls, answers, strict=True):
            if call.done.done():  # nobody waits for it any more
                continue
            if isinstance(answer, Exception):
                if self.trouble is None:
                    self.fail(answer)
                call.done.set_exception(StoreTrouble(self.trouble or self.reason(answer)))
            else:
                call.done.set_result(answer)

    async def _answers(self, calls: list[_Call]) -> list[Any]:
        pipeline = self.client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*call.words)
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers

    async def _load_scripts(self) -> None:
        if hasattr(self.client, "get_primaries"):  # each node of a cluster has to know them
            for script in self.scripts:
                await self.client.script_load(script.source)
            return
        pipeline = self.client.pipeline(transaction=False)
        for script in self.scripts:
            pipeline.script_load(script.source)
        await pipeline.execute()

    def fail(self, error: Exception) -> None:
        """Hear that something went wrong: nothing is asked for any more until the server takes something again."""
        reason = self.reason(error)
        if self.trouble is None:
            _LOG.error("%s; what needs the store is refused until it is back", reason)
        self.trouble = reason

    def reason(self, error: Exception) -> str:
        """Say in one line what is wrong."""
        return f"store {self.told}: {told(error)}"

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(GLANCE)
            try:
                if self.trouble is None:
                    await self._ask_time()
                else:
                    await self._drop_idle()
                    await self.client.set(self._probe, 1)
                    await self._load_scripts()
                    await self._ask_time()
                    self.trouble = None
                    _LOG.warning("store %s: it is back", self.told)
            except (RedisError, OSError) as error:
                self.fail(error)

    async def _drop_idle(self) -> None:
        """Let go of connections to a server that was away: they may have ended unnoticed."""
        pool = getattr(self.client, "connection_pool", None)  # a cluster's client sees to it by itself
        if pool is not None:
            await pool.disconnect(inuse_connections=False)

    async def _ask_time(self) -> None:
        asked = monotonic()
        seconds, micro = await self.client.time(**self._anywhere)
        answered = monotonic()
        took = answered - asked
        if took <= 2 * self._took or answered - self._asked_at > _TIME_LASTS:  # else somebody was busy meanwhile
            self._took, self._asked_at = took, answered
            self._ahead = int(seconds) + int(micro) / 1_000_000 - (asked + answered) / 2

    @property
    def _anywhere(self) -> dict[str, Any]:
        """The time of all processes is that of one node of a cluster."""
        nodes = getattr(self.client, "get_primaries", None)
        if nodes is None:
            return {}
        return {"target_nodes": min(nodes(), key=lambda node: str(node.name))}


def told(error: Exception) -> str:
    """Say what an error says, in one line, without what may be secret."""
    if isinstance(error, AuthenticationError):
        return "the user or the password is wrong"
    if isinstance(error, TooSlow | TimeoutError):
        return "it does not answer in time"
    if isinstance(error, NotConnected | OSError) and not isinstance(error, ResponseError):
        return f"it cannot be reached: {' '.join(str(error).split()) or type(error).__name__}"
    return " ".join(str(error).split()) or type(error).__name__

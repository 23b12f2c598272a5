"""Runs the program of a client against a sandbox, once with all manners, and judges what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from clients.calls import CELL, SUCCESS, Call
from clients.manners import MANNERS, Manner
from clients.runtimes import Runtime
from clients.wire import Request, relay_to
from otp_sandbox.app import build
from otp_sandbox.settings import Settings

GIVE_UP: Final = 120
RICH: Final = {"esms": {"balance": 10**9}, "amoot": {"credit": 10**9}}
PLAIN: Final = MANNERS[0].id


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of a client.

    Args:
        call: what it was asked to send.
        told: what its program said of it: `status` and `body`, or `error`.
        request: what was on the wire; None if nothing was.
        entry: what the journal has of it.
        text: of the message that was sent, but for its code; None if none was.
    """

    call: Call
    told: Mapping[str, Any]
    request: Request | None
    entry: Mapping[str, Any]
    text: str | None

    @property
    def answer(self) -> dict[str, Any]:
        """The answer as JSON."""
        try:
            made: dict[str, Any] = json.loads(self.told["body"])
        except (KeyError, ValueError):
            made = {}
        return made

    @property
    def outcome(self) -> tuple[Any, ...]:
        """What is the same each time: status, verdict, names of members, and the text."""
        known = SUCCESS[self.call.operation]
        verdict = {name: self.answer.get(name) for name in known}
        return (self.told.get("status"), verdict, list(self.answer), self.text)


def judge(runtime: Runtime, exchanges: Mapping[str, Sequence[Exchange]]) -> dict[str, list[str]]:
    """Tell what is wrong, by manner; nothing where all is right."""
    plain = {each.call.operation: each for each in exchanges[PLAIN]}
    return {
        manner.id: [
            f"{each.call.operation}: {problem}"
            for each in exchanges[manner.id]
            for problem in _problems(each, manner, plain[each.call.operation], instead=manner.id in runtime.instead)
        ]
        for manner in MANNERS
        if manner.id in exchanges
    }


def _problems(exchange: Exchange, manner: Manner, plain: Exchange, *, instead: bool) -> Iterator[str]:
    call, told, request = exchange.call, exchange.told, exchange.request
    if "error" in told:
        yield f"the client says {told['error']}"
    if request is None:
        yield "nothing was on the wire"
        return
    if manner.on_wire(request) is instead:
        yield f"on the wire was {'the manner itself' if instead else 'something else'}: {request}"
    if bool(exchange.entry.get("warnings")) is not (call.refused is not None):
        yield f"the journal warns of {exchange.entry.get('warnings')}"
    if call.refused is not None:
        if not call.refused.items() <= exchange.answer.items():
            yield f"{call.refused} was expected, not {told}"
        return
    success = SUCCESS[call.operation]
    if not success.items() <= exchange.answer.items():
        yield f"{dict(success)} was expected, not {told}"
    elif exchange.outcome != plain.outcome:
        yield f"{exchange.outcome} is not as the plain call, {plain.outcome}"
    if call.to and exchange.text is None:
        yield f"no message has gone to {call.to}"


def run(runtime: Runtime, manners: Sequence[Manner], folder: Path) -> dict[str, list[Exchange]]:
    """Have a client make the calls of some manners against a sandbox of its own.

    Args:
        runtime: the client.
        manners: in which manners.
        folder: an empty one, its home.

    Returns: what came of it by manner.
    """
    command = runtime.language.command(runtime.client)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        **runtime.language.environment(),
    }
    return asyncio.run(_run(command, environment, manners))


async def _run(
    command: Sequence[str], environment: Mapping[str, str], manners: Sequence[Manner]
) -> dict[str, list[Exchange]]:
    sandbox = build(Settings(port=0, seed=7))
    await sandbox.start()
    try:
        async with relay_to(*_address(sandbox.server.url)) as relay, aiohttp.ClientSession() as session:
            control = _Control(sandbox.server.url, session)
            for provider, patch in RICH.items():
                await control.ask("PATCH", f"/accounts/{provider}", patch)
            calls = _numbered(manners)
            wanted = json.dumps([call.wanted(relay.url, cell) for cell, (_, call) in calls.items()])
            told = await asyncio.to_thread(_start, command, environment, wanted)
            requests = {request.headers[CELL.lower().encode()].decode(): request for request in relay.requests}
            entries = (await control.ask("GET", "/requests?limit=1000"))["requests"]
            messages = (await control.ask("GET", "/messages?limit=1000"))["messages"]
    finally:
        await sandbox.stop()
    texts = {each["to"]: each["text"].replace(each["code"] or "?", "CODE") for each in messages}
    if len(requests) != len(entries):
        errors = [each["error"] for each in told.values() if "error" in each]
        raise AssertionError(f"{len(requests)} were on the wire, {len(entries)} are in the journal: {errors}")
    # One after the other: the journal has them in the order of the wire.
    journal = dict(zip(requests, entries, strict=True))
    made: dict[str, list[Exchange]] = {}
    for cell, (manner, call) in calls.items():
        said = told.get(cell, {"error": "nothing was said"})
        made.setdefault(manner, []).append(
            Exchange(call, said, requests.get(cell), journal.get(cell, {}), texts.get(call.to))
        )
    return made


def _numbered(manners: Sequence[Manner]) -> dict[str, tuple[str, Call]]:
    """Give all calls under a name of their own, each to another phone."""
    calls: dict[str, tuple[str, Call]] = {}
    for manner in manners:
        for call in manner.calls(len(calls) + 1):
            calls[f"{len(calls)}"] = (manner.id, call)
    return calls


def _start(command: Sequence[str], environment: Mapping[str, str], wanted: str) -> dict[str, Any]:
    done = subprocess.run(
        command, env=environment, input=wanted.encode(), capture_output=True, timeout=GIVE_UP, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return {told["id"]: told for told in map(json.loads, done.stdout.splitlines())}


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.rpartition("/")[2].rpartition(":")
    return host, int(port)


@dataclass(frozen=True, slots=True)
class _Control:
    url: str
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        async with self.session.request(method, f"{self.url}/_sandbox/v1{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

"""Runs the soak: many clients at once, and somebody who looks at the server every few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from otp_bench.control import PLENTY
from otp_bench.proc import resident_bytes
from otp_bench.servers import Server
from otp_bench.soak.broken import BROKEN
from otp_bench.soak.calls import CALLS
from otp_bench.soak.memory import Sample
from otp_bench.soak.probed import Probe
from otp_bench.soak.receiver import receiver
from otp_bench.soak.testing import TESTING
from otp_bench.soak.wire import Wire

DEEDS = (*CALLS, *TESTING, *BROKEN)
WEIGHTS = [deed.weight for deed in DEEDS]
SETUP = {
    "/accounts/esms": {"balance": PLENTY},
    "/accounts/amoot": {"credit": PLENTY},
    "/accounts/thuesim": {"balance": PLENTY, "min_interval": "0s"},
}


@dataclass(frozen=True, slots=True)
class Soak:
    """How it is run.

    Args:
        seconds: for how long.
        clients: how many at once.
        every: seconds between two looks.
    """

    seconds: float
    clients: int = 8
    every: float = 5.0


async def run(soak: Soak, server: Server, probe: Probe, seen: Callable[[Sample], None]) -> list[Sample]:
    """Run the clients and look at the server; each look is told to `seen`.

    Raises:
        ExceptionGroup: a client got an answer that is wrong.
    """
    samples: list[Sample] = []
    begin = time.monotonic()
    async with receiver() as callback_url:
        wires = [Wire(server.port, callback_url) for _ in range(soak.clients)]
        await prepare(wires[0])
        async with asyncio.TaskGroup() as group:
            for number, wire in enumerate(wires):
                dice = Random(number)  # noqa: S311  (the same deeds in every run)
                group.create_task(_client(wire, dice, begin + soak.seconds))
            while (at := time.monotonic() - begin) < soak.seconds:
                counts = await asyncio.to_thread(probe.counts)
                requests = sum(wire.requests for wire in wires)
                collections = tuple(counts["collections"])
                samples.append(Sample(at, resident_bytes(server.pid), requests, collections, counts["collected"]))
                seen(samples[-1])
                await asyncio.sleep(soak.every)
        for wire in wires:
            wire.close()
    return samples


async def prepare(wire: Wire) -> None:
    """Give the accounts more than a run can spend."""
    for path, change in SETUP.items():
        status, answer = await wire.control("PATCH", path, change)
        if status != 200:  # noqa: PLR2004  (HTTP's own number)
            raise RuntimeError(f"{path}: {status} {answer}")


async def _client(wire: Wire, dice: Random, end: float) -> None:
    while time.monotonic() < end:
        (deed,) = dice.choices(DEEDS, WEIGHTS)
        try:
            await deed.act(wire, dice)
        except Exception as error:
            error.add_note(f"while doing {deed.act.__name__}")
            raise

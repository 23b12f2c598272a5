"""Runs the soak: many clients at once, and somebody who looks at the server every few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from otp_bench.control import PLENTY
from otp_bench.proc import open_files, resident_bytes
from otp_bench.servers import Server
from otp_bench.soak.broken import BROKEN
from otp_bench.soak.calls import CALLS
from otp_bench.soak.flat import Sample
from otp_bench.soak.kept import Size
from otp_bench.soak.probed import Probe
from otp_bench.soak.receiver import receiver
from otp_bench.soak.testing import TESTING
from otp_bench.soak.wire import Wire

DEEDS = (*CALLS, *TESTING, *BROKEN)
WEIGHTS = [deed.weight for deed in DEEDS]
STEP = 0.25
"""Seconds between two steps of the lane's clock."""
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
        speed: seconds of the lane's clock in one of ours.
    """

    seconds: float
    clients: int = 8
    every: float = 5.0
    speed: float = 144


async def run(
    soak: Soak, server: Server, probe: Probe, size: Callable[[], Size], seen: Callable[[Sample], None]
) -> list[Sample]:
    """Run the clients and look at the server.

    Args:
        soak: how it is run.
        server: who is asked.
        probe: asks the server's collector.
        size: tells how big the store is: bytes and keys.
        seen: is told of each look.

    Raises:
        ExceptionGroup: a client got an answer that is wrong.
    """
    samples: list[Sample] = []
    begin = time.monotonic()
    async with receiver() as callback_url:
        wires = [Wire(server.port, callback_url) for _ in range(soak.clients)]
        clock = Wire(server.port)
        await prepare(wires[0])
        async with asyncio.TaskGroup() as group:
            for number, wire in enumerate(wires):
                dice = Random(number)  # noqa: S311  (the same deeds in every run)
                group.create_task(_client(wire, dice, begin + soak.seconds))
            group.create_task(_hasten(clock, soak.speed, begin + soak.seconds))
            while (at := time.monotonic() - begin) < soak.seconds:
                counts = await asyncio.to_thread(probe.counts)
                requests = sum(wire.requests for wire in wires)
                stored, keys = await asyncio.to_thread(size)
                samples.append(
                    Sample(
                        at=at,
                        resident=resident_bytes(server.pid),
                        files=open_files(server.pid),
                        stored=stored,
                        keys=keys,
                        requests=requests,
                        collections=tuple(counts["collections"]),
                        collected=counts["collected"],
                    )
                )
                seen(samples[-1])
                await asyncio.sleep(soak.every)
        for wire in (*wires, clock):
            wire.close()
    return samples


async def prepare(wire: Wire) -> None:
    """Give the accounts more than a run can spend."""
    for path, change in SETUP.items():
        status, answer = await wire.control("PATCH", path, change)
        if status != 200:  # noqa: PLR2004  (HTTP's own number)
            raise RuntimeError(f"{path}: {status} {answer}")


async def _hasten(wire: Wire, speed: float, end: float) -> None:
    """Have the lane's clock go faster, in steps that are short beside the life of a code."""
    told = time.monotonic()
    while (now := time.monotonic()) < end:
        status, answer = await wire.control("POST", "/clock/advance", {"by": f"{(now - told) * (speed - 1):.3f}s"})
        if status != 200:  # noqa: PLR2004  (HTTP's own number)
            raise RuntimeError(f"the clock: {status} {answer}")
        told = now
        await asyncio.sleep(STEP)


async def _client(wire: Wire, dice: Random, end: float) -> None:
    while time.monotonic() < end:
        (deed,) = dice.choices(DEEDS, WEIGHTS)
        try:
            await deed.act(wire, dice)
        except Exception as error:
            error.add_note(f"while doing {deed.act.__name__}")
            raise

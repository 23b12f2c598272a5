"""A moment of the soak against a real sandbox: every deed is answered as it should be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from otp_bench.servers import Server
from otp_bench.soak.deeds import Deed
from otp_bench.soak.probed import Probe, probed_sandbox
from otp_bench.soak.receiver import receiver
from otp_bench.soak.running import DEEDS, prepare
from otp_bench.soak.wire import Wire, spelled

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
TIMES = 3


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Server, Probe]]:
    with probed_sandbox({"OTP_SANDBOX_RING": "100"}) as both:
        yield both


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.act.__name__)
async def test_a_deed_is_answered_as_it_should_be(served: tuple[Server, Probe], deed: Deed) -> None:
    async with receiver() as callback_url:
        wire = Wire(served[0].port, callback_url)
        try:
            await prepare(wire)
            for number in range(TIMES):
                await deed.act(wire, Random(f"{deed.act.__name__} {number}"))  # other phones in each test
        finally:
            wire.close()


async def test_the_probe_tells_of_the_collector(served: tuple[Server, Probe]) -> None:
    counts = await asyncio.to_thread(served[1].counts)

    assert len(counts["collections"]) == 3
    assert counts["collected"] >= 0


def test_a_request_is_spelled_with_its_length() -> None:
    assert spelled("POST", "/x", b"ab", "text/plain") == (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nab"
    )

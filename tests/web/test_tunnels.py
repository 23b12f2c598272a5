"""Tunnels to allowed hosts: who reads slowly holds up who sends, and who is idle goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from otp_sandbox.web.tunnels import Relay, Tunnels


class Transport(asyncio.Transport):
    """One that remembers what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Any] = []

    def write(self, data: Any) -> None:
        self.said.append(data)

    def pause_reading(self) -> None:
        self.said.append("pause")

    def resume_reading(self) -> None:
        self.said.append("resume")

    def close(self) -> None:
        self.said.append("close")

    def abort(self) -> None:
        self.said.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.said or "abort" in self.said


def relayed(tunnels: Tunnels, idle: float = 300) -> tuple[Relay, Transport, Transport]:
    """Open a tunnel; give it with the transports of its client and its host."""
    relay, client, host = Relay(tunnels, idle), Transport(), Transport()
    relay.host.connection_made(host)
    relay.client.connection_made(client)
    for each in (client, host):
        assert each.said == ["pause", "resume"]
        each.said.clear()
    return relay, client, host


async def test_an_end_is_read_no_faster_than_the_other_one_reads() -> None:
    """What nobody takes would stay in memory."""
    relay, client, host = relayed(Tunnels())

    relay.client.pause_writing()
    assert (client.said, host.said) == ([], ["pause"])
    relay.client.resume_writing()

    assert (client.said, host.said) == ([], ["pause", "resume"])
    relay.abort()


@pytest.mark.parametrize("end", ["client", "host"])
async def test_a_tunnel_is_closed_when_nothing_has_gone_through_for_its_time(end: str) -> None:
    tunnels = Tunnels()
    relay, *transports = relayed(tunnels, idle=300)

    relay._used_at -= 300
    getattr(relay, end).data_received(b"x")
    relay._look()
    assert len(tunnels) == 1
    relay._used_at -= 300
    relay._look()

    assert len(tunnels) == 0
    assert ["abort" in each.said for each in transports] == [True, True]


async def test_the_time_runs_by_itself() -> None:
    tunnels = Tunnels()
    relayed(tunnels, idle=0)

    async with asyncio.timeout(10):
        while len(tunnels):  # noqa: ASYNC110  (what it waits for tells nobody)
            await asyncio.sleep(0)


async def test_the_one_that_is_idle_longest_goes_for_a_new_one() -> None:
    tunnels = Tunnels(most=2)
    first, second = relayed(tunnels), relayed(tunnels)
    first[0].client.data_received(b"x")

    third = relayed(tunnels)

    assert [each[1].is_closing() for each in (first, second, third)] == [False, True, False]
    tunnels.close()
    assert len(tunnels) == 0

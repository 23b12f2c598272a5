"""Asks servers in short turns, so that a slow minute of the machine slows all of them alike."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from otp_bench import wrk
from otp_bench.cost import Cost, Phones
from otp_bench.proc import cpu_seconds
from otp_bench.servers import Server


@dataclass(frozen=True, slots=True)
class Asked:
    """A server, and what its load has besides.

    Args:
        server: who is asked.
        phones: hands out the numbers of its load.
        more: what its load is told.
    """

    server: Server
    phones: Phones
    more: Sequence[int | str] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a server and the program beside it had taken before a turn."""

    ours: float
    beside: float


def in_turns(
    load: str, asked: Mapping[str, Asked], *, turns: int, seconds: int, tail: float
) -> Mapping[str, Sequence[Cost]]:
    """Ask each server so many times for some seconds.

    What a turn costs is counted until the next one of the same server, with what it set going: deliveries are made
    while the others are asked.
    """
    marks: dict[str, list[_Mark]] = {name: [] for name in asked}
    reports: dict[str, list[wrk.Report]] = {name: [] for name in asked}
    for _ in range(turns):
        for name, each in asked.items():
            marks[name].append(_mark(each.server))
            report = wrk.load(each.server.url, load, each.phones.start(), *each.more, seconds=seconds)
            each.phones.used(report.requests)
            reports[name].append(report)
    time.sleep(tail)
    for name, each in asked.items():
        marks[name].append(_mark(each.server))
    return {
        name: [
            Cost(after.ours - before.ours, report, beside=after.beside - before.beside)
            for before, after, report in zip(marks[name][:-1], marks[name][1:], reports[name], strict=True)
        ]
        for name in asked
    }


def _mark(server: Server) -> _Mark:
    return _Mark(cpu_seconds(server.pid), cpu_seconds(server.beside) if server.beside else 0)

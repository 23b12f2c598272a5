"""The main figure: CPU time of the server for one request."""

from __future__ import annotations

import time
from dataclasses import dataclass

from otp_bench import wrk
from otp_bench.proc import cpu_seconds, queued_seconds
from otp_bench.servers import Server

TAIL = 2.0
"""Seconds after a load in which what it set going, the deliveries, is done and counted."""

PHONES = 100_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What a load took.

    Args:
        cpu: CPU seconds of the server, all requests together.
        report: what the load saw.
        queued: seconds in which the server could have run but had no core.
        beside: CPU seconds of the program that keeps its lanes, if another one does.
    """

    cpu: float
    report: wrk.Report
    queued: float = 0
    beside: float = 0

    @property
    def microseconds(self) -> float:
        """CPU microseconds for one request."""
        return self.cpu / self.report.requests * 1e6

    @property
    def beside_microseconds(self) -> float:
        """The same of the program beside it."""
        return self.beside / self.report.requests * 1e6


@dataclass(slots=True)
class Phones:
    """Hands out numbers that no load has had, so that each request has another phone."""

    at: int = 0

    def start(self) -> int:
        """Tell where the next load begins to count."""
        return self.at

    def used(self, numbers: int) -> None:
        """Step over what a load has used, and what it had on its way."""
        self.at = (self.at + numbers + 1000) % PHONES


def cost(
    server: Server, load: str, first: int, *more: int | str, seconds: int = wrk.LONG, most: int = 0, tail: float = TAIL
) -> Cost:
    """Run a load and tell what it cost the server, with the tail in which deliveries fire."""
    before, queued = cpu_seconds(server.pid), queued_seconds(server.pid)
    before_it = cpu_seconds(server.beside) if server.beside else 0
    report = wrk.load(server.url, load, first, *more, seconds=seconds, most=most)
    time.sleep(tail)
    took = cpu_seconds(server.pid) - before
    beside = cpu_seconds(server.beside) - before_it if server.beside else 0
    return Cost(took, report, queued_seconds(server.pid) - queued, beside)

"""The main figure: CPU time of the server for one request."""

from __future__ import annotations

import time
from dataclasses import dataclass

from otp_bench import wrk
from otp_bench.proc import cpu_seconds
from otp_bench.servers import Server

TAIL = 2.0
"""Seconds after a load in which what it set going, the deliveries, is done and counted."""

PHONES = 100_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What a load took: CPU of the server, all requests together, and what the load saw."""

    cpu: float
    report: wrk.Report

    @property
    def microseconds(self) -> float:
        """CPU microseconds for one request."""
        return self.cpu / self.report.requests * 1e6


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
    server: Server, load: str, first: int, *more: int, seconds: int = wrk.LONG, most: int = 0, tail: float = TAIL
) -> Cost:
    """Run a load and tell what it cost the server, with the tail in which deliveries fire."""
    before = cpu_seconds(server.pid)
    report = wrk.load(server.url, load, first, *more, seconds=seconds, most=most)
    time.sleep(tail)
    return Cost(cpu_seconds(server.pid) - before, report)

"""The endpoint of figures, in the text format of Prometheus.

It is written by hand: what there is to write are a few lines, most of them are looked up when they are asked for, and
the library that is made for it takes a twentieth of a second to load.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from otp_sandbox.contract import Reply
from otp_sandbox.domain.challenges import CODES
from otp_sandbox.domain.store_errors import LaneGone, StoreTrouble
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.version import VERSION
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
STATES: Final = ("active", "used", "expired", "superseded")
AT_ONCE: Final = 20
"""Lanes that are looked at in one go; others get their turn then."""

Labels = dict[str, str]
Sample = tuple[Labels, float]


async def _metrics(request: ControlRequest) -> Reply:
    control = request.control
    codes, lag = await _look_or_not(control)
    figures = control.figures
    families = [
        _family("otp_sandbox_info", "gauge", "The version that runs.", [({"version": VERSION}, 1)]),
        _family(
            "otp_sandbox_requests_total",
            "counter",
            "Requests to providers, by what they were answered with. Operation none: no operation was met.",
            (
                ({"provider": provider, "operation": operation, "outcome": outcome}, count)
                for (provider, operation, outcome), count in sorted(figures.requests.items())
            ),
        ),
        _family(
            "otp_sandbox_codes",
            "gauge",
            "Codes in the logs of all lanes, by their state.",
            (
                ({"provider": provider, "state": state}, codes[provider, state])
                for provider in control.providers
                for state in STATES
                if codes is not None
            ),
        ),
        _one("otp_sandbox_lanes", "gauge", "Lanes that there are.", len(control.registry)),
        _family(
            "otp_sandbox_due_lag_seconds",
            "gauge",
            "How late the oldest event is that is due in any lane and has not happened.",
            [({}, lag)] if lag is not None else [],
        ),
        _one("otp_sandbox_store_errors_total", "counter", "Errors that the store raised.", figures.failures.of_store),
        _one(
            "otp_sandbox_errors_total", "counter", "Errors in the log, those of the store too.", figures.failures.total
        ),
        _one("otp_sandbox_event_streams", "gauge", "Streams of events that are open.", control.streams.open),
        _one("process_start_time_seconds", "gauge", "When it was started, in seconds since 1970.", figures.started),
        _one("process_cpu_seconds_total", "counter", "Time of the processor that it took.", time.process_time()),
    ]
    memory = _memory()
    if memory is not None:
        families.append(_one("process_resident_memory_bytes", "gauge", "Memory that it takes.", memory))
    return Reply("".join(families).encode(), CONTENT_TYPE)


async def _look_or_not(control: Control) -> tuple[Counter[tuple[str, str]], float] | tuple[None, None]:
    """Look into the lanes; a store that cannot say anything just now leaves out what it knows."""
    try:
        await control.registry.bring_up_to_date()
        return await _look(control)
    except StoreTrouble:
        return None, None


async def _look(control: Control) -> tuple[Counter[tuple[str, str]], float]:
    """Look into each lane: its codes by provider and state, and how late it is, in seconds."""
    codes: Counter[tuple[str, str]] = Counter()
    lag = 0.0
    for number, lane in enumerate(control.registry):
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
        try:
            lag = max(lag, await _look_into(control, lane, codes))
        except LaneGone:
            continue
    return codes, lag


async def _look_into(control: Control, lane: Lane, codes: Counter[tuple[str, str]]) -> float:
    now = lane.now()
    due = await control.store.next_due(lane.key)
    for placed in await control.store.entries(lane.key, CODES):
        codes[placed.entry.provider, placed.entry.state(now)] += 1
    return (now - due).total_seconds() if due is not None else 0.0


def _one(name: str, kind: str, text: str, value: float) -> str:
    return _family(name, kind, text, [({}, value)])


def _family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
    return "\n".join([f"# HELP {name} {text}", f"# TYPE {name} {kind}", *_lines(name, samples), ""])


def _lines(name: str, samples: Iterable[Sample]) -> Iterator[str]:
    for labels, value in samples:
        shown = ",".join(f'{key}="{_escaped(each)}"' for key, each in labels.items())
        yield f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _memory() -> int | None:
    """Give the memory that is resident, in bytes; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


ENDPOINTS = [
    ControlEndpoint(
        "GET",
        "/metrics",
        "Figures in the text format of Prometheus",
        _metrics,
        str,
        lane=False,
        content_type="text/plain",
        root="",
    )
]

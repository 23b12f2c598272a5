"""What looking and steering cost a request: faults that are on, a stream of events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, sandbox

PLAIN = "nothing"
NEVER = "0901888484"
"""A phone that no load sends to."""


def measure(scale: Scale) -> dict[str, Any]:
    """Measure all kinds in turns against one sandbox, with GENCODE; `nothing` is on in the first kind."""
    phones = Phones()
    with sandbox() as ours:
        control = Control(ours)
        control.make_rich()
        proves_itself(ours, GENCODE)
        kinds = _kinds(ours, control)
        runs: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(scale.rounds):
            names = list(kinds) if number % 2 == 0 else list(kinds)[::-1]
            for name in names:
                with kinds[name]():
                    took = cost(ours, "gencode", phones.start(), seconds=scale.seconds, tail=scale.tail)
                runs[name].append(took.microseconds)
                phones.used(took.report.requests)
    return {name: {"us": figure(each), "ratio": ratio(each, runs[PLAIN])} for name, each in runs.items()}


def _kinds(server: Server, control: Control) -> Mapping[str, Callable[[], Any]]:
    faults = {
        "a fault for another operation": {"operation": "SendOTP"},
        "a fault for one phone": {"phone": NEVER},
        "a fault with a chance of nought": {"p": 0},
        "a fault that fires at every call": {},
    }
    return {
        PLAIN: _nothing,
        **{name: partial(_fault, control, match) for name, match in faults.items()},
        "a stream of all events": partial(_stream, server),
    }


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _fault(control: Control, match: Mapping[str, Any]) -> Iterator[None]:
    fault = {"name": "bench", "action": {"malformed": True}, "when": "after", "match": match}
    control.call("POST", "/faults", fault)
    try:
        yield
    finally:
        control.call("DELETE", "/faults/bench")


@contextmanager
def _stream(server: Server) -> Iterator[None]:
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/_sandbox/v1/events")
    answer = connection.getresponse()

    def read() -> None:
        with suppress(HTTPException, OSError):  # it is broken off in the end
            while answer.read1(1 << 20):
                pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield
    finally:
        if connection.sock is not None:
            connection.sock.shutdown(2)
        reader.join()
        connection.close()

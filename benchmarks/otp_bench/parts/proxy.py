"""What the proxy adds to a request on an open connection: by a whole address, and through tunnels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, free_port, relaying, sandbox

HOST: Final = "rest.esms.vn"


def measure(scale: Scale) -> dict[str, Any]:
    """Measure a GENCODE, each way in turns, against one server. A first round is to get warm."""
    runs: dict[str, list[float]] = {}
    phones = Phones()
    with _ways() as ways:
        plain = ways["plain"][0]
        Control(plain).make_rich()
        proves_itself(plain, GENCODE)
        for number in range(scale.rounds + 1):
            for way, (server, front) in list(ways.items())[:: 1 if number % 2 else -1]:
                took = cost(server, "gencode", phones.start(), 0, 10, front, seconds=scale.seconds, tail=scale.tail)
                phones.used(took.report.requests)
                if number:
                    runs.setdefault(way, []).append(took.microseconds)
    return {way: {"us": figure(runs[way]), "ratio": ratio(runs[way], runs["plain"])} for way in ways}


@contextmanager
def _ways() -> Iterator[dict[str, tuple[Server, str]]]:
    """Run a sandbox with a proxy: give each way as a server, and what stands before its paths."""
    proxy = free_port()
    with (
        tempfile.TemporaryDirectory() as state,
        sandbox("--proxy-port", str(proxy), "--state", state) as plain,
        relaying(proxy, f"{HOST}:80") as tunnel,
        relaying(proxy, f"{HOST}:443", "tls") as tunnel_with_tls,
    ):
        yield {
            "plain": (plain, ""),
            "whole address": (replace(plain, port=proxy), f"http://{HOST}"),
            "tunnel": (replace(plain, port=tunnel), ""),
            "tunnel with TLS": (replace(plain, port=tunnel_with_tls), ""),
        }

"""What the ways to a sandbox cost: over TLS, through its proxy, through a tunnel of the proxy with and without TLS."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, free_port, relaying, running, sandbox_command

HOST: Final = "rest.esms.vn"


def measure(scale: Scale) -> dict[str, Any]:
    """Measure a GENCODE on kept-alive connections, each way in turns, against one sandbox."""
    runs: dict[str, list[float]] = {}
    phones = Phones()
    with _ways() as (server, urls):
        Control(server).make_rich()
        proves_itself(server, GENCODE)
        for number in range(scale.rounds + 1):
            for way, (url, front) in list(urls.items())[:: 1 if number % 2 else -1]:
                took = cost(
                    server, "gencode", phones.start(), 0, 10, front, seconds=scale.seconds, tail=scale.tail, url=url
                )
                phones.used(took.report.requests)
                if number:  # the first round is to get warm
                    runs.setdefault(way, []).append(took.microseconds)
    return {way: {"us": figure(runs[way]), "more": ratio(runs[way], runs["plain"])} for way in urls}


@contextmanager
def _ways() -> Iterator[tuple[Server, dict[str, tuple[str, str]]]]:
    """Run a sandbox that is reached in all ways: give each with its URL, and what stands before the path."""
    port, tls, proxy = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory() as state:
        ports = ["--tls-port", str(tls), "--proxy-port", str(proxy), "--state", state]
        with (
            running([*sandbox_command(port), *ports], port, "/readyz") as server,
            relaying(proxy, f"{HOST}:80") as tunnel,
            relaying(proxy, f"{HOST}:443", "tls") as tls_tunnel,
        ):
            yield (
                server,
                {
                    "plain": (server.url, ""),
                    "tls": (f"https://127.0.0.1:{tls}", ""),
                    "proxy": (f"http://127.0.0.1:{proxy}", f"http://{HOST}"),
                    "tunnel": (f"http://127.0.0.1:{tunnel}", ""),
                    "tunnel with tls": (f"http://127.0.0.1:{tls_tunnel}", ""),
                },
            )

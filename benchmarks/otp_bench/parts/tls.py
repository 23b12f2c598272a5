"""What TLS adds to a request on an open connection, beside the plain port of the same server; and a handshake.

Each round asks both ports in turns. A handshake is timed by a client in this process, which trusts the CA; its own part
of the work is in the figure.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.cost import Cost, Phones, cost
from otp_bench.figures import figure, ratio
from otp_bench.parts.cpu import LOADS, costs
from otp_bench.scale import Scale
from otp_bench.servers import GENCODE, Server, free_port, sandbox

HOSTS = ("rest.esms.vn", "portal.amootsms.com", "thuesim.com.vn", "restapi.esms.vn", "api.esms.vn")
"""The first handshake of each has a certificate made."""
AFTER = 30
"""Handshakes that are timed after it."""


def measure(scale: Scale) -> dict[str, Any]:
    """Measure in turns, on the two ports of one server."""
    with tempfile.TemporaryDirectory() as state:
        port = free_port()
        with sandbox("--tls-port", str(port), "--state", state) as plain:
            trusting = ssl.create_default_context(cafile=Path(state) / "ca.crt")
            first = [handshake(port, trusting, host) for host in HOSTS]
            after = [handshake(port, trusting, HOSTS[0]) for _ in range(AFTER)]
            Control(plain).make_rich()
            proves_itself(plain, GENCODE)
            found = compared({"plain": plain, "tls": replace(plain, port=port, scheme="https")}, scale)
    return {
        "loads": found,
        "handshake_ms": {"first of a host": figure(first, 2), "after it": figure(after, 2)},
    }


def compared(servers: dict[str, Server], scale: Scale) -> dict[str, Any]:
    """Give microseconds for each load on both ports, and the cost of TLS over that without."""
    phones = Phones()
    runs: dict[str, dict[str, list[Cost]]] = {load: {name: [] for name in servers} for load in LOADS}
    for number in range(scale.rounds):
        names = list(servers) if number % 2 == 0 else list(servers)[::-1]
        for load in LOADS:
            for name in names:
                took = cost(servers[name], load, phones.start(), seconds=scale.seconds, tail=scale.tail)
                phones.used(took.report.requests)
                runs[load][name].append(took)
    return {
        load: {
            **{name: figure(costs(each)) for name, each in by_name.items()},
            "ratio": ratio(costs(by_name["tls"]), costs(by_name["plain"])),
        }
        for load, by_name in runs.items()
    }


def handshake(port: int, trusting: ssl.SSLContext, host: str) -> float:
    """Time a handshake, connection included; give milliseconds."""
    began = time.perf_counter()
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusting.wrap_socket(plain, server_hostname=host),
    ):
        return (time.perf_counter() - began) * 1000

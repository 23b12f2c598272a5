"""The words of the page around tables and plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from otp_bench.tables import tables

HEAD = """\
# Benchmarks

This page is written by `make bench-page` from the results in `docs/benchmarks/`. Do not edit it by hand.
[benchmarks/README.md](../benchmarks/README.md) says how to measure.

## Method

- The main figure is the **CPU time of the server for one request**: user and system time of the server's process,
  divided by the number of requests that were answered. Requests a second would depend on the load generator, which
  shares the machine.
- Two seconds after each load count too. In that time the deliveries that the load has set going are done.
- The measure is a **bare handler**: an aiohttp application on uvloop that answers constant bytes. The ratio is the bare
  handler's cost divided by the server's cost. 1 is as cheap as the bare handler, 0.5 costs twice as much.
- Both run in turns on the same core, by the same interpreter. The load generator, wrk, has another core. It asks over
  16 connections, with another phone in each request.
- The sandbox runs as it is installed: journal, log and deliveries are on.
- CHECKCODE is asked with a wrong code.
- Each figure is the median of several rounds. The lowest and the highest round stand in brackets.
- Absolute times of a shared machine prove nothing. Compare ratios, and only figures of one run.
"""

BEFORE = {
    "cpu": "## CPU for one request\n",
    "peers": """\
## Peers

Other mock servers that play the same two calls, in one run with ours. `node:http` by hand and openapi-backend keep
codes in a map; @scalar/mock-server and Prism answer the example of the document. None of them keeps a journal, a log or
deliveries.
""",
    "latency": """\
## Latency

16 connections ask as fast as they are answered, so the median follows from the CPU time. The tail tells for how long
the server stands still at times. The logs of the lane are full. The last column is the share of the time in which the
server could have run but other work had the core; where it is more than a few per cent, latencies tell of that work.
""",
    "growth": """\
## Growth

The cost of a GENCODE as more codes are alive and as there are more lanes. The sandbox is asked in turns of a second
with another one that has the fewest, so that a slow minute of the machine does not count. At the first level both have
as many, which shows the noise. The growth is that of all turns together. Logs are full, and each phone has a code
already.
""",
    "lanes": """\
Each request of the next table goes to the next lane, and to a new phone. The budget of the journal is used up.
""",
    "start": "## Start\n",
    "recipients": """\
## Recipients

What one recipient costs: a message as JSON, and SendSimple with 1, 10 and 100 recipients in a call.
""",
    "steering": """\
## Looking and steering

What a GENCODE costs while a fault is on, and while somebody reads all events, in one sandbox that is measured with
nothing on as well.
""",
    "tls": """\
## TLS

The same server, asked over its plain port and over TLS, on connections that stay open. A handshake is timed with its
connection, by a client that trusts the CA; the first of a host makes a certificate.
""",
    "proxy": """\
## Proxy

The same server, asked over its plain port and through its proxy, on connections that stay open.
""",
    "stores": """\
## Stores

Lanes in memory, in a SQLite file too, and in a Redis that one, two or three replicas share, all in one run. The CPU is
that of all replicas, with the thread that writes to a file; that of Redis stands beside it. Each replica is asked by a
wrk of its own, over 64 connections. Where there are fewer cores than programs, they share them, and requests a second
say little.
""",
    "stores-growth": """\
The cost of a GENCODE in each store, as more codes are alive and as there are more lanes. The growth is that of all
turns together, with what Redis takes.
""",
    "replicas": """\
What a further replica brings, over one Redis without a file. Where there are fewer cores than programs, each has
the same share of a core, so that Redis and the loads have what they need.
""",
}
PLOTS = {
    "cpu": "Bars: server CPU for one request of each server, the lower the better",
    "latency": "Lines: latency percentiles of the sandbox and the bare handler",
    "growth": "Lines: server CPU for one GENCODE over the number of live codes and of lanes",
}
QUICK = "**These figures are from a quick run. They show that everything works, no more.**\n"


def page(results: Mapping[str, Any], peers: Mapping[str, Any]) -> str:
    """Write the page. What was not measured has no section."""
    return "\n".join([HEAD, *_machine(results or peers), *_sections(results, peers)])


def _machine(result: Mapping[str, Any]) -> Iterator[str]:
    if not result:
        return
    yield f"Measured on {result['measured']}; load average before the run: {result['load']}."
    yield f"Machine, shared with other work: {result['machine']}."
    yield f"{result['python']}; {result['packages']}.\n"
    if result["scale"] != "full":
        yield QUICK


def _sections(results: Mapping[str, Any], peers: Mapping[str, Any]) -> Iterator[str]:
    written = dict(tables(results)) | dict(tables(peers))
    for name, before in BEFORE.items():
        if name not in written:
            continue
        yield before
        if name == ("peers" if "peers" in written else "cpu"):
            yield _plot("cpu")
        elif name in PLOTS and name != "cpu":
            yield _plot(name)
        yield written[name].markdown() + "\n"


def _plot(name: str) -> str:
    return f"![{PLOTS[name]}](benchmarks/{name}.svg)\n"

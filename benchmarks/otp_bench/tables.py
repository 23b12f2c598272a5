"""Results as tables: the same rows for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from otp_bench.figures import spelled

NAMES = {
    "bare": "bare aiohttp handler",
    "sandbox": "otp-sandbox",
    "node": "node:http by hand",
    "scalar": "@scalar/mock-server",
    "backend": "openapi-backend",
    "prism": "Prism",
}
"""What the servers are called."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; all cells are text, the first column is what a row is about."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def plain(self) -> str:
        """Write it for a terminal."""
        lines = [self.head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        written = []
        for line in lines:
            first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            written.append("  ".join(["", first.strip().ljust(widths[0]), *others]).rstrip())
        return "\n".join([self.title, *written])

    def markdown(self) -> str:
        """Write it for the page, without the title."""
        rules = ("---", *("---:" for _ in self.head[1:]))
        return "\n".join("| " + " | ".join(line) + " |" for line in (self.head, rules, *self.rows))


def tables(result: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """Give the table of each part that was measured, by the name of the part."""
    for name, table in MAKERS.items():
        if name in result:
            yield name, table(result[name])


def _cpu(part: Mapping[str, Any]) -> Table:
    rows = [
        (
            NAMES[name],
            *(cell for load in part for cell in (spelled(part[load][name]["us"]), spelled(part[load][name]["ratio"]))),
        )
        for name in part["gencode"]
    ]
    head = ("server", "GENCODE, µs", "bare / it", "CHECKCODE, µs", "bare / it")
    return Table("CPU of the server for one request", head, tuple(rows))


def _latency(part: Mapping[str, Any]) -> Table:
    rows = [
        (f"{load.upper()}, {NAMES[name]}", *(spelled(value) for value in values.values()))
        for load, by_name in part["ms"].items()
        for name, values in by_name.items()
    ]
    head = ("load and server", "p50, ms", "p99, ms", "p99.9, ms", "without a core, %")
    return Table(f"Latency beside {part['live']:,} live codes and full rings", head, tuple(rows))


def _growth(part: Mapping[str, Any]) -> Table:
    rows = [_level(int(codes), each) for codes, each in part["codes"].items()]
    rows.append(("growth of the cost, first to last", f"{part['growth by codes']:.1%}", ""))
    rows.append(("bytes of memory for a live code", f"{part['bytes a live code']:,}", ""))
    return Table("GENCODE as more codes are alive", ("live codes", "µs", "fewest / it"), tuple(rows))


def _lanes(part: Mapping[str, Any]) -> Table:
    rows = [_level(int(lanes), each) for lanes, each in part["lanes"].items()]
    rows.append(("growth of the cost, first to last", f"{part['growth by lanes']:.1%}", ""))
    rows.append(("CPU to make a lane with accounts, ms", spelled(part["ms to make a lane"]), ""))
    return Table("GENCODE as there are more lanes", ("lanes", "µs", "one / it"), tuple(rows))


def _level(count: int, each: Mapping[str, Any]) -> tuple[str, str, str]:
    return f"{count:,}", spelled(each["us"]), spelled(each["ratio"])


def _start(part: Mapping[str, Any]) -> Table:
    names = {
        "ready_ms": "until `/readyz` answers, ms",
        "first_code_ms": "until a first GENCODE is answered, ms",
        "cpu_ms": "CPU until then, ms",
        "idle_memory_mb": "resident memory after that, MB",
    }
    rows = [(text, spelled(part[name])) for name, text in names.items()]
    return Table("Start and idle memory", ("from the start of the process", "median (lowest–highest)"), tuple(rows))


def _recipients(part: Mapping[str, Any]) -> Table:
    rows = [(name, spelled(each)) for name, each in part["us a recipient"].items()]
    ratios = ("sendmessage to gencode", "one among 100 to one among 10")
    rows.extend((f"ratio, {name}", f"{part[name]:g}") for name in ratios)
    return Table("CPU of the server for one recipient", ("call", "µs"), tuple(rows))


def _steering(part: Mapping[str, Any]) -> Table:
    rows = [(name, spelled(each["us"]), spelled(each["ratio"])) for name, each in part.items()]
    return Table(
        "CPU of the server for one GENCODE, with something on", ("what is on", "µs", "it / nothing"), tuple(rows)
    )


def _proxy(part: Mapping[str, Any]) -> Table:
    rows = [(way, spelled(each["us"]), spelled(each["ratio"])) for way, each in part.items()]
    return Table("CPU of the server for one GENCODE through the proxy", ("way", "µs", "it / plain"), tuple(rows))


def _stores(part: Mapping[str, Any]) -> Table:
    names = ("us", "ratio", "beside_us", "rate", "rate to one")
    rows = [
        (f"{load.upper()}, {store}", *(spelled(each[name]) if name in each else "" for name in names))
        for load, stores in part.items()
        if load != "left out"
        for store, each in stores.items()
    ]
    rows.extend((f"{kind}: left out, {why}", *("" for _ in names)) for kind, why in part.get("left out", {}).items())
    head = ("load and store", "µs", "it / memory", "Redis, µs", "requests a second", "it / one replica")
    return Table("CPU for one request, of all replicas and of Redis", head, tuple(rows))


def _stores_growth(part: Mapping[str, Any]) -> Table:
    rows = []
    for store, grown in part.items():
        for what in ("codes", "lanes"):
            for count, each in grown[what].items():
                beside = spelled(each["beside_us"]) if "beside_us" in each else ""
                rows.append((f"{store}, {int(count):,} {what}", spelled(each["us"]), spelled(each["ratio"]), beside))
            rows.append((f"{store}, growth by {what}", f"{grown[f'growth by {what}']:.1%}", "", ""))
        rows.append((f"{store}, bytes of memory for a live code", f"{grown['bytes a live code']:,}", "", ""))
    head = ("store", "µs", "fewest / it", "Redis, µs")
    return Table("GENCODE in each store, as more codes are alive and as there are more lanes", head, tuple(rows))


def _replicas(part: Mapping[str, Any]) -> Table:
    rows = [
        (f"{load.upper()}, {count}", spelled(each["rate"]), spelled(each["rate to one"]))
        for load, by_count in part.get("rates", {}).items()
        for count, each in by_count.items()
    ]
    if "left out" in part:
        rows.append((f"left out, {part['left out']}", "", ""))
    head = (f"load and replicas, with {part.get('share', 1):.0%} of a core", "requests a second", "it / one replica")
    return Table("Requests a second of replicas over one Redis", head, tuple(rows))


def _tls(part: Mapping[str, Any]) -> Table:
    rows = [
        (f"{load.upper()}, µs", *(spelled(each[name]) for name in ("plain", "tls", "ratio")))
        for load, each in part["loads"].items()
    ]
    rows.extend((f"handshake, {name}, ms", "", spelled(each), "") for name, each in part["handshake_ms"].items())
    return Table("CPU of the server for one request over TLS", ("", "plain", "TLS", "TLS / plain"), tuple(rows))


MAKERS = {
    "cpu": _cpu,
    "peers": _cpu,
    "latency": _latency,
    "growth": _growth,
    "lanes": _lanes,
    "start": _start,
    "recipients": _recipients,
    "steering": _steering,
    "tls": _tls,
    "proxy": _proxy,
    "stores": _stores,
    "stores-growth": _stores_growth,
    "replicas": _replicas,
}

"""How large a lane and a code are: in the memory of a sandbox, in a file, in a Redis.

Codes are sent while the clock stands, so that all of them live; then it moves on until they are delivered. The logs of
a lane are full after 10,000 codes: what is more then is what a live code takes by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from otp_bench.control import Control
from otp_bench.proc import cpu_seconds, resident_bytes
from otp_bench.servers import Server, sandbox

GENCODE = (
    "/MainService.svc/json/SendMessageAutoGenCode_V4_get?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY"
    "&Brandname=Sandbox&Type=2&message=%7BOTP%7D&Phone="
)
CODES = (1_000, 10_000, 100_000)
LANES = (100, 1_000)
AT_ONCE = 64
PATIENCE = 3600.0
"""Seconds that all deliveries together may take."""
QUIET = 3.0
"""Seconds in which what a load set going is done, and written."""


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", default="memory", help="as the sandbox takes it; a Redis must be empty")
    parser.add_argument("--codes", type=_numbers, default=CODES, help="live codes at which it looks, with commas")
    parser.add_argument("--lanes", type=_numbers, default=LANES, help="lanes at which it looks, with commas")
    parser.add_argument("--json", type=Path, default=Path("benchmark-sizes.json"), help="where the result goes")
    asked = parser.parse_args()
    result = {"store": urlsplit(asked.store).scheme or asked.store}
    for what, counts, grow in (("codes", asked.codes, _send), ("lanes", asked.lanes, _make)):
        with _measured(asked.store) as (server, look, spent):
            result[what] = [_printed(what, each) for each in _grown(server, look, spent, counts, grow)]
    asked.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _printed(what: str, level: dict[str, Any]) -> dict[str, Any]:
    sizes = ", ".join(_told(name, level) for name in level["bytes"])
    print(
        f"{level['count']:>9,} {what}: {sizes}; {level['a_second']:,.0f} a second, CPU each "
        + ", ".join(f"{name} {cost:,.0f} µs" for name, cost in level["cpu_us"].items()),
        flush=True,
    )
    return level


def _told(name: str, level: dict[str, Any]) -> str:
    return f"{name} {level['bytes'][name] / 1e6:.1f} MB (+{level['each'][name]:,.0f} bytes each)"


@contextmanager
def _measured(store: str) -> Iterator[tuple[Server, Callable[[], dict[str, int]], Callable[[], list[float]]]]:
    """Run a sandbox over an empty store; give what tells how many bytes each place has, and how much CPU it spent."""
    path = Path(store.removeprefix("sqlite:"))
    if store.startswith("sqlite:"):
        for each in path.parent.glob(path.name + "*"):
            each.unlink()
    elif store != "memory":
        _redis(store, "FLUSHDB")
    with sandbox("--store", store) as server:

        def look() -> dict[str, int]:
            found = {"process": resident_bytes(server.pid)}
            if store.startswith("sqlite:"):
                found["file"] = sum(each.stat().st_size for each in path.parent.glob(path.name + "*"))
            elif store != "memory":
                found["redis"] = int(_redis(store, "INFO", "memory").partition("used_memory:")[2].split()[0])
            return found

        def spent() -> list[float]:
            cost = [cpu_seconds(server.pid)]
            if store.startswith(("redis:", "valkey:")):
                told = dict(line.split(":") for line in _redis(store, "INFO", "cpu").split() if ":" in line)
                cost.append(float(told["used_cpu_user"]) + float(told["used_cpu_sys"]))
            return cost

        yield server, look, spent


def _grown(
    server: Server,
    look: Callable[[], dict[str, int]],
    spent: Callable[[], list[float]],
    counts: Sequence[int],
    grow: Callable[[Server, int, int], None],
) -> Iterator[dict[str, Any]]:
    """Look at each of the counts; `each` is what one more has taken since the last one."""
    control = Control(server)
    control.make_rich()
    control.call("PUT", "/clock", {"mode": "frozen"})
    grow(server, 0, 10)  # what is loaded late is there now
    time.sleep(QUIET)
    last, before = 10, look()
    for count in counts:
        began, cost = time.monotonic(), spent()
        grow(server, last, count)
        took, cost = time.monotonic() - began, [now - then for now, then in zip(spent(), cost, strict=True)]
        Control(server, patience=PATIENCE).call("POST", "/clock/advance", {"by": "2s"})
        time.sleep(QUIET)
        found = look()
        each = {name: (found[name] - before[name]) / (count - last) for name in found}
        yield {
            "count": count,
            "bytes": found,
            "each": each,
            "a_second": (count - last) / took,
            "cpu_us": dict(zip(found, (1e6 * seconds / (count - last) for seconds in cost), strict=False)),
        }
        last, before = count, found


def _send(server: Server, first: int, until: int) -> None:
    async def ask(session: aiohttp.ClientSession, number: int) -> None:
        async with session.get(f"{server.url}{GENCODE}090{1_000_000 + number}") as answer:
            told = await answer.json()
        if told["CodeResult"] != "100":
            raise RuntimeError(f"it is refused: {told}")

    asyncio.run(_all(ask, first, until))


def _make(server: Server, first: int, until: int) -> None:
    async def ask(session: aiohttp.ClientSession, number: int) -> None:
        async with session.post(f"{server.url}/_sandbox/v1/lanes", json={"id": f"size-{number}"}) as answer:
            if answer.status != 201:  # noqa: PLR2004  (a status of HTTP)
                raise RuntimeError(await answer.text())

    asyncio.run(_all(ask, first, until))


async def _all(ask: Callable[[aiohttp.ClientSession, int], object], first: int, until: int) -> None:
    numbers = iter(range(first, until))
    async with aiohttp.ClientSession() as session:

        async def work() -> None:
            for number in numbers:
                await ask(session, number)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def _redis(url: str, *words: str) -> str:
    """Ask a Redis of this machine, without a client: the address is that of `redis://host:port/0`."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port or 6379)) as line, line.makefile("rb") as answers:
        line.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
        head = answers.readline()
        return answers.read(int(head[1:])).decode() if head.startswith(b"$") else head.decode()


if __name__ == "__main__":
    raise SystemExit(main())

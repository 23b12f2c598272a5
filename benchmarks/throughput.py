"""Requests a second of GENCODE and CHECKCODE, side by side with a bare aiohttp handler on the same core.

Needs wrk. Prints ratios, because absolute figures of a shared machine prove nothing, and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
CONNECTIONS = 16


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4, help="length of one run")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each kind; the median counts")
    parser.add_argument("--live", type=int, default=1_000_000, help="live codes for the second half; 0 leaves it out")
    parser.add_argument("--json", type=Path, default=Path("benchmark.json"))
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed", file=sys.stderr)
        return 1
    with server([str(HERE / "bare.py"), "{port}"], "/MainService.svc/json/CheckCodeGen_V4_get") as bare:
        command = ["-m", "otp_sandbox.cli", "serve", "--port", "{port}", "--log-format", "json"]
        with server(command, "/readyz") as sandbox:
            make_rich(sandbox, "esms", "balance")
            empty = _compare(asked, bare, sandbox, first=0)
            result = {"empty": empty}
            if asked.live:
                _fill(sandbox, asked.live)
                full = _compare(asked, bare, sandbox, first=40_000_000)
                flat = {name: round(full[name]["ratio"] / empty[name]["ratio"], 3) for name in full}
                result |= {"full": full, "flat": flat}
    print(json.dumps(result, indent=2))
    asked.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    return 0


def _compare(asked: argparse.Namespace, bare: str, sandbox: str, first: int) -> dict[str, dict[str, float]]:
    result = {}
    for name in ("gencode", "checkcode"):
        rates: dict[str, list[float]] = {bare: [], sandbox: []}
        for number in range(asked.rounds):
            for url in (bare, sandbox):
                rates[url].append(wrk(url, name, asked.seconds, first + number * 1_000_000))
        middle = {url: statistics.median(each) for url, each in rates.items()}
        result[name] = {
            "bare": round(middle[bare]),
            "sandbox": round(middle[sandbox]),
            "ratio": round(middle[sandbox] / middle[bare], 3),
        }
        print(f"{name}: {result[name]}", file=sys.stderr)
    return result


def _fill(sandbox: str, live: int) -> None:
    """Send until so many codes are alive; they live for ten minutes."""
    started = time.monotonic()
    sent = 0
    while sent < live:
        rate = wrk(sandbox, "gencode", 20, 10_000_000 + sent)
        sent += int(rate * 20)
    print(f"filled with {sent} codes in {time.monotonic() - started:.0f} s", file=sys.stderr)


def wrk(url: str, script: str, seconds: int, first: int, *more: int) -> float:
    """Give the requests a second of one run of a script; `first` and what follows are its arguments."""
    command = [*_on_core(1), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(HERE / f"{script}.lua")]
    output = subprocess.run(
        [*command, url, "--", str(first), *map(str, more)], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if found is None:
        raise RuntimeError(output)
    return float(found[1])


def make_rich(sandbox: str, provider: str, member: str) -> None:
    """Give an account more than a run can spend."""
    body = json.dumps({member: 10**15}).encode()
    url = f"{sandbox}/_sandbox/v1/accounts/{provider}"
    request = Request(url, body, {"Content-Type": "application/json"}, method="PATCH")
    urlopen(request).close()


@contextmanager
def server(arguments: list[str], path: str) -> Iterator[str]:
    """Run a program on the first core and give its address; `{port}` in its arguments is a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*_on_core(0), sys.executable, *(each.replace("{port}", str(port)) for each in arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE.parent) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _await(url + path)
            yield url
        finally:
            process.terminate()


def _await(url: str) -> None:
    for _ in range(200):
        try:
            urlopen(url).close()
        except URLError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def _on_core(number: int) -> list[str]:
    return ["taskset", "-c", str(number)] if shutil.which("taskset") else []


if __name__ == "__main__":
    sys.exit(main())

"""Sends requests with the command curl, one process each. What comes in: README.md."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def words(wanted: dict[str, Any]) -> tuple[list[str], bytes]:
    """Give the arguments as a person would type them, and what goes to the standard input."""
    given = ["--request", wanted["method"]]
    address, body = wanted["url"], b""
    for name, value in wanted["headers"].items():
        given += ["--header", f"{name}: {value}"]
    if "query" in wanted:
        with_body = wanted.keys() & {"form", "json", "text"}
        flag = "--url-query" if with_body else "--data-urlencode"
        given += [part for name, value in wanted["query"].items() for part in (flag, f"{name}={value}")]
        given += [] if with_body else ["--get"]
    if "raw_query" in wanted:
        address += "?" + wanted["raw_query"]
    for name, value in wanted.get("form", {}).items():
        given += ["--data-urlencode", f"{name}={value}"]
    if "json" in wanted:
        given += ["--header", "Content-Type: application/json"]
        body = json.dumps(wanted["json"], ensure_ascii=False).encode()
    if "text" in wanted:
        body = wanted["text"].encode(wanted["encoding"])
    if body:
        given += ["--data-binary", "@-"]
    given += {
        "": [],
        "http/1.0": ["--http1.0", "--header", "Host:"],
        "expect": ["--header", "Expect: 100-continue"],
        "h2c": ["--http2"],
        "chunked": ["--header", "Transfer-Encoding: chunked"],
    }[wanted["way"]]
    if "proxy" in wanted:
        given += ["--proxy", wanted["proxy"]]
    return [*given, address], body


def main() -> None:
    """Send what is asked for on the standard input, one after the other."""
    for wanted in json.load(sys.stdin):
        given, body = words(wanted)
        usual = [
            "curl",
            "-q",
            "--silent",
            "--show-error",
            "--globoff",
            "--max-time",
            "20",
            "--write-out",
            "\n%{http_code}",
        ]
        done = subprocess.run([*usual, *given], input=body, capture_output=True, check=False)
        told = {"id": wanted["id"]}
        if done.returncode:
            told["error"] = done.stderr.decode()
        else:
            text, _, status = done.stdout.decode().rpartition("\n")
            told |= {"status": int(status), "body": text}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()

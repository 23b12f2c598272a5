"""Tells whether sandboxes at several addresses are one: `python check.py URL URL …`, a balancer and its replicas.

It makes a lane at the first address and uses it at all of them. Exit status 0: they are one; 1: they are not, and why.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from typing import Any

PHONE = "0901888484"
NOON = "2026-03-01T12:00:00+00:00"
SEND = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECK = "/MainService.svc/json/CheckCodeGen_V4_get"


class NotOne(Exception):
    """They do not play one sandbox, or one of them does not answer."""


def ask(url: str, path: str, method: str = "GET", body: Any = None) -> Any:
    """Ask one address; give the JSON of its answer."""
    headers = {"Content-Type": "application/json"}
    if os.environ.get("OTP_SANDBOX_CONTROL_TOKEN"):
        headers["Authorization"] = f"Bearer {os.environ['OTP_SANDBOX_CONTROL_TOKEN']}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        raise NotOne(
            f"{url} answers {error.code} to {method} {path.partition('?')[0]}: {error.read()[:300]!r}"
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotOne(f"{url} does not answer: {error}") from error


def check(urls: list[str]) -> str:
    """Use a lane of its own at all addresses.

    Returns:
        What was found, in one line.

    Raises:
        NotOne: they are not one.
    """
    first = urls[0]
    lane = ask(first, "/_sandbox/v1/lanes", "POST", {"ttl": "10m"})
    path = f"/_sandbox/v1/lanes/{lane['id']}"
    credentials = lane["credentials"]["esms"]
    sends = 0
    try:
        for sender, reader, checker in itertools.product(urls, repeat=3):
            fields = credentials | {"Phone": PHONE, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}"}
            sent = ask(sender, f"{SEND}?{urllib.parse.urlencode(fields)}")
            expect(sender, sent["CodeResult"], "100", f"a send with the credentials that {first} has made")
            sends += 1
            waited = ask(reader, f"{path}/messages/wait?to={PHONE}&count={sends}&timeout=5s")
            expect(reader, waited["matched"], True, f"the message that {sender} has sent")
            fields = credentials | {"Phone": PHONE, "Code": waited["messages"][-1]["code"]}
            once = ask(checker, f"{CHECK}?{urllib.parse.urlencode(fields)}")
            expect(checker, once["CodeResult"], "100", f"the code that {sender} has sent")
            twice = ask(reader, f"{CHECK}?{urllib.parse.urlencode(fields)}")
            if twice["CodeResult"] == "100":
                raise NotOne(f"{reader} took a code that {checker} had taken")
        for setter, reader in itertools.product(urls, repeat=2):
            now = ask(setter, f"{path}/clock", "PUT", {"mode": "frozen", "now": NOON})["now"]
            expect(reader, ask(reader, f"{path}/clock")["now"], now, f"the clock that {setter} has set")
            ask(setter, f"{path}/clock", "PUT", {"mode": "real"})
    finally:
        ask(first, path, "DELETE")
    return f"{len(urls)} addresses, one sandbox: {sends} codes were sent, read and used once"


def expect(url: str, got: Any, wanted: Any, what: str) -> None:
    """Compare what an address answers."""
    if got != wanted:
        raise NotOne(f"{url} does not know {what}: it answers {got!r}, not {wanted!r}. Do they share a store?")


def main(arguments: list[str]) -> int:
    """Check the addresses of the command line."""
    urls = [each.rstrip("/") for each in arguments]
    if not urls:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(check(urls))
    except NotOne as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

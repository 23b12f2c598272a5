"""Speaks to the control API of a sandbox over one connection."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any

from otp_bench.servers import Server, get

PLENTY = 10**15
"""More than a run can spend."""

REFUSED = 300


class Control:
    """A client of `/_sandbox/v1`.

    Args:
        server: the sandbox.
        patience: seconds that an answer may take.
    """

    def __init__(self, server: Server, patience: float = 120) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=patience)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call an endpoint; give its JSON."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, f"/_sandbox/v1{path}", sent, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= REFUSED:
            raise RuntimeError(f"{method} {path}: {answer.status} {content!r}")
        return json.loads(content) if content else None

    def make_rich(self) -> None:
        """Give the accounts that the loads spend from more than a run can spend."""
        self.call("PATCH", "/accounts/esms", {"balance": PLENTY})
        self.call("PATCH", "/accounts/amoot", {"credit": PLENTY})


def proves_itself(server: Server, path: str) -> None:
    """Have one send accepted, so that no figure is one of refusals.

    Raises:
        RuntimeError: it was refused.
    """
    verdict = json.loads(get(server.port, path))
    if verdict.get("CodeResult") != "100":
        raise RuntimeError(f"the sandbox refuses what the load sends: {verdict}")

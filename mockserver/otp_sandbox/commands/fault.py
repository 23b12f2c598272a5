"""`otp-sandbox fault`: lets something go wrong in a lane."""

from __future__ import annotations

import argparse
import json
from typing import Any
from urllib.parse import quote

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import ask, get, lane_path
from otp_sandbox.streams import failed, say


def fault(parsed: argparse.Namespace) -> int:
    """Let something go wrong, list what does, or take it back."""
    path = f"{lane_path(parsed)}/faults"
    match = {name: value for name in MATCH if (value := getattr(parsed, name)) is not None}
    more = {name: value for name in ("name", "uses", "ttl") if (value := getattr(parsed, name)) is not None}
    try:
        if parsed.what == "clear":
            one = f"/{quote(parsed.name, safe='', errors='replace')}" if parsed.name is not None else ""
            ask(parsed, path + one, method="DELETE")
        elif parsed.what == "list":
            for each in get(parsed, path, "faults")["faults"]:
                say(_fault_line(each))
        else:
            made = ask(parsed, path, {"preset": parsed.what, "match": match, **more}, "name", "action")
            say(_fault_line(made))
    except Unreachable as error:
        return failed(str(error))
    return 0


MATCH = ("provider", "operation", "phone", "calls")
"""What the command says of the calls that a fault is for."""


def _fault_line(shown: dict[str, Any]) -> str:
    match = ", ".join(f"{name} {value}" for name, value in shown["match"].items()) or "every call"
    left = "" if shown["uses_left"] is None else f", {shown['uses_left']} left"
    line = f"{shown['name']}: {shown['when']} {match}: {json.dumps(shown['action'])}, fired {shown['fired']}{left}"
    return "".join(char if char.isprintable() else "?" for char in line)

"""The commands that talk to a running sandbox. Standard library only, so that they start at once."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from otp_sandbox.asking import POLL, NoAddress, Unreachable, ask, get, lane_path
from otp_sandbox.following import Lines, follow
from otp_sandbox.lanes import durations
from otp_sandbox.streams import complain, say

FRESH = timedelta(seconds=2)
"""How old a code may be, on the lane's clock, to count as new."""
_PAUSE = 0.05
_ALL = 1_000
"""More than there are rules."""


def ready(parsed: argparse.Namespace) -> int:
    """Say by the exit status whether the sandbox is ready."""
    try:
        deadline = time.monotonic() + durations.parse(parsed.wait).total_seconds()
    except ValueError as error:
        return _failed(str(error), 2)
    while True:
        try:
            get(parsed, "/readyz", "status", patience=max(1.0, deadline - time.monotonic()))
        except Unreachable as error:
            if isinstance(error, NoAddress) or time.monotonic() >= deadline:
                return _failed(str(error))
            time.sleep(_PAUSE)
        else:
            return 0


def code(parsed: argparse.Namespace) -> int:
    """Print the newest code of a phone, alone.

    With `--wait` only a new one counts: sent after this call began, or in the two seconds before on the lane's clock.
    So the code of an earlier login is not taken for the one that is on its way.
    """
    try:
        wait = durations.parse(parsed.wait).total_seconds()
    except ValueError as error:
        return _failed(str(error), 2)
    deadline = time.monotonic() + wait
    cursor, older = parsed.after or "0", None
    try:
        since = _fresh_since(parsed) if parsed.new or (wait and parsed.after is None) else None
        while True:
            left = 0.0 if since else max(0.0, min(deadline - time.monotonic(), POLL))
            query = urlencode(
                {"to": parsed.phone, "after": cursor, "timeout": f"{round(left * 1000)}ms"}, errors="replace"
            )
            answer = get(parsed, f"{lane_path(parsed)}/messages/wait?{query}", "messages", "cursor", "near_misses")
            found = [message for message in answer["messages"] if message["code"]]
            if since and found and _sent_at(found[-1]) < since:
                older = found.pop()
            if found:
                say(found[-1]["code"], exact=True)
                return 0
            looked_at_old = since is not None and older is not None  # what was refused after it is not told yet
            cursor, since = answer["cursor"], None
            if time.monotonic() >= deadline and not looked_at_old:
                break
    except Unreachable as error:
        return _failed(str(error))
    told = [f"{miss['request_id']}: {miss['reason']}" for miss in answer["near_misses"]]
    if older is not None:
        told.append(f"the last one is from {_sent_at(older).isoformat()}; --after 0 takes it")
    what = "no new code" if older is not None else "no code"
    return _failed(f"{what} was sent to {parsed.phone}" + (f" ({'; '.join(told)})" if told else ""))


def _fresh_since(parsed: argparse.Namespace) -> datetime:
    """Give the instant, on the lane's clock, from which on a code counts as new."""
    return datetime.fromisoformat(get(parsed, f"{lane_path(parsed)}/clock", "now")["now"]) - FRESH


def _sent_at(message: dict[str, Any]) -> datetime:
    """Tell when a message was sent; one that was queued is older than that."""
    return datetime.fromisoformat(next(each["at"] for each in message["timeline"] if each["state"] != "queued"))


def messages(parsed: argparse.Namespace) -> int:
    """Print messages, one a line."""
    try:
        answer = get(parsed, f"{lane_path(parsed)}/messages", "messages", "cursor")
        lines = Lines(as_json=parsed.json)
        for message in answer["messages"]:
            lines.show(message)
        if parsed.follow:
            follow(parsed, answer["cursor"], lines)
    except Unreachable as error:
        return _failed(str(error))
    return 0


def lint(parsed: argparse.Namespace) -> int:
    """Say what is wrong with the client: 1 when something is as bad as `--fail-on`, 3 when nobody could be asked."""
    from otp_sandbox.lint_reports import WRITERS, fails  # noqa: PLC0415  (for this command alone)

    try:
        findings = get(parsed, f"{lane_path(parsed)}/lint?limit={_ALL}", "findings", "cursor")["findings"]
        rules = get(parsed, "/_sandbox/v1/lint/rules", "rules")["rules"]
    except Unreachable as error:
        return _failed(str(error), 3)
    say(WRITERS[parsed.format](findings, rules, parsed.fail_on), exact=parsed.format != "text")
    return int(fails(findings, parsed.fail_on))


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
        return _failed(str(error))
    return 0


MATCH = ("provider", "operation", "phone", "calls")
"""What the command says of the calls that a fault is for."""


def _fault_line(shown: dict[str, Any]) -> str:
    match = ", ".join(f"{name} {value}" for name, value in shown["match"].items()) or "every call"
    left = "" if shown["uses_left"] is None else f", {shown['uses_left']} left"
    line = f"{shown['name']}: {shown['when']} {match}: {json.dumps(shown['action'])}, fired {shown['fired']}{left}"
    return "".join(char if char.isprintable() else "?" for char in line)


def env(parsed: argparse.Namespace) -> int:
    """Print environment variables that point an application at the lane."""
    try:
        lane = get(parsed, lane_path(parsed), "base_url", "credentials")
    except Unreachable as error:
        return _failed(str(error))
    variables = {"OTP_SANDBOX_URL": lane["base_url"]}
    for provider, credentials in lane["credentials"].items():
        variables[f"{provider.upper()}_BASE_URL"] = lane["base_url"]
        for name, value in credentials.items():
            snake = re.sub("(?<=[a-z])(?=[A-Z])", "_", name).upper()
            variables[f"{provider.upper()}_{snake}"] = value
    if parsed.format == "compose":
        say("environment:")
    for name, value in variables.items():
        say(_LINES[parsed.format](name, value), exact=True)
    return 0


_LINES = {
    "dotenv": lambda name, value: f"{name}={json.dumps(value)}",
    "shell": lambda name, value: f"export {name}={shlex.quote(value)}",
    "compose": lambda name, value: f"  {name}: {json.dumps(value)}",
}


def _failed(text: str, status: int = 1) -> int:
    complain(text)
    return status

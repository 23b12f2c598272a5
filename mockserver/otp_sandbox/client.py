"""The commands that talk to a running sandbox. Standard library only, so that they start at once."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shlex
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from otp_sandbox import settings
from otp_sandbox.lanes import durations
from otp_sandbox.streams import complain, say

FRESH = timedelta(seconds=2)
"""How old a code may be, on the lane's clock, to count as new."""
_OPENER = build_opener(ProxyHandler({}))  # a proxy has no business between here and the sandbox
_POLL = 30
_PAUSE = 0.05
_ALL = 1_000
"""More than there are rules."""


class Unreachable(Exception):
    """No sandbox answers, or it refuses; the text says why."""


class NoAddress(Unreachable):
    """What says where the sandbox is cannot be read: waiting does not help."""


def ready(parsed: argparse.Namespace) -> int:
    """Say by the exit status whether the sandbox is ready."""
    try:
        deadline = time.monotonic() + durations.parse(parsed.wait).total_seconds()
    except ValueError as error:
        return _failed(str(error), 2)
    while True:
        try:
            _get(parsed, "/readyz", "status", patience=max(1.0, deadline - time.monotonic()))
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
            left = 0.0 if since else max(0.0, min(deadline - time.monotonic(), _POLL))
            query = urlencode(
                {"to": parsed.phone, "after": cursor, "timeout": f"{round(left * 1000)}ms"}, errors="replace"
            )
            answer = _get(parsed, f"{_lane(parsed)}/messages/wait?{query}", "messages", "cursor", "near_misses")
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
    return datetime.fromisoformat(_get(parsed, f"{_lane(parsed)}/clock", "now")["now"]) - FRESH


def _sent_at(message: dict[str, Any]) -> datetime:
    """Tell when a message was sent; one that was queued is older than that."""
    return datetime.fromisoformat(next(each["at"] for each in message["timeline"] if each["state"] != "queued"))


def messages(parsed: argparse.Namespace) -> int:
    """Print messages, one a line."""
    try:
        answer = _get(parsed, f"{_lane(parsed)}/messages", "messages", "cursor")
        _print(answer["messages"])
        while parsed.follow:
            query = urlencode({"after": answer["cursor"], "timeout": f"{_POLL}s"})
            answer = _get(parsed, f"{_lane(parsed)}/messages/wait?{query}", "messages", "cursor")
            _print(answer["messages"])
    except Unreachable as error:
        return _failed(str(error))
    return 0


def lint(parsed: argparse.Namespace) -> int:
    """Say what is wrong with the client: 1 when something is as bad as `--fail-on`, 3 when nobody could be asked."""
    from otp_sandbox.lint_reports import WRITERS, fails  # noqa: PLC0415  (for this command alone)

    try:
        findings = _get(parsed, f"{_lane(parsed)}/lint?limit={_ALL}", "findings", "cursor")["findings"]
        rules = _get(parsed, "/_sandbox/v1/lint/rules", "rules")["rules"]
    except Unreachable as error:
        return _failed(str(error), 3)
    say(WRITERS[parsed.format](findings, rules, parsed.fail_on), exact=parsed.format != "text")
    return int(fails(findings, parsed.fail_on))


def fault(parsed: argparse.Namespace) -> int:
    """Let something go wrong, list what does, or take it back."""
    path = f"{_lane(parsed)}/faults"
    match = {name: value for name in MATCH if (value := getattr(parsed, name)) is not None}
    more = {name: value for name in ("name", "uses", "ttl") if (value := getattr(parsed, name)) is not None}
    try:
        if parsed.what == "clear":
            one = f"/{quote(parsed.name, safe='', errors='replace')}" if parsed.name is not None else ""
            _ask(parsed, path + one, method="DELETE")
        elif parsed.what == "list":
            for each in _get(parsed, path, "faults")["faults"]:
                say(_fault_line(each))
        else:
            made = _ask(parsed, path, {"preset": parsed.what, "match": match, **more}, "name", "action")
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
        lane = _get(parsed, _lane(parsed), "base_url", "credentials")
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


def _print(shown: list[dict[str, Any]]) -> None:
    for message in shown:
        text = " ".join(message["text"].split())
        until = f" until {message['queued_until']}" if message.get("queued_until") else ""
        state = message["state"] + until
        line = f"{message['created_at'][11:19]} {message['provider']} {message['to']} {state}  {text}"
        say("".join(char if char.isprintable() else "?" for char in line))


def _lane(parsed: argparse.Namespace) -> str:
    return f"/_sandbox/v1/lanes/{quote(parsed.lane, safe='', errors='replace')}"


def _get(parsed: argparse.Namespace, path: str, *members: str, patience: float = _POLL + 10) -> Any:
    """Get an object that has these members."""
    return _ask(parsed, path, None, *members, patience=patience)


def _ask(
    parsed: argparse.Namespace,
    path: str,
    body: Any = None,
    *members: str,
    method: str | None = None,
    patience: float = _POLL + 10,
) -> Any:
    """Ask for an object that has these members; a body is posted, unless another method is named."""
    named = parsed.url or os.environ.get("OTP_SANDBOX_URL")
    try:
        wanted = ("control_token",) if named else ("control_token", "host", "port")
        sandbox = settings.some(wanted, parsed.config, os.environ)
    except settings.SettingError as error:
        raise NoAddress(str(error)) from error
    url = (named or _here(sandbox.host, sandbox.port)).rstrip("/")
    if not _is_http(url):
        raise NoAddress(f"{url} is no http address")
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url + path, data, method=method)  # noqa: S310  (the scheme is checked above)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if sandbox.control_token:
        request.add_header("Authorization", f"Bearer {sandbox.control_token}")
    try:
        with _OPENER.open(request, timeout=patience) as answer:
            document = json.load(answer) if answer.status != http.HTTPStatus.NO_CONTENT else {}
    except HTTPError as error:
        with error:
            raise Unreachable(_problem(error)) from error
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"no sandbox answers at {url} ({getattr(error, 'reason', None) or error})") from error
    if not isinstance(document, dict) or not document.keys() >= set(members):
        raise Unreachable(f"what answers at {url} is no sandbox")
    return document


def _here(host: str, port: int) -> str:
    """Give the address of a sandbox on this machine that is told to listen so."""
    if host in ("", "localhost", "0.0.0.0", "::"):  # noqa: S104  (nothing is bound: it is asked where it can be asked)
        host = "::1" if host == "::" else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_http(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:  # brackets that hold no address
        return False


def _problem(error: HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"the sandbox answered HTTP {error.code}"


def _failed(text: str, status: int = 1) -> int:
    complain(text)
    return status

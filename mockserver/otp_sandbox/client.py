"""The commands that talk to a running sandbox. Standard library only, so that they start at once."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shlex
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
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
_SILENCE = 60
"""Seconds without a word after which a stream is given up: the sandbox says something every fifteen."""
_REMEMBERED = 20_000
"""Messages of which is known that they were printed: as many as a log of a lane keeps by default, twice."""


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
        lines = _Lines(as_json=parsed.json)
        for message in answer["messages"]:
            lines.show(message)
        if parsed.follow:
            _follow(parsed, answer["cursor"], lines)
    except Unreachable as error:
        return _failed(str(error))
    return 0


class _Lines:
    """Prints a line for each message: when it is first told, and once more when one that was queued is sent."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._shown: dict[tuple[str, str, bool], None] = {}

    def show(self, message: dict[str, Any]) -> None:
        key = (message["id"], message["request_id"], message["state"] == "queued")
        if key in self._shown:
            return
        self._shown[key] = None
        if len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]
        if self._as_json:
            say(json.dumps(message), exact=True)
        else:
            say("".join(char if char.isprintable() else "?" for char in _line(message)))


def _line(message: dict[str, Any]) -> str:
    text = " ".join(message["text"].split())
    until = f" until {message['queued_until']}" if message.get("queued_until") else ""
    odd = f" {message['state']}{until}" if message["state"] not in ("sent", "delivered") else ""
    return f"{message['created_at'][11:19]} {message['provider']} {message['to']} {message['code'] or '-'}{odd}  {text}"


def _follow(parsed: argparse.Namespace, cursor: str, lines: _Lines) -> NoReturn:
    """Print messages as they are told. When the stream breaks off, it goes on where it was.

    Raises:
        Unreachable: no sandbox answers any more, or the lane is gone.
    """
    while True:
        path = f"{_lane(parsed)}/events?kinds=message"
        with _opened(parsed, path, _SILENCE, {"Last-Event-ID": cursor}) as stream:
            for kind, place, data in _events(stream):
                cursor = place or cursor
                if kind == "message":
                    lines.show(json.loads(data))
                elif kind == "gap":
                    complain("messages are gone from the log: it was cleared, or more came than it keeps")
        time.sleep(_PAUSE)


def _events(stream: Any) -> Iterator[tuple[str, str, str]]:
    """Read server-sent events until the stream ends or breaks off.

    Gives kind, id and data of each; the kind is empty where only the id came.
    """
    fields: dict[str, str] = {}
    while True:
        try:
            line = stream.readline().decode()
        except (OSError, http.client.HTTPException):  # it was cut: asking again says why
            return
        if not line:
            return
        name, _, value = line.rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        else:
            yield fields.get("event", ""), fields.get("id", ""), fields.get("data", "")
            fields = {}


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


def _lane(parsed: argparse.Namespace) -> str:
    return f"/_sandbox/v1/lanes/{quote(parsed.lane, safe='', errors='replace')}"


def _get(parsed: argparse.Namespace, path: str, *members: str, patience: float = _POLL + 10) -> Any:
    """Get an object that has these members."""
    with _opened(parsed, path, patience) as answer:
        try:
            document = json.load(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _no_sandbox(answer.url.removesuffix(path), error) from error
    if not isinstance(document, dict) or not document.keys() >= set(members):
        raise Unreachable(f"what answers at {answer.url.removesuffix(path)} is no sandbox")
    return document


def _opened(parsed: argparse.Namespace, path: str, patience: float, headers: Mapping[str, str] | None = None) -> Any:
    """Ask for a path of the sandbox, and give the answer as far as it has come.

    Raises:
        Unreachable: nobody answers, or it is refused.
    """
    named = parsed.url or os.environ.get("OTP_SANDBOX_URL")
    try:
        wanted = ("control_token",) if named else ("control_token", "host", "port")
        sandbox = settings.some(wanted, parsed.config, os.environ)
    except settings.SettingError as error:
        raise NoAddress(str(error)) from error
    url = (named or _here(sandbox.host, sandbox.port)).rstrip("/")
    if not _is_http(url):
        raise NoAddress(f"{url} is no http address")
    request = Request(url + path, headers=dict(headers or {}))  # noqa: S310  (the scheme is checked above)
    if sandbox.control_token:
        request.add_header("Authorization", f"Bearer {sandbox.control_token}")
    try:
        return _OPENER.open(request, timeout=patience)
    except HTTPError as error:
        with error:
            raise Unreachable(_problem(error)) from error
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise _no_sandbox(url, error) from error


def _no_sandbox(url: str, error: Exception) -> Unreachable:
    return Unreachable(f"no sandbox answers at {url} ({getattr(error, 'reason', None) or error})")


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

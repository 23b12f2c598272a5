"""The commands that talk to a running sandbox. Standard library only, so that they start at once."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shlex
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from otp_sandbox.environment import PREFIX, TOKEN, control_token, own
from otp_sandbox.lanes import durations
from otp_sandbox.streams import complain, say

DEFAULT_PORT = 6877
_OPENER = build_opener(ProxyHandler({}))  # a proxy has no business between here and the sandbox
_POLL = 30
_PAUSE = 0.05


class Unreachable(Exception):
    """No sandbox answers, or it refuses; the text says why."""


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
            if time.monotonic() >= deadline:
                return _failed(str(error))
            time.sleep(_PAUSE)
        else:
            return 0


def code(parsed: argparse.Namespace) -> int:
    """Print the newest code of a phone, alone."""
    try:
        wait = durations.parse(parsed.wait).total_seconds()
    except ValueError as error:
        return _failed(str(error), 2)
    deadline = time.monotonic() + wait
    cursor = "0"
    try:
        while True:
            left = max(0.0, min(deadline - time.monotonic(), _POLL))
            query = urlencode(
                {"to": parsed.phone, "after": cursor, "timeout": f"{round(left * 1000)}ms"}, errors="replace"
            )
            answer = _get(parsed, f"{_lane(parsed)}/messages/wait?{query}", "messages", "cursor", "near_misses")
            codes = [message["code"] for message in answer["messages"] if message["code"]]
            if codes:
                say(codes[-1], exact=True)
                return 0
            cursor = answer["cursor"]
            if time.monotonic() >= deadline:
                break
    except Unreachable as error:
        return _failed(str(error))
    misses = "; ".join(f"{miss['request_id']}: {miss['reason']}" for miss in answer["near_misses"])
    return _failed(f"no code was sent to {parsed.phone}" + (f" ({misses})" if misses else ""))


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
        line = f"{message['created_at'][11:19]} {message['provider']} {message['to']} {message['state']}  {text}"
        say("".join(char if char.isprintable() else "?" for char in line))


def _lane(parsed: argparse.Namespace) -> str:
    return f"/_sandbox/v1/lanes/{quote(parsed.lane, safe='', errors='replace')}"


def _get(parsed: argparse.Namespace, path: str, *members: str, patience: float = _POLL + 10) -> Any:
    """Get an object that has these members."""
    ours = dict(own(os.environ))
    here = f"http://127.0.0.1:{ours.get(PREFIX + 'PORT') or DEFAULT_PORT}"
    url = (parsed.url or ours.get(PREFIX + "URL") or here).rstrip("/")
    if not _is_http(url):
        raise Unreachable(f"{url} is no http address")
    request = Request(url + path)  # noqa: S310  (the scheme is checked above)
    try:
        token = control_token(ours.get(TOKEN, ""))
    except ValueError as error:
        raise Unreachable(f"{TOKEN} is not right; it takes {error}") from error
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _OPENER.open(request, timeout=patience) as answer:
            document = json.load(answer)
    except HTTPError as error:
        with error:
            raise Unreachable(_problem(error)) from error
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"no sandbox answers at {url} ({getattr(error, 'reason', None) or error})") from error
    if not isinstance(document, dict) or not document.keys() >= set(members):
        raise Unreachable(f"what answers at {url} is no sandbox")
    return document


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

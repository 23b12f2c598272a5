"""Asks a running sandbox over its control API. Standard library only, so that commands start at once."""

from __future__ import annotations

import argparse
import http.client
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from otp_sandbox import settings

POLL = 30
"""Seconds that a question may wait for its answer there."""
_OPENER = build_opener(ProxyHandler({}))  # a proxy has no business between here and the sandbox


class Unreachable(Exception):
    """No sandbox answers, or it refuses; the text says why."""


class NoAddress(Unreachable):
    """What says where the sandbox is cannot be read: waiting does not help."""


def lane_path(parsed: argparse.Namespace) -> str:
    """Give the path of the lane that a command is about."""
    return f"/_sandbox/v1/lanes/{quote(parsed.lane, safe='', errors='replace')}"


def get(parsed: argparse.Namespace, path: str, *members: str, patience: float = POLL + 10) -> Any:
    """Get an object that has these members.

    Raises:
        Unreachable: nobody answers so.
    """
    return ask(parsed, path, None, *members, patience=patience)


def ask(
    parsed: argparse.Namespace,
    path: str,
    body: Any = None,
    *members: str,
    method: str | None = None,
    patience: float = POLL + 10,
) -> Any:
    """Ask for an object that has these members; a body is posted, unless another method is named.

    Raises:
        Unreachable: nobody answers so.
    """
    with opened(parsed, path, patience, body=body, method=method) as answer:
        try:
            document = json.load(answer) if answer.status != http.HTTPStatus.NO_CONTENT else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _no_sandbox(answer.url.removesuffix(path), error) from error
    if not isinstance(document, dict) or not document.keys() >= set(members):
        raise Unreachable(f"what answers at {answer.url.removesuffix(path)} is no sandbox")
    return document


def opened(
    parsed: argparse.Namespace,
    path: str,
    patience: float,
    headers: Mapping[str, str] | None = None,
    *,
    body: Any = None,
    method: str | None = None,
) -> Any:
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
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url + path, data, dict(headers or {}), method=method)  # noqa: S310  (the scheme is checked above)
    if data is not None:
        request.add_header("Content-Type", "application/json")
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
        problem = json.load(error)
        told = [f"{each['field']}: {each['detail']}" for each in problem.get("errors", []) if each["field"]]
        detail = str(problem["detail"])
        return "; ".join([detail, *(each for each in told if each.partition(": ")[2] not in detail)])
    except (ValueError, LookupError, TypeError, AttributeError):
        return f"the sandbox answered HTTP {error.code}"

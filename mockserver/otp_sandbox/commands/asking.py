"""Asks a running sandbox over its control API, for the commands. Standard library only, so that they start at once."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any
from urllib.parse import quote

from otp_sandbox import settings
from otp_sandbox.api.errors import Problem, Unreachable
from otp_sandbox.api.exchange import URL, Exchange, address

POLL = 30
"""Seconds that a question may wait for its answer there."""


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
        found = answer.read()
        try:
            document = json.loads(found or b"{}")
        except ValueError as error:
            raise answer.unreachable(error) from error
    if not isinstance(document, dict) or not document.keys() >= set(members):
        raise Unreachable(f"what answers at {answer.where.url} is no sandbox")
    return document


def opened(
    parsed: argparse.Namespace,
    path: str,
    patience: float,
    headers: Mapping[str, str] | None = None,
    *,
    body: Any = None,
    method: str | None = None,
) -> Exchange:
    """Ask for a path of the sandbox, and give the answer as far as it has come.

    Raises:
        Unreachable: nobody answers, or it is refused.
    """
    named = parsed.url or os.environ.get(URL)
    try:
        wanted = ("control_token",) if named else ("control_token", "host", "port")
        sandbox = settings.some(wanted, parsed.config, os.environ)
        where = address(named or _here(sandbox.host, sandbox.port), sandbox.control_token)
    except (settings.SettingError, ValueError) as error:
        raise NoAddress(str(error)) from error
    method = method or (HTTPMethod.GET if body is None else HTTPMethod.POST)
    try:
        return Exchange(where, method, path, body, headers=headers, patience=patience).open()
    except Problem as problem:
        raise Unreachable(problem.told) from problem


def _here(host: str, port: int) -> str:
    """Give the address of a sandbox on this machine that is told to listen so."""
    if host in ("", "localhost", "0.0.0.0", "::"):  # noqa: S104  (nothing is bound: it is asked where it can be asked)
        host = "::1" if host == "::" else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

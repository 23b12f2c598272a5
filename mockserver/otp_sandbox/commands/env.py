"""`otp-sandbox env`: what an application needs to be pointed at a lane."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
from collections.abc import Mapping
from typing import Any

from otp_sandbox import settings
from otp_sandbox.api.errors import Unreachable
from otp_sandbox.api.names import variables
from otp_sandbox.commands.asking import POLL, get, lane_path, opened
from otp_sandbox.streams import failed, say


def env(parsed: argparse.Namespace) -> int:
    """Print environment variables that point an application at the lane."""
    try:
        lane = get(parsed, lane_path(parsed), "base_url", "credentials")
    except Unreachable as error:
        return failed(str(error))
    wanted = dict(variables(lane["base_url"], lane["credentials"]))
    try:
        wanted |= intercepting(parsed)
    except Unreachable as error:
        return failed(str(error))
    if parsed.format == "compose":
        say("environment:")
    for name, value in wanted.items():
        say(_LINES[parsed.format](name, value), exact=True)
    return 0


def intercepting(parsed: argparse.Namespace) -> dict[str, str]:
    """Give what leads an application to a sandbox whatever host it calls, as far as the sandbox is made for that.

    Raises:
        Unreachable: the sandbox does not answer, or the certificate cannot be kept.
    """
    info = get(parsed, "/_sandbox/v1/info", "version")
    return {**_proxied(info.get("proxy")), **_trusted(parsed, info.get("tls"))}


def _proxied(url: str | None) -> dict[str, str]:
    """Give what sends the requests of an application through the proxy, if there is one; some read small letters."""
    if url is None:
        return {}
    wanted = {"HTTP_PROXY": url, "HTTPS_PROXY": url, "NO_PROXY": "localhost,127.0.0.1,::1"}
    return wanted | {name.lower(): value for name, value in wanted.items()}


def _trusted(parsed: argparse.Namespace, tls: Any) -> Mapping[str, str]:
    """Give what runtimes want to trust the CA of a sandbox that speaks TLS, and keep the files that are named there.

    Raises:
        Unreachable: the sandbox does not answer, or the files cannot be kept.
    """
    if tls is None:
        return {}
    from otp_sandbox.interception import trust  # noqa: PLC0415  (most sandboxes speak no TLS)
    from otp_sandbox.interception.state import state_folder  # noqa: PLC0415  (as above)

    try:
        named = settings.some(("state",), parsed.config, os.environ).state
        folder = state_folder(named, os.environ)
        if folder is None:
            raise Unreachable("this user has no home to keep the certificate in: set OTP_SANDBOX_STATE to a folder")
        name = re.sub("[^0-9A-F]", "", tls["ca_sha256"])[:16]
        return trust.variables(trust.keep(folder, name, lambda file: _fetched(parsed, f"/{file}")))
    except settings.SettingError as error:
        raise Unreachable(str(error)) from error
    except OSError as error:
        raise Unreachable(f"the certificate cannot be kept: {error.filename}: {error.strerror}") from error


def _fetched(parsed: argparse.Namespace, path: str) -> bytes:
    with opened(parsed, path, POLL) as answer:
        content: bytes = answer.read()
    return content


_LINES = {
    "dotenv": lambda name, value: f"{name}={json.dumps(value)}",
    "shell": lambda name, value: f"export {name}={shlex.quote(value)}",
    "compose": lambda name, value: f"  {name}: {json.dumps(value)}",
}

"""`otp-sandbox env`: what an application needs to be pointed at a lane."""

from __future__ import annotations

import argparse
import json
import shlex

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.api.names import variables
from otp_sandbox.commands.asking import get, lane_path
from otp_sandbox.streams import failed, say


def env(parsed: argparse.Namespace) -> int:
    """Print environment variables that point an application at the lane."""
    try:
        lane = get(parsed, lane_path(parsed), "base_url", "credentials")
    except Unreachable as error:
        return failed(str(error))
    if parsed.format == "compose":
        say("environment:")
    for name, value in variables(lane["base_url"], lane["credentials"]).items():
        say(_LINES[parsed.format](name, value), exact=True)
    return 0


_LINES = {
    "dotenv": lambda name, value: f"{name}={json.dumps(value)}",
    "shell": lambda name, value: f"export {name}={shlex.quote(value)}",
    "compose": lambda name, value: f"  {name}: {json.dumps(value)}",
}

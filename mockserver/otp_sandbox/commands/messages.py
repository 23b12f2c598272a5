"""`otp-sandbox messages`: the messages of a lane."""

from __future__ import annotations

import argparse

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import get, lane_path
from otp_sandbox.commands.following import Lines, follow
from otp_sandbox.streams import failed


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
        return failed(str(error))
    return 0

"""`otp-sandbox code`: the newest code of a phone."""

from __future__ import annotations

import argparse
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import POLL, get, lane_path
from otp_sandbox.lanes import durations
from otp_sandbox.streams import failed, say

FRESH = timedelta(seconds=2)
"""How old a code may be, on the lane's clock, to count as new."""


def code(parsed: argparse.Namespace) -> int:
    """Print the newest code of a phone, alone.

    With `--wait` only a new one counts: sent after this call began, or in the two seconds before on the lane's clock.
    So the code of an earlier login is not taken for the one that is on its way.
    """
    try:
        wait = durations.parse(parsed.wait).total_seconds()
    except ValueError as error:
        return failed(str(error), 2)
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
        return failed(str(error))
    told = [f"{miss['request_id']}: {miss['reason']}" for miss in answer["near_misses"]]
    if older is not None:
        told.append(f"the last one is from {_sent_at(older).isoformat()}; --after 0 takes it")
    what = "no new code" if older is not None else "no code"
    return failed(f"{what} was sent to {parsed.phone}" + (f" ({'; '.join(told)})" if told else ""))


def _fresh_since(parsed: argparse.Namespace) -> datetime:
    """Give the instant, on the lane's clock, from which on a code counts as new."""
    return datetime.fromisoformat(get(parsed, f"{lane_path(parsed)}/clock", "now")["now"]) - FRESH


def _sent_at(message: dict[str, Any]) -> datetime:
    """Tell when a message was sent; one that was queued is older than that."""
    return datetime.fromisoformat(next(each["at"] for each in message["timeline"] if each["state"] != "queued"))

"""Messages of a lane as lines, also as they come: `otp-sandbox messages`."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any, NoReturn

from otp_sandbox.api.exchange import Exchange
from otp_sandbox.commands.asking import lane_path, opened
from otp_sandbox.streams import complain, say

_PAUSE = 0.05
_SILENCE = 60
"""Seconds without a word after which a stream is given up: the sandbox says something every fifteen."""
_REMEMBERED = 20_000
"""Messages of which is known that they were printed: as many as a log of a lane keeps by default, twice."""


class Lines:
    """Prints a line for each message: when it is first told, and once more when one that was queued is sent."""

    def __init__(self, *, as_json: bool) -> None:
        """Begin with nothing printed."""
        self._as_json = as_json
        self._shown: dict[tuple[str, str, bool], None] = {}

    def show(self, message: dict[str, Any]) -> None:
        """Print a message, unless it was printed before."""
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


def follow(parsed: argparse.Namespace, cursor: str, lines: Lines) -> NoReturn:
    """Print messages as they are told. When the stream breaks off, it goes on where it was.

    Raises:
        Unreachable: no sandbox answers any more, or the lane is gone.
    """
    while True:
        path = f"{lane_path(parsed)}/events?kinds=message"
        with opened(parsed, path, _SILENCE, {"Last-Event-ID": cursor}) as stream:
            for kind, place, data in _events(stream):
                cursor = place or cursor
                if kind == "message":
                    lines.show(json.loads(data))
                elif kind == "gap":
                    complain("messages are gone from the log: it was cleared, or more came than it keeps")
        time.sleep(_PAUSE)


def _events(stream: Exchange) -> Iterator[tuple[str, str, str]]:
    """Read server-sent events until the stream ends or breaks off.

    Gives kind, id and data of each; the kind is empty where only the id came.
    """
    fields: dict[str, str] = {}
    while line := stream.line().decode():
        name, _, value = line.rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        else:
            yield fields.get("event", ""), fields.get("id", ""), fields.get("data", "")
            fields = {}

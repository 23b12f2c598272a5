"""Plays a bundle step by step, each at its instant, and compares what comes back with what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

import orjson

from otp_sandbox.contract import Provider
from otp_sandbox.lanes.writes import ControlWrite
from otp_sandbox.play.journal import Entry
from otp_sandbox.replay.bundle import Bundle, NoBundle
from otp_sandbox.replay.difference import first_difference, same
from otp_sandbox.replay.sending import attempts, what_differs, why_not
from otp_sandbox.replay.targets import Answered, Target, told

_CLOCK_PATHS: Final = ("/clock", "/clock/advance", "/messages/wait")
"""Writes that do nothing but move the clock."""


@dataclass(slots=True)
class Outcome:
    """How it went: what differs, and what could not be played, or not as it was, one line each."""

    same: int = 0
    differences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Playing:
    """Plays bundles in one lane.

    Args:
        target: the lane.
        providers: what is played, by name.
    """

    def __init__(self, target: Target, providers: Mapping[str, Provider]) -> None:
        self._target = target
        self._providers = providers
        self._now: datetime | None = None
        self._credentials: Mapping[str, Mapping[str, str]] = {}
        self._outcome = Outcome()

    def play(self, bundle: Bundle) -> Outcome:
        """Play it.

        Raises:
            NoBundle: the lane cannot begin so.
            Unreachable: the sandbox has gone.
        """
        status, lane = self._target.in_lane("PUT", "/snapshot", bundle.beginning)
        if status != HTTPStatus.OK:
            raise NoBundle(f"the bundle cannot be played here: {told(status, lane)}")
        self._credentials = lane["credentials"]
        if bundle.missing:
            self._remark(f"{bundle.missing} requests are no longer in the journal; what they did is missing here")
        for step in bundle.steps:
            if isinstance(step, Entry):
                self._play_request(step)
            else:
                self._play_write(step)
        return self._outcome

    def _remark(self, text: str) -> None:
        self._outcome.remarks.append(text)

    def _move(self, at: datetime) -> None:
        """Let the clock stand at an instant; what is due by then happens."""
        if at != self._now:
            body = orjson.dumps({"mode": "frozen", "now": at})
            self._target.in_lane("PUT", "/clock", body)
            self._now = at

    def _play_request(self, entry: Entry) -> None:
        name = f"{entry.id} {entry.operation or entry.method + ' ' + entry.path} at {entry.at.isoformat()}"
        reason = why_not(entry)
        if reason is not None:
            self._remark(f"{name} {reason}")
            return
        provider = self._providers.get(entry.provider or "")
        differs = what_differs(entry, provider)
        if differs is not None:
            self._remark(f"{name} is not sent as it came: {differs}")
        self._move(entry.at)
        answered = Answered(0, b"")
        for sent in attempts(entry, provider, self._credentials):
            answered = self._target.send(sent)
            if answered.status == entry.status and same(entry.response, answered.body):
                self._outcome.same += 1
                return
        if answered.status != entry.status:
            what = f"the status was {entry.status} and is {answered.status}"
        else:
            what = first_difference(entry.response, answered.body)
        self._outcome.differences.append(f"{name}: {what}")

    def _play_write(self, write: ControlWrite) -> None:
        name = f"{write.id} {write.method} {write.path or 'the lane'} at {write.at.isoformat()}"
        self._move(write.at)
        if write.body is None:
            self._remark(f"{name} is not done again: its body was too long to be kept")
        elif write.path.startswith("/callbacks/"):
            self._remark(f"{name} is not done again: callbacks do not go out a second time")
        elif write.path not in _CLOCK_PATHS:
            body = _without_clock(write)
            if body is not None:
                status, answer = self._target.in_lane(write.method, write.path, body or None)
                if status >= HTTPStatus.BAD_REQUEST:
                    self._outcome.differences.append(f"{name}: is refused: {told(status, answer)}")
        self._move(write.then)


def _without_clock(write: ControlWrite) -> bytes | None:
    """Give a body without what would let the clock run; None if nothing is left to do."""
    body = (write.body or "").encode()
    if not body or write.path not in ("", "/reset"):
        return body
    document = orjson.loads(body)
    if write.path == "/reset":
        what = [each for each in document.get("what") or () if each != "clock"]
        return orjson.dumps({"what": what}) if what else None
    document.pop("clock", None)
    return orjson.dumps(document)

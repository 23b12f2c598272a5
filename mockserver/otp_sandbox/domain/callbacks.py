"""Requests that a provider makes to its customer: what is sent, and how each attempt went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Event, Table

CallbackState = Literal["pending", "done", "failed"]

RETRIES_MOST: Final = 100
TIMEOUT_LEAST: Final = timedelta(milliseconds=1)
TIMEOUT_MOST: Final = timedelta(seconds=60)
ATTEMPTS_KEPT: Final = RETRIES_MOST + 1
"""Attempts that a callback remembers: all that it makes by itself. Of those that are asked for, the newest."""
ADDRESS_MOST: Final = 2_000


def http_address(text: str) -> str:
    """Let an address pass that a callback can be sent to.

    Raises:
        ValueError: it is none.
    """
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that hold no address, a port that is no number or too large
        right = False
    if not right or not text.isprintable() or " " in text or len(text) > ADDRESS_MOST:
        raise ValueError("is no address like http://127.0.0.1:8080/hook: http or https, with a host")
    return text


class Attempt(Record):
    """One try: the HTTP status that came back, or what went wrong. One that is doubtful may not have been made."""

    at: datetime
    status: int | None
    error: str | None
    duration_ms: float
    response: str | None
    doubtful: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the customer took it: any 2xx says so."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004  (HTTP's own bounds)


class Callback(Record):
    """A request to a customer, written once; every attempt sends the same bytes.

    It is tried again when no answer comes, and with `retry_answers` when another answer than 2xx comes.
    """

    id: str
    provider: str
    event: str
    url: str
    method: str
    headers: Mapping[str, str]
    body: str
    timeout: timedelta
    retries: int
    retry_after: timedelta
    retry_answers: bool = True
    state: CallbackState = "pending"
    attempts: tuple[Attempt, ...] = ()

    @property
    def accepted_at(self) -> datetime | None:
        """When the customer took it, the first time."""
        return next((each.at for each in self.attempts if each.accepted), None)

    def after(self, attempt: Attempt) -> Callback:
        """Give the callback after an attempt: any 2xx is accepted, else it fails when it is not tried again."""
        tried = self._with(attempt)
        if attempt.accepted:
            return replace(tried, state="done")
        again = len(tried.attempts) <= self.retries and (attempt.status is None or self.retry_answers)
        return replace(tried, state="pending" if again else "failed")

    def after_late(self, attempt: Attempt) -> Callback:
        """Give the callback after an attempt that others took for lost: only that it was accepted changes anything."""
        return replace(self._with(attempt), state="done" if attempt.accepted else self.state)

    def after_lost(self, attempt: Attempt) -> Callback:
        """Give the callback after an attempt of which nothing is known: it is made again, if none was accepted."""
        return replace(self._with(attempt), state="done" if self.state == "done" else "pending")

    def _with(self, attempt: Attempt) -> Callback:
        return replace(self, attempts=(*self.attempts, attempt)[-ATTEMPTS_KEPT:])


CALLBACKS: Final = Table(
    "callbacks",
    Callback,
    log=True,
    weigh=lambda each: 1024 + len(each.body) + sum(256 + len(tried.response or "") for tried in each.attempts),
)


def call_back(change: Change[Any], callback: Callback, now: datetime) -> None:
    """Add to a change that a callback goes out at once."""
    change.writes[CALLBACKS, callback.id] = callback
    change.due.append(Event(now, "callback", callback.provider, callback.id))


def after_attempt(callback: Callback, attempt: Attempt) -> Change[Callback]:
    """Record an attempt; a retry, if one is left, falls due on the lane's clock."""
    tried = callback.after(attempt)
    change = Change(verdict=tried, writes={(CALLBACKS, callback.id): tried})
    if tried.state == "pending":
        change.due.append(Event(attempt.at + callback.retry_after, "callback", callback.provider, callback.id))
    return change

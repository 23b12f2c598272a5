"""Issued codes and their life: active, used, expired, superseded. A code is accepted once, before it expires."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, cast

from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Event, Key, State, Table

ChallengeState = Literal["active", "used", "expired", "superseded"]


class Challenge(Record, tag=True):
    """One issued code. Its life is half-open: the last good moment is just before `expires_at`.

    `expired` says that this end has come, whatever is thought to be the time later: a lane's clock may be set back, and
    who began to ask before the end may be answered after it.
    """

    id: str
    provider: str
    to: str
    code: str
    issued_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None
    superseded: bool = False
    expired: bool = False

    def alive(self, now: datetime) -> bool:
        """Whether the code could still be accepted."""
        ended = self.used_at is not None or self.superseded or self.expired
        return not ended and (self.expires_at is None or now < self.expires_at)

    def state(self, now: datetime) -> ChallengeState:
        """Name the stage of its life."""
        if self.used_at is not None:
            return "used"
        if self.superseded:
            return "superseded"
        return "active" if self.alive(now) else "expired"


class Recipient(Record, tag=True):
    """What one provider knows of one phone while a code is alive: the live codes, and the last dead one."""

    live: tuple[Challenge, ...] = ()
    last: Challenge | None = None
    wrong_tries: int = 0


class Ended(Record):
    """Dead codes of one phone that nothing else remembers, as they were then; the newest last."""

    codes: tuple[Challenge, ...]


class Pin(Record):
    """The code that the next sends to a phone will use instead of a drawn one."""

    code: str
    times: int


CODES: Final = Table("codes", Challenge, log=True, weigh=lambda _: 512)
RECIPIENTS: Final = Table[Recipient | Challenge](
    "recipients", cast("type[Recipient | Challenge]", Recipient | Challenge), most=2_000_000
)
"""By `recipient_key`. A single code, which is what most phones have, stands for itself. It goes when it expires."""
ENDED: Final = Table("ended", Ended, most=10_000)
"""By `recipient_key`: asked only to say why a code is refused, so the phones of the last codes are enough."""
_ENDED_CODES: Final = 5
"""As many of one phone are remembered."""
SEQUENCES: Final = Table("sequences", int, most=2_000_000)
"""By `recipient_key`: how often a phone was sent to, so that what is drawn for it differs each time."""
PINS: Final = Table("pins", Pin, most=100_000)
"""By phone."""
NOBODY: Final = Recipient()


def known_of(state: State, key: str) -> Recipient:
    """Give what is known of a phone, by its `recipient_key`."""
    known = state.get(RECIPIENTS, key)
    if known is None:
        return NOBODY
    return Recipient((known,)) if isinstance(known, Challenge) else known


@lru_cache(maxsize=256)
def recipient_key(provider: str, phone: str) -> str:
    """Name a phone as one provider knows it. Tables that are kept by it share the text."""
    return f"{provider} {phone}"


def keys_of_issuing(provider: str, phone: str) -> tuple[Key, ...]:
    """Name the keys that a send with a code reads."""
    key = recipient_key(provider, phone)
    return ((SEQUENCES, key), (RECIPIENTS, key), (PINS, phone))


def keys_of_verifying(provider: str, phone: str) -> tuple[Key, ...]:
    """Name the keys that `verify` reads."""
    key = recipient_key(provider, phone)
    return ((RECIPIENTS, key), (ENDED, key))


def next_in_sequence(change: Change[Any], state: State, provider: str, phone: str) -> int:
    """Count a send to a phone; whatever is drawn for it belongs to this number."""
    key = recipient_key(provider, phone)
    number = (state.get(SEQUENCES, key) or 0) + 1
    change.writes[SEQUENCES, key] = number
    return number


def use_pin(change: Change[Any], state: State, phone: str) -> str | None:
    """Use up one pinned code of a phone, if there is one."""
    pin = state.get(PINS, phone)
    if pin is None:
        return None
    change.writes[PINS, phone] = Pin(pin.code, pin.times - 1) if pin.times > 1 else None
    return pin.code


def issue(change: Change[Any], state: State, challenge: Challenge, *, keep_all: bool) -> None:
    """Add to a change that a phone gets a new code. Unless all are kept, it supersedes the live ones."""
    key = recipient_key(challenge.provider, challenge.to)
    if state.get(RECIPIENTS, key) is None:
        change.writes[RECIPIENTS, key] = challenge
    else:
        recipient = known_of(state, key)
        alive = tuple(each for each in recipient.live if each.alive(challenge.issued_at))
        last = recipient.last
        if not keep_all:
            for old in alive:
                _remember(change, state, key, last)
                last = replace(old, superseded=True)
                change.writes[CODES, old.id] = last
            alive = ()
        change.writes[RECIPIENTS, key] = Recipient((*alive, challenge), last)
    own = (CODES, challenge.id)
    change.writes[own] = challenge
    change.moved.add(own)
    if challenge.expires_at is not None:
        change.due.append(Event(challenge.expires_at, "expiry", challenge.provider, challenge.id, challenge.to))


def verify(
    change: Change[Any],
    state: State,
    key: str,
    code: str,
    now: datetime,
    *,
    ignore_case: bool,
    wrong_tries_max: int | None,
) -> str | None:
    """Try a code of a recipient (`recipient_key`). Returns None when it was accepted, else the cause.

    Causes: never_issued (no code is alive), code_wrong, code_used, code_expired, code_superseded. With
    `wrong_tries_max`, that many wrong tries make the live codes dead.
    """
    recipient = known_of(state, key)
    for challenge in recipient.live:
        if _same(challenge.code, code, ignore_case=ignore_case) and challenge.alive(now):
            used = replace(challenge, used_at=now)
            change.writes[RECIPIENTS, key] = Recipient(
                tuple(each for each in recipient.live if each is not challenge), used
            )
            change.writes[CODES, used.id] = used
            _remember(change, state, key, recipient.last)
            return None
    if wrong_tries_max is not None and any(each.alive(now) for each in recipient.live):
        _count_wrong_try(change, key, recipient, wrong_tries_max)
    ended = state.get(ENDED, key)
    known = (*recipient.live, *((recipient.last,) if recipient.last else ()), *(ended.codes[::-1] if ended else ()))
    for challenge in known:
        if _same(challenge.code, code, ignore_case=ignore_case):
            return f"code_{challenge.state(now)}"
    return "code_wrong" if recipient.live else "never_issued"


def expire(event: Event, state: State) -> Change[bool]:
    """A code's lifetime is over. The verdict says whether it was still alive until now."""
    key = recipient_key(event.provider, event.detail)
    recipient = known_of(state, key)
    if recipient is NOBODY:
        return Change(verdict=False)
    # Only the code that the event names: another one that ends at the same instant has an event of its own.
    live = tuple(each for each in recipient.live if each.id != event.id)
    expired = len(live) < len(recipient.live)
    last = recipient.last
    forgotten = not live and not _outlives(last, event)
    change = Change(expired)
    if forgotten or expired:
        change.writes[RECIPIENTS, key] = None if forgotten else replace(recipient, live=live)
    if forgotten:
        _remember(change, state, key, last)
    for each in recipient.live if expired else ():
        if each.id == event.id:
            ended = replace(each, expired=True)
            _remember(change, state, key, ended)
            if state.get(CODES, each.id) is not None:
                change.writes[CODES, each.id] = ended
    return change


def _remember(change: Change[Any], state: State, key: str, code: Challenge | None) -> None:
    """Add to a change that a dead code is known by name for some time; None is none."""
    if code is not None:
        place = (ENDED, key)
        ended = change.writes.get(place) or state.get(*place)
        others = [each for each in ended.codes if each.id != code.id] if ended is not None else []
        change.writes[place] = Ended((*others, code)[-_ENDED_CODES:])


def _outlives(last: Challenge | None, event: Event) -> bool:
    return last is not None and last.id != event.id and (last.expires_at is None or last.expires_at > event.at)


def _count_wrong_try(change: Change[Any], key: str, recipient: Recipient, most: int) -> None:
    tries = recipient.wrong_tries + 1
    if tries < most:
        change.writes[RECIPIENTS, key] = replace(recipient, wrong_tries=tries)
        return
    for challenge in recipient.live:
        change.writes[CODES, challenge.id] = replace(challenge, superseded=True)
    change.writes[RECIPIENTS, key] = Recipient((), replace(recipient.live[-1], superseded=True))


def _same(one: str, other: str, *, ignore_case: bool) -> bool:
    return one == other or (ignore_case and one.casefold() == other.casefold())

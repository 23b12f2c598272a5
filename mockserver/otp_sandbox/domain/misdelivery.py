"""What becomes of messages, rentals and callbacks that are to go wrong: their own events, changed. Pure.

A fault gives what a call has made a fate. The fate stands in the record, so that it holds through every later event,
and whoever made the record need not know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback
from otp_sandbox.domain.faults import HELD, Fate, Held
from otp_sandbox.domain.messages import Message, force_report, reported_phone
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, Event, Key, State

LOST: Final = "lost on its way: a fault of the lane wants it so"
AGAIN: Final = "-again"
"""What the id of a callback that is sent a second time ends with."""
_FATED: Final = (Message, Rental)
_NOT_OF_RENTALS: Final = ("duplicate", "reordered")
"""A rented number takes one message."""


def destined(change: Change[Any], fate: Fate, request_id: str, now: datetime, seed: int) -> Mapping[Key, Any]:
    """Give what a call has sent or rented, with a fate; empty if there is nothing to which it can happen."""
    found: dict[Key, Any] = {}
    for key, record in change.writes.items():
        doomed: Any = None
        if isinstance(record, Message) and record.request_id == request_id:
            doomed = _of_message(record, fate, seed)
        elif isinstance(record, Rental) and record.state == "waiting" and record.created_at == now:
            doomed = replace(record, fate=fate) if fate.delivery not in _NOT_OF_RENTALS else None
        if doomed is not None:
            found[key] = doomed
    return found


def _of_message(message: Message, fate: Fate, seed: int) -> Message | None:
    if fate.delivery != "other-code":
        return replace(message, fate=fate)
    if not message.code or message.code not in message.text:
        return None
    code = other_code(message.code, seed, message.id)
    return replace(message, text=message.text.replace(message.code, code), code=code)


def other_code(code: str, seed: int, *words: str) -> str:
    """Give a code that looks like another one and differs from it in each place."""
    step = 1 + draw(seed, "other-code", *words) % 9
    return "".join(_moved(each, step) for each in code)


def _moved(character: str, step: int) -> str:
    for first, size in (("0", 10), ("A", 26), ("a", 26)):
        place = ord(character) - ord(first)
        if 0 <= place < size:
            return chr(ord(first) + (place + step) % size)
    return character


def bend(change: Change[Any], state: State, now: datetime, seed: int, event: Event | None = None) -> Change[Any]:
    """Let the records of a change meet their fates.

    Args:
        change: what a call, or an event, was decided to change.
        state: what it was decided upon.
        now: the instant.
        seed: of the lane.
        event: the event that fired by itself, if it was one.
    """
    if event is not None and event.kind == "arrival":
        change = _arrive(change, state, event, seed)
    # Nearly all records have none: this is run for every event of a lane that has, or had, a fault.
    fated = [each for each in change.writes.values() if type(each) in _FATED and each.fate is not None]
    for record in fated:
        fate = record.fate
        if isinstance(record, Message) and fate.delivery is not None:
            _deliver(change, record, fate)
        if fate.callback is not None:
            change.due = list(_call(change, fate, now))
    if change.due:
        _let_go(change, state)
    return change


def _deliver(change: Change[Any], message: Message, fate: Fate) -> None:
    """Change when, and whether, a message arrives."""
    own = [each for each in change.due if _is_about(each, message)]
    if not own:
        return
    others = [each for each in change.due if each not in own]
    reports = [each for each in own if each.kind == "delivery"]
    match fate.delivery:
        case "ghost":
            change.due = others
        case "failed":
            change.due = others + [force_report(message, "failed", each.at) for each in reports]
        case "late":
            change.due = others + [replace(each, at=each.at + fate.by) for each in own]
        case "duplicate":
            change.due = change.due + [
                each if " " in each.detail else force_report(message, "delivered", each.at) for each in reports
            ]
        case "reordered" if not any(" " in each.detail for each in reports):
            change.due = others + [replace(each, at=each.at + fate.by) for each in own]
            change.writes[HELD, message.to] = Held(message.id, tuple(own))


def _is_about(event: Event, message: Message) -> bool:
    """Whether an event is the delivery of a message, or its arrival at a rented number."""
    if event.kind == "delivery":
        return event.id == message.id and event.provider == message.provider
    return event.kind == "arrival" and event.detail == message.id


def _let_go(change: Change[Any], state: State) -> None:
    """Let what waits for a message to the same phone arrive right after it."""
    for event in list(change.due):
        if event.kind != "delivery":
            continue
        phone = reported_phone(event)
        held = state.get(HELD, phone)
        if held is not None and held.id != event.id:
            change.due = change.due + [replace(each, at=event.at) for each in held.events]
            change.writes.setdefault((HELD, phone), None)


def _arrive(change: Change[Any], state: State, event: Event, seed: int) -> Change[Any]:
    """Let a message reach a rented number otherwise, if the rental is to go wrong."""
    key = (RENTALS, event.id)
    rental: Rental | None = change.writes.get(key)
    fate = rental.fate if rental is not None else None
    if rental is None or fate is None or fate.delivery is None:
        return change
    if fate.delivery == "late":
        waiting = state.get(*key)
        return Change(
            verdict=False, writes={key: replace(waiting, fate=None)}, due=[replace(event, at=event.at + fate.by)]
        )
    if fate.delivery != "other-code":
        return Change(verdict=False)
    if rental.code and rental.sms:
        code = other_code(rental.code, seed, rental.id)
        change.writes[key] = replace(rental, sms=rental.sms.replace(rental.code, code), code=code)
        for other, record in list(change.writes.items()):
            if isinstance(record, Callback):
                change.writes[other] = replace(record, body=record.body.replace(rental.code, code))
    return change


def _call(change: Change[Any], fate: Fate, now: datetime) -> Iterable[Event]:
    """Change when, and whether, the callbacks of a change come."""
    for event in change.due:
        callback = change.writes.get((CALLBACKS, event.id)) if event.kind == "callback" else None
        if callback is None:
            yield event
        elif fate.callback == "late":
            yield replace(event, at=event.at + fate.by)
        elif fate.callback == "twice":
            again = replace(callback, id=callback.id + AGAIN)
            change.writes[CALLBACKS, again.id] = again
            yield event
            yield replace(event, id=again.id)
        else:
            attempt = Attempt(now, None, LOST, 0.0, None)
            change.writes[CALLBACKS, event.id] = replace(callback, state="failed", attempts=(attempt,))

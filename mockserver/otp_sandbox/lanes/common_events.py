"""Events that are the same at every provider, and whose handler an event has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from otp_sandbox.contract import EventContext, EventHandler
from otp_sandbox.domain import attempts, challenges, messages
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.lanes.lane import Lane


@dataclass(frozen=True, slots=True)
class CommonEvent:
    """An event that is the same at every provider."""

    keys: Callable[[Event], tuple[Key, ...]]
    decide: Callable[[Event, State], Change[bool]]

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:  # noqa: ARG002  (the protocol's)
        """Decide what happens."""
        return self.decide(event, state)


def _recipient(event: Event) -> tuple[Key, ...]:
    key = challenges.recipient_key(event.provider, event.detail)
    return ((challenges.RECIPIENTS, key), (challenges.ENDED, key), (challenges.CODES, event.id))


def _sending(event: Event) -> tuple[Key, ...]:
    return ((messages.MESSAGES, event.id), *messages.keys_of_sending(event.detail))


COMMON: Final[dict[str, EventHandler]] = {
    "expiry": CommonEvent(_recipient, challenges.expire),
    "send": CommonEvent(_sending, messages.becomes_sent),
    "delivery": CommonEvent(lambda event: ((messages.MESSAGES, event.id),), messages.becomes_delivered),
    "callback": CommonEvent(lambda event: attempts.keys_of(event.id), lambda *_: Change(verdict=False)),
}


def handler_of(lane: Lane, event: Event) -> EventHandler:
    """Give what decides what happens: the provider's own handler, or the common one."""
    return lane.providers[event.provider].events.get(event.kind) or COMMON[event.kind]


def names_keys(lane: Lane) -> Callable[[Event], Sequence[Key]]:
    """Give what names the keys that an event reads."""
    return lambda event: handler_of(lane, event).keys(event)


@cache
def bend() -> Callable[..., Change[bool]]:
    """Give what lets records of a change meet their fates."""
    from otp_sandbox.domain import misdelivery  # noqa: PLC0415  (most lanes never have such a fault)

    return misdelivery.bend


def is_callback(event: Event) -> bool:
    """Say whether an event is a request to a customer: what it comes to is known when that is answered."""
    return event.kind == "callback"

"""Mistakes that somebody could make in the relays of Amoot, and in what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.reports import listed
from mutants.kit import (
    Decided,
    Mistake,
    body,
    both,
    events,
    every,
    handler,
    of_facts,
    on,
    with_check,
    with_values,
    written,
)
from otp_sandbox.contract import Call, EventContext, Provider
from otp_sandbox.domain.callbacks import CALLBACKS, Callback, call_back
from otp_sandbox.domain.inbox import Received
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.providers.amoot.account import KEY
from otp_sandbox.providers.amoot.callbacks import delivery_callbacks

HELD: Final = {"RelayMessageDelivery": "delivery_relays", "RelayRecieveMessage": "receive_relays"}
CREATES: Final = tuple(f"{kind}Create" for kind in HELD)
LISTS: Final = tuple(f"{kind}List" for kind in HELD)
SWITCHES: Final = tuple(f"{kind}SetActive" for kind in HELD)


def of_kinds(make: Callable[[str, str], Mistake]) -> Mistake:
    """Make a mistake in both kinds: given the beginning of the names, and where the relays stand."""
    first, second = (make(kind, held) for kind, held in HELD.items())
    return both(first, second)


def _mixed(call: Call, items: list[Any]) -> list[Any]:
    others = [each for held in HELD.values() for each in getattr(call.account, held)]
    return items + [each for each in others if each not in items]


def _exactly(kind: str, held: str) -> Mistake:
    return with_check(
        f"{kind}Create",
        "url_address_duplicate",
        lambda call, _: call.value("URLAddress") in {each.url for each in getattr(call.account, held)},
    )


def _nineteen(kind: str, held: str) -> Mistake:
    return with_check(f"{kind}Create", "relays_full", lambda call, _: len(getattr(call.account, held)) >= 19)


def _all_switched(kind: str, held: str) -> Mistake:
    def spoil(call: Call, _: State, change: Decided) -> Decided:
        account: Any = change.writes[KEY]
        active = call.value("Active") or False
        relays = tuple(replace(each, active=active) for each in getattr(account, held))
        change.writes[KEY] = replace(account, **{held: relays})
        return change

    return handler(f"{kind}SetActive", change=spoil)


def of_callbacks(otherwise: Callable[[list[Callback], Any], Iterable[Callback]]) -> Mistake:
    """Tell the relays otherwise: what they were told, and the message that it is about."""

    def of_deliveries(event: Event, _: State, __: EventContext, change: Change[bool]) -> Change[bool]:
        keys = written(change, CALLBACKS)
        held = [change.writes.pop(key) for key in keys]
        change.due = [each for each in change.due if each.kind != "callback"]
        for callback in otherwise(held, change.writes.get((MESSAGES, event.id))):
            call_back(change, callback, event.at)
        return change

    def of_incoming(provider: Provider) -> Provider:
        tell = provider.inbound.tell
        if tell is None:
            raise LookupError(f"{provider.name} tells nobody of what comes in")

        def told(state: State, context: EventContext, message: Received) -> Iterable[Callback]:
            return otherwise(list(tell(state, context, message)), None)

        return replace(provider, inbound=replace(provider.inbound, tell=told))

    return both(events("delivery", of_deliveries), of_incoming)


def _inactive_too(event: Event, state: State, context: EventContext, change: Change[bool]) -> Change[bool]:
    message: Any = change.writes.get((MESSAGES, event.id))
    account: Any = state.get(*KEY)
    if message is not None:
        relays = tuple(replace(each, active=True) for each in account.delivery_relays)
        for callback in delivery_callbacks(message, replace(account, delivery_relays=relays), context):
            call_back(change, callback, event.at)
    return change


WRITTEN: Final = (
    made(
        "relay-list-newest-first",
        "the newest address comes first",
        every(lambda name: listed(name, lambda _, items: items[::-1]), *LISTS),
    ),
    made("relay-number-again", "every address is told as 1", on(CREATES, change=of_facts(lambda _: {"number": 1}))),
    made("relay-kinds-mixed", "both kinds are one list", every(lambda name: listed(name, _mixed), *LISTS)),
    made("relay-duplicate-by-case", "the case of letters makes another address", of_kinds(_exactly)),
    made("relay-nineteen", "nineteen addresses are all", of_kinds(_nineteen)),
    made("relay-all-switched", "all addresses are switched", of_kinds(_all_switched)),
    made("relay-answer-object", "SetActive answers an object", body(lambda held: {"Status": held}, *SWITCHES)),
    made(
        "relay-bool-of-json",
        "Active is read as true alone",
        on(SWITCHES, call=lambda call: with_values(call, Active=call.text("Active") == "true")),
    ),
    made(
        "relay-line-as-sent",
        "the line is told as it was sent",
        of_callbacks(lambda held, _: [replace(each, body=each.body.replace("Service", "service")) for each in held]),
    ),
    made(
        "relay-twice",
        "all is told twice",
        of_callbacks(lambda held, _: [*held, *(replace(each, id=f"{each.id}-again") for each in held)]),
    ),
    made(
        "relay-received-only",
        "only what was received is told",
        of_callbacks(lambda held, _: [each for each in held if each.event in {"delivered", "received"}]),
    ),
    made("relay-first-alone", "only the first address is told", of_callbacks(lambda held, _: held[:1])),
    made(
        "relay-texts-alone",
        "only the messages of SendSimple are told",
        of_callbacks(lambda held, message: held if message is None or message.operation == "SendSimple" else []),
    ),
    made("relay-inactive-told", "an address that is off is told", events("delivery", _inactive_too)),
)

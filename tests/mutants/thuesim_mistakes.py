"""How the mistakes in thuesim are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from mutants.kit import (
    Mistake,
    Mutant,
    arrivals,
    both,
    events,
    handler,
    wire,
    with_check,
    with_fields,
    without_fields,
    written,
)
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.callbacks import CALLBACKS, Callback, call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import EMPTY_BOOK, RENTAL_BOOKS, RENTALS, Rental, RentalBook
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import KEY, Service
from otp_sandbox.providers.thuesim.allowances import DESK, desk_of, pauses
from otp_sandbox.providers.thuesim.numbers import pieces
from otp_sandbox.providers.thuesim.operations.register_service import RegisterService

RENT: Final = "register_service"
AGAIN: Final = "rephone"
_REFUSED: Final = b'"ResponseCode":401,'


def made(name: str, group: str, text: str, mistake: Mistake | None = None, **forced: str) -> Mutant:
    choices = {f"thuesim.{key.replace('_', '-')}": option for key, option in forced.items()}
    return Mutant(f"thuesim.{name}", group, text, mistake or (lambda provider: provider), choices)


def either(mistake: Callable[..., Mistake], *parts: Any, **named: Any) -> Mistake:
    """Make the same mistake in both rents."""
    return both(mistake(RENT, *parts, **named), mistake(AGAIN, *parts, **named))


def spelled(pattern: bytes, other: bytes | Callable[[re.Match[bytes]], bytes], *operations: str) -> Mistake:
    """Spell a part of answers otherwise."""
    compiled = re.compile(pattern)
    return wire(lambda text: compiled.sub(other, text), *operations)


def without(*names: str) -> Callable[[Call], Call]:
    """Leave fields out of account."""
    return lambda call: without_fields(call, *names)


def told(change: Change[Verdict], **facts: object) -> Change[Verdict]:
    return replace(change, verdict=replace(change.verdict, facts={**change.verdict.facts, **facts}))


# Money


def before_charge(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    return told(change, balance=call.account.balance)


def uncharged(call: Call, state: State, change: Change[Verdict]) -> Change[Verdict]:
    change.writes[KEY] = replace(change.writes[KEY], balance=call.account.balance)
    return before_charge(call, state, change)


def refusal_charged(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    service = asked(call)
    if change.verdict.cause == "auth_failed" or service is None:
        return change
    left = call.account.balance - service.PRICE
    change.writes[KEY] = replace(call.account, balance=left)
    return told(change, balance=left)


def off_by_one(call: Call, _: State) -> bool:
    service = asked(call)
    return service is not None and call.account.balance <= service.PRICE


def unrefunded(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
    change.writes.pop(KEY, None)
    return change


def refunded_anyway(event: Event, state: State, _: EventContext, change: Change[bool]) -> Change[bool]:
    rental = state.get(RENTALS, event.id)
    account: Any = state.get(*KEY)
    if rental is not None and rental.state == "done":
        change.writes[KEY] = replace(account, balance=account.balance + rental.price)
    return change


def asked(call: Call) -> Service | None:
    found: Service | None = call.account.service(call.text("serviceId"))
    return found


# Limits


def per_kind(operation: str) -> Mistake:
    """Keep an interval of its own for each kind of rent."""
    own: Key = (RENTAL_BOOKS, f"thuesim {operation}")

    def taken(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        change.writes[own] = RentalBook(last_taken=call.now)
        return change

    def too_soon(call: Call, state: State) -> bool:
        return pauses(call.account, state.get(*own) or EMPTY_BOOK, call.now)

    return both(handler(operation, change=taken, keys=lambda _: (own,)), with_check(operation, "too_soon", too_soon))


def restarted(call: Call, state: State, change: Change[Verdict]) -> Change[Verdict]:
    if change.verdict.cause != "auth_failed":
        change.writes[DESK] = replace(desk_of(state), last_taken=call.now)
    return change


def inclusive(call: Call, state: State) -> bool:
    last = desk_of(state).last_taken
    return bool(call.account.min_interval) and last is not None and call.now - last <= call.account.min_interval


def one_more(call: Call, state: State) -> bool:
    return bool(len(desk_of(state).waiting) > call.account.waiting_limit)


def all_count(call: Call, state: State) -> bool:
    return bool(desk_of(state).taken >= call.account.waiting_limit)


def none_matches(call: Call, state: State) -> bool:
    return RegisterService().number(call, state) is None


# Filters and services


def first_carrier(call: Call) -> Call:
    return with_fields(call, carries=call.text("carries").partition("|")[0])


def wanted_kept(call: Call) -> Call:
    left = pieces(call.text("nPrefix")) - pieces(call.text("yPrefix"))
    return with_fields(call, nPrefix="|".join(sorted(left)))


def as_number(text: str) -> str | None:
    found = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,9})", text)
    return f"{int(found[1]):02}.{int(found[2])}" if found is not None else None


# Life


def lived(length: Callable[[timedelta], timedelta]) -> Mistake:
    """Let rentals wait otherwise."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, RENTALS):
            held: Rental = change.writes[key]
            until = held.created_at + length(held.expires_at - held.created_at)
            change.writes[key] = replace(held, expires_at=until)
            change.due = [replace(each, at=until) if each.kind == "expiry" else each for each in change.due]
        return change

    return either(handler, change=spoil)


def read_once(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    rental = change.verdict.facts.get("rental")
    if change.verdict.cause == "code_received" and isinstance(rental, Rental):
        change.writes[RENTALS, rental.id] = replace(rental, state="expired")
    return change


# Accounts


def late(call: Call) -> Call:
    known = call.invalid and "token" in call.fields
    return replace(call, credentials={"token": call.fields["token"]}) if known else call


class Shared:
    """Remembers the rentals of all accounts, as if there was only one."""

    def __init__(self) -> None:
        self.rentals: dict[str, Rental] = {}

    def rented(self, _: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        self.rentals.update({key[1]: change.writes[key] for key in written(change, RENTALS)})
        return change

    def read(self, call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        rental = self.rentals.get(call.text("ID"))
        if change.verdict.cause != "session_unknown" or rental is None:
            return change
        return Change(Verdict("waiting_for_message", {"rental": rental}))

    def again(self, call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        rental = self.rentals.get(call.text("thuesim1"))
        if change.verdict.cause != "rental_unknown" or rental is None or rental.phone != call.values["phone"]:
            return change
        facts = {"rental": rental, "balance": call.account.balance, "service": rental.service_name}
        return Change(Verdict("rented", facts))


SHARED: Final = Shared()


# Spellings


def refused(change: Callable[[Any], Any], when: Callable[[bytes], bool], *operations: str) -> Mistake:
    """Change the JSON of those answers only that are refusals, because numbers of rentals lose their spelling."""
    return wire(lambda text: orjson.dumps(change(orjson.loads(text))) if when(text) else text, *operations)


def bare(document: Any) -> Any:
    return {name: document[name] for name in ("ResponseCode", "Message")}


def status_envelope(document: Any) -> Any:
    text = document.get("Message", document.get("Msg"))
    return {"status_code": document["ResponseCode"], "success": False, "message": text, "data": None}


def token_refused(text: bytes) -> bool:
    return _REFUSED in text


def no_rental(text: bytes) -> bool:
    return b'"RequestLog":null' in text


def utc(found: re.Match[bytes]) -> bytes:
    text = found[1].decode()
    earlier = datetime.fromisoformat(text[:19]) - timedelta(hours=7)
    return f'"CreatedTime":"{earlier.isoformat()}{text[19:]}"'.encode()


def said_once(document: Any) -> Any:
    result = document.get("Result")
    if not result or not result["IsCall"]:
        return document
    said = result["SMS"].removeprefix("[Call]")
    return {**document, "Result": {**result, "SMS": f"[Call]{said[: len(said) // 2]}"}}


def oldest_first(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    rentals: Any = change.verdict.facts["rentals"]
    return told(change, rentals=tuple(reversed(rentals)))


# Callbacks


def called_back(pattern: str, other: str) -> Mistake:
    """Write the body of a callback otherwise."""

    def spoil(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
        for key in written(change, CALLBACKS):
            held: Callback = change.writes[key]
            change.writes[key] = replace(held, body=re.sub(pattern, other, held.body))
        return change

    return both(arrivals(spoil), events("expiry", spoil))


def twice(event: Event, _: State, __: EventContext, change: Change[bool]) -> Change[bool]:
    for key in written(change, CALLBACKS):
        held: Callback = change.writes[key]
        call_back(change, replace(held, id=f"{held.id}-again"), event.at)
    return change

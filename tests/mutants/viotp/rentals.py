"""Mistakes that somebody could make at viotp: in the envelope, in renting, in reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from mutants.kit import (
    Decided,
    Mistake,
    body,
    events,
    handler,
    instead,
    of_facts,
    spelled,
    with_check,
    without_fields,
    written,
)
from mutants.viotp import made
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.providers.viotp.operations.rental.rent import Rent
from otp_sandbox.providers.viotp.renting import RENTER
from otp_sandbox.renting.pool import Number


class AnyNumber(Rent):
    """Rents any number again."""

    def number(self, call: Call, state: State) -> Number | None:
        """Draw one, as if it was a first rent."""
        return self.draw(without_fields(call, "network", "prefix"), state)


def with_data(document: Any) -> Any:
    return document if document["success"] else {**document, "data": None}


def refused_while_waiting(document: Any) -> Any:
    waits = document["success"] and not document["data"]["Status"]
    return {"status_code": -1, "message": document["message"], "success": False} if waits else document


def before_charge(call: Call, _: State, change: Decided) -> Decided:
    facts = {**change.verdict.facts, "balance": call.account.balance}
    return replace(change, verdict=replace(change.verdict, facts=facts))


def without(name: str) -> Mistake:
    """Take no notice of a field of the rent."""
    return handler("rent", call=lambda call: without_fields(call, name))


def all_count(call: Call, state: State) -> bool:
    return bool(RENTER.book_of(state).taken >= call.account.waiting_limit)


def unrefunded(_: Event, __: State, ___: EventContext, change: Change[bool]) -> Change[bool]:
    change.writes.pop(RENTER.key, None)
    return change


def a_moment_longer(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, RENTALS):
        held: Rental = change.writes[key]
        until = held.expires_at + timedelta(milliseconds=1)
        change.writes[key] = replace(held, expires_at=until)
        change.due = [replace(each, at=until) if each.kind == "expiry" else each for each in change.due]
    return change


def oldest_first(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "rows": facts["rows"][::-1]}


WRITTEN: Final = (
    made("refusals-with-data", "a refusal has data null", body(with_data, "balance", "networks", "services", "rent")),
    made(
        "country-ignored",
        "the services of Vietnam are listed for any country",
        handler("services", call=lambda call: without_fields(call, "country")),
    ),
    made("balance-before-charge", "a rent tells the balance before it", handler("rent", change=before_charge)),
    made("request-id-text", "request_id is text", spelled(rb'"request_id":(\d+)', rb'"request_id":"\1"', "rent")),
    made("all-rentals-count", "the limit counts all rentals", with_check("rent", "waiting_limit_reached", all_count)),
    made("carriers-ignored", "network filters nothing", without("network")),
    made("wanted-ignored", "prefix filters nothing", without("prefix")),
    made("unwanted-ignored", "exceptPrefix filters nothing", without("exceptPrefix")),
    made("again-other-number", "another number is rented again", instead("rent", AnyNumber())),
    made("busy-rented", "a number that waits is rented again", with_check("rent", "number_busy", lambda *_: False)),
    made("no-refund", "nothing is paid back", events("expiry", unrefunded)),
    made("waiting-refused", "reading a rental that waits is an error", body(refused_while_waiting, "code")),
    made("phone-with-zero", "Phone has its zero", spelled(rb'"Phone":"', rb'"Phone":"0', "code")),
    made("life-inclusive", "a rental lives a moment too long", handler("rent", change=a_moment_longer)),
    made("times-in-utc", "times are seven hours behind", spelled(rb"T17:13:24", rb"T10:13:24", "code", "history")),
    made("oldest-first", "the history begins with the oldest", handler("history", change=of_facts(oldest_first))),
)

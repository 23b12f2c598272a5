"""Mistakes that somebody could make in renting at thuesim, and in who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from mutants.kit import (
    Decided,
    Mistake,
    both,
    handler,
    instead,
    of_facts,
    on,
    spelled,
    wire,
    with_check,
    with_fields,
    without_fields,
    written,
)
from mutants.thuesim import made
from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.operations.rental.register_service import RegisterService
from otp_sandbox.providers.thuesim.operations.rental.rephone import Rephone
from otp_sandbox.providers.thuesim.rental_ids import rental_named
from otp_sandbox.renting.pool import Number, pieces


class AnyServerRent(RegisterService):
    """Looks at the id of a service only."""

    def service_key(self, call: Call, state: State) -> str:
        """The first service with that id."""
        return _of_any_server(call)


class AnyServerAgain(Rephone):
    """Does not keep to the server of the earlier rental."""

    def service_key(self, call: Call, state: State) -> str:
        """The first service with that id."""
        return _of_any_server(call)


class SuspendedToo(RegisterService):
    """Rents what is suspended."""

    def _service(self, call: Call, state: State) -> Service | None:
        key = self.service_key(call, state)
        return next((each for each in call.account.services if each.key == key), None)


class OtherNumber(Rephone):
    """Rents any number again."""

    def number(self, call: Call, state: State) -> Number | None:
        """Draw one, as if it was a first rent."""
        return self.draw(call, state)


class Mismatched(Rephone):
    """Takes the number of the earlier rental, whatever number was asked for."""

    def _earlier(self, call: Call, state: State) -> Rental | None:
        return rental_named(call, "thuesim1", state)


def _of_any_server(call: Call) -> str:
    asked = str(call.values["serviceId"]).rpartition(".")[2]
    services = call.account.services
    return next((each.key for each in services if str(each.ID) == asked and not each.suspended), "")


RENT: Final = "register_service"


AGAIN: Final = "rephone"


_REFUSED: Final = b'"ResponseCode":401,'


def either(mistake: Callable[..., Mistake], *parts: Any, **named: Any) -> Mistake:
    """Make the same mistake in both rents."""
    return both(mistake(RENT, *parts, **named), mistake(AGAIN, *parts, **named))


def told(change: Decided, **facts: object) -> Decided:
    return replace(change, verdict=replace(change.verdict, facts={**change.verdict.facts, **facts}))


def none_matches(call: Call, state: State) -> bool:
    return RegisterService().number(call, state) is None


def first_carrier(call: Call) -> Call:
    return with_fields(call, carries=call.text("carries").partition("|")[0])


def wanted_kept(call: Call) -> Call:
    left = pieces(call.text("nPrefix")) - pieces(call.text("yPrefix"))
    return with_fields(call, nPrefix="|".join(sorted(left)))


def as_number(text: str) -> str | None:
    found = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,9})", text)
    return f"{int(found[1]):02}.{int(found[2])}" if found is not None else None


def late(call: Call) -> Call:
    known = call.invalid and "token" in call.fields
    return replace(call, credentials={"token": call.fields["token"]}) if known else call


class Shared:
    """Remembers the rentals of all accounts, as if there was only one."""

    def __init__(self) -> None:
        self.rentals: dict[str, Rental] = {}

    def rented(self, _: Call, __: State, change: Decided) -> Decided:
        self.rentals.update({key[1]: change.writes[key] for key in written(change, RENTALS)})
        return change

    def read(self, call: Call, _: State, change: Decided) -> Decided:
        rental = self.rentals.get(call.text("ID"))
        if change.verdict.cause != "session_unknown" or rental is None:
            return change
        return Change(Verdict("waiting_for_message", {"rental": rental}))

    def again(self, call: Call, _: State, change: Decided) -> Decided:
        rental = self.rentals.get(call.text("thuesim1"))
        if change.verdict.cause != "rental_unknown" or rental is None or rental.phone != call.values["phone"]:
            return change
        facts = {"rental": rental, "balance": call.account.balance, "service": rental.service_name}
        return Change(Verdict("rented", facts))


SHARED: Final = Shared()


def refused(change: Callable[[Any], Any], when: Callable[[bytes], bool], *operations: str) -> Mistake:
    """Change the JSON of those answers only that are refusals, because numbers of rentals lose their spelling."""
    return wire(lambda text: orjson.dumps(change(orjson.loads(text))) if when(text) else text, *operations)


def _a_second_more(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "seconds": facts["seconds"] + 1}


def bare(document: Any) -> Any:
    return {name: document[name] for name in ("ResponseCode", "Message")}


def status_envelope(document: Any) -> Any:
    text = document.get("Message", document.get("Msg"))
    return {"status_code": document["ResponseCode"], "success": False, "message": text, "data": None}


def token_refused(text: bytes) -> bool:
    return _REFUSED in text


def no_rental(text: bytes) -> bool:
    return b'"RequestLog":null' in text


RENTS: Final = (RENT, AGAIN)


WRITTEN: Final = (
    made(
        "token-late",
        "the token is checked after the fields",
        both(either(handler, call=late), handler("code", call=late)),
    ),
    made(
        "one-envelope",
        "a wrong token is refused in one envelope everywhere",
        refused(status_envelope, token_refused, "service", "code", *RENTS),
    ),
    made("rental-id-as-float", "the ID loses the zero at its end", spelled(rb'"ID":(\d+\.\d)0,', rb'"ID":\1,', *RENTS)),
    made("phone-without-zero", "Phone has no zero", spelled(rb'"Phone":"( ?)0', rb'"Phone":"\1', *RENTS)),
    made("interval-told-wrong", "the text of too soon has another number", on(RENTS, refusal=of_facts(_a_second_more))),
    made("failure-bare", "a refused rent shows number and text only", refused(bare, no_rental, *RENTS)),
    made(
        "shared-rentals",
        "rentals are good for any account",
        both(
            both(handler(RENT, change=SHARED.rented), handler("code", refusal=SHARED.read)),
            handler(AGAIN, refusal=SHARED.again),
        ),
    ),
    made("again-mismatch", "thuesim1 alone says which number", instead(AGAIN, Mismatched())),
    made("again-other-number", "another number is rented again", instead(AGAIN, OtherNumber())),
    made("again-any-server", "a service is found on any server", instead(AGAIN, AnyServerAgain())),
    made("server-ignored", "the server of a service is not looked at", instead(RENT, AnyServerRent())),
    made("service-as-number", "a service is compared as a number", handler(RENT, readers={"serviceId": as_number})),
    made("suspended-rented", "a suspended service is rented", instead(RENT, SuspendedToo())),
    made("stock-ignored", "a service is rented beyond its stock", with_check(RENT, "out_of_stock", none_matches)),
    made(
        "carriers-ignored", "carries filters nothing", handler(RENT, call=lambda call: without_fields(call, "carries"))
    ),
    made("first-of-list", "only the first carrier counts", handler(RENT, call=first_carrier)),
    made("wanted-ignored", "yPrefix filters nothing", handler(RENT, call=lambda call: without_fields(call, "yPrefix"))),
    made(
        "unwanted-ignored", "nPrefix filters nothing", handler(RENT, call=lambda call: without_fields(call, "nPrefix"))
    ),
    made("wanted-wins", "what is wanted and unwanted is rented", handler(RENT, call=wanted_kept)),
)

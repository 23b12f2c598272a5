"""Mistakes that somebody could make in thuesim."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from mutants.kit import (
    Decided,
    Mistake,
    arrivals,
    body,
    both,
    events,
    handler,
    instead,
    spelled,
    wire,
    with_check,
    with_fields,
    without_fields,
    written,
)
from mutants.thuesim import made
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain.callbacks import CALLBACKS, Callback, call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import EMPTY_BOOK, RENTAL_BOOKS, RENTALS, Rental, RentalBook
from otp_sandbox.domain.store import WHOLE, Change, Event, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import KEY, Service
from otp_sandbox.providers.thuesim.allowances import DESK, desk_of, pauses
from otp_sandbox.providers.thuesim.events import Arrival
from otp_sandbox.providers.thuesim.numbers import Number, find, pieces
from otp_sandbox.providers.thuesim.operations.code import Code
from otp_sandbox.providers.thuesim.operations.common import account_of, readable, rental_named
from otp_sandbox.providers.thuesim.operations.register_service import RegisterService
from otp_sandbox.providers.thuesim.operations.rephone import Rephone


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
        return next((each for each in account_of(call).services if each.key == key), None)


class OtherNumber(Rephone):
    """Rents any number again."""

    def number(self, call: Call, state: State) -> Number | None:
        """Draw one, as if it was a first rent."""
        book = desk_of(state)
        waiting = {phone for _, phone in book.waiting}
        return find(call.seed, book.taken, carries=(), wanted=(), unwanted=(), waiting=waiting)


class Mismatched(Rephone):
    """Takes the number of the earlier rental, whatever number was asked for."""

    def _earlier(self, call: Call, state: State) -> Rental | None:
        return rental_named(call, "thuesim1", state)


class AnyServerCode(Code):
    """Looks at the number before the dot of an id only."""

    def keys(self, call: Call) -> Sequence[Key]:
        """All rentals."""
        return ((RENTALS, WHOLE),)

    def perform(self, call: Call, state: State) -> Decided:
        """Read the rental that was found."""
        return super().perform(call, _With(state, self._found(call, state)))

    def _session_unknown(self, call: Call, state: State) -> bool:
        return readable(call, "ID") is not None and self._found(call, state) is None

    @staticmethod
    def _found(call: Call, state: State) -> Rental | None:
        asked = str(call.values["ID"]).partition(".")[0]
        return next((each for each in state.entries(RENTALS) if each.id.partition(".")[0] == asked), None)


def line_open(event: Event, state: State, world: EventContext, change: Change[bool]) -> Change[bool]:
    """Let a message arrive at a rental that is done."""
    rental = state.get(RENTALS, event.id)
    if change.verdict or rental is None or rental.state != "done":
        return change
    return Arrival()(event, _With(state, replace(rental, state="waiting")), world)


class _With:
    """A state in which every rental is this one."""

    def __init__(self, inner: State, rental: Rental | None) -> None:
        self.inner = inner
        self.rental: Any = rental

    def get(self, table: Any, key: str) -> Any:
        return self.rental if table is RENTALS else self.inner.get(table, key)

    def entries(self, table: Any) -> Any:
        return self.inner.entries(table)


def _of_any_server(call: Call) -> str:
    asked = str(call.values["serviceId"]).rpartition(".")[2]
    services = account_of(call).services
    return next((each.key for each in services if str(each.ID) == asked and not each.suspended), "")


RENT: Final = "register_service"
AGAIN: Final = "rephone"
_REFUSED: Final = b'"ResponseCode":401,'


def either(mistake: Callable[..., Mistake], *parts: Any, **named: Any) -> Mistake:
    """Make the same mistake in both rents."""
    return both(mistake(RENT, *parts, **named), mistake(AGAIN, *parts, **named))


def told(change: Decided, **facts: object) -> Decided:
    return replace(change, verdict=replace(change.verdict, facts={**change.verdict.facts, **facts}))


# Money


def before_charge(call: Call, _: State, change: Decided) -> Decided:
    return told(change, balance=call.account.balance)


def uncharged(call: Call, state: State, change: Decided) -> Decided:
    change.writes[KEY] = replace(change.writes[KEY], balance=call.account.balance)
    return before_charge(call, state, change)


def refusal_charged(call: Call, _: State, change: Decided) -> Decided:
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

    def taken(call: Call, _: State, change: Decided) -> Decided:
        change.writes[own] = RentalBook(last_taken=call.now)
        return change

    def too_soon(call: Call, state: State) -> bool:
        return pauses(call.account, state.get(*own) or EMPTY_BOOK, call.now)

    return both(handler(operation, change=taken, keys=lambda _: (own,)), with_check(operation, "too_soon", too_soon))


def restarted(call: Call, state: State, change: Decided) -> Decided:
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

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        for key in written(change, RENTALS):
            held: Rental = change.writes[key]
            until = held.created_at + length(held.expires_at - held.created_at)
            change.writes[key] = replace(held, expires_at=until)
            change.due = [replace(each, at=until) if each.kind == "expiry" else each for each in change.due]
        return change

    return either(handler, change=spoil)


def read_once(_: Call, __: State, change: Decided) -> Decided:
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


def oldest_first(_: Call, __: State, change: Decided) -> Decided:
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


RENTS: Final = (RENT, AGAIN)

WRITTEN: Final = (
    made(
        "token-late",
        "authentication",
        "the token is checked after the fields",
        both(either(handler, call=late), handler("code", call=late)),
    ),
    made(
        "one-envelope",
        "wire",
        "a wrong token is refused in one envelope everywhere",
        refused(status_envelope, token_refused, "service", "code", *RENTS),
    ),
    made(
        "rental-id-as-float",
        "wire",
        "the ID loses the zero at its end",
        spelled(rb'"ID":(\d+\.\d)0,', rb'"ID":\1,', *RENTS),
    ),
    made("phone-without-zero", "wire", "Phone has no zero", spelled(rb'"Phone":"( ?)0', rb'"Phone":"\1', *RENTS)),
    made("failure-bare", "wire", "a refused rent shows number and text only", refused(bare, no_rental, *RENTS)),
    made(
        "times-in-utc",
        "wire",
        "times are told in UTC",
        spelled(rb'"CreatedTime":"([^"]+)"', utc, "history", "code", *RENTS),
    ),
    made(
        "history-phone-zero",
        "wire",
        "the history's Phone has its zero",
        spelled(b'"Phone":"', b'"Phone":"0', "history"),
    ),
    made("oldest-first", "wire", "the oldest rental comes first", handler("history", change=oldest_first)),
    made(
        "status-filter-ignored",
        "rental",
        "status filters nothing",
        handler("history", call=lambda call: without_fields(call, "status")),
    ),
    made("code-read-once", "code", "a code can be read once", handler("code", change=read_once)),
    made("call-flag-false", "code", "a call is no call", spelled(b'"IsCall":true', b'"IsCall":false', "code")),
    made("transcript-once", "code", "a call says everything once", body(said_once, "code")),
    made("read-server-ignored", "binding", "an ID is read on any server", instead("code", AnyServerCode())),
    made(
        "shared-rentals",
        "binding",
        "rentals are good for any account",
        both(
            both(handler(RENT, change=SHARED.rented), handler("code", refusal=SHARED.read)),
            handler(AGAIN, refusal=SHARED.again),
        ),
    ),
    made("again-mismatch", "binding", "thuesim1 alone says which number", instead(AGAIN, Mismatched())),
    made("again-other-number", "binding", "another number is rented again", instead(AGAIN, OtherNumber())),
    made("again-any-server", "binding", "a service is found on any server", instead(AGAIN, AnyServerAgain())),
    made("server-ignored", "rental", "the server of a service is not looked at", instead(RENT, AnyServerRent())),
    made(
        "service-as-number",
        "rental",
        "a service is compared as a number",
        handler(RENT, readers={"serviceId": as_number}),
    ),
    made("suspended-rented", "rental", "a suspended service is rented", instead(RENT, SuspendedToo())),
    made(
        "stock-ignored",
        "rental",
        "a service is rented beyond its stock",
        with_check(RENT, "out_of_stock", none_matches),
    ),
    made(
        "carriers-ignored",
        "rental",
        "carries filters nothing",
        handler(RENT, call=lambda call: without_fields(call, "carries")),
    ),
    made("first-of-list", "rental", "only the first carrier counts", handler(RENT, call=first_carrier)),
    made(
        "wanted-ignored",
        "rental",
        "yPrefix filters nothing",
        handler(RENT, call=lambda call: without_fields(call, "yPrefix")),
    ),
    made(
        "unwanted-ignored",
        "rental",
        "nPrefix filters nothing",
        handler(RENT, call=lambda call: without_fields(call, "nPrefix")),
    ),
    made("wanted-wins", "rental", "what is wanted and unwanted is rented", handler(RENT, call=wanted_kept)),
    made("lives-forever", "life", "rentals do not expire", lived(lambda _: timedelta(days=365))),
    made(
        "life-inclusive",
        "life",
        "a rental still waits at its last instant",
        lived(lambda length: length + timedelta(milliseconds=1)),
    ),
    made("line-open", "life", "messages arrive at what is done", arrivals(line_open)),
    made("free", "money", "rents cost nothing", either(handler, change=uncharged)),
    made("balance-before-charge", "money", "Balance is that before the rent", either(handler, change=before_charge)),
    made(
        "balance-off-by-one",
        "money",
        "a balance of exactly the price is not enough",
        with_check(RENT, "not_enough_balance", off_by_one),
    ),
    made("refusal-charged", "money", "a refused rent costs the price", handler(RENT, refusal=refusal_charged)),
    made("no-refund", "money", "what expires gives nothing back", events("expiry", unrefunded)),
    made("refund-when-done", "money", "what is done gives its price back too", events("expiry", refunded_anyway)),
    made("interval-inclusive", "limits", "five seconds are too soon", either(with_check, "too_soon", inclusive)),
    made(
        "interval-per-kind", "limits", "both rents have an interval of their own", both(per_kind(RENT), per_kind(AGAIN))
    ),
    made("interval-restarts", "limits", "a refused rent starts the interval anew", either(handler, refusal=restarted)),
    made(
        "limit-off-by-one",
        "limits",
        "one more may wait than the limit says",
        either(with_check, "waiting_limit_reached", one_more),
    ),
    made(
        "limit-counts-all",
        "limits",
        "rentals that have ended count as waiting",
        either(with_check, "waiting_limit_reached", all_count),
    ),
    made(
        "callback-bare-id",
        "callback",
        "requestId has no server",
        called_back(r'"requestId":"(\d+)\.\d\d"', r'"requestId":"\1"'),
    ),
    made(
        "callback-sound-boolean",
        "callback",
        "isSound is a boolean",
        called_back(r'"isSound":"(true|false)"', r'"isSound":\1'),
    ),
    made("callback-twice", "callback", "a result is posted twice", both(arrivals(twice), events("expiry", twice))),
)

"""What happens to a rental when something falls due: a message arrives, or its lifetime is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from otp_sandbox.contract import EventContext, EventHandler
from otp_sandbox.domain import challenges
from otp_sandbox.domain.accounts import changed
from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental, end_rental
from otp_sandbox.domain.seeds import DIGITS, draw, spell
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.renting.renter import Renter
from otp_sandbox.renting.sample_sms import invented_sms
from otp_sandbox.renting.states import as_of

_CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class _Ending:
    """Something that may end a rental."""

    renter: Renter

    def keys(self, event: Event) -> Sequence[Key]:
        """What ends a rental."""
        return (self.renter.key, self.renter.book, (RENTALS, event.id))

    def _end(self, change: Change[Any], rental: Rental, event: Event, state: State, context: EventContext) -> None:
        change.writes.update(end_rental(rental, self.renter.book_of(state)))
        self.renter.tell(change, self.renter.account_of(state), rental, context, event.at)


@dataclass(frozen=True, slots=True)
class Arrival(_Ending):
    """A message or a call reaches a rented number. The event's detail says which one.

    It is the id of a message that another provider sent there; or, for an invented SMS, the number itself, because a
    code may be pinned for it. Numbers begin with a plus, ids never do.
    """

    def keys(self, event: Event) -> Sequence[Key]:
        """What ends a rental, and the message or the pin."""
        table = challenges.PINS if _is_phone(event.detail) else MESSAGES
        return (*_Ending.keys(self, event), (table, event.detail))

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Let it arrive if the rental still waits."""
        rental = _waiting(event, state)
        if rental is None:
            return Change(verdict=False)
        change, is_call = Change(verdict=True), False
        if _is_phone(event.detail):
            code = challenges.use_pin(change, state, event.detail)
            if code is None:
                code = spell(draw(context.seed, self.renter.provider, rental.id, "code"), _CODE_LENGTH, DIGITS)
            text = invented_sms(rental.service_name, code, draw(context.seed, self.renter.provider, rental.id, "sms"))
        else:
            message = state.get(MESSAGES, event.detail)
            if message is None:
                return Change(verdict=False)
            text, code, is_call = message.text, message.code or "", message.channel == "voice"
        sms = _transcript(text) if is_call else text
        self._end(
            change,
            replace(rental, state="done", sms=sms, code=code, is_call=is_call),
            event,
            state,
            context,
        )
        return change


@dataclass(frozen=True, slots=True)
class ByHand(_Ending):
    """An SMS or a call that somebody asks for. Without a code it is looked for in the text."""

    text: str
    code: str | None
    is_call: bool

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Let it arrive if the rental still waits."""
        rental = _waiting(event, state)
        if rental is None:
            return Change(verdict=False)
        code = self.code if self.code is not None else find_code(self.text) or ""
        sms = _transcript(self.text or f"mã otp của bạn là {code}") if self.is_call else self.text
        change = Change(verdict=True)
        self._end(
            change,
            replace(rental, state="done", sms=sms, code=code, is_call=self.is_call),
            event,
            state,
            context,
        )
        return change


def _transcript(said: str) -> str:
    """Write down a call: everything is said twice."""
    return f"[Call]{said}{said}"


@dataclass(frozen=True, slots=True)
class Expiry(_Ending):
    """The lifetime of a rental is over: if nothing came, the price goes back, once."""

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Let a waiting rental expire."""
        rental = state.get(RENTALS, event.id)
        if rental is None or rental.state != "waiting":
            return Change(verdict=False)
        account = self.renter.account_of(state)
        refunded = replace(account, balance=changed(account.balance, rental.price))
        change = Change(verdict=True, writes={self.renter.key: refunded})
        self._end(change, replace(rental, state="expired"), event, state, context)
        return change


def events_of(renter: Renter) -> Mapping[str, EventHandler]:
    """Give what falls due at a provider that rents."""
    return {"arrival": Arrival(renter), "expiry": Expiry(renter)}


def arrival_at(renter: Renter) -> Callable[[str, str | None, bool], EventHandler]:
    """Give what makes an arrival by hand of a text, a code and whether it is a call."""
    return lambda text, code, is_call: ByHand(renter, text, code, is_call)


def _is_phone(detail: str) -> bool:
    return detail.startswith("+")


def _waiting(event: Event, state: State) -> Rental | None:
    rental = state.get(RENTALS, event.id)
    return rental if rental is not None and as_of(rental, event.at).state == "waiting" else None

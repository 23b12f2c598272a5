"""SendOTP: makes a code, puts it into the message, charges, sends it and hands it back (reference 4.A.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from mockserver.contract import MISSING, Call, Check, Handler
from mockserver.domain import challenges, messages
from mockserver.domain.challenges import CODES, Challenge
from mockserver.domain.messages import Message, MessageState
from mockserver.domain.refusals import Verdict
from mockserver.domain.seeds import draw, halves
from mockserver.domain.segments import segments
from mockserver.domain.store import Change, Key, State
from mockserver.providers.amoot.account import KEY
from mockserver.providers.amoot.dates import sending_time
from mockserver.providers.amoot.phones import DIGITS, fold, national

PROVIDER: Final = "amoot"
PLACEHOLDER: Final = "%code%"
_FIRST_ID: Final = 600_000_000
_IDS: Final = 399_999_999
_MOST_DIGITS: Final = 9
_decimal: Final = re.compile(r"([+-]?)([0-9]+)").fullmatch


def _integer(text: str) -> int | None:
    """Read a whole number in decimal digits, Persian and Arabic ones too; a very long one counts as very large."""
    match = _decimal(text.strip().translate(DIGITS))
    if match is None:
        return None
    digits = match[2].lstrip("0")
    number = int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
    return -number if match[1] == "-" else number


class SendOtp(Handler):
    """`SendOTP`."""

    readers = {  # noqa: RUF012  (a mapping that nobody writes)
        "Mobile": fold,
        "CodeLength": _integer,
    }

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields."""
        return {
            "length_invalid": self._length_below_minimum,
            "length_exceeded": lambda call, _: call.values["CodeLength"] > call.dialect.policy("code_length_max"),
            "line_number_not_exist": lambda call, _: not call.account.has_line(call.text("LineNumber")),
            "account_is_demo": lambda call, _: call.account.user.demo,
            "credit_not_enough": self._credit_not_enough,
            "organisation_undeclared": lambda call, _: call.account.user.organisation_undeclared,
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        phone = call.values["Mobile"]
        if phone is MISSING or phone is None:
            return ()
        return (*challenges.keys_of_issuing(PROVIDER, phone), *messages.keys_of_sending(phone))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, make the code, send it now or queue it, and hand it back."""
        account, phone, now = call.account, call.values["Mobile"], call.now
        change = Change(Verdict("success"))
        number = challenges.next_in_sequence(change, state, PROVIDER, phone)
        for_id, for_code = halves(draw(call.seed, PROVIDER, phone, number))
        message_id = _FIRST_ID + for_id % _IDS
        code = challenges.pinned(change, state, phone) or _spelled(for_code, call.values["CodeLength"])
        text = _text(call, code)
        price = account.price * segments(text).count
        change.writes[KEY] = account.charged(price)
        # Nothing at Amoot checks a code: it never expires, and a newer one leaves it as it is (5.2-5).
        challenge = Challenge(f"code-{message_id}", PROVIDER, phone, code, now, expires_at=None)
        change.writes[CODES, challenge.id] = challenge
        at = sending_time(call.text("SendDateTime"), now)
        begins: MessageState = "queued" if at > now else "sent"
        message = Message(
            id=str(message_id),
            provider=PROVIDER,
            operation=call.operation.name,
            to=phone,
            sender=call.text("LineNumber"),
            text=text,
            code=code,
            price=price,
            state=begins,
            created_at=now,
            request_id=call.request_id,
            timeline=((begins, now),),
        )
        if begins == "queued":
            messages.queue(change, message, at)
        else:
            messages.send(change, message, state, now)
        change.verdict = Verdict("success", {"mobile": national(phone), "message_id": message_id, "code": code})
        return change

    def _length_below_minimum(self, call: Call, _: State) -> bool:
        length = call.values["CodeLength"]
        return length is not MISSING and length < call.dialect.policy("code_length_min")

    def _credit_not_enough(self, call: Call, state: State) -> bool:
        account = call.account
        pin = state.get(challenges.PINS, call.values["Mobile"])
        # All digits take the same room, so a stand-in of the same length costs as much as the code itself.
        stand_in = pin.code if pin is not None else "0" * call.values["CodeLength"]
        return bool(account.credit < account.price * segments(_text(call, stand_in)).count)


def _text(call: Call, code: str) -> str:
    """Put a code into the message: in its place, or on a new line where the text has none (5.2-3)."""
    text = call.text("SMSMessageText")
    return text.replace(PLACEHOLDER, code) if PLACEHOLDER in text else f"{text}\n{code}"


def _spelled(number: int, length: int) -> str:
    """Spell a drawn number as a code that begins with 1 to 9: a client that reads a number loses nothing (5.2-6)."""
    least = 10 ** (length - 1)
    return str(least + number % (9 * least))

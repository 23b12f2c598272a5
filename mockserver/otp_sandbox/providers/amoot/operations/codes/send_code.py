"""SendOTP and SendQuickOTP: make a code, put it into a text, charge, send it and hand it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Reason, Why, added, listed
from otp_sandbox.domain.challenges import PINS
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending
from otp_sandbox.providers.amoot.account import Pattern
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.phones import fold, national
from otp_sandbox.providers.amoot.reasons import credit_not_enough
from otp_specs import Outcome

PLACEHOLDER: Final = "%code%"


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a message with its code, masked where `amoot.code-returned` is so; null when nothing was sent."""
    status, data = write_status(call, row), None
    if "message_id" in facts:
        code = facts["code"] if call.dialect.option("code-returned") == "clear" else "*" * len(str(facts["code"]))
        data = {"Mobile": facts["mobile"], "MessageID": facts["message_id"], "Code": code, "Status": status}
    return {"Status": status, "Data": data}


class SendCode(sending.Send):
    """A send of a code to one recipient."""

    body = staticmethod(_write)
    readers = MappingProxyType({"Mobile": fold, "CodeLength": whole})

    def text(self, call: Call, code: str) -> str:
        """Give the text with a code in it."""
        raise NotImplementedError

    def own_code(self, call: Call) -> str:  # noqa: ARG002  (a hook)
        """Give the code that the caller has chosen, empty where there is none."""
        return ""

    def line(self, call: Call) -> str:  # noqa: ARG002  (a hook)
        """Name the line that sends."""
        return sending.PATTERN_LINE

    def at(self, call: Call) -> datetime:
        """Tell when the message goes out."""
        return call.now

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields."""
        return {"credit_not_enough": self._credit_not_enough}

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {"credit_not_enough": credit_not_enough(self._price), "no_otp_pattern": _why_no_otp_pattern}

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        phone = call.value("Mobile")
        return (*sending.keys_of((phone,)), (PINS, phone)) if phone is not None else ()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, send now or later, and hand the code back: the caller's own, the pinned one, or a drawn one."""
        phone = call.values["Mobile"]
        send = sending.Sending(call, state, self.at(call))
        drawn = send.draw(phone)
        code = self.own_code(call) or send.use_pin(phone) or _spell_code(drawn.for_code, call.values["CodeLength"])
        send.issue(drawn, phone, code)
        text = self.text(call, code)
        price = sending.price_of(call, text)
        send.add(drawn, phone, text, self.line(call), price=price, campaign=drawn.campaign_id, code=code)
        return send.finish(mobile=national(phone), message_id=drawn.message_id, code=code)

    def _credit_not_enough(self, call: Call, state: State) -> bool:
        return bool(call.account.credit < self._price(call, state))

    def _price(self, call: Call, state: State) -> int:
        return sending.price_of(call, self.text(call, self.own_code(call) or _expected_code(call, state)))


class SendOtp(SendCode):
    """`SendOTP`: a text of the caller's, over a line of the account."""

    operations = ("SendOTP",)

    def text(self, call: Call, code: str) -> str:
        """Put a code into the message: in its place, or on a new line (`amoot.text-appended`)."""
        text = call.text("SMSMessageText")
        return text.replace(PLACEHOLDER, code) if PLACEHOLDER in text else f"{text}\n{code}"

    def line(self, call: Call) -> str:
        """Name the line as it was sent."""
        return call.text("LineNumber")

    def at(self, call: Call) -> datetime:
        """Tell when the message goes out: it may have to wait."""
        return sending.time_of(call)


class SendQuickOtp(SendCode):
    """`SendQuickOTP`: an approved pattern, at once, with a code that may be the caller's own."""

    operations = ("SendQuickOTP",)

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send.

        An own code has the bounds of `CodeLength`, but need not have that length. It is taken as it is, unless the
        pattern wants a number and it is none: then the send fails.
        """
        return {
            **super().checks(),
            "optional_code_short": self._too_short,
            "optional_code_long": self._too_long,
            "no_otp_pattern": lambda call, _: self.pattern(call) is None,
            "code_not_numeric": self._not_for_the_pattern,
        }

    def own_code(self, call: Call) -> str:
        """Give the code that the caller has chosen."""
        return call.text("OptionalCode")

    def pattern(self, call: Call) -> Pattern | None:
        """Find the pattern that the code goes into."""
        pattern: Pattern | None = call.account.otp_pattern()
        return pattern

    def text(self, call: Call, code: str) -> str:
        """Put a code into the pattern."""
        pattern = self.pattern(call)
        if pattern is None:
            raise LookupError("the pattern is used before it is looked for")
        return pattern.filled((code,))

    def _too_short(self, call: Call, _: State) -> bool:
        return 0 < len(self.own_code(call)) < call.dialect.policy("code_length_min")

    def _too_long(self, call: Call, _: State) -> bool:
        return len(self.own_code(call)) > call.dialect.policy("code_length_max")

    def _not_for_the_pattern(self, call: Call, _: State) -> bool:
        own, pattern = self.own_code(call), self.pattern(call)
        return bool(own) and pattern is not None and not pattern.takes((own,))


def _why_no_otp_pattern(call: Call, _: State) -> Why:
    known = listed(each.id for each in call.account.patterns)
    pattern = {"id": 1 + max((1000, *(each.id for each in call.account.patterns))), "text": PLACEHOLDER, "is_otp": True}
    return Why(f"no approved pattern is for codes, with %code% alone: there are {known}", added("patterns", pattern))


def _expected_code(call: Call, state: State) -> str:
    """Give the code that a send would use or, as all digits take the same room, one of the same length."""
    pin = state.get(PINS, call.values["Mobile"])
    return pin.code if pin is not None else "0" * int(call.values["CodeLength"])


def _spell_code(number: int, length: int) -> str:
    """Spell a drawn number as a code that begins with 1 to 9, so that a client that reads a number loses nothing."""
    least = 10 ** (length - 1)
    return str(least + number % (9 * least))

"""SendOTP: makes a code, puts it into the message, charges, sends it and hands it back (reference 4.A.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from otp_sandbox.contract import MISSING, Call, Check, Handler
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending, wire
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.phones import fold

PLACEHOLDER: Final = "%code%"


class SendOtp(Handler):
    """`SendOTP`."""

    operations = ("SendOTP",)
    body = staticmethod(wire.code)
    readers = {  # noqa: RUF012  (a mapping that nobody writes)
        "Mobile": fold,
        "CodeLength": whole,
    }

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields."""
        return {
            **length_checks(),
            "line_number_not_exist": lambda call, _: not call.account.has_line(call.text("LineNumber")),
            "mobile_black_listed": lambda call, _: call.values["Mobile"] in sending.refused(call),
            "account_is_demo": lambda call, _: call.account.user.demo,
            "credit_not_enough": self._credit_not_enough,
            "organisation_undeclared": lambda call, _: call.account.user.organisation_undeclared,
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        return sending.keys_of_coding(call)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, make the code, send it now or queue it, and hand it back."""
        return sending.send_code(
            call, state, lambda code: _text(call, code), call.text("LineNumber"), at=sending.time_of(call)
        )

    def _credit_not_enough(self, call: Call, state: State) -> bool:
        return bool(call.account.credit < sending.price_of(call, _text(call, sending.expected_code(call, state))))


def length_checks() -> Mapping[str, Check]:
    """Give the bounds of `CodeLength`."""

    def below(call: Call, _: State) -> bool:
        length = call.values["CodeLength"]
        return length is not MISSING and length < call.dialect.policy("code_length_min")

    return {
        "length_invalid": below,
        "length_exceeded": lambda call, _: call.values["CodeLength"] > call.dialect.policy("code_length_max"),
    }


def _text(call: Call, code: str) -> str:
    """Put a code into the message: in its place, or on a new line where the text has none (5.2-3)."""
    text = call.text("SMSMessageText")
    return text.replace(PLACEHOLDER, code) if PLACEHOLDER in text else f"{text}\n{code}"

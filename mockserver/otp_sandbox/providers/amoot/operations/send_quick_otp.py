"""SendQuickOTP: puts a code, the caller's own or a made one, into an approved pattern (reference 4.B.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from otp_sandbox.contract import Call, Check, Handler
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending, wire
from otp_sandbox.providers.amoot.account import Pattern
from otp_sandbox.providers.amoot.numbers import whole
from otp_sandbox.providers.amoot.operations.send_otp import length_checks
from otp_sandbox.providers.amoot.phones import fold


class SendQuickOtp(Handler):
    """`SendQuickOTP`."""

    operations = ("SendQuickOTP",)
    body = staticmethod(wire.code)
    readers = {  # noqa: RUF012  (a mapping that nobody writes)
        "Mobile": fold,
        "CodeLength": whole,
    }

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields.

        An own code has the bounds of `CodeLength`, but need not have that length. It is taken as it is, unless the
        pattern wants a number and it is none: then the send fails.
        """
        return {
            **length_checks(),
            "optional_code_short": self._too_short,
            "optional_code_long": self._too_long,
            "mobile_black_listed": lambda call, _: call.values["Mobile"] in sending.refused(call),
            "no_otp_pattern": lambda call, _: self.pattern(call) is None,
            "code_not_numeric": self._not_for_the_pattern,
            "account_is_demo": lambda call, _: call.account.user.demo,
            "credit_not_enough": self._credit_not_enough,
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        return sending.keys_of_coding(call)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, send the pattern with the code at once, and hand the code back."""
        own = call.text("OptionalCode") or None
        return sending.send_code(call, state, lambda code: self._text(call, code), sending.PATTERN_LINE, own=own)

    def pattern(self, call: Call) -> Pattern | None:
        """Find the pattern that the code goes into."""
        found: Pattern | None = call.account.otp_pattern()
        return found

    def _text(self, call: Call, code: str) -> str:
        pattern = self.pattern(call)
        if pattern is None:
            raise LookupError("the pattern is used before it is looked for")
        return pattern.filled((code,))

    def _too_short(self, call: Call, _: State) -> bool:
        return 0 < len(call.text("OptionalCode")) < call.dialect.policy("code_length_min")

    def _too_long(self, call: Call, _: State) -> bool:
        return len(call.text("OptionalCode")) > call.dialect.policy("code_length_max")

    def _not_for_the_pattern(self, call: Call, _: State) -> bool:
        own, pattern = call.text("OptionalCode"), self.pattern(call)
        return bool(own) and pattern is not None and not pattern.takes((own,))

    def _credit_not_enough(self, call: Call, state: State) -> bool:
        code = call.text("OptionalCode") or sending.expected_code(call, state)
        return bool(call.account.credit < sending.price_of(call, self._text(call, code)))

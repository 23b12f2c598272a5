"""CHECKCODE: accepts a code once, before it expires, for the phone it was sent to (`esms.one-time-use`)."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain import challenges
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.phones import fold


class CheckCode(Handler):
    """`CheckCodeGen_V4_get`."""

    operations = ("CheckCodeGen_V4_get",)
    body = staticmethod(answers.write_send)
    readers = MappingProxyType({"Phone": fold})

    def keys(self, call: Call) -> Sequence[Key]:
        """The live codes of the phone."""
        phone = call.value("Phone")
        return challenges.keys_of_verifying(PROVIDER, phone) if phone is not None else ()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Try the code."""
        dialect = call.dialect
        change = Change(Verdict("code_valid"))
        cause = challenges.verify(
            change,
            state,
            challenges.recipient_key(PROVIDER, call.values["Phone"]),
            call.text("Code"),
            call.now,
            ignore_case=dialect.option("code-case") == "ignore",
            wrong_tries_max=dialect.policy("wrong_tries_max") if dialect.option("wrong-tries") == "lock-out" else None,
        )
        if cause is not None:
            change.verdict = Verdict(cause, reason=_REASONS[cause])
        return change


_REASONS = {
    "never_issued": "no code is alive for this phone",
    "code_wrong": "another code is alive for this phone",
    "code_used": "this code was accepted before",
    "code_expired": "the lifetime of this code is over",
    "code_superseded": "a newer code took its place, or too many wrong ones were tried",
}

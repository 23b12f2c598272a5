"""VoiceOTP: a call that reads out the code that it is given (`esms.voice-otp`)."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain import messages
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, prices, sending
from otp_sandbox.providers.esms.details import VOICE, Details
from otp_sandbox.providers.esms.phones import fold


class VoiceOtp(Handler):
    """`VoiceOTP`."""

    operations = ("VoiceOTP",)
    body = staticmethod(answers.write_send)
    readers = MappingProxyType({"Phone": fold})

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        phone = call.value("Phone")
        return () if phone is None else (sending.key_of_sequence(phone), *messages.keys_of_sending(phone))

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID."""
        return sending.refuse(call, state, verdict)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and call."""
        change = Change(Verdict("accepted"))
        drawn, _ = sending.draw_send(change, state, call)
        code = call.text("Code")
        price, told = prices.cost_of(call, code, channel="voice")
        change.verdict = Verdict("accepted", {"sms_id": drawn}, told)
        prices.charge(change, call, price)
        message = sending.new_message(
            call,
            drawn,
            code,
            sender="",
            price=price,
            details=Details(sms_type=VOICE),
            channel="voice",
            code=code,
        )
        sending.launch(change, call, state, message)
        return change

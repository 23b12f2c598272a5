"""What became of a message, by its SMSID: in counts, and receiver by receiver (reference B8, B9, Q30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler
from otp_sandbox.domain.messages import MESSAGES, REFUSED, Message, Refused
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY
from otp_sandbox.providers.esms.answers import money, refused
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.details import SMS_LEG, sms_id
from otp_sandbox.providers.esms.operations.common import COMMON
from otp_sandbox.providers.esms.phones import national
from otp_sandbox.providers.esms.send_results import SendResult, fate_of
from otp_specs import Outcome

_PROVIDER: Final = KEY[1]


class _ById(Handler):
    """A question about one SMSID, which is compared exactly."""

    told: ClassVar[str]

    def checks(self) -> Mapping[str, Check]:
        """Nothing but what all operations check; the message is looked for by the deed."""
        return COMMON

    def keys(self, call: Call) -> Sequence[Key]:
        """The message, the SMS that took its place, and a refusal with this SMSID."""
        ref = call.values["RefId"]
        if ref is MISSING:
            return ()
        return ((MESSAGES, ref), (MESSAGES, ref + SMS_LEG), (REFUSED, ref))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find the message. The age counts from the send that was answered with the SMSID, to the instant."""
        ref, policy = call.values["RefId"], call.dialect.policy
        message = state.get(MESSAGES, ref)
        if message is not None and (message.provider != _PROVIDER or sms_id(message) != ref):
            message = None
        refused = state.get(REFUSED, ref)
        if refused is not None and refused.provider != _PROVIDER:
            refused = None
        found: Message | Refused | None = message or refused
        if found is None:
            return Change(Verdict("message_not_found", reason="no send of this account was answered with this SMSID"))
        age = call.now - (found.at if isinstance(found, Refused) else found.created_at)
        if age < timedelta(seconds=policy("status_delay_seconds")):
            return Change(Verdict("too_early", reason="it is too early to ask for this message"))
        if age > timedelta(days=policy("status_days")):
            return Change(Verdict("too_old", reason="this message is too old to be asked for"))
        leg = state.get(MESSAGES, ref + SMS_LEG)
        # Both channels share the SMSID, and the SMS is the one that has the last word.
        return Change(Verdict(self.told, {"fate": fate_of(leg if leg is not None else found)}))


class GetSendStatus(_ById):
    """`GetSendStatus`."""

    operations = ("GetSendStatus",)
    told = "status_told"

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write what became of a send; refusals have no text here."""
        body: dict[str, Any] = {"CodeResponse": row.code, "SMSID": call.text("RefId")}
        if not row.success:
            return body
        fate: SendResult = facts["fate"]  # type: ignore[assignment]  # handler and body agree
        return {
            **body,
            "SendFailed": int(fate.failed),
            "SendStatus": fate.status,
            "SendSuccess": int(fate.reached),
            "TotalPrice": money(fate.price),
            "TotalReceiver": 1,
            "TotalSent": int(fate.sent),
        }


class GetReceiverStatus(_ById):
    """`GetSmsReceiverStatus_get`."""

    operations = ("GetSmsReceiverStatus_get",)
    told = "receivers_told"

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write what became of it at each recipient."""
        if not row.success:
            return refused(call, row, facts)
        fate: SendResult = facts["fate"]  # type: ignore[assignment]  # handler and body agree
        receiver = {
            "IsSent": fate.sent,
            "NetworkName": carrier_of(fate.phone).name,
            "Phone": national(fate.phone),
            "Retry": 0,
            "SentResult": fate.reached,
        }
        return {"CodeResult": row.code, "ReceiverList": [receiver]}

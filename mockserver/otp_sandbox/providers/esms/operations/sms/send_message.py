"""A text of the caller's own to one phone, by SMS or read out by a call (`esms.message-types`).

The operations check and do the same; which fields they have, their spec says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler, Reason
from otp_sandbox.domain import duplicates, messages
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, reasons, sending
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.answers import TELLS_STATE
from otp_sandbox.providers.esms.details import CUSTOMER_CARE, VOICE, Details, send_status, sms_id
from otp_sandbox.providers.esms.phones import fold

_TYPES: Final = {"2": CUSTOMER_CARE, "8": VOICE}
_BETWEEN_PHONES: Final = re.compile(r"[,;|]")
_FAILS_AFTER: Final = timedelta(seconds=1)


class SendMessage(Handler):
    """`SendMultipleMessage_V4` and its siblings."""

    operations = (
        "SendMultipleMessage_V4_post_json",
        "SendMultipleMessage_V4_get",
        "SendMultipleMessage_V4_post",
        "SendMultipleMessage_V4",
        "SendMultipleMessage_V4_xml",
    )
    body = staticmethod(answers.write_send)
    readers = MappingProxyType({"Phone": fold, "SmsType": lambda text: _TYPES.get(text.strip())})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields; sender name and text count for SMS only."""
        return {
            "several_phones": _several_phones,
            "brandname_missing": lambda call, _: _is_sms(call) and call.values["Brandname"] is MISSING,
            "brandname_unknown": lambda call, _: (
                _is_sms(call) and call.account.brandname(call.text("Brandname")) is None
            ),
            "duplicate_request": _duplicate_request,
            "template_mismatch": lambda call, _: (
                _is_sms(call) and not call.account.brandname(call.text("Brandname")).takes(_text(call))
            ),
            "keyword_blocked": lambda call, _: _is_sms(call) and sending.has_blocked_word(call, _text(call)),
            "carrier_not_registered": lambda call, _: (
                _is_sms(call) and sending.is_out_of_reach(call, call.text("Brandname"))
            ),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {
            **reasons.of_text(lambda call: call.text("Brandname"), _text),
            "duplicate_request": reasons.duplicate_request(_request_ids),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it, of the RequestId and, where it counts, of the text."""
        phone = call.value("Phone")
        if phone is None:
            return ()
        request_ids = (duplicates.key_of(PROVIDER, each) for each in _request_ids(call))
        return (
            sending.key_of_sequence(phone),
            *messages.keys_of_sending(phone),
            *sending.key_of_repeat(call, _text(call)),
            *request_ids,
        )

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID."""
        return sending.refuse(call, state, verdict, is_try=_is_try(call))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and send, or make as if for a try."""
        change = Change(Verdict("accepted"))
        drawn, _ = sending.draw_send(change, state, call)
        change.verdict = Verdict("accepted", {"sms_id": drawn})
        sending.warn_of_flags(change, call, "Sandbox", "IsUnicode", "Unicode")
        message = _message(change, call, drawn)
        if _is_try(call):
            sending.end_try(change, call, message)
            return change
        sending.charge(change, call)
        sending.use_up(change, call, _request_ids(call), drawn)
        at = sending.sending_time(change, call)
        repeated = at is None and sending.is_repeated(call, state, message.text)
        if at is None and not repeated:
            change.writes.update(dict.fromkeys(sending.key_of_repeat(call, message.text), call.now))
        sending.launch(change, call, state, message, at=at, fails_after=_FAILS_AFTER if repeated else None)
        return change


def _message(change: Change[Verdict], call: Call, drawn: str) -> Message:
    campaign = call.text("campaignid") if "campaignid" in call.values else ""
    sending.warn_of_length(change, call, "campaignid", campaign, "campaign_length_max")
    address = call.text("CallbackUrl") if "CallbackUrl" in call.values else ""
    details = Details(
        sms_type=call.values["SmsType"],
        request_id=call.text("RequestId"),
        campaign=campaign,
        callback_url=sending.callback_address(change, address),
    )
    if _is_sms(call):
        return sending.new_message(call, drawn, _text(call), sender=call.text("Brandname"), details=details)
    return sending.new_message(call, drawn, _text(call), sender="", details=details, channel="voice")


def _is_sms(call: Call) -> bool:
    return bool(call.values["SmsType"] == CUSTOMER_CARE)


def _is_try(call: Call) -> bool:
    return "Sandbox" in call.values and sending.switched_on(call.text("Sandbox"))


def _text(call: Call) -> str:
    """Give the text as it is sent; where IsUnicode is no field, nor UNICODE as in XML, it is sent as it is written."""
    text = call.text("Content")
    if "Unicode" in call.values:
        return sending.text_to_send(call, text, call.text("Unicode"), "")
    if "IsUnicode" not in call.values:
        return text
    alias = next((value for name, value in call.fields.items() if name.lower() == "unicode"), "")
    return sending.text_to_send(call, text, call.text("IsUnicode"), alias)


def _request_ids(call: Call) -> tuple[str, ...]:
    request_id = call.text("RequestId")
    return (request_id,) if request_id and not _is_try(call) else ()


def _several_phones(call: Call, _: State) -> bool:
    return sum(map(bool, map(str.strip, _BETWEEN_PHONES.split(call.text("Phone"))))) > 1


def _duplicate_request(call: Call, state: State) -> bool | Facts:
    earlier = sending.used_before(call, state, _request_ids(call))
    if earlier is None:
        return False
    if call.operation.name != TELLS_STATE:
        return True
    # Newest first: the SMS that took the place of a Zalo message is found before it, and has the last word.
    found = (each for each in state.entries(MESSAGES) if each.provider == PROVIDER)
    original = next((each for each in found if sms_id(each) == earlier.message_id), None)
    return {"send_status": str(send_status(original))} if original is not None else True

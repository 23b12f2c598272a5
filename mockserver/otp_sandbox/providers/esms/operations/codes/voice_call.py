"""Calls of the voice API: a template that is read out, or a recording (`esms.voice-calls`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler, Query, Reason, Why, added, listed, shown
from otp_sandbox.domain import duplicates, messages
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, prices, reasons, sending
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.account_parts import CallTemplate
from otp_sandbox.providers.esms.details import VOICE, Details
from otp_sandbox.providers.esms.phones import fold
from otp_sandbox.providers.esms.voice_calls import VOICE_CALLS, result_of
from otp_specs import Outcome

_LISTS: Final = {"MakeCallTemplate_V2": "call_templates", "MakeCallRecord_V2": "recordings"}
"""Where the account has what a call says."""
_BETWEEN: Final = "||"


class MakeCall(Handler):
    """`MakeCallTemplate_V2` and `MakeCallRecord_V2`."""

    operations = tuple(_LISTS)
    readers = MappingProxyType({"Phone": fold})

    def checks(self) -> Mapping[str, Check]:
        """What the call says must be known, and be there."""
        return {
            "call_template_unknown": lambda call, _: _said(call) is None,
            "recording_not_found": lambda call, _: not _said(call).recorded,  # type: ignore[union-attr]
            "duplicate_request": lambda call, state: sending.used_before(call, state, _request_ids(call)) is not None,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a call is refused."""
        return {
            "call_template_unknown": _why_unknown,
            "recording_not_found": _why_unrecorded,
            "duplicate_request": reasons.duplicate_request(_request_ids),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it, and of the RequestId."""
        phone = call.value("Phone")
        if phone is None:
            return ()
        ids = (duplicates.key_of(PROVIDER, each) for each in _request_ids(call))
        return (sending.key_of_sequence(phone), *messages.keys_of_sending(phone), *ids)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and call, now or later."""
        change = Change(Verdict("call_accepted"))
        drawn, _ = sending.draw_send(change, state, call)
        sending.use_up(change, call, _request_ids(call), drawn)
        said, values = _said(call), _values(call)
        text = said.filled(values) if said is not None else ""
        price, told = prices.cost_of(call, text, channel="voice")
        change.verdict = Verdict("call_accepted", {"sms_id": drawn}, told)
        prices.charge(change, call, price)
        details = Details(
            sms_type=VOICE,
            request_id=call.text("RequestId"),
            callback_url=sending.callback_address(change, call.text("CallbackUrl")),
        )
        code = said.code(values) if said is not None else None
        message = sending.new_message(
            call, drawn, text, sender="", price=price, details=details, channel="voice", code=code
        )
        sending.launch(change, call, state, message, at=sending.sending_time(change, call))
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the id of the call, or why there is none; neither has CountRegenerate."""
        if row.success:
            return {"CodeResult": row.code, "SMSID": facts["sms_id"]}
        return answers.write_refusal(call, row, facts)


def _known(call: Call) -> tuple[CallTemplate, ...] | None:
    known: tuple[CallTemplate, ...] | None = getattr(call.account, _LISTS[call.operation.name])
    return known


def _said(call: Call) -> CallTemplate | None:
    """Find what a call says; where all is known, its values."""
    known, asked = _known(call), call.text("TemplateId").strip()
    if known is None:
        return CallTemplate(
            asked, _BETWEEN.join("<otp>" if not n else f"<value{n}>" for n, _ in enumerate(_values(call)))
        )
    return next((each for each in known if each.id == asked), None)


def _values(call: Call) -> tuple[str, ...]:
    """Give the values of the places, which two bars part."""
    text = call.text("VariableListStr") if "VariableListStr" in call.values else ""
    return tuple(text.split(_BETWEEN)) if text else ()


def _request_ids(call: Call) -> tuple[str, ...]:
    request_id = call.text("RequestId")
    return (request_id,) if request_id else ()


def _why_unknown(call: Call, _: State) -> Why:
    name, asked = _LISTS[call.operation.name], call.text("TemplateId").strip()
    text = f"TemplateId {shown(asked)} is none of {name}: {listed(each.id for each in _known(call) or ())}"
    return Why(text, added(name, {"id": asked, "text": "<otp>"}))


def _why_unrecorded(call: Call, _: State) -> Why:
    name, asked = _LISTS[call.operation.name], call.text("TemplateId").strip()
    return Why(f"{shown(asked)} of {name} has no file", added(name, {"id": asked, "recorded": True}))


def _called(call: Call, state: State) -> Message | None:
    """Find a call by its id, in any case."""
    message = state.get(MESSAGES, call.text("ReferenceId").strip().lower())
    return message if message is not None and message.operation in VOICE_CALLS else None


def _write_state(_: Call, row: Outcome, facts: Facts) -> Any:
    message: Any = facts["message"]
    result = result_of(message)
    named = {True: "ANSWERED", False: "NOANSWERED", None: ""}
    return {
        "CallDuration": result.seconds,
        "CallStatus": named[result.answered],
        "CodeResponse": row.code,
        "Ivr": "",
        "ReferenceId": message.id.upper(),
        "SendStatus": result.status,
        "SentResult": int(bool(result.answered)),
    }


CALL_STATUS: Final = Query(
    "GetSendStatus_voice",
    cause="call_told",
    find=lambda call, state: {"message": _called(call, state)},
    body=_write_state,
    refusal=answers.write_send,
    checks={"message_not_found": lambda call, state: _called(call, state) is None},
)

"""What became of a send, by its SMSID: in counts, and receiver by receiver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Query, Reason, Why
from otp_sandbox.domain.messages import MESSAGES, REFUSED, Message, Refused
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.answers import write_refusal
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.details import SMS_LEG, details_of, id_of, send_status, sms_id, total_price
from otp_sandbox.providers.esms.numbers import write_money
from otp_sandbox.providers.esms.phones import national
from otp_specs import Outcome

_REJECTED: Final = 4
_FETCHED: Final = 20
"""Messages of one send that are looked for by their ids."""


class SendResult(Record):
    """Of one phone, in E.164. `price` is in dong, `status` what `SendStatus` says."""

    phone: str
    status: int
    sent: bool = False
    reached: bool = False
    failed: bool = True
    price: int = 0


def result_of(send: Message | Refused) -> SendResult:
    """Tell what became of a message; a send that was refused so late that it has an SMSID counts as rejected."""
    if isinstance(send, Refused):
        return SendResult(send.to, _REJECTED)
    return SendResult(
        phone=send.to,
        status=send_status(send),
        sent=send.since("sent") is not None,
        reached=send.state == "delivered",
        failed=send.state in ("failed", "rejected"),
        price=total_price(send),
    )


def _answered_with(ref: str, state: State) -> Message | Refused | None:
    """Find the send that was answered with an SMSID, which is compared exactly."""
    message = state.get(MESSAGES, ref)
    if message is not None and message.provider == PROVIDER and sms_id(message) == ref:
        return message
    refused = state.get(REFUSED, ref)
    return refused if refused is not None and refused.provider == PROVIDER else None


def _ref(call: Call) -> str:
    """Give the SMSID that is asked for, empty when there is none; as XML the field is called so."""
    return call.value("RefId" if "RefId" in call.values else "SMSID") or ""


def _not_found(call: Call, state: State) -> bool:
    ref = _ref(call)
    return bool(ref) and _answered_with(ref, state) is None


def _age(call: Call, state: State) -> timedelta:
    """Count from the send that was answered with the SMSID, to the instant."""
    send: Any = _answered_with(_ref(call), state)
    began = send.at if isinstance(send, Refused) else send.created_at
    return call.now - began


CHECKS: Final[Mapping[str, Check]] = {
    "message_not_found": _not_found,
    "too_early": lambda call, state: _age(call, state) < timedelta(seconds=call.dialect.policy("status_delay_seconds")),
    "too_old": lambda call, state: _age(call, state) > timedelta(days=call.dialect.policy("status_days")),
}


def _why_too_early(call: Call, state: State) -> Why:
    began = call.now - _age(call, state)
    first = began + timedelta(seconds=call.dialect.policy("status_delay_seconds"))
    return Why(f"the send was at {began}; it can be asked for from {first}")


def _why_too_old(call: Call, state: State) -> Why:
    began = call.now - _age(call, state)
    return Why(f"the send was at {began}; it could be asked for {call.dialect.policy('status_days')} days")


REASONS: Final[Mapping[str, Reason]] = {"too_early": _why_too_early, "too_old": _why_too_old}


def _find(call: Call, state: State) -> Facts:
    ref = _ref(call)
    # Both channels share the SMSID, and the SMS is the one that has the last word.
    send: Any = state.get(MESSAGES, ref + SMS_LEG) or _answered_with(ref, state)
    return {"results": [result_of(send), *_results_of_others(send, state)]}


def _results_of_others(send: Message | Refused, state: State) -> Iterator[SendResult]:
    """Tell what became of the messages to other phones under the same SMSID, as far as they are still kept."""
    many = details_of(send).receivers if isinstance(send, Message) else 1
    if many > _FETCHED:  # one after the other would take too long where the store is elsewhere
        own = [each for each in state.entries(MESSAGES) if each.provider == PROVIDER and sms_id(each) == send.id]
        return (result_of(each) for each in reversed(own) if each.id != send.id)
    others = (state.get(MESSAGES, id_of(send.id, receiver)) for receiver in range(1, many))
    return (result_of(each) for each in others if each is not None)


def _write_counts(call: Call, row: Outcome, facts: Facts) -> Any:
    results: Any = facts["results"]
    return {
        **_write_bare(call, row, facts),
        "SendFailed": sum(each.failed for each in results),
        "SendStatus": min(each.status for each in results),
        "SendSuccess": sum(each.reached for each in results),
        "TotalPrice": write_money(sum(each.price for each in results)),
        "TotalReceiver": len(results),
        "TotalSent": sum(each.sent for each in results),
    }


def _write_bare(call: Call, row: Outcome, _: Facts) -> Any:
    """Write a refusal: it has no text here."""
    return {"CodeResponse": row.code, "SMSID": call.text("RefId")}


def _write_receivers(_: Call, row: Outcome, facts: Facts) -> Any:
    results: Any = facts["results"]
    return {"CodeResult": row.code, "ReceiverList": [_write_receiver(each) for each in results]}


def _write_receiver(result: SendResult) -> Any:
    return {
        "IsSent": result.sent,
        "NetworkName": carrier_of(result.phone).name,
        "Phone": national(result.phone),
        "Retry": 0,
        "SentResult": result.reached,
    }


def _write_state(call: Call, row: Outcome, facts: Facts) -> Any:
    results: Any = facts["results"]
    return {"CodeResult": row.code, "SendStatus": min(each.status for each in results), "SmsID": _ref(call)}


STATUS: Final = Query(
    "GetSendStatus",
    cause="status_told",
    find=_find,
    body=_write_counts,
    refusal=_write_bare,
    checks=CHECKS,
    reasons=REASONS,
)
RECEIVERS: Final = Query(
    "GetSmsReceiverStatus_get",
    cause="receivers_told",
    find=_find,
    body=_write_receivers,
    refusal=write_refusal,
    checks=CHECKS,
    reasons=REASONS,
)
XML_STATUS: Final = Query(
    "GetSmsStatus",
    cause="sms_status_told",
    find=_find,
    body=_write_state,
    refusal=write_refusal,
    checks=CHECKS,
    reasons=REASONS,
)

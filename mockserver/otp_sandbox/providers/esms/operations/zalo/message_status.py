"""What became of a message by Zalo: by Zalo's id, by its SMSID, and as the callback told it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.messages import FINAL, MESSAGES, Message
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.carriers import carrier_of
from otp_sandbox.providers.esms.details import (
    ZALO,
    ZALO_FIRST,
    details_of,
    send_status,
    sms_id,
    total_price,
    zalo_id,
)
from otp_sandbox.providers.esms.operations.zalo.zns_fields import params
from otp_sandbox.providers.esms.phones import national
from otp_sandbox.providers.esms.zalo_callbacks import DELIVERED, NO_CARRIER, REFUSES, TAKEN
from otp_specs import Outcome

_TYPES: Final = {str(kind): kind for kind in (ZALO_FIRST, ZALO)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_STATES: Final = {1: DELIVERED, 0: "The message was not delivered yet", -1: "The message does not exist"}
"""What is said of a message by its `status`; only the first is the provider's own text."""
_NOT_ONLINE: Final = 1001
"""Zalo's error of a message that was not delivered in time."""
_DONE: Final = FINAL | {"deleted"}


def _official_account(call: Call) -> str:
    return call.text("OAID" if "OAID" in call.values else "OAId").strip()


def _by_zalo(state: State) -> list[Message]:
    return [each for each in state.entries(MESSAGES) if each.provider == PROVIDER and each.channel == "zalo"]


def _find_state(call: Call, state: State) -> Facts:
    """Find a message of the Official Account that Zalo has taken, by Zalo's id."""
    asked = call.text("MessageId").strip()
    found = next((each for each in _by_zalo(state) if zalo_id(each) == asked), None)
    if found is None or found.state == "queued" or found.sender != _official_account(call):
        return {"status": -1}
    at = found.since("delivered") if found.state == "delivered" else None
    return {"status": int(at is not None), "at": at}


def _write_state(call: Call, row: Outcome, facts: Facts) -> Any:
    status, at = facts["status"], facts.get("at")
    told: dict[str, Any] = {"message": _STATES.get(status if isinstance(status, int) else 0), "status": status}
    if isinstance(at, datetime):
        told = {"delivery_time": str((at - _EPOCH) // _MILLISECOND), **told}
    return {"CodeResult": row.code, "Data": told, "ErrorMessage": fill_text(call, row, facts)}


def _message_of(call: Call, state: State) -> Message | None:
    asked = call.text("SmsId").strip()
    message = state.get(MESSAGES, asked)
    if message is None or message.provider != PROVIDER or message.channel != "zalo":
        return None
    return message if details_of(message).sms_type == call.values["SmsType"] else None


def _write_sms_id(_: Call, row: Outcome, facts: Facts) -> Any:
    message: Any = facts["message"]
    done, delivered = message.state in _DONE, message.state == "delivered"
    failed = REFUSES["error"] if details_of(message).zalo_refuses else _NOT_ONLINE
    info = None if not done else "0" if delivered else str(failed)
    return {
        "CodeResult": row.code,
        "Data": {
            "ErrorInfo": info,
            "FinalStatus": str(int(done)),
            "SMSID": sms_id(message),
            "SendFailed": int(done and not delivered),
            "SendStatus": send_status(message),
            "SendSuccess": int(delivered),
            "TotalPrice": _money(message),
            "TotalReceiver": 1,
            "TotalSent": int(message.since("sent") is not None),
            "ZaloMsgId": zalo_id(message),
        },
    }


def _money(message: Message) -> orjson.Fragment:
    return orjson.Fragment(f"{total_price(message)}.0")


def _find_callbacks(call: Call, state: State) -> Facts:
    """Find the messages that are asked for and named an address, in the order of the list."""
    asked = (params(call.text("ListRefid")) or ())[: call.dialect.policy("stored_callbacks_max")]
    found = [state.get(MESSAGES, each.strip()) for each in dict.fromkeys(asked)]
    return {"messages": [each for each in found if each is not None and _has_stored(each, _official_account(call))]}


def _has_stored(message: Message, oa: str) -> bool:
    details = details_of(message)
    wanted = message.provider == PROVIDER and details.official_account == oa and bool(details.callback_url)
    return wanted and details.sms_type in _TYPES.values()


def _write_callbacks(call: Call, row: Outcome, facts: Facts) -> Any:
    messages: Any = facts["messages"]
    return {
        "Code": int(row.code or 0),
        "Message": fill_text(call, row, facts),
        "Data_callback": [_write_callback(each) for each in messages],
    }


def _write_callbacks_refusal(call: Call, row: Outcome, facts: Facts) -> Any:
    return {"Code": int(row.code or 0), "Message": fill_text(call, row, facts)}


def _write_callback(message: Message) -> dict[str, Any]:
    details, delivered = details_of(message), message.state == "delivered"
    done = message.state in _DONE
    error = TAKEN if delivered else REFUSES
    return {
        "SMSID": sms_id(message),
        "SendFailed": int(done and not delivered),
        "SendSuccess": int(delivered),
        "SendStatus": send_status(message),
        "TotalPrice": _money(message),
        "TotalReceiver": 1,
        "TotalSent": int(message.since("sent") is not None),
        "RequestId": details.request_id or None,
        "TypeId": details.sms_type,
        "Telcoid": NO_CARRIER if details.addressee else carrier_of(message.to).id,
        "PhoneNumber": details.addressee or national(message.to),
        "CallbackUrl": details.callback_url,
        "Partnerids": zalo_id(message) if done else "",
        "ErrorInfo": orjson.dumps(error).decode() if done else "",
        "OAId": details.official_account,
        "ZnsTempId": details.template,
    }


_OA_UNKNOWN: Final = {
    "oa_unknown": lambda call, _: call.account.official_account(_official_account(call)) is None,
}
STATE: Final = Query(
    "GetZaloMessageStatus",
    cause="zalo_status_told",
    find=_find_state,
    body=_write_state,
    refusal=write_refusal,
    checks=_OA_UNKNOWN,
)
BY_SMS_ID: Final = Query(
    "QueryZnsStatus",
    cause="zns_status_told",
    find=lambda call, state: {"message": _message_of(call, state)},
    body=_write_sms_id,
    refusal=write_refusal,
    readers={"SmsType": lambda text: _TYPES.get(text.strip())},
    checks={"no_data": lambda call, state: _message_of(call, state) is None},
)
CALLBACKS: Final = Query(
    "GetCallback",
    cause="callbacks_told",
    find=_find_callbacks,
    body=_write_callbacks,
    refusal=_write_callbacks_refusal,
    checks=_OA_UNKNOWN,
)

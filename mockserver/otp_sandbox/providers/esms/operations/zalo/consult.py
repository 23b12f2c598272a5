"""Messages of an Official Account to its followers: consult messages, and transaction messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson

from otp_sandbox.contract import MISSING, Call, Check, Handler, Reason, Why
from otp_sandbox.contract.handler import NONE
from otp_sandbox.domain import duplicates
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, prices, reasons, sending, zalo
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.details import CONSULT, Details
from otp_sandbox.providers.esms.operations.zalo.consult_payload import text_of, user_of, what_is_wrong
from otp_sandbox.providers.esms.operations.zalo.zns import is_try, request_ids
from otp_sandbox.providers.esms.operations.zalo.zns_fields import official_account, user, user_id


def _payload(text: str) -> Mapping[str, Any] | None:
    """Read `Payload`: any object."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


class SendConsult(Handler):
    """`SendZaloFollowerMessage_V4_post_json`, or its sibling."""

    body = staticmethod(answers.write_send)
    readers = MappingProxyType({"Payload": _payload, "User_id": user_id})

    def __init__(self, *operations: str, checks: Mapping[str, Check] = NONE) -> None:
        """Offer operations, with the checks of what they send."""
        self.operations = operations
        self._checks = checks

    def checks(self) -> Mapping[str, Check]:
        """The rules of a message to a follower."""
        return {
            "oa_unknown": lambda call, _: call.account.official_account(official_account(call)) is None,
            "oa_inactive": lambda call, _: not call.account.official_account(official_account(call)).active,
            "duplicate_request": lambda call, state: sending.used_before(call, state, request_ids(call)) is not None,
            **self._checks,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why it is refused."""
        return {
            **reasons.of_zalo(official_account),
            "duplicate_request": reasons.duplicate_request(request_ids),
            "payload_wrong": lambda call, _: Why(f"Payload: {_what_is_wrong(call)}"),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """What is known of the user's id, and of the RequestId."""
        used = [duplicates.key_of(PROVIDER, each) for each in request_ids(call)]
        uid = _uid(call)
        return [*used, sending.key_of_sequence(uid)] if uid else used

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID; only a magic value asks for one."""
        return sending.refuse(zalo.with_phone(call, _uid(call) or ""), state, verdict, is_try=is_try(call))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and send, or make as if for a try."""
        change = Change(Verdict("accepted"))
        uid = _uid(call)
        drawn, _ = sending.draw_send(change, state, zalo.with_phone(call, uid))
        cost = zalo.cost_of(call, None)
        change.verdict = Verdict("accepted", {"sms_id": drawn}, cost.told)
        who = user(call, official_account(call), uid, must_follow=True)
        details = Details(
            sms_type=CONSULT,
            request_id=call.text("RequestId"),
            callback_url=sending.callback_address(change, call.text("CallbackUrl")),
            official_account=official_account(call),
            addressee=uid,
            zalo_refuses=who.zalo_refuses,
        )
        message = sending.new_message(
            zalo.with_phone(call, who.to),
            drawn,
            _text(call),
            sender=details.official_account,
            price=cost.price,
            details=details,
            channel="zalo",
        )
        sending.use_up(change, call, request_ids(call), drawn)
        if is_try(call):
            sending.end_try(change, call, message)
            return change
        prices.charge(change, call, cost.price)
        zalo.launch(change, call, state, message, at=sending.sending_time(change, call))
        return change


def _uid(call: Call) -> str:
    if "Payload" in call.values:
        return user_id(user_of(call.value("Payload") or {})) or ""
    return call.value("User_id") or ""


def _text(call: Call) -> str:
    return text_of(call.values["Payload"]) if "Payload" in call.values else call.text("Content")


def _what_is_wrong(call: Call) -> str:
    if not _uid(call):
        return "recipient.user_id is no id of a user"
    return what_is_wrong(call.values["Payload"], call.dialect.policy)


TEXT: Final = SendConsult(
    "SendZaloFollowerMessage_V4_post_json",
    checks={"content_too_long": lambda call, _: len(call.text("Content")) > call.dialect.policy("consult_text_max")},
)
PAYLOAD: Final = SendConsult(
    "SendZaloFollowerMessage_V5_post_json",
    checks={
        "payload_wrong": lambda call, _: call.values["Payload"] is not MISSING and bool(_what_is_wrong(call)),
    },
)

"""A ZNS to one recipient: by phone, by Zalo id or by hashed phone, with values by name or in their order.

The operations check and do the same; which fields they have, their spec says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from otp_sandbox.contract import MISSING, Call, Check, Handler, Reason, Why, listed, shown
from otp_sandbox.contract.handler import NONE
from otp_sandbox.domain import duplicates, messages
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, checks, prices, reasons, sending, zalo
from otp_sandbox.providers.esms.account import PROVIDER, OfficialAccount
from otp_sandbox.providers.esms.details import JOURNEY, ZALO, Details
from otp_sandbox.providers.esms.operations.zalo.zns_fields import (
    READERS,
    Named,
    addressed,
    is_of_other_form,
    is_over_quota,
    official_account,
    recipient,
    template,
    template_id,
    values,
)

_TAKES_LISTS: Final = "SendZaloMessage_V5_post"
_WHO: Final = ("Phone", "ZaloUid", "HashPhone")


class SendZns(Handler):
    """`SendZaloMessage_V6`, or one of its siblings."""

    body = staticmethod(answers.write_send)
    readers = MappingProxyType(READERS)

    def __init__(self, *operations: str, checks: Mapping[str, Check] = NONE) -> None:
        """Offer operations, with the checks that not all of them have."""
        self.operations = operations
        self._checks = {**CHECKS, **checks}

    def checks(self) -> Mapping[str, Check]:
        """The rules of a ZNS, besides missing and malformed fields."""
        return self._checks

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return REASONS

    def keys(self, call: Call) -> Sequence[Key]:
        """What is known of the recipient, by whatever it is named, and of the RequestId."""
        who = _named(call)
        if who is None:
            return ()
        used = [duplicates.key_of(PROVIDER, each) for each in request_ids(call)]
        return [*used, sending.key_of_sequence(who), *messages.keys_of_sending(who)]

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID; only a magic value asks for one."""
        return sending.refuse(_drawn_for(call), state, verdict, is_try=is_try(call))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and send, or make as if for a try."""
        change = Change(Verdict("accepted"))
        drawn, _ = sending.draw_send(change, state, _drawn_for(call))
        sending.warn_of_flags(change, call, "Sandbox", "IsJourney")
        found = template(call)
        given = values(call, found) or () if found is not None else ()
        text, code = (found.filled(given), found.code(given)) if found is not None else ("", None)
        cost, who = zalo.cost_of(call, found), recipient(call)
        change.verdict = Verdict("accepted", {"sms_id": drawn}, cost.told)
        address = sending.callback_address(change, call.text("CallbackUrl"))
        details = Details(
            sms_type=JOURNEY if _is_journey(call) else ZALO,
            request_id=call.text("RequestId"),
            campaign=call.text("campaignid"),
            callback_url=address,
            official_account=official_account(call),
            template=template_id(call),
            addressee=who.addressee,
            zalo_refuses=who.zalo_refuses,
        )
        sending.warn_of_length(change, call, "campaignid", details.campaign, "campaign_length_max")
        message = sending.new_message(
            addressed(call),
            drawn,
            text,
            sender=details.official_account,
            price=cost.price,
            details=details,
            channel="zalo",
            code=code,
        )
        sending.use_up(change, call, request_ids(call), drawn)
        if is_try(call):
            sending.end_try(change, call, message)
            return change
        prices.charge(change, call, cost.price)
        at = sending.sending_time(change, call)
        zalo.launch_zns(change, call, state, message, over_quota=is_over_quota(call), at=at)
        return change


def _named(call: Call) -> str | None:
    """Give what the recipient is named by, None where that cannot be read."""
    return next((call.value(name) for name in _WHO if name in call.values), None)


def _drawn_for(call: Call) -> Call:
    """Give the call with what the recipient is named by as its phone: what ids are drawn by."""
    return zalo.with_phone(call, _named(call))


def _account(call: Call) -> OfficialAccount:
    found: OfficialAccount = call.account.official_account(official_account(call))
    return found


def _is_journey(call: Call) -> bool:
    return "IsJourney" in call.values and sending.switched_on(call.text("IsJourney"))


def is_try(call: Call) -> bool:
    """Whether a request is one of the sandbox."""
    return "Sandbox" in call.values and sending.switched_on(call.text("Sandbox"))


def request_ids(call: Call) -> tuple[str, ...]:
    """Give the RequestId, if it counts."""
    request_id = call.text("RequestId") if "RequestId" in call.values else ""
    return (request_id,) if request_id and sending.uses_id_up(call, is_try=is_try(call)) else ()


def _params_invalid(call: Call, _: State) -> bool:
    """The values do not fit the template, or are no object where one is wanted."""
    named = call.values.get("TempData")
    if isinstance(named, Named) and not named.is_object and call.operation.name != _TAKES_LISTS:
        return True
    found = template(call)
    return found is None or values(call, found) is None


def _why_params_invalid(call: Call, _: State) -> Why:
    found = template(call)
    parameters = found.known_parameters if found is not None else ()
    wanted = listed(f"{each.name} ({each.type}, {each.max_length} characters at most)" for each in parameters)
    return Why(f"TempID {shown(template_id(call))} takes {wanted}")


CHECKS: Final[Mapping[str, Check]] = {
    "phone_blocked": lambda call, state: checks.phone_blocked(addressed(call), state),
    "oa_or_template_missing": lambda call, _: MISSING in (call.values["OAID"], call.values["TempID"]),
    "oa_unknown": lambda call, _: call.account.official_account(official_account(call)) is None,
    "oa_inactive": lambda call, _: not _account(call).active,
    "template_not_configured": lambda call, _: template(call) is None,
    "params_invalid": _params_invalid,
    "duplicate_request": lambda call, state: sending.used_before(call, state, request_ids(call)) is not None,
    "not_enough_balance": lambda call, _: call.account.balance < zalo.cost_of(call, template(call)).price,
}
"""What all ZNS are checked for."""
REASONS: Final[Mapping[str, Reason]] = {
    **reasons.of_zalo(official_account),
    "phone_blocked": lambda call, state: reasons.REASONS["phone_blocked"](addressed(call), state),
    "over_quota_not_allowed": reasons.over_quota_not_allowed(official_account),
    "template_not_configured": reasons.zns_template_unknown(official_account, template_id),
    "params_invalid": _why_params_invalid,
    "duplicate_request": reasons.duplicate_request(request_ids),
    "not_enough_balance": reasons.not_enough_balance(lambda call, _: zalo.cost_of(call, template(call))),
}

_OVER_QUOTA: Final[Mapping[str, Check]] = {
    "over_quota_scheduled": lambda call, _: is_over_quota(call) and bool(call.text("SendDate").strip()),
    "over_quota_not_allowed": lambda call, _: is_over_quota(call) and not _account(call).over_quota,
}
BY_NAME: Final = SendZns("SendZaloMessage_V6", _TAKES_LISTS, checks=_OVER_QUOTA)
TO_UID: Final = SendZns("SendZaloMessage_V6_zalo_uid")
TO_HASH: Final = SendZns(
    "SendZaloMessage_V6_hash_phone",
    checks={**_OVER_QUOTA, "hash_of_other_form": lambda call, _: is_of_other_form(call)},
)
IN_ORDER: Final = SendZns(
    "SendZaloMessage_V4_post_json",
    checks={**_OVER_QUOTA, "order_missing": lambda call, _: _is_journey(call) and not call.text("OrderId").strip()},
)

"""A message by Zalo with an SMS to take its place: what GENCODE V5 and MultiChannelMessage share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from otp_sandbox.contract import Call
from otp_sandbox.domain import vietnam
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.providers.esms import prices, sending
from otp_sandbox.providers.esms.account import KEY, OfficialAccount, ZnsTemplate
from otp_sandbox.providers.esms.details import SMS_LEG, ZALO, Details

_AT_ONCE: Final = timedelta()


def zalo_message(call: Call, sms_id: str, text: str, details: Details, code: str | None = None) -> Message:
    """Make the Zalo message. Its sender is the Official Account. Without a code, it is looked for in the text."""
    kept = replace(details, sms_type=ZALO)
    price = prices.cost_of(call, text, channel="zalo").price
    return sending.new_message(
        call, sms_id, text, sender=details.official_account, price=price, details=kept, channel="zalo", code=code
    )


def sms_message(
    call: Call, sms_id: str, text: str, sender: str, *, details: Details | None = None, code: str | None = None
) -> Message:
    """Make the SMS that goes out if the Zalo message of this SMSID fails."""
    price = prices.cost_of(call, text).price
    return sending.new_message(
        call, sms_id + SMS_LEG, text, sender=sender, price=price, details=details or Details(), code=code
    )


def dearest(call: Call, text: str | None) -> prices.Cost:
    """Tell what must be there for both: the Zalo message, or the SMS that may take its place; None if none will."""
    zalo = prices.cost_of(call, "", channel="zalo")
    return zalo if text is None else max(zalo, prices.cost_of(call, text), key=lambda cost: cost.price)


def send_zalo(
    change: Change[Any], call: Call, state: State, message: Message, otherwise: Message | None, *, in_vain: bool = False
) -> None:
    """Send by Zalo. Where Zalo does not reach the phone, that shows at once, and the SMS follows.

    Args:
        change: the change of the send.
        call: the call.
        state: what `messages.keys_of_sending` names of the phone.
        message: the Zalo message.
        otherwise: the SMS for when it fails, None if there is to be none.
        in_vain: whether that SMS will fail as well.
    """
    take_quota(change, call, message.sender)
    details = replace(message.details, otherwise=otherwise, fallback_fails=in_vain)
    fails_after = _AT_ONCE if sending.is_without_zalo(call) else None
    sending.launch(change, call, state, replace(message, details=details), fails_after=fails_after)


def take_quota(change: Change[Any], call: Call, official_account: str) -> bool:
    """Take one ZNS of the day's quota. Returns whether there was one."""
    account = change.writes.get(KEY, call.account)
    found: OfficialAccount | None = account.official_account(official_account)
    if found is None or found.quota.daily is None:
        return True
    day = call.now.astimezone(vietnam.TIME).date()
    if not found.quota.left(day):
        return False
    change.writes[KEY] = account.with_official_account(replace(found, quota=found.quota.after_one(day)))
    return True


def template_of(call: Call, official_account: str, template: str, values: int = 1) -> ZnsTemplate | None:
    """Find an approved Zalo template of one of the Official Accounts; any one takes as many values as there are."""
    found: OfficialAccount | None = call.account.official_account(official_account)
    held = found.template(template, values) if found is not None else None
    return held if held is not None and held.approved else None

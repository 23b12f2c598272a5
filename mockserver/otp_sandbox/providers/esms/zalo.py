"""What all messages by Zalo share: price, quota, and how they get on their way, with or without an SMS behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from otp_sandbox.contract import Call
from otp_sandbox.domain import vietnam
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.providers.esms import prices, sending
from otp_sandbox.providers.esms.account import KEY, OfficialAccount, ZnsTemplate
from otp_sandbox.providers.esms.details import SMS_LEG, ZALO, Details, details_of

_AT_ONCE: Final = timedelta()


def cost_of(call: Call, template: ZnsTemplate | None) -> prices.Cost:
    """Tell what a message with a template costs: its own price, or that of the account (`esms.zns-price`)."""
    if template is None or template.price is None:
        return prices.cost_of(call, "", channel="zalo")
    return prices.Cost(template.price, f"the price is {template.price}, of the template {template.id}")


def zalo_message(
    call: Call, sms_id: str, text: str, details: Details, code: str | None = None, *, price: int | None = None
) -> Message:
    """Make the Zalo message. Its sender is the Official Account. Without a code, it is looked for in the text."""
    kept = replace(details, sms_type=ZALO)
    price = prices.cost_of(call, text, channel="zalo").price if price is None else price
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


def dearest(call: Call, text: str | None, template: ZnsTemplate | None = None) -> prices.Cost:
    """Tell what must be there for both: the Zalo message, or the SMS that may take its place; None if none will."""
    zalo = cost_of(call, template)
    return zalo if text is None else max(zalo, prices.cost_of(call, text), key=lambda cost: cost.price)


def send_zalo(
    change: Change[Any],
    call: Call,
    state: State,
    message: Message,
    otherwise: Message | None,
    *,
    in_vain: bool = False,
    over_quota: bool = False,
) -> None:
    """Send by Zalo. Where Zalo does not reach the phone, that shows at once, and the SMS follows.

    Args:
        change: the change of the send.
        call: the call.
        state: what `messages.keys_of_sending` names of the phone.
        message: the Zalo message.
        otherwise: the SMS for when it fails, None if there is to be none.
        in_vain: whether that SMS will fail as well.
        over_quota: whether it is sent when the quota is used up.
    """
    details = replace(details_of(message), otherwise=otherwise, fallback_fails=in_vain)
    launch_zns(change, call, state, replace(message, details=details), over_quota=over_quota)


def launch_zns(
    change: Change[Any],
    call: Call,
    state: State,
    message: Message,
    *,
    over_quota: bool = False,
    at: datetime | None = None,
) -> None:
    """Send a ZNS now or at a time to come, and take one of the quota (`esms.zns-quota`).

    What Zalo will not deliver fails at once, and so does what the quota has no room for.
    """
    details = details_of(message)
    if not take_quota(change, call, message.sender) and not over_quota:
        message = replace(message, details=replace(details, zalo_refuses=True))
    launch(change, call, state, message, at=at)


def launch(change: Change[Any], call: Call, state: State, message: Message, *, at: datetime | None = None) -> None:
    """Send a Zalo message, which fails at once where Zalo does not reach the phone or has something against it."""
    details = details_of(message)
    if not details.zalo_refuses and sending.is_without_zalo(with_phone(call, message.to)):
        details = replace(details, zalo_refuses=True)
    fails_after = _AT_ONCE if details.zalo_refuses else None
    sending.launch(change, call, state, replace(message, details=details), at=at, fails_after=fails_after)


def with_phone(call: Call, phone: str | None) -> Call:
    """Give the call with a recipient as its phone, as what all sends share has it."""
    return replace(call, values={**call.values, "Phone": phone})


def charge(change: Change[Any], call: Call, price: int) -> None:
    """Take a price of what the rows before have left, if it is taken now (`esms.charging`)."""
    if call.dialect.option("charging") == "on-acceptance":
        change.writes[KEY] = change.writes.get(KEY, call.account).charged(price)


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
    return _approved(found.template(template, values) if found is not None else None)


def template_for(call: Call, official_account: str, template: str, names: tuple[str, ...]) -> ZnsTemplate | None:
    """Find an approved Zalo template as above; any one has places of these names."""
    found: OfficialAccount | None = call.account.official_account(official_account)
    return _approved(found.template_for(template, names) if found is not None else None)


def _approved(template: ZnsTemplate | None) -> ZnsTemplate | None:
    return template if template is not None and template.approved else None

"""What happens at eSMS when something falls due.

A message is approved and sent, or its delivery report comes: money, the SMS in place of a failed Zalo message, a
callback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from otp_sandbox.contract import EventContext, EventHandler
from otp_sandbox.domain.accounts import changed
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.duplicates import key_of_repeat
from otp_sandbox.domain.messages import (
    DELIVERED_AFTER,
    MESSAGES,
    Message,
    keys_of_sending,
    reported,
    reported_phone,
    send,
    send_in_vain,
)
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.providers.esms import campaigns, sms_registrations
from otp_sandbox.providers.esms.account import KEY, Account
from otp_sandbox.providers.esms.callbacks import delivery_callback
from otp_sandbox.providers.esms.details import ADVERTISING, PAID, SMS_LEG, details_of
from otp_sandbox.providers.esms.registrations import Approval
from otp_sandbox.providers.esms.sending import hand_over


class BecomesSent:
    """A message that waits has its approval, or its time has come."""

    def keys(self, event: Event) -> Sequence[Key]:
        """The message, and what sending reads."""
        return ((MESSAGES, event.id), *keys_of_sending(event.detail))

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:  # noqa: ARG002  (all handlers are called alike)
        """Approve it, and send it unless it was to be sent later."""
        message = state.get(MESSAGES, event.id)
        if message is None or message.state != "queued":
            return Change(verdict=False)
        details = details_of(message)
        if details.awaiting_approval:
            message = replace(message, details=replace(details, awaiting_approval=False, send_at=None))
            if details.send_at is not None and details.send_at > event.at:
                change = Change(verdict=False, writes={(MESSAGES, message.id): message})
                change.due.append(replace(event, at=details.send_at))
                return change
        change = Change(verdict=True)
        hand_over(change, message.now_in("sent", event.at), state, event.at)
        return change


class Delivery:
    """A delivery report: by itself when the time has come, or one that somebody asked for."""

    def keys(self, event: Event) -> Sequence[Key]:
        """The message, the SMS that may take its place, and the account."""
        leg = (MESSAGES, event.id + SMS_LEG)
        several = (campaigns.key_of(event.id),) if "." in event.id else ()
        return (KEY, (MESSAGES, event.id), leg, *several, *keys_of_sending(reported_phone(event)))

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Report."""
        before = state.get(MESSAGES, event.id)
        message = reported(event, before)
        if before is None or message is None:
            return Change(verdict=False)
        change = Change(verdict=True, writes={(MESSAGES, event.id): message})
        more = _price_in(before, context) - _price_in(message, context)
        more -= _send_otherwise(change, message, event, state, context)
        if not more and not details_of(message).callback_url:
            return change
        account = cast("Account", state.get(*KEY))
        if more:
            change.writes[KEY] = replace(account, balance=changed(account.balance, more))
        campaign = None
        if details_of(message).sms_type == ADVERTISING and message.sender:
            campaign = campaigns.count(change, state, before, message)
            if campaign is None or campaign.open:  # it is told once, when all its messages have ended
                return change
        callback = delivery_callback(message, account.callback_policy, context.dialect, campaign)
        if callback is not None:
            call_back(change, callback, event.at)
        return change


def _price_in(message: Message, context: EventContext) -> int:
    """Give what a message has cost so far; a carrier may be paid for its failures (`esms.charged-once`)."""
    by_carrier = message.state == "failed" and message.channel != "zalo"
    if by_carrier and context.dialect.option("charged-once") == "charged-although-failed":
        return message.price
    if context.dialect.option("charging") == "on-success":
        return message.price if message.state == "delivered" else 0
    return message.price if message.state in PAID else 0


def _send_otherwise(change: Change[Any], message: Message, event: Event, state: State, context: EventContext) -> int:
    """Send the SMS that takes the place of a failed message, once. Returns what it costs now."""
    otherwise = details_of(message).otherwise
    if otherwise is None or message.state not in ("failed", "rejected"):
        return 0
    if state.get(MESSAGES, message.id + SMS_LEG) is not None:
        return 0
    sms = replace(otherwise, created_at=event.at, timeline=(("sent", event.at),))
    if details_of(message).fallback_fails:
        send_in_vain(change, sms, event.at + DELIVERED_AFTER)
        return _price_in(sms, context)
    send(change, sms, state, event.at)
    if context.dialect.option("repeated-content") == "fails":
        change.writes[key_of_repeat(sms.provider, sms.to, sms.text)] = event.at
    return _price_in(sms, context)


EVENTS: Final[Mapping[str, EventHandler]] = {
    "send": BecomesSent(),
    "delivery": Delivery(),
    "approval": Approval(),
    sms_registrations.EVENT: sms_registrations.IsDecided(),
}

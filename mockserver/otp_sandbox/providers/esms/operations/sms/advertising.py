"""Advertising SMS: one text to a list of phones, which waits for approval (`esms.advertising`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Reason, Why
from otp_sandbox.domain import messages, vietnam
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import campaigns
from otp_sandbox.providers.esms.bulk import Bulk, why_wrong, wrong_phone
from otp_sandbox.providers.esms.details import ADVERTISING, details_of
from otp_sandbox.providers.esms.recipients import read_recipients, recipients_of

_READERS: Final = {
    "Phones": read_recipients,
    "Phone": read_recipients,
    "SmsType": lambda text: ADVERTISING if text.strip() == "1" else None,
}


class SendAdvertising(Bulk):
    """`SendMultipleSMSBrandname`, as JSON and as XML."""

    operations = ("SendMultipleSMSBrandname_json", "SendMultipleSMSBrandname")
    readers = MappingProxyType(_READERS)
    kind = 1

    def checks(self) -> Mapping[str, Check]:
        """The list must have many phones besides."""
        return {
            **super().checks(),
            "phones_invalid": lambda call, _: (
                call.dialect.option("advertising-phones") == "refused" and wrong_phone(call)
            ),
            "too_few_recipients": self._too_few,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say how many there are."""
        return {**super().reasons(), "phones_invalid": why_wrong, "too_few_recipients": _why_too_few}

    def launch(
        self,
        change: Change[Verdict],
        call: Call,
        state: State,  # noqa: ARG002  (nothing is sent yet)
        made: Sequence[Message],
        at: datetime | None,
    ) -> None:
        """List them; they are sent when they are approved and their time has come."""
        approved = call.now + timedelta(seconds=call.dialect.policy("approval_seconds"))
        goes = _in_daytime(call, max(approved, at or approved))
        details = replace(details_of(made[0]), awaiting_approval=True, send_at=goes if goes > approved else None)
        timeline = (("queued", call.now),)
        for each in made:
            held = replace(each, state="queued", timeline=timeline, details=details)
            messages.queue(change, held, approved, goes)
        if details.callback_url:
            campaigns.begin(change, made[0].id, len(made), made[0].price * len(made))

    def _too_few(self, call: Call, _: State) -> bool:
        found: Any = recipients_of(call)
        return len(found.phones) < call.dialect.policy("recipients_min") and not self.is_try(call)


def _why_too_few(call: Call, _: State) -> Why:
    found: Any = recipients_of(call)
    return Why(f"the list has {len(found.phones)} different phones, of {found.sent} entries")


def _in_daytime(call: Call, at: datetime) -> datetime:
    """Give the instant itself, or the next at which advertising may be sent (`esms.advertising-hours`)."""
    if call.dialect.option("advertising-hours") == "any":
        return at
    first, last = (call.dialect.policy(f"advertising_{end}_hours") for end in ("from", "until"))
    there = at.astimezone(vietnam.TIME)
    if first <= there.hour < last:
        return at
    day = there.date() + timedelta(days=there.hour >= last)
    return datetime.combine(day, time(first), vietnam.TIME)

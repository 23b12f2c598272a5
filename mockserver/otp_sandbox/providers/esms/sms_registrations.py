"""Texts that a customer registers for a sender name: what becomes of them, and what is told of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, cast

from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import Callback, call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.providers.esms.account import KEY, Account
from otp_sandbox.providers.esms.account_parts import FAILED, RECEIVED, REGISTERED, SmsRegistration
from otp_sandbox.providers.esms.callbacks import Trying, can_be_called, request_to

EVENT: Final = "registration"


class IsDecided:
    """The provider has looked at a text (`esms.registration-decision`). One that a test has decided stays as it is."""

    def keys(self, event: Event) -> Sequence[Key]:  # noqa: ARG002  (all handlers are called alike)
        """The account."""
        return (KEY,)

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Register the text, or refuse it."""
        account = cast("Account", state.get(*KEY))
        found = next((each for each in account.sms_registrations if str(each.id) == event.id), None)
        wanted = {"registered": REGISTERED, "failed": FAILED}.get(context.dialect.option("registration-decision"))
        if found is None or found.status != RECEIVED or wanted is None:
            return Change(verdict=False)
        decided = replace(found, status=wanted)
        kept = tuple(decided if each is found else each for each in account.sms_registrations)
        change = Change(verdict=True, writes={KEY: replace(account, sms_registrations=kept)})
        tell(change, decided, event.at, Trying(account.callback_policy, context.dialect))
        return change


def tell(change: Change[Any], registration: SmsRegistration, at: datetime, trying: Trying) -> None:
    """Tell the customer the status of a text (`esms.registration-callback`)."""
    if can_be_called(registration.callback_url):
        call_back(change, _callback(registration, at, trying), at)


def tell_of_texts(before: Account, after: Account, context: EventContext, now: datetime) -> Iterator[Callback]:
    """Make the callbacks of texts that somebody registered or refused by hand."""
    held = {each.id: each.status for each in before.sms_registrations}
    for each in after.sms_registrations if after.sms_registrations is not before.sms_registrations else ():
        if held.get(each.id, each.status) != each.status and can_be_called(each.callback_url):
            yield _callback(each, now, Trying(after.callback_policy, context.dialect))


def _callback(registration: SmsRegistration, at: datetime, trying: Trying) -> Callback:
    facts = {"ServicePreviewId": str(registration.id), "Status": str(registration.status)}
    name = f"registration-{registration.id}-{registration.status}-{at.isoformat()}"
    return request_to(registration.callback_url, name, "registration", facts, trying)

"""What becomes of what was registered for Zalo: somebody approves or rejects it, and the customer is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, cast

from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import ADDRESS_MOST, Callback, call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key, State
from otp_sandbox.providers.esms.account import KEY, Account
from otp_sandbox.providers.esms.callbacks import Trying, can_be_called, request_to
from otp_sandbox.providers.esms.zns_templates import TemplateStatus, ZnsTemplate

_NUMBERS: Final[dict[TemplateStatus, str]] = {"rejected": "0", "pending": "1", "approved": "2"}
"""What the callback calls the states of a registration."""


def may_be_told(address: str) -> bool:
    """Whether an address is one that a registration is told at."""
    return can_be_called(address) and len(address) <= ADDRESS_MOST


def registration_callback(template: ZnsTemplate, trying: Trying, at: datetime) -> Callback | None:
    """Make the callback of a registered template in its state, if its registration named an address.

    Method and names are assumed (`esms.zalo-registration-callback-form`).
    """
    held, status = template.registration, _NUMBERS.get(template.status)
    if held is None or status is None or not may_be_told(held.callback_url):
        return None
    name = f"zalo-registration-{held.number}-{status}-{at.isoformat()}"
    told = {"ServicePreviewId": str(held.number), "Status": status}
    return request_to(held.callback_url, name, template.status, told, trying)


def tell_of_templates(before: Account, after: Account, context: EventContext, now: datetime) -> Iterator[Callback]:
    """Make the callbacks of registered templates that somebody approved or rejected by hand."""
    if before.official_accounts is after.official_accounts:
        return
    held = {(oa, template.id): template.status for oa, template in _registered(before)}
    for oa, template in _registered(after):
        if held.get((oa, template.id), template.status) != template.status and template.status != "pending":
            callback = registration_callback(template, Trying(after.callback_policy, context.dialect), now)
            if callback is not None:
                yield callback


def _registered(account: Account) -> Iterator[tuple[str, ZnsTemplate]]:
    for oa in account.official_accounts or ():
        for template in oa.templates or ():
            if template.registration is not None:
                yield oa.id, template


def approve_later(change: Change[object], at: datetime, official_account: str, template: str = "") -> None:
    """Add to a change that a template, or a package, is approved at an instant."""
    change.due.append(Event(at, "approval", KEY[1], official_account, template))


class Approval:
    """A template, or a package where none is named, is approved by itself unless somebody was faster."""

    def keys(self, event: Event) -> Sequence[Key]:  # noqa: ARG002  (all handlers are called alike)
        """The account."""
        return (KEY,)

    def __call__(self, event: Event, state: State, context: EventContext) -> Change[bool]:
        """Approve it, and tell whoever wanted to know."""
        account = cast("Account", state.get(*KEY))
        oa = account.official_account(event.id)
        held = oa.template(event.detail) if oa is not None and event.detail else oa.package if oa is not None else None
        if oa is None or held is None or held.status != "pending":
            return Change(verdict=False)
        if not isinstance(held, ZnsTemplate):
            changed = replace(oa, package=replace(held, status="approved"))
            return Change(verdict=True, writes={KEY: account.with_official_account(changed)})
        template = replace(held, status="approved")
        change = Change(verdict=True, writes={KEY: account.with_official_account(oa.with_template(template))})
        callback = registration_callback(template, Trying(account.callback_policy, context.dialect), event.at)
        if callback is not None:
            call_back(change, callback, event.at)
        return change

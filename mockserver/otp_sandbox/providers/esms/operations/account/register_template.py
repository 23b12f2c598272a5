"""SubServicePreviewJson: ask for a text to be registered for a sender name (`esms.registration`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler, Reason, Why
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY, PROVIDER
from otp_sandbox.providers.esms.account_parts import FAILED, PREVIEW_MOST, REGISTRATIONS_MOST, SmsRegistration
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.callbacks import Trying
from otp_sandbox.providers.esms.sending import callback_address
from otp_sandbox.providers.esms.sms_registrations import EVENT, tell
from otp_specs import Outcome

_BEFORE_FIRST: Final = 52_352
_TYPES: Final = {"2": 2, "8": 8}


class RegisterTemplate(Handler):
    """`SubServicePreviewJson`."""

    operations = ("SubServicePreviewJson",)
    readers = MappingProxyType(
        {
            "ServiceType": lambda text: 2 if text.strip() == "2" else None,
            "SmsType": lambda text: _TYPES.get(text.strip()),
        }
    )

    def checks(self) -> Mapping[str, Check]:
        """The sender name must be the account's own, and the text new."""
        return {
            "brandname_missing": lambda call, _: call.values["Brandname"] is MISSING,
            "brandname_unknown": lambda call, _: call.account.brandname(call.text("Brandname")) is None,
            "request_in_progress": lambda call, _: _same(call) is not None,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Name the earlier registration."""
        return {"request_in_progress": _why_in_progress}

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (a call brings its account)
        """Receive it; it is decided later."""
        held: tuple[SmsRegistration, ...] = call.account.sms_registrations
        number = max((_BEFORE_FIRST, *(each.id for each in held))) % PREVIEW_MOST + 1
        change = Change(Verdict("registration_received", {"id": number}))
        made = SmsRegistration(
            number,
            call.text("Brandname"),
            call.text("Content"),
            call.values["SmsType"],
            callback_url=callback_address(change, call.text("CallbackUrl")),
        )
        account = replace(call.account, sms_registrations=(*held, made)[-REGISTRATIONS_MOST:])
        change.writes[KEY] = account
        decided = call.now + timedelta(seconds=call.dialect.policy("registration_seconds"))
        change.due.append(Event(decided, EVENT, PROVIDER, str(number)))
        tell(change, made, call.now, Trying(account.callback_policy, call.dialect))
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the number of the registration, or why there is none."""
        if not row.success:
            return write_refusal(call, row, facts)
        return {
            "CodeResult": row.code,
            "ErrorMessage": fill_text(call, row, facts),
            "ServicePreviewId": facts["id"],
        }


def _same(call: Call) -> SmsRegistration | None:
    """Find the text among those that were received or registered for the same sender name and type."""
    wanted = (call.text("Brandname"), call.text("Content"), call.values["SmsType"])
    held: tuple[SmsRegistration, ...] = call.account.sms_registrations
    return next(
        (each for each in held if (each.brandname, each.content, each.sms_type) == wanted and each.status != FAILED),
        None,
    )


def _why_in_progress(call: Call, _: State) -> Why:
    found = _same(call)
    number, status = (found.id, found.status) if found is not None else (0, 0)
    return Why(f"the text was registered under {number}, whose status is {status}")

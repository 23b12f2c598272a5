"""RegisOAPackageJson and RegisZNSTemplateJson: what is ordered for an Official Account, and waits for approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Handler, Reason, Why
from otp_sandbox.domain import challenges
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY, PROVIDER
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.callbacks import Trying
from otp_sandbox.providers.esms.dates import dashed_day
from otp_sandbox.providers.esms.numbers import integer
from otp_sandbox.providers.esms.operations.zalo.asked import ABOUT_ACCOUNT, WHY_ACCOUNT, account_asked
from otp_sandbox.providers.esms.registrations import approve_later, may_be_told, registration_callback
from otp_sandbox.providers.esms.zalo_account import OaPackage, OfficialAccount
from otp_sandbox.providers.esms.zns_templates import (
    PARAMETERS_MOST,
    ZnsButton,
    ZnsParameter,
    ZnsRegistration,
    ZnsTemplate,
)
from otp_specs import Outcome

_SEQUENCE: Final = "ServicePreviewId"
_FIRST: Final = 52_330
"""The number of the provider's sample: that of the first registration of a lane."""
_TEMPLATES: Final = 300_000
"""Ids of registered templates lie above it; those of the samples lie below."""
_CONTENT_MOST: Final = 4_000
_BUTTON_MOST: Final = 200
"""Characters that are kept of a template, and of a button, at most."""
_REGISTERED_MOST: Final = 200
"""Templates of an Official Account that requests registered; a new one beyond them takes the place of the oldest."""
_PACKAGES: Final[Mapping[str, int]] = {"1": 1, "2": 2, "3": 3}
_TYPES: Final[Mapping[str, int]] = {"24": 24, "25": 25}
_OTHER_PAGE: Final = 7


class Registration(Handler):
    """What both have in common: a number, and who approves it."""

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a registration is refused."""
        return {**WHY_ACCOUNT, "request_in_progress": lambda *_: Why("the same registration is still pending")}

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (they are the same for every call)
        """The numbers that were given."""
        return ((challenges.SEQUENCES, challenges.recipient_key(PROVIDER, _SEQUENCE)),)

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the number, or why there is none."""
        if not row.success:
            return write_refusal(call, row, facts)
        told = fill_text(call, row, facts)
        return {"CodeResult": row.code, "ErrorMessage": told, "ServicePreviewId": facts["number"]}

    def _begin(self, state: State) -> tuple[Change[Verdict], int]:
        """Give the change of a registration, and its number."""
        change = Change(Verdict("registration_taken"))
        number = _FIRST - 1 + challenges.next_in_sequence(change, state, PROVIDER, _SEQUENCE)
        change.verdict = Verdict("registration_taken", {"number": number})
        return change, number

    def _keep(self, change: Change[Verdict], call: Call, changed: OfficialAccount, template: str = "") -> None:
        change.writes[KEY] = call.account.with_official_account(changed)
        if call.dialect.option("zalo-registration-life") == "by-itself":
            after = timedelta(seconds=call.dialect.policy("zalo_registration_seconds"))
            approve_later(change, call.now + after, changed.id, template)


class PackageRegistration(Registration):
    """`RegisOAPackageJson`."""

    operations = ("RegisOAPackageJson",)
    readers = MappingProxyType(
        {
            "Dateactive": dashed_day,
            "Duaration": lambda text: months if 1 <= (months := integer(text) or 0) <= 10**9 else None,
            "Package": lambda text: _PACKAGES.get(text.strip()),
        }
    )

    def checks(self) -> Mapping[str, Check]:
        """The rules of a package."""
        return {**ABOUT_ACCOUNT, "request_in_progress": _package_pending}

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Make it the package of the Official Account, pending."""
        change, number = self._begin(state)
        self._keep(change, call, replace(account_asked(call), package=replace(_new_package(call), registration=number)))
        return change


def _new_package(call: Call) -> OaPackage:
    values = call.values
    return OaPackage(values["Package"], values["Dateactive"], values["Duaration"], status="pending")


def _package_pending(call: Call, _: State) -> bool:
    """The same package waits for approval already."""
    package = account_asked(call).package
    return package is not None and replace(package, registration=None) == _new_package(call)


class TemplateRegistration(Registration):
    """`RegisZNSTemplateJson`."""

    operations = ("RegisZNSTemplateJson",)
    readers = MappingProxyType(
        {
            "Content": lambda text: text if text.strip() and len(text) <= _CONTENT_MOST else None,
            "SmsType": lambda text: _TYPES.get(text.strip()),
        }
    )

    def checks(self) -> Mapping[str, Check]:
        """The rules of a template."""
        return {**ABOUT_ACCOUNT, "request_in_progress": _template_pending}

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Add it to the Official Account, pending, and tell that it is received."""
        change, number = self._begin(state)
        address = call.text("CallbackUrl").strip()
        if address and not may_be_told(address):
            change.warnings.append("CallbackUrl is no http or https address: nobody is told")
            address = ""
        template = _new_template(call, ZnsRegistration(number, address))
        self._keep(change, call, _without_oldest(account_asked(call)).with_template(template), template.id)
        if call.dialect.option("zalo-registration-received") == "told":
            callback = registration_callback(template, Trying(call.account.callback_policy, call.dialect), call.now)
            if callback is not None:
                call_back(change, callback, call.now)
        return change


def _template_pending(call: Call, _: State) -> bool:
    """The same text waits for approval already."""
    held = account_asked(call).templates or ()
    return any(each.status == "pending" and each.text == call.values["Content"] for each in held)


def _new_template(call: Call, registration: ZnsRegistration) -> ZnsTemplate:
    template = ZnsTemplate(
        str(_TEMPLATES + registration.number),
        call.values["Content"],
        status="pending",
        buttons=tuple(
            ZnsButton(call.text(name)[:_BUTTON_MOST], "", _OTHER_PAGE) for name in ("CTA1", "CTA2") if call.text(name)
        ),
        sms_type=call.values["SmsType"],
        registration=registration,
    )
    return replace(template, parameters=tuple(ZnsParameter(name) for name in template.names[:PARAMETERS_MOST]))


def _without_oldest(oa: OfficialAccount) -> OfficialAccount:
    """Give an Official Account that has room for one more registered template."""
    registered = [each for each in oa.templates or () if each.registration is not None]
    gone = {each.id for each in registered[: max(0, len(registered) - _REGISTERED_MOST + 1)]}
    return replace(oa, templates=tuple(each for each in oa.templates or () if each.id not in gone)) if gone else oa

"""Which Official Account, and which template of it, a request asks about; what is wrong with either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Reason
from otp_sandbox.providers.esms import reasons


def oa_of(call: Call) -> str:
    """Give the id of the Official Account as it was sent: some pages call it `OAID`, some `OAId`."""
    return call.text("OAID" if "OAID" in call.values else "OAId").strip()


def account_asked(call: Call) -> Any:
    """Give the Official Account that is asked about, None if the account has none of this id."""
    return call.account.official_account(oa_of(call))


def template_of(call: Call) -> str:
    """Give the id of the template as it was sent."""
    return call.text("TemplateID" if "TemplateID" in call.values else "TemplateId").strip()


def template_asked(call: Call) -> Any:
    """Give the template that is asked about, in any state; None if the Official Account has none of this id."""
    return account_asked(call).template(template_of(call))


ABOUT_ACCOUNT: Final[Mapping[str, Check]] = {
    "oa_unknown": lambda call, _: account_asked(call) is None,
    "oa_inactive": lambda call, _: not account_asked(call).active,
}
ABOUT_TEMPLATE: Final[Mapping[str, Check]] = {
    **ABOUT_ACCOUNT,
    "template_not_configured": lambda call, _: template_asked(call) is None,
}
WHY_ACCOUNT: Final[Mapping[str, Reason]] = reasons.of_zalo(oa_of)
WHY_TEMPLATE: Final[Mapping[str, Reason]] = {
    **WHY_ACCOUNT,
    "template_not_configured": reasons.zns_template_unknown(oa_of, template_of),
}
"""The checks and their reasons, by cause."""

"""What is registered for the account: sender names, and their templates by carrier (reference B11, B12, Q42)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import Brandname
from otp_sandbox.providers.esms.answers import refused
from otp_sandbox.providers.esms.carriers import CARRIERS
from otp_sandbox.providers.esms.operations.common import COMMON
from otp_sandbox.providers.esms.wire import text
from otp_specs import Outcome

_CUSTOMER_CARE: Final = "2"
_TEMPLATES: Final = 1_000_000


class Registered(NamedTuple):
    """A template with one carrier. `id` is the carrier's number of it."""

    carrier: int
    text: str
    id: int


class GetListBrandname(Handler):
    """`GetListBrandname`."""

    operations = ("GetListBrandname",)

    def checks(self) -> Mapping[str, Check]:
        """Nothing but what all operations check."""
        return COMMON

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the account is read already)
        """List the sender names in the order of the account."""
        return Change(Verdict("brandnames_told", {"brandnames": call.account.brandnames}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the sender names; only a success says `CodeResponse`."""
        if not row.success:
            return refused(call, row, facts)
        brandnames: Any = facts["brandnames"]
        return {
            "CodeResponse": row.code,
            "ListBrandName": [{"Brandname": each.name, "Type": each.type} for each in brandnames],
        }


class GetTemplate(Handler):
    """`GetTemplate` for SMS; the Zalo list at the same path is not played."""

    operations = ("GetTemplate",)
    readers = {  # noqa: RUF012  (a mapping that nobody writes)
        "SmsType": lambda text: text if text.strip() == _CUSTOMER_CARE else None,
    }

    def checks(self) -> Mapping[str, Check]:
        """The sender name must be one that sends customer care."""
        return {
            **COMMON,
            "brandname_missing": lambda call, _: call.values["Brandname"] is MISSING,
            "brandname_unknown": _unknown,
        }

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the account is read already)
        """List the templates of the sender name."""
        brandname = call.account.brandname(call.text("Brandname"))
        return Change(Verdict("templates_told", {"templates": tuple(_registered(brandname, call.seed))}))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the templates, carrier by carrier."""
        if not row.success:
            return refused(call, row, facts)
        templates: Any = facts["templates"]
        return {
            "BrandnameTemplates": [
                {"NetworkID": each.carrier, "TempContent": each.text, "TempId": each.id} for each in templates
            ],
            "CodeResult": row.code,
            "ErrorMessage": text(call, row, facts),
        }


def _unknown(call: Call, _: State) -> bool:
    name = call.values["Brandname"]
    return name is not MISSING and call.account.brandname(name) is None


def _registered(brandname: Brandname, seed: int) -> list[Registered]:
    """Give the templates by carrier: in the order of the account, then by the carrier's number."""
    carriers = [each.id for each in CARRIERS if brandname.reaches(each.name)]
    return [
        Registered(carrier, template, _template_id(seed, brandname.name, template, carrier))
        for template in dict.fromkeys(brandname.templates or ())
        for carrier in carriers
    ]


def _template_id(seed: int, brandname: str, template: str, carrier: int) -> int:
    """Number a template at a carrier: the same as long as it is registered, another one at each carrier."""
    return (draw(seed, "TempId", brandname, template) % _TEMPLATES + 1) * 10 + carrier
